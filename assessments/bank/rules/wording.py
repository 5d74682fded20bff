"""Is a wording complete enough to be asked?"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.rules.folding import fold, read_number
from assessments.bank.states import CHOICE_KINDS, GAP_KINDS, MARKED_KINDS, QuestionKind

#: Credits of several right options add up to this at least: five decimal places, thirds rounded.
WHOLE = Decimal("0.9999")
#: What marks a gap in a stem.
GAP = re.compile(r"\[\[(\d{1,2})\]\]")
_MEDIA = re.compile(r"\]\(media:([0-9a-z-]{1,64})(?=[\s)])")


@dataclass(frozen=True)
class OptionWords:
    """One line under a question, in both languages. What it is depends on the kind of question:

    an answer to choose; the left side of a pair with `match` as its right side (a match without text is only a wrong
    right side); an item at its right place; an accepted text or number (`tolerance` either way); a criterion of the
    rubric with `credit` as its points. `gap` says which gap of a cloze it belongs to. `credit` None is all for a
    right option and nothing for a wrong one.
    """

    text_zh: str
    text_en: str
    is_right: bool = False
    feedback_zh: str = ""
    feedback_en: str = ""
    match_zh: str = ""
    match_en: str = ""
    credit: Decimal | None = None
    tolerance: Decimal | None = None
    gap: int = 0


@dataclass(frozen=True)
class GapWords:
    """One gap of a cloze: `[[number]]` in the stem, what is asked there, and how much of the question it is worth."""

    number: int
    kind: str
    weight: Decimal = Decimal(1)
    unit: str = ""


@dataclass(frozen=True)
class Wording:
    """Everything a reader sees of a question, with its key: what one QuestionVersion keeps.

    Texts are Markdown; `![…](media:KEY)` shows an image or an audio player of the bank. `audio_zh` and `audio_en` name
    the clip played before the question.
    """

    kind: str
    stem_zh: str
    stem_en: str
    options: tuple[OptionWords, ...]
    explanation_zh: str = ""
    explanation_en: str = ""
    partial_credit: bool = False
    match_case: bool = False
    unit: str = ""
    gaps: tuple[GapWords, ...] = ()
    audio_zh: str = ""
    audio_en: str = ""


def takes_several(kind: str) -> bool:
    return kind == QuestionKind.MULTIPLE


def gaps_in(stem: str) -> list[int]:
    """The numbers of the gaps that a stem marks as `[[1]]`, in order of appearance."""
    return [int(number) for number in GAP.findall(stem)]


def media_in(wording: Wording) -> set[str]:
    """The keys of the images and audio clips that a wording shows."""
    texts = [wording.stem_zh, wording.stem_en, wording.explanation_zh, wording.explanation_en]
    for option in wording.options:
        texts += [option.text_zh, option.text_en, option.match_zh, option.match_en]
        texts += [option.feedback_zh, option.feedback_en]
    keys = {key for text in texts for key in _MEDIA.findall(text)}
    return keys | ({wording.audio_zh, wording.audio_en} - {""})


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a wording from being asked. `place` is the part it concerns ("kind", "stem", "options",
    "gaps", "explanation", "media"), `line` the number of the option (0 is the first) where it concerns one."""

    words: Any  # a lazy translation
    place: str
    line: int | None = None


def faults(wording: Wording) -> list[Any]:
    """What keeps the wording from being asked, in words (lazy translations); empty when it can be.

    One language is enough, readers of the other see it labelled; a language that is begun has to be complete.
    """
    return list(dict.fromkeys(fault.words for fault in placed_faults(wording)))


def placed_faults(wording: Wording) -> list[Fault]:
    """The same, each with the part of the wording that it concerns."""
    found = list(_language_faults(wording))
    if wording.kind == QuestionKind.CLOZE:
        return found + _cloze_faults(wording)
    return found + _kind_faults(wording.kind, list(enumerate(wording.options)), unit=wording.unit)


