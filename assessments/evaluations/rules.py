"""Judgements about a filled-in scorecard. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from assessments.scorecards.rules import MarkedItem, is_failed, share_of
from assessments.scorecards.states import YES_OR_NO, ItemKind

#: How a form says "doesn't apply".
NOT_APPLICABLE = "na"
#: Up to here each number of points is a button with a key of its own; above it, it is typed.
MOST_BUTTONS = 9

#: Whoever leaves a warning or bonus item alone says "in order" and "none".
MUST_BE_MARKED = frozenset({ItemKind.SCORED, ItemKind.FATAL})


class Gap(Enum):
    """What is still missing on an item."""

    NOT_MARKED = "not_marked"
    NO_COMMENT = "no_comment"


@dataclass(frozen=True)
class ItemToCheck:
    """`mark` None: nobody has judged the item yet."""

    key: str
    kind: str
    mark: MarkedItem | None
    comment: str


@dataclass(frozen=True)
class MissingPiece:
    key: str
    gap: Gap


@dataclass(frozen=True)
class Seen:
    """One observation of an item: a share 0–1."""

    key: str
    share: Decimal
    weight: Decimal


def missing_before_release(items: Sequence[ItemToCheck]) -> list[MissingPiece]:
    """Scored and fatal items must be marked, and nobody is failed on an item without a word of why."""
    missing = []
    for item in items:
        if item.mark is None:
            if item.kind in MUST_BE_MARKED:
                missing.append(MissingPiece(item.key, Gap.NOT_MARKED))
        elif is_failed(item.mark) and not item.comment.strip():
            missing.append(MissingPiece(item.key, Gap.NO_COMMENT))
    return missing


def observations(marks: Sequence[MarkedItem]) -> list[Seen]:
    """What the marks say about skills. Items that didn't apply weren't observed; warnings and bonuses don't count: a
    warning takes nothing away, and a bonus that could only ever speak for somebody would bend the estimate."""
    return [
        Seen(mark.key, share, mark.weight)
        for mark in marks
        if mark.kind in (ItemKind.SCORED, ItemKind.FATAL) and (share := share_of(mark)) is not None
    ]


def outcome_values(kind: str, points_possible: int) -> list[int]:
    """The outcomes that can be chosen by a button, the best first for yes-or-no items; empty where they are typed."""
    if kind in YES_OR_NO:
        return [1, 0]
    return list(range(points_possible + 1)) if points_possible <= MOST_BUTTONS else []
