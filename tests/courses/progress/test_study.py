"""In whose time somebody reads: by the roster, kept by day, never demanded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.progress.models import StudyDay
from courses.progress.queries import Studied, studied_of_each, study_outside_shift
from courses.progress.rules import IN_SHIFT, IN_SLOTS, OUTSIDE, UNKNOWN, Planned, fitting, whose_time
from courses.progress.services import record_reading
from lms.people.models import RosterShift, Team, User
from lms.people.queries import agents_of
from lms.people.states import Activity
from tests.factories.catalogue import make_course
from tests.factories.enrolment import lessons_of

MON = date(2026, 3, 2)


def clock(hour: float, day: date = MON) -> datetime:
    """An hour of the day in Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8)


def planned(day: date, *stretches: tuple[float, float, str]) -> list[Planned]:
    return [Planned(day, clock(start, day), clock(end, day), activity) for start, end, activity in stretches]


SHIFT = planned(
    MON,
    (9, 12, Activity.PHONE),
    (12, 12.5, Activity.MEAL),
    (12.5, 14, Activity.PHONE),
    (14, 15, Activity.TRAINING),
    (15, 18, Activity.PHONE),
)
NEXT_DAY_BUT_ONE = planned(MON + timedelta(days=2), (9, 18, Activity.PHONE))
NIGHT = planned(MON - timedelta(days=1), (22, 30, Activity.PHONE))
LEAVE = planned(MON, (0, 24, Activity.LEAVE))


@pytest.mark.parametrize(
    ("roster", "hour", "day", "expected"),
    [
        (SHIFT, 14, MON, IN_SLOTS),
        (SHIFT, 14.99, MON, IN_SLOTS),
        (SHIFT, 15, MON, IN_SHIFT),
        (SHIFT, 9, MON, IN_SHIFT),
        (SHIFT, 12.25, MON, OUTSIDE),  # a break is a break
        (SHIFT, 8.5, MON, OUTSIDE),
        (SHIFT, 21, MON, OUTSIDE),
        (LEAVE, 10, MON, OUTSIDE),
        (NIGHT, 5, MON, IN_SHIFT),  # the shift that began yesterday
        ([*SHIFT, *NEXT_DAY_BUT_ONE], 10, MON + timedelta(days=1), OUTSIDE),  # a day off
        (SHIFT, 10, MON + timedelta(days=1), UNKNOWN),  # the roster ends on Monday
        ([], 10, MON, UNKNOWN),
    ],
)
def test_whose_time_it_is(roster, hour, day, expected):
    assert whose_time(roster, at=clock(hour, day), day=day) == expected


@pytest.mark.parametrize(
    ("minutes", "available", "expected"),
    [
        ([8, 15, 10], 30, 2),
        ([8, 15, 7], 30, 3),
        ([31], 30, 0),
        ([8, 40, 5], 30, 1),  # in their order: nothing is skipped
        ([8, 0, 5], 30, 1),  # nobody knows how long a mystery call takes
        ([], 30, 0),
    ],
)
def test_what_fits_into_a_slot(minutes, available, expected):
    assert fitting(minutes, available=available) == expected


# --- kept by the heartbeat -----------------------------------------------------------------------------------


@pytest.fixture
def keys(db):
    return [lesson.translation_key for lesson in lessons_of(make_course("crm", lessons=2))]


def roster(person: User) -> None:
    RosterShift.objects.bulk_create(
        RosterShift(person=person, on=row.on, starts_at=row.starts_at, ends_at=row.ends_at, activity=row.activity)
        for row in SHIFT
    )


def read(person, key, hour: float, seconds: int = 50) -> None:
    record_reading(person, key, seconds=seconds, place="", at=clock(hour))


def test_reading_is_added_to_the_day_by_whose_time_it_was(cast, keys):
    roster(cast.ana)
    read(cast.ana, keys[0], 14.1)
    read(cast.ana, keys[1], 14.2)
    read(cast.ana, keys[0], 16)
    read(cast.ana, keys[0], 21, seconds=30)
    read(cast.abel, keys[0], 21)

    rows = StudyDay.objects.order_by("person_id").values_list(
        "person", "on", "in_slots", "in_shift", "outside", "unknown"
    )
    assert list(rows) == [(cast.ana.pk, MON, 100, 50, 30, 0), (cast.abel.pk, MON, 0, 0, 0, 50)]


def test_what_is_not_believed_is_not_studied(cast, keys):
    read(cast.ana, keys[0], 10, seconds=0)
    assert not StudyDay.objects.exists()
    read(cast.ana, keys[0], 11, seconds=5000)
    record_reading(cast.ana, keys[0], seconds=60, place="", at=clock(11) + timedelta(seconds=5))

    assert StudyDay.objects.get().unknown == 60


def test_a_beat_costs_one_read_and_one_write_more_however_long_the_roster(cast, keys):
    read(cast.ana, keys[0], 9.5)

    def queries(hour):
        person = User.objects.select_related("site").get(pk=cast.ana.pk)
        with CaptureQueriesContext(connection) as captured:
            read(person, keys[0], hour)
        return [query["sql"].split()[0] for query in captured]

    alone = queries(10)
    roster(cast.ana)
    assert queries(11) == alone
    assert [word for word in alone if word in {"SELECT", "UPDATE", "INSERT"}] == [
        "SELECT", "UPDATE", "SELECT", "INSERT",
    ]  # fmt: skip


def studied(person, *, last) -> Studied:
    sums = studied_of_each(first=MON, last=last)
    return Studied(**User.objects.filter(pk=person.pk).order_by().values("pk").annotate(**sums).values(*sums).get())


def test_a_week_is_summed(cast):
    for offset, outside in ((-1, 9), (0, 100), (3, 50)):
        StudyDay.objects.create(person=cast.ana, on=MON + timedelta(days=offset), in_slots=60, outside=outside)

    week = studied(cast.ana, last=MON + timedelta(days=6))

    assert week == Studied(in_slots=120, outside=150)
    assert (week.at_work, week.total) == (120, 270)
    assert studied(cast.abel, last=MON).total == 0


def test_supervisors_see_who_studied_outside_the_shift_by_week(cast, django_assert_num_queries):
    for person, offset, outside in (
        (cast.ana, 0, 100), (cast.ana, 6, 20), (cast.ana, 7, 30), (cast.abel, 1, 300), (cast.olga, 0, 999),
    ):  # fmt: skip
        StudyDay.objects.create(person=person, on=MON + timedelta(days=offset), outside=outside)
    StudyDay.objects.create(person=cast.abel, on=MON, in_shift=5000, unknown=5000)
    people = agents_of(Team.objects.filter(pk=cast.team_a.pk), on=MON)

    with django_assert_num_queries(1):
        weeks = study_outside_shift(people, first=MON, last=MON + timedelta(days=13))

    assert [(row.person, row.monday, row.seconds) for row in weeks] == [
        (cast.ana, MON + timedelta(days=7), 30), (cast.abel, MON, 300), (cast.ana, MON, 120),
    ]  # fmt: skip
