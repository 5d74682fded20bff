"""A file of people: one line per person."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.kernel.tables import Row
from lms.people.formats import cells
from lms.people.formats.headings import Column, read_sheet
from lms.people.rules.imports import Problem
from lms.people.rules.names import clean_name, name_fault
from lms.people.rules.people_values import PersonRow
from lms.people.states import PersonStatus

LINE_LIMIT = 20_000
#: Nobody who works today was hired before.
EARLIEST_HIRE = date(1950, 1, 1)

COLUMNS = (
    Column("employee_no", _("Employee number"), ("工号", "员工工号", "员工号", "员工编号", "人员编号", "employee number", "employee no", "employee id", "employee", "staff number", "staff no", "staff id", "emp no", "emp id"), is_needed=True, hint=_("Text: leading zeros and letters stay. In Excel, format the column as text.")),
    Column("full_name", _("Full name"), ("姓名", "员工姓名", "中文姓名", "中文名", "full name", "name", "employee name", "chinese name"), hint=_("One column, as the person writes it. Needed for new people.")),
    Column("latin_name", _("Latin name"), ("英文名", "英文姓名", "外文名", "拼音姓名", "姓名拼音", "拉丁姓名", "latin name", "english name", "name in latin letters"), hint=_("For certificates in English.")),
    Column("site", _("Site"), ("职场", "站点", "场地", "工作地点", "中心", "地点", "site", "location", "center", "centre"), hint=_("Name or code. A site that isn’t known yet is added.")),
    Column("department", _("Department"), ("部门", "所属部门", "科室", "department", "dept"), hint=_("Added under the site where it isn’t known yet.")),
    Column("team", _("Team"), ("班组", "团队", "小组", "组别", "所属班组", "team", "group"), hint=_("Added under its department where it isn’t known yet. Agents and team leaders need one.")),
    Column("job_role", _("Job role"), ("岗位", "职位", "职务", "岗位名称", "job role", "role", "position", "job title", "job"), hint=_("Key or name. It decides what the person may see and has to learn; never an administrator’s rights.")),
    Column("supervisor", _("Supervisor"), ("现场主管", "主管", "直属主管", "直接上级", "直属上级", "上级", "主管工号", "现场主管工号", "上级工号", "supervisor", "supervisor number", "supervisor no", "manager", "reports to"), hint=_("Employee number, or the full name where nobody shares it. Gives that person the team.")),
    Column("hired_on", _("Hire date"), ("入职日期", "入职时间", "入司日期", "hire date", "hired on", "date of hire", "start date", "joined on"), hint=_("2026-03-02, 2026/3/2, 2026年3月2日 or a date of Excel’s.")),
    Column("status", _("Status"), ("状态", "在职状态", "员工状态", "人员状态", "status", "employment status"), hint=_("probation, active, leave, left (试用, 在职, 休假, 离职). Whoever has left can’t sign in any more.")),
    Column("vendor", _("Vendor"), ("供应商", "外包商", "外包公司", "派遣公司", "用工单位", "服务商", "vendor", "supplier", "outsourcer", "agency"), hint=_("The company that employs the person, where it isn’t yours.")),
    Column("language", _("Language"), ("语言", "界面语言", "language", "interface language"), hint=_("zh-hans or en (中文, 英文). Until the person chooses.")),
    Column("email", _("E-mail"), ("邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "email", "e-mail", "e mail", "mail", "email address", "e-mail address"), hint=_("Not needed by anything.")),
    Column("seat_number", _("Seat number"), ("座席号", "坐席号", "座席工号", "坐席工号", "席位号", "acd工号", "acd号", "seat number", "seat no", "seat", "acd number", "acd id", "agent id"), hint=_("The number on the phone system. It is dated: who had it when stays known.")),
)  # fmt: skip

STATUSES = {
    PersonStatus.PROBATION.value: ("试用", "试用期", "见习", "见习期", "probation", "probationary", "trial"),
    PersonStatus.ACTIVE.value: ("在职", "正式", "在岗", "转正", "active", "employed", "regular", "permanent"),
    PersonStatus.LEAVE.value: ("休假", "请假", "长假", "长期休假", "停薪留职", "产假", "病休", "leave", "on leave"),
    PersonStatus.LEFT.value: (
        "离职",
        "已离职",
        "离岗",
        "退职",
        "left",
        "has left",
        "terminated",
        "resigned",
        "departed",
    ),
}
LANGUAGES = {
    "zh-hans": ("中文", "简体中文", "汉语", "普通话", "zh", "zh-cn", "zh-hans", "zh_cn", "cn", "chinese", "simplified chinese"),
    "en": ("英文", "英语", "en", "en-us", "en-gb", "english"),
}  # fmt: skip
_STATUS_OF = {word: status for status, words in STATUSES.items() for word in words}
_LANGUAGE_OF = {word: language for language, words in LANGUAGES.items() for word in words}


@dataclass(frozen=True)
class PeopleFile:
    """The lines of a file in our words, and the headings that were not understood."""

    rows: tuple[PersonRow, ...]
    unknown_columns: tuple[str, ...]


def read_people(content: bytes, *, today: date) -> PeopleFile:
    """Every line, with what is wrong with it. Raises UnreadableFile where the file as a whole is no such table."""
    sheet = read_sheet(content, COLUMNS, line_limit=LINE_LIMIT)
    return PeopleFile(tuple(_person_row(sheet.columns, row, today) for row in sheet.rows), sheet.unknown)


_READERS: dict[str, Any] = {
    "latin_name": partial(cells.words, limit=120),
    "site": partial(cells.needed_words, limit=80),
    "department": partial(cells.needed_words, limit=80),
    "team": partial(cells.words, limit=80),
    "job_role": partial(cells.needed_words, limit=80),
    "supervisor": partial(cells.needed_words, limit=160),
    "hired_on": cells.day,
    "status": partial(cells.one_of, meanings=_STATUS_OF, code="status_unknown"),
    "vendor": partial(cells.words, limit=120),
    "language": partial(cells.one_of, meanings=_LANGUAGE_OF, code="language_unknown"),
    "email": cells.address,
    "seat_number": partial(cells.number_text, limit=40),
}


def _person_row(columns: tuple[str | None, ...], row: Row, today: date) -> PersonRow:
    said, problems = line_cells(columns, row)
    fields: dict[str, Any] = {}
    number = cells.employee_number(said.pop("employee_no", ""))
    if isinstance(number, Problem):
        problems.append(number)
        number = ""
    fields["full_name"] = _name(said.pop("full_name", ""), problems)
    for column, cell in said.items():
        value = _READERS[column](column, cell)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            fields[column] = value
    hired_on = fields.get("hired_on")
    if hired_on and not EARLIEST_HIRE <= hired_on <= today + timedelta(days=366):
        problems.append(Problem.of("hired_on", "day_implausible", value=hired_on.isoformat()))
        fields["hired_on"] = None
    return PersonRow(line=row.line, employee_no=number, problems=tuple(problems), **fields)


def _name(cell: str, problems: list[Problem]) -> str | None:
    """An empty cell says nothing: whoever is new is asked for a name by the plan."""
    name = clean_name(cells.cell_text(cell))
    if not name:
        return None
    fault = name_fault(name)
    if fault:
        problems.append(Problem.of("full_name", fault, value=name))
        return None
    return name


def line_cells(columns: tuple[str | None, ...], row: Row) -> tuple[dict[str, str], list[Problem]]:
    """({column: cell}, what is wrong with the line as such). Columns we don't know are left out."""
    problems = []
    if row.surplus:
        problems.append(Problem.of("", "surplus_cells", value=row.surplus[0]))
    said = {}
    for column, cell in zip(columns, row.cells, strict=True):
        if column is not None:
            said[column] = cell
            if "\n" in cell and ("," in cell or ";" in cell or "\t" in cell):
                problems.append(Problem.of(column, "line_break"))
    return said, problems
