from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from assessments import events
from assessments.assignments.rules import Override
from assessments.assignments.services import close_assignment, give_override
from assessments.attempts.models import Answer, Attempt
from assessments.attempts.queries import counting_answers, results_of, times_seen
from assessments.attempts.services import (
    HandedIn,
    NoAttemptsLeft,
    NothingToSit,
    NotOpen,
    Save,
    TimeIsUp,
    WaitFirst,
    answering,
    check_answer,
    close_overdue_attempts,
    ending,
    save_answer,
    save_answers,
    set_flag,
    sitting,
    start_attempt,
    submit_attempt,
)
from assessments.attempts.states import ATTEMPT_MOVES, AttemptState
from assessments.bank.models import Question, QuestionVersion
from assessments.bank.queries import wording_of
from assessments.bank.rules import Wording
from assessments.bank.services import revise_question
from assessments.bank.states import QuestionStatus
from assessments.evidence.models import Evidence
from assessments.quizzes.services import publish_quiz, start_draft
from assessments.tasks import close_overdue_attempts as sweep_task
from lms.audit.models import AuditEntry
from lms.kernel.states import IllegalMove, move
from lms.notifications.models import Notification
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import AttemptFactory, sit
from tests.factories.bank import QuestionFactory, right_ids, wrong_ids
from tests.factories.quizzes import QuizSectionFactory, QuizVersionFactory, SlotFactory, make_quiz
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def assignment(cast):
    return AssignmentFactory(person=cast.ana, quiz=make_quiz(questions=5))


@pytest.fixture
def attempt(assignment, at):
    return start_attempt(assignment, at=at)


@pytest.fixture
def graded():
    """The attempts announced as graded."""
    heard = []

    def hear(attempt, **_more):
        heard.append(attempt)

    events.attempt_graded.connect(hear)
    yield heard
    events.attempt_graded.disconnect(hear)


def first(attempt):
    return attempt.questions.get(order=1)


# --- starting ------------------------------------------------------------------------------------------------


def test_start_freezes_draw_and_deadline(assignment, at):
    attempt = start_attempt(assignment, at=at)

    assert (attempt.number, attempt.state, attempt.started_at) == (1, AttemptState.IN_PROGRESS, at)
    assert attempt.deadline_at == at + 15 * MINUTE
    drawn = list(attempt.questions.all())
    assert [row.order for row in drawn] == [1, 2, 3, 4, 5]
    assert len({row.question_version.question_id for row in drawn}) == 5
    for row in drawn:
        assert sorted(row.option_order) == sorted(row.question_version.options.values_list("pk", flat=True))
    assert AuditEntry.objects.get().action == "attempt_started"


def test_start_marks_the_wordings_as_used(assignment, at):
    start_attempt(assignment, at=at)

    assert not QuestionVersion.objects.exclude(used_at=at).exists()


def test_start_keeps_when_a_wording_was_used_first(assignment, cast, at):
    start_attempt(assignment, at=at)
    start_attempt(AssignmentFactory(person=cast.abel, quiz=assignment.quiz), at=at + timedelta(days=1))

    assert set(QuestionVersion.objects.values_list("used_at", flat=True)) == {at}


def test_start_again_goes_on_with_the_same_sitting(assignment, attempt, at):
    before = [(row.question_version_id, row.option_order) for row in attempt.questions.all()]

    again = start_attempt(assignment, at=at + 5 * MINUTE)

    assert (again.pk, again.deadline_at) == (attempt.pk, attempt.deadline_at)
    assert [(row.question_version_id, row.option_order) for row in again.questions.all()] == before
    assert Attempt.objects.count() == 1


def test_start_in_two_tabs_at_once_gives_one_sitting(assignment, at, monkeypatch):
    """Both tabs saw no open sitting; the constraint lets one through, the other gets it too."""
    winner = start_attempt(assignment, at=at)

    def loses(*args, **kwargs):
        raise IntegrityError("one_open_attempt_per_assignment")

    monkeypatch.setattr(sitting, "_start", loses)

    assert start_attempt(assignment, at=at) == winner
    assert Attempt.objects.count() == 1


