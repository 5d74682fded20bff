"""A half-hour's calls from the weeks before."""

from datetime import date, timedelta

import pytest

from courses.simulators.forecast import HalfHour, Week, forecast_half_hour, forecast_weeks

MON = date(2026, 3, 30)
NINE = 18  # 09:00–09:30


def weeks_before(*calls, half_hour=NINE, on=MON):
    """The newest first."""
    return [HalfHour(on - timedelta(weeks=ago), half_hour, number) for ago, number in enumerate(calls, start=1)]


def test_an_even_history_is_its_mean():
    found = forecast_half_hour(weeks_before(60, 60, 60, 60), on=MON, half_hour=NINE)

    assert (found.calls, found.mean, found.factor, found.weeks) == (pytest.approx(60), 60, pytest.approx(1), 4)


def test_a_rising_history_is_carried_on():
    """50, 55, 60, 65 calls: the next on the line is 70, and the mean of 57.5 is raised to it."""
    found = forecast_half_hour(weeks_before(65, 60, 55, 50), on=MON, half_hour=NINE)

    assert found.mean == 57.5
    assert found.calls == pytest.approx(70)


def test_the_level_is_that_of_the_whole_day():
    """The half-hour is steady; the days' totals rise by a tenth a week."""
    history = weeks_before(20, 20, 20) + weeks_before(100, 90, 80, half_hour=20)

    found = forecast_half_hour(history, on=MON, half_hour=NINE)

    assert found.factor == pytest.approx(130 / 110)
    assert found.calls == pytest.approx(20 * 130 / 110)


def test_other_days_other_half_hours_and_the_future_are_passed_over():
    planted = [
        HalfHour(MON - timedelta(days=6), NINE, 900),
        HalfHour(MON, NINE, 900),
        HalfHour(MON + timedelta(weeks=1), NINE, 900),
    ]

    found = forecast_half_hour([*weeks_before(40, 50, 60, 50, 40, 60, 900), *planted], on=MON, half_hour=NINE)

    assert (found.mean, found.weeks) == (50, 6)


def test_a_missing_week_is_not_counted_as_nothing():
    history = [row for row in weeks_before(60, 60, 60, 60) if row.on != MON - timedelta(weeks=2)]

    found = forecast_half_hour(history, on=MON, half_hour=NINE)

    assert (found.calls, found.weeks) == (pytest.approx(60), 3)


@pytest.mark.parametrize(("calls", "factor"), [((90, 10), 1), ((400, 10, 1), 2), ((1, 200, 400), 0.5), ((0, 0, 0), 1)])
def test_the_factor_is_careful(calls, factor):
    assert forecast_half_hour(weeks_before(*calls), on=MON, half_hour=NINE).factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("history", "asked", "words"),
    [
        ([], {}, "no half-hour 18"),
        (weeks_before(60, half_hour=19), {}, "no half-hour 18"),
        (weeks_before(-1), {}, "calls"),
        (weeks_before(60) * 2, {}, "stands twice"),
        (weeks_before(60, half_hour=48), {}, "0 to 47"),
        (weeks_before(60), {"half_hour": 48}, "0 to 47"),
        (weeks_before(60), {"weeks": 0}, "at least 1"),
    ],
)
def test_bad_histories_are_refused(history, asked, words):
    with pytest.raises(ValueError, match=words):
        forecast_half_hour(history, **{"on": MON, "half_hour": NINE, **asked})


def test_weeks_that_count_make_the_forecast():
    steady = [Week(90), Week(90), Week(90), Week(90)]

    assert forecast_weeks(steady).calls == pytest.approx(90)
    assert forecast_weeks([*steady[:3], Week(30)]).calls < 70
    assert forecast_weeks([*steady[:3], Week(30, is_counted=False)]).calls == pytest.approx(90)
    assert forecast_weeks([Week(90, is_counted=False)] * 3) is None


def test_a_rising_half_hour_is_followed():
    """A straight line through 80, 90, 100, 110 reaches 120 next week."""
    assert forecast_weeks([Week(80), Week(90), Week(100), Week(110)]).calls == pytest.approx(120)


def test_known_days_steady_the_trend():
    """The half-hour jumps, the days don't: no trend."""
    jumping = [Week(80, 1000), Week(120, 1000), Week(80, 1000), Week(120, 1000)]

    assert forecast_weeks(jumping).calls == pytest.approx(100)
    assert forecast_weeks([Week(week.calls) for week in jumping]).calls > 105


def test_a_day_with_fewer_calls_than_its_half_hour_is_refused():
    with pytest.raises(ValueError, match="half-hour"):
        forecast_weeks([Week(80, 70)] * 3)
