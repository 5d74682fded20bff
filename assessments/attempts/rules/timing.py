"""Which answer was made in time, and what becomes of a sitting whose time is up. No client clock is believed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assessments.quizzes.states import Overdue

#: An answer made by the deadline still counts when it is received this long after it.
TOLERANCE = timedelta(seconds=60)


@dataclass(frozen=True)
class SavedAnswer:
    """One appended answer as a value."""

    sequence: int
    response: Any
    made_at: datetime
    received_at: datetime


def made_at(*, acknowledged_at: datetime, elapsed: timedelta, received_at: datetime) -> datetime:
    """When an answer was made: the server's time of the last acknowledged exchange plus what has passed since on the
    browser's monotonic clock, and never later than it was received."""
    return min(received_at, acknowledged_at + max(elapsed, timedelta()))


def is_in_time(made: datetime, received: datetime, deadline_at: datetime | None) -> bool:
    """Made by the deadline (the deadline itself is in time) and received within the tolerance."""
    return deadline_at is None or (made <= deadline_at and received <= deadline_at + TOLERANCE)


def is_synced_late(received: datetime, deadline_at: datetime | None) -> bool:
    """It counts, but came after the deadline: an examiner gets to see that."""
    return deadline_at is not None and received > deadline_at


def counting(answers: Iterable[SavedAnswer], *, deadline_at: datetime | None) -> SavedAnswer | None:
    """The answer that counts: the newest (by sequence number) of those that came in time."""
    in_time = [answer for answer in answers if is_in_time(answer.made_at, answer.received_at, deadline_at)]
    return max(in_time, key=lambda answer: answer.sequence, default=None)


def last_moment(*, deadline_at: datetime | None, overdue: str, grace: timedelta) -> datetime | None:
    """Until when a sitting can be handed in: its deadline, or the end of the grace period. None: no end."""
    if deadline_at is None or overdue != Overdue.GRACE:
        return deadline_at
    return deadline_at + grace


@dataclass(frozen=True)
class Ending:
    """How a sitting ends: handed in (else abandoned), and the instant that is recorded."""

    is_handed_in: bool
    at: datetime


def ending(
    *, at: datetime, made: datetime, deadline_at: datetime | None, overdue: str, grace: timedelta, by_sweep: bool
) -> Ending | None:
    """What becomes of a sitting that is handed in (`made` is when the learner did so), or that the sweep finds.

    None: the sweep finds nothing to do yet; it waits for the tolerance, but the instant recorded is the due one.
    """
    end = last_moment(deadline_at=deadline_at, overdue=overdue, grace=grace)
    if by_sweep:
        if end is None or at <= end + TOLERANCE:
            return None
        return Ending(overdue == Overdue.AUTOSUBMIT, end)
    if end is None or is_in_time(made, at, end):
        return Ending(True, made if end is None else min(made, end))
    return Ending(overdue == Overdue.AUTOSUBMIT, end)


def seconds_spent(moments: Sequence[tuple[int, datetime]], *, started_at: datetime) -> dict[int, int]:
    """Seconds spent on each question: the time before each saved answer goes to the question that was answered.

    `moments` are (question, instant it was answered) in any order. An estimate: looking around counts for the next
    question answered.
    """
    spent: dict[int, float] = {}
    before = started_at
    for question, instant in sorted(moments, key=lambda moment: moment[1]):
        spent[question] = spent.get(question, 0.0) + max(0.0, (instant - before).total_seconds())
        before = max(before, instant)
    return {question: round(seconds) for question, seconds in spent.items()}