def test_two_open_sittings_are_refused_by_the_database(attempt, at):
    with pytest.raises(IntegrityError, match=r"one_open_attempt_per_assignment|assignment_id"):
        AttemptFactory(assignment=attempt.assignment, number=2)


def test_start_with_a_longer_limit_of_ones_own(assignment, cast, at):
    give_override(
        assignment.quiz, Override(limit_minutes=20), to=cast.ana, reason="Reads slowly", actor=cast.tess, at=at
    )

    assert start_attempt(assignment, at=at).deadline_at == at + 20 * MINUTE


def test_start_without_any_limit(cast, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=make_quiz(time_limit_minutes=None, attempts_allowed=None))

    attempt = start_attempt(assignment, at=at)
    save_answer(first(attempt), sequence=1, response=[], at=at + timedelta(days=30))

    assert attempt.deadline_at is None
    assert close_overdue_attempts(at=at + timedelta(days=365)) == 0
    submit_attempt(attempt, actor=cast.ana, at=at + timedelta(days=31))
    assert attempt.submitted_at == at + timedelta(days=31)


def test_start_before_the_waiting_time_is_over(cast, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=make_quiz(wait_minutes=60))
    ended = sit(assignment, at=at, right=0).submitted_at

    with pytest.raises(WaitFirst) as refusal:
        start_attempt(assignment, at=ended + 59 * MINUTE)

    assert refusal.value.until == ended + 60 * MINUTE
    assert start_attempt(assignment, at=ended + 60 * MINUTE).number == 2


def test_start_within_the_window_of_the_quiz_itself(cast, at):
    quiz = make_quiz(opens_at=at, closes_at=at + 10 * MINUTE)
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)

    with pytest.raises(NotOpen):
        start_attempt(assignment, at=at - MINUTE)
    with pytest.raises(NotOpen):
        start_attempt(assignment, at=at + 10 * MINUTE)
    assert start_attempt(assignment, at=at).deadline_at == at + 10 * MINUTE


def test_start_puts_questions_on_pages_with_what_their_slot_says(cast, at):
    version = QuizVersionFactory(published=True, per_page=2, navigation="sequential")
    QuizSectionFactory(version=version, pass_share=Decimal("0.5"))
    SlotFactory(version=version, tag="crm", count=3, points=2, section=1)
    SlotFactory(version=version, question=QuestionFactory(), is_must_pass=True)
    QuestionFactory.create_batch(3, tags=["crm"])

    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=version.quiz), at=at)

    assert list(attempt.questions.values_list("page", "section", "points", "is_must_pass")) == [
        (1, 1, 2, False), (1, 1, 2, False), (2, 1, 2, False), (2, 0, 1, True),
    ]  # fmt: skip


def test_start_draws_by_difficulty(cast, at):
    version = QuizVersionFactory(published=True)
    SlotFactory(version=version, difficulty=4)
    hard = QuestionFactory(difficulty=4)
    QuestionFactory.create_batch(3, difficulty=2)

    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=version.quiz), at=at)

    assert attempt.questions.get().question_version.question == hard


def test_items_to_be_ordered_never_stand_in_order_already(cast, at):
    version = QuizVersionFactory(published=True, attempts_allowed=20)
    question = QuestionFactory(version__kind="ordering")
    SlotFactory(version=version, question=question)
    right = list(question.versions.get().options.values_list("pk", flat=True))

    for seed in range(20):
        attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=version.quiz), at=at, chance=Random(seed))
        assert attempt.questions.get().option_order != right


def test_start_shortly_before_the_close_ends_at_the_close(cast, at):
    assignment = AssignmentFactory(person=cast.ana, closes_at=at + 7 * MINUTE)

    assert start_attempt(assignment, at=at).deadline_at == at + 7 * MINUTE


