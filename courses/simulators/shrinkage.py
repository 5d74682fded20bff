"""From the hours a company pays to the hours people are on the phones, and back. Pure functions.

*Shrinkage* is the share of the paid time away from the phones. Its terms can be put together in two ways:

- **added**: each term is a share of the *paid* time; the whole is their sum;
- **multiplied**: each term is a share of what the terms before it have *left*; the whole is 1 − (1 − a)(1 − b)…. The order
  changes how many hours a term takes, not what is left at last.

Adding is right where each term was measured against paid hours, multiplying where breaks or meetings were measured
against the hours people were there. Source: Cleveland, Call Center Management on Fast Forward (rostered staff factor:
needed ÷ (1 − shrinkage)).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

#: The terms of a block, in the order in which they are taken off: away from work first, then off the phones at work.
TERMS: Final = ("leave", "sickness", "training", "meetings", "breaks")


@dataclass(frozen=True)
class Step:
    """One term taken off: how many hours it takes and what it leaves."""

    term: str
    share: Fraction
    hours: Fraction
    left: Fraction


@dataclass(frozen=True)
class Way:
    """The terms put together in one of the two ways. `rostered` is None where nobody is left to answer."""

    steps: tuple[Step, ...]
    shrinkage: Fraction
    hours: Fraction
    rostered: int | None


@dataclass(frozen=True)
class Shrinkage:
    """Both ways, and the slip: so many people on top instead of dividing by what is left."""

    added: Way
    multiplied: Way
    too_few: int
    too_few_on_phones: Fraction


def shrinkage(paid_hours: int, percents: Sequence[tuple[str, int]], needed: int) -> Shrinkage:
    """What the terms (name, whole per cent from 0 to 100) make of `paid_hours`, and whom `needed` people on the phones take.

    Raises ValueError for negative hours or people and for a share outside 0–100 %.
    """
    if paid_hours < 0 or needed < 0:
        raise ValueError("hours and people must be from 0 up")
    if any(not 0 <= percent <= 100 for _term, percent in percents):
        raise ValueError("each term must be between 0 and 100 per cent")
    terms = [(name, Fraction(percent, 100)) for name, percent in percents]
    added = _way(paid_hours, terms, needed, multiplied=False)
    too_few = ceil(needed * (1 + added.shrinkage))
    return Shrinkage(
        added=added,
        multiplied=_way(paid_hours, terms, needed, multiplied=True),
        too_few=too_few,
        too_few_on_phones=too_few * max(Fraction(0), 1 - added.shrinkage),
    )


def _way(paid_hours: int, terms: Sequence[tuple[str, Fraction]], needed: int, *, multiplied: bool) -> Way:
    steps = []
    paid = left = Fraction(paid_hours)
    rest = Fraction(1)
    for name, share in terms:
        hours = (left if multiplied else paid) * share
        left -= hours
        rest = rest * (1 - share) if multiplied else rest - share
        steps.append(Step(name, share, hours, left))
    return Way(tuple(steps), 1 - rest, left, ceil(needed / rest) if rest > 0 else None)
