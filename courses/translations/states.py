"""The words for how a translation stands to its source."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Standing(TextChoices):
    IN_STEP = "in_step", _("In step")
    BEHIND = "behind", _("Source has changed")
    DRAFT = "draft", _("Not published yet")
    MISSING = "missing", _("Not translated yet")


#: Something is to be done, the most urgent first.
TO_DO = (Standing.BEHIND, Standing.DRAFT, Standing.MISSING)
