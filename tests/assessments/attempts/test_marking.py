from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import events
from assessments.assignments.models import Assignment
from assessments.attempts.models import AnswerMark, Attempt
from assessments.attempts.permissions import can_mark
from assessments.attempts.queries import (
    answer_to_mark,
    answers_waiting,
    markable_answers,
    marking_queue,
    rubric_of,
    waiting_in_blind_order,
)
from assessments.attempts.rules import UnfitMarks, blind_order, rubric_share
from assessments.attempts.services import (
    MarkedBefore,
    NotWaiting,
    OthersDisagree,
    mark_answer,
    submit_attempt,
    void_question,
    withdraw_void,
)
from assessments.attempts.states import AttemptState
from assessments.bank.queries import asked_questions
from assessments.bank.states import QuestionKind
from assessments.evidence.models import Evidence
from lms.audit.models import AuditEntry
from lms.notifications.models import Notification
from lms.people.states import Role
from tests.factories.marking import hand_in, make_open_quiz, mark, open_answer, points
from tests.factories.people import UserFactory, join

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


# --- rules ---------------------------------------------------------------------------------------------------


def test_points_of_all_criteria_make_the_share_rounded_down():
    rubric = {1: Decimal(3), 2: Decimal(3)}

    assert rubric_share({1: Decimal(3), 2: Decimal(3)}, rubric=rubric) == 1
    assert rubric_share({1: Decimal(0), 2: Decimal(0)}, rubric=rubric) == 0
    assert rubric_share({1: Decimal(2), 2: Decimal(2)}, rubric=rubric) == Decimal("0.66666")


@pytest.mark.parametrize(
    "given",
    [{}, {1: "1"}, {1: "1", 2: "1", 3: "1"}, {1: "1", 2: "3.01"}, {1: "-0.5", 2: "1"}, {1: "NaN", 2: "1"}],
)
def test_points_that_do_not_fit_the_rubric_are_refused(given):
    with pytest.raises(UnfitMarks):
        rubric_share({pk: Decimal(value) for pk, value in given.items()}, rubric={1: Decimal(3), 2: Decimal(3)})


def test_a_rubric_of_nothing_gives_no_share():
    with pytest.raises(UnfitMarks):
        rubric_share({}, rubric={})


def test_each_marker_has_a_lasting_order_of_their_own():
    answers = list(range(1, 40))

    own = blind_order(answers, marker=7)

    assert sorted(own) == answers
    assert own not in (answers, blind_order(answers, marker=8))
    assert own == blind_order(reversed(answers), marker=7)
    assert [pk for pk in own if pk != 12] == blind_order([pk for pk in answers if pk != 12], marker=7)


# --- marking -------------------------------------------------------------------------------------------------


@pytest.fixture
def quiz(db):
    return make_open_quiz()


@pytest.fixture
def attempt(cast, quiz):
    return hand_in(cast.ana, quiz)


@pytest.fixture
def graded():
    heard = []

    def hear(attempt, **_more):
        heard.append(attempt.pk)

    events.attempt_graded.connect(hear)
    yield heard
    events.attempt_graded.disconnect(hear)


def test_the_last_mark_grades_the_sitting(cast, attempt, graded, at):
    assert (attempt.state, attempt.score) == (AttemptState.SUBMITTED, None)

    row = mark(open_answer(attempt), 2, 1, actor=cast.eva, at=at + HOUR, comment=" Warm, but long. ")

    attempt.refresh_from_db()
    assert (row.share, row.comment, row.marker, row.marked_at) == (
        Decimal("0.75"), "Warm, but long.", cast.eva, at + HOUR,
    )  # fmt: skip
    assert open_answer(attempt).share == Decimal("0.75")
    assert (attempt.state, attempt.score, attempt.passed) == (AttemptState.GRADED, Decimal("0.875"), True)
    assert attempt.submitted_at == at + timedelta(minutes=2)
    assert graded == [attempt.pk]
    (evidence,) = Evidence.objects.filter(agent=cast.ana)
    assert (evidence.share, evidence.observed_at) == (Decimal("0.875"), attempt.submitted_at)
    news = Notification.objects.get(kind="attempt_marked")
    assert (news.recipient, news.params["percent"]) == (cast.ana, "87.5%")
    deed = AuditEntry.objects.get(action="answer_marked")
    assert (deed.actor, deed.subject_id) == (cast.eva, str(row.pk))
    assert AuditEntry.objects.filter(action="attempt_graded", actor=cast.eva).count() == 1


def test_points_are_kept_by_criterion(cast, attempt):
    question = open_answer(attempt)

    row = mark(question, "2.50", 0, actor=cast.eva)

    restates, tone = points(question, 0, 0)
    assert row.points == {str(restates): "2.5", str(tone): "0"}


