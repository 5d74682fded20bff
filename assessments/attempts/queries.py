"""Reads that span assignments, sittings and what was drawn and answered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone
from django.utils.safestring import SafeString

from assessments import ports
from assessments.assignments.models import Assignment
from assessments.attempts.models import Answer, Attempt, AttemptQuestion
from assessments.attempts.rules import SavedAnswer, Sitting, counting, percent, right_needed, shown_share, sitting
from assessments.attempts.states import AttemptState
from assessments.bank.models import Option
from assessments.bank.rules import takes_several
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.queries import published_version, published_versions
from assessments.statistics import proportion_interval
from lms.kernel.markdown import to_html
from lms.people.models import User


@dataclass(frozen=True)
class QuizResult:
    """What came of one assignment of a quiz so far. `best` is the graded attempt with the highest score."""

    best: Attempt | None
    passed: bool
    attempts_used: int
    attempts_left: int
    open_attempt: Attempt | None


def results_of(assignments: Iterable[Assignment]) -> dict[int, QuizResult]:
    """The result of each assignment of a quiz, by assignment id, in two queries; mystery calls are left out."""
    wanted = [assignment for assignment in assignments if assignment.quiz_id is not None]
    if not wanted:
        return {}
    versions = published_versions([assignment.quiz_id for assignment in wanted if assignment.quiz_id])
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    rows = Attempt.objects.filter(assignment__in=[assignment.pk for assignment in wanted])
    for attempt in rows.select_related("quiz_version__quiz").order_by("number"):
        attempts[attempt.assignment_id].append(attempt)
    results = {}
    for assignment in wanted:
        made = attempts[assignment.pk]
        allowed = assignment.attempts_allowed
        if allowed is None:
            version = versions.get(assignment.quiz_id or 0)
            allowed = version.attempts_allowed if version else 0
        results[assignment.pk] = _result(made, allowed)
    return results


def _result(made: Sequence[Attempt], allowed: int) -> QuizResult:
    graded = [attempt for attempt in made if attempt.state == AttemptState.GRADED]
    return QuizResult(
        best=max(graded, key=lambda attempt: attempt.score or Decimal(0), default=None),
        passed=any(attempt.passed for attempt in graded),
        attempts_used=len(made),
        attempts_left=max(0, allowed - len(made)),
        open_attempt=next((attempt for attempt in made if attempt.state == AttemptState.IN_PROGRESS), None),
    )


@dataclass(frozen=True)
class Intro:
    """What somebody should know before starting. `sitting` is None when no sitting can begin now."""

    version: QuizVersion | None
    result: QuizResult
    n: int
    right_needed: int
    full_minutes: int
    sitting: Sitting | None
    is_overdue: bool


def intro_of(assignment: Assignment, *, at: datetime) -> Intro:
    """See `Intro`; `assignment` is of a quiz."""
    version = published_version(assignment.quiz) if assignment.quiz else None
    result = results_of([assignment])[assignment.pk]
    if version is None:
        return Intro(None, result, 0, 0, 0, None, is_overdue=False)
    can_begin = assignment.is_open(at) and result.attempts_left > 0 and result.open_attempt is None
    times = sitting(
        at=at,
        limit_minutes=version.time_limit_minutes,
        extra_minutes=assignment.extra_minutes,
        closes_at=assignment.closes_at,
    )
    n = version.slots.aggregate(n=Sum("count"))["n"] or 0
    return Intro(
        version=version,
        result=result,
        n=n,
        right_needed=right_needed(n=n, pass_share=version.pass_share),
        full_minutes=version.time_limit_minutes + assignment.extra_minutes,
        sitting=times if can_begin else None,
        is_overdue=not result.passed and _is_overdue(assignment, _local_day(assignment.person, at)),
    )


def _local_day(person: User, at: datetime) -> date:
    return person.site.local_day(at) if person.site else timezone.localdate(at)


def _is_overdue(assignment: Assignment, today: date) -> bool:
    """A due day has passed with the midnight that ends it, at the person's site."""
    return assignment.due_on is not None and assignment.due_on < today


def times_seen(person: User) -> dict[int, int]:
    """How often each question (by id) was drawn for the person."""
    rows = (
        AttemptQuestion.objects.filter(attempt__assignment__person=person)
        .values(question=F("question_version__question"))
        .annotate(times=Count("pk"))
    )
    return {row["question"]: row["times"] for row in rows}


def counting_answers(attempt: Attempt) -> dict[int, SavedAnswer]:
    """The answer that counts for each drawn question (by its id), in one query; blank questions are left out."""
    saved: dict[int, list[SavedAnswer]] = defaultdict(list)
    for answer in Answer.objects.filter(attempt_question__attempt=attempt):
        saved[answer.attempt_question_id].append(SavedAnswer(answer.sequence, tuple(answer.chosen), answer.received_at))
    found = {pk: counting(answers, deadline_at=attempt.deadline_at) for pk, answers in saved.items()}
    return {pk: answer for pk, answer in found.items() if answer is not None}


