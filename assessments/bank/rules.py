"""Judgements about questions: is a wording complete, and what is an answer worth."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.states import QuestionKind

RIGHT, WRONG = Decimal(1), Decimal(0)


@dataclass(frozen=True)
class OptionWords:
    """One answer to choose, in both languages."""

    text_zh: str
    text_en: str
    is_right: bool = False
    feedback_zh: str = ""
    feedback_en: str = ""


@dataclass(frozen=True)
class Wording:
    """Everything a reader sees of a question, with its key: what one QuestionVersion keeps."""

    kind: str
    stem_zh: str
    stem_en: str
    options: tuple[OptionWords, ...]
    explanation_zh: str = ""
    explanation_en: str = ""


def grade(kind: str, *, right: Collection[int], chosen: Collection[int]) -> Decimal:
    """The share (0 or 1) an answer is worth. Several right options count all or nothing; blank is zero."""
    picked, key = set(chosen), set(right)
    if kind == QuestionKind.MULTIPLE:
        return RIGHT if picked and picked == key else WRONG
    return RIGHT if len(picked) == 1 and picked <= key else WRONG


def takes_several(kind: str) -> bool:
    return kind == QuestionKind.MULTIPLE


def faults(wording: Wording) -> list[Any]:
    """What keeps the wording from being asked, in words (lazy translations); empty when it can be."""
    found: list[Any] = []
    right = sum(option.is_right for option in wording.options)
    if not wording.stem_zh.strip() or not wording.stem_en.strip():
        found.append(_("The question needs its text in both languages."))
    if any(not option.text_zh.strip() or not option.text_en.strip() for option in wording.options):
        found.append(_("Every option needs its text in both languages."))
    if wording.kind == QuestionKind.TRUE_FALSE and len(wording.options) != 2:
        found.append(_("A true-or-false question has exactly two options."))
    elif len(wording.options) < 2:
        found.append(_("A question needs at least two options."))
    if right == 0:
        found.append(_("No option is marked as right."))
    elif right > 1 and not takes_several(wording.kind):
        found.append(_("Only one option can be right; choose multiple choice if several are."))
    if takes_several(wording.kind) and right and right == len(wording.options):
        found.append(_("At least one option must be wrong."))
    return found
