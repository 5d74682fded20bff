"""Files of people, whole."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from lms.people.formats.headings import FileFault, UnreadableFile
from lms.people.formats.people import read_people
from tests.lms.people.formats.files import csv_bytes, xlsx_bytes

TODAY = date(2026, 3, 2)
CHINESE = ["工号", "姓名", "职场", "班组", "岗位", "入职日期", "状态"]
LINE = ["010086", "王晓雯", "上海", "一组", "座席代表", "2026年3月2日", "试用"]


def read(content):
    return read_people(content, today=TODAY)


def codes(row):
    return [problem.code for problem in row.problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_and_delimiter_says_the_same(encoding, delimiter):
    (row,) = read(csv_bytes([CHINESE, LINE], delimiter=delimiter, encoding=encoding)).rows

    assert (row.employee_no, row.full_name, row.team, row.status) == ("010086", "王晓雯", "一组", "probation")
    assert row.hired_on == TODAY
    assert row.line == 2
    assert row.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_rare_characters_survive(encoding):
    (row,) = read(csv_bytes([["工号", "姓名"], ["1", "𠮷田·䶮"]], encoding=encoding)).rows

    assert row.full_name == "𠮷田·䶮"


def test_english_headings_in_any_order_and_look():
    content = csv_bytes(
        [
            ["Full Name *", "Employee_No.", "Hire date (yyyy-mm-dd)", "JOB ROLE", "E-mail", "Seat number", "Language"],
            ["Ana Silva", "E010086", "2026/3/2", "Agent", "ana@example.org", "6001", "English"],
        ]
    )

    (row,) = read(content).rows

    assert (row.employee_no, row.full_name, row.job_role, row.email, row.seat_number, row.language) == (
        "E010086", "Ana Silva", "Agent", "ana@example.org", "6001", "en",
    )  # fmt: skip


def test_words_for_the_status_are_known_in_both_languages():
    words = ["试用期", "Active", "休假", "On leave", "已离职", "left", "", "ill"]
    content = csv_bytes([["工号", "姓名", "状态"], *([str(n), "李强", word] for n, word in enumerate(words))])

    rows = read(content).rows

    assert [row.status for row in rows] == ["probation", "active", "leave", "leave", "left", "left", None, None]
    assert codes(rows[-1]) == ["status_unknown"]


def test_workbook_keeps_zeros_of_text_and_cuts_the_point_of_numbers():
    content = xlsx_bytes(
        [
            ["工号", "姓名", "入职日期", "座席号"],
            ["00123", "王晓雯", datetime(2026, 3, 2), 6001],  # noqa: DTZ001 - a spreadsheet knows no zones
            [10086.0, "李强", 46083, "06002"],
            [86, "赵敏", "2026/3/2", ""],
        ],
        formats={(1, 2): 'yyyy"年"m"月"d"日"', (3, 0): "00000"},
    )

    rows = read(content).rows

    assert [row.employee_no for row in rows] == ["00123", "10086", "00086"]
    assert [row.hired_on for row in rows] == [TODAY, TODAY, TODAY]
    assert [row.seat_number for row in rows] == ["6001", "06002", None]


def test_a_title_may_stand_above_the_headings():
    for content in (
        xlsx_bytes([["2026年3月花名册"], [], CHINESE, LINE]),
        csv_bytes([["2026年3月花名册"], [""], CHINESE, LINE], delimiter=";"),
    ):
        (row,) = read(content).rows
        assert row.employee_no == "010086"
        assert row.line == 4


def test_columns_that_mean_nothing_are_named():
    content = csv_bytes([["工号", "姓名", "身份证号", ""], ["1", "李强", "310", "x"]])

    assert read(content).unknown_columns == ("身份证号",)
    with_hole = csv_bytes([["工号", "", "姓名"], ["1", "x", "李强"]])
    assert read(with_hole).unknown_columns == ("#2",)


def test_a_line_with_too_many_cells_is_refused_and_not_cut():
    (row,) = read(csv_bytes([["工号", "姓名"], ["1", "李强", "hidden"]])).rows

    assert codes(row) == ["surplus_cells"]


def test_a_quotation_mark_that_isnt_closed_is_seen():
    content = 'employee no,full name,vendor\n1,李强,"华声\n2,王晓雯,华声\n3,赵敏,华声\n'.encode()

    (row,) = read(content).rows

    assert "line_break" in codes(row)


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers():
    rows = read(b"employee no,full name\r\n\r\n1,Ana\r\n,\r\n2,Abel\r\n").rows

    assert [(row.line, row.employee_no) for row in rows] == [(3, "1"), (5, "2")]


def test_bad_cells_are_named_with_their_columns():
    content = csv_bytes([["工号", "姓名", "入职日期", "邮箱", "语言"], ["", "王?雯", "1926-03-02", "nobody", "火星文"]])

    (row,) = read(content).rows

    assert [(problem.column, problem.code) for problem in row.problems] == [
        ("employee_no", "number_missing"),
        ("full_name", "name_damaged"),
        ("email", "email_unreadable"),
        ("language", "language_unknown"),
        ("hired_on", "day_implausible"),
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY),
        (b"\xef\xbb\xbf\r\n\r\n", FileFault.EMPTY),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01", FileFault.ENCODING),
        (b"%PDF-1.7\n%\xff\xff\xff\xff\n", FileFault.ENCODING),
        (b"PK\x03\x04 and then nothing of a workbook", FileFault.SPREADSHEET),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing", FileFault.SPREADSHEET),
        ("我们部门的会议纪要。\n第二行。\n".encode(), FileFault.NO_HEADINGS),
        (b"10086,Ana\n10087,Abel\n", FileFault.NO_HEADINGS),
        ("姓名,部门\n李强,热线\n".encode(), FileFault.COLUMN_MISSING),
        ("工号,姓名,员工编号\n1,李强,2\n".encode(), FileFault.COLUMN_TWICE),
        (b"employee no,first name,last name\n1,Ana,Silva\n", FileFault.NAME_IN_TWO),
        ("工号,姓名\n".encode(), FileFault.NO_LINES),
        ("工号,姓名\n".encode() + b"1,Ana\n" * 20_001, FileFault.TOO_MANY_LINES),
    ],
)
def test_what_is_no_such_table_is_refused_as_a_whole_with_a_reason(content, fault):
    with pytest.raises(UnreadableFile) as refusal:
        read(content)

    assert refusal.value.fault == fault
    assert str(refusal.value)


@pytest.mark.parametrize("kind", ["people", "roster"])
def test_the_samples_of_the_guide_are_those_that_are_served(kind):
    root = Path(settings.BASE_DIR)

    guide = (root / "docs" / "samples" / f"{kind}.csv").read_bytes()

    assert guide == (root / "lms" / "static" / "samples" / f"{kind}.csv").read_bytes()


def test_a_file_with_numbers_and_one_other_column_is_enough():
    (row,) = read("工号,座席号\nANA,6001\n".encode()).rows

    assert (row.employee_no, row.full_name, row.seat_number, row.problems) == ("ANA", None, "6001", ())
