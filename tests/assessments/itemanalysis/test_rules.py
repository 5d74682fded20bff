"""Small quizzes calculated by hand, and truths that hold for all of them."""

from dataclasses import fields, replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assessments.itemanalysis.rules import (
    Bar,
    Finding,
    OptionFigures,
    Picks,
    QuestionFigures,
    Sittings,
    alpha_parts,
    analyse,
    findings,
    histogram,
    suspected_options,
)
from assessments.itemanalysis.states import Flag
from assessments.statistics import Interval, cronbach_alpha, point_biserial

NAN = float("nan")


def sittings(shares, *, points=None, places=None, seconds=None, chance=0.0, void=(), pass_share=0.6) -> Sittings:
    """Every question worth one point and asked at its own place, unless told."""
    shares = np.array(shares, float)
    n, k = shares.shape
    points = np.ones((n, k)) if points is None else np.broadcast_to(np.array(points, float), (n, k))
    points = np.where(np.isnan(shares), np.nan, points)
    scores = np.nansum(shares * points, axis=1) / np.nansum(points, axis=1)
    everywhere = np.broadcast_to(np.arange(1.0, k + 1), (n, k))
    return Sittings(
        scores=scores,
        passed=scores >= pass_share,
        shares=shares,
        points=points,
        places=np.where(np.isnan(shares), np.nan, everywhere) if places is None else np.array(places, float),
        seconds=np.full((n, k), np.nan) if seconds is None else np.array(seconds, float),
        chance=np.full(k, chance),
        is_void=np.array([j in void for j in range(k)]),
    )


def picks(chosen, *, options=3, right=(0,)) -> Picks:
    """`chosen[i][j]`: the place of the option that learner i chose for question j, or None."""
    k = len(chosen[0])
    made = [
        (i, j * options + place) for i, row in enumerate(chosen) for j, place in enumerate(row) if place is not None
    ]
    rows, places = zip(*made, strict=True)
    return Picks(
        np.array(rows, np.int64), np.array(places, np.int64), np.repeat(np.arange(k), options),
        np.tile([place in right for place in range(options)], k),
    )  # fmt: skip


#: Ten learners, four questions, a Guttman scale but for the last question, which only the two weakest get right.
TEN = [
    [1, 1, 1, 0],
    [1, 1, 1, 0],
    [1, 1, 1, 0],
    [1, 1, 0, 0],
    [1, 1, 0, 0],
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 0, 1],
    [0, 0, 0, 1],
]


# --- worked examples -----------------------------------------------------------------------------------------


def test_quiz_as_a_whole_by_hand():
    """Scores 3,3,3,2,2,2,1,1,1,1 of 4: mean 1.9, sum of squares 6.9."""
    summary = analyse(sittings(TEN)).summary

    assert summary.n == 10
    assert summary.mean.estimate == pytest.approx(1.9 / 4)
    assert summary.median == pytest.approx(2 / 4)
    assert summary.sd == pytest.approx(sqrt(6.9 / 9) / 4)
    assert (summary.passed.estimate, summary.passed.n) == (0.3, 10)
    # Variances of the questions: 1.6/9, 2.4/9, 2.1/9, 1.6/9, together 7.7/9; of the sums 6.9/9.
    assert summary.alpha.estimate == pytest.approx(4 / 3 * (1 - 7.7 / 6.9))
    assert (summary.alpha_parts, summary.is_by_place) == (4, False)
    assert summary.error_ratio == pytest.approx(100 * sqrt(1 - summary.alpha.estimate))
    assert summary.standard_error == pytest.approx(summary.sd * summary.error_ratio / 100)


