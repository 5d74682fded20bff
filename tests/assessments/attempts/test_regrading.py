from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import events
from assessments.attempts.models import AttemptQuestion, QuestionVoid, Regrade
from assessments.attempts.queries import (
    known_people,
    questions_asked_in,
    quizzes_with_results,
    reach_of,
    regrade_preview,
    results_of,
)
from assessments.attempts.services import (
    AlreadyVoid,
    ChangedMeanwhile,
    commit_regrade,
    save_answer,
    start_attempt,
    submit_attempt,
    void_question,
    withdraw_void,
)
from assessments.attempts.states import AttemptState, VoidMode
from assessments.bank.models import Option
from assessments.bank.queries import forget_asked_questions
from assessments.evidence.models import Evidence, SourceKind
from assessments.evidence.services import Correction, Observation, append_evidence, correct_evidence
from assessments.quizzes.states import Counting
from coaching.tickets.models import Ticket
from coaching.tickets.states import Outcome, TicketState
from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment
from lms.audit.models import AuditEntry
from lms.notifications.models import Notification
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.bank import QuestionFactory, right_ids, wrong_ids
from tests.factories.catalogue import make_track
from tests.factories.enrolment import enrol
from tests.factories.marking import hand_in, make_open_quiz, mark, open_answer
from tests.factories.quizzes import QuizFactory, QuizVersionFactory, SlotFactory, make_quiz
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def quiz(db):
    """Four questions; three right ones pass."""
    return make_quiz(questions=4, pass_share=Decimal("0.75"))


@pytest.fixture
def regraded():
    """What was announced: (attempt, passed before, passed now)."""
    heard = []

    def hear(attempt, was_passed, is_passed, **_more):
        heard.append((attempt.pk, was_passed, is_passed))

    events.attempt_regraded.connect(hear)
    yield heard
    events.attempt_regraded.disconnect(hear)


def wrong_one(attempt):
    """The wording of a question that was answered wrongly."""
    return attempt.questions.filter(share=0).first().question_version


def right_one(attempt):
    return attempt.questions.filter(share=1).first().question_version


def void(version, actor, at, mode=VoidMode.FULL):
    return void_question(version, mode=mode, reason="Two readings", actor=actor, at=at)


def regrade(quiz, actor, at, *, reason="Question was faulty"):
    return commit_regrade(quiz, reason=reason, actor=actor, at=at, expected=regrade_preview(quiz).fingerprint)


def evidence_of(attempt):
    rows = Evidence.objects.filter(source_kind=SourceKind.ATTEMPT, source_id=attempt.pk).order_by("pk")
    return [(row.skill.key, row.share, row.supersedes_id) for row in rows.select_related("skill")]


# --- void ----------------------------------------------------------------------------------------------------


def test_a_void_question_changes_no_score_by_itself(cast, quiz, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)

    row = void(wrong_one(attempt), cast.quinn, at)

    attempt.refresh_from_db()
    assert attempt.score == Decimal("0.5")
    assert not attempt.questions.exclude(void="").exists()
    assert (row.reason, row.voided_by, row.voided_at, row.withdrawn_at) == ("Two readings", cast.quinn, at, None)
    deed = AuditEntry.objects.get(action="question_voided")
    assert (deed.actor, deed.reason, deed.changes) == (cast.quinn, "Two readings", {"mode": [None, "full"]})


def test_later_gradings_respect_it(cast, quiz, at):
    first = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=0)
    void(first.questions.first().question_version, cast.quinn, at)

    later = sit(AssignmentFactory(person=cast.abel, quiz=quiz), right=0)

    assert later.score == Decimal("0.25")


def test_a_wording_is_void_once(cast, quiz, at):
    version = right_one(sit(AssignmentFactory(person=cast.ana, quiz=quiz)))
    void(version, cast.quinn, at)

    with pytest.raises(AlreadyVoid):
        void(version, cast.tess, at, mode=VoidMode.DROPPED)

    assert [row.mode for row in version.voids.all()] == [VoidMode.FULL]
    assert AuditEntry.objects.filter(action="question_voided").count() == 1


def test_a_void_needs_its_reason(cast, quiz, at):
    version = right_one(sit(AssignmentFactory(person=cast.ana, quiz=quiz)))

    with pytest.raises(ValueError):
        void_question(version, mode=VoidMode.FULL, reason="  ", actor=cast.quinn, at=at)

    assert not QuestionVoid.objects.exists()


