"""How a filled-in scorecard becomes a score, and when a new version may take effect. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from assessments.scorecards.states import ItemKind, NotApplicable

#: A changed standard is published this many calendar days before it counts.
PUBLICATION_DAYS = 7

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True)
class MarkedItem:
    """One item with its mark. `points` None means that it didn't apply to the call."""

    key: str
    kind: str
    points: Decimal | None
    points_possible: Decimal | int = 4
    weight: Decimal = ONE
    not_applicable: str = NotApplicable.DROPPED


@dataclass(frozen=True)
class ItemPart:
    """What one item did to the score. `gained` and `lost` are shares of the whole score; both are None where the
    item doesn't move it (fatal, warning, not applicable) or where nothing was scored at all."""

    key: str
    kind: str
    gained: Decimal | None
    lost: Decimal | None
    is_failed: bool


@dataclass(frozen=True)
class CardScore:
    """`computed`: share 0–1 before fatal items, None where nothing scored applied. `final`: what counts, 0 after a
    fatal failure. `passed` None where there is no score to judge."""

    computed: Decimal | None
    final: Decimal | None
    passed: bool | None
    has_fatal_failure: bool
    earned: Decimal
    possible: Decimal
    parts: tuple[ItemPart, ...]


def score_card(marks: Sequence[MarkedItem], *, pass_share: Decimal) -> CardScore:
    """Σ points·weight ÷ Σ possible·weight over the scored items that applied.

    Bonus items add to the numerator only, and the total is at most 1. Warning items count nothing. A failed fatal item
    makes the final score 0 and a fail, and leaves the computed one as it is. An item that didn't apply is left out of
    both sums, or counts as full marks, as the item says. The pass share is compared without rounding.

    Raises ValueError for points below 0 or above what is possible, and for an item that always applies but was said
    not to.
    """
    for mark in marks:
        _check(mark)
    possible = sum((_possible(mark) for mark in marks), ZERO)
    earned = sum((_earned(mark) for mark in marks), ZERO)
    has_fatal_failure = any(mark.kind == ItemKind.FATAL and is_failed(mark) for mark in marks)
    computed = min(earned / possible, ONE) if possible else None
    if has_fatal_failure:
        final, passed = ZERO, False
    elif computed is None:
        final, passed = None, None
    else:
        # Multiplied out, so that a share without a finite decimal isn't rounded before it is compared.
        final, passed = computed, min(earned, possible) >= pass_share * possible
    parts = tuple(_part(mark, possible) for mark in marks)
    return CardScore(computed, final, passed, has_fatal_failure, earned, possible, parts)


def is_failed(mark: MarkedItem) -> bool:
    """No point at all on an item that applied. A bonus that wasn't earned is no failure."""
    return mark.kind != ItemKind.BONUS and mark.points is not None and mark.points == 0


def share_of(mark: MarkedItem) -> Decimal | None:
    """Points as a share of what was possible; None where the item didn't apply."""
    return None if mark.points is None else Decimal(mark.points) / Decimal(mark.points_possible)


def kept(share: Decimal | None) -> Decimal | None:
    """A share as it is stored: five places, cut off, so that 79.99999… is never shown as 80."""
    return None if share is None else share.quantize(Decimal("0.00001"), rounding=ROUND_DOWN)


def shown_share(share: Decimal | None) -> Decimal | None:
    """A share as people read it: a percentage with one place, rounded down. 0.79999 is shown as 79.9 %, never as the
    80 % that passes."""
    return None if share is None else share.quantize(Decimal("0.001"), rounding=ROUND_DOWN)


def earliest_effective_day(published_on: date) -> date:
    """The first day on which a version published by people may count."""
    return published_on + timedelta(days=PUBLICATION_DAYS)


def _check(mark: MarkedItem) -> None:
    if mark.points is None:
        if mark.not_applicable == NotApplicable.NOT_ALLOWED:
            raise ValueError(f"{mark.key} always applies")
    elif not 0 <= mark.points <= mark.points_possible:
        raise ValueError(f"{mark.key}: {mark.points} of {mark.points_possible} points")


def _possible(mark: MarkedItem) -> Decimal:
    if mark.kind != ItemKind.SCORED:
        return ZERO
    if mark.points is None and mark.not_applicable != NotApplicable.FULL_MARKS:
        return ZERO
    return Decimal(mark.points_possible) * mark.weight


def _earned(mark: MarkedItem) -> Decimal:
    if mark.kind not in (ItemKind.SCORED, ItemKind.BONUS):
        return ZERO
    if mark.points is None:
        return _possible(mark)  # 0, or full marks
    return Decimal(mark.points) * mark.weight


def _part(mark: MarkedItem, possible: Decimal) -> ItemPart:
    gained = lost = None
    if possible and mark.kind == ItemKind.SCORED and _possible(mark):
        gained = _earned(mark) / possible
        lost = (_possible(mark) - _earned(mark)) / possible
    elif possible and mark.kind == ItemKind.BONUS and mark.points is not None:
        gained, lost = _earned(mark) / possible, ZERO
    return ItemPart(mark.key, mark.kind, gained, lost, is_failed(mark))
