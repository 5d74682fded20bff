"""What first sittings say about a quiz, in words and figures for a screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from html import unescape

from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from assessments.bank.queries import AskedQuestion
from assessments.bank.rules import GAP, GapKey, OptionKey, grade
from assessments.bank.states import QuestionKind
from assessments.itemanalysis.queries.readings import own_options, readings
from assessments.itemanalysis.rules import (
    Analysis,
    AnswerFigures,
    Finding,
    OptionFigures,
    PartFigures,
    QuestionFigures,
    analyse,
    parts_of,
)
from assessments.itemanalysis.states import ADVICE, MAY_BE_CHANCE, Flag
from assessments.quizzes.models import QuizVersion

#: So much of a question is its name in a table.
NAME_LENGTH = 90
#: Something is wrong with the key or the wording.
SUSPICIOUS = frozenset({Flag.KEY_SUSPECTED, Flag.NEGATIVE})
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: So much of a typed answer is shown.
ANSWER_LENGTH = 120


@dataclass(frozen=True)
class ShownFlag:
    """One flag in words. `state` is that of the badge."""

    flag: Flag
    state: str
    label: str
    advice: str


@dataclass(frozen=True)
class ShownOption:
    letter: str
    text: str
    figures: OptionFigures


@dataclass(frozen=True)
class ShownAnswer:
    """One answer that was typed, with the share of the points it brings; None: several together, or left blank."""

    text: str
    worth: Decimal | None
    figures: AnswerFigures

    @property
    def is_one(self) -> bool:
        return self.figures.answer is not None


@dataclass(frozen=True)
class ShownPart:
    """One line or gap: its text and what belongs there."""

    text: str
    right: str
    figures: PartFigures


@dataclass(frozen=True)
class ShownQuestion:
    """One question of the table: `number` is its place in the order of the quiz."""

    number: int
    pk: int
    key: str
    kind: str
    text: str
    figures: QuestionFigures
    options: list[ShownOption]
    answers: list[ShownAnswer]
    parts: list[ShownPart]
    flags: list[ShownFlag]

    @cached_property
    def name(self) -> str:
        return Truncator(self.text).chars(NAME_LENGTH)

    @property
    def is_suspect(self) -> bool:
        """A flag says that something is wrong with the key or the wording."""
        return any(flag.flag in SUSPICIOUS for flag in self.flags)


@dataclass(frozen=True)
class QuizFigures:
    """One quiz version with everything its first sittings say."""

    version: QuizVersion
    analysis: Analysis
    questions: list[ShownQuestion]

    @property
    def flagged(self) -> list[ShownQuestion]:
        """The questions with a flag, the gravest first."""
        grades = list(Flag)
        found = [question for question in self.questions if question.flags]
        return sorted(found, key=lambda question: grades.index(question.flags[0].flag))


def quiz_figures(version: QuizVersion) -> QuizFigures:
    """See `QuizFigures`; the questions in the order in which they were asked, by their keys where chance decides it."""
    read = readings(version)
    analysis = analyse(read.sittings, read.picks, read.given, read.parts)
    is_fixed = read.sittings.has_fixed_places
    language = get_language() or "zh-hans"
    together = list(zip(analysis.questions, read.questions, read.keys, strict=False))
    together.sort(key=lambda row: (row[0].place if is_fixed else 0, row[2], row[1].pk))
    return QuizFigures(
        version=version,
        analysis=analysis,
        questions=[
            _shown(number, figures, asked, key, language, read.texts)
            for number, (figures, asked, key) in enumerate(together, start=1)
        ],
    )


def _shown(
    number: int, figures: QuestionFigures, asked: AskedQuestion, key: str, language: str, texts: Sequence[str]
) -> ShownQuestion:
    options = [
        ShownOption(letter_of(place), _words(asked.option_html(option, language)), option_figures)
        for place, (option, option_figures) in enumerate(zip(own_options(asked), figures.options, strict=False))
    ]
    return ShownQuestion(
        number=number,
        pk=asked.pk,
        key=key,
        kind=str(QuestionKind(asked.kind).label),
        text=_words(GAP.sub(r"[\1]", asked.stem_html(language))),
        figures=figures,
        options=options,
        answers=_answers(figures, asked, texts),
        parts=[
            ShownPart(*_part(asked, part, place, language), part_figures)
            for place, (part, part_figures) in enumerate(zip(parts_of(asked.key), figures.parts, strict=False), start=1)
        ],
        flags=[shown_flag(finding) for finding in figures.findings],
    )


def _answers(figures: QuestionFigures, asked: AskedQuestion, texts: Sequence[str]) -> list[ShownAnswer]:
    """The most frequent answers, the others together, the blank ones."""
    if figures.typed is None:
        return []
    shown = [
        ShownAnswer(Truncator(texts[row.answer]).chars(ANSWER_LENGTH), grade(asked.key, texts[row.answer]), row)
        for row in figures.typed.top
        if row.answer is not None
    ]
    if (others := figures.typed.others) is not None:
        words = ngettext("%(n)s other answer", "%(n)s other answers", others.distinct) % {"n": others.distinct}
        shown.append(ShownAnswer(words, None, others))
    return [*shown, ShownAnswer(_("left blank"), None, figures.typed.blank)]


def _part(asked: AskedQuestion, part: OptionKey | GapKey, place: int, language: str) -> tuple[str, str]:
    """(What the line or gap is, what belongs there)."""
    if isinstance(part, GapKey):
        lines = [option for option in asked.options if option.gap == part.number]
        rights = [option for option in lines if (option.is_right if option.credit is None else option.credit >= 1)]
        right = " / ".join(_words(asked.option_html(option, language)) for option in rights)
        return _("Gap %(number)s") % {"number": part.number}, f"{right} {part.unit}".strip()
    option = asked.by_pk[part.pk]
    text = _words(asked.option_html(option, language))
    if asked.kind == QuestionKind.MATCHING:
        return text, _words(asked.match_html(option, language))
    return text, _("place %(number)s") % {"number": place}


def shown_flag(finding: Finding) -> ShownFlag:
    letters = ", ".join(letter_of(place) for place in finding.options)
    advice = str(ADVICE[finding.flag]) % {"options": letters}
    if finding.flag in (Flag.TOO_EASY, Flag.DEAD_DISTRACTOR):
        state = "neutral"
    elif finding.flag in SUSPICIOUS and finding.is_sure:
        state = "bad"
    else:
        state = "attention"
    return ShownFlag(
        flag=finding.flag,
        state=state,
        label=str(finding.flag.label),
        advice=advice if finding.is_sure else f"{advice} {MAY_BE_CHANCE}",
    )


def letter_of(place: int) -> str:
    """A, B … Z, then 27, 28 …"""
    return LETTERS[place] if place < len(LETTERS) else str(place + 1)


def plain(html: str) -> str:
    """The words of a rendered text in one line."""
    return " ".join(unescape(strip_tags(html)).split())


def _words(html: str) -> str:
    return plain(html) or _("(picture or recording)")