def test_a_withdrawn_void_is_kept_and_can_be_given_again(cast, quiz, at):
    version = right_one(sit(AssignmentFactory(person=cast.ana, quiz=quiz)))
    row = void(version, cast.quinn, at)

    withdraw_void(row, actor=cast.tess, at=at + HOUR)
    withdraw_void(QuestionVoid.objects.get(pk=row.pk), actor=cast.quinn, at=at + 2 * HOUR)
    void(version, cast.quinn, at + 3 * HOUR, mode=VoidMode.DROPPED)

    assert sorted(version.voids.values_list("mode", "withdrawn_at"), key=str) == [
        (VoidMode.DROPPED, None), (VoidMode.FULL, at + HOUR),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action="question_void_withdrawn").count() == 1


def test_its_reach_counts_learners_only(cast, quiz, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)
    version = right_one(sit(assignment))
    sit(assignment, at=at + HOUR)
    sit(AssignmentFactory(person=cast.tess, quiz=quiz, is_preview=True))
    sit(AssignmentFactory(person=cast.abel, quiz=quiz), submit=False)

    reach = reach_of(version)

    assert (reach.graded, reach.being_marked, reach.people) == (2, 0, 1)
    assert [(row.pk, row.n) for row in reach.quizzes] == [(quiz.pk, 2)]


# --- the dry run ---------------------------------------------------------------------------------------------


def test_without_a_fault_nothing_would_change(cast, quiz):
    sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=3)

    preview = regrade_preview(quiz)

    assert (preview.n, preview.judged, preview.changes, preview.waiting) == (1, (), (), ())


def test_part_credit_and_marks_are_judged_to_the_same_score(cast, at):
    """Thirds have no end: the regrade must not find a change in its own rounding."""
    skill = SkillFactory()
    quiz = make_open_quiz(skill=skill)
    version = quiz.versions.get()
    for number in range(2):
        question = QuestionFactory(
            key=f"third-{number}",
            skill=skill,
            version__kind="multiple",
            version__right=(0, 1, 2),
            version__partial_credit=True,
        )
        SlotFactory(version=version, question=question)
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)
    for drawn in attempt.questions.select_related("question_version"):
        is_open = drawn.question_version.kind == "written"
        answer = "您好" if is_open else right_ids(drawn.question_version)[:1]
        save_answer(drawn, sequence=1, response=answer, at=at)
    submit_attempt(attempt, actor=cast.ana, at=at)
    mark(open_answer(attempt), 2, 0, actor=cast.eva)
    attempt.refresh_from_db()
    assert [row.share for row in attempt.questions.all()].count(Decimal("0.33333")) == 2
    assert attempt.score == Decimal("0.54166")  # (1/2 + 1 + 1/3 + 1/3) of 4, rounded down once

    assert regrade_preview(quiz).judged == ()


def test_the_dry_run_lists_every_score_that_would_change(cast, quiz, at):
    ana, abel = AssignmentFactory(person=cast.ana, quiz=quiz), AssignmentFactory(person=cast.abel, quiz=quiz)
    fails = sit(ana, right=2)
    faulty = wrong_one(fails)
    passes = sit(abel)  # all right: full marks change nothing
    assert passes.questions.filter(question_version=faulty).exists()
    void(faulty, cast.quinn, at)

    preview = regrade_preview(quiz)

    (change,) = preview.changes
    assert preview.n == 2
    assert (change.attempt, change.score, change.passed, change.counts) == (
        fails, (Decimal("0.5"), Decimal("0.75")), (False, True), True,
    )  # fmt: skip
    assert (preview.n_pass, preview.n_fail, preview.n_same_score) == (1, 0, 1)
    fails.refresh_from_db()
    assert fails.score == Decimal("0.5")
    assert not AttemptQuestion.objects.exclude(void="").exists()


def test_attempts_that_do_not_count_are_listed_and_said_to_be_so(cast, quiz, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)
    worse, better = sit(assignment, right=0), sit(assignment, right=2, at=at + HOUR)
    faulty = better.questions.filter(share=0, question_version__in=worse.questions.values("question_version")).first()
    void(faulty.question_version, cast.quinn, at)

    found = {change.attempt.pk: change.counts for change in regrade_preview(quiz).changes}

    assert found == {worse.pk: False, better.pk: True}


