"""The skill matrix as a workbook: one line per agent and skill, and a sheet that says how to read it."""

from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coaching.effects.rules import LEAST_OBSERVATIONS, WINDOW_DAYS
from coaching.skillmatrix.queries import Matrix
from coaching.skillmatrix.rules import THRESHOLDS
from lms.kernel.workbooks import cell_styles, data_workbook, write_header


def matrix_workbook(matrix: Matrix, *, at: datetime) -> bytes:
    """The matrix as xlsx, in the active language. Levels and figures are numbers, shares formatted as percentages."""
    buffer = BytesIO()
    with data_workbook(buffer) as book:
        styles = cell_styles(book)
        percent, day, wrapped = styles["percent"], styles["day"], styles["wrapped"]
        sheet = book.add_worksheet(_("Skills"))
        columns = [
            (_("Employee number"), 14), (pgettext("person", "Name"), 18), (_("Team"), 16), (_("Skill"), 22), (_("Level"), 8),
            (_("Share"), 10), (_("n"), 6), (_("Lower bound"), 12), (_("Upper bound"), 12), (_("Last observed"), 14),
            (_("Required level"), 10), (_("Levels missing"), 10),
        ]  # fmt: skip
        write_header(sheet, styles, columns)
        line = 0
        for row in matrix.rows:
            for cell in row.cells:
                line += 1
                standing, figure = cell.standing, cell.standing.figure
                sheet.write_string(line, 0, row.person.employee_no)
                sheet.write_string(line, 1, row.person.full_name)
                sheet.write_string(line, 2, str(row.team))
                sheet.write_string(line, 3, cell.skill.name)
                _number(sheet, line, 4, standing.level)
                _number(sheet, line, 5, figure.shown_share, percent)
                sheet.write_number(line, 6, figure.n)
                _number(sheet, line, 7, figure.shown_low, percent)
                _number(sheet, line, 8, figure.shown_high, percent)
                if cell.last_seen_at is not None:
                    sheet.write_datetime(line, 9, timezone.localdate(cell.last_seen_at), day)
                _number(sheet, line, 10, standing.required)
                if standing.level is not None and standing.required is not None:
                    sheet.write_number(line, 11, standing.gap)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
        notes = book.add_worksheet(_("How to read it"))
        notes.set_column(0, 0, 100, wrapped)
        for place, text in enumerate(_notes(at)):
            notes.write_string(place, 0, text, wrapped)
    return buffer.getvalue()


def _number(sheet, line: int, place: int, value, style=None) -> None:
    if value is not None:
        sheet.write_number(line, place, float(value), style)


def _notes(at: datetime) -> list[str]:
    steps = " · ".join(f"{level}: ≥ {share * 100:.0f}%" for level, share in sorted(THRESHOLDS.items()) if share)
    return [
        _("Made on %(day)s. Observations of the last %(days)d days count.")
        % {"day": timezone.localtime(at).strftime("%Y-%m-%d %H:%M"), "days": WINDOW_DAYS},
        _("n is the number of calls and quizzes observed. With fewer than %(least)d there is no level.")
        % {"least": LEAST_OBSERVATIONS},
        _("The level follows from the lower bound of the 95 %% interval: %(steps)s.") % {"steps": steps},
        _("An empty level is no gap: nothing, or too little, was observed."),
    ]
