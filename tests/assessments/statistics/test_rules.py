"""Published worked examples."""

import pytest

from assessments.statistics import mean_interval, proportion_interval, share_interval

#: Ten monitoring scores of a published QC example: mean 84.4, s = 10.0, margin 7.2 with Student's t.
TEN_SCORES = [100, 95, 94, 90, 85, 80, 80, 75, 75, 70]


def test_mean_interval_of_ten_monitoring_scores():
    found = mean_interval(TEN_SCORES)

    assert found.n == 10
    assert found.estimate == pytest.approx(84.4)
    assert found.high - found.estimate == pytest.approx(7.2, abs=0.05)


def test_mean_interval_of_a_whole_population_is_a_point():
    found = mean_interval(TEN_SCORES, population=10)

    assert found.low == pytest.approx(found.high)


def test_wilson_interval_of_81_in_263():
    """Newcombe, Statistics in Medicine 17 (1998) 857–872, table I: 81/263 → 0.2553 to 0.3662."""
    found = proportion_interval(81, 263)

    assert (found.low, found.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))


def test_exact_interval_of_81_in_263():
    """Ibid., Clopper–Pearson: 0.2527 to 0.3676."""
    found = proportion_interval(81, 263, method="exact")

    assert (found.low, found.high) == (pytest.approx(0.2527, abs=5e-5), pytest.approx(0.3676, abs=5e-5))


@pytest.mark.parametrize("method", ["wilson", "exact"])
def test_bounds_of_none_and_all(method):
    assert proportion_interval(0, 20, method=method).low == 0
    assert proportion_interval(20, 20, method=method).high == 1


def test_share_interval_stays_within_zero_and_one():
    found = share_interval([1, 1, 0.2])

    assert found.low == 0
    assert found.high == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda: mean_interval([]),
        lambda: mean_interval([80]),
        lambda: mean_interval([80, float("nan")]),
        lambda: mean_interval([80, 90], confidence=1),
        lambda: mean_interval([80, 90, 70], population=2),
        lambda: proportion_interval(1, 0),
        lambda: proportion_interval(3, 2),
        lambda: proportion_interval(-1, 2),
        lambda: proportion_interval(1, 2, method="wald"),
        lambda: share_interval([0.2, 1.2]),
    ],
)
def test_bad_input_is_refused(ask):
    with pytest.raises(ValueError):
        ask()
