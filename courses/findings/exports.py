"""A report as a workbook."""

from io import BytesIO

from courses.findings.forms import Table
from lms.kernel.workbooks import cell_styles, data_workbook, write_header


def workbook_of(table: Table) -> bytes:
    """What the page shows, all of it: one sheet, a row for each."""
    buffer = BytesIO()
    with data_workbook(buffer) as book:
        styles = cell_styles(book)
        sheet = book.add_worksheet(table.title[:31])
        write_header(sheet, styles, [(column, 30) for column in table.columns])
        for number, row in enumerate(table.rows, 1):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell.text, styles["wrapped"])
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()
