"""Who may sit an attempt, mark its answers, correct its score. Who may see its review is `Attempt.objects.visible_to`."""

from assessments.attempts.models import Attempt, AttemptQuestion
from lms.people.models import User
from lms.people.permissions import can_author
from lms.people.queries import agents_of, marked_people, teams_under
from lms.people.states import AUTHORING


def can_sit(user: User, attempt: Attempt) -> bool:
    """Only the learner: leaders and analysts see the result, they don't answer for anybody."""
    return attempt.assignment.person_id == user.pk


def can_mark(user: User, question: AttemptQuestion) -> bool:
    """One of those whose answers the user marks, never the own. Nobody marks an answer twice, and where two marks lie
    too far apart, only `can_settle` goes on."""
    if not marked_people(user).filter(pk=question.attempt.assignment.person_id).exists():
        return False
    markers = list(question.marks.values_list("marker", flat=True))
    return user.pk not in markers and (len(markers) < 2 or can_settle(user, question))


def can_settle(user: User, question: AttemptQuestion) -> bool:
    """Give the third mark, whose word is final: a QC lead or training specialist of the person's team."""
    people = agents_of(teams_under(user, AUTHORING)).exclude(pk=user.pk)
    return people.filter(pk=question.attempt.assignment.person_id).exists()


def can_correct(user: User) -> bool:
    """Declare a question void and regrade a quiz: those who write them."""
    return can_author(user)
