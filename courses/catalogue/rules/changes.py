"""What changed in a body, block by block. No database, no clock."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courses.catalogue.states import BlockMark

#: The rich text editor gives every paragraph a key of its own.
_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')


@dataclass(frozen=True)
class Block:
    """One block of a lesson's body: its id, its kind, and its content as it is stored."""

    id: str
    kind: str
    content: Any


@dataclass(frozen=True)
class Changes:
    """What is different between two bodies: marks by id of the blocks as they are now, and what is gone."""

    marks: Mapping[str, BlockMark]
    removed: tuple[Block, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.marks and not self.removed


def changes_between(before: Sequence[Block], now: Sequence[Block]) -> Changes:
    """Compare two bodies block by block.

    A block is the same one when its id and kind are; of those without a partner, when its content is (an editor or an
    import may give new ids). Ids inside a block (rows of lists) are no content. *Moved* are the fewest blocks that
    have to be moved to get the new order, and only where nothing else about them changed.
    """
    partner = _partners(before, now)
    stays = _longest_rise([partner[place] for place in sorted(partner)])
    marks = {}
    for place, block in enumerate(now):
        if place not in partner:
            marks[block.id] = BlockMark.NEW
        elif bare(before[partner[place]].content) != bare(block.content):
            marks[block.id] = BlockMark.CHANGED
        elif partner[place] not in stays:
            marks[block.id] = BlockMark.MOVED
    kept = set(partner.values())
    return Changes(marks, tuple(block for place, block in enumerate(before) if place not in kept))


def _partners(before: Sequence[Block], now: Sequence[Block]) -> dict[int, int]:
    """{place now: place before}."""
    by_id = {(block.id, block.kind): place for place, block in enumerate(before) if block.id}
    partner = {place: by_id[block.id, block.kind] for place, block in enumerate(now) if (block.id, block.kind) in by_id}
    free = [place for place in range(len(before)) if place not in set(partner.values())]
    for place, block in enumerate(now):
        if place in partner:
            continue
        same = (
            old for old in free if before[old].kind == block.kind and bare(before[old].content) == bare(block.content)
        )
        if (old := next(same, None)) is not None:
            partner[place] = old
            free.remove(old)
    return partner


def bare(content: Any) -> Any:
    """Content without what an editor writes by itself: the frames and ids of list rows, keys of paragraphs, line ends of a browser's
    form. NULL and empty text are the same nothing."""
    if isinstance(content, Mapping):
        if content.get("type") == "item" and "value" in content:
            return bare(content["value"])
        parts = {name: bare(part) for name, part in content.items() if name != "id"}
        return {name: part for name, part in parts.items() if part not in (None, "")}
    if isinstance(content, list | tuple):
        return [bare(part) for part in content]
    if isinstance(content, str):
        return _BLOCK_KEY.sub("", content).replace("\r\n", "\n").strip()
    return content


def _longest_rise(places: Sequence[int]) -> frozenset[int]:
    """A longest rising subsequence of different numbers."""
    ends: list[int] = []  # the smallest end of a rise of each length
    at: list[int] = []  # the place of that end
    before: dict[int, int] = {}
    for place, value in enumerate(places):
        length = bisect_left(ends, value)
        ends[length : length + 1] = [value]
        at[length : length + 1] = [place]
        before[place] = at[length - 1] if length else -1
    rise, place = set(), at[-1] if at else -1
    while place >= 0:
        rise.add(places[place])
        place = before[place]
    return frozenset(rise)