@dataclass(frozen=True)
class ShownOption:
    """One option at its frozen place. `letter` is what the reader calls it, `key` the key that chooses it."""

    pk: int
    letter: str
    key: str
    text: str
    is_chosen: bool
    is_right: bool
    feedback: str


@dataclass(frozen=True)
class ShownQuestion:
    """One drawn question as the player and the review show it."""

    pk: int
    number: int
    stem: SafeString
    explanation: SafeString
    takes_several: bool
    options: list[ShownOption]
    is_flagged: bool
    is_answered: bool
    sequence: int
    saved_at: datetime | None  # None: nothing saved yet
    skill_id: int
    share: Decimal | None  # None: not graded
    lessons: list[ports.LessonLink] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return self.share == 1


def shown_questions(attempt: Attempt) -> list[ShownQuestion]:
    """All drawn questions in their frozen order with the answers that count, in three queries whatever their number."""
    drawn = list(attempt.questions.select_related("question_version__question"))
    options: dict[int, dict[int, Option]] = defaultdict(dict)
    for option in Option.objects.filter(version__in=[row.question_version_id for row in drawn]):
        options[option.version_id][option.pk] = option
    answers = counting_answers(attempt)
    return [_shown(row, options[row.question_version_id], answers.get(row.pk)) for row in drawn]


def _shown(row: AttemptQuestion, options: dict[int, Option], answer: SavedAnswer | None) -> ShownQuestion:
    version = row.question_version
    chosen = answer.chosen if answer else ()
    in_order = [options[pk] for pk in row.option_order]
    return ShownQuestion(
        pk=row.pk,
        number=row.order,
        stem=to_html(version.stem),
        explanation=to_html(version.explanation),
        takes_several=takes_several(version.kind),
        options=[
            ShownOption(
                pk=option.pk,
                letter=chr(ord("A") + place),
                key=str(place + 1) if place < 9 else "",
                text=option.text,
                is_chosen=option.pk in chosen,
                is_right=option.is_right,
                feedback=option.feedback,
            )
            for place, option in enumerate(in_order)
        ],
        is_flagged=row.is_flagged,
        is_answered=bool(chosen),
        sequence=answer.sequence if answer else 0,
        saved_at=answer.received_at if answer else None,
        skill_id=version.question.skill_id,
        share=row.share,
    )


def with_lessons(questions: Sequence[ShownQuestion], language: str) -> list[ShownQuestion]:
    """The questions, those that went wrong with the lessons that teach their skill; asked of whoever teaches."""
    skills = sorted({question.skill_id for question in questions if not question.is_right})
    lessons = ports.lessons_by_skill(skills, language) if skills else {}
    return [
        question if question.is_right else replace(question, lessons=lessons.get(question.skill_id, []))
        for question in questions
    ]


@dataclass(frozen=True)
class Review:
    """A result in figures: shares as they are shown (rounded down), how sure they are, what was missing."""

    score: Decimal
    pass_share: Decimal
    right: int
    n: int
    low: Decimal
    high: Decimal
    needed: int  # right answers to pass

    @property
    def pass_percent(self) -> str:
        return percent(self.pass_share)

    @property
    def missing(self) -> int:
        """How many more right answers would have passed."""
        return max(0, self.needed - self.right)


def review_of(attempt: Attempt, questions: Sequence[ShownQuestion]) -> Review:
    """See `Review`; the interval is Wilson's for `right` of `n`. `attempt` is graded."""
    right, n = sum(question.is_right for question in questions), len(questions)
    sure = proportion_interval(right, n)
    return Review(
        score=shown_share(attempt.score or Decimal(0)),
        pass_share=attempt.quiz_version.pass_share,
        right=right,
        n=n,
        low=shown_share(Decimal(sure.low)),
        high=shown_share(Decimal(sure.high)),
        needed=right_needed(n=n, pass_share=attempt.quiz_version.pass_share),
    )


@dataclass(frozen=True)
class ToSit:
    """An assignment that can be sat now, with what came of it so far."""

    assignment: Assignment
    result: QuizResult
    is_overdue: bool


def to_sit(person: User, *, at: datetime) -> list[ToSit]:
    """The person's open quizzes that are not passed and can still be sat, those that are due first on top."""
    assignments = Assignment.objects.of(person).of_quizzes().open_at(at).select_related("quiz")
    rows = list(assignments.order_by(F("due_on").asc(nulls_last=True), "created_at", "pk"))
    results = results_of(rows)
    today = _local_day(person, at)
    return [
        ToSit(row, result, is_overdue=_is_overdue(row, today))
        for row in rows
        if not (result := results[row.pk]).passed and (result.attempts_left or result.open_attempt)
    ]


def own_results(person: User) -> QuerySet[Attempt]:
    """The person's graded attempts, newest first, with what a list shows of them."""
    graded = Attempt.objects.of(person).graded().annotate(n=Count("questions"))
    return graded.select_related("quiz_version__quiz").order_by("-submitted_at", "-pk")
