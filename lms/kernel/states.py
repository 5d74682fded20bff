"""One way to change a state: a compare-and-set UPDATE along a table of allowed moves."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model


class IllegalMove(Exception):
    """The table of moves doesn't lead from this state to that one."""


class StaleState(Exception):
    """Somebody else moved the row first; nothing was written."""


def move[M: Model](row: M, moves: Mapping[str, frozenset[str]], to: str, **fields: Any) -> M:
    """Set `row.state` to `to` and the given fields, in one UPDATE that only matches the state we read.

    Raises IllegalMove when the table doesn't allow it and StaleState when the row has moved meanwhile.
    """
    if to not in moves[row.state]:
        raise IllegalMove(f"{type(row).__name__} {row.pk}: {row.state} → {to}")
    updated = type(row)._default_manager.filter(pk=row.pk, state=row.state).update(state=to, **fields)
    if not updated:
        raise StaleState(f"{type(row).__name__} {row.pk} is no longer {row.state}")
    row.state = to
    for name, value in fields.items():
        setattr(row, name, value)
    return row