@pytest.mark.parametrize(
    "window", [{"opens_at": MINUTE}, {"closes_at": -MINUTE}, {"closes_at": timedelta(0)}, {"closed_at": -MINUTE}]
)
def test_start_outside_the_window(cast, at, window):
    times = {name: at + offset for name, offset in window.items()}
    assignment = AssignmentFactory(person=cast.ana, **times)

    with pytest.raises(NotOpen):
        start_attempt(assignment, at=at)

    assert not Attempt.objects.exists()


def test_start_until_no_attempts_are_left(cast, at):
    assignment = AssignmentFactory(person=cast.ana, attempts_allowed=2)
    sit(assignment, at=at, right=0)
    second = sit(assignment, at=at, right=0)
    assert second.number == 2

    with pytest.raises(NoAttemptsLeft):
        start_attempt(assignment, at=at)


def test_start_uses_the_versions_number_of_attempts(cast, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=make_quiz(attempts_allowed=1))
    sit(assignment, at=at)

    with pytest.raises(NoAttemptsLeft):
        start_attempt(assignment, at=at)


def test_start_of_an_unpublished_quiz(cast, at):
    with pytest.raises(NothingToSit):
        start_attempt(AssignmentFactory(person=cast.ana, quiz=make_quiz(published=False)), at=at)


def test_start_when_the_bank_can_not_fill_it_any_more(assignment, at):
    question = Question.objects.first()
    question.status = QuestionStatus.RETIRED
    question.save()

    with pytest.raises(NothingToSit):
        start_attempt(assignment, at=at)

    assert not Attempt.objects.exists()
    assert not QuestionVersion.objects.filter(used_at__isnull=False).exists()


def test_start_draws_ready_exam_questions_only(cast, at):
    version = QuizVersionFactory(published=True)
    SlotFactory(version=version, tag="crm", count=2)
    ready = {QuestionFactory(tags=["crm"]).pk, QuestionFactory(tags=["crm", "x"]).pk}
    for trait in ("draft", "retired", "practice"):
        QuestionFactory(tags=["crm"], **{trait: True})
    QuestionFactory(tags=["other"])

    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=version.quiz), at=at)

    assert set(attempt.questions.values_list("question_version__question", flat=True)) == ready


def test_start_draws_the_newest_wording(assignment, cast, at):
    for question in Question.objects.all():
        QuestionVersion.objects.filter(question=question).update(used_at=at)
        old = wording_of(question.versions.get())
        revise_question(question, Wording(old.kind, "新", "New", old.options), actor=cast.tess, at=at)

    attempt = start_attempt(assignment, at=at)

    assert set(attempt.questions.values_list("question_version__number", flat=True)) == {2}


def test_start_prefers_what_this_learner_has_seen_least(cast, at):
    quiz = make_quiz(questions=4, attempts_allowed=9)
    quiz.versions.get().slots.update(count=2)
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)
    sit(AssignmentFactory(person=cast.abel, quiz=quiz), at=at)

    for _round in range(3):
        sit(assignment, at=at, right=0)
        sit(assignment, at=at, right=0)
        seen = times_seen(cast.ana)
        assert len(seen) == 4
        assert len(set(seen.values())) == 1  # after each pair of sittings all four were seen equally often


def test_start_is_repeatable_with_a_given_chance(cast, at):
    quiz = make_quiz(questions=8)
    rows = [
        start_attempt(AssignmentFactory(person=person, quiz=quiz), at=at, chance=Random(7))
        for person in (cast.ana, cast.abel)
    ]

    draws = [[(row.question_version_id, row.option_order) for row in attempt.questions.all()] for attempt in rows]

    assert draws[0] == draws[1]


def test_start_shuffles(cast, at):
    quiz = make_quiz(questions=8, attempts_allowed=9)
    draws = set()
    for seed in range(3):
        attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at, chance=Random(seed))
        draws.add(str([(row.question_version_id, row.option_order) for row in attempt.questions.all()]))

    assert len(draws) == 3


