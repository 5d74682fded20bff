import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
import xlsxwriter

from assessments.calls.formats.table import MissingColumns, read_file
from assessments.calls.rules import CallLine, Refusal
from lms.kernel.tables import UnreadableTable

HEADER_ZH = "通话编号,座席号,开始时间,通话时长,方向,队列,业务类型,客户评价,静音等待,话后处理,挂机方,转写文本"
LINE_ZH = "C1,8001,2026-03-01 09:15:30,00:03:05,呼入,宽带报障,报障,满意,20,35,客户,座席：您的号码是13812345678"


def lines(text, encoding="utf-8"):
    return list(read_file(text.encode(encoding)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_export_in_all_encodings_and_delimiters(encoding, delimiter):
    found = lines(f"{HEADER_ZH}\r\n{LINE_ZH}\r\n".replace(",", delimiter), encoding)

    assert found == [
        CallLine(
            line=2,
            external_id="C1",
            seat_number="8001",
            employee_no="",
            started=datetime(2026, 3, 1, 9, 15, 30),  # noqa: DTZ001 – on the site's clock
            duration_seconds=185,
            direction="inbound",
            queue="宽带报障",
            application_type="报障",
            customer_rating=4,
            hold_seconds=20,
            wrap_up_seconds=35,
            hung_up_by="customer",
            transcript="座席：您的号码是***********",
        )
    ]


def test_english_headers_and_few_columns():
    (line,) = lines("Call ID;Employee number;Start;Duration\nA-1;E00001;2026-03-01T09:15:00+08:00;60\n")

    assert (line.external_id, line.employee_no, line.seat_number) == ("A-1", "E00001", "")
    assert line.started == datetime(2026, 3, 1, 1, 15, tzinfo=UTC)
    assert line.started.utcoffset() == timedelta(hours=8)
    assert (line.customer_rating, line.hold_seconds, line.wrap_up_seconds, line.hung_up_by) == (None, None, None, "")


def test_spreadsheet_keeps_leading_zeros_and_reads_times():
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["call id", "agent number", "start", "duration"])
    sheet.write_string(1, 0, "C1")
    sheet.write_number(1, 1, 42, book.add_format({"num_format": "00000"}))
    sheet.write_datetime(1, 2, datetime(2026, 3, 1, 9, 15), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))  # noqa: DTZ001
    sheet.write_number(1, 3, 185 / 86400, book.add_format({"num_format": "[h]:mm:ss"}))
    sheet.write_row(2, 0, ["C2", "0043", "2026/3/1 9:20", 60])
    book.close()

    first, second = read_file(memory.getvalue())

    assert (first.seat_number, first.duration_seconds) == ("00042", 185)
    assert first.started == datetime(2026, 3, 1, 9, 15)  # noqa: DTZ001
    assert (second.seat_number, second.duration_seconds) == ("0043", 60)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("通话编号", "", "no_id"),
        ("通话编号", "x" * 81, "bad_id"),
        ("座席号", "", "no_agent"),
        ("开始时间", "2026-03-01", "bad_start"),
        ("开始时间", "昨天", "bad_start"),
        ("通话时长", "", "bad_duration"),
        ("通话时长", "很长", "bad_duration"),
        ("通话时长", "90000", "bad_duration"),
        ("方向", "上", "bad_direction"),
        ("客户评价", "101", "bad_rating"),
        ("静音等待", "x", "bad_hold"),
        ("话后处理", "x", "bad_wrap_up"),
        ("挂机方", "猫", "bad_hung_up_by"),
    ],
)
def test_bad_line_is_refused_and_the_next_is_read(field, value, reason):
    heads = HEADER_ZH.split(",")
    cells = LINE_ZH.split(",")
    cells[heads.index(field)] = value

    refused, good = lines("\n".join([HEADER_ZH, ",".join(cells), LINE_ZH]))

    assert refused == Refusal(2, reason, value[:80])
    assert good.line == 3


def test_line_with_a_stray_delimiter_is_refused():
    refused, good = lines(f"{HEADER_ZH}\n{LINE_ZH},还有一句\n{LINE_ZH}\n")

    assert refused == Refusal(2, "too_many_cells", "还有一句")
    assert good.external_id == "C1"


def test_missing_columns_are_named():
    with pytest.raises(MissingColumns) as missing:
        lines("开始时间,队列\n2026-03-01 09:15:30,A\n")

    assert missing.value.fields == ["external_id", "seat_number", "duration"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04 broken"])
def test_bytes_that_are_no_table(content):
    with pytest.raises(UnreadableTable):
        read_file(content)


def test_time_with_an_offset_is_an_instant():
    (line,) = lines("call id,agent,start,duration\n1,2,2026-03-01 09:15:00-05:00,60\n")

    assert line.started.tzinfo == timezone(timedelta(hours=-5))
