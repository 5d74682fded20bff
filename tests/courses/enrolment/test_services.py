"""Publishing tracks, enrolling people, noticing that everything is done."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assessments.assignments.models import Assignment
from assessments.attempts.models import Attempt
from assessments.attempts.states import AttemptState
from assessments.events import attempt_graded, mystery_call_settled
from assessments.quizzes.models import QuizVersion
from assessments.roleplay.models import MysteryCall
from courses.catalogue.services import catalogue_root
from courses.enrolment.models import Enrolment, EnrolmentStep, TrackStep, TrackVersion
from courses.enrolment.services import enrolling as services
from courses.enrolment.services.audience import enrol_by_rule
from courses.enrolment.services.completing import complete_if_met
from courses.enrolment.services.enrolling import Wish, enrol_all, enrol_in_track
from courses.enrolment.services.lessons import assign_lesson, withdraw_lesson
from courses.enrolment.services.tracks import publish_track_version
from courses.events import enrolment_completed
from courses.progress.services import complete_lesson, record_reading
from lms.audit.models import AuditEntry
from lms.events import job_role_changed, people_imported, person_joined
from lms.notifications.models import MailDelivery, Notification
from lms.people.models import User
from lms.people.states import PersonStatus
from tests.factories.catalogue import in_english, make_course, make_lesson, make_track
from tests.factories.enrolment import enrol, lessons_of, read_course, require_track, version_of
from tests.factories.people import JobRoleFactory, UserFactory
from tests.factories.quizzes import make_quiz
from tests.factories.scenarios import make_scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course("crm", lessons=2)


@pytest.fixture
def announced():
    heard = []

    def listen(enrolment, at, **kwargs):
        heard.append(enrolment.pk)

    enrolment_completed.connect(listen)
    yield heard
    enrolment_completed.disconnect(listen)


def grade(assignment: Assignment, score: str, *, passed: bool, at) -> Attempt:
    """A graded attempt, announced as the attempts room does."""
    attempt = Attempt.objects.create(
        assignment=assignment,
        quiz_version=QuizVersion.objects.get(quiz=assignment.quiz),
        number=assignment.attempts.count() + 1,
        state=AttemptState.GRADED,
        started_at=at,
        deadline_at=at + timedelta(minutes=15),
        submitted_at=at,
        score=Decimal(score),
        passed=passed,
    )
    attempt_graded.send(sender=Attempt, attempt=attempt, at=at)
    return attempt


# --- tracks --------------------------------------------------------------------------------------------------


def test_publishing_a_track_freezes_its_rules_in_a_version(course):
    quiz, scenario = make_quiz("crm-quiz"), make_scenario().scenario

    track = make_track("onboarding", [course, quiz, scenario], validity_months=6)

    version = TrackVersion.objects.get()
    assert (version.track_key, version.number, version.validity_months) == (track.translation_key, 1, 6)
    assert (version.slug, version.title_zh, version.title_en) == ("onboarding", "路径 onboarding", "Track onboarding")
    assert version.published_at == track.last_published_at
    assert list(version.steps.values_list("kind", "course_key", "quiz", "scenario", "due_days")) == [
        ("course", course.translation_key, None, None, 10),
        ("quiz", None, quiz.pk, None, 20),
        ("mystery_call", None, None, scenario.pk, 30),
    ]
    assert AuditEntry.objects.filter(action="track_version_published").count() == 1


def test_a_draft_makes_no_version(course):
    make_track("onboarding", [course], live=False)

    assert not TrackVersion.objects.exists()


def test_publishing_again_without_a_change_makes_no_version_but_takes_over_the_title(course):
    track = make_track("onboarding", [course])

    track.title = "新路径"
    track.save_revision().publish()

    version = TrackVersion.objects.get()
    assert (version.number, version.title_zh, version.title_en) == (1, "新路径", "Track onboarding")


def test_publishing_a_changed_rule_makes_the_next_version_and_leaves_the_old(course, cast, at):
    track = make_track("onboarding", [course])
    taken = enrol(cast.ana, track)

    step = track.steps.get()
    step.due_days = 3
    track.steps = [step]
    track.save_revision(user=cast.tess).publish()

    assert list(TrackVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert [version_step.due_days for version_step in TrackStep.objects.order_by("version__number")] == [10, 3]
    taken.refresh_from_db()
    assert taken.track_version.number == 1
    assert AuditEntry.objects.get(action="track_version_published", actor=cast.tess).changes == {"version": [1, 2]}


def test_publishing_a_translation_makes_no_version_and_its_steps_are_not_rules(course):
    track = make_track("onboarding", [course], languages=["zh-hans"])
    english = track.copy_for_translation(catalogue_root("en").locale)
    english.title = "Starting out"
    english.steps = []

    english.save_revision().publish()

    version = TrackVersion.objects.get()
    assert (version.number, version.title_en, version.steps.count()) == (1, "Starting out", 1)


def test_a_translation_published_before_its_source_freezes_nothing(course, at):
    track = make_track("onboarding", [course], live=False)
    english = in_english(track)

    english.save_revision().publish()

    assert publish_track_version(english, actor=None, at=at) is None
    assert not TrackVersion.objects.exists()


# --- enrolling -----------------------------------------------------------------------------------------------


def test_enrolling_makes_due_days_assignments_and_a_notification(cast, course, at):
    quiz, scenario = make_quiz("crm-quiz"), make_scenario().scenario
    track = make_track("onboarding", [course, quiz, scenario])

    enrolment = enrol_in_track(
        cast.ana, version_of(track), reason_zh="入职", reason_en="New here", actor=cast.carl, at=at
    )

    assert (enrolment.started_on, enrolment.due_on) == (date(2026, 3, 2), date(2026, 4, 1))
    steps = list(enrolment.steps.order_by("step__order"))
    assert [step.due_on for step in steps] == [date(2026, 3, 12), date(2026, 3, 22), date(2026, 4, 1)]
    assert [step.assignment is None for step in steps] == [True, False, False]
    assert (steps[1].assignment.quiz, steps[1].assignment.due_on) == (quiz, date(2026, 3, 22))
    assert steps[2].assignment.scenario == scenario
    assert steps[1].assignment.reason_zh == "路径 onboarding"
    news = Notification.objects.get(recipient=cast.ana, kind="enrolled_in_track")
    assert news.params == {"track": "路径 onboarding", "reason": "入职"}
    assert news.url == "/learn/tracks/onboarding/"
    assert AuditEntry.objects.filter(action="enrolled_in_track", actor=cast.carl).count() == 1


def test_the_start_is_the_day_at_the_persons_site(cast, course, at):
    cast.ana.site.time_zone = "America/New_York"
    cast.ana.site.save()
    track = make_track("onboarding", [course])

    assert enrol(User.objects.get(pk=cast.ana.pk), track).started_on == date(2026, 3, 1)


def test_enrolling_twice_gives_the_same_enrolment(cast, course, at):
    track = make_track("onboarding", [course, make_quiz("crm-quiz")])
    first = enrol(cast.ana, track)

    step = track.steps.first()
    step.due_days = 1
    track.steps = [step]
    track.save_revision().publish()

    assert enrol(cast.ana, track, at=at + timedelta(days=1)) == first
    assert Assignment.objects.filter(person=cast.ana).count() == 1


def test_the_database_keeps_one_live_enrolment_per_person_and_track(cast, course, at):
    enrolment = enrol(cast.ana, make_track("onboarding", [course]))

    enrolment.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        enrolment.save()


def test_a_track_whose_courses_were_read_before_is_complete_at_once(cast, course, at, announced):
    read_course(cast.ana, course, at=at)

    enrolment = enrol(cast.ana, make_track("onboarding", [course]))

    assert enrolment.completed_at == at
    assert announced == [enrolment.pk]


def test_assigning_a_lesson_tells_the_person_in_their_language(cast, course, at):
    cast.ana.language = "en"
    cast.ana.save()
    lesson = lessons_of(course)[0]

    enrolment = assign_lesson(
        cast.ana,
        lesson.translation_key,
        due_on=date(2026, 3, 6),
        reason_zh="辅导单",
        reason_en="Coaching ticket",
        actor=cast.eva,
        at=at,
    )

    assert (enrolment.lesson_key, enrolment.given_by) == (lesson.translation_key, cast.eva)
    news = Notification.objects.get(recipient=cast.ana)
    assert news.params == {"lesson": "Lesson crm-1", "reason": "Coaching ticket"}
    assert news.url == "/learn/courses/crm/crm-1/"


def test_assigning_a_lesson_again_keeps_one_row_with_the_earlier_day(cast, course, at):
    key = lessons_of(course)[0].translation_key
    words = {"reason_zh": "辅导", "reason_en": "Coaching", "actor": cast.eva, "at": at}
    first = assign_lesson(cast.ana, key, due_on=date(2026, 3, 9), **words)

    assert assign_lesson(cast.ana, key, due_on=date(2026, 3, 6), **words) == first
    assert assign_lesson(cast.ana, key, due_on=date(2026, 3, 20), **words) == first

    first.refresh_from_db()
    assert first.due_on == date(2026, 3, 6)
    assert Enrolment.objects.count() == 1
    assert Notification.objects.count() == 1


def test_a_lesson_that_is_not_published_cannot_be_assigned(cast, course, at):
    draft = make_lesson(course, "draft", live=False)

    with pytest.raises(ValueError, match="No published lesson"):
        assign_lesson(
            cast.ana, draft.translation_key, due_on=None, reason_zh="辅导", reason_en="Coaching", actor=None, at=at
        )


def test_a_withdrawn_lesson_is_not_asked_for_and_a_read_one_stays_read(cast, course, at):
    one, two = (lesson.translation_key for lesson in lessons_of(course))
    words = {"due_on": None, "reason_zh": "辅导", "reason_en": "Coaching", "actor": cast.eva, "at": at}
    asked, read = assign_lesson(cast.ana, one, **words), assign_lesson(cast.ana, two, **words)
    complete_lesson(cast.ana, lessons_of(course)[1], at=at)

    for enrolment in (asked, asked, read):
        withdraw_lesson(enrolment, actor=cast.eva, at=at + timedelta(days=1))

    asked.refresh_from_db()
    read.refresh_from_db()
    assert (asked.ended_at, asked.completed_at) == (at + timedelta(days=1), None)
    assert (read.ended_at, read.completed_at) == (None, at)
    assert AuditEntry.objects.filter(action="enrolment_ended").count() == 1
    assert not Enrolment.objects.live().exists()


# --- by job role ---------------------------------------------------------------------------------------------


def test_who_joins_is_enrolled_in_what_the_job_role_requires(cast, course, at):
    require_track(cast.ana.job_role, make_track("onboarding", [course]))
    make_track("for-others", [course])

    person_joined.send(sender=User, person=cast.ana, at=at)

    enrolment = Enrolment.objects.get(person=cast.ana)
    assert enrolment.track_version.slug == "onboarding"
    assert enrolment.given_by is None
    assert enrolment.reason_en == "Required for your job: Agent"
    assert enrolment.reason_zh == "岗位要求：座席代表"


def test_many_who_join_together_cost_as_many_queries_as_few(cast, course, at):
    job_role = cast.ana.job_role
    require_track(job_role, make_track("onboarding", [course, make_quiz("crm-quiz"), make_scenario().scenario]))
    require_track(job_role, make_track("reading", [course]))

    def cost(count: int) -> int:
        people = [UserFactory(job_role=job_role, email=f"{count}-{n}@example.com") for n in range(count)]
        with CaptureQueriesContext(connection) as caught:
            people_imported.send(sender=User, joined=people, moved=[], given_jobs=[], at=at)
        assert all(person.enrolments.count() == 2 and person.assignments.count() == 2 for person in people)
        assert all(person.notifications.count() == 2 for person in people)
        return len(caught)

    cost(1)
    assert cost(2) == cost(20)
    assert AuditEntry.objects.filter(action="enrolled_in_track").count() == 2 * 23
    assert MailDelivery.objects.count() == 2 * 23


def test_who_is_one_of_many_is_enrolled_once_with_all_the_others(cast, course, at):
    require_track(cast.ana.job_role, make_track("onboarding", [course]))

    person_joined.send(sender=User, person=cast.ana, at=at, is_one_of_many=True)
    assert not Enrolment.objects.exists()
    people_imported.send(sender=User, joined=[cast.ana], moved=[], given_jobs=[cast.abel], at=at)

    assert set(Enrolment.objects.values_list("person", flat=True)) == {cast.ana.pk, cast.abel.pk}


def test_of_many_only_who_has_read_everything_before_is_done_on_the_first_day(cast, course, at, announced):
    track = make_track("onboarding", [course])
    read_course(cast.ana, course, at=at)

    wishes = [Wish(person, version_of(track), "入职", "New here") for person in (cast.ana, cast.abel)]
    first, second = enrol_all(wishes, actor=None, at=at)

    assert (first.completed_at, second.completed_at) == (at, None)
    assert announced == [first.pk]


def test_who_was_enrolled_by_somebody_else_at_the_same_moment_keeps_that_one(cast, course, at, monkeypatch):
    track = make_track("onboarding", [course, make_quiz("crm-quiz")])
    present = enrol(cast.ana, track)
    real, asked = services._live_in, []

    def too_early(keys):
        asked.append(keys)
        return {} if len(asked) == 1 else real(keys)

    monkeypatch.setattr(services, "_live_in", too_early)
    wishes = [Wish(person, version_of(track), "入职", "New here") for person in (cast.ana, cast.abel)]
    first, second = enrol_all(wishes, actor=None, at=at)

    assert (first, second.person) == (present, cast.abel)
    assert Enrolment.objects.count() == Assignment.objects.count() == 2


def test_enrolling_by_job_role_is_idempotent_also_after_completion(cast, course, at):
    require_track(cast.ana.job_role, make_track("onboarding", [course]))

    assert len(enrol_by_rule(cast.ana, at=at)) == 1
    assert enrol_by_rule(cast.ana, at=at) == []
    read_course(cast.ana, course, at=at)
    assert enrol_by_rule(cast.ana, at=at) == []


def test_a_required_track_that_is_not_published_is_left_out(cast, course, at):
    require_track(cast.ana.job_role, make_track("onboarding", [course], live=False))

    assert enrol_by_rule(cast.ana, at=at) == []


def test_who_has_left_is_not_enrolled(cast, course, at):
    require_track(cast.ana.job_role, make_track("onboarding", [course]))
    cast.ana.status = PersonStatus.LEFT
    cast.ana.save()

    assert enrol_by_rule(cast.ana, at=at) == []


def change_job(person: User, at) -> None:
    person.job_role = JobRoleFactory(key="clerk", name_zh="文员", name_en="Clerk")
    person.save()
    job_role_changed.send(sender=User, person=person, at=at)


def test_another_job_role_ends_what_was_not_begun_and_brings_its_own(cast, course, at):
    require_track(cast.ana.job_role, make_track("onboarding", [course, make_quiz("crm-quiz")]))
    require_track(JobRoleFactory(key="clerk", name_zh="文员", name_en="Clerk"), make_track("desk", [course]))
    enrol_by_rule(cast.ana, at=at)
    by_hand = enrol(cast.ana, make_track("extra", [course]), actor=cast.carl)

    change_job(cast.ana, at + timedelta(days=1))

    ended = Enrolment.objects.get(track_version__slug="onboarding")
    assert ended.ended_at == at + timedelta(days=1)
    assert ended.steps.get(step__kind="quiz").assignment.closed_at == at + timedelta(days=1)
    by_hand.refresh_from_db()
    assert by_hand.ended_at is None
    assert {row.track_version.slug for row in Enrolment.objects.live().filter(person=cast.ana)} == {"extra", "desk"}


@pytest.mark.parametrize("begun_by", ["reading", "finishing", "attempt", "mystery call"])
def test_another_job_role_leaves_what_was_begun(cast, course, at, begun_by):
    scenario_version = make_scenario()
    track = make_track("onboarding", [course, make_quiz("crm-quiz"), scenario_version.scenario])
    require_track(cast.ana.job_role, track)
    [enrolment] = enrol_by_rule(cast.ana, at=at)
    lesson, later = lessons_of(course)[0], at + timedelta(hours=1)
    if begun_by == "reading":
        record_reading(cast.ana, lesson.translation_key, seconds=20, place="", at=later)
    elif begun_by == "finishing":
        complete_lesson(cast.ana, lesson, at=later)
    elif begun_by == "attempt":
        grade(Assignment.objects.get(quiz__key="crm-quiz"), "0.1", passed=False, at=later)
    else:
        MysteryCall.objects.create(
            assignment=Assignment.objects.get(scenario=scenario_version.scenario),
            scenario_version=scenario_version,
            caller=cast.eva,
            planned_for=later,
        )

    change_job(cast.ana, at + timedelta(days=1))

    enrolment.refresh_from_db()
    assert enrolment.ended_at is None


def test_what_was_read_before_the_enrolment_does_not_count_as_begun(cast, course, at):
    complete_lesson(cast.ana, lessons_of(course)[0], at=at - timedelta(days=30))
    require_track(cast.ana.job_role, make_track("onboarding", [course]))
    [enrolment] = enrol_by_rule(cast.ana, at=at)

    change_job(cast.ana, at + timedelta(days=1))

    enrolment.refresh_from_db()
    assert enrolment.ended_at == at + timedelta(days=1)


# --- done ----------------------------------------------------------------------------------------------------


def test_the_last_lesson_completes_the_track_once(cast, course, at, announced):
    enrolment = enrol(cast.ana, make_track("onboarding", [course]))
    one, two = lessons_of(course)

    complete_lesson(cast.ana, one, at=at)
    assert announced == []
    complete_lesson(cast.ana, two, at=at + timedelta(days=1))
    complete_lesson(cast.ana, two, at=at + timedelta(days=2))

    enrolment.refresh_from_db()
    assert enrolment.completed_at == at + timedelta(days=1)
    assert announced == [enrolment.pk]
    assert AuditEntry.objects.filter(action="enrolment_completed").count() == 1


def test_a_passed_quiz_completes_the_track_and_a_failed_one_does_not(cast, at, announced):
    enrolment = enrol(cast.ana, make_track("onboarding", [make_quiz("crm-quiz")]))
    assignment = enrolment.steps.get().assignment

    grade(assignment, "0.5", passed=False, at=at)
    assert announced == []
    grade(assignment, "0.9", passed=True, at=at)

    assert announced == [enrolment.pk]


def test_results_under_another_assignment_do_not_count(cast, at, announced):
    quiz = make_quiz("crm-quiz")
    other = Assignment.objects.create(person=cast.ana, quiz=quiz, reason_zh="复测", reason_en="Re-test", created_at=at)
    enrol(cast.ana, make_track("onboarding", [quiz]))

    grade(other, "1", passed=True, at=at)

    assert announced == []


def test_a_settled_mystery_call_makes_the_track_look_again(cast, course, at, announced, monkeypatch):
    version = make_scenario()
    enrolment = enrol(cast.ana, make_track("onboarding", [version.scenario]))
    call = MysteryCall.objects.create(
        assignment=enrolment.steps.get().assignment, scenario_version=version, caller=cast.eva, planned_for=at
    )

    mystery_call_settled.send(sender=MysteryCall, mystery_call=call, at=at)
    assert announced == []  # the call has no passing score

    from courses.enrolment.queries import progress as queries

    passed = queries.MysteryResult(passed=True, last=call, score=Decimal("0.9"))
    monkeypatch.setattr(queries, "mystery_results_of", lambda rows, calls: {row.pk: passed for row in rows})
    mystery_call_settled.send(sender=MysteryCall, mystery_call=call, at=at)

    assert announced == [enrolment.pk]


def test_completing_is_compare_and_set(cast, course, at, announced):
    enrolment = enrol(cast.ana, make_track("onboarding", [course]))
    stale = Enrolment.objects.get(pk=enrolment.pk)
    read_course(cast.ana, course, at=at)

    assert complete_if_met(stale, at) is False
    assert announced == [enrolment.pk]


def test_an_ended_enrolment_and_a_track_without_steps_are_never_completed(cast, course, at, announced):
    ended = enrol(cast.ana, make_track("onboarding", [course]))
    Enrolment.objects.filter(pk=ended.pk).update(ended_at=at)
    empty = enrol(cast.ana, make_track("empty", []))
    assert not EnrolmentStep.objects.filter(enrolment=empty).exists()

    read_course(cast.ana, course, at=at)

    assert announced == []
    assert not Enrolment.objects.filter(completed_at__isnull=False).exists()


def test_enrolments_are_visible_to_whoever_sees_the_record(cast, course, at):
    enrol(cast.ana, make_track("onboarding", [course]))

    seen_by = {name for name, who in cast.people.items() if Enrolment.objects.visible_to(who).exists()}
    assert seen_by == {"ana", "lena", "carl", "eva", "quinn", "mona"}
