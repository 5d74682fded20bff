"""Why a lesson needs its author, and what it does to the calls of its readers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ConcernKind(TextChoices):
    """In the order in which lessons that fail are listed."""

    SELF_CHECK = "self_check", _("A self-check fails")
    DROP_OFF = "drop_off", _("Readers leave it unfinished")
    COMMENTS = "comments", _("Comments wait")
    NO_EFFECT = "no_effect", _("Calls don't get better")


class Change(TextChoices):
    """What the readers' calls say about a lesson."""

    BETTER = "better", pgettext_lazy("calls after a lesson", "better")
    SAME = "same", pgettext_lazy("calls after a lesson", "no change shown")
    WORSE = "worse", pgettext_lazy("calls after a lesson", "worse")
    TOO_FEW = "too_few", pgettext_lazy("calls after a lesson", "not enough yet")
