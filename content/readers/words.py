"""What packs write texts and figures with."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any


@dataclass(frozen=True)
class Text:
    """One text in both languages."""

    zh: str
    en: str


def text(value: Any) -> Text:
    """A mapping `{zh-hans: …, en: …}` as Text; a bare word or number is the same in both; nothing is empty in both."""
    if value is None:
        return Text("", "")
    if not isinstance(value, dict):
        return Text(str(value).strip(), str(value).strip())
    return Text(zh=_words(value.get("zh-hans")), en=_words(value.get("en")))


def _words(value: Any) -> str:
    return "" if value is None else str(value).strip()


def pair(name: str, value: Text) -> dict[str, str]:
    """The text under the two field names of the database."""
    return {f"{name}_zh": value.zh, f"{name}_en": value.en}


def number(value: Any) -> Decimal:
    """A decimal. Raises ValueError for anything else."""
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not found.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return found


def share(value: Any) -> Decimal:
    """A share above 0, up to 1. Raises ValueError otherwise."""
    found = number(value)
    if not 0 < found <= 1:
        raise ValueError(f"{value!r} is not a share between 0 and 1")
    return found


def whole(value: Any, *, at_least: int = 0) -> int:
    """A whole number. Raises ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
        raise ValueError(f"{value!r} is not a whole number from {at_least} up")
    return value


def yes(value: Any) -> bool:
    """true or false. Raises ValueError otherwise: the word "false" in quotes would count as true."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def one_of(value: Any, choices: Iterable[str]) -> str:
    """One of these words. Raises ValueError otherwise."""
    known = [str(choice) for choice in choices]
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return str(value)


def rows(value: Any) -> list[dict[str, Any]]:
    """A list of mappings; nothing is an empty list. Raises ValueError otherwise."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("a list of mappings is expected")
    return value
