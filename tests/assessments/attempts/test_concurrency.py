"""Two at the same moment: learners, examiners and the sweep. Only PostgreSQL lets two write at once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from assessments.assignments.models import Assignment, WindowOverride
from assessments.assignments.rules import Override
from assessments.assignments.services import give_override
from assessments.attempts.models import Answer, Attempt, AttemptQuestion, ExtraTime
from assessments.attempts.queries.giving import GiveOrder, plan_of
from assessments.attempts.services import (
    HandedIn,
    Save,
    close_overdue_attempts,
    give_extra_time,
    save_answers,
    sitting,
    start_attempt,
    submit_attempt,
)
from assessments.attempts.services.giving import PlanChanged, give_quiz, take_back
from assessments.attempts.services.timing import AlreadyGiven
from assessments.attempts.states import AttemptState
from assessments.evidence.models import Evidence
from lms.audit.models import AuditEntry
from lms.notifications.models import Notification
from tests.factories.assignments import AssignmentFactory
from tests.factories.bank import right_ids
from tests.factories.quizzes import make_quiz

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
#: Each race is run so often: one that only sometimes goes wrong shows itself.
ROUNDS = range(3)


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """What came of doing all of it at once, each on a connection of its own; errors included."""
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

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return outcomes


def faults(outcomes: list[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


@pytest.fixture
def assignment(cast) -> Assignment:
    return AssignmentFactory(person=cast.ana, quiz=make_quiz())


@pytest.fixture
def attempt(assignment, at) -> Attempt:
    return start_attempt(assignment, at=at)


def fresh(attempt: Attempt) -> Attempt:
    """As another request reads it."""
    return Attempt.objects.select_related("assignment__person", "quiz_version__quiz").get(pk=attempt.pk)


def right(attempt: Attempt, order: int = 1) -> list[int]:
    return right_ids(attempt.questions.get(order=order).question_version)


# --- one learner, twice --------------------------------------------------------------------------------------------


def test_starting_in_several_tabs_at_once_is_one_attempt(assignment, at):
    same = [Assignment.objects.get(pk=assignment.pk) for _tab in range(4)]

    outcomes = together(*(lambda row=row: start_attempt(row, at=at) for row in same))

    assert faults(outcomes) == []
    assert len({outcome.pk for outcome in outcomes}) == Attempt.objects.count() == 1
    assert AttemptQuestion.objects.count() == 5
    assert AuditEntry.objects.filter(action="attempt_started").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_same_save_several_times_at_once_is_one_answer(attempt, at, _round):
    save = Save(1, 1, right(attempt), at + MINUTE)

    outcomes = together(*(lambda: save_answers(attempt, [save], at=at + MINUTE) for _time in range(4)))

    assert faults(outcomes) == []
    assert {result.status for outcome in outcomes for result in outcome} == {"kept"}
    assert Answer.objects.count() == 1


def test_plain_forms_at_once_get_numbers_of_their_own(attempt, at):
    drawn = attempt.questions.get(order=1)
    answers = [[pk] for pk in drawn.option_order]

    outcomes = together(
        *(lambda each=each: save_answers(attempt, [Save(1, None, each, at)], at=at + MINUTE) for each in answers)
    )

    assert faults(outcomes) == []
    assert sorted(Answer.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize("_round", ROUNDS)
def test_submitting_several_times_at_once_is_one_result(attempt, cast, at, _round):
    save_answers(attempt, [Save(1, 1, right(attempt), at)], at=at + MINUTE)
    rows = [fresh(attempt) for _time in range(4)]

    outcomes = together(*(lambda row=row: submit_attempt(row, actor=cast.ana, at=at + 2 * MINUTE) for row in rows))

    assert faults(outcomes) == []
    assert {(row.state, row.score) for row in outcomes} == {(AttemptState.GRADED, outcomes[0].score)}
    assert Evidence.objects.count() == 1
    assert AuditEntry.objects.filter(action="attempt_graded").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_what_was_acknowledged_while_submitting_counts(attempt, cast, at, _round):
    """The save is in before the score is made, or it is refused: never acknowledged and left out."""
    row, chosen = fresh(attempt), right(attempt)

    saved, _submitted = together(
        lambda: save_answers(attempt, [Save(1, 1, chosen, at)], at=at + MINUTE),
        lambda: submit_attempt(row, actor=cast.ana, at=at + MINUTE),
    )

    share = attempt.questions.get(order=1).share
    assert (isinstance(saved, HandedIn), share) in [(True, 0), (False, 1)]


# --- the sweep -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("overdue", ["autosubmit", "abandon"])
def test_sweeps_at_once_change_each_attempt_once(cast, at, overdue):
    quiz = make_quiz(overdue=overdue)
    people = (cast.ana, cast.abel, cast.olga, cast.lena)
    for person in people:
        start_attempt(AssignmentFactory(person=person, quiz=quiz), at=at)

    outcomes = together(*(lambda: close_overdue_attempts(at=at + 20 * MINUTE) for _sweep in range(4)))

    assert faults(outcomes) == []
    assert sum(outcomes) == len(people)
    assert set(Attempt.objects.values_list("submitted_at", flat=True)) == {at + 15 * MINUTE}
    assert Notification.objects.filter(kind__in=["attempt_handed_in", "attempt_abandoned"]).count() == len(people)
    assert Evidence.objects.count() == (len(people) if overdue == "autosubmit" else 0)


@pytest.mark.parametrize("_round", ROUNDS)
def test_sweep_and_learner_at_once_are_one_result(attempt, cast, at, _round):
    """The button was pressed in time; the sweep comes at the same moment."""
    row, end = fresh(attempt), at + 15 * MINUTE

    outcomes = together(
        lambda: close_overdue_attempts(at=end + 61 * SECOND),
        lambda: submit_attempt(row, actor=cast.ana, at=end + 59 * SECOND, made_at=end - SECOND),
    )

    assert faults(outcomes) == []
    attempt.refresh_from_db()
    assert (attempt.state, attempt.handed_in_by_sweep) in [(AttemptState.GRADED, True), (AttemptState.GRADED, False)]
    assert attempt.submitted_at == (end if attempt.handed_in_by_sweep else end - SECOND)
    assert outcomes[0] == attempt.handed_in_by_sweep
    assert Evidence.objects.count() == AuditEntry.objects.filter(action="attempt_graded").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_sweep_and_extra_time_at_once(cast, at, _round):
    """Ended, or given more time: never both."""
    quiz = make_quiz(overdue="abandon")
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)
    late = at + 17 * MINUTE

    outcomes = together(
        lambda: close_overdue_attempts(at=late),
        lambda: give_extra_time(cast.team_a, minutes=10, reason="Outage", actor=cast.carl, at=late),
    )

    assert faults(outcomes) == []
    attempt.refresh_from_db()
    given = ExtraTime.objects.get().attempts.count()
    assert (outcomes[0], given, attempt.state, attempt.deadline_at) in [
        (1, 0, AttemptState.ABANDONED, at + 15 * MINUTE),
        (0, 1, AttemptState.IN_PROGRESS, at + 25 * MINUTE),
    ]


# --- exceptions and extra time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("_round", ROUNDS)
def test_what_was_acknowledged_while_time_was_shortened_counts(attempt, cast, at, _round):
    chosen, now = right(attempt), at + 10 * MINUTE

    saved, given = together(
        lambda: save_answers(attempt, [Save(1, 1, chosen, now + SECOND)], at=now + SECOND),
        lambda: give_override(
            attempt.quiz_version.quiz, Override(limit_minutes=5), to=cast.ana, reason="R", actor=cast.mona, at=now
        ),
    )

    assert isinstance(given, WindowOverride)
    submit_attempt(fresh(attempt), actor=cast.ana, at=now + MINUTE)
    share = attempt.questions.get(order=1).share
    assert (saved[0].status, share) in [("kept", 1), ("late", 0)]


def test_whoever_starts_while_an_exception_is_given_has_it(assignment, cast, at, monkeypatch):
    """The one who starts has read the window already when the examiner comes: the examiner waits, and moves it then."""
    has_read, real = threading.Event(), sitting.window_of

    def slowly(*args: Any, **kwargs: Any) -> Any:
        window = real(*args, **kwargs)
        has_read.set()
        threading.Event().wait(0.5)
        return window

    monkeypatch.setattr(sitting, "window_of", slowly)

    def give() -> WindowOverride:
        assert has_read.wait(10)
        return give_override(
            assignment.quiz, Override(limit_minutes=30), to=cast.ana, reason="R", actor=cast.mona, at=at
        )

    outcomes = together(lambda: start_attempt(assignment, at=at), give)

    assert faults(outcomes) == []
    assert Attempt.objects.get().deadline_at == at + 30 * MINUTE


def test_many_start_at_once_without_waiting_for_each_other(cast, at, monkeypatch):
    """All of them stand between reading the window and writing the attempt at the same moment."""
    quiz = make_quiz()
    rows = [AssignmentFactory(person=person, quiz=quiz) for person in (cast.ana, cast.abel, cast.olga)]
    all_inside, real = threading.Barrier(len(rows), timeout=10), sitting.window_of

    def meet(*args: Any, **kwargs: Any) -> Any:
        all_inside.wait()
        return real(*args, **kwargs)

    monkeypatch.setattr(sitting, "window_of", meet)

    outcomes = together(*(lambda row=row: start_attempt(row, at=at) for row in rows))

    assert faults(outcomes) == []
    assert Attempt.objects.count() == len(rows)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_exceptions_at_once_leave_one_that_holds(attempt, cast, at, _round):
    def give(actor: Any, minutes: int) -> WindowOverride:
        override = Override(limit_minutes=minutes)
        return give_override(attempt.quiz_version.quiz, override, to=cast.ana, reason="R", actor=actor, at=at + MINUTE)

    outcomes = together(lambda: give(cast.mona, 20), lambda: give(cast.quinn, 30))

    assert faults(outcomes) == []
    holds = WindowOverride.objects.live().get()
    assert fresh(attempt).deadline_at == at + holds.limit_minutes * MINUTE


@pytest.mark.parametrize("_round", ROUNDS)
def test_extra_time_pressed_twice_at_once_is_given_once(attempt, cast, at, _round):
    def give() -> ExtraTime:
        return give_extra_time(cast.team_a, minutes=10, reason="R", actor=cast.carl, at=at + MINUTE, seen=0)

    outcomes = together(give, give, give)

    assert [type(fault) for fault in faults(outcomes)] == [AlreadyGiven, AlreadyGiven]
    assert fresh(attempt).deadline_at == at + 25 * MINUTE


@pytest.mark.parametrize("_round", ROUNDS)
def test_extra_time_and_an_exception_at_once_both_hold(attempt, cast, at, _round):
    override = Override(limit_minutes=20)

    outcomes = together(
        lambda: give_extra_time(cast.team_a, minutes=10, reason="R", actor=cast.carl, at=at + MINUTE),
        lambda: give_override(
            attempt.quiz_version.quiz, override, to=cast.ana, reason="R", actor=cast.mona, at=at + MINUTE
        ),
    )

    assert faults(outcomes) == []
    assert fresh(attempt).deadline_at == at + 30 * MINUTE


def test_a_save_waits_for_a_longer_time_that_is_being_given(attempt, cast, at):
    """The examiner's transaction holds the attempt; the answer that comes meanwhile is judged by the new deadline."""
    is_held, chosen = threading.Event(), right(attempt)
    received: datetime = at + 16 * MINUTE

    def give() -> None:
        with transaction.atomic():
            give_extra_time(cast.team_a, minutes=10, reason="R", actor=cast.carl, at=at + 15 * MINUTE)
            is_held.set()
            threading.Event().wait(0.5)

    def save() -> Any:
        assert is_held.wait(10)
        return save_answers(attempt, [Save(1, 1, chosen, received)], at=received)

    outcomes = together(give, save)

    assert faults(outcomes) == []
    assert outcomes[1][0].status == "kept"
    assert not Answer.objects.get().is_synced_late


