"""What the calculators of a lesson start from and show: the staffing of one half-hour with and without one colleague,
and the bounds of the others' figures.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from types import MappingProxyType
from typing import Any

from courses.simulators.erlang import (
    UNSTABLE,
    Unstable,
    agents_for,
    average_speed_of_answer,
    erlang_a,
    occupancy,
    people_to_roster,
    service_level,
)
from courses.simulators.metrics import FAMILIES, MEASURES, METRICS
from courses.simulators.shrinkage import TERMS

HALF_HOUR_S = 1800


@dataclass(frozen=True)
class Slider:
    """How far a start value may go, and how far a learner may move it: from `least` to twice the start value, at least
    to `reach`, never above `most`."""

    least: int
    reach: int
    most: int

    def end(self, start: int) -> int:
        return min(self.most, max(self.reach, 2 * start))


#: The figures of a plan that may move.
SLIDERS: Mapping[str, Slider] = MappingProxyType(
    {
        "calls": Slider(1, 40, 5000),
        "aht_s": Slider(10, 600, 1800),
        "agents": Slider(2, 10, 1000),
        "service_level_percent": Slider(1, 99, 99),
        "shrinkage_percent": Slider(0, 60, 60),
        "patience_s": Slider(10, 300, 1800),
    }
)
MOST_ANSWER_WITHIN_S = 600


@dataclass(frozen=True)
class Plan:
    """One half-hour: what comes in, who is on the phones, what is asked of them. Without patience nobody hangs up."""

    calls: int
    aht_s: int
    agents: int
    service_level_percent: int
    answer_within_s: int
    shrinkage_percent: int
    patience_s: int | None = None


@dataclass(frozen=True)
class Floor:
    """How the half-hour goes; UNSTABLE where the queue grows without end. `abandonment` is None where nobody hangs up."""

    agents: int
    service_level: float | Unstable
    occupancy: float | Unstable
    average_speed_of_answer: float | Unstable
    abandonment: float | None
    is_target_met: bool

    @property
    def is_stable(self) -> bool:
        return self.service_level is not UNSTABLE


@dataclass(frozen=True)
class Need:
    """The fewest people who reach the target: on the phones, and on the roster."""

    on_phones: int
    rostered: int


def floor(plan: Plan) -> Floor:
    """By Erlang A where callers have a patience, by Erlang C where they haven't. Raises ValueError as those do."""
    asked = (plan.calls, HALF_HOUR_S, plan.aht_s, plan.agents)
    target = plan.service_level_percent / 100
    if plan.patience_s is None:
        level = service_level(*asked, plan.answer_within_s)
        return Floor(
            agents=plan.agents,
            service_level=level,
            occupancy=occupancy(*asked),
            average_speed_of_answer=average_speed_of_answer(*asked),
            abandonment=None,
            is_target_met=level is not UNSTABLE and level >= target,
        )
    queue = erlang_a(*asked, plan.answer_within_s, plan.patience_s)
    return Floor(
        agents=plan.agents,
        service_level=queue.service_level,
        occupancy=queue.occupancy,
        average_speed_of_answer=queue.average_speed_of_answer,
        abandonment=queue.abandonment,
        is_target_met=queue.service_level >= target,
    )


def one_late(plan: Plan) -> Plan:
    """The same half-hour with one colleague fewer. Raises ValueError where that leaves nobody."""
    if plan.agents < 2:
        raise ValueError("agents: with one fewer nobody is left")
    return replace(plan, agents=plan.agents - 1)


def need(plan: Plan) -> Need:
    """Who is needed for the target, whoever is on the phones in the plan; hang-ups count as they do there."""
    without_hang_ups = agents_for(
        plan.calls, HALF_HOUR_S, plan.aht_s, plan.service_level_percent / 100, plan.answer_within_s
    )
    on_phones = without_hang_ups
    if plan.patience_s is not None:
        few, enough = 0, without_hang_ups  # callers who hang up never make the others wait longer
        while enough - few > 1:
            middle = (few + enough) // 2
            if floor(replace(plan, agents=middle)).is_target_met:
                enough = middle
            else:
                few = middle
        on_phones = enough
    return Need(on_phones, people_to_roster(on_phones, plan.shrinkage_percent / 100))


# --- bounds of the other calculators ---------------------------------------------------------------------------

#: From, to, both included.
SHRINKAGE_FIGURES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"paid_hours": (1, 10_000), **{f"{term}_percent": (0, 60) for term in TERMS}, "needed": (1, 1000)}
)
FORECAST_FIGURES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "aht_s": (SLIDERS["aht_s"].least, SLIDERS["aht_s"].most),
        "service_level_percent": (SLIDERS["service_level_percent"].least, SLIDERS["service_level_percent"].most),
        "answer_within_s": (0, MOST_ANSWER_WITHIN_S),
        "shrinkage_percent": (0, SLIDERS["shrinkage_percent"].most),
    }
)
LEAST_WEEKS, MOST_WEEKS = 3, 12
MOST_HALF_HOUR_CALLS, MOST_DAY_CALLS = 5000, 200_000
LONGEST_NOTE = 60
#: What differs from language to language; all other fields are figures and the same in each.
WORDS = frozenset(["title", "task", "note"])


def calculator_problems(value: Any) -> list[str]:
    """What is wrong with a metric calculator's fields, in English; nothing when it can be shown."""
    return list(_calculator(value)) if isinstance(value, Mapping) else ["a mapping is expected"]


def exercise_problems(value: Any) -> list[str]:
    """As `calculator_problems`, for an exercise."""
    return list(_exercise(value)) if isinstance(value, Mapping) else ["a mapping is expected"]


