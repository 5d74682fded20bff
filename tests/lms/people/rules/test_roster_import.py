"""What a roster file would do. No database."""

from datetime import UTC, date, datetime, time

import pytest

from lms.people.rules.imports import FieldChange, Problem
from lms.people.rules.roster_import import (
    KnownStretch,
    RosteredPerson,
    Stretch,
    StretchChange,
    StretchRow,
    plan_roster,
    stretch_instants,
)

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)


def utc(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


MORNING = Stretch(MONDAY, "早班", utc(2, 1), utc(2, 4), "phone")
MEAL = Stretch(MONDAY, "早班", utc(2, 4), utc(2, 5), "meal")
NEXT = Stretch(TUESDAY, "早班", utc(3, 1), utc(3, 4), "phone")


def ana(*known, status="active"):
    stretches = tuple(KnownStretch(pk, stretch) for pk, stretch in enumerate(known, start=1))
    return RosteredPerson(7, "ANA", "安娜", status, "Asia/Shanghai", stretches)


def row(line=2, number="ana", on=MONDAY, start=time(9), end=time(12), activity="phone", shift="早班", **more):
    return StretchRow(line, number, None, on, shift, start, end, activity, **more)


def kinds(plan):
    return [line.kind.value for line in plan.lines]


def test_times_are_those_of_the_persons_site():
    plan = plan_roster([row()], [ana()])

    assert kinds(plan) == ["added"]
    assert plan.writes_stretches == (StretchChange(7, None, MORNING),)


@pytest.mark.parametrize(
    ("start", "end", "ends_at"),
    [(time(22), time(6), utc(2, 22)), (time(0), time(0), utc(2, 16)), (time(9), time(12), utc(2, 4))],
)
def test_an_end_that_isnt_after_the_start_is_on_the_next_day(start, end, ends_at):
    assert stretch_instants(MONDAY, start, end, time_zone="Asia/Shanghai")[1] == ends_at


def test_the_night_the_clocks_change_is_as_long_as_it_is():
    starts_at, ends_at = stretch_instants(date(2026, 3, 28), time(22), time(6), time_zone="Europe/Berlin")

    assert (ends_at - starts_at).total_seconds() == 7 * 3600


def test_the_same_lines_change_nothing():
    plan = plan_roster([row()], [ana(MORNING)])

    assert kinds(plan) == ["unchanged"]
    assert not plan.writes


def test_a_changed_line_says_from_what_to_what():
    plan = plan_roster([row(end=time(13), activity="training")], [ana(MORNING)])

    assert kinds(plan) == ["changed"]
    assert plan.lines[0].changes == (
        FieldChange("ends_at", "2026-03-02 12:00", "2026-03-02 13:00"),
        FieldChange("activity", "phone", "training"),
    )


def test_the_lines_of_a_day_replace_that_day_and_no_other():
    plan = plan_roster([row()], [ana(MORNING, MEAL, NEXT)])

    assert kinds(plan) == ["unchanged", "removed"]
    assert plan.lines[1].number is None
    assert plan.writes_stretches == (StretchChange(7, 2, None),)


def test_nothing_is_taken_away_from_a_day_with_a_refused_line():
    bad = row(3, start=time(12), end=time(13), problems=(Problem.of("activity", "activity_unknown", value="?"),))

    plan = plan_roster([row(), bad], [ana(MORNING, MEAL)])

    assert kinds(plan) == ["unchanged", "refused"]


def test_nothing_is_taken_away_from_a_person_with_a_line_without_a_day():
    bad = row(3, on=None, problems=(Problem.of("on", "day_missing"),))

    assert kinds(plan_roster([row(), bad], [ana(MORNING, MEAL)])) == ["unchanged", "refused"]


def test_two_lines_with_one_start_are_both_refused():
    plan = plan_roster([row(2), row(3, number="ANA", end=time(13))], [ana()])

    assert kinds(plan) == ["refused", "refused"]
    assert [problem.code for line in plan.lines for problem in line.problems] == ["stretch_twice"] * 2


@pytest.mark.parametrize(
    ("people", "more", "code"),
    [
        ([], {}, "person_unknown"),
        ([ana(status="left")], {}, "person_left"),
        ([ana()], {"full_name": "安妮"}, "name_differs"),
    ],
)
def test_who_it_is_must_be_clear(people, more, code):
    said = StretchRow(2, "ANA", more.get("full_name"), MONDAY, "", time(9), time(12), "phone")

    plan = plan_roster([said], people)

    assert [problem.code for problem in plan.lines[0].problems] == [code]
    assert str(plan.lines[0].problems[0])
