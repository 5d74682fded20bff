"""The export of a recording platform as a table: which column is what, and what a line says."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.calls.models import CallDirection
from assessments.calls.rules import CallLine, Refusal, mask_numbers, seconds_of
from lms.kernel.tables import Table, read_table

#: field: headers it is known by, compared without case, blanks and punctuation.
COLUMNS: dict[str, tuple[str, ...]] = {
    "external_id": (
        "call id", "id", "recording id", "contact id", "通话编号", "通话id", "录音编号", "流水号", "通话流水号", "呼叫id",
    ),
    "seat_number": (
        "agent number", "agent", "agent id", "seat number", "seat", "acd number", "extension",
        "座席号", "坐席号", "座席", "坐席", "座席编号", "坐席编号", "座席工号", "坐席工号", "分机号",
    ),
    "employee_no": ("employee number", "employee no", "employee id", "工号", "员工号", "员工编号"),
    "started": ("start", "start time", "started at", "begin", "call time", "开始时间", "通话开始时间", "呼叫时间", "通话时间"),
    "duration": ("duration", "duration seconds", "talk time", "length", "时长", "通话时长", "通话时长秒", "时长秒"),
    "direction": ("direction", "call direction", "方向", "呼叫方向", "呼叫类型"),
    "queue": ("queue", "skill group", "队列", "技能组", "技能队列"),
    "application_type": ("application type", "type", "business type", "业务类型", "来电类型", "诉求类型"),
    "customer_rating": ("customer rating", "rating", "satisfaction", "客户评价", "满意度", "客户满意度", "评价"),
    "hold": ("hold", "hold seconds", "hold time", "静音等待", "静音时长", "保持时长", "静音等待秒"),
    "wrap_up": ("wrap-up", "wrap up seconds", "after-call work", "acw", "话后处理", "话后处理时长", "话后时长", "话后处理秒"),
    "hung_up_by": ("hung up by", "who hung up", "disconnected by", "挂机方", "挂断方", "谁先挂机"),
    "transcript": ("transcript", "text", "转写", "转写文本", "通话文本", "对话文本", "录音文本"),
}  # fmt: skip
#: What the columns are called on our own pages.
LABELS = {
    "external_id": _("Call id"),
    "seat_number": _("Agent number (seat number)"),
    "employee_no": _("Employee number"),
    "started": pgettext_lazy("call", "Start"),
    "duration": _("Duration"),
    "direction": _("Direction"),
    "queue": _("Queue"),
    "application_type": _("Application type"),
    "customer_rating": _("Customer rating"),
    "hold": _("Hold"),
    "wrap_up": _("Wrap-up"),
    "hung_up_by": _("Who hung up"),
    "transcript": _("Transcript"),
}
REQUIRED = ("external_id", "started", "duration")

_DIRECTIONS = {
    "": CallDirection.INBOUND,
    "inbound": CallDirection.INBOUND, "in": CallDirection.INBOUND, "呼入": CallDirection.INBOUND, "来电": CallDirection.INBOUND,
    "outbound": CallDirection.OUTBOUND, "out": CallDirection.OUTBOUND, "呼出": CallDirection.OUTBOUND, "外呼": CallDirection.OUTBOUND,
}  # fmt: skip
_HUNG_UP_BY = {
    "": "",
    "agent": "agent", "座席": "agent", "坐席": "agent", "客服": "agent",
    "customer": "customer", "caller": "customer", "client": "customer", "客户": "customer", "用户": "customer",
    "system": "system", "系统": "system",
}  # fmt: skip
_RATINGS = {
    "": None, "-": None, "未评价": None, "无": None, "not rated": None,
    "非常不满意": 1, "不满意": 2, "一般": 3, "满意": 4, "非常满意": 5,
    "very dissatisfied": 1, "dissatisfied": 2, "neutral": 3, "satisfied": 4, "very satisfied": 5,
}  # fmt: skip
_TIMES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f",
)  # fmt: skip


class MissingColumns(Exception):
    """Columns without which no line can be read; `fields` are keys of COLUMNS."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class _Unreadable(Exception):
    def __init__(self, reason: str, value: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value


def read_file(content: bytes) -> Iterable[CallLine | Refusal]:
    """Each line of a CSV or a spreadsheet as a call or a refusal, in the file's order. Raises UnreadableTable and
    MissingColumns before the first."""
    table = read_table(content)
    places = _places(table.header)
    missing = [field for field in REQUIRED if field not in places]
    if not {"seat_number", "employee_no"} & places.keys():
        missing.insert(1, "seat_number")
    if missing:
        raise MissingColumns(missing)
    return _lines(table, places)


def _places(header: tuple[str, ...]) -> dict[str, int]:
    names = {_plain(alias): field for field, aliases in COLUMNS.items() for alias in aliases}
    places: dict[str, int] = {}
    for place, head in enumerate(header):
        field = names.get(_plain(head))
        if field:
            places.setdefault(field, place)
    return places


def _plain(head: str) -> str:
    return re.sub(r"[\s_\-()（）/.:：]", "", head).casefold()


def _lines(table: Table, places: dict[str, int]) -> Iterable[CallLine | Refusal]:
    for row in table.rows:
        values = {field: row.cells[place] if (place := places.get(field)) is not None else "" for field in COLUMNS}
        if row.surplus:
            # A comma in a transcript without quotation marks: what stands where can't be told.
            yield Refusal(row.line, "too_many_cells", " ".join(row.surplus)[:80])
            continue
        try:
            yield _line(row.line, values)
        except _Unreadable as problem:
            yield Refusal(row.line, problem.reason, problem.value[:80])


def _line(number: int, values: dict[str, str]) -> CallLine:
    if not values["external_id"]:
        raise _Unreadable("no_id", "")
    if len(values["external_id"]) > 80:
        raise _Unreadable("bad_id", values["external_id"])
    if not values["seat_number"] and not values["employee_no"]:
        raise _Unreadable("no_agent", "")
    return CallLine(
        line=number,
        external_id=values["external_id"],
        seat_number=values["seat_number"],
        employee_no=values["employee_no"],
        started=_instant(values["started"]),
        duration_seconds=_seconds(values["duration"], "bad_duration"),
        direction=_word(_DIRECTIONS, values["direction"], "bad_direction"),
        queue=values["queue"][:80],
        application_type=values["application_type"][:80],
        customer_rating=_rating(values["customer_rating"]),
        hold_seconds=_seconds(values["hold"], "bad_hold") if values["hold"] else None,
        wrap_up_seconds=_seconds(values["wrap_up"], "bad_wrap_up") if values["wrap_up"] else None,
        hung_up_by=_word(_HUNG_UP_BY, values["hung_up_by"], "bad_hung_up_by"),
        transcript=mask_numbers(values["transcript"]),
    )


def _instant(text: str) -> datetime:
    """Naive, or aware where the text says its offset."""
    for form in _TIMES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 – the site's clock is known only with the agent
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or len(text) < 12:  # a day alone is no moment
        raise _Unreadable("bad_start", text)
    return found


def _seconds(text: str, reason: str) -> int:
    seconds = seconds_of(text)
    if seconds is None or seconds > 24 * 3600:
        raise _Unreadable(reason, text)
    return seconds


def _word(known: dict, text: str, reason: str) -> str:
    word = known.get(text.strip().casefold())
    if word is None:
        raise _Unreadable(reason, text)
    return word


def _rating(text: str) -> int | None:
    word = text.strip().casefold()
    if word in _RATINGS:
        return _RATINGS[word]
    if re.fullmatch(r"\d{1,3}(\.0+)?", word) and float(word) <= 100:
        return int(float(word))
    raise _Unreadable("bad_rating", text)