def shrinkage_problems(value: Any) -> list[str]:
    """As `calculator_problems`, for a shrinkage calculator."""
    return list(_shrinkage(value)) if isinstance(value, Mapping) else ["a mapping is expected"]


def forecast_problems(value: Any) -> list[str]:
    """As `calculator_problems`, for a forecast."""
    return list(_forecast(value)) if isinstance(value, Mapping) else ["a mapping is expected"]


#: The block's name in a pack and in a lesson's body → what to check it with.
BLOCK_PROBLEMS: Mapping[str, Callable[[Any], list[str]]] = MappingProxyType(
    {
        "calculator": calculator_problems,
        "exercise": exercise_problems,
        "shrinkage": shrinkage_problems,
        "forecast": forecast_problems,
    }
)


def figures_of(value: Any) -> Any:
    """A block's fields without its words, to compare what must be the same in every language."""
    if isinstance(value, Mapping):
        return {name: figures_of(part) for name, part in value.items() if name not in WORDS}
    return [figures_of(part) for part in value] if isinstance(value, list) else value


def _calculator(value: Mapping[Any, Any]) -> Iterator[str]:
    yield from _fields(value, {"title", "task", "metric", "start"})
    yield from _texts(value, "title", "task")
    metric = METRICS.get(value["metric"]) if isinstance(value.get("metric"), str) else None
    if metric is None:
        yield f"there is no metric `{value.get('metric')}`" if "metric" in value else "`metric` is missing"
        return
    start = value.get("start", [])
    if not isinstance(start, list):
        yield "start: a list of `figure` and `value` is expected"
        return
    places = {given.name: MEASURES[given.figure.unit] for given in metric.inputs}
    seen = set()
    for row in start:
        if not isinstance(row, Mapping) or set(row) != {"figure", "value"}:
            yield "start: a list of `figure` and `value` is expected"
            continue
        name = row["figure"]
        if not isinstance(name, str) or name not in places:
            yield f"start: {metric.key} has no figure `{name}`; it has {', '.join(places)}"
        elif name in seen:
            yield f"start: `{name}` stands twice"
        elif not _is_number(row["value"]) or not 0 <= row["value"] <= places[name].most:
            yield f"start: `{name}` must be a number from 0 to {places[name].most}"
        elif round(row["value"], places[name].typed_places) != row["value"]:
            yield f"start: `{name}` takes at most {places[name].typed_places} places after the point"
        seen.add(str(name))


def _exercise(value: Mapping[Any, Any]) -> Iterator[str]:
    yield from _fields(value, {"title", "metrics", "family"})
    yield from _texts(value, "title")
    metrics, family = value.get("metrics") or [], value.get("family") or ""
    if not isinstance(metrics, list):
        yield "metrics: a list is expected"
        return
    for key in metrics:
        if not isinstance(key, str) or key not in METRICS:
            yield f"there is no metric `{key}`"
    if family and (not isinstance(family, str) or family not in FAMILIES):
        yield f"there is no family `{family}`; there are {', '.join(FAMILIES)}"
    if not metrics and not family:
        yield "give `metrics` or a `family`"


def _shrinkage(value: Mapping[Any, Any]) -> Iterator[str]:
    yield from _fields(value, {"title", "task", *SHRINKAGE_FIGURES})
    yield from _texts(value, "title", "task")
    wrong = list(_bounded(value, SHRINKAGE_FIGURES))
    yield from wrong
    if not wrong and sum(value[f"{term}_percent"] for term in TERMS) >= 100:
        yield "the terms add up to 100 per cent or more: nobody is left to answer"


def _forecast(value: Mapping[Any, Any]) -> Iterator[str]:
    yield from _fields(value, {"title", "task", "weeks", *FORECAST_FIGURES})
    yield from _texts(value, "title", "task")
    yield from _bounded(value, FORECAST_FIGURES)
    weeks = value.get("weeks")
    if not isinstance(weeks, list) or not LEAST_WEEKS <= len(weeks) <= MOST_WEEKS:
        yield f"weeks: a list of {LEAST_WEEKS} to {MOST_WEEKS} is expected"
        return
    for number, week in enumerate(weeks, start=1):
        where = f"week {number}: "
        if not isinstance(week, Mapping):
            yield f"{where}a mapping is expected"
            continue
        wrong = [
            *_fields(week, {"calls", "day_calls", "note"}),
            *_texts(week, "note"),
            *_bounded(week, {"calls": (0, MOST_HALF_HOUR_CALLS)}),
        ]
        if week.get("day_calls") is not None:
            wrong += _bounded(week, {"day_calls": (0, MOST_DAY_CALLS)})
            if not wrong and week["day_calls"] < week["calls"]:
                wrong.append("`day_calls` can't be less than `calls`")
        if isinstance(week.get("note"), str) and len(week["note"]) > LONGEST_NOTE:
            wrong.append(f"`note` is longer than {LONGEST_NOTE} characters")
        yield from (where + what for what in wrong)
    known = [week.get("day_calls") is not None for week in weeks if isinstance(week, Mapping)]
    if any(known) and not all(known):
        yield "weeks: give `day_calls` for every week, or for none"


def _fields(value: Mapping[Any, Any], known: set[str]) -> Iterator[str]:
    for name in value:
        if name not in known:
            yield f"there is no field `{name}`"


def _texts(value: Mapping[Any, Any], *names: str) -> Iterator[str]:
    for name in names:
        if value.get(name) is not None and not isinstance(value[name], str):
            yield f"`{name}` must be a text"


def _bounded(value: Mapping[Any, Any], bounds: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    for name, (least, most) in bounds.items():
        found = value.get(name)
        if found is None:
            yield f"`{name}` is missing"
        elif not _is_number(found) or found != int(found) or not least <= found <= most:
            yield f"`{name}` must be a whole number from {least} to {most}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
