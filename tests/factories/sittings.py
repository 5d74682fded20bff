"""Finished sittings of many learners, written directly: what item analysis reads."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from assessments.assignments.models import Assignment
from assessments.attempts.models import Answer, Attempt, AttemptQuestion
from assessments.attempts.states import AttemptState
from assessments.bank.models import QuestionVersion
from assessments.quizzes.models import QuizVersion
from lms.people.models import User
from tests.conftest import MON_9
from tests.factories.people import UserFactory

#: The question wasn't drawn.
NOT_ASKED = -1


def wordings_of(quiz_key: str) -> list[QuestionVersion]:
    """The wordings of a quiz made by `make_quiz`, in the order of their keys; the first option is right."""
    found = QuestionVersion.objects.filter(question__key__startswith=f"{quiz_key}-q").order_by("question__key")
    found.update(used_at=MON_9)
    return list(found.prefetch_related("options"))


def write_sittings(
    version: QuizVersion,
    wordings: Sequence[QuestionVersion],
    chosen: Sequence[Sequence[int | None]],
    *,
    people: Sequence[User] | None = None,
    is_preview: bool = False,
    at=MON_9,
) -> list[Attempt]:
    """A graded sitting a row. `chosen[i][j]`: the place of the option that learner i chose for question j; None: left
    blank; NOT_ASKED. Each question takes ten seconds more than the one before."""
    people = people or [UserFactory() for _row in chosen]
    attempts = []
    for person, row in zip(people, chosen, strict=True):
        asked = [(wording, place) for wording, place in zip(wordings, row, strict=True) if place != NOT_ASKED]
        score = Decimal(sum(place == 0 for _wording, place in asked)) / len(asked)
        assignment = Assignment.objects.create(
            person=person, quiz=version.quiz, reason_zh="测试", reason_en="Test", created_at=at, is_preview=is_preview
        )
        attempt = Attempt.objects.create(
            assignment=assignment, quiz_version=version, number=1, state=AttemptState.GRADED, started_at=at,
            deadline_at=at + timedelta(minutes=15), submitted_at=at + timedelta(minutes=10), score=score,
            passed=score >= version.pass_share,
        )  # fmt: skip
        for order, (wording, place) in enumerate(asked, start=1):
            options = [option.pk for option in wording.options.all()]
            drawn = AttemptQuestion.objects.create(
                attempt=attempt, order=order, question_version=wording, option_order=options, share=Decimal(place == 0),
                seconds=None if place is None else 10 * order,
            )  # fmt: skip
            if place is not None:
                moment = at + timedelta(minutes=1)
                Answer.objects.create(
                    attempt_question=drawn, sequence=1, response=[options[place]], made_at=moment, received_at=moment
                )
        attempts.append(attempt)
    return attempts
