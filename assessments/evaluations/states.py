"""How an evaluation becomes final."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EvaluationState(TextChoices):
    DRAFT = "draft", _("Draft")
    #: Filled in for a mystery call; it is shown and counted by that call only.
    HELD = "held", _("Part of a mystery call")
    RELEASED = "released", _("Released")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")


EVALUATION_MOVES = MappingProxyType(
    {
        EvaluationState.DRAFT: frozenset({EvaluationState.RELEASED, EvaluationState.HELD}),
        EvaluationState.HELD: frozenset(),
        EvaluationState.RELEASED: frozenset({EvaluationState.ACKNOWLEDGED}),
        EvaluationState.ACKNOWLEDGED: frozenset(),
    }
)

#: What an agent sees.
VISIBLE_TO_AGENT = frozenset({EvaluationState.RELEASED, EvaluationState.ACKNOWLEDGED})
