"""Which of somebody's days are days of work. No database, no clock."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

#: So many days in a row without a line, and the roster is taken to be missing rather than empty.
MISSING_AFTER = 7


@dataclass(frozen=True)
class Workdays:
    """What is known of one person's days.

    `rostered` has an entry for each day on which anything is planned: False where all of it is leave. `leaves` are the
    spans (first day, first day back) in which the person's standing was *on leave*.
    """

    rostered: Mapping[date, bool] = field(default_factory=dict)
    leaves: tuple[tuple[date, date], ...] = ()

    @cached_property
    def _days(self) -> list[date]:
        return sorted(self.rostered)

    def is_planned(self, day: date) -> bool:
        """The roster covers the day: something is planned on it, or it lies between planned days that are at most a
        week apart (then it is a day off)."""
        if day in self.rostered:
            return True
        before, after = bisect_left(self._days, day) - 1, bisect_right(self._days, day)
        if before < 0 or after == len(self._days):
            return False
        return (self._days[after] - self._days[before]).days <= MISSING_AFTER

    def is_leave(self, day: date) -> bool:
        return self.rostered.get(day) is False or any(first <= day < back for first, back in self.leaves)

    def counts(self, day: date, *, by_roster: bool = True) -> bool:
        """Whether the day is one of those that are counted: no leave and, `by_roster`, no day off. Where no roster is
        known every day is."""
        if self.is_leave(day):
            return False
        return not by_roster or self.rostered.get(day, False) or not self.is_planned(day)


NOTHING_KNOWN = Workdays()
