"""Judgements about a sitting: how long it lasts, which answer counts, what the whole is worth."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

ZERO = Decimal(0)
#: Shares are kept with five digits, rounded down: nobody passes by rounding.
STEP = Decimal("0.00001")
#: Shares are shown with one decimal of a percent, rounded down for the same reason.
SHOWN = Decimal("0.001")


@dataclass(frozen=True)
class Sitting:
    """When a sitting that begins now has to end. `is_cut` when the quiz closes before its full time has passed."""

    deadline_at: datetime
    minutes: int
    is_cut: bool


@dataclass(frozen=True)
class SavedAnswer:
    """One appended answer as a value."""

    sequence: int
    chosen: tuple[int, ...]
    received_at: datetime


@dataclass(frozen=True)
class GradedAnswer:
    """What one drawn question brought: a share between 0 and 1."""

    skill_id: int
    share: Decimal


@dataclass(frozen=True)
class Verdict:
    """The result of one sitting: its share, whether that passes, how many of how many questions were right."""

    score: Decimal
    passed: bool
    right: int
    n: int


def sitting(*, at: datetime, limit_minutes: int, extra_minutes: int, closes_at: datetime | None) -> Sitting:
    """The deadline is the earlier of the closing date and start + limit + extra time.

    `minutes` is what is left of it, rounded down; `closes_at` must lie after `at`.
    """
    full = at + timedelta(minutes=limit_minutes + extra_minutes)
    deadline = full if closes_at is None else min(full, closes_at)
    return Sitting(deadline, int((deadline - at) // timedelta(minutes=1)), deadline < full)


def is_in_time(received_at: datetime, deadline_at: datetime) -> bool:
    """Received at the deadline itself is still in time."""
    return received_at <= deadline_at


def counting(answers: Iterable[SavedAnswer], *, deadline_at: datetime) -> SavedAnswer | None:
    """The answer that counts: the newest (by sequence number) of those received by the deadline."""
    in_time = [answer for answer in answers if is_in_time(answer.received_at, deadline_at)]
    return max(in_time, key=lambda answer: answer.sequence, default=None)


def verdict(answers: Sequence[GradedAnswer], *, pass_share: Decimal) -> Verdict:
    """A quiz is passed on its total; a question left blank counts as zero, not as absent.

    Raises ValueError for a sitting without questions.
    """
    if not answers:
        raise ValueError("a sitting without questions has no result")
    total = sum((answer.share for answer in answers), ZERO)
    score = (total / len(answers)).quantize(STEP, ROUND_DOWN)
    # Compared as sums: no rounding decides over somebody's result.
    passed = total >= pass_share * len(answers)
    return Verdict(score, passed, sum(answer.share == 1 for answer in answers), len(answers))


def shares_by_skill(answers: Iterable[GradedAnswer]) -> dict[int, Decimal]:
    """The mean share of each skill that was asked about; a skill left blank is there with zero."""
    by_skill: dict[int, list[Decimal]] = defaultdict(list)
    for answer in answers:
        by_skill[answer.skill_id].append(answer.share)
    return {
        skill_id: (sum(shares, ZERO) / len(shares)).quantize(STEP, ROUND_DOWN)
        for skill_id, shares in sorted(by_skill.items())
    }


def right_needed(*, n: int, pass_share: Decimal) -> int:
    """How many of n questions must be right to pass."""
    needed = n * pass_share
    return int(needed) + (needed != int(needed))


def shown_share(share: Decimal) -> Decimal:
    """The share as it is shown: one decimal of a percent, rounded down, so that 79.96 % never reads 80 %."""
    return share.quantize(SHOWN, ROUND_DOWN)


def percent(share: Decimal) -> str:
    """The shown share as text: "80%", "66.6%"."""
    return f"{(shown_share(share) * 100).normalize():f}%"
