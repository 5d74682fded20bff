"""Who may sit an attempt. Who may see its review is `Attempt.objects.visible_to`."""

from assessments.attempts.models import Attempt
from lms.people.models import User


def can_sit(user: User, attempt: Attempt) -> bool:
    """Only the learner: leaders and analysts see the result, they don't answer for anybody."""
    return attempt.assignment.person_id == user.pk
