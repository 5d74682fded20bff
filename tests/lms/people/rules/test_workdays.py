"""Days of work, days off, leave, and what nobody knows."""

from datetime import date, timedelta

import pytest

from lms.people.rules.workdays import NOTHING_KNOWN, Workdays

MON = date(2026, 3, 2)


def day(offset: int) -> date:
    return MON + timedelta(days=offset)


#: Monday to Friday, a weekend off, Monday; Wednesday is leave.
WEEK = Workdays({day(0): True, day(1): True, day(2): False, day(3): True, day(4): True, day(7): True})


@pytest.mark.parametrize(
    ("offset", "is_planned", "is_leave", "counts"),
    [
        (-1, False, False, True),  # before the roster begins
        (0, True, False, True),
        (2, True, True, False),
        (5, True, False, False),  # a day off
        (6, True, False, False),
        (7, True, False, True),
        (8, False, False, True),  # beyond its end
    ],
)
def test_a_known_week(offset, is_planned, is_leave, counts):
    assert (WEEK.is_planned(day(offset)), WEEK.is_leave(day(offset)), WEEK.counts(day(offset))) == (
        is_planned,
        is_leave,
        counts,
    )


def test_days_off_count_where_the_roster_is_not_asked_but_leave_never_does():
    assert WEEK.counts(day(5), by_roster=False)
    assert not WEEK.counts(day(2), by_roster=False)


def test_six_days_without_a_line_are_days_off_and_seven_a_missing_roster():
    off, missing = Workdays({day(0): True, day(7): True}), Workdays({day(0): True, day(8): True})

    assert [off.counts(day(offset)) for offset in range(1, 7)] == [False] * 6
    assert [missing.counts(day(offset)) for offset in range(1, 8)] == [True] * 7


def test_a_leave_lasts_until_the_first_day_back():
    away = Workdays(leaves=((day(1), day(3)),))

    assert [away.is_leave(day(offset)) for offset in range(4)] == [False, True, True, False]


def test_where_nothing_is_known_every_day_counts():
    assert all(NOTHING_KNOWN.counts(day(offset)) for offset in range(10))
