"""What came of assignments so far, what to know before starting, and what there is to sit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from assessments.assignments.models import Assignment
from assessments.assignments.queries import windows_of
from assessments.assignments.rules import Window, deadline, may_start_again_at
from assessments.attempts.models import Attempt, AttemptQuestion
from assessments.attempts.rules import Outcome, right_needed, standing
from assessments.attempts.states import AttemptState
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.queries import published_version, published_versions
from lms.people.models import User


@dataclass(frozen=True)
class QuizResult:
    """What came of one assignment of a quiz so far, by the quiz's rule of which attempt counts.

    `best` is the graded attempt shown for it, `score` what counts (the average may be no attempt's own score).
    `attempts_left` None: any number.
    """

    best: Attempt | None
    score: Decimal | None
    passed: bool
    attempts_used: int
    attempts_left: int | None
    open_attempt: Attempt | None
    being_marked: Attempt | None = None

    @property
    def may_go_on(self) -> bool:
        """An attempt is open or another one is left."""
        return self.open_attempt is not None or self.attempts_left is None or self.attempts_left > 0


def results_of(assignments: Iterable[Assignment], *, at: datetime | None = None) -> dict[int, QuizResult]:
    """The result of each assignment of a quiz, by assignment id, in at most five queries; mystery calls are left out.

    `at`: by whose exceptions attempts are counted; now, unless told.
    """
    wanted = [assignment for assignment in assignments if assignment.quiz_id is not None]
    if not wanted:
        return {}
    versions = published_versions([assignment.quiz_id for assignment in wanted if assignment.quiz_id])
    pairs = [(row, versions[row.quiz_id]) for row in wanted if row.quiz_id in versions]
    windows = windows_of(pairs, at=at or timezone.now())
    made = _attempts_of(wanted)
    return {row.pk: _result(made[row.pk], windows.get(row.pk)) for row in wanted}


def _attempts_of(assignments: Sequence[Assignment]) -> dict[int, list[Attempt]]:
    """The attempts under each assignment, in their order, by assignment id."""
    made: dict[int, list[Attempt]] = defaultdict(list)
    rows = Attempt.objects.filter(assignment__in=[assignment.pk for assignment in assignments])
    for attempt in rows.select_related("quiz_version__quiz").order_by("number"):
        made[attempt.assignment_id].append(attempt)
    return made


def _result(made: Sequence[Attempt], window: Window | None) -> QuizResult:
    graded = [attempt for attempt in made if attempt.state == AttemptState.GRADED]
    version = graded[-1].quiz_version if graded else None
    outcomes = [Outcome(attempt.score or Decimal(0), bool(attempt.passed)) for attempt in graded]
    found = (
        standing(outcomes, counting=version.counting, pass_share=version.pass_share)
        if version
        else standing([], counting="", pass_share=Decimal(1))
    )
    allowed = window.attempts if window else 0
    return QuizResult(
        best=None if found.place is None else graded[found.place],
        score=found.score,
        passed=found.passed,
        attempts_used=len(made),
        attempts_left=None if allowed is None else max(0, allowed - len(made)),
        open_attempt=next((attempt for attempt in made if attempt.is_in_progress), None),
        being_marked=next((attempt for attempt in made if attempt.state == AttemptState.SUBMITTED), None),
    )


def passed_assignments(assignments: QuerySet[Any, Any]) -> set[int]:
    """The ids of those among these assignments (a query of ids) whose quiz is passed, by its rule of which attempt
    counts: as `results_of`, without what a page shows of it. One query."""
    graded: dict[int, list[tuple[Outcome, str, Decimal]]] = defaultdict(list)
    rows = Attempt.objects.filter(assignment__in=assignments, state=AttemptState.GRADED).order_by("number")
    for assignment, score, passed, counting, share in rows.values_list(
        "assignment", "score", "passed", "quiz_version__counting", "quiz_version__pass_share"
    ):
        graded[assignment].append((Outcome(score or Decimal(0), bool(passed)), counting, share))
    return {
        pk
        for pk, sat in graded.items()
        if standing([outcome for outcome, *_rule in sat], counting=sat[-1][1], pass_share=sat[-1][2]).passed
    }


@dataclass(frozen=True)
class Intro:
    """What somebody should know before starting.

    `can_start` False: nothing can begin now; `waits_until` says when it can, where time is all that is missing.
    `deadline_at` None: no deadline. `minutes` is what a sitting begun now has, rounded down; `is_cut` when the close
    cuts the limit. `limit_minutes` is the person's own limit, `usual_minutes` everybody's.
    """

    version: QuizVersion | None
    result: QuizResult
    window: Window
    n: int
    right_needed: int
    can_start: bool
    waits_until: datetime | None = None
    deadline_at: datetime | None = None
    minutes: int | None = None
    is_cut: bool = False
    is_overdue: bool = False
    has_must_pass: bool = False

    @property
    def limit_minutes(self) -> int | None:
        return self.window.limit_minutes

    @property
    def usual_minutes(self) -> int | None:
        return self.version.time_limit_minutes if self.version else None

    @property
    def has_other_time(self) -> bool:
        """An exception gives this person another limit than everybody has."""
        return self.version is not None and self.limit_minutes != self.usual_minutes


def intro_of(assignment: Assignment, *, at: datetime) -> Intro:
    """See `Intro`; `assignment` is of a quiz."""
    version = published_version(assignment.quiz) if assignment.quiz else None
    made = _attempts_of([assignment])[assignment.pk]
    if version is None:
        return Intro(None, _result(made, None), Window(), 0, 0, can_start=False)
    window = windows_of([(assignment, version)], at=at)[assignment.pk]
    result = _result(made, window)
    waits_until = _waits_until(made, version, window, at=at)
    end = deadline(started_at=at, window=window)
    full = deadline(started_at=at, window=Window(limit_minutes=window.limit_minutes))
    slots = version.slots.aggregate(n=Sum("count"), must_pass=Count("pk", filter=Q(is_must_pass=True)))
    n = slots["n"] or 0
    is_open = assignment.closed_at is None and window.is_open(at)
    left = result.attempts_left is None or result.attempts_left > 0
    return Intro(
        version=version,
        result=result,
        window=window,
        n=n,
        right_needed=right_needed(n=n, pass_share=version.pass_share),
        can_start=is_open and left and result.open_attempt is None and waits_until is None,
        waits_until=waits_until if left and assignment.closed_at is None else None,
        deadline_at=end,
        minutes=None if end is None else int((end - at).total_seconds() // 60),
        is_cut=end is not None and full is not None and end < full,
        is_overdue=not result.passed and _is_overdue(assignment, _local_day(assignment.person, at)),
        has_must_pass=slots["must_pass"] > 0,
    )


def _waits_until(made: Sequence[Attempt], version: QuizVersion, window: Window, *, at: datetime) -> datetime | None:
    """The instant from which a sitting can begin, where it lies ahead: the opening, or the end of the waiting time."""
    last_end = made[-1].submitted_at if made else None
    ahead = [
        instant
        for instant in (window.opens_at, may_start_again_at(last_end=last_end, wait_minutes=version.wait_minutes))
        if instant is not None and instant > at
    ]
    return max(ahead, default=None)


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


@dataclass(frozen=True)
class ToSit:
    """An assignment that can be sat now, with what came of it so far."""

    assignment: Assignment
    result: QuizResult
    is_overdue: bool


def to_sit(person: User, *, at: datetime, quizzes: Collection[int] | None = None) -> list[ToSit]:
    """The person's open quizzes (all, or of these) that are not passed and can still be sat, those that are due first
    on top."""
    assignments = Assignment.objects.of(person).of_quizzes().open_at(at).filter(is_preview=False).select_related("quiz")
    if quizzes is not None:
        assignments = assignments.filter(quiz__in=quizzes)
    rows = list(assignments.order_by(F("due_on").asc(nulls_last=True), "created_at", "pk"))
    for row in rows:
        row.person = person
    results = results_of(rows, at=at)
    today = _local_day(person, at)
    return [
        ToSit(row, result, is_overdue=_is_overdue(row, today))
        for row in rows
        if not (result := results[row.pk]).passed and result.may_go_on and not result.being_marked
    ]


def opening_later(person: User, *, at: datetime) -> list[Assignment]:
    """The person's quizzes that were given with a later opening, the next one on top."""
    given = Assignment.objects.of(person).of_quizzes().filter(closed_at__isnull=True, is_preview=False, opens_at__gt=at)
    return list(given.select_related("quiz").order_by("opens_at", "pk"))


def own_results(person: User) -> QuerySet[Attempt]:
    """The person's ended attempts, newest first, with what a list shows of them."""
    ended = Attempt.objects.of(person).ended().counted().annotate(n=Count("questions"))
    return ended.select_related("quiz_version__quiz", "assignment").order_by("-submitted_at", "-pk")
