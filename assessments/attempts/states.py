"""How a sitting goes on."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AttemptState(TextChoices):
    IN_PROGRESS = "in_progress", pgettext_lazy("sitting", "In progress")
    SUBMITTED = "submitted", _("Handed in, being marked")
    GRADED = "graded", _("Graded")
    ABANDONED = "abandoned", _("Abandoned")


ATTEMPT_MOVES = MappingProxyType(
    {
        AttemptState.IN_PROGRESS: frozenset({AttemptState.SUBMITTED, AttemptState.GRADED, AttemptState.ABANDONED}),
        AttemptState.SUBMITTED: frozenset({AttemptState.GRADED}),
        AttemptState.GRADED: frozenset(),
        AttemptState.ABANDONED: frozenset(),
    }
)


class GivenState(TextChoices):
    """How a quiz that was given by hand stands with one person."""

    NOT_BEGUN = "not_begun", _("Not begun")
    SITTING = "sitting", pgettext_lazy("sitting", "In progress")
    BEING_MARKED = "being_marked", _("Being marked")
    NOT_PASSED = "not_passed", _("Not passed")
    PASSED = "passed", _("Passed")
    TAKEN_BACK = "taken_back", _("Taken back")


class SkipReason(TextChoices):
    """Why somebody who was chosen doesn't get the quiz."""

    HAS_IT = "has_it", _("has it to sit already")
    LEFT = "left", _("has left")


class VoidMode(TextChoices):
    """What becomes of a question that was found faulty."""

    FULL = "full", _("Full marks for everybody")
    DROPPED = "dropped", _("Not counted")
