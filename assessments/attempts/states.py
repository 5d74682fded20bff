"""How a sitting goes on."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AttemptState(TextChoices):
    IN_PROGRESS = "in_progress", _("In progress")
    GRADED = "graded", _("Graded")


ATTEMPT_MOVES = MappingProxyType(
    {
        AttemptState.IN_PROGRESS: frozenset({AttemptState.GRADED}),
        AttemptState.GRADED: frozenset(),
    }
)
