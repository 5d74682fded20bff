"""The words for what a comparison of two figures says."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    BETTER = "better", _("Better beyond chance")
    WORSE = "worse", _("Worse beyond chance")
    SAME = "same", _("Can't be told apart yet")
    TOO_FEW = "too_few", _("Too few observations to compare")
