"""Who sees how a quiz and its questions do. The figures name nobody."""

from typing import Any

from lms.people.permissions import can_author
from lms.people.queries import has_role
from lms.people.states import Role


def can_see_quiz_figures(viewer: Any) -> bool:
    """Whoever writes questions, and operations managers."""
    return can_author(viewer) or has_role(viewer, Role.OPERATIONS_MANAGER)