def test_a_new_version_does_not_touch_a_sitting(assignment, attempt, cast, at):
    publish_quiz(start_draft(assignment.quiz, actor=cast.tess, at=at), actor=cast.tess, at=at)

    again = start_attempt(assignment, at=at)

    assert again.quiz_version.number == 1


def test_close_assignment_lets_a_sitting_finish(attempt, cast, at):
    close_assignment(attempt.assignment, actor=cast.eva, at=at)

    save_answer(first(attempt), sequence=1, response=[], at=at)
    submit_attempt(attempt, actor=cast.ana, at=at + MINUTE)

    assert attempt.state == AttemptState.GRADED


# --- answering -----------------------------------------------------------------------------------------------


def test_save_appends(attempt, at):
    drawn = first(attempt)
    one, other = drawn.option_order[:2]

    save_answer(drawn, sequence=1, response=[one], at=at)
    save_answer(drawn, sequence=2, response=[other], at=at + MINUTE)

    assert list(drawn.answers.values_list("sequence", "response", "received_at")) == [
        (1, [one], at),
        (2, [other], at + MINUTE),
    ]
    assert counting_answers(attempt)[drawn.pk].response == [other]


def test_save_again_is_one_save(attempt, at):
    drawn = first(attempt)
    response = drawn.option_order[:1]

    save_answer(drawn, sequence=1, response=response, at=at)
    again = save_answer(drawn, sequence=1, response=response, at=at + MINUTE)

    assert again.status == "kept"
    assert Answer.objects.get().received_at == at


def test_save_again_after_the_deadline_still_says_that_it_is_kept(attempt, at):
    drawn = first(attempt)
    save_answer(drawn, sequence=1, response=drawn.option_order[:1], at=at)

    assert save_answer(drawn, sequence=1, response=drawn.option_order[:1], at=at + 60 * MINUTE).status == "kept"


def test_save_at_once_from_two_requests_is_one_save(attempt, at, monkeypatch):
    drawn = first(attempt)
    response = drawn.option_order[:1]
    real, calls = answering._save, []

    def collide(*args, **kwargs):
        calls.append(kwargs)
        if len(calls) == 1:
            real(*args, **kwargs)
            raise IntegrityError("UNIQUE constraint failed: one_answer_per_sequence_number")
        return real(*args, **kwargs)

    monkeypatch.setattr(answering, "_save", collide)

    assert save_answer(drawn, sequence=1, response=response, at=at).status == "kept"
    assert Answer.objects.get().response == response


def test_save_of_another_window_under_the_same_number(attempt, at):
    drawn = first(attempt)
    one, other = drawn.option_order[:2]
    save_answer(drawn, sequence=1, response=[one], at=at)
    save_answer(drawn, sequence=2, response=[one], at=at)

    stale = save_answer(drawn, sequence=1, response=[other], at=at)

    assert (stale.status, stale.newest) == ("taken", 2)
    assert counting_answers(attempt)[drawn.pk].response == [one]
    assert save_answer(drawn, sequence=3, response=[other], at=at).sequence == 3


def test_save_that_arrives_late_does_not_overtake(attempt, at):
    drawn = first(attempt)
    one, other = drawn.option_order[:2]
    save_answer(drawn, sequence=2, response=[other], at=at)
    overtaken = save_answer(drawn, sequence=1, response=[one], at=at + MINUTE)

    assert overtaken.status == "taken"
    assert counting_answers(attempt)[drawn.pk].response == [other]


def test_save_from_a_plain_form_numbers_itself(attempt, at):
    drawn = first(attempt)
    one, other = drawn.option_order[:2]

    saved = [save_answer(drawn, sequence=None, response=[pk], at=at).sequence for pk in (one, one, other, one)]

    assert saved == [1, 1, 2, 3]