def test_question_by_hand():
    """Question 3 (three of ten) with the rest of the quiz in thirds of a point: 2,2,2,2,2,2,1,1,1,1."""
    third = analyse(sittings(TEN)).questions[2]

    covariance = (3 * 0.7 * (2 - 1.6) + 7 * -0.3 * ((6 - 2 * 3 + 2 * 3 + 4) / 7 - 1.6)) / 9  # of sums
    variance, rest_variance = 2.1 / 9, 2.4 / 9
    assert third.facility.estimate == pytest.approx(0.3)
    assert (third.facility.low, third.facility.high) == (
        pytest.approx(0.1078, abs=1e-4),
        pytest.approx(0.6032, abs=1e-4),
    )
    assert third.sd == pytest.approx(sqrt(variance))
    assert third.discrimination.estimate == pytest.approx(covariance / sqrt(variance * rest_variance))
    # The three right answers could go with three of the six highest rests: they do.
    assert third.efficiency == pytest.approx(1)
    assert third.intended_weight == pytest.approx(1 / 4)


def test_effective_weight_by_hand():
    """Covariances with the sums, times 9: question 1 → 1.2, 2 → 3.6, 3 → 3.3, 4 → −1.8 (no weight)."""
    weights = [row.effective_weight for row in analyse(sittings(TEN)).questions]

    roots = [sqrt(1.8), sqrt(3.6), sqrt(3.3)]
    assert weights[:3] == [pytest.approx(root / sum(roots)) for root in roots]
    assert weights[3] is None


def test_negative_discrimination_by_hand():
    """Question 4 is right for those whose rest is 0 only: with rests 3,3,3,2,2,2,1,1,0,0."""
    fourth = analyse(sittings(TEN)).questions[3]

    rest = np.array([3, 3, 3, 2, 2, 2, 1, 1, 0, 0])
    assert fourth.discrimination.estimate == pytest.approx(point_biserial(np.array(TEN)[:, 3] == 1, rest))
    assert fourth.discrimination.estimate < -0.7
    # At best the two right answers go with two of the threes: covariance 2·(3 − 1.7)·… over the same sum.
    best = np.cov([0] * 8 + [1, 1], np.sort(rest))[0, 1]
    assert fourth.efficiency == pytest.approx(np.cov(np.array(TEN)[:, 3], rest)[0, 1] / best)


def test_options_by_hand():
    """Question 3 of the ten: three chose A (right), four B, two C, one nothing; rests in thirds as above."""
    column = [0, 0, 0, 1, 1, 1, 1, 2, 2, None]
    chosen = [[0 if mark else 1 for mark in row] for row in TEN]
    for row, place in zip(chosen, column, strict=True):
        row[2] = place
    third = analyse(sittings(TEN), picks(chosen)).questions[2]

    rest = np.array([2, 2, 2, 2, 2, 2, 1, 1, 1, 1]) / 3
    assert [option.n for option in third.options] == [3, 4, 2]
    assert [option.share.estimate for option in third.options] == pytest.approx([0.3, 0.4, 0.2])
    assert third.blank == 1
    assert third.options[1].rest_mean == pytest.approx((2 + 2 + 2 + 1) / 4 / 3)
    for place, option in enumerate(third.options):
        expected = point_biserial([choice == place for choice in column], rest)
        assert option.point_biserial.estimate == pytest.approx(expected)
    # Borders of the thirds: 1/3 below, 2/3 above; those on the border are in.
    assert (third.upper_n, third.lower_n) == (6, 4)
    assert [option.upper for option in third.options] == pytest.approx([3 / 6, 3 / 6, 0])
    assert [option.lower for option in third.options] == pytest.approx([0, 1 / 4, 2 / 4])


def test_points_weigh():
    """Question 1 is worth three points of six: half of the quiz by intention; its rest is what the others brought."""
    found = analyse(sittings(TEN, points=[3, 1, 1, 1]))

    assert [row.intended_weight for row in found.questions] == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])
    assert sum(row.effective_weight or 0 for row in found.questions) == pytest.approx(1)
    rest_of_first = np.array(TEN)[:, 1:].sum(axis=1)
    expected = np.corrcoef(np.array(TEN)[:, 0], rest_of_first)[0, 1]
    assert found.questions[0].discrimination.estimate == pytest.approx(expected)


def test_partial_credit_has_an_interval_by_t():
    shares = [[0.5, 1]] * 5 + [[1, 0]] * 5

    facility = analyse(sittings(shares)).questions[0].facility

    assert facility.estimate == pytest.approx(0.75)
    assert facility.high == pytest.approx(0.75 + 2.26216 * sqrt(0.625 / 9) / sqrt(10), abs=1e-4)


