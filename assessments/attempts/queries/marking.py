"""Written and spoken answers that wait for people, without a word about whose they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from assessments.attempts.models import AnswerMark, AnswerRecording, AttemptQuestion, QuestionVoid
from assessments.attempts.rules import SavedAnswer, blind_order, counting
from assessments.attempts.states import AttemptState
from assessments.bank.models import QuestionVersion
from assessments.bank.queries import AskedQuestion, asked_questions
from assessments.bank.states import MARKED_KINDS, QuestionKind
from assessments.quizzes.models import Quiz
from lms.people.models import User
from lms.people.queries import agents_of, marked_people, teams_under
from lms.people.states import AUTHORING


def markable_answers(viewer: Any) -> QuerySet[AttemptQuestion]:
    """Every written and spoken question of the ended sittings of those whose answers the viewer marks, marked or not.
    An author's try-outs are nobody's work."""
    return AttemptQuestion.objects.filter(
        question_version__kind__in=MARKED_KINDS,
        attempt__state__in=[AttemptState.SUBMITTED, AttemptState.GRADED],
        attempt__assignment__is_preview=False,
        attempt__assignment__person__in=marked_people(viewer),
    )


def answers_waiting(viewer: Any) -> QuerySet[AttemptQuestion]:
    """Those of them that need a mark which the viewer may give, with `.n_marks` given so far: none or one, or two that
    lie too far apart, which only a QC lead or training specialist settles. An answer has its share when no mark is
    missing; void questions wait for nobody."""
    given = AnswerMark.objects.filter(attempt_question=OuterRef("pk")).order_by()
    counted = given.values("attempt_question").annotate(n=Count("pk")).values("n")
    void = QuestionVoid.objects.filter(question_version=OuterRef("question_version"), withdrawn_at__isnull=True)
    settled = agents_of(teams_under(viewer, AUTHORING))
    return (
        markable_answers(viewer)
        .filter(~Exists(void), ~Exists(given.filter(marker=viewer)), share__isnull=True)
        .annotate(n_marks=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
        .filter(Q(n_marks__lt=2) | Q(attempt__assignment__person__in=settled))
    )


@dataclass(frozen=True)
class WaitingQuestion:
    """One question with answers that wait: how many, how many of them two markers disagree about, since when."""

    version: QuestionVersion
    asked: AskedQuestion
    n: int
    n_disputed: int
    since: datetime
    quizzes: list[Quiz]

    @property
    def title(self) -> str:
        return self.asked.title(get_language() or "zh-hans")


def marking_queue(viewer: Any) -> list[WaitingQuestion]:
    """The questions whose answers wait for the viewer, the longest waiting first; six queries whatever their number."""
    waiting = answers_waiting(viewer).order_by()
    counts = waiting.values("question_version").annotate(
        n=Count("pk"), n_disputed=Count("pk", filter=Q(n_marks__gte=2)), since=Min("attempt__submitted_at")
    )
    rows = sorted(counts, key=lambda row: (row["since"], row["question_version"]))
    pairs = set(waiting.values_list("question_version", "attempt__quiz_version__quiz"))
    quizzes = Quiz.objects.in_bulk({quiz for _version, quiz in pairs})
    by_version: dict[int, list[Quiz]] = defaultdict(list)
    for version_id, quiz_id in sorted(pairs):
        by_version[version_id].append(quizzes[quiz_id])
    versions = QuestionVersion.objects.in_bulk([row["question_version"] for row in rows])
    asked = asked_questions(list(versions.values()))
    return [
        WaitingQuestion(
            version=versions[pk],
            asked=asked[pk],
            n=row["n"],
            n_disputed=row["n_disputed"],
            since=row["since"],
            quizzes=by_version[pk],
        )
        for row in rows
        for pk in [row["question_version"]]
    ]


def waiting_in_blind_order(viewer: User, version: QuestionVersion) -> list[int]:
    """Ids of the answers to this question that wait for the viewer, in the viewer's own order."""
    waiting = answers_waiting(viewer).filter(question_version=version).order_by()
    return blind_order(waiting.values_list("pk", flat=True), marker=viewer.pk)


@dataclass(frozen=True)
class Criterion:
    """One line of the rubric: what is looked for, how many points it is worth, what full marks look like."""

    pk: int
    text: SafeString
    points: Decimal
    full_marks: SafeString

    @property
    def most(self) -> str:
        """The points as they are read and typed: "2", "0.5"."""
        return f"{self.points.normalize():f}"


def rubric_of(asked: AskedQuestion, language: str) -> list[Criterion]:
    return [
        Criterion(
            pk=option.pk,
            text=asked.option_html(option, language),
            points=option.credit or Decimal(0),
            full_marks=asked.feedback_html(option, language),
        )
        for option in asked.options
    ]


@dataclass(frozen=True)
class EarlierMark:
    """What one of two markers gave, for the third: who they were is not said."""

    number: int
    points: list[tuple[Criterion, str]]
    share: Decimal
    comment: str


@dataclass(frozen=True)
class AnswerToMark:
    """One answer as its marker meets it. `earlier` is filled only where two marks lie too far apart."""

    pk: int
    text: str
    recording: AnswerRecording | None
    earlier: list[EarlierMark]


def answer_to_mark(question: AttemptQuestion, rubric: Sequence[Criterion]) -> AnswerToMark:
    """The answer that counts, and the two marks between which the third decides."""
    saved = [
        SavedAnswer(*row) for row in question.answers.values_list("sequence", "response", "made_at", "received_at")
    ]
    answer = counting(saved, deadline_at=question.attempt.deadline_at)
    response = answer.response if answer else None
    is_spoken = question.question_version.kind == QuestionKind.SPOKEN
    marks = list(question.marks.all())
    return AnswerToMark(
        pk=question.pk,
        text="" if is_spoken else str(response or ""),
        recording=question.recordings.filter(pk__in=response or []).first() if is_spoken else None,
        earlier=[
            EarlierMark(
                number=number,
                points=[(criterion, mark.points.get(str(criterion.pk), "–")) for criterion in rubric],
                share=mark.share,
                comment=mark.comment,
            )
            for number, mark in enumerate(marks, start=1)
        ]
        if len(marks) >= 2
        else [],
    )
