"""Erlang B, C and A against published values, against their limits and against a simulated queue."""

from heapq import heapify, heapreplace
from math import sqrt
from random import Random
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.simulators.erlang import (
    UNSTABLE,
    Patience,
    agents_for,
    average_speed_of_answer,
    erlang_a,
    erlang_b,
    erlang_c,
    occupancy,
    offered_load,
    people_to_roster,
    service_level,
)

HALF_HOUR = 1800


# --- published values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "agents", "blocked"),
    [
        (0, 0, 1), (3, 0, 1), (0, 4, 0), (1, 1, 0.5), (2, 2, 0.4), (5, 5, 0.2849), (10, 10, 0.2146), (20, 20, 0.1589),
        (100, 100, 0.0757),
        # tables of the load that N lines carry at a grade of service of 1 %
        (4.4612, 10, 0.01), (12.031, 20, 0.01), (37.901, 50, 0.01), (84.064, 100, 0.01),
    ],
)  # fmt: skip
def test_erlang_b_agrees_with_the_tables(load, agents, blocked):
    assert erlang_b(load, agents) == pytest.approx(blocked, abs=5e-5)


@pytest.mark.parametrize(
    ("load", "agents", "waiting"), [(0, 1, 0), (0.7, 1, 0.7), (1, 2, 1 / 3), (2, 3, 4 / 9), (48, 55, 0.2387)]
)
def test_erlang_c_agrees_with_textbooks(load, agents, waiting):
    """One server: the load itself. The last is the widely printed example of 360 calls of 4 minutes in half an hour."""
    assert erlang_c(load, agents) == pytest.approx(waiting, abs=5e-5)


def test_the_example_of_360_calls_in_half_an_hour():
    calls = (360, HALF_HOUR, 240, 55)

    assert service_level(*calls, 15) == pytest.approx(0.846, abs=5e-4)
    assert average_speed_of_answer(*calls) == pytest.approx(8.2, abs=0.05)
    assert occupancy(*calls) == pytest.approx(0.873, abs=5e-4)


def test_the_example_of_100_calls_in_half_an_hour():
    """The worked example of the trade press: 10 erlangs, 14 agents, 88.8 % in 20 s, 20 to roster with 30 % away."""
    calls = (100, HALF_HOUR, 180, 14)

    assert erlang_c(10, 14) == pytest.approx(0.174, abs=5e-4)
    assert service_level(*calls, 20) == pytest.approx(0.888, abs=5e-4)
    assert average_speed_of_answer(*calls) == pytest.approx(7.8, abs=0.05)
    assert occupancy(*calls) == pytest.approx(0.714, abs=5e-4)
    assert agents_for(100, HALF_HOUR, 180, 0.8, 20) == 14
    assert agents_for(100, HALF_HOUR, 180, 0.8, 20, shrinkage=0.3) == 20


def test_erlang_a_agrees_with_the_tutorial():
    """Gans, Koole & Mandelbaum, "Telephone call centers: tutorial, review, and research prospects" (2003): 48 calls a
    minute of one minute each, 50 agents. Without hang-ups 20.8 s of waiting; with a patience of 2 minutes 3.1 % hang
    up, agents are 93 % busy, and the average wait of all callers (hang-ups ÷ callers × patience) is 3.7 s."""
    queue = erlang_a(48, 60, 60, 50, 20, 120)

    assert average_speed_of_answer(48, 60, 60, 50) == pytest.approx(20.8, abs=0.05)
    assert queue.abandonment == pytest.approx(0.031, abs=5e-4)
    assert queue.abandonment * 120 == pytest.approx(3.7, abs=0.05)
    assert queue.occupancy == pytest.approx(0.93, abs=5e-3)


def test_one_agent_and_callers_as_patient_as_calls_are_long_is_solved_by_hand():
    """λ = μ = θ, n = 1: as many in the system as in a queue with a server for everybody, so Poisson with mean 1."""
    queue = erlang_a(1, 60, 60, 1, 0, 60)

    busy = 1 - 0.36787944117144233
    assert queue.waiting == pytest.approx(busy, rel=1e-12)
    assert queue.abandonment == pytest.approx(1 - busy, rel=1e-12)
    assert queue.service_level == pytest.approx(1 - busy, rel=1e-12)
    assert queue.occupancy == pytest.approx(busy, rel=1e-12)


# --- what has no answer --------------------------------------------------------------------------------------


@pytest.mark.parametrize("agents", [0, 7, 8])
def test_a_queue_that_grows_without_end_has_no_numbers(agents):
    calls = (60, HALF_HOUR, 240, agents)

    assert erlang_c(8, agents) is UNSTABLE
    assert service_level(*calls, 20) is UNSTABLE
    assert average_speed_of_answer(*calls) is UNSTABLE
    assert occupancy(*calls) is UNSTABLE
    assert str(UNSTABLE) == "unstable"
    with pytest.raises(TypeError):
        erlang_c(8, agents) < 1  # noqa: B015


