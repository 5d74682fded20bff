"""Judgements about pages in two languages and about self-checks. No database, no clock."""

from collections.abc import Collection, Iterable, Sequence


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