def _language_faults(wording: Wording) -> Iterable[Fault]:
    has_zh, has_en = bool(wording.stem_zh.strip()), bool(wording.stem_en.strip())
    if not has_zh and not has_en:
        yield Fault(_("The question needs its text."), "stem")
        return
    if not (has_zh and has_en):
        yield from _one_language_faults(wording, "zh" if has_zh else "en")
        return
    for line, option in enumerate(wording.options):
        if _half(option.text_zh, option.text_en):
            yield Fault(_("Every option needs its text in both languages, as the question has it."), "options", line)
            break
    for line, option in enumerate(wording.options):
        if _half(option.match_zh, option.match_en):
            yield Fault(_("Every match needs its text in both languages, as the question has it."), "options", line)
            break
    if _half(wording.explanation_zh, wording.explanation_en):
        yield Fault(_("The explanation stands in one language only."), "explanation")


def _one_language_faults(wording: Wording, language: str) -> Iterable[Fault]:
    """Of a question in one language only: a line in the other alone would be all that its readers see of it."""
    for line, option in enumerate(wording.options):
        for name in ("text", "match"):
            own = getattr(option, f"{name}_{language}").strip()
            if (
                not own
                and (option.text_zh + option.text_en if name == "text" else option.match_zh + option.match_en).strip()
            ):
                yield Fault(_("This line lacks its text in the language of the question."), "options", line)
                return


def _half(zh: str, en: str) -> bool:
    return bool(zh.strip()) != bool(en.strip())


def _is_empty(option: OptionWords) -> bool:
    return not option.text_zh.strip() and not option.text_en.strip()


#: Lines with their place in the wording: of the whole question, or of one gap.
_Lines = Sequence[tuple[int, OptionWords]]


def _kind_faults(kind: str, lines: _Lines, *, unit: str = "") -> list[Fault]:
    if kind in CHOICE_KINDS:
        return _choice_faults(kind, lines)
    if kind == QuestionKind.MATCHING:
        return _matching_faults(lines)
    if kind in MARKED_KINDS:
        return _rubric_faults(lines)
    if kind == QuestionKind.ORDERING:
        return _ordering_faults(lines)
    return _typed_faults(kind, lines, unit=unit)


def _first(lines: _Lines, is_faulty: Callable[[OptionWords], bool]) -> int | None:
    """The place of the first faulty line."""
    return next((line for line, option in lines if is_faulty(option)), None)


def _twice(lines: _Lines, texts: Callable[[OptionWords], Any]) -> int | None:
    """The place of the first line that reads like an earlier one."""
    seen = set()
    for line, option in lines:
        if texts(option) in seen:
            return line
        seen.add(texts(option))
    return None


def _texts(option: OptionWords) -> tuple[str, str]:
    return option.text_zh.strip(), option.text_en.strip()


def _typed_faults(kind: str, lines: _Lines, *, unit: str) -> list[Fault]:
    if (line := _first(lines, _is_empty)) is not None:
        return [Fault(_("There is a line without text."), "options", line)]
    if not any(_credit_of(option) >= 1 for _line, option in lines):
        return [Fault(_("At least one accepted answer must bring all the points."), "options")]
    if kind == QuestionKind.NUMERIC:
        line = _first(lines, lambda option: not _any(option) and None in _numbers(option, unit))
        return [] if line is None else [Fault(_("An accepted answer isn't a number."), "options", line)]
    line = _first(lines, lambda option: not _any(option) and any(not fold(text).strip("*") for text in _given(option)))
    return [] if line is None else [Fault(_("An accepted answer consists of signs only."), "options", line)]


def _given(option: OptionWords) -> list[str]:
    return [text for text in (option.text_zh, option.text_en) if text.strip()]


def _numbers(option: OptionWords, unit: str) -> list[Decimal | None]:
    return [read_number(text, unit=unit) for text in _given(option)]


def _any(option: OptionWords) -> bool:
    """`*` alone accepts everything else, to give feedback (or part credit) for it."""
    return (option.text_en or option.text_zh).strip() == "*"


def _credit_of(option: OptionWords) -> Decimal:
    return Decimal(option.is_right) if option.credit is None else option.credit


