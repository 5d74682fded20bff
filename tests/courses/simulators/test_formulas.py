"""Formulas as data."""

from fractions import Fraction

import pytest

from courses.simulators.formulas import DividedByZeroError, figures_in, read, sums_done, value_of, written

VALUES = {"a": Fraction(7), "b": Fraction(2), "c": Fraction(3)}


def plain(leaf):
    return str(leaf)


@pytest.mark.parametrize(
    ("text", "value", "as_written"),
    [
        ("a / b * 100", Fraction(350), "a ÷ b × 100"),
        ("(a - b) / c", Fraction(5, 3), "(a − b) ÷ c"),
        ("a - (b - c)", Fraction(8), "a − (b − c)"),
        ("a - b - c", Fraction(2), "a − b − c"),
        ("a / (b * c)", Fraction(7, 6), "a ÷ (b × c)"),
        ("a / b / c", Fraction(7, 6), "a ÷ b ÷ c"),
        ("a * (b + c)", Fraction(35), "a × (b + c)"),
        ("(a * b) + c", Fraction(17), "a × b + c"),
    ],
)
def test_a_formula_is_computed_exactly_and_written_with_the_brackets_it_needs(text, value, as_written):
    assert value_of(read(text), VALUES) == value
    assert written(read(text), plain) == as_written


def test_figures_stand_in_the_order_of_the_formula():
    assert list(figures_in(read("(a + b) / (a + c)"))) == ["a", "b", "a", "c"]


def test_sums_are_done_before_the_division():
    assert written(sums_done(read("(a + b) / (a + c) * 100"), VALUES), plain) == "9 ÷ 10 × 100"


def test_a_division_by_nothing_names_what_came_to_nothing():
    with pytest.raises(DividedByZeroError) as refused:
        value_of(read("a / (b - c + 1)"), VALUES)

    assert written(refused.value.by, plain) == "b − c + 1"


@pytest.mark.parametrize("text", ["a ** b", "a / ", "f(a)", "a.b", "1.5 * a", "-a", "a if b else c", "'a'", ""])
def test_nothing_but_sums_and_products_is_a_formula(text):
    with pytest.raises(ValueError, match="formula"):
        read(text)
