"""Tables that people export from other systems: CSV in the encodings and delimiters met in the wild, and xlsx.

Everything comes back as text, so that employee numbers keep their leading zeros.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

#: A spreadsheet that unpacks to more than this is an accident or an attack.
UNPACKED_LIMIT = 400 * 1024 * 1024
#: A sheet reaches at most so far, lines times columns, empty cells included: all of them are held in memory. A file of
#: 5 kB with one cell in the last corner would ask for 17 thousand million.
AREA_LIMIT = 20_000_000
#: How many lines a title may take before the header.
TITLE_LINES = 12

_BROKEN = (
    CalamineError, zipfile.BadZipFile, zlib.error, ElementTree.ParseError, IndexError, KeyError, ValueError,
    NotImplementedError, RuntimeError, EOFError,
)  # fmt: skip
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,9})["']""")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class UnreadableTable(Exception):
    """The bytes are no table: `reason` is `empty`, `encoding`, `spreadsheet` or `too_large`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Row:
    """One line below the header. `line` is what an editor or a spreadsheet calls it; `cells` has the header's width.
    `surplus` is what stood beyond it: usually the trace of a delimiter inside a cell without quotation marks."""

    line: int
    cells: tuple[str, ...]
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The header and the rows that aren't empty."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes, *, is_header: Callable[[Sequence[str]], bool] | None = None) -> Table:
    """The first sheet of a spreadsheet, or a CSV: told apart by their content, not by the file's name.

    CSV: UTF-8 with or without BOM, UTF-16 with BOM, else GB18030; comma, semicolon or tab. Cells are stripped, short
    rows filled, rows without any text left out. `is_header` knows the header among the first lines, so that a title may
    stand above it; without it, or where it knows none, the first line with text is the header. Raises UnreadableTable.
    """
    if content.startswith((_ZIP, _OLE)):
        lines: Iterable[tuple[int, list[str]]] = _spreadsheet_lines(content)
    else:
        lines = _csv_lines(_decoded(content))
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        raise UnreadableTable("empty")
    first = 0
    if is_header is not None:
        first = next((place for place, (_, cells) in enumerate(filled[:TITLE_LINES]) if is_header(cells)), 0)
    header = _without_empty_tail(filled[first][1])
    width = len(header)
    rows = [
        Row(number, tuple(cells[:width] + [""] * (width - len(cells))), tuple(cell for cell in cells[width:] if cell))
        for number, cells in filled[first + 1 :]
    ]
    return Table(header, tuple(rows))


def _without_empty_tail(cells: list[str]) -> tuple[str, ...]:
    last = max(place for place, cell in enumerate(cells) if cell)
    return tuple(cells[: last + 1])


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise UnreadableTable("encoding")


def _csv_lines(text: str) -> Iterable[tuple[int, list[str]]]:
    csv.field_size_limit(8 * 1024 * 1024)  # transcripts are long
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    begins_at = 1
    try:
        for cells in reader:
            yield begins_at, [cell.strip() for cell in cells]
            begins_at = reader.line_num + 1  # a quoted cell may span lines
    except csv.Error as error:
        raise UnreadableTable("encoding") from error


def _delimiter(text: str) -> str:
    """Whichever of the three the first line that has any has most of, outside quotation marks."""
    lines = (re.sub(r'"[^"]*"', "", line) for line in text.splitlines() if line.strip())
    first = next((line for line in islice(lines, TITLE_LINES) if any(mark in line for mark in ",;\t")), "")
    return max(",;\t", key=first.count)


def _spreadsheet_lines(content: bytes) -> Iterable[tuple[int, list[str]]]:
    try:
        if content.startswith(_ZIP):
            _refuse_bombs(content)
        widths = _zero_filled_cells(content) if content.startswith(_ZIP) else {}
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        values = sheet.to_python(skip_empty_area=False)
    except UnreadableTable:
        raise
    except _BROKEN as error:
        raise UnreadableTable("spreadsheet") from error
    for place, cells in enumerate(values):
        yield place + 1, [_text(cell).zfill(widths.get((place, column), 0)) for column, cell in enumerate(cells)]


def _text(value: Any) -> str:
    """A cell as people would have typed it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value).strip()


def _refuse_bombs(content: bytes) -> None:
    """Unpack everything once, piece by piece: what a member says of its own size may be a lie. Raises UnreadableTable
    and what a broken archive raises."""
    left = UNPACKED_LIMIT
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            rows = columns = 0
            rest = b""
            with archive.open(member) as source:
                while piece := source.read(1 << 20):
                    left -= len(piece)
                    if left < 0:
                        raise UnreadableTable("too_large")
                    if "worksheets/" in member.filename:
                        for letters, digits in _CELL.findall(rest + piece):
                            rows = max(rows, int(digits))
                            columns = max(columns, _column(letters.decode()) + 1)
                        rest = piece[-32:]
            if rows * columns > AREA_LIMIT:
                raise UnreadableTable("too_large")


def _zero_filled_cells(content: bytes) -> dict[tuple[int, int], int]:
    """{(row, column): digits} of numbers that the first sheet shows with leading zeros by a format such as 00000."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > UNPACKED_LIMIT:
            raise UnreadableTable("too_large")
        names = set(archive.namelist())
        if not {"xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        styles = _zero_filling_styles(archive.read("xl/styles.xml"))
        path = _first_sheet(archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels"))
        if not styles or path not in names:
            return {}
        found = {}
        with archive.open(path) as source:
            for _event, element in ElementTree.iterparse(source):
                if element.tag != f"{_SHEET}c":
                    continue
                digits = styles.get(element.get("s", ""))
                if digits and element.get("t", "n") == "n" and element.find(f"{_SHEET}v") is not None:
                    found[_place(element.get("r", ""))] = digits
                element.clear()
        return found


def _zero_filling_styles(xml: bytes) -> dict[str, int]:
    root = ElementTree.fromstring(xml)
    formats = {
        fmt.get("numFmtId"): len(fmt.get("formatCode", ""))
        for fmt in root.iter(f"{_SHEET}numFmt")
        if re.fullmatch("0{2,}", fmt.get("formatCode", ""))
    }
    cell_formats = root.find(f"{_SHEET}cellXfs")
    return {
        str(number): formats[xf.get("numFmtId")]
        for number, xf in enumerate(cell_formats if cell_formats is not None else [])
        if xf.get("numFmtId") in formats
    }


def _first_sheet(workbook: bytes, relations: bytes) -> str:
    sheet = next(ElementTree.fromstring(workbook).iter(f"{_SHEET}sheet"))
    for relation in ElementTree.fromstring(relations):
        if relation.get("Id") == sheet.get(_REL_ID):
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _place(reference: str) -> tuple[int, int]:
    """(0-based row, 0-based column) of "B7"."""
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()  # type: ignore[union-attr]
    return int(digits) - 1, _column(letters)


def _column(letters: str) -> int:
    """0-based: 0 of "A", 26 of "AA"."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1
