"""Who may sit what was assigned."""

from assessments.assignments.models import Assignment
from lms.people.models import Team, User
from lms.people.permissions import examines
from lms.people.queries import examined_teams


def can_sit(user: User, assignment: Assignment) -> bool:
    """Only the person it was assigned to; leaders and analysts see results, they don't sit for anybody."""
    return assignment.person_id == user.pk


def can_give_override(user: User, to: User | Team) -> bool:
    """Whoever runs exams for the person's team, or for the team itself."""
    if isinstance(to, User):
        return examines(user, to)
    return examined_teams(user).filter(pk=to.pk).exists()
