"""The next training slot and what fits into it, on the learner's pages."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.enrolment.queries.study import study_plan
from courses.progress.models import StudyDay
from lms.people.models import RosterShift
from lms.people.states import Activity
from tests.factories.catalogue import make_course, make_track
from tests.factories.enrolment import enrol

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Thing:
    title: str
    minutes: int


THINGS = [Thing("一", 20), Thing("二", 25), Thing("三", 30)]


def slot(person, begins, *, minutes=60, activity=Activity.TRAINING):
    return RosterShift.objects.create(
        person=person,
        on=begins.date(),
        starts_at=begins,
        ends_at=begins + timedelta(minutes=minutes),
        activity=activity,
    )


def test_the_next_slot_says_when_and_what_fits(cast, at):
    slot(cast.ana, at + timedelta(hours=1), activity=Activity.PHONE)
    slot(cast.ana, at + timedelta(hours=5))
    slot(cast.ana, at + timedelta(days=1))

    found = study_plan(cast.ana, THINGS, at=at).slot

    assert (found.begins, found.ends, found.minutes) == ("14:00", "15:00", 60)
    assert (found.is_now, found.is_today, found.is_tomorrow) == (False, True, False)
    assert found.fits == ["一", "二"]


def test_in_a_slot_counts_what_is_left_of_it(cast, at):
    slot(cast.ana, at - timedelta(minutes=30))

    found = study_plan(cast.ana, THINGS, at=at).slot

    assert (found.is_now, found.minutes, found.fits) == (True, 30, ["一"])


@pytest.mark.parametrize(("hours", "minutes"), [(-2, 60), (24 * 7 + 1, 60)])
def test_what_is_over_or_far_away_is_no_slot(cast, at, hours, minutes):
    slot(cast.ana, at + timedelta(hours=hours), minutes=minutes)
    slot(cast.abel, at + timedelta(hours=1))

    assert study_plan(cast.ana, THINGS, at=at).slot is None


def test_the_clock_is_that_of_the_site(cast, at):
    cast.ana.site.time_zone = "Asia/Urumqi"
    cast.ana.site.save()
    slot(cast.ana, at + timedelta(hours=5))

    assert study_plan(cast.ana, [], at=at).slot.begins == "12:00"


def test_the_week_begins_on_monday(cast, at):
    StudyDay.objects.create(person=cast.ana, on=date(2026, 3, 1), outside=999)
    StudyDay.objects.create(person=cast.ana, on=date(2026, 3, 2), in_slots=600, outside=300)

    assert study_plan(cast.ana, [], at=at).week.total == 900


@pytest.mark.parametrize("door", ["home", "courses:course-list"])
def test_the_learner_reads_it_in_words(client, cast, at, door, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    enrol(cast.ana, make_track("onboarding", [make_course("crm", lessons=1)]))
    slot(cast.ana, at + timedelta(hours=5))
    StudyDay.objects.create(person=cast.ana, on=date(2026, 3, 2), in_slots=600, outside=3900)
    cast.ana.language = "en"
    cast.ana.save()
    client.force_login(cast.ana)

    shown = " ".join(client.get(reverse(door)).content.decode().split())

    assert "Training slot today 14:00–15:00" in shown
    assert "What fits into it: Lesson crm-1" in shown
    assert "10 min in working time and 1 h 5 min outside your shift" in shown
    assert "Nobody asks you to study outside your shift" in shown


def test_nothing_is_said_where_nothing_is_known(client, cast, at, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    client.force_login(cast.ana)

    assert "study-plan" not in client.get(reverse("home")).content.decode()


def test_a_supervisor_reads_who_studied_outside_the_shift(client, cast, at, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    cast.carl.language = "en"
    cast.carl.save()
    client.force_login(cast.carl)

    def shown():
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("home")).content.decode()
        return page, len(captured)

    shown()  # what is remembered between requests
    empty, queries = shown()
    assert "Study outside the shift" not in empty
    for person in (cast.ana, cast.abel, cast.olga):
        StudyDay.objects.create(person=person, on=date(2026, 2, 25), outside=1500)
    full, more = shown()
    section = full.split('id="outside-shift"')[1].split("</section>")[0]
    assert [name in section for name in ("安娜", "阿贝", "奥尔加")] == [True, True, False]
    assert section.count("25 min") == 2
    assert more <= queries
