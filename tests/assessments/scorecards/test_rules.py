"""Worked examples of scores, computed by hand."""

from datetime import date
from decimal import Decimal

import pytest

from assessments.scorecards.rules import (
    MarkedItem,
    earliest_effective_day,
    kept,
    score_card,
    shown_share,
)
from assessments.scorecards.states import ItemKind, NotApplicable

EIGHTY = Decimal("0.80")


def scored(points, possible=4, weight="1", key="item", na=NotApplicable.DROPPED):
    return MarkedItem(key, ItemKind.SCORED, points, possible, Decimal(weight), na)


def fatal(points, na=NotApplicable.NOT_ALLOWED):
    return MarkedItem("fatal", ItemKind.FATAL, points, 1, Decimal(1), na)


def warning(points):
    return MarkedItem("warning", ItemKind.WARNING, points, 1, Decimal(1))


def bonus(points, possible=2):
    return MarkedItem("bonus", ItemKind.BONUS, points, possible, Decimal(1))


def test_score_is_weighted_points_over_weighted_possible():
    # (3·1 + 4·2 + 1·1) / (4·1 + 4·2 + 2·1) = 12 / 14
    score = score_card([scored(3), scored(4, weight="2"), scored(1, possible=2)], pass_share=EIGHTY)

    assert (score.earned, score.possible) == (12, 14)
    assert score.computed == score.final == Decimal(12) / Decimal(14)
    assert score.passed is True
    assert score.has_fatal_failure is False


def test_fatal_failure_makes_it_zero_and_keeps_what_was_computed():
    score = score_card([scored(4), scored(3), fatal(0)], pass_share=EIGHTY)

    assert score.computed == Decimal("0.875")
    assert (score.final, score.passed, score.has_fatal_failure) == (0, False, True)


def test_fatal_item_in_order_moves_nothing():
    assert score_card([scored(3), fatal(1)], pass_share=EIGHTY).final == Decimal("0.75")


def test_warning_counts_nothing():
    score = score_card([scored(4), warning(0)], pass_share=EIGHTY)

    assert (score.final, score.passed) == (1, True)
    assert score.parts[1].is_failed is True
    assert (score.parts[1].gained, score.parts[1].lost) == (None, None)


def test_bonus_adds_to_what_was_earned_only():
    # (3 + 3 + 1) / 8
    assert score_card([scored(3), scored(3), bonus(1)], pass_share=EIGHTY).final == Decimal("0.875")


def test_bonus_never_lifts_above_one():
    score = score_card([scored(4), scored(3), bonus(2)], pass_share=EIGHTY)

    assert score.earned == 9
    assert score.final == 1


@pytest.mark.parametrize(
    ("policy", "final"),
    [
        (NotApplicable.DROPPED, Decimal("0.5")),  # 2 / 4
        (NotApplicable.FULL_MARKS, Decimal("0.75")),  # (2 + 4) / 8
    ],
)
def test_not_applicable_by_the_items_policy(policy, final):
    assert score_card([scored(2), scored(None, na=policy)], pass_share=EIGHTY).final == final


def test_not_applicable_where_it_always_applies_is_refused():
    with pytest.raises(ValueError, match="always applies"):
        score_card([scored(None, na=NotApplicable.NOT_ALLOWED)], pass_share=EIGHTY)


def test_nothing_applied_is_no_score():
    score = score_card([scored(None), scored(None), bonus(1)], pass_share=EIGHTY)

    assert (score.computed, score.final, score.passed) == (None, None, None)


def test_nothing_marked_is_no_score():
    assert score_card([], pass_share=EIGHTY).final is None


def test_fatal_failure_counts_even_where_nothing_was_scored():
    score = score_card([scored(None), fatal(0)], pass_share=EIGHTY)

    assert (score.computed, score.final, score.passed) == (None, 0, False)


@pytest.mark.parametrize(("earned", "passed"), [(5, True), (4, False)])
def test_pass_is_judged_without_rounding(earned, passed):
    # 5/6 = 0.8333… against 0.833: a pass; rounded to two places it would not be.
    assert score_card([scored(earned, possible=6)], pass_share=Decimal("0.833")).passed is passed


def test_pass_at_exactly_the_line():
    assert score_card([scored(4, possible=5)], pass_share=EIGHTY).passed is True


def test_just_below_the_line_fails_and_is_not_shown_as_the_line():
    score = score_card([scored(Decimal("79.9999"), possible=100)], pass_share=EIGHTY)

    assert score.passed is False
    assert shown_share(score.final) == Decimal("0.799")
    assert kept(score.final) == Decimal("0.79999")


def test_parts_add_up_to_the_score_and_to_one():
    marks = [scored(3, key="a"), scored(1, weight="2", key="b"), scored(None, key="c"), bonus(1)]

    score = score_card(marks, pass_share=EIGHTY)

    # possible 12: a gives 3/12 and loses 1/12, b gives 2/12 and loses 6/12, the bonus gives 1/12
    assert [part.gained for part in score.parts] == [
        Decimal(3) / 12, Decimal(2) / 12, None, Decimal(1) / 12,
    ]  # fmt: skip
    assert [part.lost for part in score.parts] == [Decimal(1) / 12, Decimal(6) / 12, None, Decimal(0)]
    assert sum(part.gained for part in score.parts if part.gained) == score.final


@pytest.mark.parametrize("points", [-1, 5])
def test_points_out_of_range_are_refused(points):
    with pytest.raises(ValueError, match="of 4 points"):
        score_card([scored(points)], pass_share=EIGHTY)


def test_published_standard_counts_seven_calendar_days_later():
    assert earliest_effective_day(date(2026, 2, 25)) == date(2026, 3, 4)
