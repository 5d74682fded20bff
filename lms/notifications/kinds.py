"""The words of each kind of news. Upper rooms register theirs in AppConfig.ready()."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """`title` and `body` are lazy translations with %(name)s places, filled from the notification's params."""

    key: str
    title: Any
    body: Any = ""


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.key] = kind


def words(key: str, params: dict[str, Any]) -> tuple[str, str]:
    """(title, body) in the active language. A kind that is no longer known is shown by its key."""
    kind = _kinds.get(key)
    if kind is None:
        return key, ""
    return str(kind.title) % params, (str(kind.body) % params if kind.body else "")
