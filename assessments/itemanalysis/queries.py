"""First sittings read into arrays, in a handful of queries whatever their number; what the screens show of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Case, Count, F, FloatField, Q, QuerySet, TextField, When, Window
from django.db.models.functions import Cast, RowNumber
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.attempts.models import Answer, Attempt, AttemptQuestion
from assessments.attempts.rules import TOLERANCE
from assessments.attempts.states import AttemptState
from assessments.bank.models import QuestionVersion
from assessments.bank.queries import AskedOption, AskedQuestion, asked_questions
from assessments.bank.states import CHOICE_KINDS, QuestionKind
from assessments.itemanalysis.rules import (
    Analysis,
    Finding,
    OptionFigures,
    Picks,
    QuestionFigures,
    Sittings,
    analyse,
)
from assessments.itemanalysis.states import ADVICE, MAY_BE_CHANCE, Flag
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.states import VersionState

#: So much of a question is its name in a table.
NAME_LENGTH = 90
#: Something is wrong with the key or the wording.
SUSPICIOUS = frozenset({Flag.KEY_SUSPECTED, Flag.NEGATIVE})
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def published_quiz_versions() -> QuerySet[QuizVersion]:
    """Every published version with `n`, the number of learners whose first sitting counts; the newest of a quiz first."""
    counted = Q(attempts__assignment__is_preview=False, attempts__state=AttemptState.GRADED)
    versions = QuizVersion.objects.filter(state=VersionState.PUBLISHED).select_related("quiz")
    people = Count("attempts__assignment__person", filter=counted, distinct=True)
    return versions.annotate(n=people).order_by("quiz__key", "-number")


def first_attempts(version: QuizVersion) -> QuerySet[Attempt]:
    """The first graded sitting of each learner on this version. Who tries the quiz out as an author is no learner."""
    graded = Attempt.objects.filter(quiz_version=version).graded().counted()
    turn = Window(RowNumber(), partition_by=F("assignment__person"), order_by=["started_at", "pk"])
    return graded.annotate(turn=turn).filter(turn=1)


@dataclass(frozen=True, eq=False)
class Readings:
    """The first sittings of one version as arrays, and the wordings of the k questions in the order of the arrays."""

    sittings: Sittings
    picks: Picks
    questions: list[AskedQuestion]
    keys: list[str]


def readings(version: QuizVersion) -> Readings:
    """See `Readings`; seven queries, without a model instance per sitting or answer."""
    first = first_attempts(version)
    heads = list(first.order_by("pk").values_list("pk", Cast("score", FloatField()), "passed"))
    attempts = np.array([pk for pk, _score, _passed in heads], np.int64)
    counts = Case(When(void="", then=Cast("share", FloatField())), output_field=FloatField())
    drawn = AttemptQuestion.objects.filter(attempt__in=first.values("pk")).order_by("pk")
    cells = list(
        drawn.values_list(
            "pk", "attempt_id", "question_version_id", "order", "seconds", Cast("points", FloatField()), counts
        )
    )
    pks, of_attempt, of_version, order, seconds, points, shares = _columns(cells, 7)
    wordings = np.unique(of_version.astype(np.int64))
    rows = np.searchsorted(attempts, of_attempt.astype(np.int64))
    columns = np.searchsorted(wordings, of_version.astype(np.int64))
    versions = {
        row.pk: row for row in QuestionVersion.objects.filter(pk__in=wordings.tolist()).select_related("question")
    }
    asked = asked_questions(list(versions.values()))
    questions = [asked[pk] for pk in wordings.tolist()]
    is_void = np.isnan(shares)

    def table(values: Any) -> Any:
        found = np.full((attempts.size, wordings.size), np.nan)
        found[rows, columns] = values
        return found

    sittings = Sittings(
        scores=np.array([score for _pk, score, _passed in heads], float),
        passed=np.array([passed for _pk, _score, passed in heads], np.bool_),
        shares=table(shares),
        points=table(np.where(is_void, np.nan, points)),
        places=table(order),
        seconds=table(seconds),
        chance=np.array([_chance(question) for question in questions], float),
        is_void=np.bincount(columns[is_void], minlength=wordings.size) > 0,
    )
    picks = _picks(first, questions, pks.astype(np.int64), rows, columns)
    return Readings(sittings, picks, questions, [versions[question.pk].question.key for question in questions])


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Any]:
    """Rows from the database, column by column; NULL becomes NaN."""
    return [np.array(column, float) for column in zip(*rows, strict=True)] or [np.zeros(0)] * width


def _chance(question: AskedQuestion) -> float:
    """What blind guessing brings where one option is chosen; elsewhere next to nothing."""
    if question.kind not in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE) or not question.options:
        return 0.0
    return sum(option.is_right for option in question.options) / len(question.options)


def _picks(first: QuerySet[Attempt], questions: Sequence[AskedQuestion], pks: Any, rows: Any, columns: Any) -> Picks:
    """What was chosen where options are chosen; `pks`, `rows` and `columns` say where each drawn question stands."""
    options = [
        (option, place)
        for place, question in enumerate(questions)
        if question.kind in CHOICE_KINDS
        for option in _own_options(question)
    ]
    place_of = {option.pk: index for index, (option, _place) in enumerate(options)}
    drawn, texts = _responses(first)
    codes: dict[str, int] = {}
    coded = np.array([codes.setdefault(text, len(codes)) for text in texts], np.int64)
    chosen = [_chosen(text, place_of) for text in codes]
    lengths = np.array([len(places) for places in chosen], np.int64)
    flat = np.array([place for places in chosen for place in places], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    times = lengths[coded]
    ends = np.cumsum(times)
    within = np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - times, times)
    picked = flat[np.repeat(starts[coded], times) + within]
    of_question = np.array([place for _option, place in options], np.int64)
    cells = np.searchsorted(pks, np.repeat(drawn, times))
    fits = of_question[picked] == columns[cells] if picked.size else np.zeros(0, np.bool_)
    return Picks(
        sittings=rows[cells][fits],
        options=picked[fits],
        of_question=of_question,
        is_right=np.array([option.is_right for option, _place in options], np.bool_),
    )


def _own_options(question: AskedQuestion) -> list[AskedOption]:
    return [option for option in question.options if option.gap == 0]


def _responses(first: QuerySet[Attempt]) -> tuple[Any, list[str]]:
    """(Ids of drawn questions, the JSON of the answer that counts): the newest in time, see `attempts.rules.counting`."""
    deadline = F("attempt_question__attempt__deadline_at")
    # The database looks at the tolerance only where it matters.
    in_time = Q(attempt_question__attempt__deadline_at__isnull=True) | (
        Q(made_at__lte=deadline) & (Q(received_at__lte=deadline) | Q(received_at__lte=deadline + TOLERANCE))
    )
    answers = Answer.objects.filter(
        in_time,
        attempt_question__attempt__in=first.values("pk"),
        attempt_question__question_version__kind__in=CHOICE_KINDS,
    ).order_by()
    found = list(answers.values_list("attempt_question_id", "sequence", Cast("response", TextField())))
    if not found:
        return np.zeros(0, np.int64), []
    pks, sequences, texts = zip(*found, strict=True)
    drawn = np.array(pks, np.int64)
    in_order = np.lexsort((np.array(sequences, np.int64), drawn))
    is_last = np.append(np.diff(drawn[in_order]) != 0, True)
    newest = in_order[is_last]
    return drawn[newest], [texts[place] for place in newest.tolist()]


def _chosen(text: str, place_of: dict[int, int]) -> list[int]:
    response = json.loads(text)
    return sorted({place_of[pk] for pk in response if pk in place_of}) if isinstance(response, list) else []


# --- what the screens show -----------------------------------------------------------------------------------


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
class ShownQuestion:
    """One question of the table: `number` is its place in the order of the quiz."""

    number: int
    pk: int
    key: str
    kind: str
    text: str
    figures: QuestionFigures
    options: list[ShownOption]
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
    analysis = analyse(read.sittings, read.picks)
    is_fixed = read.sittings.has_fixed_places
    language = get_language() or "zh-hans"
    together = list(zip(analysis.questions, read.questions, read.keys, strict=False))
    together.sort(key=lambda row: (row[0].place if is_fixed else 0, row[2], row[1].pk))
    return QuizFigures(
        version=version,
        analysis=analysis,
        questions=[
            _shown(number, figures, asked, key, language)
            for number, (figures, asked, key) in enumerate(together, start=1)
        ],
    )


def _shown(number: int, figures: QuestionFigures, asked: AskedQuestion, key: str, language: str) -> ShownQuestion:
    options = [
        ShownOption(
            letter=letter_of(place),
            text=plain(asked.option_html(option, language)) or _("(picture or recording)"),
            figures=option_figures,
        )
        for place, (option, option_figures) in enumerate(zip(_own_options(asked), figures.options, strict=False))
    ]
    return ShownQuestion(
        number=number,
        pk=asked.pk,
        key=key,
        kind=str(QuestionKind(asked.kind).label),
        text=plain(asked.stem_html(language)) or _("(picture or recording)"),
        figures=figures,
        options=options,
        flags=[shown_flag(finding) for finding in figures.findings],
    )


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
    return " ".join(strip_tags(html).split())
