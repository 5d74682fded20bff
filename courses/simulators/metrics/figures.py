"""What the metrics count and time: names in both languages, units, and how an amount is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, code: str) -> str:
        return self.en if code.startswith("en") else self.zh


class Unit(StrEnum):
    PERCENT = "percent"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    CALLS = "calls"
    PER_HOUR = "per_hour"
    PEOPLE = "people"
    MONEY = "money"
    RINGS = "rings"
    POINTS = "points"


@dataclass(frozen=True)
class Measure:
    """How amounts of a unit are written and drawn: `places` after the point in a result, `typed_places` in what is typed."""

    shown: Words
    places: int
    typed_places: int
    most: int


MEASURES: Final[Mapping[Unit, Measure]] = MappingProxyType(
    {
        Unit.PERCENT: Measure(Words("{n}%", "{n}%"), 1, 1, 100),
        Unit.SECONDS: Measure(Words("{n} 秒", "{n} s"), 0, 0, 10_000_000),
        Unit.MINUTES: Measure(Words("{n} 分钟", "{n} min"), 0, 0, 1_000_000),
        Unit.HOURS: Measure(Words("{n} 小时", "{n} h"), 1, 1, 100_000),
        Unit.CALLS: Measure(Words("{n} 通", "{n}"), 0, 0, 1_000_000),
        Unit.PER_HOUR: Measure(Words("每小时 {n} 通", "{n} per hour"), 1, 1, 1_000),
        Unit.PEOPLE: Measure(Words("{n} 人", "{n}"), 0, 0, 100_000),
        Unit.MONEY: Measure(Words("{n} 元", "{n}"), 2, 2, 100_000_000),
        Unit.RINGS: Measure(Words("{n} 声", "{n}"), 1, 0, 1_000_000),
        Unit.POINTS: Measure(Words("{n} 分", "{n}"), 1, 1, 1_000_000),
    }
)


@dataclass(frozen=True)
class Figure:
    """Something counted or timed: what it is called, in which unit."""

    label: Words
    unit: Unit


#: Each figure once; labels stand in formulas and before fields, so they read in both places.
FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        "offered": Figure(Words("呼入通数", "calls offered"), Unit.CALLS),
        "connected": Figure(Words("接入通数", "calls connected"), Unit.CALLS),
        "answered": Figure(Words("接起通数", "calls answered"), Unit.CALLS),
        "answered_in_time": Figure(Words("20 秒内接起的通数", "calls answered within 20 s"), Unit.CALLS),
        "abandoned": Figure(Words("放弃通数", "calls abandoned"), Unit.CALLS),
        "short_abandons": Figure(Words("20 秒以内的短时放弃", "short abandons within 20 s"), Unit.CALLS),
        "blocked": Figure(Words("遇忙通数", "calls that got a busy tone"), Unit.CALLS),
        "queued": Figure(Words("进入排队的通数", "calls queued"), Unit.CALLS),
        "held": Figure(Words("有过静音等待的通数", "calls put on hold"), Unit.CALLS),
        "transferred": Figure(Words("转接通数", "calls transferred"), Unit.CALLS),
        "first_calls": Figure(Words("首次来电数", "first calls about a matter"), Unit.CALLS),
        "called_again": Figure(Words("客户再次来电的件数", "matters the customer called about again"), Unit.CALLS),
        "called_back": Figure(Words("我方又回电的件数", "matters we had to call back about"), Unit.CALLS),
        "talk": Figure(Words("通话总时长", "total talk time"), Unit.SECONDS),
        "hold": Figure(Words("静音等待总时长", "total hold time"), Unit.SECONDS),
        "after_call": Figure(Words("话后处理总时长", "total after-call work"), Unit.SECONDS),
        "idle": Figure(Words("空闲总时长", "total idle time"), Unit.SECONDS),
        "queue_wait": Figure(Words("排队总时长", "total queue time"), Unit.SECONDS),
        "abandon_wait": Figure(Words("放弃来电的等待总时长", "total wait of abandoned calls"), Unit.SECONDS),
        "rings": Figure(Words("振铃总声数", "total rings"), Unit.RINGS),
        "ready_minutes": Figure(Words("签入可接听时间", "ready time signed in"), Unit.MINUTES),
        "signed_in_minutes": Figure(Words("签入总时间", "all time signed in"), Unit.MINUTES),
        "scheduled_minutes": Figure(Words("排班时间", "scheduled time"), Unit.MINUTES),
        "signed_in_hours": Figure(Words("签入工时", "hours signed in"), Unit.HOURS),
        "paid_hours": Figure(Words("计薪工时", "hours paid"), Unit.HOURS),
        "points": Figure(Words("得分合计", "points reached"), Unit.POINTS),
        "attainable": Figure(Words("适用项满分合计", "points attainable"), Unit.POINTS),
        "not_applicable": Figure(Words("不适用项的分值", "points of items that didn't apply"), Unit.POINTS),
        "present": Figure(Words("实到人数", "people present"), Unit.PEOPLE),
        "scheduled_people": Figure(Words("应到人数", "people scheduled"), Unit.PEOPLE),
        "headcount": Figure(Words("在册人数", "people on the team"), Unit.PEOPLE),
        "average_headcount": Figure(Words("全年平均人数", "average headcount of the year"), Unit.PEOPLE),
        "leavers": Figure(Words("离职人数", "leavers"), Unit.PEOPLE),
        "joiners": Figure(Words("新入职人数", "people who joined"), Unit.PEOPLE),
        "total_cost": Figure(Words("总成本", "total cost"), Unit.MONEY),
        "wages": Figure(Words("人工成本", "wages"), Unit.MONEY),
    }
)


def plain(value: Fraction | Decimal | int) -> str:
    """A number as people write it in both languages: 12,345.6. At most two places; no zeros at the end."""
    exact = Fraction(value)
    hundredths = (abs(exact) * 100 + Fraction(1, 2)).__floor__()
    whole, rest = divmod(hundredths, 100)
    places = f".{rest:02d}".rstrip("0").rstrip(".")
    return f"{'−' if exact < 0 and hundredths else ''}{whole:,}{places}"


def shown(value: Fraction | Decimal | int, unit: Unit, language: str) -> str:
    """A number with its unit."""
    return MEASURES[unit].shown.in_language(language).format(n=plain(value))


def shown_unit(unit: Unit, language: str) -> str:
    """The unit alone, as it stands behind a field; empty where the figure's name says it."""
    return MEASURES[unit].shown.in_language(language).replace("{n}", "").strip()