# --- giving by hand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_givers_at_once_give_a_quiz_once_to_each(cast, at, _round):
    order = GiveOrder(make_quiz(), "认证", "Certification", team=cast.team_a)
    seen = {giver: plan_of(order, actor=giver, at=at).fingerprint for giver in (cast.carl, cast.tess)}

    outcomes = together(*(lambda giver=giver: give_quiz(order, actor=giver, at=at, seen=seen[giver]) for giver in seen))

    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, PlanChanged)) == [PlanChanged]
    assert sorted(Assignment.objects.values_list("person__employee_no", flat=True)) == ["ABEL", "ANA"]


@pytest.mark.parametrize("_round", ROUNDS)
def test_pressing_twice_at_once_gives_once(cast, at, _round):
    order = GiveOrder(make_quiz(), "认证", "Certification", team=cast.team_a)
    seen = plan_of(order, actor=cast.carl, at=at).fingerprint

    outcomes = together(*(lambda: give_quiz(order, actor=cast.carl, at=at, seen=seen) for _press in range(3)))

    assert faults(outcomes) == []
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert Assignment.objects.count() == Notification.objects.filter(kind="quiz_assigned").count() == 2


@pytest.mark.parametrize("_round", ROUNDS)
def test_who_is_starting_keeps_what_is_taken_back_from_those_who_have_not_begun(assignment, cast, at, _round):
    started, taken = together(
        lambda: start_attempt(Assignment.objects.get(pk=assignment.pk), at=at),
        lambda: take_back([assignment], reason="x", actor=cast.carl, at=at, only_unbegun=True),
    )

    assert isinstance(started, Attempt) == (taken == [])