def test_points_beyond_the_rubric_write_nothing(cast, attempt):
    with pytest.raises(UnfitMarks):
        mark(open_answer(attempt), 4, 1, actor=cast.eva)

    assert not AnswerMark.objects.exists()
    assert not AuditEntry.objects.filter(action="answer_marked").exists()


def test_the_second_who_comes_late_is_told(cast, attempt):
    question = open_answer(attempt)
    mark(question, 2, 1, actor=cast.eva)

    with pytest.raises(NotWaiting):
        mark(question, 0, 0, actor=cast.quinn)

    assert AnswerMark.objects.count() == 1
    assert open_answer(attempt).share == Decimal("0.75")


def test_nobody_marks_twice(cast, attempt):
    attempt.quiz_version.needs_second_marker = True
    attempt.quiz_version.save()
    question = open_answer(attempt)
    mark(question, 2, 1, actor=cast.eva)

    with pytest.raises(MarkedBefore):
        mark(question, 3, 1, actor=cast.eva)

    assert not can_mark(cast.eva, question)
    assert [row.share for row in question.marks.all()] == [Decimal("0.75")]
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SUBMITTED


def test_the_constraint_catches_two_tabs_of_one_marker(cast, attempt, monkeypatch):
    """The other tab's mark is committed between the look and the write."""
    question = open_answer(attempt)
    attempt.quiz_version.needs_second_marker = True
    attempt.quiz_version.save()
    mark(question, 2, 1, actor=cast.eva)
    monkeypatch.setattr("assessments.attempts.services.marking._given", lambda row: [])

    with pytest.raises(MarkedBefore):
        mark(question, 3, 1, actor=cast.eva)

    assert AnswerMark.objects.count() == 1


def test_sittings_that_are_not_over_take_no_marks(cast, quiz):
    attempt = hand_in(cast.ana, quiz)
    Attempt.objects.filter(pk=attempt.pk).update(state=AttemptState.ABANDONED)

    with pytest.raises(NotWaiting):
        mark(open_answer(attempt), 2, 1, actor=cast.eva)


def test_key_questions_take_no_marks(cast, attempt):
    choice = attempt.questions.get(question_version__kind=QuestionKind.SINGLE)
    choice.share = None
    choice.save()

    with pytest.raises(NotWaiting):
        mark_answer(choice, points={}, comment="", actor=cast.eva, at=attempt.submitted_at)


def test_a_blank_answer_waits_for_nobody(cast, quiz):
    attempt = hand_in(cast.ana, quiz, text="   ")

    assert (attempt.state, attempt.score) == (AttemptState.GRADED, Decimal("0.5"))
    assert marking_queue(cast.eva) == []


# --- two markers ---------------------------------------------------------------------------------------------


@pytest.fixture
def disputed(cast):
    """Two markers too far apart."""
    attempt = hand_in(cast.ana, make_open_quiz(needs_second_marker=True))
    question = open_answer(attempt)
    mark(question, 3, 1, actor=cast.eva, comment="Fine")
    mark(question, 1, 0, actor=cast.quinn, comment="Thin")
    attempt.refresh_from_db()
    return attempt


def test_two_who_agree_give_their_mean(cast):
    attempt = hand_in(cast.ana, make_open_quiz(needs_second_marker=True))
    question = open_answer(attempt)

    mark(question, 3, 1, actor=cast.eva)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SUBMITTED

    mark(question, "2.5", 1, actor=cast.tess)
    attempt.refresh_from_db()
    assert open_answer(attempt).share == Decimal("0.93750")
    assert attempt.state == AttemptState.GRADED


def test_two_who_disagree_leave_it_to_a_third_whose_word_is_final(cast, disputed):
    assert disputed.state == AttemptState.SUBMITTED

    mark(open_answer(disputed), 2, 0, actor=cast.tess)

    disputed.refresh_from_db()
    assert open_answer(disputed).share == Decimal("0.5")
    assert disputed.score == Decimal("0.75")


def test_an_analyst_does_not_settle_what_two_others_disagree_about(cast, disputed):
    other = UserFactory(employee_no="EVE")
    join(other, cast.team_a, Role.QC_ANALYST)
    question = open_answer(disputed)

    assert not can_mark(other, question)
    assert can_mark(cast.tess, question)
    assert marking_queue(other) == []
    with pytest.raises(OthersDisagree):
        mark(question, 2, 0, actor=other)


def test_the_third_sees_what_the_two_gave(cast, disputed):
    question = open_answer(disputed)
    rubric = rubric_of(asked_questions([question.question_version])[question.question_version_id], "en")

    seen = answer_to_mark(question, rubric)
    assert [(row.number, row.share, row.comment) for row in seen.earlier] == [
        (1, Decimal(1), "Fine"), (2, Decimal("0.25"), "Thin"),
    ]  # fmt: skip
    assert [value for _criterion, value in seen.earlier[1].points] == ["1", "0"]


