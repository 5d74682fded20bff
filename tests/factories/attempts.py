"""Sittings. `sit` goes the real way (start, answer, hand in); the factory writes a finished one directly."""

from datetime import datetime, timedelta
from decimal import Decimal

import factory

from assessments.assignments.models import Assignment
from assessments.attempts.models import Attempt
from assessments.attempts.services import save_answer, start_attempt, submit_attempt
from assessments.attempts.states import AttemptState
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.bank import right_ids, wrong_ids


class AttemptFactory(factory.django.DjangoModelFactory):
    """An open sitting without drawn questions; `graded=True, score=…, passed=…` for a finished one."""

    class Meta:
        model = Attempt

    class Params:
        graded = factory.Trait(
            state=AttemptState.GRADED,
            submitted_at=MON_9 + timedelta(minutes=10),
            score=Decimal("0.8"),
            passed=factory.LazyAttribute(lambda attempt: attempt.score >= attempt.quiz_version.pass_share),
        )

    assignment = factory.SubFactory(AssignmentFactory)
    quiz_version = factory.LazyAttribute(lambda attempt: attempt.assignment.quiz.versions.first())
    number = factory.LazyAttribute(lambda attempt: attempt.assignment.attempts.count() + 1)
    started_at = MON_9
    deadline_at = factory.LazyAttribute(lambda attempt: attempt.started_at + timedelta(minutes=15))


def sit(assignment: Assignment, *, at: datetime = MON_9, right: int | None = None, submit: bool = True) -> Attempt:
    """Start, answer the first `right` questions rightly and the others wrongly (all rightly when None), hand in."""
    attempt = start_attempt(assignment, at=at)
    for drawn in attempt.questions.select_related("question_version"):
        knows = right is None or drawn.order <= right
        chosen = right_ids(drawn.question_version) if knows else wrong_ids(drawn.question_version)
        save_answer(drawn, sequence=1, response=chosen, at=at + timedelta(minutes=1))
    if submit:
        submit_attempt(attempt, actor=assignment.person, at=at + timedelta(minutes=2))
    return attempt