def test_median_time_of_those_whose_time_is_known():
    seconds = [[10, 5], [20, NAN], [30, NAN], [41, NAN], [NAN, NAN]]

    found = analyse(sittings([[1, 0]] * 5, seconds=seconds)).questions

    assert (found[0].median_seconds, found[0].timed) == (25, 4)
    assert (found[1].median_seconds, found[1].timed) == (5, 1)


def test_histogram_puts_a_border_into_the_bar_above():
    found = histogram(np.array([0.0, 0.6, 0.6, 0.8, 1.0, 0.35]), bars=5)

    assert found == (Bar(0.0, 0.2, 1), Bar(0.2, 0.4, 1), Bar(0.4, 0.6, 0), Bar(0.6, 0.8, 2), Bar(0.8, 1.0, 2))


# --- not everybody was asked everything ----------------------------------------------------------------------


def test_question_rests_on_those_who_were_asked():
    """The eleventh learner wasn't asked question 3; its figures are those of the ten, but for the weights."""
    asked = analyse(sittings(TEN)).questions[2]

    found = analyse(sittings([*TEN, [1, 1, NAN, 1]])).questions[2]

    assert found.n == 10
    assert (found.facility, found.sd, found.discrimination) == (asked.facility, asked.sd, asked.discrimination)
    assert found.efficiency == asked.efficiency


def test_weights_of_a_draw_add_up():
    """Two of four questions each: one asked of everybody weighs half, one asked of every second learner a quarter."""
    shares = [[1, 0, NAN, NAN], [0, NAN, 1, NAN], [1, NAN, NAN, 1]] * 5

    found = analyse(sittings(shares)).questions

    assert [row.intended_weight for row in found] == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])
    assert sum(row.effective_weight or 0 for row in found) in (pytest.approx(1), 0)


def test_alpha_of_a_draw_is_by_place():
    """Each learner has two of three questions; the parts are the first and the second question of each."""
    chance = np.random.default_rng(3)
    shares, places, first_and_second = [], [], []
    for _learner in range(20):
        left_out = chance.integers(3)
        marks = chance.integers(0, 2, size=2).astype(float)
        shares.append([NAN if j == left_out else marks[j - (j > left_out)] for j in range(3)])
        places.append([NAN if j == left_out else 1.0 + j - (j > left_out) for j in range(3)])
        first_and_second.append(marks)
    table = sittings(shares, places=places)

    parts, is_by_place = alpha_parts(table)

    assert is_by_place
    assert parts * 2 == pytest.approx(np.array(first_and_second))
    assert analyse(table).summary.alpha.estimate == pytest.approx(cronbach_alpha(first_and_second))


def test_void_question_is_left_out_of_everything():
    void = [[*row, NAN] for row in TEN]

    found = analyse(replace(sittings(void, void=(4,)), places=np.tile(np.arange(1.0, 6), (10, 1))))

    assert found.questions[4] == QuestionFigures(n=10, is_void=True, place=5.0)
    assert found.questions[:4] == analyse(sittings(TEN)).questions
    assert found.summary.alpha == analyse(sittings(TEN)).summary.alpha
    assert not found.summary.is_by_place


def test_question_that_is_everything_has_no_rest():
    found = analyse(sittings([[1], [0]] * 10))

    assert found.questions[0].facility.estimate == 0.5
    assert found.questions[0].discrimination is None
    assert found.summary.alpha is None


# --- too few -------------------------------------------------------------------------------------------------


def test_fewer_than_five_learners_have_no_figures():
    found = analyse(sittings(TEN[:4]))

    assert (found.summary.n, found.needed, found.questions) == (4, 1, ())
    assert {name for name, value in vars(found.summary).items() if value} == {"n"}


def test_fewer_than_ten_learners_have_no_correlations():
    found = analyse(sittings(TEN[:9]), picks([[0 if mark else 1 for mark in row] for row in TEN[:9]]))

    assert found.summary.mean is not None
    assert (found.summary.alpha, found.summary.standard_error, found.summary.error_ratio) == (None, None, None)
    question = found.questions[3]
    assert (question.discrimination, question.efficiency, question.effective_weight) == (None, None, None)
    assert [option.point_biserial for option in question.options] == [None] * 3
    assert (question.needed_for_correlations, question.needed_for_flags) == (1, 11)