def _choice_faults(kind: str, lines: _Lines) -> list[Fault]:
    found: list[Fault] = []
    options = [option for _line, option in lines]
    right = sum(option.is_right for option in options)
    if (line := _first(lines, _is_empty)) is not None:
        found.append(Fault(_("Every option needs its text."), "options", line))
    elif (line := _twice(lines, _texts)) is not None:
        found.append(Fault(_("Two options say the same."), "options", line))
    if kind == QuestionKind.TRUE_FALSE and len(options) != 2:
        found.append(Fault(_("A true-or-false question has exactly two options."), "options"))
    elif len(options) < 2:
        found.append(Fault(_("A question needs at least two options."), "options"))
    if right == 0:
        found.append(Fault(_("No option is marked as right."), "options"))
    elif right > 1 and not takes_several(kind):
        found.append(Fault(_("Only one option can be right; choose multiple choice if several are."), "options"))
    if takes_several(kind):
        if right and right == len(options):
            found.append(Fault(_("At least one option must be wrong."), "options"))
        weighed = sum((_credit_of(option) for option in options if option.is_right), Decimal(0))
        if right and any(option.credit is not None for option in options) and weighed < WHOLE:
            found.append(Fault(_("All right options together are worth less than the whole question."), "options"))
    elif (line := _first(lines, lambda option: option.is_right and _credit_of(option) < 1)) is not None:
        found.append(Fault(_("The right option must bring all the points."), "options", line))
    return found


def _matching_faults(lines: _Lines) -> list[Fault]:
    found: list[Fault] = []
    lefts = [(line, option) for line, option in lines if not _is_empty(option)]
    if len(lefts) < 2:
        found.append(Fault(_("Matching needs at least two pairs."), "options"))
    line = _first(lines, lambda option: not option.match_zh.strip() and not option.match_en.strip())
    if line is not None:
        found.append(Fault(_("Every line of a matching question needs its match."), "options", line))
    elif (line := _twice(lefts, _texts)) is not None:
        found.append(Fault(_("Two lines have the same left side."), "options", line))
    if len(lefts) >= 2 and len({(option.match_zh, option.match_en) for _line, option in lines}) < 2:
        found.append(Fault(_("All matches are the same."), "options"))
    return found


def _ordering_faults(lines: _Lines) -> list[Fault]:
    if (line := _first(lines, _is_empty)) is not None:
        return [Fault(_("There is a line without text."), "options", line)]
    if len(lines) < 2:
        return [Fault(_("Putting in order needs at least two items."), "options")]
    line = _twice(lines, _texts)
    return (
        [] if line is None else [Fault(_("Two items say the same; nobody could put them in order."), "options", line)]
    )


def _rubric_faults(lines: _Lines) -> list[Fault]:
    line = _first(lines, _is_empty)
    if not lines or line is not None:
        words = _("A question marked by people needs a rubric: at least one criterion with its text.")
        return [Fault(words, "options", line)]
    line = _first(lines, lambda option: option.credit is None or option.credit <= 0)
    return [] if line is None else [Fault(_("Every criterion of the rubric needs its points."), "options", line)]


def _cloze_faults(wording: Wording) -> list[Fault]:
    found: list[Fault] = []
    numbers = [gap.number for gap in wording.gaps]
    told = set(numbers)
    for stem in filter(str.strip, (wording.stem_zh, wording.stem_en)):
        if sorted(gaps_in(stem)) != sorted(numbers):
            words = _("The gaps in the text ([[1]], [[2]], …) and those described below it aren't the same.")
            found.append(Fault(words, "gaps"))
            break
    if not told:
        found.append(Fault(_("A text with gaps needs at least one gap, written as [[1]]."), "gaps"))
    line = _first(list(enumerate(wording.options)), lambda option: option.gap not in told)
    if line is not None:
        found.append(Fault(_("A line belongs to a gap that isn't there."), "options", line))
    for gap in wording.gaps:
        if gap.kind not in GAP_KINDS:
            words = _("Gap %(number)s is of a kind that can't stand in a text.") % {"number": gap.number}
            found.append(Fault(words, "gaps"))
            continue
        if gap.weight <= 0:
            found.append(Fault(_("Gap %(number)s is worth nothing.") % {"number": gap.number}, "gaps"))
        lines = [(line, option) for line, option in enumerate(wording.options) if option.gap == gap.number]
        for fault in _kind_faults(gap.kind, lines, unit=gap.unit):
            words = _("Gap %(number)s: %(fault)s") % {"number": gap.number, "fault": fault.words}
            found.append(Fault(words, fault.place, fault.line))
    return found
