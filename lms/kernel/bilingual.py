"""Texts kept in both languages in one row, shown in the reader's, falling back to the other one."""

from typing import Any

from django.utils.translation import get_language

LANGUAGE_CODES = ("zh-hans", "en")


def suffix(language: str | None = None) -> str:
    """The field suffix (`zh` or `en`) of a language code; the active language when none is given."""
    return "en" if (language or get_language() or "zh-hans").startswith("en") else "zh"


def in_language(row: Any, field: str, language: str | None = None) -> str:
    """The text of `row.<field>_zh` / `row.<field>_en` in the asked language, or in the other where it is empty."""
    first = suffix(language)
    second = "zh" if first == "en" else "en"
    return getattr(row, f"{field}_{first}") or getattr(row, f"{field}_{second}")


class Bilingual:
    """A read-only attribute over a pair of fields: `title = Bilingual()` reads `title_zh` or `title_en`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        return self if row is None else in_language(row, self.name)
