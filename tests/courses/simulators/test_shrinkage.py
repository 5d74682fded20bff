"""From paid hours to hours on the phones, and back."""

from fractions import Fraction

import pytest

from courses.simulators.shrinkage import shrinkage

TERMS = [("leave", 10), ("sickness", 5), ("breaks", 10)]


def test_added_terms_are_all_shares_of_the_paid_hours():
    found = shrinkage(40, TERMS, needed=30).added

    assert [float(step.hours) for step in found.steps] == [4, 2, 4]
    assert [float(step.left) for step in found.steps] == [36, 34, 30]
    assert (found.shrinkage, found.hours, found.rostered) == (Fraction(1, 4), 30, 40)


def test_multiplied_terms_are_shares_of_what_is_left():
    found = shrinkage(40, TERMS, needed=30).multiplied

    assert [float(step.hours) for step in found.steps] == [4, 1.8, 3.42]  # 10 % of 40, 5 % of 36, 10 % of 34.2
    assert float(found.hours) == 30.78
    assert float(found.shrinkage) == 0.2305
    assert found.rostered == 39  # 30 ÷ 0.7695 = 38.98…


def test_the_order_moves_hours_between_terms_but_not_the_whole():
    one, other = (shrinkage(40, terms, needed=30) for terms in (TERMS, TERMS[::-1]))

    assert one.multiplied.hours == other.multiplied.hours
    assert one.multiplied.steps[0].hours != other.multiplied.steps[-1].hours
    assert [step.hours for step in one.added.steps] == [step.hours for step in other.added.steps][::-1]


def test_people_on_top_are_too_few():
    """30 needed and 25 % on top are 38, of whom 28.5 are on the phones."""
    found = shrinkage(40, TERMS, needed=30)

    assert (found.too_few, found.too_few_on_phones) == (38, Fraction("28.5"))


def test_exact_shares_cost_no_extra_person():
    assert shrinkage(40, [("leave", 10), ("breaks", 20)], needed=7).added.rostered == 10


def test_with_everybody_away_nobody_can_be_rostered():
    found = shrinkage(40, [("leave", 60), ("breaks", 40)], needed=7)

    assert (found.added.rostered, found.added.hours) == (None, 0)
    assert found.multiplied.rostered == 30  # 7 ÷ 0.24
    assert found.too_few_on_phones == 0


@pytest.mark.parametrize("bad", [(-1, TERMS, 3), (40, TERMS, -3), (40, [("leave", 101)], 3), (40, [("leave", -1)], 3)])
def test_impossible_figures_are_refused(bad):
    with pytest.raises(ValueError):
        shrinkage(*bad[:2], needed=bad[2])
