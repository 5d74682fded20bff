"""What a track asks for, and what of it is open, done and still to be chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class StepRule:
    """What a track asks for at one place; two versions with the same rules in the same order are one."""

    kind: str
    course_key: UUID | None
    lesson_key: UUID | None
    quiz_id: int | None
    scenario_id: int | None
    due_days: int
    group_key: str = ""


@dataclass(frozen=True)
class GroupRule:
    """An elective group: so many of the steps with its letter."""

    key: str
    choose: int


@dataclass(frozen=True)
class ValidityRules:
    """How long a certificate holds, how it is renewed, and by which days its due days count. The names are those of the
    columns."""

    validity_months: int | None
    validity_mode: str
    calendar_month: int | None
    calendar_day: int | None
    renewal_days: int | None
    refresher_key: UUID | None
    counts_rostered_days: bool


@dataclass(frozen=True)
class TrackRules:
    """Everything a certificate depends on. Titles are words, not rules."""

    validity: ValidityRules
    steps: tuple[StepRule, ...]
    is_ordered: bool = False
    groups: tuple[GroupRule, ...] = ()
    #: The keys of the tracks that come before, sorted.
    prerequisites: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How one person stands in one step. `group`: the letter of its elective group, empty for a required step."""

    is_done: bool
    is_begun: bool = False
    group: str = ""


@dataclass(frozen=True)
class Block:
    """What stands at one place of a track: one required step, or an elective group with all its steps. `places` are
    those of its steps on the track, from 0."""

    places: tuple[int, ...]
    needed: int
    group: str = ""


def blocks_of(groups: Sequence[str], choose: Mapping[str, int]) -> list[Block]:
    """The blocks of a track in their order, given the group of each step: a group stands where its first step stands.

    Never more is needed of a group than it has steps.
    """
    places: dict[str | int, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group or place, []).append(place)
    return [
        Block(tuple(of_block), min(choose.get(key, 1), len(of_block)), key)
        if isinstance(key, str)
        else Block(tuple(of_block), 1)
        for key, of_block in places.items()
    ]


@dataclass(frozen=True)
class BlockStanding:
    """How one person stands in a block. `chosen`: begun and not done, never counted beyond what is needed."""

    block: Block
    done: int
    chosen: int
    #: It can be begun as far as the order goes; `after` is the block that has to be met first where it can't.
    is_open: bool
    after: Block | None = None

    @property
    def is_met(self) -> bool:
        return self.done == self.block.needed

    @property
    def to_choose(self) -> int:
        """How many of a group are still to be chosen."""
        return self.block.needed - self.done - self.chosen


def stand(steps: Sequence[Standing], choose: Mapping[str, int], *, is_ordered: bool) -> list[BlockStanding]:
    """How somebody stands in each block of a track. In fixed order a block opens when all before it are met; it says
    after which it comes: the last one before it that isn't met. Done ahead of its time is done."""
    found: list[BlockStanding] = []
    for block in blocks_of([step.group for step in steps], choose):
        of_block = [steps[place] for place in block.places]
        done = min(block.needed, sum(step.is_done for step in of_block))
        begun = sum(step.is_begun and not step.is_done for step in of_block)
        after = next((before.block for before in reversed(found) if not before.is_met), None) if is_ordered else None
        found.append(
            BlockStanding(block, done=done, chosen=min(begun, block.needed - done), is_open=after is None, after=after)
        )
    return found


@dataclass(frozen=True)
class Completed:
    """One enrolment in a track that comes before another. `expires_on`: the first day on which its certificate no longer
    holds; None where it has none or doesn't expire."""

    is_completed: bool
    is_revoked: bool = False
    expires_on: date | None = None


def is_held(taken: Iterable[Completed], *, today: date) -> bool:
    """Whether a track counts as completed for what comes after it: once completed, and its certificate – where there is
    one – valid."""
    return any(
        row.is_completed and not row.is_revoked and (row.expires_on is None or today < row.expires_on) for row in taken
    )