def test_the_second_marker_sees_nothing_of_the_first(cast):
    question = open_answer(hand_in(cast.ana, make_open_quiz(needs_second_marker=True)))
    mark(question, 3, 1, actor=cast.eva)
    rubric = rubric_of(asked_questions([question.question_version])[question.question_version_id], "en")

    assert answer_to_mark(question, rubric).earlier == []


# --- the queue -----------------------------------------------------------------------------------------------


def test_the_queue_holds_what_waits_for_the_viewer(cast, quiz, at):
    mine, others = hand_in(cast.ana, quiz, at=at + HOUR), hand_in(cast.olga, quiz, at=at)

    (row,) = marking_queue(cast.eva)
    assert (row.n, row.n_disputed, row.since, row.quizzes) == (1, 0, mine.submitted_at, [quiz])
    (row,) = marking_queue(cast.tess)
    assert (row.n, row.since) == (2, others.submitted_at)
    assert set(waiting_in_blind_order(cast.tess, row.version)) == {open_answer(mine).pk, open_answer(others).pk}
    assert waiting_in_blind_order(cast.eva, row.version) == [open_answer(mine).pk]


@pytest.mark.parametrize("name", ["ana", "lena", "carl", "otto", "mona", "wes", "ada"])
def test_others_have_no_queue(cast, attempt, name):
    viewer = getattr(cast, name)

    assert marking_queue(viewer) == []
    assert not markable_answers(viewer).exists()
    assert not can_mark(viewer, open_answer(attempt))


def test_nobody_marks_the_own_answers(cast, quiz):
    join(cast.eva, cast.team_a)
    attempt = hand_in(cast.eva, quiz)

    assert not answers_waiting(cast.eva).exists()
    assert not can_mark(cast.eva, open_answer(attempt))
    assert can_mark(cast.quinn, open_answer(attempt))


def test_what_one_has_marked_leaves_the_own_queue_only(cast):
    attempt = hand_in(cast.ana, make_open_quiz(needs_second_marker=True))

    mark(open_answer(attempt), 3, 1, actor=cast.eva)

    assert marking_queue(cast.eva) == []
    assert [row.n for row in marking_queue(cast.quinn)] == [1]


def test_a_dispute_is_counted_for_whoever_settles_it(cast, disputed):
    (row,) = marking_queue(cast.tess)

    assert (row.n, row.n_disputed) == (1, 1)


def test_try_outs_and_open_sittings_wait_for_nobody(cast, quiz):
    attempt = hand_in(cast.ana, quiz)
    Assignment.objects.filter(pk=attempt.assignment_id).update(is_preview=True)
    other = hand_in(cast.abel, quiz)
    Attempt.objects.filter(pk=other.pk).update(state=AttemptState.ABANDONED)

    assert marking_queue(cast.eva) == []


def test_the_queue_costs_the_same_for_one_row_and_three(cast):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = marking_queue(cast.eva)
        return len(rows), len(queries)

    hand_in(cast.ana, make_open_quiz("one"))
    marking_queue(cast.eva)
    one = cost()
    hand_in(cast.abel, make_open_quiz("two"))
    hand_in(cast.ana, make_open_quiz("three"))
    marking_queue(cast.eva)  # wordings are kept in memory from here on
    three = cost()

    assert (one[0], three[0]) == (1, 3)
    assert one[1] == three[1]


# --- void questions and marks --------------------------------------------------------------------------------


def test_a_void_question_leaves_the_queue_and_grades_what_waited_for_it(cast, attempt, graded, at):
    version = open_answer(attempt).question_version

    void_question(version, mode="dropped", reason="Two readings", actor=cast.quinn, at=at + HOUR)

    attempt.refresh_from_db()
    assert marking_queue(cast.eva) == []
    assert (attempt.state, attempt.score) == (AttemptState.GRADED, Decimal(1))
    assert graded == [attempt.pk]
    with pytest.raises(NotWaiting):
        mark(open_answer(attempt), 1, 1, actor=cast.eva)


def test_a_void_that_was_withdrawn_brings_unmarked_answers_back(cast, attempt, graded, at):
    version = open_answer(attempt).question_version
    void = void_question(version, mode="full", reason="Two readings", actor=cast.quinn, at=at + HOUR)
    withdraw_void(void, actor=cast.quinn, at=at + 2 * HOUR)
    assert [row.n for row in marking_queue(cast.eva)] == [1]

    mark(open_answer(attempt), 0, 0, actor=cast.eva)

    attempt.refresh_from_db()
    assert open_answer(attempt).share == 0
    assert (attempt.score, graded) == (Decimal(1), [attempt.pk])  # until it is regraded


def test_handing_in_again_leaves_marks_alone(cast, attempt, at):
    mark(open_answer(attempt), 3, 1, actor=cast.eva)

    again = submit_attempt(Attempt.objects.get(pk=attempt.pk), actor=cast.ana, at=at + HOUR)

    assert (again.score, open_answer(again).share) == (Decimal(1), Decimal(1))
