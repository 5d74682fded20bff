"""A roster file: one line per stretch of a person's day."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.kernel.tables import Row
from lms.people.formats import cells
from lms.people.formats.headings import Column, read_sheet
from lms.people.formats.people import line_cells
from lms.people.rules.imports import Problem
from lms.people.rules.roster_import import StretchRow, whole_day
from lms.people.states import Activity

LINE_LIMIT = 60_000
MIDNIGHT = time(0, 0)

COLUMNS = (
    Column("employee_no", _("Employee number"), ("工号", "员工工号", "员工号", "员工编号", "employee number", "employee no", "employee id", "employee", "staff number", "staff id", "emp no"), is_needed=True, hint=_("As in the file of people.")),
    Column("full_name", _("Full name"), ("姓名", "员工姓名", "full name", "name", "employee name"), hint=_("Only to check: a line whose name doesn’t fit the number is refused.")),
    Column("on", _("Date"), ("日期", "排班日期", "班表日期", "date", "day"), is_needed=True, hint=_("The day on which the stretch begins.")),
    Column("shift", _("Shift"), ("班次", "班别", "班次名称", "shift", "shift name"), hint=_("What the shift is called.")),
    Column("start", pgettext_lazy("roster", "Start"), ("开始时间", "开始", "上班时间", "起始时间", "start", "start time", "from", "begin"), is_needed=True, hint=_("In the clock of the person’s site: 08:30.")),
    Column("end", pgettext_lazy("roster", "End"), ("结束时间", "结束", "下班时间", "截止时间", "end", "end time", "to", "until"), is_needed=True, hint=_("An end that isn’t after the start is on the next day.")),
    Column("activity", _("Activity"), ("活动", "活动类型", "类型", "班表活动", "事项", "activity", "activity type", "type"), is_needed=True, hint=_("phone, training, meal, leave (接线, 培训, 用餐, 休假). Leave without times is the whole day.")),
)  # fmt: skip

ACTIVITIES = {
    Activity.PHONE.value: ("接线", "通话", "上线", "话务", "接听", "电话", "在线", "phone", "on phone", "calls", "telephone"),
    Activity.TRAINING.value: ("培训", "学习", "training", "learning", "coaching"),
    Activity.MEAL.value: ("用餐", "就餐", "餐休", "午餐", "晚餐", "吃饭", "meal", "meal break", "lunch", "dinner"),
    Activity.LEAVE.value: ("休假", "请假", "年假", "病假", "事假", "调休", "产假", "leave", "day off", "annual leave", "sick leave"),
}  # fmt: skip
_ACTIVITY_OF = {word: activity for activity, words in ACTIVITIES.items() for word in words}


@dataclass(frozen=True)
class RosterFile:
    """The lines of a file in our words, and the headings that were not understood."""

    rows: tuple[StretchRow, ...]
    unknown_columns: tuple[str, ...]


def read_roster(content: bytes) -> RosterFile:
    """Every line, with what is wrong with it. Raises UnreadableFile where the file as a whole is no such table."""
    sheet = read_sheet(content, COLUMNS, line_limit=LINE_LIMIT)
    return RosterFile(tuple(_stretch_row(sheet.columns, row) for row in sheet.rows), sheet.unknown)


def _stretch_row(columns: tuple[str | None, ...], row: Row) -> StretchRow:
    said, problems = line_cells(columns, row)

    def taken(value: Any) -> Any:
        if isinstance(value, Problem):
            problems.append(value)
            return None
        return value

    number = taken(cells.employee_number(said["employee_no"])) or ""
    on: date | None = taken(cells.day("on", said["on"]))
    shift = taken(cells.needed_words("shift", said.get("shift", ""), limit=40)) or ""
    start = taken(cells.clock("start", said["start"]))
    end = taken(cells.clock("end", said["end"]))
    activity = taken(cells.one_of("activity", said["activity"], _ACTIVITY_OF, code="activity_unknown"))
    complained = {problem.column for problem in problems}
    if start is None and end is None and whole_day(activity) and not complained & {"start", "end"}:
        start = end = MIDNIGHT
    for column, value, code in (
        ("on", on, "day_missing"), ("start", start, "time_missing"), ("end", end, "time_missing"),
        ("activity", activity, "activity_missing"),
    ):  # fmt: skip
        if value is None and column not in complained:
            problems.append(Problem.of(column, code))
    return StretchRow(
        line=row.line,
        employee_no=number,
        full_name=cells.cell_text(said.get("full_name", "")) or None,
        on=on,
        shift=shift,
        start=start,
        end=end,
        activity=activity,
        problems=tuple(problems),
    )