def test_save_takes_an_answer_back(attempt, at):
    drawn = first(attempt)
    save_answer(drawn, sequence=1, response=drawn.option_order[:1], at=at)
    save_answer(drawn, sequence=2, response=[], at=at)

    assert counting_answers(attempt)[drawn.pk].response == []


def test_save_several_at_once_says_of_each_what_became_of_it(attempt, at):
    drawn = list(attempt.questions.all())
    saves = [
        Save(1, 1, drawn[0].option_order[:1], at),
        Save(2, 1, [0], at),
        Save(3, 1, drawn[2].option_order[:1], attempt.deadline_at + timedelta(seconds=1)),
    ]

    results = save_answers(attempt, saves, at=attempt.deadline_at + timedelta(seconds=30))

    assert [(row.order, row.status) for row in results] == [(1, "kept"), (2, "malformed"), (3, "late")]
    kept = Answer.objects.get()
    assert (kept.made_at, kept.received_at, kept.is_synced_late) == (
        at, attempt.deadline_at + timedelta(seconds=30), True,
    )  # fmt: skip


def test_save_at_the_deadline_itself(attempt):
    assert save_answer(first(attempt), sequence=1, response=[], at=attempt.deadline_at).status == "kept"
    assert not Answer.objects.get().is_synced_late


def test_save_after_the_deadline(attempt):
    with pytest.raises(TimeIsUp) as refusal:
        save_answer(first(attempt), sequence=1, response=[], at=attempt.deadline_at + timedelta(microseconds=1))

    assert refusal.value.deadline_at == attempt.deadline_at
    assert not Answer.objects.exists()


def test_save_made_in_time_but_received_after_the_tolerance(attempt, at):
    late = attempt.deadline_at + timedelta(seconds=60, microseconds=1)

    with pytest.raises(TimeIsUp):
        save_answer(first(attempt), sequence=1, response=[], at=late, made_at=at)

    assert (
        save_answer(
            first(attempt), sequence=1, response=[], at=attempt.deadline_at + timedelta(seconds=60), made_at=at
        ).status
        == "kept"
    )


def test_an_answer_that_came_late_but_was_made_in_time_counts(attempt, cast, at):
    drawn = first(attempt)
    save_answer(drawn, sequence=1, response=wrong_ids(drawn.question_version), at=at)
    save_answer(
        drawn,
        sequence=2,
        response=right_ids(drawn.question_version),
        at=attempt.deadline_at + timedelta(seconds=40),
        made_at=attempt.deadline_at,
    )

    close_overdue_attempts(at=attempt.deadline_at + timedelta(minutes=2))

    assert first(attempt).share == 1


def test_a_page_that_was_left_can_not_be_changed_where_navigation_is_sequential(cast, at):
    quiz = make_quiz(questions=4, per_page=2, navigation="sequential")
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)
    rows = list(attempt.questions.all())
    one, other = rows[0].option_order[:2]
    save_answers(attempt, [Save(1, 1, [one], at)], at=at, page=1)

    changed = save_answers(attempt, [Save(1, 2, [other], at), Save(3, 1, rows[2].option_order[:1], at)], at=at)

    assert [row.status for row in changed] == ["locked", "kept"]
    assert counting_answers(attempt)[rows[0].pk].response == [one]


def test_a_checked_answer_stands(cast, at):
    quiz = make_quiz(review={"during": ["marks", "right_answers"], "right_after": ["answers"]})
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)
    drawn = first(attempt)
    save_answer(drawn, sequence=1, response=wrong_ids(drawn.question_version), at=at)

    check_answer(drawn, at=at)

    again = save_answer(first(attempt), sequence=2, response=right_ids(drawn.question_version), at=at)
    assert again.status == "locked"
    assert first(attempt).checked_at == at


def test_check_of_a_quiz_that_shows_nothing_while_answering(attempt, at):
    with pytest.raises(ValueError, match="shows nothing"):
        check_answer(first(attempt), at=at)


