"""How many people a queue needs and how long it lets callers wait: Erlang B, C and A. Pure functions.

Callers come at random (Poisson), handling times are exponential, one queue is served in order. Times are seconds, the
*load* is in erlangs (calls × handling time ÷ interval), shares lie between 0 and 1. Where a queue without hang-ups has
no more agents than load it grows without end: such a case is answered UNSTABLE, never with a number. Bad input raises
ValueError. `courses/static/courses/staffing.js` computes the same in the browser.
"""

from dataclasses import dataclass
from enum import Enum
from itertools import count
from math import ceil, exp, expm1, floor, isfinite, log
from typing import Final

#: Nobody waits longer than a day; the sum of Erlang A grows with patience.
MOST_PATIENCE_S = 86_400


class Unstable(Enum):
    """The one answer that is no number. It can't be compared with `<`, added or rounded by mistake."""

    UNSTABLE = "unstable"

    def __str__(self) -> str:
        return self.value


UNSTABLE: Final = Unstable.UNSTABLE


@dataclass(frozen=True)
class Patience:
    """What a queue with hang-ups comes to; all but the last are shares of the callers or of the agents' time.

    `waiting`: callers who find everybody busy. `service_level`: callers answered in time. `abandonment`: callers who
    hang up. `occupancy`: handling, after-call work included, of the time signed in. `average_speed_of_answer`: seconds
    of queueing per answered call.
    """

    waiting: float
    service_level: float
    abandonment: float
    occupancy: float
    average_speed_of_answer: float


def offered_load(calls: float, interval_s: float, aht_s: float) -> float:
    """The load in erlangs: calls × average handling time ÷ interval.

    Raises ValueError for a negative number of calls, an interval or handling time that isn't above 0.
    """
    _at_least_zero("calls", calls)
    _above_zero("interval_s", interval_s)
    _above_zero("aht_s", aht_s)
    return calls * aht_s / interval_s


