"""Due days counted in days of work, moved by rosters and leaves, and extended by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.assignments.services import close_assignment
from courses.enrolment.models import DueExtension, Enrolment, TrackVersion
from courses.enrolment.permissions import can_extend
from courses.enrolment.rules.dates import due_day, moved_due_day
from courses.enrolment.services.dates import (
    NotLonger,
    extend_due_day,
    follow_availability,
    move_due_days_of_absentees,
)
from courses.enrolment.services.lessons import assign_lesson, withdraw_lesson
from lms.audit.models import AuditEntry
from lms.kernel.states import StaleState
from lms.notifications.models import Notification
from lms.people.models import Leave, RosterShift
from lms.people.rules.workdays import Workdays
from lms.people.services.imports import confirm_import, upload_import
from lms.people.services.leaves import follow_leaves
from lms.people.states import Activity, ImportKind, PersonStatus
from tests.factories.catalogue import make_course, make_track
from tests.factories.enrolment import enrol, lessons_of
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz

MON = date(2026, 3, 2)


def day(offset: int) -> date:
    return MON + timedelta(days=offset)


def roster(person, offsets, activity=Activity.PHONE) -> None:
    RosterShift.objects.bulk_create(
        RosterShift(
            person=person,
            on=day(offset),
            starts_at=datetime(2026, 3, 2, 1, tzinfo=UTC) + timedelta(days=offset),
            ends_at=datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(days=offset),
            activity=activity,
        )
        for offset in offsets
    )


# --- the rule ------------------------------------------------------------------------------------------------

#: Monday to Friday of two weeks.
TWO_WEEKS = {day(offset): True for offset in (*range(5), *range(7, 12))}


@pytest.mark.parametrize(
    ("due_days", "workdays", "by_roster", "expected", "why"),
    [
        (5, Workdays(), True, day(5), "no roster: calendar days"),
        (0, Workdays(TWO_WEEKS), True, MON, "the day of joining itself"),
        (4, Workdays(TWO_WEEKS), True, day(4), "Friday"),
        (5, Workdays(TWO_WEEKS), True, day(7), "the weekend is off"),
        (5, Workdays(TWO_WEEKS), False, day(5), "the track counts calendar days"),
        (9, Workdays(TWO_WEEKS), True, day(11), "the last day known"),
        (11, Workdays(TWO_WEEKS), True, day(13), "calendar days beyond what is known"),
        (5, Workdays(TWO_WEEKS | {day(1): False, day(2): False}), True, day(9), "rostered leave waits"),
        (5, Workdays(TWO_WEEKS | {day(1): False, day(2): False}), False, day(7), "and does so in calendar days"),
        (5, Workdays(leaves=((day(2), day(12)),)), True, day(15), "on leave for ten days"),
        (5, Workdays(TWO_WEEKS, ((day(2), day(12)),)), True, day(15), "both"),
        (3, Workdays({day(7): True, day(8): True}), True, day(3), "the roster begins next week"),
    ],
)
def test_a_step_is_due_after_so_many_days_of_work(due_days, workdays, by_roster, expected, why):
    assert due_day(MON, due_days, workdays, by_roster=by_roster) == expected, why


def test_nothing_is_due_past_its_limit():
    assert due_day(MON, 30, limit_on=day(10)) == day(10)
    assert due_day(MON, 5, limit_on=day(10)) == day(5)


def test_a_due_day_that_was_told_never_becomes_earlier():
    assert moved_due_day(day(5), day(3)) == day(5)
    assert moved_due_day(day(5), day(8)) == day(8)


# --- rosters and leaves --------------------------------------------------------------------------------------


@pytest.fixture
def course(db):
    return make_course("crm", lessons=1)


@pytest.fixture
def track(course):
    return make_track("onboarding", [course, make_quiz("crm-quiz")], due_days=5)


def days_of(enrolment: Enrolment) -> list[date]:
    return [step.due_on for step in enrolment.steps.order_by("step__order")]


def test_who_has_a_roster_is_enrolled_by_it(cast, track):
    roster(cast.ana, [*range(5), *range(7, 12), *range(14, 19)])

    enrolment = enrol(cast.ana, track)

    assert days_of(enrolment) == [day(7), day(14)]
    assert enrolment.due_on == enrolment.steps.last().assignment.due_on == day(14)


def test_a_track_may_count_calendar_days(cast, track):
    roster(cast.ana, [*range(5), *range(7, 12)])
    track.counts_rostered_days = False
    track.save_revision().publish()

    assert TrackVersion.objects.filter(track_key=track.translation_key).count() == 2
    assert days_of(enrol(cast.ana, track)) == [day(5), day(10)]


def test_an_imported_roster_moves_due_days_later_and_says_so_in_the_log(cast, track, at):
    enrolment, other = enrol(cast.ana, track), enrol(cast.abel, track)
    lines = [f"ANA,{day(offset)},早班,08:00,16:00,接线" for offset in (*range(1, 5), *range(7, 12))]
    file = ContentFile("\n".join(["工号,日期,班次,开始,结束,活动", *lines]).encode(), name="roster.csv")

    confirm_import(upload_import(ImportKind.ROSTER, file, actor=cast.wes, at=at), actor=cast.wes, at=at)

    enrolment.refresh_from_db()
    assert days_of(enrolment) == [day(7), day(12)]
    assert enrolment.due_on == enrolment.steps.last().assignment.due_on == day(12)
    entry = AuditEntry.objects.get(action="due_days_moved")
    assert entry.subject_id == str(enrolment.pk)
    assert entry.changes == {"due_on 1": ["2026-03-07", "2026-03-09"], "due_on 2": ["2026-03-12", "2026-03-14"]}
    assert days_of(other) == [day(5), day(10)]
    assert Notification.objects.filter(recipient=cast.ana).count() == 1  # the enrolment alone


def test_the_same_roster_moves_nothing_twice_and_a_fuller_one_nothing_back(cast, track, at):
    enrolment = enrol(cast.ana, track)
    roster(cast.ana, [*range(5), *range(7, 12)])

    assert follow_availability([cast.ana.pk], at=at) == [enrolment]
    assert follow_availability([cast.ana.pk], at=at) == []
    roster(cast.ana, [5, 6])  # they work at the weekend after all
    assert follow_availability([cast.ana.pk], at=at) == []
    assert days_of(enrolment) == [day(7), day(12)]


def test_what_is_finished_or_ended_or_closed_stays_as_it_was(cast, track, course, at):
    done, closed = enrol(cast.ana, track), enrol(cast.abel, track)
    Enrolment.objects.filter(pk=done.pk).update(completed_at=at)
    close_assignment(closed.steps.last().assignment, actor=None, at=at)
    for person in (cast.ana, cast.abel):
        roster(person, [*range(5), *range(7, 12)])

    assert follow_availability([cast.ana.pk, cast.abel.pk], at=at) == [closed]

    assert days_of(done) == [day(5), day(10)]
    assert closed.steps.last().due_on == day(12)
    assert closed.steps.last().assignment.due_on == day(10)


def test_due_days_wait_night_by_night_while_a_leave_goes_on(cast, track, at):
    enrolment = enrol(cast.ana, track)
    cast.ana.status = PersonStatus.LEAVE
    cast.ana.save()
    follow_leaves(at=at + timedelta(days=3))  # Thursday; announced, so counted at once
    assert days_of(enrolment) == [day(6), day(11)]

    for night in range(4, 10):
        move_due_days_of_absentees(at=at + timedelta(days=night))
        assert days_of(enrolment)[0] > day(night)  # never overdue meanwhile
    assert move_due_days_of_absentees(at=at + timedelta(days=9)) == []

    cast.ana.status = PersonStatus.ACTIVE
    cast.ana.save()
    follow_leaves(at=at + timedelta(days=10))
    assert Leave.objects.get().to_on == day(10)
    assert days_of(enrolment) == [day(12), day(17)]  # seven days away
    assert move_due_days_of_absentees(at=at + timedelta(days=11)) == []


def test_many_people_cost_no_more_queries_than_one(cast, track, at):
    team = [UserFactory() for _number in range(3)]
    for person in team:
        join(person, cast.team_a)
        enrol(person, track)
        roster(person, [*range(5), *range(7, 12)])

    def queries(people):
        with CaptureQueriesContext(connection) as captured:
            moved = follow_availability([person.pk for person in people], at=at)
        assert len(moved) == len(people)
        return len(captured)

    assert queries(team[:1]) == queries(team[1:])


# --- by hand -------------------------------------------------------------------------------------------------


def test_a_whole_track_is_extended_step_by_step(cast, track, at):
    enrolment = enrol(cast.ana, track)

    extension = extend_due_day(enrolment, due_on=day(20), reason=" 三周在新项目 ", actor=cast.carl, at=at)

    assert enrolment.due_on == day(20)
    assert days_of(enrolment) == [day(15), day(20)]
    assert enrolment.steps.last().assignment.due_on == day(20)
    assert (extension.from_on, extension.due_on, extension.reason, extension.given_by) == (
        day(10), day(20), "三周在新项目", cast.carl,
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="due_day_extended")
    assert (entry.actor, entry.reason) == (cast.carl, "三周在新项目")
    assert entry.changes == {"due_on": ["2026-03-12", "2026-03-22"]}
    news = Notification.objects.get(recipient=cast.ana, kind="due_day_extended")
    assert news.params["until_zh"] == "2026年3月22日"
    assert news.params["what_en"] == "Track onboarding"


def test_one_step_is_extended_alone(cast, track, at):
    enrolment = enrol(cast.ana, track)
    first, second = enrolment.steps.all()

    extend_due_day(first, due_on=day(8), reason="请假", actor=cast.carl, at=at)
    assert days_of(enrolment) == [day(8), day(10)]
    extend_due_day(first, due_on=day(14), reason="又请假", actor=cast.tess, at=at)

    enrolment.refresh_from_db()
    second.refresh_from_db()
    assert first.due_on == enrolment.due_on == day(14)
    assert second.due_on == day(10)
    assert list(DueExtension.objects.values_list("step", "from_on", "due_on", "given_by")) == [
        (first.pk, day(5), day(8), cast.carl.pk),
        (first.pk, day(8), day(14), cast.tess.pk),
    ]


def test_a_single_lesson_is_extended(cast, course, at):
    key = lessons_of(course)[0].translation_key
    words = {"reason_zh": "辅导", "reason_en": "Coaching", "actor": cast.eva, "at": at}
    dated = assign_lesson(cast.ana, key, due_on=day(3), **words)
    undated = assign_lesson(cast.abel, key, due_on=None, **words)

    for enrolment in (dated, undated):
        extend_due_day(enrolment, due_on=day(9), reason="排班紧", actor=cast.carl, at=at)

    assert (dated.due_on, undated.due_on) == (day(9), day(9))
    assert list(DueExtension.objects.values_list("from_on", flat=True)) == [day(3), None]
    assert Notification.objects.get(recipient=cast.ana, kind="due_day_extended").url == "/learn/courses/crm/crm-1/"


@pytest.mark.parametrize("due_on", [day(10), day(4), day(-1)])
def test_a_day_that_gives_no_more_time_is_refused(cast, track, at, due_on):
    enrolment = enrol(cast.ana, track)

    with pytest.raises(NotLonger):
        extend_due_day(enrolment, due_on=due_on, reason="请假", actor=cast.carl, at=at)
    assert not DueExtension.objects.exists()


def test_a_day_that_has_passed_is_refused_though_it_is_later(cast, track, at):
    enrolment = enrol(cast.ana, track)

    with pytest.raises(NotLonger):
        extend_due_day(enrolment, due_on=day(11), reason="请假", actor=cast.carl, at=at + timedelta(days=20))


def test_an_extension_without_reason_or_of_what_has_ended_is_refused(cast, track, course, at):
    enrolment = enrol(cast.ana, track)
    lesson = assign_lesson(
        cast.ana, lessons_of(course)[0].translation_key, due_on=day(3), reason_zh="辅导", reason_en="Coaching",
        actor=cast.eva, at=at,
    )  # fmt: skip
    withdraw_lesson(lesson, actor=cast.eva, at=at)

    with pytest.raises(ValueError, match="reason"):
        extend_due_day(enrolment, due_on=day(20), reason=" ", actor=cast.carl, at=at)
    with pytest.raises(StaleState):
        extend_due_day(lesson, due_on=day(20), reason="请假", actor=cast.carl, at=at)


def test_a_roster_never_moves_a_day_earlier_that_was_set_by_hand(cast, track, at):
    enrolment = enrol(cast.ana, track)
    extend_due_day(enrolment, due_on=day(20), reason="请假", actor=cast.carl, at=at)
    roster(cast.ana, [*range(5), *range(7, 12)])

    assert follow_availability([cast.ana.pk], at=at) == []
    assert days_of(enrolment) == [day(15), day(20)]


def test_who_plans_learning_may_extend_and_nobody_else(cast, track, at):
    enrolment = enrol(cast.ana, track)

    may = {name for name, person in cast.people.items() if can_extend(person, enrolment)}

    assert may == {"carl", "mona", "tess"}
    enrolment.completed_at = at
    assert not can_extend(cast.carl, enrolment)
