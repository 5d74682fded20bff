"""How far people are, as workbooks."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.enrolment.queries.following import Followed
from courses.enrolment.queries.person import EnrolmentRecord
from lms.kernel.workbooks import cell_styles, data_workbook, write_header
from lms.people.models import User


def following_workbook(rows: Sequence[Followed], *, at: datetime) -> bytes:
    """One line per enrolment in the active language, in the page's order. Instants are those of the reader's time
    zone."""
    buffer = BytesIO()
    with data_workbook(buffer) as book:
        styles = cell_styles(book)
        sheet = book.add_worksheet(_("Learning"))
        columns = [
            (_("Employee number"), 14), (pgettext("person", "Name"), 18), (_("Team"), 18), (_("Track or lesson"), 30),
            (_("Steps done"), 10), (_("Steps in all"), 10), (_("Steps overdue"), 10), (_("What is missing first"), 30),
            (_("Due day"), 12), (_("All of it due"), 12), (_("Completed"), 17), (_("Last activity"), 17),
        ]  # fmt: skip
        write_header(sheet, styles, columns)
        for line, row in enumerate(rows, start=1):
            for place, text in enumerate((row.person.number, row.person.name, row.person.team, row.title)):
                sheet.write_string(line, place, text)
            for place, number in enumerate((row.done, row.total, row.late), start=4):
                sheet.write_number(line, place, number)
            sheet.write_string(line, 7, row.next_title)
            _day(sheet, line, 8, row.due_on, styles)
            _day(sheet, line, 9, row.ends_on, styles)
            _instant(sheet, line, 10, row.completed_at, styles)
            _instant(sheet, line, 11, row.last_at, styles)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        _note(book, styles, _("How far people are in what they must learn, as filtered in the list."), at)
    return buffer.getvalue()


def person_workbook(person: User, records: Sequence[EnrolmentRecord], *, at: datetime) -> bytes:
    """One line per step of everything one person was asked to learn, and a sheet of the longer times."""
    buffer = BytesIO()
    with data_workbook(buffer) as book:
        styles = cell_styles(book)
        sheet = book.add_worksheet(_("Steps"))
        columns = [
            (_("Track or lesson"), 30), (_("Why"), 30), (_("Step"), 30), (_("How far"), 40), (pgettext("step", "Done"), 8),
            (_("Overdue"), 10), (_("Due day"), 12), (_("Waived because"), 30), (_("Evidence"), 40), (_("File"), 24), (_("Waived by"), 18),
            (_("Completed"), 17), (_("Ended"), 17),
        ]  # fmt: skip
        write_header(sheet, styles, columns)
        line = 0
        for record in records:
            for own in record.steps:
                line += 1
                step, waiver = own.step, own.waiver
                for place, text in enumerate((record.title, record.enrolment.reason, step.title, step.detail)):
                    sheet.write_string(line, place, text)
                sheet.write_string(line, 4, _("yes") if step.done else "")
                sheet.write_string(line, 5, _("yes") if step.overdue and record.is_live else "")
                _day(sheet, line, 6, step.due_on, styles)
                if waiver is not None:
                    words = (waiver.reason, waiver.evidence, waiver.file_name, waiver.given_by.full_name)
                    for place, text in enumerate(words, start=7):
                        sheet.write_string(line, place, text)
                _instant(sheet, line, 11, record.enrolment.completed_at, styles)
                _instant(sheet, line, 12, record.enrolment.ended_at, styles)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
        _extension_sheet(book, styles, records)
        _note(book, styles, f"{person.full_name} {person.employee_no}", at)
    return buffer.getvalue()


def _extension_sheet(book: Any, styles: dict[str, Any], records: Sequence[EnrolmentRecord]) -> None:
    sheet = book.add_worksheet(_("More time"))
    columns = [
        (_("Track or lesson"), 30), (_("Step"), 30), (pgettext("due day", "From"), 12), (pgettext("due day", "To"), 12),
        (_("Reason"), 40), (_("Given by"), 18), (pgettext("extension", "Given"), 17),
    ]  # fmt: skip
    write_header(sheet, styles, columns)
    given = [
        (record, title, extension)
        for record in records
        for title, extensions in (("", record.extensions), *((own.step.title, own.extensions) for own in record.steps))
        for extension in extensions
    ]
    for line, (record, title, extension) in enumerate(given, start=1):
        sheet.write_string(line, 0, record.title)
        sheet.write_string(line, 1, title)
        _day(sheet, line, 2, extension.from_on, styles)
        _day(sheet, line, 3, extension.due_on, styles)
        sheet.write_string(line, 4, extension.reason)
        sheet.write_string(line, 5, extension.given_by.full_name)
        _instant(sheet, line, 6, extension.given_at, styles)
    sheet.freeze_panes(1, 0)


def _note(book: Any, styles: dict[str, Any], text: str, at: datetime) -> None:
    sheet = book.add_worksheet(_("How to read it"))
    sheet.set_column(0, 0, 100, styles["wrapped"])
    sheet.write_string(0, 0, text, styles["wrapped"])
    made = _("Made on %(day)s. A step that was waived counts as done.")
    sheet.write_string(1, 0, made % {"day": timezone.localtime(at).strftime("%Y-%m-%d %H:%M")}, styles["wrapped"])


def _day(sheet: Any, line: int, place: int, day: date | None, styles: dict[str, Any]) -> None:
    if day is not None:
        sheet.write_datetime(line, place, datetime.combine(day, datetime.min.time()), styles["day"])


def _instant(sheet: Any, line: int, place: int, at: datetime | None, styles: dict[str, Any]) -> None:
    if at is not None:
        sheet.write_datetime(line, place, timezone.localtime(at).replace(tzinfo=None), styles["instant"])
