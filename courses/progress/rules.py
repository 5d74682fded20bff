"""Judgements about reading: what counts as done, how much time is believed. No database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: One write per person and lesson in this many seconds, however many tabs are open.
SECONDS_BETWEEN_WRITES = 15
#: A single beat never adds more than this.
SECONDS_PER_BEAT = 60


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


def credited_seconds(claimed: int, *, since_last: float | None) -> int:
    """The reading time believed of one beat: never more than a beat holds, nor than has passed since the last one.

    `since_last` in seconds; None for the first beat. Negative claims count nothing.
    """
    most = SECONDS_PER_BEAT if since_last is None else min(SECONDS_PER_BEAT, int(since_last))
    return max(0, min(claimed, most))


def minutes_left(minutes: int, seconds_read: int) -> int:
    """Whole minutes still to read, at least 1: nobody is shown zero before the lesson is done."""
    return max(1, minutes - seconds_read // 60)
