"""Judgements about a page and its translation. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from courses.catalogue.rules.changes import Block
from courses.translations.states import Standing


@dataclass(frozen=True)
class SourceFacts:
    is_live: bool
    live_revision: int | None
    published_at: datetime | None


@dataclass(frozen=True)
class TranslationFacts:
    """`is_known`: it is on record which revision of the source it is in step with, `in_step_with`."""

    is_live: bool
    published_at: datetime | None
    is_known: bool
    in_step_with: int | None


def standing_of(source: SourceFacts, translation: TranslationFacts | None) -> Standing:
    """How a translation stands to what readers of the source have now. Where nothing is on record (a page from before
    this was kept) the later publication decides."""
    if translation is None:
        return Standing.MISSING
    if not translation.is_live:
        return Standing.DRAFT
    if not source.is_live:
        return Standing.IN_STEP
    if translation.is_known:
        is_in_step = translation.in_step_with == source.live_revision
    else:
        is_in_step = not source.published_at or (
            translation.published_at is not None and source.published_at <= translation.published_at
        )
    return Standing.IN_STEP if is_in_step else Standing.BEHIND


def aligned(left: Sequence[Block], right: Sequence[Block]) -> list[tuple[Block | None, Block | None]]:
    """The blocks of source and translation side by side, in the source's order.

    Partners have the same id and kind; of the others those of a kind meet in their order. What only the translation has
    stands after the block that it follows there.
    """
    by_id = {(block.id, block.kind): place for place, block in enumerate(right)}
    partner: dict[int, int] = {}
    for place, block in enumerate(left):
        if (block.id, block.kind) in by_id:
            partner[place] = by_id[block.id, block.kind]
    taken = set(partner.values())
    for place, block in enumerate(left):
        if place not in partner:
            same = (n for n, other in enumerate(right) if n not in taken and other.kind == block.kind)
            if (found := next(same, None)) is not None:
                partner[place] = found
                taken.add(found)
    rows: list[tuple[Block | None, Block | None]] = []
    alone = [n for n in range(len(right)) if n not in taken]
    followed = {n: n - 1 for n in alone}
    rows += [(None, right[n]) for n in _run_after(-1, followed)]
    for place, block in enumerate(left):
        at = partner.get(place)
        rows.append((block, right[at] if at is not None else None))
        if at is not None:
            rows += [(None, right[n]) for n in _run_after(at, followed)]
    return rows


def _run_after(place: int, followed: dict[int, int]) -> list[int]:
    """The places alone that follow one another right after the given one."""
    run = []
    while followed.get(place + 1) == place:
        place += 1
        run.append(place)
    return run
