"""What a cell means. Cells arrive as text (`lms.kernel.tables`); each reader returns a value or a problem."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from lms.people.rules.imports import Problem

#: What people write into a cell that is to be emptied.
CLEARING = frozenset({"-", "--", "—", "——", "–", "/", "无", "none", "n/a"})
#: Excel counts days from here (with its 1900 that never was a leap year).
_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119: anything else is no serial number of a working life


def cell_text(cell: str) -> str:
    """The text of a cell: composed, single spaces, without the tricks that keep zeros (`="00123"`, `'00123`)."""
    text = unicodedata.normalize("NFC", cell).replace("\ufeff", "").replace("\u200b", "")
    if trick := re.fullmatch(r'="([^"]*)"', text.strip()):
        text = trick.group(1)
    return " ".join(text.split())


def employee_number(cell: str) -> str | Problem:
    """A number as text: leading zeros and letters stay, full-width digits become plain ones."""
    text = unicodedata.normalize("NFKC", cell_text(cell)).lstrip("'’")
    if not text:
        return Problem.of("employee_no", "number_missing")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+\d+", text):
        return Problem.of("employee_no", "number_shortened", value=text)
    if len(text) > 40:
        return Problem.of("employee_no", "too_long", value=text, limit=40)
    if not re.fullmatch(r"[\w.-]+", text) or not any(char.isalnum() for char in text):
        return Problem.of("employee_no", "number_with_signs", value=text)
    return text


def number_text(column: str, cell: str, *, limit: int) -> str | Problem | None:
    """A seat number: text like an employee number, may be emptied."""
    text = unicodedata.normalize("NFKC", cell_text(cell)).lstrip("'’")
    return words(column, text, limit=limit)


def words(column: str, cell: str, *, limit: int) -> str | Problem | None:
    """Free words; None where the cell is empty, "" where it says so with a hyphen."""
    text = cell_text(cell)
    if not text:
        return None
    if text.lower() in CLEARING:
        return ""
    return Problem.of(column, "too_long", value=f"{text[:20]}…", limit=limit) if len(text) > limit else text


def needed_words(column: str, cell: str, *, limit: int) -> str | Problem | None:
    """Free words that can't be emptied: a hyphen says nothing."""
    return words(column, cell, limit=limit) or None


def one_of(column: str, cell: str, meanings: Mapping[str, str], *, code: str) -> str | Problem | None:
    """The word of ours that a cell means."""
    text = cell_text(cell)
    if not text or text.lower() in CLEARING:
        return None
    meaning = meanings.get(unicodedata.normalize("NFKC", text).lower())
    return meaning or Problem.of(column, code, value=text)


def address(column: str, cell: str) -> str | Problem | None:
    text = words(column, cell, limit=254)
    if isinstance(text, str) and text:
        try:
            validate_email(text)
        except ValidationError:
            return Problem.of(column, "email_unreadable", value=text)
    return text


_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)


def day(column: str, cell: str) -> date | Problem | None:
    """2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日, 20260302, or the number of a spreadsheet's day."""
    text = unicodedata.normalize("NFKC", cell_text(cell))
    if not text or text.lower() in CLEARING:
        return None
    found = _DAY.fullmatch(text)
    if found is None and re.fullmatch(r"(19|20)\d{6}", text):
        found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if found is None and re.fullmatch(r"\d{5}", text) and int(text) in _EXCEL_DAYS:
        return _EXCEL_ZERO + timedelta(days=int(text))
    try:
        return (
            date(*(int(part) for part in found.groups())) if found else Problem.of(column, "day_unreadable", value=text)
        )
    except ValueError:
        return Problem.of(column, "day_unreadable", value=text)


def clock(column: str, cell: str) -> time | Problem | None:
    """9:00, 09:00:00, 9点30分, 0900, 24:00 (the midnight that follows), 次日06:00, or a spreadsheet's share of a day."""
    text = unicodedata.normalize("NFKC", cell_text(cell)).replace("次日", "").replace("第二天", "").strip()
    if not text or text.lower() in CLEARING:
        return None
    text = re.sub(r"^\d{4}-\d{2}-\d{2} ", "", text)
    found = re.fullmatch(r"(\d{1,2})\s*[:点时]\s*(\d{1,2})?\s*分?(?::(\d{2}))?", text) or re.fullmatch(
        r"(\d{2})(\d{2})()", text
    )
    if found:
        hour, minute, second = (int(part or 0) for part in found.groups())
    elif re.fullmatch(r"0?\.\d+|0|1", text):
        seconds = round(float(text) * 24 * 60) * 60
        hour, minute, second = seconds // 3600, seconds // 60 % 60, 0
    else:
        return Problem.of(column, "time_unreadable", value=text)
    if (hour, minute, second) == (24, 0, 0):
        hour = 0
    try:
        return time(hour, minute, second)
    except ValueError:
        return Problem.of(column, "time_unreadable", value=text)
