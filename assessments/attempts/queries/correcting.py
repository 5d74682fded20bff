"""What authors look at before they correct scores: which questions were asked, whom a fault touches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import get_language

from assessments.attempts.models import Attempt, AttemptQuestion, QuestionVoid
from assessments.attempts.states import AttemptState
from assessments.bank.models import QuestionVersion
from assessments.bank.queries import AskedQuestion, asked_questions
from assessments.quizzes.models import Quiz
from lms.people.models import User
from lms.people.queries import agents_of, examined_teams


def known_people(viewer: Any) -> QuerySet[User]:
    """Whose names a list of corrected scores may show the viewer: those whose record they see, and those for whose
    teams they run exams."""
    seen = User.objects.visible_to(viewer)
    return User.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=agents_of(examined_teams(viewer)).values("pk")))


@dataclass(frozen=True)
class Reach:
    """What asking a wording has touched so far: graded attempts, attempts being marked, their people."""

    graded: int
    being_marked: int
    people: int
    quizzes: list[Quiz]  # with `.n`, the ended attempts in which it was asked


def reach_of(version: QuestionVersion) -> Reach:
    """Attempts of learners in which the wording was asked and that were handed in; try-outs are left out."""
    asked = Attempt.objects.counted().filter(
        questions__question_version=version, state__in=[AttemptState.GRADED, AttemptState.SUBMITTED]
    )
    counts = asked.aggregate(
        graded=Count("pk", filter=Q(state=AttemptState.GRADED)),
        being_marked=Count("pk", filter=Q(state=AttemptState.SUBMITTED)),
        people=Count("assignment__person", distinct=True),
    )
    quizzes = Quiz.objects.filter(versions__attempts__in=asked).annotate(n=Count("versions__attempts")).order_by("key")
    return Reach(**counts, quizzes=list(quizzes))


@dataclass(frozen=True)
class QuestionAsked:
    """One wording that attempts of a quiz were asked, in how many of them, and what declares it void now."""

    version: QuestionVersion
    asked: AskedQuestion
    n: int
    void: QuestionVoid | None

    @property
    def title(self) -> str:
        return self.asked.title(get_language() or "zh-hans")


def questions_asked_in(quiz: Quiz) -> list[QuestionAsked]:
    """Every wording asked in ended attempts of the quiz, by key, the newest wording first; at most six queries."""
    ended = Attempt.objects.ended().counted().filter(quiz_version__quiz=quiz)
    drawn = AttemptQuestion.objects.filter(attempt__in=ended).order_by().values("question_version")
    counts = dict(drawn.annotate(n=Count("pk")).values_list("question_version", "n"))
    versions = list(
        QuestionVersion.objects.filter(pk__in=counts).select_related("question").order_by("question__key", "-number")
    )
    asked = asked_questions(versions)
    voids = {
        void.question_version_id: void
        for void in QuestionVoid.objects.filter(question_version__in=counts, withdrawn_at__isnull=True)
    }
    return [QuestionAsked(row, asked[row.pk], counts[row.pk], voids.get(row.pk)) for row in versions]


@dataclass(frozen=True)
class QuizToCorrect:
    """A quiz with results: graded attempts of learners, wordings among those asked that are void now, the last
    regrade."""

    quiz: Quiz
    graded: int
    n_void: int
    regraded_at: datetime | None  # None: never


def quizzes_with_results() -> list[QuizToCorrect]:
    """Every quiz that learners were graded in, by key, in three queries."""
    graded = Attempt.objects.graded().counted()
    counts = dict(graded.order_by().values_list("quiz_version__quiz").annotate(n=Count("pk")))
    void = AttemptQuestion.objects.filter(attempt__in=graded, question_version__voids__in=_live())
    voids = dict(
        void.order_by().values_list("attempt__quiz_version__quiz").annotate(n=Count("question_version", distinct=True))
    )
    quizzes = Quiz.objects.filter(pk__in=counts).annotate(regraded_at=Max("regrades__regraded_at"))
    return [QuizToCorrect(quiz, counts[quiz.pk], voids.get(quiz.pk, 0), quiz.regraded_at) for quiz in quizzes]


def _live() -> QuerySet[QuestionVoid]:
    return QuestionVoid.objects.filter(withdrawn_at__isnull=True)
