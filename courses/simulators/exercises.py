"""Exercises on the metrics: figures drawn from a seed, an answer read and judged, its slip explained. Pure functions.

The same seed always draws the same figures, on every machine: a learner who reloads finds the same exercise. Figures are
drawn again until the result is plain enough to compute and every wrong path leads somewhere else, so that a wrong
answer can be recognised by its number.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from courses.simulators.formulas import DividedByZeroError, value_of
from courses.simulators.metrics import MEASURES, Metric, NotDefined, Unit, Words, fractions, shown

#: More redraws than any metric needs (the tests try thousands of seeds); past them the metric's figures are wrong.
MOST_DRAWS = 500
#: More digits than any figure here; a longer text is no number that somebody worked out.
LONGEST_ANSWER = 40


class Unreadable(StrEnum):
    """Why an answer is no number."""

    EMPTY = "empty"
    NO_NUMBER = "no_number"
    OTHER_UNIT = "other_unit"


class Outcome(StrEnum):
    RIGHT = "right"
    CLOSE = "close"
    WRONG_PATH = "wrong_path"
    WRONG = "wrong"


@dataclass(frozen=True)
class Tolerance:
    """Answers no further off than `right` are right (rounded up, down or half up), than `close` are nearly right."""

    right: Fraction
    close: Fraction


TOLERANCES: Final[Mapping[Unit, Tolerance]] = MappingProxyType(
    {
        Unit.PERCENT: Tolerance(Fraction(1, 10), Fraction(1, 2)),
        Unit.SECONDS: Tolerance(Fraction(1), Fraction(2)),
        Unit.RINGS: Tolerance(Fraction(1, 10), Fraction(1, 5)),
        Unit.PER_HOUR: Tolerance(Fraction(1, 10), Fraction(1, 2)),
        Unit.MONEY: Tolerance(Fraction(1, 100), Fraction(1, 10)),
        Unit.CALLS: Tolerance(Fraction(0), Fraction(0)),
    }
)
#: The results that exercises ask for: neither 0 or 100 %, nor figures nobody has seen.
PLAUSIBLE: Final[Mapping[Unit, tuple[int, int]]] = MappingProxyType(
    {
        Unit.PERCENT: (1, 99),
        Unit.SECONDS: (5, 900),
        Unit.RINGS: (1, 6),
        Unit.PER_HOUR: (2, 40),
        Unit.MONEY: (1, 20),
        Unit.CALLS: (20, 5000),
    }
)

_SHARE: Final = Words(
    "数字是对的，但这是小数。问的是百分比，请乘以 100%。",
    "The number is right, but as a share. It is asked as a percentage: times 100%.",
)
_MINUTES: Final = Words(
    "这是分钟数。请换算成秒，或写成“分:秒”。", "That is in minutes. Give seconds, or minutes:seconds."
)
_REST: Final = Words(
    "您算的是剩下的那一部分。用 100% 减去它，就是要的答案。", "That is the other part. 100% minus it is what was asked."
)
_UPSIDE_DOWN: Final = Words(
    "上下颠倒了：被除数和除数要换一下。", "Upside down: swap what you divide and what you divide by."
)


@dataclass(frozen=True)
class Slip:
    """Where a wrong path leads with an exercise's figures; an answer no further off than `near` took it."""

    words: Words
    value: Fraction
    near: Fraction


@dataclass(frozen=True)
class Exercise:
    """A metric to compute from these figures; those that the formula doesn't need are among them."""

    metric: Metric
    figures: Mapping[str, Decimal]

    @property
    def exact(self) -> Fraction:
        value = self.metric.exact(self.figures)
        assert isinstance(value, Fraction)  # drawn so
        return value

    @property
    def tolerance(self) -> Tolerance:
        return TOLERANCES[self.metric.unit]

    def slips(self) -> Iterator[Slip]:
        """Each wrong path with where it leads; the metric's own first, then those that every unit knows."""
        values = fractions(self.metric, self.figures)
        for path in self.metric.wrong_paths:
            try:
                yield Slip(path.words, value_of(path.formula, values), self.tolerance.right)
            except DividedByZeroError:
                continue
        yield from _slips_of_the_unit(self.metric, self.exact, self.tolerance.right)


