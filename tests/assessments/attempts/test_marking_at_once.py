"""Two people at the same moment. Only PostgreSQL lets two write at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections

from assessments.attempts.models import AnswerMark, Attempt, QuestionVoid, Regrade
from assessments.attempts.queries import regrade_preview
from assessments.attempts.services import (
    AlreadyVoid,
    ChangedMeanwhile,
    MarkedBefore,
    NotWaiting,
    commit_regrade,
    void_question,
)
from assessments.attempts.states import AttemptState
from assessments.evidence.models import Evidence
from lms.audit.models import AuditEntry
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.marking import hand_in, make_open_question, make_open_quiz, mark, open_answer
from tests.factories.quizzes import SlotFactory, make_quiz

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What came of doing all of them at the same moment, errors included."""
    outcomes: list[Any] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def run(place: int) -> None:
        start.wait()
        try:
            outcomes[place] = deeds[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_of_two_markers_where_one_is_needed_one_marks(cast):
    attempt = hand_in(cast.ana, make_open_quiz())
    question = open_answer(attempt)

    outcomes = at_once(lambda: mark(question, 3, 1, actor=cast.eva), lambda: mark(question, 0, 0, actor=cast.quinn))

    assert kinds(outcomes) == sorted([AnswerMark.__name__, NotWaiting.__name__])
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.GRADED
    assert open_answer(attempt).share == AnswerMark.objects.get().share
    assert AuditEntry.objects.filter(action="attempt_graded").count() == 1


def test_two_markers_who_are_both_needed_grade_the_sitting_once(cast):
    attempt = hand_in(cast.ana, make_open_quiz(needs_second_marker=True))
    question = open_answer(attempt)

    outcomes = at_once(lambda: mark(question, 3, 1, actor=cast.eva), lambda: mark(question, "2.6", 1, actor=cast.quinn))

    assert kinds(outcomes) == [AnswerMark.__name__] * 2
    attempt.refresh_from_db()
    assert open_answer(attempt).share == Decimal("0.95")
    assert (attempt.state, Evidence.objects.count()) == (AttemptState.GRADED, 1)


def test_one_marker_in_two_tabs_marks_once(cast):
    attempt = hand_in(cast.ana, make_open_quiz(needs_second_marker=True))
    question = open_answer(attempt)

    outcomes = at_once(lambda: mark(question, 3, 1, actor=cast.eva), lambda: mark(question, 0, 0, actor=cast.eva))

    assert kinds(outcomes) == sorted([AnswerMark.__name__, MarkedBefore.__name__])
    assert AnswerMark.objects.count() == 1


def test_the_last_two_answers_of_a_sitting_marked_at_once_grade_it(cast):
    quiz = make_open_quiz()
    version = quiz.versions.get()
    SlotFactory(version=version, question=make_open_question("second-open"))
    attempt = hand_in(cast.ana, quiz)
    one, two = attempt.questions.filter(question_version__kind="written").select_related(
        "question_version", "attempt__assignment"
    )

    outcomes = at_once(lambda: mark(one, 3, 1, actor=cast.eva), lambda: mark(two, 3, 1, actor=cast.quinn))

    assert kinds(outcomes) == [AnswerMark.__name__] * 2
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (AttemptState.GRADED, Decimal(1))


def test_two_who_void_one_question_void_it_once(cast, at):
    version = sit(AssignmentFactory(person=cast.ana, quiz=make_quiz())).questions.first().question_version

    outcomes = at_once(
        *(
            lambda actor=actor: void_question(version, mode="full", reason="Faulty", actor=actor, at=at)
            for actor in (cast.quinn, cast.tess)
        )
    )

    assert kinds(outcomes) == sorted([AlreadyVoid.__name__, QuestionVoid.__name__])
    assert QuestionVoid.objects.count() == 1


def test_two_who_commit_one_regrade_commit_it_once(cast, at):
    quiz = make_quiz()
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    version = attempt.questions.filter(share=0).first().question_version
    void_question(version, mode="full", reason="Faulty", actor=cast.quinn, at=at)
    seen = regrade_preview(quiz).fingerprint

    outcomes = at_once(
        *(
            lambda actor=actor: commit_regrade(
                quiz, reason="Faulty", actor=actor, at=at + timedelta(hours=1), expected=seen
            )
            for actor in (cast.quinn, cast.tess)
        )
    )

    assert kinds(outcomes) == sorted([ChangedMeanwhile.__name__, Regrade.__name__])
    assert Attempt.objects.get(pk=attempt.pk).score == Decimal("0.6")
    assert Evidence.objects.filter(supersedes__isnull=False).count() == 1