def test_flags_wait_for_enough_learners():
    """Ten learners, then twenty."""
    chosen = [[0 if mark else 1 for mark in row] for row in TEN]
    seen = [analyse(sittings(TEN * times), picks(chosen * times)).questions[3] for times in (1, 2)]

    flags = [[finding.flag for finding in question.findings] for question in seen]
    assert flags == [
        [],
        [Flag.KEY_SUSPECTED, Flag.NEGATIVE, Flag.DEAD_DISTRACTOR],
    ]
    assert [question.needed_for_flags for question in seen] == [10, 0]


# --- flags ---------------------------------------------------------------------------------------------------


def option(*, right=False, share=0.25, biserial=0.0, low=-1.0, upper=0.25, n=100) -> OptionFigures:
    return OptionFigures(
        right, Interval(share, 0, 1, n), int(share * n), 0.5, Interval(biserial, low, 1, n), upper, 0.25
    )


def question(*, n=100, facility=0.5, discrimination=(0.3, 0.1, 0.5), options=(), void=False) -> QuestionFigures:
    return QuestionFigures(
        n=n, is_void=void, place=1, facility=Interval(facility, 0, 1, n),
        discrimination=Interval(*discrimination, n), options=tuple(options),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "chance", "expected"),
    [
        (question(), 0.25, ()),
        (question(facility=0.96), 0.25, (Finding(Flag.TOO_EASY),)),
        (question(facility=0.95), 0.25, ()),
        (question(facility=0.19), 0.0, (Finding(Flag.TOO_HARD),)),
        (question(facility=0.20), 0.0, ()),
        (question(facility=0.24), 0.25, (Finding(Flag.TOO_HARD),)),
        (question(facility=0.45), 0.5, (Finding(Flag.TOO_HARD),)),
        (question(discrimination=(-0.3, -0.5, -0.1)), 0.25, (Finding(Flag.NEGATIVE),)),
        (question(discrimination=(-0.1, -0.3, 0.1)), 0.25, (Finding(Flag.NEGATIVE, is_sure=False),)),
        (question(discrimination=(-0.09, -0.3, 0.1)), 0.25, ()),
        (question(n=5000, discrimination=(-0.05, -0.08, -0.02)), 0.25, (Finding(Flag.NEGATIVE),)),
        (question(n=19, discrimination=(-0.3, -0.5, -0.1)), 0.25, ()),
        (question(n=19, facility=0.99), 0.25, ()),
        (question(facility=0.99, void=True), 0.25, ()),
        (question(options=[option(right=True), option(share=0.04)]), 0.25, (Finding(Flag.DEAD_DISTRACTOR, (1,)),)),
        (question(options=[option(right=True), option(share=0.05)]), 0.25, ()),
        (question(options=[option(right=True, share=0.04), option(share=0.9)]), 0.25, ()),
        # Seven percent are wrong: three options can't have five each.
        (question(facility=0.93, options=[option(right=True), *[option(share=0.02)] * 3]), 0.25, ()),
        (
            question(facility=0.8, options=[option(right=True), option(share=0.2), option(share=0.0), option(share=0.0)]),
            0.25,
            (Finding(Flag.DEAD_DISTRACTOR, (2, 3)),),
        ),
        # Several right options: each is chosen or not.
        (
            question(facility=0.93, options=[option(right=True), option(right=True), option(share=0.01)]),
            0.0,
            (Finding(Flag.DEAD_DISTRACTOR, (2,)),),
        ),
        (
            question(options=[option(right=True, upper=0.3), option(upper=0.4)]),
            0.25,
            (Finding(Flag.KEY_SUSPECTED, (1,), is_sure=False),),
        ),
        (
            question(options=[option(right=True, upper=0.3), option(upper=0.4, biserial=0.3, low=0.1)]),
            0.25,
            (Finding(Flag.KEY_SUSPECTED, (1,)),),
        ),
        # Where nearly everybody is right, all others are hardly chosen: that is one fact, not two.
        (question(facility=0.97, options=[option(right=True), option(share=0.01)]), 0.25, (Finding(Flag.TOO_EASY),)),
    ],
)  # fmt: skip
def test_flags(figures, chance, expected):
    assert findings(figures, chance=chance) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([option(right=True, upper=0.5), option(upper=0.5)], ()),
        ([option(right=True, upper=0.5), option(upper=0.51)], (1,)),
        ([option(right=True, biserial=0.1), option(biserial=0.3, low=0.1)], (1,)),
        ([option(right=True, biserial=-0.2), option(biserial=0.3, low=-0.01)], ()),
        ([option(right=True, biserial=0.4), option(biserial=0.3, low=0.1)], ()),
        # Of two right options one is chosen less by the upper third than a wrong one.
        ([option(right=True, upper=0.9), option(right=True, upper=0.1), option(upper=0.7)], (2,)),
        ([], ()),
    ],
)
def test_suspected_options(options, expected):
    assert suspected_options(options) == expected


