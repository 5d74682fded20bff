"""Tables as other systems export them."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter

from lms.kernel import tables
from lms.kernel.tables import Row, Table, UnreadableTable, read_table


def spreadsheet(fill):
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory)
    fill(book.add_worksheet(), book)
    book.close()
    return memory.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_the_encodings_and_delimiters_met_in_the_wild(encoding, delimiter):
    content = f"工号{delimiter}姓名\r\n00042{delimiter}李喆\r\n".encode(encoding)

    assert read_table(content) == Table(("工号", "姓名"), (Row(2, ("00042", "李喆")),))


def test_delimiter_inside_quotes_does_not_count():
    assert read_table(b'"a, b, c";d\n1;2\n').header == ("a, b, c", "d")


def test_lines_are_numbered_as_an_editor_shows_them():
    content = b'\na,b\n\n"one\ntwo",2\n , \n3\n4,5,6\n'

    rows = read_table(content).rows

    assert [(row.line, row.cells) for row in rows] == [(4, ("one\ntwo", "2")), (7, ("3", "")), (8, ("4", "5"))]
    assert [row.surplus for row in rows] == [(), (), ("6",)]


def test_spreadsheet_becomes_what_people_would_have_typed():
    def fill(sheet, book):
        def as_shown(code):
            return book.add_format({"num_format": code})

        sheet.write_row(0, 0, ["text", "number", "share", "zeros", "day", "moment", "time", "long"])
        sheet.write_string(1, 0, " 007 ")
        sheet.write_number(1, 1, 10086)
        sheet.write_number(1, 2, 0.25)
        sheet.write_number(1, 3, 42, as_shown("00000"))
        sheet.write_datetime(1, 4, date(2026, 3, 2), as_shown("yyyy-mm-dd"))
        sheet.write_datetime(1, 5, datetime(2026, 3, 2, 9, 15), as_shown("yyyy-mm-dd hh:mm"))  # noqa: DTZ001
        sheet.write_datetime(1, 6, time(9, 15), as_shown("hh:mm"))
        sheet.write_number(1, 7, timedelta(hours=26, seconds=5) / timedelta(days=1), as_shown("[h]:mm:ss"))

    assert read_table(spreadsheet(fill)).rows == (
        Row(2, ("007", "10086", "0.25", "00042", "2026-03-02", "2026-03-02 09:15:00", "09:15:00", "26:00:05")),
    )


def test_spreadsheet_keeps_its_line_numbers_below_empty_rows():
    def fill(sheet, book):
        sheet.write_row(2, 1, ["a", "b"])
        sheet.write_row(5, 1, ["1", "2"])

    assert read_table(spreadsheet(fill)).rows == (Row(6, ("", "1", "2")),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n , \n", "empty"),
        (b"\x00\x01\x02\xff", "encoding"),
        (b"a,b\n\x00\x01", "encoding"),
        (b"PK\x03\x04 broken", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0 broken", "spreadsheet"),
    ],
)
def test_bytes_that_are_no_table(content, reason):
    with pytest.raises(UnreadableTable) as refused:
        read_table(content)

    assert refused.value.reason == reason


def test_zip_without_a_workbook_is_no_spreadsheet():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("readme.txt", "hello")

    with pytest.raises(UnreadableTable) as refused:
        read_table(memory.getvalue())

    assert refused.value.reason == "spreadsheet"


def test_spreadsheet_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "UNPACKED_LIMIT", 1000)

    with pytest.raises(UnreadableTable) as refused:
        read_table(spreadsheet(lambda sheet, book: sheet.write(0, 0, "a")))

    assert refused.value.reason == "too_large"


def test_spreadsheet_that_reaches_too_far_is_refused():
    """One cell in the last corner: a file of 5 kB that would take 17 thousand million cells of memory."""

    def fill(sheet, _book):
        sheet.write_string(0, 0, "a")
        sheet.write_string(1_048_575, 16_383, "b")

    with pytest.raises(UnreadableTable) as refusal:
        read_table(spreadsheet(fill))

    assert refusal.value.reason == "too_large"


def test_spreadsheet_that_lies_about_its_size_is_refused(monkeypatch):
    """The list of contents says 10 bytes; there are a million."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 1_000_000)
    size = (1_000_000).to_bytes(4, "little")

    with pytest.raises(UnreadableTable) as refusal:
        read_table(memory.getvalue().replace(size, (10).to_bytes(4, "little")))

    assert refusal.value.reason == "spreadsheet"
