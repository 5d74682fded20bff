"""Formulas as data: read once, computed exactly, written with words or with numbers. Pure functions.

A formula is `+ - * /` over figures' names and whole numbers, such as `answered_in_time / offered * 100`. Read, it is nested
tuples (`("*", ("/", "answered_in_time", "offered"), 100)`), which go to the browser as JSON and are computed there by
`courses/static/courses/metric.js`. Both reckon in fractions, so that a result never depends on binary rounding.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Final

#: A figure's name, a number, or (sign, left, right).
type Formula = str | int | Fraction | tuple[str, Formula, Formula]

_SIGNS: Final[Mapping[type, str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_STRENGTH: Final = {"+": 1, "-": 1, "*": 2, "/": 2}
_WRITTEN: Final = {"+": "+", "-": "−", "*": "×", "/": "÷"}


class DividedByZeroError(ArithmeticError):
    """`by` is the part of the formula that came to 0."""

    def __init__(self, by: Formula) -> None:
        super().__init__("a division by 0 has no result")
        self.by = by


@cache
def read(text: str) -> Formula:
    """The formula that `text` writes. Raises ValueError for anything but figures, whole numbers, `+ - * /` and brackets."""
    try:
        return _read(ast.parse(text, mode="eval").body)
    except SyntaxError as error:
        raise ValueError(f"not a formula: {text!r}") from error


def figures_in(formula: Formula) -> Iterator[str]:
    """The figures' names in the order they stand, each as often as it stands."""
    if isinstance(formula, tuple):
        yield from figures_in(formula[1])
        yield from figures_in(formula[2])
    elif isinstance(formula, str):
        yield formula


def value_of(formula: Formula, values: Mapping[str, Fraction]) -> Fraction:
    """What it comes to, exactly. Raises DividedByZeroError, and KeyError for a figure without value."""
    if isinstance(formula, str):
        return values[formula]
    if not isinstance(formula, tuple):
        return Fraction(formula)
    sign, left, right = formula
    first, second = value_of(left, values), value_of(right, values)
    if sign == "+":
        return first + second
    if sign == "-":
        return first - second
    if sign == "*":
        return first * second
    if not second:
        raise DividedByZeroError(right)
    return first / second


def written(formula: Formula, leaf: Callable[[str | int | Fraction], str]) -> str:
    """The formula with signs as people write them and no bracket too many; `leaf` writes figures and numbers."""
    return _written(formula, leaf, 0)


def sums_done(formula: Formula, values: Mapping[str, Fraction]) -> Formula:
    """The formula with its figures filled in and its sums and differences worked out: what stands before the division."""
    if not isinstance(formula, tuple):
        return values[formula] if isinstance(formula, str) else formula
    sign, left, right = formula
    if _STRENGTH[sign] == 1:
        return value_of(formula, values)
    return (sign, sums_done(left, values), sums_done(right, values))


def _read(node: ast.expr) -> Formula:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return (_SIGNS[type(node.op)], _read(node.left), _read(node.right))
    raise ValueError(f"not a part of a formula: {ast.dump(node)}")


def _written(formula: Formula, leaf: Callable[[str | int | Fraction], str], around: int) -> str:
    if not isinstance(formula, tuple):
        return leaf(formula)
    sign, left, right = formula
    strength = _STRENGTH[sign]
    # a − (b − c) and a ÷ (b × c) need their brackets
    text = f"{_written(left, leaf, strength)} {_WRITTEN[sign]} {_written(right, leaf, strength + (sign in '-/'))}"
    return f"({text})" if strength < around else text