def test_save_after_handing_in(attempt, cast, at):
    submit_attempt(attempt, actor=cast.ana, at=at + MINUTE)

    with pytest.raises(HandedIn):
        save_answer(first(attempt), sequence=1, response=[], at=at + 2 * MINUTE)

    assert not Answer.objects.exists()


def test_save_of_options_that_are_not_offered(attempt, at):
    drawn, other = attempt.questions.all()[:2]

    for response in (other.option_order[:1], drawn.option_order[:2], [drawn.option_order[0]] * 2, [0]):
        assert save_answer(drawn, sequence=1, response=response, at=at).status == "malformed"

    assert not Answer.objects.exists()


def test_set_flag(attempt, cast, at):
    drawn = first(attempt)
    set_flag(drawn, is_flagged=True)
    assert first(attempt).is_flagged
    set_flag(drawn, is_flagged=False)
    assert not first(attempt).is_flagged
    submit_attempt(attempt, actor=cast.ana, at=at + MINUTE)

    with pytest.raises(HandedIn):
        set_flag(drawn, is_flagged=True)


# --- handing in ----------------------------------------------------------------------------------------------


def test_submit_grades_at_once(assignment, cast, at, graded):
    attempt = sit(assignment, at=at, right=4)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.passed) == (AttemptState.GRADED, Decimal("0.8"), True)
    assert (attempt.submitted_at, attempt.handed_in_by_sweep) == (at + 2 * MINUTE, False)
    assert [row.share for row in attempt.questions.all()] == [1, 1, 1, 1, 0]
    assert graded == [attempt]
    entry = AuditEntry.objects.filter(action="attempt_graded").get()
    assert (entry.actor, entry.changes["score"]) == (cast.ana, [None, "0.80000"])


def test_submit_fails_below_the_pass_share(assignment, at):
    attempt = sit(assignment, at=at, right=3)

    assert (attempt.score, attempt.passed) == (Decimal("0.6"), False)


def test_submit_blank_counts_zero(attempt, cast, at):
    submit_attempt(attempt, actor=cast.ana, at=at + MINUTE)

    assert (attempt.score, attempt.passed) == (Decimal(0), False)
    assert Evidence.objects.get().share == 0


def test_submit_keeps_evidence_of_each_skill(cast, at):
    crm, product, wfm = (SkillFactory(key=key) for key in ("crm", "product", "wfm"))
    version = QuizVersionFactory(published=True, quiz__key="mixed")
    for skill, count in ((crm, 2), (product, 2), (wfm, 1)):
        QuestionFactory.create_batch(count, skill=skill)
        SlotFactory(version=version, skill=skill, count=count)
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=version.quiz), at=at)
    for drawn in attempt.questions.all():
        knows = drawn.order != 2  # wrong in one of crm; wfm is left blank
        chosen = right_ids(drawn.question_version) if knows else wrong_ids(drawn.question_version)
        if drawn.order < 5:
            save_answer(drawn, sequence=1, response=chosen, at=at + MINUTE)

    submit_attempt(attempt, actor=cast.ana, at=at + 2 * MINUTE)

    rows = {row.skill: row for row in Evidence.objects.all()}
    assert {skill.key: row.share for skill, row in rows.items()} == {
        "crm": Decimal("0.5"), "product": Decimal(1), "wfm": Decimal(0),
    }  # fmt: skip
    row = rows[crm]
    assert (row.agent, row.source_kind, row.source_id) == (cast.ana, "attempt", attempt.pk)
    assert (row.version, row.observed_at, row.recorded_at) == ("mixed 1", at + 2 * MINUTE, at + 2 * MINUTE)