def test_of_an_average_every_attempt_counts(cast, at):
    quiz = make_quiz(questions=4, counting=Counting.AVERAGE)
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)
    for hour in range(2):
        sit(assignment, right=0, at=at + hour * HOUR)
    void(wrong_one(assignment.attempts.first()), cast.quinn, at)

    assert [change.counts for change in regrade_preview(quiz).changes] == [True, True]


def test_both_the_attempt_that_counted_and_the_one_that_will_count_are_said_to(cast, quiz, at):
    """Dropping the one question that the better attempt had right makes the other one count."""
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)
    first, second = sit(assignment, right=0), sit(assignment, right=1, at=at + HOUR)
    decisive = right_one(second)
    void(decisive, cast.quinn, at, mode=VoidMode.DROPPED)

    found = {change.attempt.pk: change.counts for change in regrade_preview(quiz).changes}

    assert found == {second.pk: True}
    assert first.pk not in found  # nothing right before, nothing right now


def test_try_outs_are_listed_apart(cast, quiz, at):
    trial = sit(AssignmentFactory(person=cast.tess, quiz=quiz, is_preview=True), right=0)
    void(wrong_one(trial), cast.quinn, at)

    preview = regrade_preview(quiz)

    assert ([change.attempt for change in preview.previews], preview.counted) == ([trial], [])
    assert [change.counts for change in preview.changes] == [False]


def sit_knowing(person, quiz, *keys):
    """Answer the questions with these keys rightly, the others wrongly."""
    attempt = start_attempt(AssignmentFactory(person=person, quiz=quiz), at=MON_9)
    for drawn in attempt.questions.select_related("question_version__question"):
        version = drawn.question_version
        chosen = right_ids(version) if version.question.key in keys else wrong_ids(version)
        save_answer(drawn, sequence=1, response=chosen, at=MON_9)
    return submit_attempt(attempt, actor=person, at=MON_9 + HOUR / 6)


def test_who_would_fail_stands_first(cast, quiz, at):
    up = sit_knowing(cast.abel, quiz, "crm-quiz-q2", "crm-quiz-q3")
    down = sit_knowing(cast.ana, quiz, "crm-quiz-q0", "crm-quiz-q1", "crm-quiz-q2")
    by_key = {row.question_version.question.key: row.question_version for row in up.questions.all()}
    void(by_key["crm-quiz-q0"], cast.quinn, at)
    void(by_key["crm-quiz-q1"], cast.quinn, at, mode=VoidMode.DROPPED)

    preview = regrade_preview(quiz)

    assert [(change.attempt, change.passed) for change in preview.changes] == [
        (down, (True, False)), (up, (False, True)),
    ]  # fmt: skip
    assert (preview.n_fail, preview.n_pass) == (1, 1)


def test_attempts_of_every_version_and_no_open_one_are_judged(cast, quiz, at):
    old = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=0)
    faulty = wrong_one(old)
    newer = QuizVersionFactory(quiz=quiz, published=True, pass_share=Decimal("0.2"))
    SlotFactory(version=newer, question=faulty.question)
    new = sit(AssignmentFactory(person=cast.abel, quiz=quiz), right=0)
    sit(AssignmentFactory(person=cast.olga, quiz=quiz), right=0, submit=False)
    void(faulty, cast.quinn, at)

    preview = regrade_preview(quiz)

    assert (preview.n, {change.attempt for change in preview.changes}) == (2, {old, new})


def test_an_attempt_with_an_unmarked_answer_keeps_its_score_until_it_is_marked(cast, at):
    quiz = make_open_quiz()
    attempt = hand_in(cast.ana, quiz)
    row = void(open_answer(attempt).question_version, cast.quinn, at)
    withdraw_void(row, actor=cast.quinn, at=at + HOUR)

    preview = regrade_preview(quiz)
    assert (preview.waiting, preview.judged) == ((attempt.pk,), ())

    mark(open_answer(attempt), 0, 0, actor=cast.eva)
    (change,) = regrade_preview(quiz).changes
    assert change.score == (Decimal(1), Decimal("0.5"))


