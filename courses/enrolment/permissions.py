"""Who may do what about learning that is asked of others."""

from typing import Any

from courses.enrolment.models import Enrolment
from lms.people.permissions import plans_learning


def can_extend(viewer: Any, enrolment: Enrolment) -> bool:
    """Give more time for what is still asked for: whoever plans the learning of the person's present team, never one's
    own."""
    is_live = enrolment.completed_at is None and enrolment.ended_at is None
    return is_live and plans_learning(viewer, enrolment.person)