@dataclass(frozen=True)
class Judgement:
    """What to say to an answer. `words` name the slip where it was recognised; `steps` show the way."""

    outcome: Outcome
    answer: Fraction
    words: Words | None
    result: Decimal


def draw(metric: Metric, seed: str) -> Exercise:
    """The exercise that `seed` stands for. Raises ValueError where the metric's ranges allow none."""
    for number in range(MOST_DRAWS):
        exercise = Exercise(metric, MappingProxyType(_figures(metric, f"{seed}/{metric.key}/{number}")))
        if _is_fair(exercise):
            return exercise
    raise ValueError(f"{metric.key}: {MOST_DRAWS} draws made no exercise")


def pick(metrics: Sequence[Metric], seed: str, turn: int) -> Metric:
    """Whose turn it is: the first depends on the seed, the next ones follow, so that nobody gets the same twice in a row."""
    return metrics[(_number(seed) + turn) % len(metrics)]


def read_answer(typed: str, unit: Unit) -> Fraction | Unreadable:
    """The number somebody typed: 82.5%, 82,5, ８２．５％, 1,250, 95 s, 1:35, 1分35秒."""
    text = unicodedata.normalize("NFKC", typed).replace("。", ".").replace("−", "-").strip().lower()
    if not text:
        return Unreadable.EMPTY
    if len(text) > LONGEST_ANSWER:
        return Unreadable.NO_NUMBER
    return _time(text) if unit == Unit.SECONDS else _with_unit(text, unit)


def judge(exercise: Exercise, answer: Fraction) -> Judgement:
    """Right within the tolerance; else the slip that leads exactly there; else nearly right; else wrong."""
    off = abs(answer - exercise.exact)
    result = exercise.metric.rounded(exercise.exact)
    if off <= exercise.tolerance.right:
        return Judgement(Outcome.RIGHT, answer, None, result)
    for slip in exercise.slips():
        if abs(answer - slip.value) <= slip.near:
            return Judgement(Outcome.WRONG_PATH, answer, slip.words, result)
    if off <= exercise.tolerance.close:
        return Judgement(Outcome.CLOSE, answer, None, result)
    return Judgement(Outcome.WRONG, answer, None, result)


def question(exercise: Exercise, language: str) -> list[tuple[str, str]]:
    """The figures as a table: label, amount with its unit."""
    return [
        (given.figure.label.in_language(language), shown(exercise.figures[given.name], given.figure.unit, language))
        for given in exercise.metric.given
    ]


# --- drawing --------------------------------------------------------------------------------------------------


def _number(seed: str) -> int:
    """A number from 0 up that is the same for the same text everywhere (Python's own `hash` isn't)."""
    return int.from_bytes(sha256(seed.encode()).digest()[:8])