def test_a_void_answer_that_was_never_marked_stays_unmarked(cast, at):
    quiz = make_open_quiz()
    attempt = hand_in(cast.ana, quiz)
    version = open_answer(attempt).question_version
    void(version, cast.quinn, at)
    withdraw_void(version.voids.get(), actor=cast.quinn, at=at)
    void(version, cast.quinn, at, mode=VoidMode.DROPPED)

    regrade(quiz, cast.quinn, at)

    assert (open_answer(attempt).share, open_answer(attempt).void) == (None, VoidMode.DROPPED)


def test_answers_are_judged_by_the_code_of_today(cast, quiz, at):
    """What the key says of a stored answer is asked again, not remembered."""
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=3)
    answered = attempt.questions.filter(share=0).get()
    chosen = answered.answers.get().response
    Option.objects.filter(pk__in=chosen).update(is_right=True)  # as if it had been judged wrongly
    forget_asked_questions()

    (change,) = regrade_preview(quiz).changes

    assert change.score == (Decimal("0.75"), Decimal(1))


def test_a_dry_run_asks_as_much_for_one_attempt_as_for_three(cast, quiz, at):
    def cost():
        forget_asked_questions()
        with CaptureQueriesContext(connection) as queries:
            preview = regrade_preview(quiz)
        return len(preview.changes), len(queries)

    first = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=0)
    void(wrong_one(first), cast.quinn, at)
    one = cost()
    with_void = QuestionVoid.objects.get()
    withdraw_void(with_void, actor=cast.quinn, at=at)
    for person in (cast.abel, cast.olga):
        sit(AssignmentFactory(person=person, quiz=quiz), right=0)
    void(with_void.question_version, cast.quinn, at)
    three = cost()

    assert (one[0], three[0]) == (1, 3)
    assert one[1] == three[1]


# --- committing ----------------------------------------------------------------------------------------------


def test_a_regrade_writes_what_was_shown(cast, quiz, regraded, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    faulty = wrong_one(attempt)
    void(faulty, cast.quinn, at)

    row = regrade(quiz, cast.quinn, at + HOUR)

    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed, attempt.state) == (Decimal("0.75"), True, AttemptState.GRADED)
    assert attempt.questions.get(question_version=faulty).void == VoidMode.FULL
    assert (row.reason, row.regraded_by, row.regraded_at) == ("Question was faulty", cast.quinn, at + HOUR)
    assert Regrade.objects.get().changes == [
        {"attempt": attempt.pk, "score": ["0.50000", "0.75000"], "passed": [False, True], "counts": True}
    ]
    assert regraded == [(attempt.pk, False, True)]
    assert regrade_preview(quiz).judged == ()


def test_it_is_audited_as_a_whole_and_for_each_attempt(cast, quiz, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    void(wrong_one(attempt), cast.quinn, at)

    regrade(quiz, cast.quinn, at)

    whole = AuditEntry.objects.get(action="quiz_regraded")
    each = AuditEntry.objects.get(action="attempt_regraded")
    assert (whole.actor, whole.reason, whole.changes) == (
        cast.quinn, "Question was faulty", {"attempts": [None, 1], "scores": [None, 1]},
    )  # fmt: skip
    assert (each.subject_id, each.reason) == (str(attempt.pk), "Question was faulty")
    assert each.changes == {"score": ["0.50000", "0.75000"], "passed": [False, True]}


def test_learners_are_told_once_for_a_result_not_for_each_attempt(cast, quiz, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)
    sit(assignment, right=0)
    better = sit(assignment, right=2, at=at + HOUR)
    common = better.questions.filter(share=0).first().question_version
    void(common, cast.quinn, at)

    regrade(quiz, cast.quinn, at)

    (news,) = Notification.objects.filter(kind="attempt_regraded")
    assert (news.recipient, news.params["before"], news.params["after"]) == (cast.ana, "50%", "75%")
    assert news.params["reason"] == "Question was faulty"
    assert news.url.endswith(f"/{better.pk}/review/")


def test_learners_whose_result_stays_are_not_told(cast, at):
    quiz = make_quiz(questions=4, counting=Counting.FIRST)
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)
    sit(assignment, right=4)
    second = sit(assignment, right=2, at=at + HOUR)
    void(wrong_one(second), cast.quinn, at)

    regrade(quiz, cast.quinn, at)

    second.refresh_from_db()
    assert second.score == Decimal("0.75")
    assert not Notification.objects.filter(kind="attempt_regraded").exists()


