"""Judgements about a mystery call: what its points give, what is still missing, when one may be placed.

No database, no clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from random import Random
from types import MappingProxyType

from assessments.calls.rules import clock_of
from assessments.evaluations.rules import MissingPiece, Seen
from assessments.roleplay.states import PointOutcome
from assessments.scorecards.rules import CardScore, MarkedItem, score_card
from assessments.scorecards.states import ItemKind, NotApplicable

ZERO = Decimal(0)
ONE = Decimal(1)

#: What an outcome counts. "Not reached" isn't here: it leaves the sum on both sides.
SHARES = MappingProxyType(
    {PointOutcome.MET: ONE, PointOutcome.PARTLY: Decimal("0.5"), PointOutcome.NOT_MET: ZERO},
)
#: Items that are in order or not; there is nothing in between.
YES_OR_NO = frozenset({ItemKind.FATAL, ItemKind.WARNING})
#: Items that say something about a skill, as in `evaluations.rules.observations`.
COUNTED = frozenset({ItemKind.SCORED, ItemKind.FATAL})
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class MarkedPoint:
    """One point of the script with its outcome; empty while it isn't judged."""

    key: str
    item_key: str
    outcome: str
    weight: Decimal = ONE
    is_fatal: bool = False


@dataclass(frozen=True)
class CardItem:
    """One item of the scorecard as the rules need it."""

    key: str
    kind: str
    points_possible: int = 4
    weight: Decimal = ONE
    not_applicable: str = NotApplicable.DROPPED


@dataclass(frozen=True)
class StillMissing:
    """What the caller has to say before the debrief: keys of points not judged, and pieces of other items."""

    points: tuple[str, ...]
    items: tuple[MissingPiece, ...]

    def __bool__(self) -> bool:
        return bool(self.points or self.items)


class Obstacle(Enum):
    """Why no mystery call can be planned under an assignment."""

    CLOSED = "closed"
    NO_SCRIPT = "no_script"
    ALREADY_PLANNED = "already_planned"
    ALREADY_PASSED = "already_passed"
    NONE_LEFT = "none_left"
    EXPOSED = "exposed"


@dataclass(frozen=True)
class Candidate:
    """A scenario with a published script, as a draw needs it."""

    scenario_id: int
    direction: str
    line_of_business: str
    skills: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Wish:
    """What the scenario has to be; empty: anything."""

    direction: str = ""
    line_of_business: str = ""
    skill: int | None = None


@dataclass(frozen=True)
class Play:
    """Somebody had the scenario at the instant, or is booked to have it then."""

    scenario_id: int
    person_id: int
    name: str
    at: datetime


@dataclass(frozen=True)
class Tally:
    """How often a scenario was played or booked lately in the whole company, and when it was begun last."""

    plays: int = 0
    last_at: datetime | None = None


class Clash(Enum):
    """Which rule of exposure a scenario would break."""

    OWN = "own"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True)
class Exposure:
    """A scenario seen from one person: what it would break (`by`: because of which play), when the team had it last."""

    scenario_id: int
    tally: Tally
    clash: Clash | None = None
    by: Play | None = None
    in_team: Play | None = None


def needs_reason(outcome: str, observed: str) -> bool:
    """A point that wasn't reached leaves the sum, so it must be said why."""
    return outcome == PointOutcome.NOT_REACHED and not observed.strip()


def item_points(item: CardItem, points: Iterable[MarkedPoint]) -> Decimal | None:
    """What the points that feed the item give it; None when none of them was reached.

    The weighted mean of their shares times the possible points, in hundredths of a point (half up), which is how marks
    are kept. An item that is in order or not is failed when a fatal point was not met, or none was even partly.
    """
    reached = [(point, SHARES[PointOutcome(point.outcome)]) for point in points if point.outcome in SHARES]
    if not reached:
        return None
    total = sum((point.weight for point, _share in reached), ZERO)
    mean = sum((share * point.weight for point, share in reached), ZERO) / total
    if item.kind in YES_OR_NO:
        missed = any(point.is_fatal and share == ZERO for point, share in reached)
        return ZERO if missed or mean == ZERO else ONE
    return (mean * item.points_possible).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def card_marks(
    items: Sequence[CardItem], points: Sequence[MarkedPoint], direct: Mapping[str, Decimal | None]
) -> list[MarkedItem]:
    """The scorecard as the call filled it in, in the order of its items: items that points feed from those points,
    the others from `direct` (None: doesn't apply). What nobody judged or reached is not on the card."""
    fed = {point.item_key for point in points}
    marks = []
    for item in items:
        if item.key in fed:
            given = item_points(item, [point for point in points if point.item_key == item.key])
            if given is not None:
                marks.append(_mark(item, given))
        elif item.key in direct:
            marks.append(_mark(item, direct[item.key]))
    return marks


