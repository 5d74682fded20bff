"""What an answer is worth. An answer is what the browser sends and an Answer row keeps, a JSON value:

| kind | answer |
|---|---|
| single, multiple, true or false | list of option ids |
| ordering | list of all option ids in the chosen order |
| matching | object: id of the left side → id of the chosen right side |
| number, short text, written | string |
| cloze | object: number of the gap → list of option ids, or string |
| spoken | list with the id of the recording |

An empty value takes the answer back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.bank.rules.folding import is_accepted, read_number
from assessments.bank.rules.wording import WHOLE
from assessments.bank.states import CHOICE_KINDS, MARKED_KINDS, QuestionKind

RIGHT, WRONG = Decimal(1), Decimal(0)
#: Longer texts are refused: a written answer is a page or two.
MOST_TEXT = 20_000
#: Longer short texts are refused.
MOST_SHORT_TEXT = 500


class MalformedAnswer(ValueError):
    """The answer doesn't have the shape of its question, or names what the question doesn't offer."""


@dataclass(frozen=True)
class OptionKey:
    """What grading needs of one line. `accepted` are the accepted texts (both languages); `match` is the id of the
    right side that belongs to it (lines with the same right side share one), None for a line without left side."""

    pk: int
    is_right: bool = False
    credit: Decimal | None = None
    accepted: tuple[str, ...] = ()
    tolerance: Decimal | None = None
    match: int | None = None


@dataclass(frozen=True)
class GapKey:
    """One gap of a cloze: graded like a question of its kind."""

    number: int
    kind: str
    weight: Decimal
    unit: str
    options: tuple[OptionKey, ...]


@dataclass(frozen=True)
class AnswerKey:
    """The key of one wording. `options` stand in their right order; `matches` are the ids of all right sides."""

    kind: str
    options: tuple[OptionKey, ...] = ()
    partial_credit: bool = False
    match_case: bool = False
    unit: str = ""
    gaps: tuple[GapKey, ...] = ()
    matches: frozenset[int] = frozenset()


def is_blank(answer: Any) -> bool:
    """Nothing was chosen or written."""
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, dict):
        return all(is_blank(value) for value in answer.values())
    return not answer


def checked(key: AnswerKey, answer: Any) -> Any:
    """The answer in the one shape that is stored (ids as int, texts as sent). Raises MalformedAnswer."""
    kind = key.kind
    if kind == QuestionKind.CLOZE:
        if not isinstance(answer, dict):
            raise MalformedAnswer("a text with gaps takes one answer a gap")
        gaps = {str(gap.number): gap for gap in key.gaps}
        if not set(map(str, answer)) <= set(gaps):
            raise MalformedAnswer("there is no such gap")
        return {
            str(number): _checked_kind(gaps[str(number)].kind, gaps[str(number)].options, value)
            for number, value in sorted(answer.items(), key=lambda pair: str(pair[0]))
        }
    if kind == QuestionKind.MATCHING:
        return _checked_pairs(key, answer)
    return _checked_kind(kind, key.options, answer)


def _checked_kind(kind: str, options: Sequence[OptionKey], answer: Any) -> Any:
    if kind in (QuestionKind.NUMERIC, QuestionKind.SHORT_TEXT, QuestionKind.WRITTEN):
        if not isinstance(answer, str):
            raise MalformedAnswer("this question is answered with a text")
        if not _is_text(answer):
            raise MalformedAnswer("the text has signs that aren't any")
        if len(answer) > (MOST_TEXT if kind == QuestionKind.WRITTEN else MOST_SHORT_TEXT):
            raise MalformedAnswer("the text is too long")
        return answer
    chosen = _ids(answer)
    if kind == QuestionKind.SPOKEN:
        if len(chosen) > 1:
            raise MalformedAnswer("one recording is handed in")
        return chosen
    if not set(chosen) <= {option.pk for option in options}:
        raise MalformedAnswer("this option isn't offered")
    if kind == QuestionKind.ORDERING and chosen and len(chosen) != len(options):
        raise MalformedAnswer("all items are put in order")
    if kind in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE) and len(chosen) > 1:
        raise MalformedAnswer("one option is chosen")
    return chosen


def _is_text(answer: str) -> bool:
    """No halves of a sign (JSON can write lone surrogates) and no NUL: neither is kept by every database."""
    return "\x00" not in answer and not any("\ud800" <= sign <= "\udfff" for sign in answer)


def _checked_pairs(key: AnswerKey, answer: Any) -> dict[str, int]:
    if not isinstance(answer, dict):
        raise MalformedAnswer("pairs are given as left side and right side")
    lefts = {option.pk for option in key.options if option.match is not None}
    pairs = {}
    for left, right in answer.items():
        left, (right,) = _ids([left])[0], _ids([right])
        if left not in lefts or right not in key.matches:
            raise MalformedAnswer("this pair isn't offered")
        pairs[str(left)] = right
    return dict(sorted(pairs.items()))


def _ids(answer: Any) -> list[int]:
    if not isinstance(answer, list | tuple):
        raise MalformedAnswer("options are given as a list")
    if any(isinstance(pk, bool) or not isinstance(pk, int | str) for pk in answer):
        raise MalformedAnswer("options are given by their numbers")
    if any(isinstance(pk, str) and not (pk.isascii() and pk.isdecimal() and len(pk) < 19) for pk in answer):
        raise MalformedAnswer("options are given by their numbers")
    found = [int(pk) for pk in answer]
    if len(set(found)) != len(found):
        raise MalformedAnswer("an option is given twice")
    return found


def grade(key: AnswerKey, answer: Any) -> Decimal | None:
    """The share (0 to 1) an answer is worth; blank is zero. None: a person has to mark it."""
    if is_blank(answer):
        return WRONG
    if key.kind in MARKED_KINDS:
        return None
    if key.kind == QuestionKind.CLOZE:
        return _cloze_share(key, answer)
    if key.kind == QuestionKind.MATCHING:
        pairs = [option for option in key.options if option.match is not None]
        hits = sum(answer.get(str(option.pk)) == option.match for option in pairs)
        return _share(hits, len(pairs), partial=key.partial_credit)
    if key.kind == QuestionKind.ORDERING:
        hits = sum(pk == option.pk for pk, option in zip(answer, key.options, strict=False))
        return _share(hits, len(key.options), partial=key.partial_credit)
    return _kind_share(key.kind, key.options, answer, key.partial_credit, key.match_case, key.unit)


def _share(hits: int, n: int, *, partial: bool) -> Decimal:
    """Items at their right place, of all; without part credit all or nothing."""
    return Decimal(hits) / n if partial else Decimal(hits == n)


def _cloze_share(key: AnswerKey, answer: dict[str, Any]) -> Decimal:
    total = sum((gap.weight for gap in key.gaps), WRONG)
    won = WRONG
    for gap in key.gaps:
        given = answer.get(str(gap.number))
        if given is not None and not is_blank(given):
            won += gap.weight * _kind_share(gap.kind, gap.options, given, key.partial_credit, key.match_case, gap.unit)
    return won / total if key.partial_credit or won == total else WRONG


def _kind_share(
    kind: str, options: Sequence[OptionKey], answer: Any, partial_credit: bool, match_case: bool, unit: str
) -> Decimal:
    if kind in CHOICE_KINDS:
        return _choice_share(kind, options, set(answer), partial_credit)
    best = WRONG
    for option in options:
        if kind == QuestionKind.NUMERIC:
            hit = _is_number(answer, option, unit)
        else:
            hit = any(is_accepted(answer, text, match_case=match_case) for text in option.accepted)
        if hit:
            best = max(best, _credit(option))
    return min(RIGHT, best)


def _is_number(typed: str, option: OptionKey, unit: str) -> bool:
    number = read_number(typed, unit=unit)
    if number is None:
        return False
    for text in option.accepted:
        wanted = read_number(text, unit=unit)
        if text.strip() == "*" or (wanted is not None and abs(number - wanted) <= (option.tolerance or 0)):
            return True
    return False


def _credit(option: OptionKey) -> Decimal:
    return Decimal(option.is_right) if option.credit is None else option.credit


def _choice_share(kind: str, options: Sequence[OptionKey], chosen: set[int], partial_credit: bool) -> Decimal:
    """Multiple choice: all or nothing, or the sum of the options' credits, cut to 0–1. Without credits of its own a
    right option is worth its equal part of the whole and a wrong one takes its equal part away again."""
    right = {option.pk for option in options if option.is_right}
    if kind != QuestionKind.MULTIPLE:
        return max([WRONG, *(min(RIGHT, _credit(option)) for option in options if option.pk in chosen)])
    if not partial_credit:
        return Decimal(chosen == right)
    if all(option.credit is None for option in options):
        wrong = len(options) - len(right)
        lost = Decimal(len(chosen - right)) / wrong if wrong else WRONG
        return max(WRONG, Decimal(len(chosen & right)) / len(right) - lost)
    total = sum((_credit(option) for option in options if option.pk in chosen), WRONG)
    return RIGHT if total >= WHOLE else max(WRONG, total)
