"""Judgements about reading: what counts as done, how much time is believed. No database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lms.people.rules.workdays import Workdays
from lms.people.states import Activity

#: One write per person and lesson in this many seconds, however many tabs are open.
SECONDS_BETWEEN_WRITES = 15
#: A single beat never adds more than this.
SECONDS_PER_BEAT = 60
#: What a browser has counted and the server hasn't heard of yet.
SECONDS_ON_THE_WAY = 5


@dataclass(frozen=True)
class Finished:
    """A lesson was finished in a language at a material version. `is_checked`: no re-check is open for it."""

    language: str
    material_version: int
    is_checked: bool = True


def counts_as_done(finished: Iterable[Finished], *, live: Mapping[str, int], own_language: str) -> bool:
    """Whether the lesson need not be read again. `live` are the material versions readers have now, by language.

    A material change asks a reader only once the own language has it: reading counts when it is as new as the page in
    the own language (or the only one there is), or as the page in the language it was read in. What was read again
    counts once its re-check is passed.
    """
    own = live.get(own_language, min(live.values(), default=1))
    return any(done.is_checked and done.material_version >= min(own, live.get(done.language, own)) for done in finished)


def credited_seconds(claimed: int, *, since_last: float | None, most: int = SECONDS_PER_BEAT) -> int:
    """The reading time believed of one beat: never more than a beat holds (`most`), nor than has passed since the last
    one.

    `since_last` in seconds; None for the first beat. Negative claims count nothing.
    """
    most = most if since_last is None else min(most, int(since_last))
    return max(0, min(claimed, most))


def seconds_left(minimum: int, read: int) -> int:
    """How long the lesson has still to be read before it can be marked as done. A few seconds are on their way and
    aren't haggled over."""
    left = minimum - read
    return left if left > SECONDS_ON_THE_WAY else 0


def minutes_left(minutes: int, seconds_read: int) -> int:
    """Whole minutes still to read, at least 1: nobody is shown zero before the lesson is done."""
    return max(1, minutes - seconds_read // 60)


@dataclass(frozen=True)
class Planned:
    """One stretch of somebody's roster."""

    on: date
    starts_at: datetime
    ends_at: datetime
    activity: str


#: In whose time somebody reads: the columns of a `StudyDay`.
IN_SLOTS, IN_SHIFT, OUTSIDE, UNKNOWN = "in_slots", "in_shift", "outside", "unknown"


def whose_time(planned: Sequence[Planned], *, at: datetime, day: date) -> str:
    """In whose time it is read at `at`, which is on `day` at the person's site; `planned` is the roster of a week
    before and after.

    A meal break and leave are the person's own time, as is a day off. Where the roster doesn't cover the day nothing
    can be said.
    """
    now = next((each for each in planned if each.starts_at <= at < each.ends_at), None)
    if now is not None:
        if now.activity == Activity.TRAINING:
            return IN_SLOTS
        return OUTSIDE if now.activity in {Activity.MEAL, Activity.LEAVE} else IN_SHIFT
    return OUTSIDE if Workdays({each.on: True for each in planned}).is_planned(day) else UNKNOWN


def fitting(minutes: Sequence[int], *, available: int) -> int:
    """How many of the things that are next, in their order, fit into the minutes there are. One of unknown length (0)
    ends the row: nothing can be promised of it."""
    fits = 0
    for needed in minutes:
        available -= needed
        if not needed or available < 0:
            break
        fits += 1
    return fits
