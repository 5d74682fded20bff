"""When something is due, and what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from lms.people.rules.workdays import NOTHING_KNOWN, Workdays

#: Days before the due day on which a step is called due soon.
SOON_DAYS = 2


def due_day(
    started_on: date,
    due_days: int,
    workdays: Workdays = NOTHING_KNOWN,
    *,
    by_roster: bool = True,
    limit_on: date | None = None,
) -> date:
    """The day on which something is due `due_days` days after joining.

    Leave never counts, nor, `by_roster`, do days off, as far as the roster is known; beyond that every day does. Not
    later than `limit_on`.
    """
    day, left = started_on, due_days
    while left:
        day += timedelta(days=1)
        left -= workdays.counts(day, by_roster=by_roster)
    return day if limit_on is None else min(day, limit_on)


def moved_due_day(told: date, counted: date) -> date:
    """The due day after the roster became another one: what somebody was told never becomes earlier."""
    return max(told, counted)


def is_overdue(due_on: date | None, today: date) -> bool:
    """A due day lasts until midnight at the person's site: overdue begins on the next day."""
    return due_on is not None and today > due_on


def is_due_soon(due_on: date | None, today: date) -> bool:
    return due_on is not None and today <= due_on <= today + timedelta(days=SOON_DAYS)


def next_first[T](items: Iterable[T], *, due_of: Mapping[int, date | None]) -> list[T]:
    """The items by due day, earliest (and so the overdue) first, those without a day last; within a day in the given
    order. `due_of` maps an item's place in the given order to its due day."""
    given: Sequence[T] = list(items)
    places = sorted(range(len(given)), key=lambda place: (due_of[place] or date.max, place))
    return [given[place] for place in places]
