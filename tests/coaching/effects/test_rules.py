from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assessments.statistics import proportion_interval
from coaching.effects.rules import NOTHING, Figure, Seen, compare, difference, figure_of, figure_of_answers, occasions
from coaching.effects.states import Verdict

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def shares(*values):
    return [Decimal(str(value)) for value in values]


def row(source_id, share, *, weight="1", hours=0, kind="evaluation"):
    return Seen(kind, source_id, Decimal(str(share)), Decimal(weight), NOON + timedelta(hours=hours))


def test_rows_of_one_source_are_one_observation():
    found = occasions([row(1, 1), row(1, 0, weight="3"), row(2, "0.5")])

    assert sorted(occasion.share for occasion in found) == [Decimal("0.25"), Decimal("0.5")]


def test_a_quiz_and_a_call_with_the_same_number_are_two_sources():
    assert len(occasions([row(1, 1), row(1, 0, kind="attempt")])) == 2


def test_occasions_are_oldest_first():
    found = occasions([row(2, 0, hours=5), row(1, 1, hours=1)])

    assert [occasion.share for occasion in found] == shares(1, 0)


def test_nothing_observed_has_no_figure():
    assert figure_of([]) == NOTHING


def test_one_observation_has_a_share_and_no_interval():
    figure = figure_of(shares("0.7"))

    assert figure == Figure(share=Decimal("0.70000"), n=1)
    assert not figure.has_interval


def test_the_published_example():
    """DOMAIN 2.3: 100, 95, … 70 has mean 84.4, s = 10.0 and a margin of 7.2 points."""
    figure = figure_of(shares("1", ".95", ".94", ".90", ".85", ".80", ".80", ".75", ".75", ".70"))

    assert (figure.share, figure.n) == (Decimal("0.844"), 10)
    assert figure.high - figure.share == pytest.approx(Decimal("0.072"), abs=Decimal("0.001"))


def test_equal_marks_claim_no_certainty():
    """t alone would give an interval without width; three times 75 % does not prove a skill below 80 %."""
    figure = figure_of(shares(".75", ".75", ".75"))

    assert figure.low == pytest.approx(Decimal("0.5016"), abs=Decimal("0.0001"))
    assert figure.high == pytest.approx(Decimal("0.9984"), abs=Decimal("0.0001"))


def test_better_marks_never_lower_the_bound():
    perfect, nearly = figure_of(shares(*[1] * 10)), figure_of(shares(*[1] * 9, ".75"))

    assert perfect.low > nearly.low


def test_bounds_stay_shares():
    figure = figure_of(shares(0, 1))

    assert (figure.low, figure.high) == (0, 1)


def test_all_answers_right_is_wilson():
    """5 of 5: 56.6 % to 100 % (Wilson)."""
    figure = figure_of_answers(shares(1, 1, 1, 1, 1))

    assert figure.low == pytest.approx(Decimal("0.56552"), abs=Decimal("0.00001"))
    assert (figure.share, figure.high, figure.n) == (1, 1, 5)


def test_one_answer_has_no_interval():
    assert figure_of_answers(shares(1)) == Figure(share=Decimal(1), n=1)


def test_what_is_shown_is_never_better_than_what_was_found():
    figure = Figure(Decimal("0.79996"), Decimal("0.70009"), Decimal("0.90001"), 8)

    assert (figure.shown_share, figure.shown_low, figure.shown_high) == (
        Decimal("0.799"),
        Decimal("0.700"),
        Decimal("0.901"),
    )


def figure(share, low, high, n=10):
    return Figure(Decimal(share), Decimal(low), Decimal(high), n)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (figure(".30", ".20", ".40"), figure(".80", ".70", ".90"), Verdict.BETTER),
        (figure(".80", ".70", ".90"), figure(".30", ".20", ".40"), Verdict.WORSE),
        # 0.15 apart with margins of 0.10 each: sqrt(0.1² + 0.1²) = 0.1414, just beyond chance although they overlap
        (figure(".50", ".40", ".60"), figure(".65", ".55", ".75"), Verdict.BETTER),
        (figure(".50", ".40", ".60"), figure(".64", ".54", ".74"), Verdict.SAME),
        (Figure(Decimal(".25"), n=1), figure(".80", ".70", ".90"), Verdict.TOO_FEW),
        (figure(".80", ".70", ".90"), NOTHING, Verdict.TOO_FEW),
    ],
)
def test_comparing(before, after, expected):
    assert compare(before, after) == expected


def test_a_published_difference():
    """Newcombe 1998, method 10, as MOVER of two Wilson intervals: 56/70 and 48/80 differ by 0.20 (0.0524 to 0.3339)."""
    one, two = proportion_interval(48, 80), proportion_interval(56, 70)
    before, after = (
        Figure(Decimal(str(found.estimate)), Decimal(str(found.low)), Decimal(str(found.high)), found.n)
        for found in (one, two)
    )

    assert difference(before, after) == pytest.approx((0.0524, 0.3339), abs=0.0001)
