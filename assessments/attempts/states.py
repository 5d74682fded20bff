"""How a sitting goes on."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AttemptState(TextChoices):
    IN_PROGRESS = "in_progress", _("In progress")
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


class VoidMode(TextChoices):
    """What becomes of a question that was found faulty."""

    FULL = "full", _("Full marks for everybody")
    DROPPED = "dropped", _("Not counted")
