"""What the staffing calculator shows."""

from dataclasses import replace

import pytest

from courses.simulators.erlang import UNSTABLE
from courses.simulators.rules import SLIDERS, Need, Plan, floor, need, one_late

MORNING = Plan(
    calls=60, aht_s=240, agents=11, service_level_percent=80, answer_within_s=20, shrinkage_percent=25
)  # fmt: skip


def test_one_late_colleague_more_than_doubles_the_wait():
    """The figures of the starter pack's lesson."""
    before, after = floor(MORNING), floor(one_late(MORNING))

    assert (before.agents, after.agents) == (11, 10)
    assert (before.is_target_met, after.is_target_met) == (True, False)
    assert before.service_level == pytest.approx(0.81, abs=5e-3)
    assert after.service_level == pytest.approx(0.65, abs=5e-3)
    assert before.average_speed_of_answer == pytest.approx(20, abs=0.5)
    assert after.average_speed_of_answer == pytest.approx(49, abs=0.5)
    assert (before.occupancy, after.occupancy) == (pytest.approx(8 / 11), pytest.approx(0.8))
    assert before.abandonment is None


def test_too_few_people_are_unstable_and_miss_the_target():
    found = floor(replace(MORNING, agents=8))

    assert (found.service_level, found.occupancy, found.average_speed_of_answer) == (UNSTABLE,) * 3
    assert (found.is_stable, found.is_target_met) == (False, False)


def test_hang_ups_keep_the_others_wait_short():
    found = floor(replace(MORNING, agents=8, patience_s=90))

    assert found.is_stable
    assert 0 < found.abandonment < 0.3
    assert found.average_speed_of_answer < 90


def test_nobody_left_is_refused():
    with pytest.raises(ValueError, match="agents"):
        one_late(replace(MORNING, agents=1))


def test_people_to_roster_cover_those_who_are_away():
    assert need(MORNING) == Need(on_phones=11, rostered=15)
    assert need(replace(MORNING, agents=3)) == need(MORNING)
    assert need(replace(MORNING, shrinkage_percent=0)) == Need(11, 11)


@pytest.mark.parametrize("patience", [10, 90, 600])
@pytest.mark.parametrize("target", [1, 50, 80, 99])
def test_people_needed_where_callers_hang_up_are_those_of_a_linear_scan(patience, target):
    plan = replace(MORNING, patience_s=patience, service_level_percent=target)

    first = next(agents for agents in range(1, 100) if floor(replace(plan, agents=agents)).is_target_met)

    assert need(plan).on_phones == first


def test_sliders_reach_from_the_start_value_to_twice_as_much():
    assert [SLIDERS["calls"].end(start) for start in (5, 60, 4000)] == [40, 120, 5000]
    assert SLIDERS["shrinkage_percent"].end(25) == 60
