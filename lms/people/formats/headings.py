"""Which column is which: headings in Chinese and in English, with or without stars, units and line breaks."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lms.kernel.tables import Row, Table, UnreadableTable, read_table


class FileFault(StrEnum):
    """Why a file as a whole can't be read."""

    EMPTY = "empty"
    ENCODING = "encoding"
    SPREADSHEET = "spreadsheet"
    TOO_LARGE = "too_large"
    NO_HEADINGS = "no_headings"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    NAME_IN_TWO = "name_in_two"
    NO_LINES = "no_lines"
    TOO_MANY_LINES = "too_many_lines"


FAULTS = {
    FileFault.EMPTY: _("The file is empty."),
    FileFault.ENCODING: _("The file is no table of text. Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."),
    FileFault.SPREADSHEET: _("The workbook can’t be opened: it is damaged or protected by a password. Save it again as .xlsx without a password."),
    FileFault.TOO_LARGE: _("The file is too large."),
    FileFault.NO_HEADINGS: _("No line with column headings was found. The file needs at least these columns: %(value)s."),
    FileFault.COLUMN_MISSING: _("These columns are missing: %(value)s."),
    FileFault.COLUMN_TWICE: _("Two columns mean the same: %(value)s. Leave one of them out."),
    FileFault.NAME_IN_TWO: _("Names come in one column, “full name” (姓名), not split into first and last name."),
    FileFault.NO_LINES: _("There is a heading, but no line below it."),
    FileFault.TOO_MANY_LINES: _("The file has more than %(value)s lines. Split it."),
}  # fmt: skip


class UnreadableFile(Exception):
    """The file as a whole can't be taken; `str()` says why in the reader's language. Nothing was kept of it."""

    def __init__(self, fault: FileFault, value: Any = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.value = value

    def __str__(self) -> str:
        return str(FAULTS[self.fault]) % {"value": str(self.value)}


@dataclass(frozen=True)
class Column:
    """A column that a format knows: its key, its name on the screen, the headings by which it is known (the Chinese one
    first), and what belongs into it."""

    key: str
    label: Any
    headings: tuple[str, ...]
    is_needed: bool = False
    hint: Any = ""

    @property
    def heading(self) -> str:
        """The heading under which operators are told to write it."""
        return self.headings[0]


@dataclass(frozen=True)
class Sheet:
    """The lines of a file with its columns recognised. `unknown` are headings that mean nothing to us."""

    columns: tuple[str | None, ...]
    rows: tuple[Row, ...]
    unknown: tuple[str, ...]


_SPLIT_NAMES = frozenset(
    {"first name", "last name", "given name", "family name", "surname", "姓", "名", "姓氏", "名字"}
)


def plain_heading(heading: str) -> str:
    """`*入职日期（yyyy-mm-dd）` and `Hire_Date` as they are looked up: 入职日期, hire date."""
    text = unicodedata.normalize("NFKC", heading).lower()
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", " ", text)
    return " ".join(re.sub(r"[_*:#.\-/]", " ", text).split())


def read_sheet(content: bytes, columns: Sequence[Column], *, line_limit: int) -> Sheet:
    """The lines below the headings. Raises UnreadableFile."""
    known = _lookup(columns)
    try:
        table = read_table(content, is_header=lambda cells: _recognised(cells, known) >= 2)
    except UnreadableTable as error:
        raise UnreadableFile(FileFault(error.reason)) from error
    found = [known.get(plain_heading(heading)) for heading in table.header]
    needed = [column for column in columns if column.is_needed]
    if not any(found):
        raise UnreadableFile(FileFault.NO_HEADINGS, _labels(needed))
    if "full_name" not in found and len(_SPLIT_NAMES & {plain_heading(heading) for heading in table.header}) > 1:
        raise UnreadableFile(FileFault.NAME_IN_TWO)
    missing = [column for column in needed if column.key not in found]
    if missing:
        raise UnreadableFile(FileFault.COLUMN_MISSING, _labels(missing))
    twice = [column for column in columns if found.count(column.key) > 1]
    if twice:
        raise UnreadableFile(FileFault.COLUMN_TWICE, _labels(twice))
    if not table.rows:
        raise UnreadableFile(FileFault.NO_LINES)
    if len(table.rows) > line_limit:
        raise UnreadableFile(FileFault.TOO_MANY_LINES, line_limit)
    return Sheet(tuple(found), table.rows, tuple(_unknown(table, found)))


def _unknown(table: Table, found: Sequence[str | None]) -> Iterator[str]:
    """Headings that mean nothing to us; a column that has cells but no heading goes by its place, `#4`."""
    for place, (heading, key) in enumerate(zip(table.header, found, strict=True)):
        if key is None and heading:
            yield heading
        elif key is None and any(row.cells[place] for row in table.rows):
            yield f"#{place + 1}"


def _recognised(cells: Sequence[str], known: Mapping[str, str]) -> int:
    return len({known[plain_heading(cell)] for cell in cells if plain_heading(cell) in known})


def _lookup(columns: Sequence[Column]) -> dict[str, str]:
    return {plain_heading(heading): column.key for column in columns for heading in (column.key, *column.headings)}


def _labels(columns: Sequence[Column]) -> Any:
    """The columns' names with the first heading in the other language: employee number (工号)."""
    return format_lazy(", ".join(["{}"] * len(columns)), *(_both(column) for column in columns))


def _both(column: Column) -> Any:
    return format_lazy("{} ({})", column.label, column.headings[0])