def composite(
    items: Sequence[CardItem],
    points: Sequence[MarkedPoint],
    direct: Mapping[str, Decimal | None],
    *,
    pass_share: Decimal,
) -> CardScore:
    """The composite score of the call: its scorecard, nothing added."""
    return score_card(card_marks(items, points, direct), pass_share=pass_share)


def point_observations(items: Sequence[CardItem], points: Sequence[MarkedPoint]) -> list[Seen]:
    """What the points say about skills; `key` is the point's. Points that weren't reached weren't observed.

    The points of an item share its weight, so that an item counts the same however many points feed it.
    """
    seen = []
    for item in items:
        if item.kind not in COUNTED:
            continue
        reached = [point for point in points if point.item_key == item.key and point.outcome in SHARES]
        total = sum((point.weight for point in reached), ZERO)
        for point in reached:
            weight = max(HUNDREDTH, (item.weight * point.weight / total).quantize(HUNDREDTH, rounding=ROUND_HALF_UP))
            seen.append(Seen(point.key, SHARES[PointOutcome(point.outcome)], weight))
    return seen


def fed_items(points: Iterable[MarkedPoint]) -> frozenset[str]:
    """Keys of the items that points feed."""
    return frozenset(point.item_key for point in points)


def suits(candidate: Candidate, wish: Wish) -> bool:
    """The scenario has the direction, the line of business and the skill that were asked for."""
    return (
        wish.direction in ("", candidate.direction)
        and wish.line_of_business in ("", candidate.line_of_business)
        and (wish.skill is None or wish.skill in candidate.skills)
    )


def exposure_of(
    scenario_id: int, tally: Tally, plays: Iterable[Play], *, person_id: int, at: datetime, rest: timedelta
) -> Exposure:
    """Nobody has a scenario twice, and nobody within `rest` of somebody of the own team. `plays` are those of the
    person and the team. A booking yet to come counts like a play."""
    of_it = sorted((play for play in plays if play.scenario_id == scenario_id), key=lambda play: play.at)
    own = [play for play in of_it if play.person_id == person_id]
    team = [play for play in of_it if play.person_id != person_id]
    in_team = team[-1] if team else None
    if own:
        return Exposure(scenario_id, tally, Clash.OWN, own[-1], in_team)
    if in_team and in_team.at > at - rest:
        return Exposure(scenario_id, tally, Clash.NEIGHBOUR, in_team, in_team)
    return Exposure(scenario_id, tally, in_team=in_team)


def draw(exposures: Iterable[Exposure], *, seed: int) -> Exposure | None:
    """The least played of those that break no rule; the seed decides between equals, the same each time."""
    free = [exposure for exposure in exposures if exposure.clash is None]
    least = min((exposure.tally.plays for exposure in free), default=0)
    equals = sorted(
        (exposure for exposure in free if exposure.tally.plays == least), key=lambda exposure: exposure.scenario_id
    )
    return Random(seed).choice(equals) if equals else None


def obstacle(
    *, is_open: bool, has_script: bool, has_open_call: bool, is_passed: bool, taken: int, allowed: int | None
) -> Obstacle | None:
    """What stands against planning a call under an assignment. `taken` counts neither forfeits nor cancelled calls;
    `allowed` None means as many as it takes."""
    if not is_open:
        return Obstacle.CLOSED
    if has_open_call:
        return Obstacle.ALREADY_PLANNED
    if is_passed:
        return Obstacle.ALREADY_PASSED
    if allowed is not None and taken >= allowed:
        return Obstacle.NONE_LEFT
    if not has_script:
        return Obstacle.NO_SCRIPT
    return None


def _mark(item: CardItem, points: Decimal | None) -> MarkedItem:
    return MarkedItem(
        key=item.key,
        kind=item.kind,
        points=points,
        points_possible=item.points_possible,
        weight=item.weight,
        not_applicable=item.not_applicable,
    )


def clock_shown(seconds: int | None) -> str:
    """0:20 on the call's clock; empty when nothing was timed."""
    return "" if seconds is None else clock_of(seconds)
