"""When somebody may sit a quiz, for how long and how often: the quiz's own rules, and what was overridden."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum
from typing import Any


class Inherit(Enum):
    """An override that says nothing about a field."""

    INHERIT = "inherit"


INHERIT = Inherit.INHERIT


@dataclass(frozen=True)
class Window:
    """`opens_at` None: at once; `closes_at` None: never; `limit_minutes` None: no limit; `attempts` None: any number."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    limit_minutes: int | None = None
    attempts: int | None = None

    def is_open(self, at: datetime) -> bool:
        """From `opens_at` on, until before `closes_at`."""
        return (self.opens_at is None or self.opens_at <= at) and (self.closes_at is None or at < self.closes_at)


@dataclass(frozen=True)
class Override:
    """One override as a value. INHERIT leaves a field alone; None is the stored word *unlimited* (for `opens_at`: at
    once)."""

    opens_at: datetime | Inherit | None = INHERIT
    closes_at: datetime | Inherit | None = INHERIT
    limit_minutes: int | Inherit | None = INHERIT
    attempts: int | Inherit | None = INHERIT


def effective(base: Window, *, person: Override | None, groups: Sequence[Override] = ()) -> Window:
    """The window that holds. A person's override beats the groups' field by field; of several groups the most generous
    value wins, and *unlimited* wins among them; what nobody overrides is the quiz's own."""
    found: dict[str, Any] = {}
    for each in fields(Window):
        own = INHERIT if person is None else getattr(person, each.name)
        given = [value for group in groups if (value := getattr(group, each.name)) is not INHERIT]
        if own is not INHERIT:
            found[each.name] = own
        elif not given:
            found[each.name] = getattr(base, each.name)
        elif None in given:
            found[each.name] = None
        else:
            found[each.name] = min(given) if each.name == "opens_at" else max(given)
    return Window(**found)


def deadline(*, started_at: datetime, window: Window, extra: timedelta = timedelta()) -> datetime | None:
    """The earlier of the close and start + limit, and then the extra time given to this sitting (an outage can move it
    past the close). None: no deadline."""
    ends = [] if window.closes_at is None else [window.closes_at]
    if window.limit_minutes is not None:
        ends.append(started_at + timedelta(minutes=window.limit_minutes))
    return min(ends) + extra if ends else None


def deadline_after_change(new: datetime | None, *, at: datetime) -> datetime | None:
    """A change never reaches back: what was answered before it was answered in time."""
    return None if new is None else max(new, at)


def moved_deadline(
    old: datetime | None,
    new: datetime | None,
    *,
    at: datetime,
    started_at: datetime,
    answered_at: datetime | None = None,
) -> datetime | None:
    """The deadline of an open sitting after a change at `at`: `new` is what the window gives now.

    A deadline that had passed is only followed by a later one. One that had not never moves into the past, nor before
    the newest answer (`answered_at`), which may have come while the change was being made.
    """
    if old is not None and old <= at:
        return new if new is None or new > old else old
    instants = (at, started_at + timedelta(microseconds=1), answered_at)
    return deadline_after_change(new, at=max(instant for instant in instants if instant is not None))


def may_start_again_at(*, last_end: datetime | None, wait_minutes: int) -> datetime | None:
    """The end of the waiting time after the last attempt; None when there is nothing to wait for."""
    return None if last_end is None or not wait_minutes else last_end + timedelta(minutes=wait_minutes)
