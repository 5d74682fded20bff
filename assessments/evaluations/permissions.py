"""Who may evaluate, release and acknowledge. Only those who mark the agent's *present* team, and nobody themselves."""

from typing import Any

from assessments.calls.models import Call
from assessments.evaluations.models import Evaluation
from assessments.evaluations.states import EvaluationState
from lms.people.permissions import marks


def can_evaluate(viewer: Any, call: Call) -> bool:
    """Begin, or go on with, an evaluation of the call."""
    return marks(viewer, call.agent)


def can_mark(viewer: Any, evaluation: Evaluation) -> bool:
    """Write on a draft and release it: its evaluator, while he or she still marks the agent's team."""
    return evaluation.evaluator_id == viewer.pk and marks(viewer, evaluation.agent)


def can_discard(viewer: Any, evaluation: Evaluation) -> bool:
    """Throw a draft away: its evaluator, also after a change of teams."""
    return evaluation.evaluator_id == viewer.pk


def can_acknowledge(viewer: Any, evaluation: Evaluation) -> bool:
    """The agent alone says "read"."""
    return evaluation.agent_id == viewer.pk and evaluation.state in (
        EvaluationState.RELEASED,
        EvaluationState.ACKNOWLEDGED,
    )
