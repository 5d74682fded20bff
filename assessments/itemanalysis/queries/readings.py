"""First sittings read into arrays, in a handful of queries whatever their number."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Case, Count, F, FloatField, Q, QuerySet, TextField, When, Window
from django.db.models.functions import Cast, RowNumber

from assessments.attempts.models import Answer, Attempt, AttemptQuestion
from assessments.attempts.rules import TOLERANCE
from assessments.attempts.states import AttemptState
from assessments.bank.models import QuestionVersion
from assessments.bank.queries import AskedOption, AskedQuestion, asked_questions
from assessments.bank.rules import fold, is_blank, read_number
from assessments.bank.states import CHOICE_KINDS, MARKED_KINDS, QuestionKind
from assessments.itemanalysis.rules import Given, Parts, Picks, Sittings, parts_of, worth_of_parts
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.states import VersionState

#: Answered by typing.
TYPED_KINDS = frozenset({QuestionKind.NUMERIC, QuestionKind.SHORT_TEXT})
#: Answered line by line or gap by gap.
PARTED_KINDS = frozenset({QuestionKind.MATCHING, QuestionKind.ORDERING, QuestionKind.CLOZE})


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
    """The first sittings of one version as arrays, and the wordings of the k questions in the order of the arrays;
    `texts` are the answers of `given`."""

    sittings: Sittings
    picks: Picks
    given: Given
    texts: list[str]
    parts: Parts
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
    responses = _responses(first, pks.astype(np.int64), rows, columns)
    given, texts = _given(questions, responses)
    return Readings(
        sittings=sittings,
        picks=_picks(questions, responses),
        given=given,
        texts=texts,
        parts=_parts(questions, responses),
        questions=questions,
        keys=[versions[question.pk].question.key for question in questions],
    )


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Any]:
    """Rows from the database, column by column; NULL becomes NaN."""
    return [np.array(column, float) for column in zip(*rows, strict=True)] or [np.zeros(0)] * width


def _chance(question: AskedQuestion) -> float:
    """What blind guessing brings where one option is chosen; elsewhere next to nothing."""
    if question.kind not in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE) or not question.options:
        return 0.0
    return sum(option.is_right for option in question.options) / len(question.options)


# --- the answers that count ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Responses:
    """The answer that counts of each drawn question that has one: its row and column in the arrays, and its JSON."""

    rows: Any
    columns: Any
    texts: list[str]

    def things(self, questions: Any, read: Callable[[int, Any], Sequence[tuple[int, float]]]) -> tuple[Any, Any, Any]:
        """(Row, thing, worth) of each thing in the answers to these of the k questions. `read` says what stands in an
        answer to a question; equal answers are read once."""
        is_wanted = questions[self.columns]
        wanted = [self.texts[place] for place in np.flatnonzero(is_wanted).tolist()]
        codes: dict[tuple[int, str], int] = {}
        pairs = zip(self.columns[is_wanted].tolist(), wanted, strict=True)
        coded = np.array([codes.setdefault(pair, len(codes)) for pair in pairs], np.int64)
        found = [read(column, json.loads(text)) for column, text in codes]
        things = np.array([thing for things in found for thing, _worth in things], np.int64)
        worths = np.array([worth for things in found for _thing, worth in things], float)
        lengths = np.array([len(things) for things in found], np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
        times = lengths[coded]
        ends = np.cumsum(times)
        within = np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - times, times)
        places = np.repeat(starts[coded], times) + within
        return np.repeat(self.rows[is_wanted], times), things[places], worths[places]


def _responses(first: QuerySet[Attempt], pks: Any, rows: Any, columns: Any) -> _Responses:
    """The newest answer in time of each drawn question, see `attempts.rules.counting`; `pks`, `rows` and `columns` say
    where the drawn questions stand. What people mark is left out."""
    deadline = F("attempt_question__attempt__deadline_at")
    # The database looks at the tolerance only where it matters.
    in_time = Q(attempt_question__attempt__deadline_at__isnull=True) | (
        Q(made_at__lte=deadline) & (Q(received_at__lte=deadline) | Q(received_at__lte=deadline + TOLERANCE))
    )
    answers = Answer.objects.filter(
        in_time,
        attempt_question__attempt__in=first.values("pk"),
        attempt_question__question_version__kind__in=set(QuestionKind) - MARKED_KINDS,
    ).order_by()
    found = list(answers.values_list("attempt_question_id", "sequence", Cast("response", TextField())))
    if not found:
        return _Responses(np.zeros(0, np.int64), np.zeros(0, np.int64), [])
    drawn, sequences, texts = zip(*found, strict=True)
    cells = np.searchsorted(pks, np.array(drawn, np.int64))
    in_order = np.lexsort((np.array(sequences, np.int64), cells))
    is_last = np.append(np.diff(cells[in_order]) != 0, True)
    newest = in_order[is_last]
    return _Responses(rows[cells[newest]], columns[cells[newest]], [texts[place] for place in newest.tolist()])


def _of_kinds(questions: Sequence[AskedQuestion], kinds: Collection[str]) -> Any:
    return np.array([question.kind in kinds for question in questions], np.bool_)


def _picks(questions: Sequence[AskedQuestion], responses: _Responses) -> Picks:
    """What was chosen where options are chosen."""
    is_chosen = _of_kinds(questions, CHOICE_KINDS)
    options = [
        (option, column) for column in np.flatnonzero(is_chosen).tolist() for option in own_options(questions[column])
    ]
    place_of = {(column, option.pk): place for place, (option, column) in enumerate(options)}

    def read(column: int, response: Any) -> list[tuple[int, float]]:
        chosen = response if isinstance(response, list) else []
        return [(place, 1.0) for place in sorted({place_of[column, pk] for pk in chosen if (column, pk) in place_of})]

    sittings, picked, _worth = responses.things(is_chosen, read)
    return Picks(
        sittings=sittings,
        options=picked,
        of_question=np.array([column for _option, column in options], np.int64),
        is_right=np.array([option.is_right for option, _column in options], np.bool_),
    )


def own_options(question: AskedQuestion) -> list[AskedOption]:
    return [option for option in question.options if option.gap == 0]


def _given(questions: Sequence[AskedQuestion], responses: _Responses) -> tuple[Given, list[str]]:
    """(What was typed, the answers as text). What is graded alike is one answer, named by its most frequent spelling."""
    is_typed = _of_kinds(questions, TYPED_KINDS)
    answers: dict[tuple[int, Any], int] = {}
    spellings: list[tuple[int, str]] = []

    def read(column: int, response: Any) -> list[tuple[int, float]]:
        if not isinstance(response, str) or is_blank(response):
            return []
        answer = answers.setdefault((column, _same(questions[column], response)), len(answers))
        spellings.append((answer, " ".join(response.split())))
        return [(len(spellings) - 1, 1.0)]

    sittings, spelled, _worth = responses.things(is_typed, read)
    of_answer = np.array([answer for answer, _text in spellings], np.int64)
    texts: dict[int, str] = {}
    for place in np.argsort(-np.bincount(spelled, minlength=len(spellings)), kind="stable").tolist():
        texts.setdefault(*spellings[place])
    given = Given(
        sittings=sittings,
        answers=of_answer[spelled],
        of_question=np.array([column for column, _same in answers], np.int64),
        questions=np.flatnonzero(is_typed),
    )
    return given, [texts[answer] for answer in range(len(answers))]


def _same(question: AskedQuestion, text: str) -> Any:
    """Equal for texts that grading can't tell apart."""
    if question.kind == QuestionKind.NUMERIC:
        value = read_number(text, unit=question.key.unit)
        return " ".join(text.split()).casefold() if value is None else value
    return fold(text, match_case=question.key.match_case) or text.strip()


def _parts(questions: Sequence[AskedQuestion], responses: _Responses) -> Parts:
    """What was right of the lines and gaps."""
    is_parted = _of_kinds(questions, PARTED_KINDS)
    keys = [parts_of(question.key) for question in questions]
    starts = np.cumsum([0, *(len(parts) for parts in keys)]).tolist()

    def read(column: int, response: Any) -> list[tuple[int, float]]:
        found = enumerate(worth_of_parts(questions[column].key, response), start=starts[column])
        return [(place, worth) for place, worth in found if worth is not None]

    sittings, parts, worth = responses.things(is_parted, read)
    return Parts(
        sittings=sittings,
        parts=parts,
        worth=worth,
        of_question=np.repeat(np.arange(len(questions)), np.array([len(parts) for parts in keys], np.int64)),
    )
