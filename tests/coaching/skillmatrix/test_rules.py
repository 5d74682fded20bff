from decimal import Decimal

import pytest

from coaching.effects.rules import NOTHING, Figure, figure_of
from coaching.skillmatrix.rules import Standing, level_of


def figure(low, *, share="0.95", high="1", n=10):
    return Figure(Decimal(share), Decimal(low), Decimal(high), n)


@pytest.mark.parametrize(
    ("low", "level"),
    [
        ("0", 1), ("0.49999", 1),
        ("0.5", 2), ("0.64999", 2),
        ("0.65", 3), ("0.79999", 3),
        ("0.8", 4), ("0.89999", 4),
        ("0.9", 5), ("1", 5),
    ],
)  # fmt: skip
def test_the_lower_bound_decides(low, level):
    assert level_of(figure(low)) == level


def test_fewer_than_three_observations_give_no_level():
    assert level_of(figure_of([Decimal(1)] * 2)) is None
    assert level_of(NOTHING) is None


@pytest.mark.parametrize(("n", "level"), [(3, 3), (7, 5), (10, 5)])
def test_how_many_perfect_observations_show_what(n, level):
    assert level_of(figure_of([Decimal(1)] * n)) == level


def test_a_gap_is_below_the_requirement():
    assert Standing(figure("0.6"), required=3).gap == 1
    assert Standing(figure("0.6"), required=2).gap == 0
    assert Standing(figure("0.6"), required=None).gap == 0


def test_too_few_observations_are_no_gap():
    few = Standing(figure_of([Decimal(0)] * 2), required=5)

    assert (few.has_gap, few.is_too_few, few.needed) == (False, True, 1)


def test_nothing_observed_is_no_gap():
    nothing = Standing(NOTHING, required=5)

    assert (nothing.has_gap, nothing.is_unknown, nothing.is_too_few, nothing.needed) == (False, True, False, 3)


def test_whether_a_gap_is_beyond_chance():
    assert Standing(figure("0.3", share="0.5", high="0.64999"), required=3).gap_is_proven
    assert not Standing(figure("0.3", share="0.5", high="0.65"), required=3).gap_is_proven


def test_trend_only_beyond_chance():
    low, middle, high = (
        figure("0.2", share="0.3", high="0.4"),
        figure("0.3", share="0.4", high="0.5"),
        figure("0.7", share="0.8", high="0.9"),
    )

    assert Standing(high, earlier=low).is_rising
    assert Standing(low, earlier=high).is_falling
    assert not Standing(middle, earlier=low).is_rising
    assert not Standing(high, earlier=NOTHING).is_rising


def test_what_raises_it():
    reached = Standing(figure("0.6", share="0.7"))
    below = Standing(figure("0.6", share="0.62"))
    top = Standing(figure("0.95"))

    assert (reached.next_level, reached.next_threshold, reached.share_suffices) == (3, Decimal("0.65"), True)
    assert not below.share_suffices
    assert (top.next_level, top.next_threshold) == (None, None)
