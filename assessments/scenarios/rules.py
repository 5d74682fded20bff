"""When a script is ready to be played. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from assessments.scorecards.states import ItemKind


@dataclass(frozen=True)
class ScriptPoint:
    """What matters of a point: the item it feeds, and whether missing it fails the call."""

    key: str
    item_key: str
    is_fatal: bool = False


class Gap(Enum):
    """Why a script can't be played yet."""

    NO_SCORECARD = "no_scorecard"
    NO_POINTS = "no_points"
    UNKNOWN_ITEM = "unknown_item"
    NOT_A_FATAL_ITEM = "not_a_fatal_item"


@dataclass(frozen=True)
class Finding:
    """One gap, with the point and the item it is about (empty for the script as a whole)."""

    gap: Gap
    point_key: str = ""
    item_key: str = ""


def gaps(points: Sequence[ScriptPoint], item_kinds: Mapping[str, str] | None) -> list[Finding]:
    """What keeps these points from being marked on a scorecard whose items have these kinds (key → kind); None: no
    version of the scorecard is in effect.

    A fatal point needs a fatal item: what fails a call stands on the scorecard, which everybody has been shown.
    """
    if item_kinds is None:
        return [Finding(Gap.NO_SCORECARD)]
    if not points:
        return [Finding(Gap.NO_POINTS)]
    found = []
    for point in points:
        kind = item_kinds.get(point.item_key)
        if kind is None:
            found.append(Finding(Gap.UNKNOWN_ITEM, point.key, point.item_key))
        elif point.is_fatal and kind != ItemKind.FATAL:
            found.append(Finding(Gap.NOT_A_FATAL_ITEM, point.key, point.item_key))
    return found
