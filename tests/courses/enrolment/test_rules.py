"""When something is due and what comes next: no database."""

from datetime import date

import pytest

from courses.enrolment.rules.dates import due_day, is_due_soon, is_overdue, next_first

MONDAY = date(2026, 3, 2)


def test_a_step_is_due_so_many_days_after_the_start():
    assert due_day(MONDAY, 5) == date(2026, 3, 7)
    assert due_day(MONDAY, 0) == MONDAY


@pytest.mark.parametrize(
    ("due_on", "overdue", "soon"),
    [
        (None, False, False),
        (date(2026, 3, 1), True, False),
        (date(2026, 3, 2), False, True),  # the due day itself lasts until midnight
        (date(2026, 3, 4), False, True),
        (date(2026, 3, 5), False, False),
    ],
)
def test_overdue_begins_on_the_day_after(due_on, overdue, soon):
    assert is_overdue(due_on, MONDAY) is overdue
    assert is_due_soon(due_on, MONDAY) is soon


def test_next_comes_the_earliest_day_then_the_given_order():
    items = ["no day", "late", "today first", "today second"]
    days = [None, date(2026, 2, 1), MONDAY, MONDAY]

    ordered = next_first(items, due_of=dict(enumerate(days)))

    assert ordered == ["late", "today first", "today second", "no day"]
