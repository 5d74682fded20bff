"""What the demonstration company's people answer: rightly, or wrongly as people do."""

from collections.abc import Sequence
from random import Random
from typing import Any

from assessments.bank.rules.grading import AnswerKey, OptionKey
from assessments.bank.states import CHOICE_KINDS, QuestionKind

#: Of a question's wrong options the first are the tempting ones.
TEMPTING = (6, 3)


def answer(key: AnswerKey, *, knows: bool, chance: Random) -> Any:
    """An answer in the shape of `grading`, for every kind that no person has to mark."""
    if key.kind == QuestionKind.CLOZE:
        slip = None if knows else chance.choice(key.gaps).number
        return {
            str(gap.number): _given(gap.kind, gap.options, knows=gap.number != slip, chance=chance) for gap in key.gaps
        }
    if key.kind == QuestionKind.MATCHING:
        pairs = {str(option.pk): option.match for option in key.options if option.match is not None}
        return pairs if knows else dict(zip(pairs, _swapped(list(pairs.values()), chance), strict=True))
    if key.kind == QuestionKind.ORDERING:
        order = [option.pk for option in key.options]
        return order if knows else _swapped(order, chance)
    return _given(key.kind, key.options, knows=knows, chance=chance)


def _given(kind: str, options: Sequence[OptionKey], *, knows: bool, chance: Random) -> Any:
    right = [option for option in options if option.is_right]
    wrong = [option for option in options if not option.is_right]
    if kind in CHOICE_KINDS:
        weights = [*TEMPTING, *[1] * len(wrong)][: len(wrong)]
        return [option.pk for option in (right if knows else chance.choices(wrong, weights=weights))]
    texts = [text for option in (right if knows else wrong) for text in option.accepted if "*" not in text]
    if knows or texts:
        return texts[0]
    return "0" if kind == QuestionKind.NUMERIC else "?!"


def _swapped(values: list[Any], chance: Random) -> list[Any]:
    """Two neighbours the wrong way round."""
    place = chance.randrange(len(values) - 1)
    values[place], values[place + 1] = values[place + 1], values[place]
    return values
