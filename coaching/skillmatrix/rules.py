"""From a figure to a level, a gap and a trend. No database, no clock. Why so: docs/decisions/0003-skill-levels.md"""

from dataclasses import dataclass
from decimal import Decimal

from coaching.effects.rules import LEAST_OBSERVATIONS, NOTHING, Figure, compare
from coaching.effects.states import Verdict

#: The lower bound from which a level counts as shown. Level 1 begins at zero.
THRESHOLDS = {5: Decimal("0.90"), 4: Decimal("0.80"), 3: Decimal("0.65"), 2: Decimal("0.50"), 1: Decimal("0.00")}
HIGHEST = max(THRESHOLDS)


@dataclass(frozen=True)
class Standing:
    """Where somebody stands in a skill: the figure of the last 90 days, the one of the 90 days before, and the level
    the job role requires (None: none)."""

    figure: Figure = NOTHING
    earlier: Figure = NOTHING
    required: int | None = None

    @property
    def level(self) -> int | None:
        return level_of(self.figure)

    @property
    def is_unknown(self) -> bool:
        """Nothing was observed in the last 90 days."""
        return self.figure.n == 0

    @property
    def is_too_few(self) -> bool:
        return 0 < self.figure.n < LEAST_OBSERVATIONS

    @property
    def needed(self) -> int:
        """How many more observations it takes to say anything."""
        return max(0, LEAST_OBSERVATIONS - self.figure.n)

    @property
    def has_gap(self) -> bool:
        """The level shown is below the one required. Too few observations are no gap."""
        return self.gap > 0

    @property
    def gap(self) -> int:
        """How many levels are missing; 0 where none is, or none is required or known."""
        return max(0, self.required - self.level) if self.required is not None and self.level is not None else 0

    @property
    def gap_is_proven(self) -> bool:
        """Not even the upper bound reaches the level required. Otherwise more observations may still show it."""
        if not self.has_gap or self.required is None or self.figure.high is None:
            return False
        return self.figure.high < THRESHOLDS[self.required]

    @property
    def is_rising(self) -> bool:
        return compare(self.earlier, self.figure) == Verdict.BETTER

    @property
    def is_falling(self) -> bool:
        return compare(self.earlier, self.figure) == Verdict.WORSE

    @property
    def next_level(self) -> int | None:
        """The level above the one shown; None at the top or where none is known."""
        return None if self.level is None or self.level == HIGHEST else self.level + 1

    @property
    def next_threshold(self) -> Decimal | None:
        return None if self.next_level is None else THRESHOLDS[self.next_level]

    @property
    def share_suffices(self) -> bool:
        """The mean itself already reaches the next level: more observations alone would show it."""
        threshold, share = self.next_threshold, self.figure.share
        return threshold is not None and share is not None and share >= threshold


def level_of(figure: Figure) -> int | None:
    """The highest level whose threshold the lower bound of the 95 % interval reaches; None for fewer than
    LEAST_OBSERVATIONS."""
    if figure.n < LEAST_OBSERVATIONS or figure.low is None:
        return None
    return next(level for level, threshold in THRESHOLDS.items() if figure.low >= threshold)