def test_something_that_changed_meanwhile_is_not_committed(cast, quiz, regraded, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    void(wrong_one(attempt), cast.quinn, at)
    seen = regrade_preview(quiz).fingerprint
    withdraw_void(QuestionVoid.objects.get(), actor=cast.tess, at=at)
    void(right_one(attempt), cast.tess, at, mode=VoidMode.DROPPED)

    with pytest.raises(ChangedMeanwhile):
        commit_regrade(quiz, reason="Faulty", actor=cast.quinn, at=at, expected=seen)

    attempt.refresh_from_db()
    assert (attempt.score, Regrade.objects.count(), regraded) == (Decimal("0.5"), 0, [])


def test_a_second_press_of_the_button_writes_nothing(cast, quiz, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    void(wrong_one(attempt), cast.quinn, at)
    seen = regrade_preview(quiz).fingerprint
    commit_regrade(quiz, reason="Faulty", actor=cast.quinn, at=at, expected=seen)

    with pytest.raises(ChangedMeanwhile):
        commit_regrade(quiz, reason="Faulty", actor=cast.quinn, at=at, expected=seen)

    assert Regrade.objects.count() == 1


def test_a_sitting_graded_meanwhile_does_not_hold_it_up(cast, quiz, at):
    """It was graded with the void already: nothing about it would change."""
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    void(wrong_one(attempt), cast.quinn, at)
    seen = regrade_preview(quiz).fingerprint
    sit(AssignmentFactory(person=cast.abel, quiz=quiz), right=1)

    commit_regrade(quiz, reason="Faulty", actor=cast.quinn, at=at, expected=seen)

    attempt.refresh_from_db()
    assert attempt.score == Decimal("0.75")


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_needs_its_reason(cast, quiz, at, reason):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    void(wrong_one(attempt), cast.quinn, at)

    with pytest.raises(ValueError):
        regrade(quiz, cast.quinn, at, reason=reason)

    assert not Regrade.objects.exists()


def test_nothing_to_change_is_no_regrade(cast, quiz, at):
    sit(AssignmentFactory(person=cast.ana, quiz=quiz))

    with pytest.raises(ValueError):
        regrade(quiz, cast.quinn, at)


def test_a_receiver_that_fails_takes_it_all_back(cast, quiz, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    void(wrong_one(attempt), cast.quinn, at)

    def fail(**_more):
        raise RuntimeError

    events.attempt_regraded.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            regrade(quiz, cast.quinn, at)
    finally:
        events.attempt_regraded.disconnect(fail)

    attempt.refresh_from_db()
    assert (attempt.score, Regrade.objects.count()) == (Decimal("0.5"), 0)
    assert not attempt.questions.exclude(void="").exists()


def test_try_outs_are_scored_anew_and_told_to_nobody(cast, quiz, regraded, at):
    trial = sit(AssignmentFactory(person=cast.tess, quiz=quiz, is_preview=True), right=0)
    void(wrong_one(trial), cast.quinn, at)

    regrade(quiz, cast.quinn, at)

    trial.refresh_from_db()
    assert trial.score == Decimal("0.25")
    assert (regraded, Evidence.objects.count()) == ([], 0)
    assert not Notification.objects.filter(kind="attempt_regraded").exists()


def test_a_result_below_the_line_is_passed_no_more(cast, quiz, regraded, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)
    attempt = sit(assignment, right=3)
    void(right_one(attempt), cast.quinn, at, mode=VoidMode.DROPPED)

    regrade(quiz, cast.quinn, at)

    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (Decimal("0.66666"), False)
    assert regraded == [(attempt.pk, True, False)]
    assert not results_of([assignment])[assignment.pk].passed


def test_a_commit_asks_for_no_more_with_three_attempts_than_its_receivers_and_news(cast, at):
    """The regrade's own statements don't grow with the attempts; announcing does, once for each."""

    def cost(key, people):
        quiz = make_quiz(key, questions=2)
        attempts = [sit(AssignmentFactory(person=person, quiz=quiz), right=0) for person in people]
        void(wrong_one(attempts[0]), cast.quinn, at)
        expected = regrade_preview(quiz).fingerprint
        with CaptureQueriesContext(connection) as queries:
            commit_regrade(quiz, reason="Faulty", actor=cast.quinn, at=at, expected=expected)
        return len(queries)

    cost("warm", [cast.olga])

    # 0 of 2 → 1 of 2: nobody passes, so no receiver has anything to do but look.
    assert cost("one", [cast.ana]) == cost("three", [cast.ana, cast.abel, cast.olga])


# --- evidence ------------------------------------------------------------------------------------------------


def test_evidence_is_superseded_not_changed(cast, quiz, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    ((skill, _share, _none),) = evidence_of(attempt)
    old = Evidence.objects.get()
    void(wrong_one(attempt), cast.quinn, at)

    regrade(quiz, cast.quinn, at + HOUR)

    assert evidence_of(attempt) == [(skill, Decimal("0.5"), None), (skill, Decimal("0.75"), old.pk)]
    new = Evidence.objects.counting().get()
    assert (new.share, new.observed_at, new.recorded_at) == (Decimal("0.75"), old.observed_at, at + HOUR)


def test_a_skill_no_longer_asked_is_withdrawn_and_comes_back(cast, at):
    quiz = QuizFactory()
    version = QuizVersionFactory(quiz=quiz, published=True)
    for key in ("one", "two"):
        SlotFactory(version=version, question=QuestionFactory(key=key, skill=SkillFactory(key=f"skill-{key}")))
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz))
    first = attempt.questions.get(question_version__question__key="one").question_version
    row = void(first, cast.quinn, at, mode=VoidMode.DROPPED)

    regrade(quiz, cast.quinn, at)

    counting = Evidence.objects.counting()
    assert [each.skill.key for each in counting] == ["skill-two"]
    assert evidence_of(attempt)[-1][:2] == ("skill-one", None)

    withdraw_void(row, actor=cast.quinn, at=at)
    regrade(quiz, cast.quinn, at)

    assert sorted(each.skill.key for each in counting.all()) == ["skill-one", "skill-two"]
    assert Evidence.objects.filter(supersedes__isnull=False).count() == 2


def test_a_correction_that_says_the_same_writes_nothing(cast, at):
    skill = SkillFactory()
    source = {"source_kind": SourceKind.ATTEMPT, "at": at}
    append_evidence(
        cast.ana, [Observation(skill.pk, Decimal("0.5"))], source_id=7, version="q 1", observed_at=at, **source
    )
    said = Correction(cast.ana, 7, [Observation(skill.pk, Decimal("0.5"))], "q 1", at)

    assert correct_evidence([said], **source) == []
    assert Evidence.objects.count() == 1


def test_a_correction_leaves_other_sources_alone(cast, at):
    skill = SkillFactory()
    for source_kind, source_id in [(SourceKind.ATTEMPT, 7), (SourceKind.ATTEMPT, 8), (SourceKind.EVALUATION, 7)]:
        append_evidence(
            cast.ana,
            [Observation(skill.pk, Decimal("0.5"))],
            source_kind=source_kind,
            source_id=source_id,
            version="q 1",
            observed_at=at,
            at=at,
        )

    correct_evidence([Correction(cast.ana, 7, [], "q 1", at)], source_kind=SourceKind.ATTEMPT, at=at)

    left = Evidence.objects.counting().values_list("source_kind", "source_id")
    assert sorted(left) == [(SourceKind.ATTEMPT, 8), (SourceKind.EVALUATION, 7)]


# --- what others do about it ---------------------------------------------------------------------------------


@pytest.fixture
def enrolled(cast, quiz):
    """Ana's enrolment in a track that this quiz alone completes."""
    track = make_track("onboarding", [quiz])
    return enrol(cast.ana, track)


def the_quiz_of(enrolment):
    return enrolment.steps.get().assignment


def test_a_pass_completes_the_track_and_certifies(cast, quiz, enrolled, at):
    attempt = sit(the_quiz_of(enrolled), right=2)
    void(wrong_one(attempt), cast.quinn, at)

    regrade(quiz, cast.quinn, at + HOUR)

    assert Enrolment.objects.get().completed_at == at + HOUR
    assert Certificate.objects.get().person == cast.ana


def test_a_pass_taken_away_leaves_the_certificate_and_tells_who_may_revoke_it(cast, quiz, enrolled, at):
    attempt = sit(the_quiz_of(enrolled), right=3)
    certificate = Certificate.objects.get()
    void(right_one(attempt), cast.quinn, at, mode=VoidMode.DROPPED)

    regrade(quiz, cast.tess, at + HOUR)

    certificate.refresh_from_db()
    assert certificate.revoked_at is None
    assert Enrolment.objects.get().completed_at is not None
    assert AuditEntry.objects.get(action="certificate_questioned").subject_id == str(certificate.pk)
    assert [news.recipient for news in Notification.objects.filter(kind="certificate_questioned")] == [cast.quinn]


def test_certificates_that_do_not_rest_on_it_are_left_alone(cast, quiz, enrolled, at):
    sit(the_quiz_of(enrolled), right=4)
    elsewhere = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=3)
    void(right_one(elsewhere), cast.quinn, at, mode=VoidMode.DROPPED)

    regrade(quiz, cast.tess, at + HOUR)

    elsewhere.refresh_from_db()
    assert elsewhere.passed is False
    assert not AuditEntry.objects.filter(action="certificate_questioned").exists()


@pytest.fixture
def ticket(cast, at):
    skill = SkillFactory()
    quiz = make_quiz("retest", questions=4, skill=skill, retest=True, pass_share=Decimal("0.75"))
    retest = AssignmentFactory(person=cast.ana, quiz=quiz)
    return Ticket.objects.create(
        agent=cast.ana, skill=skill, state=TicketState.RETEST_DUE, ground="by_hand", retest=retest, opened_at=at
    )


def test_a_retest_that_passes_now_closes_its_ticket(cast, ticket, at):
    attempt = sit(ticket.retest, right=2)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.RETEST_DUE
    void(wrong_one(attempt), cast.quinn, at)

    regrade(attempt.quiz_version.quiz, cast.quinn, at + HOUR)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.PASSED)