def test_submit_counts_the_newest_answer_in_time(attempt, cast, at):
    drawn = first(attempt)
    right, wrong = right_ids(drawn.question_version), wrong_ids(drawn.question_version)
    save_answer(drawn, sequence=1, response=wrong, at=at + 2 * MINUTE)
    save_answer(drawn, sequence=2, response=right, at=at + 3 * MINUTE)
    # A row that could only come by another way than save_answer: it must not count.
    late = attempt.deadline_at + MINUTE
    Answer.objects.create(attempt_question=drawn, sequence=3, response=wrong, made_at=late, received_at=late)

    submit_attempt(attempt, actor=cast.ana, at=at + 4 * MINUTE)

    assert first(attempt).share == 1


def test_submit_twice_is_one_result(attempt, cast, at, graded):
    same = Attempt.objects.get(pk=attempt.pk)

    submit_attempt(attempt, actor=cast.ana, at=at + MINUTE)
    again = submit_attempt(attempt, actor=cast.ana, at=at + 2 * MINUTE)
    other_tab = submit_attempt(same, actor=cast.ana, at=at + 3 * MINUTE)

    assert again.submitted_at == other_tab.submitted_at == at + MINUTE
    assert other_tab.state == AttemptState.GRADED
    assert len(graded) == 1
    assert Evidence.objects.count() == 1
    assert AuditEntry.objects.filter(action="attempt_graded").count() == 1


def test_submit_after_the_deadline_counts_as_handed_in_at_the_deadline(attempt, cast, at):
    submit_attempt(attempt, actor=cast.ana, at=attempt.deadline_at + timedelta(hours=3))

    assert attempt.submitted_at == attempt.deadline_at
    assert Evidence.objects.get().observed_at == attempt.deadline_at


def test_submit_is_all_or_nothing(attempt, cast, at, monkeypatch):
    def fail(**_more):
        raise RuntimeError("a receiver failed")

    events.attempt_graded.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            submit_attempt(attempt, actor=cast.ana, at=at + MINUTE)
    finally:
        events.attempt_graded.disconnect(fail)

    kept = Attempt.objects.get(pk=attempt.pk)
    assert (kept.state, kept.score) == (AttemptState.IN_PROGRESS, None)
    assert not Evidence.objects.exists()
    assert not AuditEntry.objects.filter(action="attempt_graded").exists()


def test_moves_of_an_attempt(attempt, at):
    assert ATTEMPT_MOVES[AttemptState.GRADED] == frozenset()
    with pytest.raises(IllegalMove):
        move(attempt, ATTEMPT_MOVES, AttemptState.IN_PROGRESS)


def queries_of(action) -> int:
    with CaptureQueriesContext(connection) as queries:
        action()
    return len(queries)


def test_start_save_and_submit_cost_the_same_for_5_and_20_questions(cast, at):
    costs = []
    for n in (1, 5, 20):  # the first one asks what Django asks once per process (content types)
        assignment = AssignmentFactory(person=cast.ana, quiz=make_quiz(f"quiz-of-{n}", questions=n))
        made = {}
        start = queries_of(lambda: made.update(attempt=start_attempt(assignment, at=at)))  # noqa: B023
        for drawn in made["attempt"].questions.all():
            for sequence in (1, 2, 3):
                save_answer(drawn, sequence=sequence, response=right_ids(drawn.question_version), at=at)
        submit = queries_of(lambda: submit_attempt(made["attempt"], actor=cast.ana, at=at))  # noqa: B023
        costs.append((start, submit))

    assert costs[1] == costs[2]
    assert costs[1][1] <= 25


# --- the sweep -----------------------------------------------------------------------------------------------


