"""The forecast of a half-hour: from past weeks to calls, from calls to agents."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks import samples
from courses.simulators.erlang import agents_for, people_to_roster
from courses.simulators.forecast import Forecast, Week, forecast_weeks
from courses.simulators.metrics import plain
from courses.simulators.rules import (
    FORECAST_FIGURES,
    HALF_HOUR_S,
    LEAST_WEEKS,
    LONGEST_NOTE,
    MOST_DAY_CALLS,
    MOST_HALF_HOUR_CALLS,
    MOST_WEEKS,
)

START = {"aht_s": 240, "service_level_percent": 80, "answer_within_s": 20, "shrinkage_percent": 25}

FORECAST = gettext_noop(
    "The mean of {weeks} weeks is {mean} calls. The trend makes it {factor} of that: {calls} calls to expect."
)
NOTHING = gettext_noop("Without a single week there is nothing to forecast from.")
NEED = gettext_noop(
    "{calls} calls take {agents} agents on the phones for {target}% within {within} s, and {rostered} on the roster with a "
    "shrinkage of {shrinkage}%."
)


def _figure(name: str, label: Any, help_text: Any = "") -> blocks.IntegerBlock:
    least, most = FORECAST_FIGURES[name]
    return blocks.IntegerBlock(default=START[name], min_value=least, max_value=most, label=label, help_text=help_text)


class WeekBlock(blocks.StructBlock):
    """The half-hour of one past week."""

    calls = blocks.IntegerBlock(min_value=0, max_value=MOST_HALF_HOUR_CALLS, label=_("Calls in the half-hour"))
    day_calls = blocks.IntegerBlock(
        required=False, min_value=0, max_value=MOST_DAY_CALLS, label=_("Calls of the whole day")
    )
    note = blocks.CharBlock(
        required=False, max_length=LONGEST_NOTE, label=_("Note"), help_text=_("What was unusual: a holiday, an outage.")
    )


class ForecastBlock(blocks.StructBlock):
    """Past weeks that the learner can change or leave out, the forecast they make, and the agents it takes."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    task = blocks.TextBlock(required=False, label=_("Task"), help_text=_("What to find out with it."))
    weeks = blocks.ListBlock(
        WeekBlock(label=_("Week")),
        min_num=LEAST_WEEKS,
        max_num=MOST_WEEKS,
        label=_("Past weeks"),
        help_text=_("The same half-hour of the same weekday, oldest first, last week at the end."),
    )
    aht_s = _figure("aht_s", _("Average handling time"), _("In seconds, after-call work included."))
    service_level_percent = _figure(
        "service_level_percent", _("Target: answered in time"), _("In per cent of the calls.")
    )
    answer_within_s = _figure("answer_within_s", _("… within how many seconds"))
    shrinkage_percent = _figure("shrinkage_percent", _("Shrinkage"), _("In per cent of the paid hours."))

    def get_default(self) -> Any:
        """With as many rows as are needed at least."""
        return self.normalize({**super().get_default(), "weeks": [{}] * LEAST_WEEKS})

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        days = [row["day_calls"] for row in cleaned["weeks"]]
        if any(day is None for day in days) and any(day is not None for day in days):
            _refuse(gettext("Give the calls of the whole day for every week, or for none."))
        if any(row["day_calls"] is not None and row["day_calls"] < row["calls"] for row in cleaned["weeks"]):
            _refuse(gettext("A day can't have fewer calls than its half-hour."))
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The forecast of the weeks as they are, for readers without JavaScript too. Without `weeks`: an unfinished draft."""
        context = super().get_context(value, parent_context=parent_context)
        plan = {name: value.get(name) for name in FORECAST_FIGURES}
        rows = list(value.get("weeks") or ())
        if any(figure is None for figure in plan.values()) or any(row.get("calls") is None for row in rows):
            return context
        weeks = [Week(row["calls"], row.get("day_calls")) for row in rows]
        found = forecast_weeks(weeks) if _is_sound(weeks) else None
        if found is None:
            return context
        tallest = max(*(week.calls for week in weeks), found.calls, 1)
        knows_days = all(week.day_calls is not None for week in weeks)
        return context | {
            "weeks": [
                {
                    "number": number,
                    "ago": _ago(len(weeks) - number + 1),
                    "calls": week.calls,
                    "end": max(40, 2 * week.calls),
                    "day_calls": plain(week.day_calls) if knows_days and week.day_calls is not None else "",
                    "note": row.get("note") or "",
                    "bar": _bar(week.calls, tallest),
                }
                for number, (row, week) in enumerate(zip(rows, weeks, strict=True), start=1)
            ],
            "knows_days": knows_days,
            "forecast_bar": _bar(found.calls, tallest),
            "forecast_calls": one_place(found.calls),
            "forecast_words": forecast_words(found),
            "need_words": need_words(found, plan),
            "trend_words": _trend_words(knows_days),
            "data": json.dumps(
                {
                    "plan": plan,
                    "day_calls": [week.day_calls for week in weeks] if knows_days else None,
                    "calls": [week.calls for week in weeks],
                    "texts": {"forecast": gettext(FORECAST), "nothing": gettext(NOTHING), "need": gettext(NEED)},
                },
                ensure_ascii=False,
            ),
        }

    class Meta:
        template = "courses/blocks/forecast.html"
        group = samples.FIGURES
        icon = "history"
        label = _("Forecast")
        preview_value = START | {"weeks": [{"calls": calls} for calls in (92, 95, 31, 98, 101, 104)]}
        description = _("Past weeks, the forecast they make, and the agents it takes")


def forecast_words(found: Forecast) -> str:
    return gettext(FORECAST).format(
        weeks=found.weeks,
        mean=one_place(found.mean),
        factor=f"{one_place(found.factor * 100)}%",
        calls=one_place(found.calls),
    )


def need_words(found: Forecast, plan: Mapping[str, int]) -> str:
    """Whom the forecast takes, by Erlang C."""
    agents = agents_for(
        found.calls, HALF_HOUR_S, plan["aht_s"], plan["service_level_percent"] / 100, plan["answer_within_s"]
    )
    return gettext(NEED).format(
        calls=one_place(found.calls),
        agents=agents,
        rostered=people_to_roster(agents, plan["shrinkage_percent"] / 100),
        target=plan["service_level_percent"],
        within=plan["answer_within_s"],
        shrinkage=plan["shrinkage_percent"],
    )


def one_place(value: float) -> str:
    """12,345.6, rounded half up past binary dust; the browser rounds in the same way."""
    return plain(Fraction(floor(value * 10 + 0.5 + 1e-9), 10))


def _refuse(words: str) -> None:
    error = blocks.ListBlockValidationError(non_block_errors=[ValidationError(words)])
    raise blocks.StructBlockValidationError(block_errors={"weeks": error})


def _is_sound(weeks: Sequence[Week]) -> bool:
    """Whether a draft's weeks can be reckoned with at all."""
    return bool(weeks) and all(week.day_calls is None or week.day_calls >= week.calls for week in weeks)


def _ago(weeks: int) -> str:
    if weeks == 1:
        return gettext("last week")
    return ngettext("{n} week ago", "{n} weeks ago", weeks).format(n=weeks)


def _bar(calls: float, tallest: float) -> str:
    return f"{calls / tallest * 100:.2f}"


def _trend_words(knows_days: bool) -> str:
    if knows_days:
        return gettext("A straight line through the days' calls gives the trend, kept between half and double.")
    return gettext("A straight line through these half-hours gives the trend, kept between half and double.")
