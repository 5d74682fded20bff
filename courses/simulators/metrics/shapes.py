"""A metric: its formula, its words, its result. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Final

from courses.simulators.formulas import DividedByZeroError, Formula, figures_in, read, sums_done, value_of, written
from courses.simulators.metrics.figures import FIGURES, MEASURES, Figure, Unit, Words, plain, shown

#: What people type or a table holds; a float is read as it is written.
type Amount = int | float | Decimal | Fraction


NOTHING_TO_DIVIDE_BY: Final = Words(
    "算不出：“{by}”为 0，不能作除数。", "Not defined: “{by}” is 0, and nothing can be divided by 0."
)
ROUNDED: Final[Mapping[str, Words]] = MappingProxyType(
    {
        ROUND_FLOOR: Words(
            "（舍去后面的小数，未达标不能看成达标）", " (rounded down, so that a miss doesn't read as met)"
        ),
        ROUND_CEILING: Words("（向上进位，未达标不能看成达标）", " (rounded up, so that a miss doesn't read as met)"),
    }
)
CONTRADICTION: Final = Words(
    "算不出：“{smaller}”比“{larger}”还大，请核对数字。",
    "Not defined: “{smaller}” is more than “{larger}”. Please check the figures.",
)


class Family(StrEnum):
    ACCESS = "access"
    HANDLING = "handling"
    QUALITY = "quality"
    RESOURCES = "resources"


class Good(StrEnum):
    """Which way is good. NEITHER: too much is no better than too little, and what is right depends on the business."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"
    NEITHER = "neither"


FAMILIES: Final[Mapping[Family, Words]] = MappingProxyType(
    {
        Family.ACCESS: Words("接通与等待", "Getting through"),
        Family.HANDLING: Words("通话与处理", "Handling calls"),
        Family.QUALITY: Words("质量", "Quality"),
        Family.RESOURCES: Words("人员与成本", "People and cost"),
    }
)


@dataclass(frozen=True)
class Draw:
    """How a figure of an exercise is drawn: between `least` and `most`, or so many per cent of the figure `of`."""

    least: int
    most: int
    of: str = ""


@dataclass(frozen=True)
class Given:
    """A figure as one metric uses it: its amount in the worked example, and how exercises draw it."""

    name: str
    example: Decimal
    draw: Draw

    @property
    def figure(self) -> Figure:
        return FIGURES[self.name]


@dataclass(frozen=True)
class Reference:
    """The figure to compare with: from, to (None: open), and how the trade puts it."""

    words: Words
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def is_comparable(self) -> bool:
        return self.least is not None or self.most is not None

    def is_met(self, value: Fraction) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True)
class WrongPath:
    """A slip people make, computed from the same figures, and what to tell whoever made it."""

    key: str
    text: str
    words: Words

    @cached_property
    def formula(self) -> Formula:
        return read(self.text)


@dataclass(frozen=True)
class NotDefined:
    """There is no result, and why."""

    reason: Words