def erlang_b(load: float, agents: int) -> float:
    """The share of calls that find all agents busy and are turned away, with no queue to wait in.

    `load` in erlangs, `agents` whole, both from 0 up, otherwise ValueError. Never UNSTABLE: without a queue nothing grows.
    Source: Erlang, Post Office Electrical Engineers' Journal 10 (1917) 189–197, by the recursion
    B(n) = A·B(n−1) ÷ (n + A·B(n−1)), which neither overflows nor cancels.
    """
    _at_least_zero("load", load)
    _whole("agents", agents)
    blocked = 1.0
    for agent in range(1, agents + 1):
        blocked = load * blocked / (agent + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float | Unstable:
    """The share of callers who have to wait, if nobody ever hangs up; UNSTABLE where agents ≤ load.

    `load` in erlangs, `agents` whole, both from 0 up, otherwise ValueError.
    Source: Erlang 1917, as C = B ÷ (1 − A/n·(1 − B)).
    """
    blocked = erlang_b(load, agents)
    return UNSTABLE if agents <= load else _waiting(blocked, load, agents)


def service_level(
    calls: float, interval_s: float, aht_s: float, agents: int, answer_within_s: float
) -> float | Unstable:
    """The share of callers answered within `answer_within_s` by Erlang C; UNSTABLE where agents ≤ load.

    Raises ValueError for negative calls, agents or seconds and for an interval or handling time that isn't above 0.
    Source: Erlang 1917; the wait of those who wait is exponential: 1 − C·e^(−(n − A)·t ÷ AHT).
    """
    load = offered_load(calls, interval_s, aht_s)
    _at_least_zero("answer_within_s", answer_within_s)
    waiting = erlang_c(load, agents)
    return UNSTABLE if waiting is UNSTABLE else _in_time(waiting, load, agents, aht_s, answer_within_s)


def average_speed_of_answer(calls: float, interval_s: float, aht_s: float, agents: int) -> float | Unstable:
    """Seconds of queueing per call by Erlang C, those answered at once included; UNSTABLE where agents ≤ load.

    Raises ValueError as `service_level` does. Source: Erlang 1917: C·AHT ÷ (n − A).
    """
    load = offered_load(calls, interval_s, aht_s)
    waiting = erlang_c(load, agents)
    return UNSTABLE if waiting is UNSTABLE else waiting * aht_s / (agents - load)


def occupancy(calls: float, interval_s: float, aht_s: float, agents: int) -> float | Unstable:
    """The share of the time signed in that agents handle calls, A ÷ n; UNSTABLE where agents ≤ load.

    After-call work counts as handling, because `aht_s` holds it; centers that leave it out see a lower figure.
    Raises ValueError as `service_level` does.
    """
    load = offered_load(calls, interval_s, aht_s)
    _whole("agents", agents)
    return UNSTABLE if agents <= load else load / agents


def people_to_roster(agents: int, shrinkage: float) -> int:
    """How many to roster so that `agents` are on the phones: n ÷ (1 − shrinkage), rounded up.

    `shrinkage`: share of the rostered time away from the phones (breaks, training, leave, sickness). Raises ValueError for
    a negative number of agents and for a shrinkage below 0 or from 1 up.
    """
    _whole("agents", agents)
    _share("shrinkage", shrinkage)
    if shrinkage == 1:
        raise ValueError("shrinkage: with everybody away nobody answers")
    return ceil(agents / (1 - shrinkage) - 1e-9)  # 0.1 + 0.2 shouldn't cost a person


def agents_for(
    calls: float,
    interval_s: float,
    aht_s: float,
    service_level: float,
    answer_within_s: float,
    max_occupancy: float | None = None,
    shrinkage: float = 0,
) -> int:
    """The fewest people to roster so that Erlang C reaches the service level within `answer_within_s` seconds.

    With `max_occupancy` they are no busier than that either; with `shrinkage` the answer counts those who are away from
    the phones too (`people_to_roster`). No calls need nobody. Never UNSTABLE: enough people make every queue stable.
    Raises ValueError as `service_level` does, for shares outside 0–1, and for a service level of 1, which no number of
    people promises. Source: Erlang 1917, searched upwards along the recursion of Erlang B.
    """
    load = offered_load(calls, interval_s, aht_s)
    _share("service_level", service_level)
    _at_least_zero("answer_within_s", answer_within_s)
    if service_level == 1:
        raise ValueError("service_level: no number of agents answers every call in time; ask for less than 1")
    agents = floor(load) + 1
    if max_occupancy is not None:
        _share("max_occupancy", max_occupancy)
        if not max_occupancy:
            raise ValueError("max_occupancy must be above 0")
        agents = max(agents, ceil(load / max_occupancy - 1e-9))
    if not calls:
        return people_to_roster(0, shrinkage)
    blocked = erlang_b(load, agents)
    while _in_time(_waiting(blocked, load, agents), load, agents, aht_s, answer_within_s) < service_level:
        agents += 1
        blocked = load * blocked / (agents + load * blocked)
    return people_to_roster(agents, shrinkage)


def erlang_a(
    calls: float, interval_s: float, aht_s: float, agents: int, answer_within_s: float, patience_s: float
) -> Patience:
    """What the queue comes to when callers hang up after an exponential patience of `patience_s` seconds on average.

    The service level counts those answered in time among all who called. Never UNSTABLE: where there are too few agents,
    hanging up keeps the queue finite. Raises ValueError as `service_level` does, for no agents at all, and for a patience
    that isn't above 0 or is longer than a day. The work grows with √(calls per patience), and with the calls per
    patience that are too many for the agents.
    Source: Palm, "Research on telephone traffic carried by full availability groups", Tele (English ed.) 1957; notation
    of Mandelbaum & Zeltyn, "Service engineering in action: the Palm/Erlang-A queue" (2007). With y = λ/θ, a = nμ/θ and
    S = Σ yʲ ÷ ((a+1)…(a+j)) the state "all busy, none waiting" has the probability 1 ÷ (1/B + S).
    """
    load = offered_load(calls, interval_s, aht_s)
    _whole("agents", agents)
    _at_least_zero("answer_within_s", answer_within_s)
    _above_zero("patience_s", patience_s)
    if not agents:
        raise ValueError("agents must be at least 1: with nobody there nobody is answered")
    if patience_s > MOST_PATIENCE_S:
        raise ValueError(f"patience_s: nobody waits longer than a day ({MOST_PATIENCE_S} s)")
    if not calls:
        return Patience(0.0, 1.0, 0.0, 0.0, 0.0)
    arrivals, endings = calls * patience_s / interval_s, agents * patience_s / aht_s
    blocked = erlang_b(load, agents)
    queue = _queue(arrivals, endings)
    nobody_waits = exp(-queue.log_scale)  # all busy: the state from which the others are counted, in the queue's scale
    states = nobody_waits + blocked * queue.states
    waiting = blocked * (nobody_waits + queue.states) / states
    answered_later = blocked * queue.states / states * endings / arrivals
    answered = 1 - waiting + answered_later
    late = _late(queue, arrivals, endings, answer_within_s / patience_s)
    return Patience(
        waiting=waiting,
        service_level=max(0.0, 1 - waiting + answered_later * (1 - late)),  # rounding must not go below nothing
        abandonment=blocked * queue.length / states / arrivals,
        occupancy=load * answered / agents,
        average_speed_of_answer=blocked * queue.waits / states * endings / arrivals * patience_s / answered,
    )


@dataclass(frozen=True)
class _Queue:
    """Sums over the states with j = 1, 2, … waiting, each in units of e^log_scale: of their weights, of j, and of how
    long the last of j waits for an agent without hanging up, in units of patience."""

    states: float
    length: float
    waits: float
    log_scale: float


def _queue(arrivals: float, endings: float) -> _Queue:
    """The sums for `arrivals` and `endings` (of handling) per patience. Scaled down on the way, so that nothing overflows."""
    weight, wait, states, length, waits, log_scale = 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for waiting in count(1):
        ratio = arrivals / (endings + waiting)
        weight *= ratio
        wait += 1 / (endings + waiting)
        states += weight
        length += weight * waiting
        waits += weight * wait
        if states > 1e200:
            weight, states, length, waits = (value * 1e-200 for value in (weight, states, length, waits))
            log_scale += 200 * log(10)
        if ratio < 1 and weight * (waiting + 1 / (1 - ratio)) / (1 - ratio) <= 1e-16 * length:
            break
    return _Queue(states, length, waits, log_scale)


def _late(queue: _Queue, arrivals: float, endings: float, passed: float) -> float:
    """Of those answered after waiting, the share that waited longer than `passed` patiences. Source: substitution of
    e^(−θx) in the density of the wait makes both incomplete gamma functions, whose series `_queue` sums."""
    left = _queue(arrivals * exp(-passed), endings)
    if not left.states:
        return 0.0
    growth = -arrivals * expm1(-passed) - endings * passed
    return min(1.0, exp(min(0.0, growth + log(left.states / queue.states) + left.log_scale - queue.log_scale)))


def _waiting(blocked: float, load: float, agents: int) -> float:
    return blocked / (1 - load / agents * (1 - blocked))


def _in_time(waiting: float, load: float, agents: int, aht_s: float, answer_within_s: float) -> float:
    return 1 - waiting * exp(-(agents - load) * answer_within_s / aht_s)


def _at_least_zero(name: str, value: float) -> None:
    if not (isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be a number from 0 up, not {value!r}")


def _above_zero(name: str, value: float) -> None:
    if not (isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a number above 0, not {value!r}")


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be a share between 0 and 1, not {value!r}")


def _whole(name: str, value: int) -> None:
    if value != value // 1 or value < 0:
        raise ValueError(f"{name} must be a whole number from 0 up, not {value!r}")
