"""Judgements about pages in two languages, about what changed in a body, and about self-checks. No database, no clock."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courses.catalogue.states import BlockMark

#: The rich text editor gives every paragraph a key of its own.
_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')


def shown_language(available: Collection[str], wanted: str) -> str:
    """The language a page is shown in: the wanted one, else the first of the others. `available` isn't empty."""
    return wanted if wanted in available else min(available)


def in_master_order[K](master: Sequence[K], *others: Iterable[K]) -> list[K]:
    """The source's order first, then what only other languages have, each once."""
    return list(dict.fromkeys([*master, *(key for keys in others for key in keys)]))


def is_right(chosen: Collection[int], right: Collection[int]) -> bool:
    """A self-check is right when exactly the right options were chosen."""
    return bool(chosen) and set(chosen) == set(right)


def next_material_version(live: int, *, is_material: bool) -> int:
    """A draft's material version: one above what readers have now when the change is material, however often the
    draft is saved."""
    return live + 1 if is_material else live


# --- what changed ----------------------------------------------------------------------------------------


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
