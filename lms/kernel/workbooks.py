"""xlsx workbooks that people download."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def data_workbook(buffer: BytesIO) -> xlsxwriter.Workbook:
    """A workbook to be written into the buffer, in which names, reasons and questions are data, never formulas or links."""
    return xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})


def cell_styles(book: xlsxwriter.Workbook) -> dict[str, Any]:
    """How cells look in every workbook, by name."""
    return {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "percent": book.add_format({"num_format": "0.0%"}),
        "number": book.add_format({"num_format": "0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def write_header(sheet: Any, styles: dict[str, Any], columns: Sequence[tuple[str, int]]) -> None:
    """The first row of a sheet from (label, width in characters) of each column."""
    for place, (label, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, label, styles["head"])