def test_hang_ups_keep_a_short_staffed_queue_finite():
    queue = erlang_a(600, HALF_HOUR, 240, 40, 20, 60)

    assert queue.abandonment == pytest.approx(0.5, abs=1e-3)
    assert queue.occupancy == pytest.approx(1, abs=1e-3)


def test_no_calls_wait_for_nobody():
    assert service_level(0, HALF_HOUR, 240, 1, 20) == 1
    assert average_speed_of_answer(0, HALF_HOUR, 240, 1) == 0
    assert agents_for(0, HALF_HOUR, 240, 0.8, 20, shrinkage=0.3) == 0
    assert erlang_a(0, HALF_HOUR, 240, 1, 20, 60) == Patience(0, 1, 0, 0, 0)


GOOD = {"calls": 60, "interval_s": HALF_HOUR, "aht_s": 240}


@pytest.mark.parametrize("bad", [{"calls": -1}, {"calls": float("nan")}, {"interval_s": 0}, {"aht_s": 0},
                                 {"aht_s": float("inf")}, {"agents": -1}, {"agents": 10.5},
                                 {"answer_within_s": -1}])  # fmt: skip
def test_bad_input_is_refused_by_its_name(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        service_level(**{**GOOD, "agents": 11, "answer_within_s": 20, **bad})


@pytest.mark.parametrize("bad", [{"service_level": 1}, {"service_level": 80}, {"service_level": -0.1},
                                 {"answer_within_s": -1}, {"max_occupancy": 0}, {"max_occupancy": 1.2},
                                 {"shrinkage": 1}, {"shrinkage": -0.1}, {"shrinkage": 30}])  # fmt: skip
def test_bad_targets_are_refused_by_their_name(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        agents_for(**{**GOOD, "service_level": 0.8, "answer_within_s": 20, **bad})


@pytest.mark.parametrize("bad", [{"patience_s": 0}, {"patience_s": 90_000}, {"agents": 0}])
def test_bad_patience_is_refused_by_its_name(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        erlang_a(**{**GOOD, "agents": 11, "answer_within_s": 20, "patience_s": 60, **bad})


def test_bad_loads_are_refused():
    with pytest.raises(ValueError, match="load"):
        erlang_b(-1, 3)
    with pytest.raises(ValueError, match="agents"):
        erlang_c(1, -3)
    with pytest.raises(ValueError, match="shrinkage"):
        people_to_roster(3, 1)


# --- large centers -------------------------------------------------------------------------------------------


def test_thousands_of_erlangs_neither_overflow_nor_lose_their_figures():
    calls = 60_000  # of four minutes in half an hour: 8,000 erlangs

    assert offered_load(calls, HALF_HOUR, 240) == 8000
    agents = agents_for(calls, HALF_HOUR, 240, 0.8, 20)
    assert 8000 < agents < 8100
    assert 0.8 <= service_level(calls, HALF_HOUR, 240, agents, 20) < 1
    assert service_level(calls, HALF_HOUR, 240, agents - 1, 20) < 0.8
    assert erlang_a(calls, HALF_HOUR, 240, 5000, 20, 120).abandonment == pytest.approx(0.375, abs=1e-6)
    assert erlang_b(0.01, 500) == 0
    assert erlang_a(1, HALF_HOUR, 10, 500, 20, 60).service_level == 1


# --- limits and order ----------------------------------------------------------------------------------------

LOADS = st.floats(0.05, 300)
AGENTS = st.integers(1, 400)
TIMES = st.floats(0, 300)
QUEUES = st.tuples(st.floats(1, 2000), st.just(HALF_HOUR), st.floats(20, 900))


@given(LOADS, AGENTS)
def test_turning_away_keeps_the_rest_from_waiting(load, agents):
    waiting = erlang_c(load, agents)

    assert 0 <= erlang_b(load, agents) <= 1
    assert erlang_b(load, agents + 1) <= erlang_b(load, agents) <= erlang_b(load * 1.1, agents)
    assert waiting is UNSTABLE or erlang_b(load, agents) <= waiting <= 1


@given(QUEUES, AGENTS, TIMES)
def test_more_people_more_time_and_shorter_calls_never_make_it_worse(queue, agents, within):
    calls, interval, aht = queue
    level = service_level(*queue, agents, within)
    if level is UNSTABLE:
        return

    assert 0 <= level <= service_level(*queue, agents + 1, within) <= 1
    assert level <= service_level(*queue, agents, within + 5)
    assert level <= service_level(calls, interval, aht * 0.95, agents, within) + 1e-12
    assert average_speed_of_answer(*queue, agents + 1) <= average_speed_of_answer(*queue, agents)


@given(QUEUES, st.floats(0, 0.999), TIMES, st.none() | st.floats(0.3, 1), st.floats(0, 0.6))
@settings(max_examples=60, deadline=None)
def test_agents_for_finds_what_a_linear_scan_finds(queue, target, within, busiest, away):
    def is_enough(agents):
        level = service_level(*queue, agents, within)
        return level is not UNSTABLE and level >= target and occupancy(*queue, agents) <= (busiest or 1)

    found = agents_for(*queue, target, within, busiest)

    assert found == next(agents for agents in range(10_000) if is_enough(agents))
    assert agents_for(*queue, target, within, busiest, away) == people_to_roster(found, away)
    assert people_to_roster(found, away) * (1 - away) >= found - 1e-6


@given(QUEUES, AGENTS, TIMES, st.floats(1, 3600))
@settings(max_examples=60, deadline=None)
def test_hang_ups_are_shares_that_add_up(queue, agents, within, patience):
    found = erlang_a(*queue, agents, within, patience)
    answered_at_once = 1 - found.waiting

    for share in (found.waiting, found.service_level, found.abandonment, found.occupancy):
        assert -1e-9 <= share <= 1 + 1e-9
    assert answered_at_once - 1e-9 <= found.service_level <= 1 - found.abandonment + 1e-9
    assert 0 <= found.abandonment <= found.waiting + 1e-9
    assert found.average_speed_of_answer >= 0
    more = erlang_a(*queue, agents + 1, within, patience)
    assert more.abandonment <= found.abandonment + 1e-9
    assert more.service_level >= found.service_level - 1e-9
    everybody = erlang_a(*queue, agents, 86_400, patience)
    assert everybody.service_level == pytest.approx(1 - found.abandonment, abs=1e-7)


@pytest.mark.parametrize("agents", [10, 11, 14])
def test_patience_without_end_approaches_erlang_c(agents):
    calls = (60, HALF_HOUR, 240, agents)

    found = [erlang_a(*calls, 20, patience) for patience in (600, 6000, 60_000)]

    far = [abs(queue.service_level - service_level(*calls, 20)) for queue in found]
    assert far == sorted(far, reverse=True)
    assert far[-1] < 0.01
    assert found[-1].average_speed_of_answer == pytest.approx(average_speed_of_answer(*calls), rel=0.03)
    assert found[-1].waiting == pytest.approx(erlang_c(8, agents), abs=0.01)


def test_no_patience_approaches_erlang_b():
    queue = erlang_a(60, HALF_HOUR, 240, 8, 20, 0.001)

    assert queue.abandonment == pytest.approx(erlang_b(8, 8), abs=1e-4)
    assert queue.service_level == pytest.approx(1 - erlang_b(8, 8), abs=1e-4)


# --- a simulated queue ---------------------------------------------------------------------------------------


def simulate(random, *, calls, aht, agents, within, patience, count=4000, warm_up=500):
    """One day at the phones, caller by caller: (waited, answered in time, hung up, seconds waited by the answered)."""
    free_at = [0.0] * agents
    heapify(free_at)
    now, waited, in_time, hung_up, seconds = 0.0, 0, 0, 0, 0.0
    for caller in range(count + warm_up):
        now += random.expovariate(calls / HALF_HOUR)
        wait = max(0.0, free_at[0] - now)
        is_gone = patience is not None and wait > random.expovariate(1 / patience)
        if not is_gone:
            heapreplace(free_at, now + wait + random.expovariate(1 / aht))
        if caller >= warm_up:
            waited += wait > 0
            in_time += not is_gone and wait <= within
            hung_up += is_gone
            seconds += 0 if is_gone else wait
    return waited / count, in_time / count, hung_up / count, seconds / (count - hung_up)


@pytest.mark.parametrize(("agents", "patience"), [(13, None), (9, 90), (7, 40)])
def test_a_simulated_queue_agrees_within_its_confidence_interval(agents, patience):
    """Thirty days from a fixed seed; the interval is Student's t at 99.9 % (3.659 with 29 degrees of freedom)."""
    random = Random(20_260_302)
    asked = {"calls": 60, "aht": 240, "agents": agents, "within": 20, "patience": patience}
    days = [simulate(random, **asked) for _day in range(30)]
    if patience is None:
        calls = (60, HALF_HOUR, 240, agents)
        expected = erlang_c(8, agents), service_level(*calls, 20), 0, average_speed_of_answer(*calls)
    else:
        queue = erlang_a(60, HALF_HOUR, 240, agents, 20, patience)
        expected = queue.waiting, queue.service_level, queue.abandonment, queue.average_speed_of_answer

    for seen, value in zip(zip(*days, strict=True), expected, strict=True):
        assert abs(fmean(seen) - value) <= 3.659 * stdev(seen) / sqrt(len(seen))
