"""Which skills need coaching after an evaluation. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.scorecards.states import ItemKind
from coaching.effects.rules import LEAST_OBSERVATIONS, NOTHING, Figure
from coaching.tickets.states import Ground

#: What an agent's skill is expected to reach.
TARGET_SHARE = Decimal("0.80")
#: At or below this share one item is a clear miss.
GROSS_SHARE = Decimal("0.25")


@dataclass(frozen=True)
class SeenItem:
    """One marked item. `share` None: it didn't apply."""

    skill_id: int
    kind: str
    share: Decimal | None
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Weakness:
    """A skill that needs coaching, why, and the item that showed it."""

    skill_id: int
    ground: Ground
    item: SeenItem


def weaknesses(items: Sequence[SeenItem], history: Mapping[int, Figure]) -> list[Weakness]:
    """What the items just marked, and the history of their skills (which contains them), give reason to coach.

    A fatal item that was failed always does. Otherwise the skill must lie below the target beyond chance, or an item
    must be a clear miss – which is one observation, not a pattern. Warning and bonus items never do.
    """
    by_skill: dict[int, list[SeenItem]] = {}
    for item in items:
        if item.kind in (ItemKind.SCORED, ItemKind.FATAL) and item.share is not None:
            by_skill.setdefault(item.skill_id, []).append(item)
    found = []
    for skill_id, seen in by_skill.items():
        # The failed fatal item speaks for its skill, otherwise the weakest one.
        worst = min(seen, key=lambda item: (not _is_fatal_failure(item), item.share))
        ground = _ground(worst, history.get(skill_id, NOTHING))
        if ground is not None:
            found.append(Weakness(skill_id, ground, worst))
    return found


def is_below_target(figure: Figure) -> bool:
    """The whole 95 % interval of at least LEAST_OBSERVATIONS lies below the target."""
    return figure.n >= LEAST_OBSERVATIONS and figure.high is not None and figure.high < TARGET_SHARE


def _ground(worst: SeenItem, figure: Figure) -> Ground | None:
    if _is_fatal_failure(worst):
        return Ground.FATAL
    if is_below_target(figure):
        return Ground.PROVEN
    if worst.share is not None and worst.share <= GROSS_SHARE:
        return Ground.GROSS
    return None


def _is_fatal_failure(item: SeenItem) -> bool:
    return item.kind == ItemKind.FATAL and item.share == 0
