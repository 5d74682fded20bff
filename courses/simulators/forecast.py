"""How many calls a half-hour will bring, from the same half-hours of the weeks before. Pure functions.

`courses/static/courses/forecast.js` computes `forecast_weeks` in the browser.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite

import numpy as np

HALF_HOURS_A_DAY = 48
#: A day that breaks out of its history by more than this (an outage, a campaign) is for people to judge.
LEAST_FACTOR, MOST_FACTOR = 0.5, 2.0


@dataclass(frozen=True)
class HalfHour:
    """What came in: the day, the half-hour of it (0 is 00:00–00:30, 47 is 23:30–24:00), the calls."""

    on: date
    half_hour: int
    calls: float


@dataclass(frozen=True)
class Forecast:
    """`calls` = `mean` × `factor`, from so many `weeks`."""

    calls: float
    mean: float
    factor: float
    weeks: int


def forecast_half_hour(history: Iterable[HalfHour], *, on: date, half_hour: int, weeks: int = 6) -> Forecast:
    """The calls to expect in a half-hour: the mean of that half-hour on the same weekday of the last `weeks` weeks,
    times a factor for level and trend.

    The factor lays a straight line (least squares) through those days' totals, reads it at `on` and divides by their
    mean; it is kept between 0.5 and 2, and is 1 with fewer than three days or without calls. A week whose half-hour isn't
    in `history` is left out, not counted as nothing; what lies further back, and `on` itself and later, is passed over.

    Raises ValueError when no week has the half-hour, when a half-hour stands twice, and for negative calls, half-hours
    outside 0–47 and fewer than one week. Source: seasonal mean with a linear trend, as in Hyndman & Athanasopoulos,
    Forecasting: Principles and Practice.
    """
    if weeks < 1:
        raise ValueError("weeks must be at least 1")
    _check_half_hour(half_hour)
    totals: dict[int, float] = {}
    calls: dict[int, float] = {}
    seen = set()
    for row in history:
        _check_half_hour(row.half_hour)
        if not (isfinite(row.calls) and row.calls >= 0):
            raise ValueError(f"calls must be a number from 0 up, not {row.calls!r}")
        if (row.on, row.half_hour) in seen:
            raise ValueError(f"half-hour {row.half_hour} of {row.on} stands twice")
        seen.add((row.on, row.half_hour))
        ago, rest = divmod((on - row.on).days, 7)
        if rest or not 1 <= ago <= weeks:
            continue
        totals[ago] = totals.get(ago, 0) + row.calls
        if row.half_hour == half_hour:
            calls[ago] = row.calls
    if not calls:
        raise ValueError(f"the history has no half-hour {half_hour} on this weekday in the {weeks} weeks before {on}")
    mean = sum(calls.values()) / len(calls)
    factor = _factor({ago: totals[ago] for ago in calls})
    return Forecast(calls=mean * factor, mean=mean, factor=factor, weeks=len(calls))


@dataclass(frozen=True)
class Week:
    """One past week: the calls of the half-hour, those of the whole day (None: not known), and whether it counts."""

    calls: int
    day_calls: int | None = None
    is_counted: bool = True


def forecast_weeks(weeks: Sequence[Week]) -> Forecast | None:
    """The forecast for next week's half-hour from these weeks, oldest first; None where no week counts.

    The trend is read from the days' calls where every week knows them, from the half-hour itself otherwise. Raises
    ValueError for a day with fewer calls than its half-hour.
    """
    knows_days = all(week.day_calls is not None for week in weeks)
    on, half_hour = date(2001, 1, 1), 20  # any will do: only the distance in weeks counts
    history = []
    for ago, week in zip(range(len(weeks), 0, -1), weeks, strict=True):
        if not week.is_counted:
            continue
        day = on - timedelta(weeks=ago)
        history.append(HalfHour(day, half_hour, week.calls))
        if knows_days and week.day_calls is not None:
            if week.day_calls < week.calls:
                raise ValueError("a day can't have fewer calls than its half-hour")
            history.append(HalfHour(day, half_hour + 1, week.day_calls - week.calls))
    return forecast_half_hour(history, on=on, half_hour=half_hour, weeks=len(weeks)) if history else None


def _factor(totals: dict[int, float]) -> float:
    mean = sum(totals.values()) / len(totals)
    if len(totals) < 3 or not mean:
        return 1.0
    _slope, today = np.polyfit([-ago for ago in totals], list(totals.values()), 1)
    return min(MOST_FACTOR, max(LEAST_FACTOR, float(today) / mean))


def _check_half_hour(half_hour: int) -> None:
    if half_hour not in range(HALF_HOURS_A_DAY):
        raise ValueError(f"a day has the half-hours 0 to 47, not {half_hour!r}")
