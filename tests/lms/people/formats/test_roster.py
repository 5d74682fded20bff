"""Roster files, whole."""

from datetime import date, datetime, time

import pytest

from lms.people.formats.headings import FileFault, UnreadableFile
from lms.people.formats.roster import read_roster
from tests.lms.people.formats.files import csv_bytes, xlsx_bytes

CHINESE = ["工号", "日期", "班次", "开始时间", "结束时间", "活动"]


def test_chinese_and_english_files_say_the_same():
    chinese = csv_bytes([CHINESE, ["010086", "2026/3/9", "晚班", "22:00", "06:00", "接线"]], encoding="gb18030")
    english = csv_bytes(
        [["Employee number", "Date", "Shift", "Start", "End", "Activity"],
         ["010086", "2026-03-09", "晚班", "22:00", "6:00", "Phone"]],
        delimiter="\t",
    )  # fmt: skip

    assert read_roster(chinese).rows == read_roster(english).rows
    (row,) = read_roster(english).rows
    assert (row.employee_no, row.on, row.shift, row.start, row.end, row.activity) == (
        "010086", date(2026, 3, 9), "晚班", time(22), time(6), "phone",
    )  # fmt: skip


def test_workbook_with_real_days_and_times():
    content = xlsx_bytes(
        [CHINESE, [10086, datetime(2026, 3, 9), "早班", 0.375, time(12, 30), "meal"]],  # noqa: DTZ001
        formats={(1, 1): "yyyy-mm-dd", (1, 4): "hh:mm"},
    )

    (row,) = read_roster(content).rows

    assert row.problems == ()
    assert (row.employee_no, row.on, row.start, row.end) == ("10086", date(2026, 3, 9), time(9), time(12, 30))


def test_leave_without_times_is_the_whole_day():
    (row,) = read_roster(csv_bytes([CHINESE, ["1", "2026-03-09", "", "", "", "年假"]])).rows

    assert (row.start, row.end, row.activity) == (time(0), time(0), "leave")
    assert row.problems == ()


def test_everything_that_is_missing_or_wrong_is_named():
    rows = read_roster(
        csv_bytes([CHINESE, ["", "gestern", "", "25:00", "", "睡觉"], ["1", "", "", "9:00", "", ""]])
    ).rows

    assert [(problem.column, problem.code) for problem in rows[0].problems] == [
        ("employee_no", "number_missing"),
        ("on", "day_unreadable"),
        ("start", "time_unreadable"),
        ("activity", "activity_unknown"),
        ("end", "time_missing"),
    ]
    assert [(problem.column, problem.code) for problem in rows[1].problems] == [
        ("on", "day_missing"),
        ("end", "time_missing"),
        ("activity", "activity_missing"),
    ]


def test_a_file_of_people_is_no_roster():
    with pytest.raises(UnreadableFile) as refusal:
        read_roster("工号,姓名\n1,李强\n".encode())

    assert refusal.value.fault == FileFault.COLUMN_MISSING
