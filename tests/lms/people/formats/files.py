"""Files as they come from human resources, made in memory."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter


def csv_bytes(
    lines: Sequence[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    return end.join(delimiter.join(cells) for cells in lines).encode(encoding)


def xlsx_bytes(lines: Sequence[Sequence[Any]], *, formats: dict[tuple[int, int], str] | None = None) -> bytes:
    """A workbook with one sheet; `formats` gives single cells (0-based) a number format."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory)
    sheet = book.add_worksheet("员工")
    for row, cells in enumerate(lines):
        for column, value in enumerate(cells):
            shape = (formats or {}).get((row, column))
            sheet.write(row, column, value, book.add_format({"num_format": shape}) if shape else None)
    book.close()
    return memory.getvalue()
