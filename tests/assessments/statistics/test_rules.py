"""Published worked examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assessments.statistics import (
    alpha_interval,
    correlation_interval,
    cronbach_alpha,
    kurtosis,
    mean_interval,
    point_biserial,
    proportion_interval,
    share_interval,
    skewness,
)

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


# --- the shape of a distribution -----------------------------------------------------------------------------

#: The example in Microsoft's documentation of SKEW and KURT.
SHAPED = [3, 4, 5, 2, 3, 4, 5, 6, 4, 7]


def test_skewness_is_that_of_a_spreadsheet():
    assert skewness(SHAPED) == pytest.approx(0.359543071, abs=1e-9)


def test_kurtosis_is_that_of_a_spreadsheet():
    assert kurtosis(SHAPED) == pytest.approx(-0.151799637, abs=1e-9)


def test_symmetrical_scores_are_not_skewed():
    assert skewness([1, 2, 3, 4, 5]) == pytest.approx(0)


# --- reliability ---------------------------------------------------------------------------------------------

#: Twelve people, eleven questions, right or wrong: Real Statistics, "Cronbach's alpha – basic concepts", example 1.
TWELVE = [
    [int(mark) for mark in row]
    for row in (
        "11111111111", "11111111010", "10111111100", "11101101100", "11111000100", "01101111000",
        "11110010000", "11111000000", "01011000010", "10010100000", "11100000000", "10010000000",
    )
]  # fmt: skip


def test_alpha_of_a_published_questionnaire():
    assert cronbach_alpha(TWELVE) == pytest.approx(0.738019, abs=1e-6)


def test_interval_of_that_alpha():
    """Published with the same data (R psych and pingouin, after Feldt): 0.447 to 0.911."""
    found = alpha_interval(cronbach_alpha(TWELVE), n=12, k=11)

    assert (found.low, found.high, found.n) == (pytest.approx(0.447, abs=5e-4), pytest.approx(0.911, abs=5e-4), 12)


def test_interval_of_the_alpha_of_feldt_woodruff_and_salih():
    """Their example, p. 95: alpha 0.79, 41 people, 26 questions, 90 %: 0.704 to 0.861 (with F to two decimals)."""
    found = alpha_interval(0.79, n=41, k=26, confidence=0.9)

    assert (found.low, found.high) == (pytest.approx(0.7047, abs=1e-4), pytest.approx(0.8616, abs=1e-4))


def test_alpha_by_hand():
    """Sums 3, 2, 1: variance 1; the questions' variances 1/3, 1/3, 0: alpha = 3/2 · (1 − 2/3)."""
    assert cronbach_alpha([[1, 1, 1], [1, 0, 1], [0, 0, 1]]) == pytest.approx(0.5)


@given(arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(2, 6)), elements=st.integers(0, 4).map(float)))
def test_alpha_is_at_most_one_and_doesnt_ask_who_comes_first(marks):
    if np.ptp(marks.sum(axis=1)) == 0:
        with pytest.raises(ValueError):
            cronbach_alpha(marks)
    else:
        assert cronbach_alpha(marks) <= 1
        assert cronbach_alpha(marks[::-1, ::-1]) == pytest.approx(cronbach_alpha(marks))


# --- correlations --------------------------------------------------------------------------------------------


def test_interval_of_a_correlation_by_hand():
    """r = 0.5, n = 28: z = 0.5493, margin 1.96/5 = 0.392."""
    found = correlation_interval(0.5, 28)

    assert (found.low, found.high) == (pytest.approx(0.156, abs=1e-3), pytest.approx(0.736, abs=1e-3))


def test_perfect_correlation_has_no_interval_to_speak_of():
    found = correlation_interval(1, 10)

    assert (found.low, found.high) == (1, 1)


def test_point_biserial_by_hand():
    """Choosers 4 and 3, others 2 and 1: (3.5 − 1.5) / (population SD 1.1180) · sqrt(½ · ½) = 0.8944."""
    assert point_biserial([True, True, False, False], [4, 3, 2, 1]) == pytest.approx(0.894427, abs=1e-6)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: skewness([1, 2]),
        lambda: skewness([2, 2, 2]),
        lambda: skewness([1, 2, float("nan")]),
        lambda: kurtosis([1, 2, 3]),
        lambda: cronbach_alpha([[1], [2]]),
        lambda: cronbach_alpha([[1, 2]]),
        lambda: cronbach_alpha([[1, float("nan")], [0, 1]]),
        lambda: cronbach_alpha([[1, 0], [0, 1]]),
        lambda: alpha_interval(1.1, n=10, k=5),
        lambda: alpha_interval(0.8, n=1, k=5),
        lambda: alpha_interval(0.8, n=10, k=5, confidence=1),
        lambda: correlation_interval(0.5, 3),
        lambda: correlation_interval(1.5, 10),
        lambda: point_biserial([True, True], [1, 2]),
        lambda: point_biserial([True, False], [2, 2]),
        lambda: point_biserial([True, False, True], [1, 2]),
    ],
)
def test_what_has_no_shape_or_correlation_is_refused(ask):
    with pytest.raises(ValueError):
        ask()
