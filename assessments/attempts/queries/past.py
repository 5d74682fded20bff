"""What earlier regrades of a quiz have changed, as each of them has recorded it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q
from django.utils.translation import get_language

from assessments.attempts.models import Attempt, AttemptQuestion, QuestionVoid, Regrade
from assessments.attempts.queries.correcting import known_people
from assessments.attempts.queries.regrading import Change
from assessments.bank.models import QuestionVersion
from assessments.bank.queries import AskedQuestion, asked_questions
from assessments.quizzes.models import Quiz
from lms.audit.models import AuditEntry
from lms.people.models import User


@dataclass(frozen=True)
class RecordedChange:
    """One score as a regrade has changed it; `attempt` is an id. `counts`: it was the attempt that counts, before or
    after."""

    attempt: int
    score: tuple[Decimal, Decimal]
    passed: tuple[bool, bool]
    counts: bool


@dataclass(frozen=True)
class PastRegrade:
    """One regrade with the scores it has changed, in the order in which they were shown; try-outs of authors apart."""

    regrade: Regrade
    counted: tuple[RecordedChange, ...]
    previews: tuple[RecordedChange, ...]

    @property
    def n_pass(self) -> int:
        return sum(change.passed == (False, True) for change in self.counted)

    @property
    def n_fail(self) -> int:
        return sum(change.passed == (True, False) for change in self.counted)

    @property
    def n_counting(self) -> int:
        return sum(change.counts for change in self.counted)


def past_regrades(quiz: Quiz, regrades: Sequence[Regrade]) -> list[PastRegrade]:
    """What each of the quiz's regrades has changed, in one query."""
    tried = Attempt.objects.filter(quiz_version__quiz=quiz, assignment__is_preview=True)
    previews = set(tried.values_list("pk", flat=True))
    found = []
    for regrade in regrades:
        changes = [_recorded(row) for row in regrade.changes]
        found.append(
            PastRegrade(
                regrade,
                counted=tuple(change for change in changes if change.attempt not in previews),
                previews=tuple(change for change in changes if change.attempt in previews),
            )
        )
    return found


def _recorded(row: dict[str, Any]) -> RecordedChange:
    before, after = row["score"]
    was_passed, is_passed = row["passed"]
    return RecordedChange(row["attempt"], (Decimal(before), Decimal(after)), (was_passed, is_passed), row["counts"])


def with_attempts(recorded: Sequence[RecordedChange]) -> list[Change]:
    """The changes with their attempts, in one query."""
    attempts = Attempt.objects.select_related("assignment", "quiz_version").in_bulk([row.attempt for row in recorded])
    return [Change(attempts[row.attempt], row.score, row.passed, row.counts) for row in recorded]


def with_people(changes: Sequence[Change], viewer: Any) -> list[tuple[Change, User | None]]:
    """Each change with the person, None where the viewer doesn't know whose it is."""
    people = {change.attempt.assignment.person_id for change in changes}
    known = known_people(viewer).in_bulk(people) if people else {}
    return [(change, known.get(change.attempt.assignment.person_id)) for change in changes]


@dataclass(frozen=True)
class VoidThen:
    """A wording that was void when a regrade was made, and in how many attempts of learners it had been asked by then.

    `is_withdrawn`: it counted again when the regrade was made, but not yet at the one before.
    """

    void: QuestionVoid
    asked: AskedQuestion
    n: int
    is_withdrawn: bool

    @property
    def version(self) -> QuestionVersion:
        return self.void.question_version

    @property
    def title(self) -> str:
        return self.asked.title(get_language() or "zh-hans")


def voids_behind(regrade: Regrade) -> list[VoidThen]:
    """The wordings asked in the quiz that were void at the regrade or had been let count again since the one before, by
    key."""
    at = regrade.regraded_at
    handed_in = Attempt.objects.counted().filter(quiz_version__quiz=regrade.quiz_id, submitted_at__lte=at)
    drawn = AttemptQuestion.objects.filter(attempt__in=handed_in).order_by().values("question_version")
    counts = dict(drawn.annotate(n=Count("pk")).values_list("question_version", "n"))
    held = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at)
    before = _neighbours(regrade).filter(regraded_at__lt=at).first()
    if before is not None:
        held |= Q(voided_at__lte=before.regraded_at, withdrawn_at__gt=before.regraded_at)
    voids = list(
        QuestionVoid.objects.filter(held, question_version__in=counts, voided_at__lte=at)
        .select_related("question_version__question", "voided_by")
        .order_by("question_version__question__key", "question_version__number", "pk")
    )
    asked = asked_questions([void.question_version for void in voids])
    return [
        VoidThen(
            void,
            asked[void.question_version_id],
            counts[void.question_version_id],
            is_withdrawn=void.withdrawn_at is not None and void.withdrawn_at <= at,
        )
        for void in voids
    ]


def next_regrade(regrade: Regrade) -> Regrade | None:
    """The one that was made of the quiz after it."""
    return _neighbours(regrade).filter(regraded_at__gt=regrade.regraded_at).last()


def attempts_judged(regrade: Regrade) -> int | None:
    """How many graded attempts were judged again, by the audit log; None: it doesn't tell."""
    entry = AuditEntry.objects.filter(
        action="quiz_regraded",
        subject_type=ContentType.objects.get_for_model(Quiz),
        subject_id=str(regrade.quiz_id),
        at=regrade.regraded_at,
    ).first()
    return entry.changes["attempts"][1] if entry else None


def _neighbours(regrade: Regrade) -> Any:
    return Regrade.objects.filter(quiz=regrade.quiz_id).defer("changes")
