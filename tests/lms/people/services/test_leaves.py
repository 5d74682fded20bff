"""The days of a leave follow the status, and are announced with those of a roster."""

from datetime import date, timedelta

import pytest

from lms.events import availability_changed
from lms.people.models import Leave, RosterShift, User
from lms.people.queries import workdays_of
from lms.people.services.leaves import follow_leaves
from lms.people.states import Activity, PersonStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced():
    heard = []

    def listen(people, at, **kwargs):
        heard.append(people)

    availability_changed.connect(listen)
    yield heard
    availability_changed.disconnect(listen)


def set_status(person: User, status: str) -> None:
    User.objects.filter(pk=person.pk).update(status=status)


def test_a_leave_begins_and_ends_with_the_status_and_once(cast, at, announced):
    set_status(cast.ana, PersonStatus.LEAVE)

    assert follow_leaves(at=at) == [cast.ana.pk]
    assert follow_leaves(at=at) == []
    set_status(cast.ana, PersonStatus.ACTIVE)
    assert follow_leaves(at=at + timedelta(days=10)) == [cast.ana.pk]
    assert follow_leaves(at=at + timedelta(days=10)) == []

    assert list(Leave.objects.values_list("person", "from_on", "to_on")) == [
        (cast.ana.pk, date(2026, 3, 2), date(2026, 3, 12))
    ]
    assert announced == [[cast.ana.pk], [cast.ana.pk]]


def test_the_days_are_those_at_the_persons_site(cast, at):
    cast.ana.site.time_zone = "America/New_York"
    cast.ana.site.save()
    set_status(cast.ana, PersonStatus.LEAVE)

    follow_leaves(at=at)

    assert Leave.objects.get().from_on == date(2026, 3, 1)


def test_who_leaves_for_good_is_on_leave_no_longer(cast, at):
    set_status(cast.ana, PersonStatus.LEAVE)
    follow_leaves(at=at)
    set_status(cast.ana, PersonStatus.LEFT)

    follow_leaves(at=at, among=[cast.ana.pk])

    assert Leave.objects.get().to_on == date(2026, 3, 2)


def test_only_those_asked_about_are_followed(cast, at):
    set_status(cast.ana, PersonStatus.LEAVE)

    assert follow_leaves(at=at, among=[cast.abel.pk]) == []
    assert not Leave.objects.exists()


def test_days_of_work_come_from_roster_and_leaves_in_two_queries(cast, at, django_assert_num_queries):
    for person in (cast.ana, cast.abel, cast.olga):
        plan(person, date(2026, 3, 3), Activity.PHONE, at=at + timedelta(days=1))
        plan(person, date(2026, 3, 3), Activity.LEAVE, at=at + timedelta(days=1, hours=4))
        plan(person, date(2026, 3, 4), Activity.LEAVE, at=at + timedelta(days=2))
    Leave.objects.create(person=cast.ana, from_on=date(2026, 2, 20), to_on=date(2026, 2, 27))
    Leave.objects.create(person=cast.ana, from_on=date(2026, 3, 1))

    with django_assert_num_queries(2):
        found = workdays_of([cast.ana, cast.abel, cast.olga], since=date(2026, 3, 2), at=at)

    assert found[cast.abel.pk].rostered == {date(2026, 3, 3): True, date(2026, 3, 4): False}
    assert found[cast.abel.pk].leaves == ()
    assert found[cast.ana.pk].leaves == ((date(2026, 3, 1), date(2026, 3, 3)),)  # known up to today


def plan(person, on, activity, *, at, hours=4):
    return RosterShift.objects.create(
        person=person, on=on, starts_at=at, ends_at=at + timedelta(hours=hours), activity=activity
    )
