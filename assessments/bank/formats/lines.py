"""The lines under a question, built from what other systems say of them: texts and shares of the points."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.records import MOST_LINES, Unfit
from assessments.bank.rules import OptionWords
from assessments.bank.states import QuestionKind

Texts = Mapping[str, str]
NOTHING: Texts = {"zh": "", "en": ""}
CREDIT_STEP, TOLERANCE_STEP = Decimal("0.00001"), Decimal("0.000001")
#: What a Credit or a tolerance can hold.
MOST_CREDIT, MOST_TOLERANCE = Decimal(999), Decimal(10) ** 13
#: Shares that are meant to be the same: 33.333 % and a third.
_SAME = Decimal("0.0005")
TRUE: Texts = {"zh": "正确", "en": "True"}
FALSE: Texts = {"zh": "错误", "en": "False"}
OVERALL: Texts = {"zh": "整体质量", "en": "Overall quality"}


@dataclass(frozen=True)
class Line:
    """One answer with the share of the points that it brings (1 is all of them)."""

    texts: Texts
    share: Decimal = Decimal(0)
    feedback: Texts = field(default_factory=lambda: NOTHING)
    tolerance: Decimal | None = None

    def words(self, **more: Any) -> OptionWords:
        return option(self.texts, self.feedback, **more)


def option(texts: Texts, feedback: Texts = NOTHING, **more: Any) -> OptionWords:
    return OptionWords(texts["zh"], texts["en"], feedback_zh=feedback["zh"], feedback_en=feedback["en"], **more)


def within(count: int, most: int = MOST_LINES) -> None:
    """Raises Unfit for more lines than a question may have."""
    if count > most:
        raise Unfit(_("It has more than %(most)s options or answers.") % {"most": most})


def decimal_of(text: str) -> Decimal:
    """A plain number. Raises Unfit."""
    try:
        number = Decimal(text.strip().replace("%", ""))
    except InvalidOperation as error:
        raise Unfit(_("“%(text)s” is not a number.") % {"text": text[:40]}) from error
    if not number.is_finite() or abs(number) > MOST_TOLERANCE:
        raise Unfit(_("“%(text)s” is not a number.") % {"text": text[:40]})
    return number


def percent_of(text: str) -> Decimal:
    """50 → 0.5"""
    return credit_of(decimal_of(text) / 100)


def percent(share: Decimal) -> str:
    """0.5 → "50", a third → "33.33333" """
    return f"{(share * 100).quantize(CREDIT_STEP).normalize():f}"


def credit_of(number: Decimal) -> Decimal:
    """As many places as a credit keeps. Raises Unfit for what can't be one."""
    if abs(number) > MOST_CREDIT:
        raise Unfit(_("“%(text)s” is not a share of the points.") % {"text": str(number)[:40]})
    return number.quantize(CREDIT_STEP)


def tolerance_of(number: Decimal) -> Decimal | None:
    return abs(number).quantize(TOLERANCE_STEP) if number else None


def is_one(share: Decimal) -> bool:
    return abs(share - 1) <= _SAME


def graded(share: Decimal) -> dict[str, Any]:
    """Of a line that is right as a whole, in part, or wrong."""
    if is_one(share):
        return {"is_right": True}
    return {"credit": share} if share else {}


def chosen_lines(lines: Sequence[Line], *, takes_several: bool, gap: int = 0) -> tuple[bool, list[OptionWords]]:
    """(whether part credit is given, options) of a choice.

    One answer: of several that bring everything, the first is the right one and the others bring all points as well.
    Several answers: equal shares that make up the whole, each wrong one taking its equal part, need no own credits.
    """
    within(len(lines))
    if not takes_several:
        words, has_right = [], False
        for line in lines:
            if is_one(line.share) and has_right:
                words.append(line.words(gap=gap, credit=Decimal(1)))
            else:
                words.append(line.words(gap=gap, **graded(line.share)))
            has_right = has_right or is_one(line.share)
        return False, words
    right = [line.share for line in lines if line.share > 0]
    wrong = [line.share for line in lines if line.share <= 0]
    if right and _equal(right, 1 / Decimal(len(right))) and wrong and _equal(wrong, -1 / Decimal(len(wrong))):
        return True, [line.words(gap=gap, is_right=line.share > 0) for line in lines]
    return True, [line.words(gap=gap, is_right=line.share > 0, credit=line.share) for line in lines]


def _equal(shares: Iterable[Decimal], wanted: Decimal) -> bool:
    return all(abs(share - wanted) <= _SAME for share in shares)


def typed_lines(lines: Sequence[Line], *, gap: int = 0) -> list[OptionWords]:
    """Accepted texts or numbers."""
    within(len(lines))
    return [line.words(gap=gap, tolerance=line.tolerance, **graded(line.share)) for line in lines]


def shares_of(options: Sequence[OptionWords], kind: str) -> list[Decimal]:
    """The share of the points that each option of a choice brings, for systems that know nothing else."""
    if kind == QuestionKind.MULTIPLE and all(each.credit is None for each in options):
        right = sum(each.is_right for each in options)
        wrong = len(options) - right
        return [1 / Decimal(right) if each.is_right else -1 / Decimal(wrong) for each in options]
    return [Decimal(each.is_right) if each.credit is None else each.credit for each in options]


def rubric(texts: Texts, points: Decimal) -> tuple[OptionWords, ...]:
    """One criterion with all the points: what is known of a question that people mark elsewhere."""
    return (option(texts, credit=credit_of(points) if points > 0 else Decimal(1)),)


def spread(texts: Texts, languages: Sequence[str]) -> Texts:
    """Words of ours in the languages of a question."""
    return {name: texts[name] if name in languages else "" for name in ("zh", "en")}


def same(text: str, languages: Sequence[str]) -> Texts:
    """One text in each of the languages."""
    return {name: text if name in languages else "" for name in ("zh", "en")}
