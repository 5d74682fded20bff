"""Who may do what about learning that is asked of others."""

from typing import Any

from courses.enrolment.models import Enrolment, EnrolmentStep, StepWaiver
from lms.people.permissions import plans_learning


def can_extend(viewer: Any, enrolment: Enrolment) -> bool:
    """Give more time for what is still asked for: whoever plans the learning of the person's present team, never one's
    own."""
    is_live = enrolment.completed_at is None and enrolment.ended_at is None
    return is_live and plans_learning(viewer, enrolment.person)


def can_waive(viewer: Any, step: EnrolmentStep) -> bool:
    """Waive a step of what is still asked for: as for more time; nobody waives the own step."""
    return can_extend(viewer, step.enrolment)


def can_withdraw(viewer: Any, waiver: StepWaiver) -> bool:
    """Withdraw a waiver while the track is still asked for."""
    return waiver.withdrawn_at is None and can_extend(viewer, waiver.step.enrolment)
