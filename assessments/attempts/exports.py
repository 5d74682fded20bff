"""A regrade, and how a quiz given by hand stands, as workbooks."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.attempts.queries import Change, PastRegrade, VoidThen
from assessments.attempts.queries.giving import Giving
from assessments.attempts.rules import shown_share
from lms.kernel.workbooks import cell_styles, data_workbook, write_header
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
    with data_workbook(buffer) as book:
        styles = cell_styles(book)
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
    write_header(sheet, styles, columns)
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
    write_header(sheet, styles, columns)
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


def _instant(sheet: Any, line: int, place: int, at: Any, styles: dict[str, Any]) -> None:
    if at is not None:
        sheet.write_datetime(line, place, timezone.localtime(at).replace(tzinfo=None), styles["instant"])


# --- quizzes given by hand ---------------------------------------------------------------------------------------------


def given_workbook(giving: Giving, *, at: datetime) -> bytes:
    """One line per person in the active language, in the page's order, and a sheet that says what it is. Instants are
    those of the reader's time zone."""
    buffer = BytesIO()
    with data_workbook(buffer) as book:
        styles = cell_styles(book)
        sheet = book.add_worksheet(_("People"))
        columns = [
            (_("Employee number"), 14), (pgettext("person", "Name"), 18), (_("Team"), 18), (_("Status"), 14), (_("Overdue"), 10),
            (pgettext("quiz", "Score"), 10), (_("Questions"), 10), (_("Attempts used"), 10), (_("Attempts left"), 10),
            (_("Due day"), 12), (pgettext("quiz", "Closes"), 17), (_("Handed in"), 17), (_("Taken back"), 17),
        ]  # fmt: skip
        write_header(sheet, styles, columns)
        for line, row in enumerate(giving.rows, start=1):
            assignment, result = row.assignment, row.result
            sheet.write_string(line, 0, row.person.employee_no)
            sheet.write_string(line, 1, row.person.full_name)
            sheet.write_string(line, 2, row.team.name if row.team else "")
            sheet.write_string(line, 3, str(row.state.label))
            sheet.write_string(line, 4, _("yes") if row.is_overdue else "")
            _number(sheet, line, 5, result.score, styles["percent"])
            _number(sheet, line, 6, row.n)
            sheet.write_number(line, 7, result.attempts_used)
            _number(sheet, line, 8, result.attempts_left)
            if assignment.due_on is not None:
                sheet.write_datetime(line, 9, datetime.combine(assignment.due_on, datetime.min.time()), styles["day"])
            handed_in = row.shown_attempt.submitted_at if row.shown_attempt else None
            _instant(sheet, line, 10, row.closes_at, styles)
            _instant(sheet, line, 11, handed_in, styles)
            _instant(sheet, line, 12, assignment.closed_at, styles)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(giving.rows), 1), len(columns) - 1)
        notes = book.add_worksheet(_("How to read it"))
        notes.set_column(0, 0, 100, styles["wrapped"])
        for place, text in enumerate(_notes(giving, at)):
            notes.write_string(place, 0, text, styles["wrapped"])
    return buffer.getvalue()


def _number(sheet: Any, line: int, place: int, value: Any, style: Any = None) -> None:
    if value is not None:
        sheet.write_number(line, place, float(value), style)


def _notes(giving: Giving, at: datetime) -> list[str]:
    entry = giving.entry
    return [
        _("%(quiz)s, given by %(name)s on %(day)s. Why: %(reason)s")
        % {
            "quiz": giving.quiz.title,
            "name": entry.actor_label,
            "day": _minute(entry.at),
            "reason": giving.any_assignment.reason,
        },
        _(
            "Made on %(day)s. The score is the one that counts by the quiz’s rule; only attempts under this assignment count."
        )
        % {"day": _minute(at)},
        _("Without a number of attempts left anybody may sit it as often as they like."),
    ]


def _minute(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
