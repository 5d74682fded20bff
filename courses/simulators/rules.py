"""What the staffing calculator of a lesson shows: one half-hour at the phones, with and without one colleague."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

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
