"""The words of each kind of news. Upper rooms register theirs in AppConfig.ready()."""

from dataclasses import dataclass
from typing import Any

from lms.kernel.bilingual import suffix


@dataclass(frozen=True)
class Kind:
    """`title` and `body` are lazy translations with %(name)s places, filled from the notification's params. A pair of
    params `lesson_zh`, `lesson_en` fills %(lesson)s in the reader's language. `mail` stands in a mail in place of the
    body, where that has more to say (links)."""

    key: str
    title: Any
    body: Any = ""
    mail: Any = ""


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.key] = kind


def words(key: str, params: dict[str, Any], *, in_mail: bool = False) -> tuple[str, str]:
    """(title, body) in the active language. A kind that is no longer known is shown by its key."""
    kind = _kinds.get(key)
    if kind is None:
        return key, ""
    filling = _Filling(params)
    body = kind.mail if in_mail and kind.mail else kind.body
    return str(kind.title) % filling, (str(body) % filling if body else "")


class _Filling(dict):
    """A place without its param shows a dash: one old row must not break the whole list."""

    def __missing__(self, name: str) -> str:
        pair = [self.get(f"{name}_{suffix()}"), self.get(f"{name}_zh"), self.get(f"{name}_en")]
        return next((text for text in pair if text), "–")
