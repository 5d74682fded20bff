"""What a certificate is worth on a day. Not a column: it follows from expiry, renewal and revocation."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Validity(TextChoices):
    VALID = "valid", _("Valid")
    EXPIRED = "expired", _("Expired")
    RENEWED = "renewed", _("Renewed")
    REVOKED = "revoked", _("Revoked")
