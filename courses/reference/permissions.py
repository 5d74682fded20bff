"""Who may do what with readers' words."""

from courses.reference.models import LessonComment
from lms.people.models import User
from lms.people.permissions import can_author


def can_answer(user: User, comment: LessonComment) -> bool:
    """Authors answer, also what they asked themselves; the state decides whether there is anything left to say."""
    return can_author(user)