def _figures(metric: Metric, seed: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for given in metric.given:
        span = given.draw.most - given.draw.least
        tenths = given.draw.least * 10 + _number(f"{seed}/{given.name}") % (span * 10 + 1)
        amount = Decimal(tenths) / 10
        if given.draw.of:
            amount = amount * found[given.draw.of] / 100
        places = MEASURES[given.figure.unit].typed_places if given.draw.of else 0
        if given.figure.unit in (Unit.MONEY, Unit.POINTS):
            places = 0  # nobody learns from odd cents
        found[given.name] = amount.quantize(Decimal(1).scaleb(-places))
    return found


def _is_fair(exercise: Exercise) -> bool:
    value = exercise.metric.exact(exercise.figures)
    if isinstance(value, NotDefined):
        return False
    least, most = PLAUSIBLE[exercise.metric.unit]
    if not least <= value <= most:
        return False
    taken = [(value, exercise.tolerance.close)]
    for slip in exercise.slips():
        if any(abs(slip.value - other) <= slip.near + reach for other, reach in taken):
            return False
        taken.append((slip.value, slip.near))
    return len(taken) > len(exercise.metric.wrong_paths)  # each of them leads somewhere


def _slips_of_the_unit(metric: Metric, value: Fraction, near: Fraction) -> Iterator[Slip]:
    has_upside_down = any(path.key == "upside_down" for path in metric.wrong_paths)
    if metric.unit == Unit.PERCENT:
        yield Slip(_SHARE, value / 100, value / 5000)
        yield Slip(_REST, 100 - value, near)
        if not has_upside_down:
            yield Slip(_UPSIDE_DOWN, 10000 / value, near)
    if metric.unit == Unit.SECONDS:
        yield Slip(_MINUTES, value / 60, Fraction(1, 20))
    if metric.unit in (Unit.SECONDS, Unit.MONEY, Unit.RINGS):
        yield Slip(_UPSIDE_DOWN, 1 / value, 1 / value / 50)


# --- reading --------------------------------------------------------------------------------------------------

_UNITS: Final[Mapping[Unit, str]] = MappingProxyType(
    {
        Unit.PERCENT: r"%|percent|per cent|个百分点",
        Unit.RINGS: r"声|次|rings?",
        Unit.PER_HOUR: r"通|通/小时|通每小时|calls?|per hour|calls? per hour|/h",
        Unit.MONEY: r"元|块|yuan|rmb|cny",
        Unit.CALLS: r"通|个|calls?",
    }
)
_NUMBER: Final = r"-?\d[\d.,' \u00a0\u202f]*|-?\.\d+"
_TIME: Final = re.compile(
    r"(?:(?P<hours>\d+)\s*(?:小时|时|h(?:ours?|rs?)?)\s*)?"
    r"(?:(?P<minutes>\d+(?:[.,]\d+)?)\s*(?:分钟|分|min(?:ute)?s?\.?|m|')\s*)?"
    r"(?:(?P<seconds>\d+(?:[.,]\d+)?)\s*(?:秒钟|秒|s(?:ec(?:ond)?s?)?\.?|\")\s*)?"
)
_CLOCK: Final = re.compile(r"(?:(?P<hours>\d+):)?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]?\d(?:[.,]\d+)?)")


def _with_unit(text: str, unit: Unit) -> Fraction | Unreadable:
    text = text.removeprefix("¥").removeprefix("￥").strip() if unit == Unit.MONEY else text
    found = re.fullmatch(rf"(?P<number>{_NUMBER})\s*(?P<unit>.*)", text)
    if found is None:
        return Unreadable.NO_NUMBER
    if found["unit"] and not re.fullmatch(_UNITS[unit], found["unit"].strip()):
        return Unreadable.OTHER_UNIT
    return _decimal(found["number"], has_thousands=unit in (Unit.CALLS, Unit.MONEY))


def _time(text: str) -> Fraction | Unreadable:
    if found := _CLOCK.fullmatch(text):
        return _seconds(found)
    if (found := _TIME.fullmatch(text)) and any(found.groups()):
        return _seconds(found)
    number = re.fullmatch(rf"(?P<number>{_NUMBER})\s*(?P<unit>.*)", text)
    if number is None:
        return Unreadable.NO_NUMBER
    return Unreadable.OTHER_UNIT if number["unit"] else _decimal(number["number"], has_thousands=True)


def _seconds(found: re.Match[str]) -> Fraction:
    hours, minutes, seconds = (
        Fraction((found[name] or "0").replace(",", ".")) for name in ("hours", "minutes", "seconds")
    )
    return hours * 3600 + minutes * 60 + seconds


def _decimal(text: str, *, has_thousands: bool) -> Fraction | Unreadable:
    """A comma in front of exactly three digits groups thousands where such numbers occur, any other one marks decimals;
    where both signs stand, the last one marks decimals."""
    text = re.sub(r"[ '\u00a0\u202f]", "", text)
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d*)?", text) and (has_thousands or "." in text):
        text = text.replace(",", "")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d*", text):
        text = text.replace(".", "").replace(",", ".")
    else:
        text = text.replace(",", ".")
    return Fraction(text) if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text) else Unreadable.NO_NUMBER