def test_a_retest_that_fails_now_opens_nothing_again(cast, ticket, at):
    attempt = sit(ticket.retest, right=3)
    void(right_one(attempt), cast.quinn, at, mode=VoidMode.DROPPED)

    regrade(attempt.quiz_version.quiz, cast.quinn, at + HOUR)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.PASSED)


def test_a_retest_that_still_fails_is_not_counted_as_failed_again(cast, ticket, at):
    attempt = sit(ticket.retest, right=0)
    void(wrong_one(attempt), cast.quinn, at)
    steps = ticket.coaching_steps.count()

    regrade(attempt.quiz_version.quiz, cast.quinn, at + HOUR)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.round, ticket.coaching_steps.count()) == (TicketState.RETEST_DUE, 1, steps)


# --- lists for authors ---------------------------------------------------------------------------------------


def test_questions_asked_are_listed_with_their_void(cast, quiz, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz))
    sit(AssignmentFactory(person=cast.abel, quiz=quiz), submit=False)
    row = void(right_one(attempt), cast.quinn, at)

    found = questions_asked_in(quiz)

    assert [each.n for each in found] == [1, 1, 1, 1]
    assert [each.void for each in found if each.void] == [row]


def test_quizzes_with_results_count_learners(cast, quiz, at):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)
    sit(AssignmentFactory(person=cast.tess, quiz=quiz, is_preview=True))
    make_quiz("never-sat")
    void(wrong_one(attempt), cast.quinn, at)
    regrade(quiz, cast.quinn, at + HOUR)

    (row,) = quizzes_with_results()

    assert (row.quiz, row.graded, row.n_void, row.regraded_at) == (quiz, 1, 1, at + HOUR)


def test_names_are_known_of_those_one_leads_marks_or_examines(cast):
    def known(viewer):
        return {name for name, person in cast.people.items() if known_people(viewer).filter(pk=person.pk).exists()}

    assert known(cast.tess) == {"ana", "abel", "olga", "tess"}
    assert known(cast.eva) == {"ana", "abel", "eva"}


def test_the_lists_cost_the_same_for_one_row_and_three(cast, at):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            rows = quizzes_with_results()
        return len(rows), len(queries)

    def sat(key):
        quiz = make_quiz(key, questions=1)
        void(right_one(sit(AssignmentFactory(person=cast.ana, quiz=quiz))), cast.quinn, at)

    sat("one")
    one = cost()
    sat("two")
    sat("three")
    three = cost()

    assert (one[0], three[0]) == (1, 3)
    assert one[1] == three[1]
