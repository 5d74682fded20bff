"""Who may sit what was assigned."""

from assessments.assignments.models import Assignment
from lms.people.models import User


def can_sit(user: User, assignment: Assignment) -> bool:
    """Only the person it was assigned to; leaders and analysts see results, they don't sit for anybody."""
    return assignment.person_id == user.pk