@dataclass(frozen=True)
class Metric:
    """One metric. `given` holds more figures than the formula needs: the others are what exercises set beside them.
    `limits`: sums of inputs that can't be larger than others."""

    key: str
    number: int
    family: Family
    name: Words
    definition: Words
    counted: Words
    reading: Words
    text: str
    unit: Unit
    good: Good
    reference: Reference
    given: tuple[Given, ...]
    wrong_paths: tuple[WrongPath, ...]
    limits: tuple[tuple[str, str], ...] = ()
    variant_of: str = ""

    @cached_property
    def formula(self) -> Formula:
        return read(self.text)

    @cached_property
    def inputs(self) -> tuple[Given, ...]:
        """What the formula needs, in the order of `given`."""
        needed = set(figures_in(self.formula))
        return tuple(given for given in self.given if given.name in needed)

    @property
    def example(self) -> dict[str, Decimal]:
        return {given.name: given.example for given in self.given}

    @property
    def rounding(self) -> str:
        """Half up; where a reference figure is to be reached never to the flattering side, so that a miss doesn't read as
        met."""
        if not self.reference.is_comparable:
            return ROUND_HALF_UP
        return {Good.HIGHER: ROUND_FLOOR, Good.LOWER: ROUND_CEILING}.get(self.good, ROUND_HALF_UP)

    @property
    def places(self) -> int:
        return MEASURES[self.unit].places

    def exact(self, amounts: Mapping[str, Amount]) -> Fraction | NotDefined:
        """The result as a fraction. Raises ValueError when a figure is missing, isn't a number or lies below 0."""
        values = fractions(self, amounts)
        for smaller, larger in self.limits:
            if value_of(read(smaller), values) > value_of(read(larger), values):
                return NotDefined(_contradiction(read(smaller), read(larger)))
        try:
            return value_of(self.formula, values)
        except DividedByZeroError as error:
            return NotDefined(_nothing_to_divide_by(error.by))

    def compute(self, amounts: Mapping[str, Amount]) -> Decimal | NotDefined:
        """The result, rounded as this metric is (`rounding`, `places`); in per cent, seconds … as `unit` says."""
        value = self.exact(amounts)
        return value if isinstance(value, NotDefined) else self.rounded(value)

    def rounded(self, value: Fraction) -> Decimal:
        with localcontext() as context:
            context.prec = 60  # longer than any amount here, so that only the last step rounds
            found = Decimal(value.numerator) / Decimal(value.denominator)
            return found.quantize(Decimal(1).scaleb(-self.places), rounding=self.rounding)

    def result(self, amounts: Mapping[str, Amount], language: str) -> str:
        """The result with its unit, or why there is none."""
        found = self.exact(amounts)
        if isinstance(found, NotDefined):
            return found.reason.in_language(language)
        return shown(self.rounded(found), self.unit, language)

    def formula_in(self, language: str) -> str:
        """The formula in words: `answered in time ÷ offered × 100%`."""
        return self.in_words(self.formula, language)

    def in_words(self, formula: Formula, language: str) -> str:
        return written(
            formula,
            lambda leaf: FIGURES[leaf].label.in_language(language) if isinstance(leaf, str) else self._number(leaf),
        )

    def steps(self, amounts: Mapping[str, Amount], language: str) -> tuple[str, ...]:
        """The way to the result: in words, with numbers, with its sums done (where there are sums), the result, with a
        word on its rounding where that isn't half up. Where there is no result the last line is its reason."""
        values = fractions(self, amounts)
        found = self.exact(amounts)
        lines = [
            self.formula_in(language),
            written(self.formula, lambda leaf: self._number(values[leaf] if isinstance(leaf, str) else leaf)),
        ]
        result = self.result(amounts, language)
        if isinstance(found, NotDefined):
            return (*lines, result)
        shorter = written(sums_done(self.formula, values), self._number)
        if self.rounding in ROUNDED and Fraction(self.rounded(found)) != found:
            result += ROUNDED[self.rounding].in_language(language)
        if shorter not in (lines[1], plain(self.rounded(found))):
            lines.append(shorter)
        return (*lines, result)

    def _number(self, leaf: str | int | Fraction) -> str:
        return "100%" if leaf == 100 and type(leaf) is int and self.unit == Unit.PERCENT else plain(Fraction(leaf))


def fractions(metric: Metric, amounts: Mapping[str, Amount]) -> dict[str, Fraction]:
    """The figures that a metric needs and those set beside them, as far as given, exactly as written."""
    found = {}
    for name in {given.name for given in metric.given} & amounts.keys() | {given.name for given in metric.inputs}:
        if name not in amounts:
            raise ValueError(f"{metric.key} needs the figure {name}")
        try:
            found[name] = Fraction(str(amounts[name]))
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"{name} must be a number, not {amounts[name]!r}") from error
        if found[name] < 0:
            raise ValueError(f"{name} must be a number from 0 up, not {amounts[name]!r}")
    return found


def _nothing_to_divide_by(by: Formula) -> Words:
    zh, en = (_in_words(by, code) for code in ("zh-hans", "en"))
    return Words(NOTHING_TO_DIVIDE_BY.zh.format(by=zh), NOTHING_TO_DIVIDE_BY.en.format(by=en))


def _contradiction(smaller: Formula, larger: Formula) -> Words:
    zh, en = ({"smaller": _in_words(smaller, code), "larger": _in_words(larger, code)} for code in ("zh-hans", "en"))
    return Words(CONTRADICTION.zh.format(**zh), CONTRADICTION.en.format(**en))


def _in_words(formula: Formula, language: str) -> str:
    return written(
        formula,
        lambda leaf: FIGURES[leaf].label.in_language(language) if isinstance(leaf, str) else plain(Fraction(leaf)),
    )
