"""What observations of a skill add up to, and whether two such figures differ beyond chance. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from math import hypot, sqrt

from scipy import stats

from assessments.statistics import Interval, proportion_interval, share_interval
from coaching.effects.states import Verdict

#: A skill is judged by what was observed in this many days.
WINDOW_DAYS = 90
#: With fewer observations nothing is said about a level or a pattern.
LEAST_OBSERVATIONS = 3
#: Marks are coarse, so three equal ones don't show that the fourth will be equal. An agent's spread is never taken to
#: be smaller than ten points of a hundred, that of a steady agent in the published example (docs/decisions/0003).
LEAST_SPREAD = 0.10

PLACES = Decimal("0.00001")
SHOWN = Decimal("0.001")


@dataclass(frozen=True)
class Seen:
    """One row of evidence: a share 0–1 that one source (a call, a quiz) gave to a skill."""

    source_kind: str
    source_id: int
    share: Decimal
    weight: Decimal
    observed_at: datetime


@dataclass(frozen=True)
class Occasion:
    """What one source says about a skill."""

    share: Decimal
    observed_at: datetime


@dataclass(frozen=True)
class Figure:
    """A mean share 0–1 with what it rests on. `share` None: nothing was observed. `low` and `high` None: a single
    observation, which has no interval."""

    share: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int = 0

    @property
    def has_interval(self) -> bool:
        return self.low is not None

    @property
    def shown_share(self) -> Decimal | None:
        return None if self.share is None else self.share.quantize(SHOWN, ROUND_FLOOR)

    @property
    def shown_low(self) -> Decimal | None:
        return None if self.low is None else self.low.quantize(SHOWN, ROUND_FLOOR)

    @property
    def shown_high(self) -> Decimal | None:
        """Rounded up: the range that is shown contains the one that was computed."""
        return None if self.high is None else self.high.quantize(SHOWN, ROUND_CEILING)


NOTHING = Figure()


def occasions(rows: Sequence[Seen]) -> list[Occasion]:
    """One observation per source, oldest first: the weighted mean of what it says about the skill.

    Five points of one call are seen through the same ears on the same afternoon. Counted as five observations they
    would make the interval far too narrow.
    """
    by_source: dict[tuple[str, int], list[Seen]] = {}
    for row in rows:
        by_source.setdefault((row.source_kind, row.source_id), []).append(row)
    found = [
        Occasion(
            share=sum((row.share * row.weight for row in group), Decimal(0)) / sum(row.weight for row in group),
            observed_at=max(row.observed_at for row in group),
        )
        for group in by_source.values()
    ]
    return sorted(found, key=lambda occasion: occasion.observed_at)


def figure_of(shares: Sequence[Decimal]) -> Figure:
    """Mean of shares with its 95 % interval by Student's t, the spread taken as at least LEAST_SPREAD."""
    n = len(shares)
    if n == 0:
        return NOTHING
    if n == 1:
        return Figure(share=_kept(float(shares[0])), n=1)
    found = share_interval([float(share) for share in shares])
    least = _t_quantile(n - 1) * LEAST_SPREAD / sqrt(n)
    return _figure(
        Interval(
            found.estimate,
            max(0.0, min(found.low, found.estimate - least)),
            min(1.0, max(found.high, found.estimate + least)),
            n,
        )
    )


def figure_of_answers(shares: Sequence[Decimal]) -> Figure:
    """The figure of one quiz from the shares of its questions: right or wrong by Wilson's interval, partly right
    ones by Student's t."""
    n = len(shares)
    if n < 2 or any(share not in (0, 1) for share in shares):
        return figure_of(shares)
    return _figure(proportion_interval(sum(int(share) for share in shares), n))


def compare(before: Figure, after: Figure) -> Verdict:
    """Whether `after` differs from `before` beyond chance: the 95 % interval of the difference leaves out zero."""
    if not (before.has_interval and after.has_interval):
        return Verdict.TOO_FEW
    low, high = difference(before, after)
    if low > 0:
        return Verdict.BETTER
    if high < 0:
        return Verdict.WORSE
    return Verdict.SAME


def difference(before: Figure, after: Figure) -> tuple[float, float]:
    """The 95 % interval of `after` minus `before`, −1 to 1, recovered from the intervals of both, which both must have.

    Source: Zou & Donner, Statistics in Medicine 27 (2008) 1693–1702 (MOVER); for two Wilson intervals this is method
    10 of Newcombe, Statistics in Medicine 17 (1998) 873–890.
    """
    b, b_low, b_high = _limits(before)
    a, a_low, a_high = _limits(after)
    return a - b - hypot(a - a_low, b_high - b), a - b + hypot(a_high - a, b - b_low)


def _limits(figure: Figure) -> tuple[float, float, float]:
    if figure.share is None or figure.low is None or figure.high is None:
        raise ValueError("the figure has no interval")
    return float(figure.share), float(figure.low), float(figure.high)


@lru_cache(maxsize=512)
def _t_quantile(degrees: int) -> float:
    return float(stats.t.ppf(0.975, degrees))


def _figure(interval: Interval) -> Figure:
    return Figure(_kept(interval.estimate), _kept(interval.low), _kept(interval.high), interval.n)


def _kept(share: float) -> Decimal:
    """As it is stored and judged: five places, so that 0.8 is 0.8 and not 0.7999999999."""
    return Decimal(str(share)).quantize(PLACES)