# --- truths --------------------------------------------------------------------------------------------------


MARKS = st.tuples(st.integers(10, 30), st.integers(2, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.5, 1.0, NAN]))
)


def numbers(found) -> list[float]:
    """Every figure in a row, None as NaN."""
    if isinstance(found, float | int | bool):
        return [float(found)]
    if found is None:
        return [NAN]
    if isinstance(found, tuple):
        return [number for each in found for number in numbers(each)]
    if hasattr(found, "__dataclass_fields__"):
        return [number for field in fields(found) for number in numbers(getattr(found, field.name))]
    return []


@settings(deadline=None, max_examples=60)
@given(marks=MARKS, chance=st.randoms(use_true_random=False))
def test_order_of_learners_doesnt_matter(marks, chance):
    marks[:, 0] = np.where(np.isnan(marks[:, 0]), 0.0, marks[:, 0])  # everybody was asked something
    order = list(range(len(marks)))
    chance.shuffle(order)

    one, other = analyse(sittings(marks)), analyse(sittings(marks[order]))

    assert numbers(other.questions) == pytest.approx(numbers(one.questions), abs=1e-9, nan_ok=True)
    assert numbers(other.summary) == pytest.approx(numbers(one.summary), abs=1e-9, nan_ok=True)


@settings(deadline=None, max_examples=60)
@given(marks=MARKS)
def test_figures_stay_in_their_bounds(marks):
    marks[:, 0] = np.where(np.isnan(marks[:, 0]), 0.0, marks[:, 0])

    found = analyse(sittings(marks))

    assert found.summary.alpha is None or found.summary.alpha.estimate <= 1
    assert sum(bar.n for bar in found.summary.bars) == found.summary.n
    for row in found.questions:
        assert row.facility is None or 0 <= row.facility.low <= row.facility.estimate <= row.facility.high <= 1
        assert row.discrimination is None or -1 <= row.discrimination.estimate <= 1
        assert row.efficiency is None or row.efficiency <= 1 + 1e-9
        if not np.isnan(marks).any():
            assert row.upper_n == row.lower_n == 0 or min(row.upper_n, row.lower_n) >= row.n / 3
    assert sum(row.intended_weight or 0 for row in found.questions) == pytest.approx(1)


@settings(deadline=None, max_examples=40)
@given(
    column=st.lists(st.sampled_from([0.0, 1.0]), min_size=10, max_size=30).filter(lambda column: len(set(column)) == 2),
    k=st.integers(2, 8),
)
def test_questions_that_all_say_the_same_are_a_perfect_scale(column, k):
    found = analyse(sittings(np.tile(np.array(column)[:, None], k)))

    assert found.summary.alpha.estimate == pytest.approx(1)
    assert found.summary.standard_error == pytest.approx(0, abs=1e-6)
    for row in found.questions:
        assert row.discrimination.estimate == pytest.approx(1)
        assert row.efficiency == pytest.approx(1)
        assert row.effective_weight == pytest.approx(1 / k)
