"""Questions that are answered in parts: the lines of a matching or an order, the gaps of a text."""

from typing import Any

from assessments.bank.rules import AnswerKey, GapKey, OptionKey, grade, is_blank
from assessments.bank.states import QuestionKind


def parts_of(key: AnswerKey) -> tuple[OptionKey | GapKey, ...]:
    """The lines that have a right side, the items in their right order, or the gaps; nothing for other kinds."""
    if key.kind == QuestionKind.CLOZE:
        return key.gaps
    if key.kind == QuestionKind.MATCHING:
        return tuple(option for option in key.options if option.match is not None)
    return key.options if key.kind == QuestionKind.ORDERING else ()


def worth_of_parts(key: AnswerKey, response: Any) -> list[float | None]:
    """What each part of an answer is worth by itself, 0–1, whether the question gives part credit or not. None: left
    blank."""
    parts = parts_of(key)
    if is_blank(response):
        return [None] * len(parts)
    if key.kind == QuestionKind.ORDERING:
        return [float(pk == option.pk) for pk, option in zip(response, key.options, strict=False)]
    return [_worth(key, part, response) for part in parts]


def _worth(key: AnswerKey, part: OptionKey | GapKey, response: dict[str, Any]) -> float | None:
    if isinstance(part, OptionKey):
        chosen = response.get(str(part.pk))
        return None if chosen is None else float(chosen == part.match)
    answer = response.get(str(part.number))
    if answer is None or is_blank(answer):
        return None
    own = AnswerKey(part.kind, part.options, key.partial_credit, key.match_case, part.unit)
    return float(grade(own, answer) or 0)
