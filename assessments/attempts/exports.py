"""A regrade as a workbook."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.attempts.queries import Change, PastRegrade, VoidThen
from assessments.attempts.rules import shown_share
from lms.people.models import User


def regrade_workbook(
    past: PastRegrade,
    changes: Sequence[tuple[Change, User | None]],
    *,
    voids: Sequence[VoidThen],
    judged: int | None,
) -> bytes:
    """Three sheets in the active language: every changed score, the void questions behind them, who regraded and why.
    Scores are numbers formatted as percentages."""
    buffer = BytesIO()
    # Names and reasons are data, never formulas or links.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        styles = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "percent": book.add_format({"num_format": "0.0%"}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _change_sheet(book, styles, changes)
        _void_sheet(book, styles, voids)
        _facts_sheet(book, styles, past, judged)
    return buffer.getvalue()


def _change_sheet(book: Any, styles: dict[str, Any], changes: Sequence[tuple[Change, User | None]]) -> None:
    sheet = book.add_worksheet(_("Scores that changed"))
    columns = [
        (_("Employee number"), 14), (_("Learner"), 22), (_("Version"), 8), (_("Attempt"), 8), (_("Score before"), 12),
        (_("Score then"), 12), (_("Passed before"), 12), (_("Passed then"), 12), (pgettext("attempt", "Counts"), 10),
        (pgettext("quiz", "try-out"), 10),
    ]  # fmt: skip
    _header(sheet, styles, columns)
    yes, no = pgettext("regrade", "yes"), pgettext("regrade", "no")
    for line, (change, person) in enumerate(changes, start=1):
        sheet.write_string(line, 0, person.employee_no if person else "")
        sheet.write_string(line, 1, person.full_name if person else _("somebody of another team"))
        sheet.write_number(line, 2, change.attempt.quiz_version.number)
        sheet.write_number(line, 3, change.attempt.number)
        for place, score in enumerate(change.score, start=4):
            sheet.write_number(line, place, shown_share(score), styles["percent"])
        for place, passed in enumerate(change.passed, start=6):
            sheet.write_string(line, place, yes if passed else no)
        sheet.write_string(line, 8, yes if change.counts else no)
        sheet.write_string(line, 9, yes if change.is_preview else "")
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(changes)), len(columns) - 1)


def _void_sheet(book: Any, styles: dict[str, Any], voids: Sequence[VoidThen]) -> None:
    sheet = book.add_worksheet(_("Void questions then"))
    columns = [
        (_("Key"), 24), (_("Version"), 8), (_("Question"), 50), (_("Asked in attempts"), 10), (_("What became of it"), 24),
        (_("Reason"), 50), (_("Declared void by"), 18), (_("Declared void"), 17), (_("Let count again"), 17),
    ]  # fmt: skip
    _header(sheet, styles, columns)
    for line, row in enumerate(voids, start=1):
        sheet.write_string(line, 0, row.version.question.key)
        sheet.write_number(line, 1, row.version.number)
        sheet.write_string(line, 2, row.title)
        sheet.write_number(line, 3, row.n)
        sheet.write_string(line, 4, row.void.get_mode_display())
        sheet.write_string(line, 5, row.void.reason)
        sheet.write_string(line, 6, row.void.voided_by.full_name)
        _instant(sheet, line, 7, row.void.voided_at, styles)
        _instant(sheet, line, 8, row.void.withdrawn_at, styles)
    sheet.freeze_panes(1, 1)


def _facts_sheet(book: Any, styles: dict[str, Any], past: PastRegrade, judged: int | None) -> None:
    sheet = book.add_worksheet(_("Regrade"))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 60)
    regrade = past.regrade
    for line, (label, text) in enumerate(
        [
            (_("Quiz"), regrade.quiz.title),
            (_("Regraded by"), regrade.regraded_by.full_name),
            (_("Reason"), regrade.reason),
        ]
    ):
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, text, styles["wrapped"])
    sheet.write_string(3, 0, pgettext("regrade", "Made"))
    _instant(sheet, 3, 1, regrade.regraded_at, styles)
    for line, (label, n) in enumerate(
        [
            (_("Attempts judged again"), judged),
            (_("Scores that changed"), len(past.counted)),
            (_("No longer passed"), past.n_fail),
            (_("Passed now"), past.n_pass),
        ],
        start=4,
    ):
        sheet.write_string(line, 0, label)
        if n is not None:
            sheet.write_number(line, 1, n)


def _header(sheet: Any, styles: dict[str, Any], columns: Sequence[tuple[str, int]]) -> None:
    for place, (label, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, label, styles["head"])


def _instant(sheet: Any, line: int, place: int, at: Any, styles: dict[str, Any]) -> None:
    if at is not None:
        sheet.write_datetime(line, place, timezone.localtime(at).replace(tzinfo=None), styles["instant"])