def test_sweep_hands_in_what_is_overdue(cast, at, graded):
    quiz = make_quiz()
    overdue = sit(AssignmentFactory(person=cast.ana, quiz=quiz), at=at, right=4, submit=False)
    in_time = start_attempt(
        AssignmentFactory(person=cast.abel, quiz=make_quiz("long-quiz", time_limit_minutes=45)), at=at
    )
    later = at + timedelta(minutes=20)

    assert close_overdue_attempts(at=later) == 1

    overdue.refresh_from_db()
    in_time.refresh_from_db()
    assert (overdue.state, overdue.score, overdue.passed) == (AttemptState.GRADED, Decimal("0.8"), True)
    assert (overdue.submitted_at, overdue.handed_in_by_sweep) == (overdue.deadline_at, True)
    assert in_time.state == AttemptState.IN_PROGRESS
    assert graded == [overdue]
    row = Evidence.objects.get()
    assert (row.observed_at, row.recorded_at) == (overdue.deadline_at, later)
    assert AuditEntry.objects.get(action="attempt_graded").actor is None
    news = Notification.objects.get(kind="attempt_handed_in")
    assert (news.recipient, news.params["percent"]) == (cast.ana, "80%")
    assert news.url == f"/quizzes/attempts/{overdue.pk}/review/"


def test_sweep_twice_changes_nothing(attempt, graded):
    later = attempt.deadline_at + 2 * MINUTE

    assert [close_overdue_attempts(at=later), close_overdue_attempts(at=later)] == [1, 0]
    assert len(graded) == 1
    assert Notification.objects.filter(kind="attempt_handed_in").count() == 1


def test_sweeps_at_the_same_time_close_once(attempt, cast, graded, monkeypatch):
    """Another sweep (or the learner) was faster between reading the list and moving the row."""
    later = attempt.deadline_at + 2 * MINUTE
    real, calls = ending._hand_in, []

    def overtaken(row, end, **kwargs):
        calls.append(row)
        if len(calls) == 1:
            real(Attempt.objects.get(pk=row.pk), end, **kwargs)
        return real(row, end, **kwargs)

    monkeypatch.setattr(ending, "_hand_in", overtaken)

    assert close_overdue_attempts(at=later) == 0
    assert len(graded) == 1
    assert Evidence.objects.count() == 1


def test_sweep_goes_on_after_one_that_fails(cast, at, caplog):
    quiz = make_quiz()
    broken = AttemptFactory(assignment=AssignmentFactory(person=cast.ana, quiz=quiz))  # without any question
    good = start_attempt(AssignmentFactory(person=cast.abel, quiz=quiz), at=at)

    assert close_overdue_attempts(at=at + timedelta(hours=1)) == 1

    good.refresh_from_db()
    assert good.state == AttemptState.GRADED
    assert f"attempt {broken.pk} could not be ended" in caplog.text


def test_sweep_task(attempt):
    """The fixed instant lies in the past, so the sitting is long overdue."""
    assert sweep_task() == 1


# --- results -------------------------------------------------------------------------------------------------


def test_results_of(cast, at, django_assert_num_queries):
    quiz = make_quiz(attempts_allowed=3)
    done = AssignmentFactory(person=cast.ana, quiz=quiz)
    sit(done, at=at, right=2)
    best = sit(done, at=at, right=5)
    sit(done, at=at, right=4)
    open_one = AssignmentFactory(person=cast.ana, quiz=quiz, attempts_allowed=1)
    going_on = start_attempt(open_one, at=at)
    untouched = AssignmentFactory(person=cast.ana, quiz=quiz)
    failed = AssignmentFactory(person=cast.ana, quiz=quiz)
    sit(failed, at=at, right=1)

    with django_assert_num_queries(3):
        results = results_of([done, open_one, untouched, failed])

    assert (results[done.pk].best, results[done.pk].passed) == (best, True)
    assert (results[done.pk].attempts_used, results[done.pk].attempts_left) == (3, 0)
    assert (results[open_one.pk].open_attempt, results[open_one.pk].attempts_left) == (going_on, 0)
    assert (results[open_one.pk].best, results[open_one.pk].passed) == (None, False)
    assert (results[untouched.pk].attempts_used, results[untouched.pk].attempts_left) == (0, 3)
    assert (results[failed.pk].passed, results[failed.pk].best.score) == (False, Decimal("0.2"))


def test_results_of_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert results_of([]) == {}
