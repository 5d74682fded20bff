"""Reads that span questions and their wordings."""

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from assessments.bank.models import Question, QuestionVersion
from assessments.bank.rules import OptionWords, Wording
from assessments.bank.states import QuestionStatus, QuestionUse


def newest_versions(questions: QuerySet[Question] | Iterable[int] | None = None) -> QuerySet[QuestionVersion]:
    """The newest wording of each question (of the given questions or their ids; of all when None)."""
    newest = QuestionVersion.objects.filter(question=OuterRef("question")).order_by("-number").values("pk")[:1]
    versions = QuestionVersion.objects.filter(pk=Subquery(newest))
    return versions if questions is None else versions.filter(question__in=questions)


def exam_questions() -> QuerySet[Question]:
    """What graded quizzes may draw: ready questions for exams, never practice ones."""
    return Question.objects.filter(use=QuestionUse.EXAM, status=QuestionStatus.READY)


def wording_of(version: QuestionVersion) -> Wording:
    """The version as a frozen value, to compare or to judge."""
    return Wording(
        kind=version.kind,
        stem_zh=version.stem_zh,
        stem_en=version.stem_en,
        explanation_zh=version.explanation_zh,
        explanation_en=version.explanation_en,
        options=tuple(
            OptionWords(
                text_zh=option.text_zh,
                text_en=option.text_en,
                is_right=option.is_right,
                feedback_zh=option.feedback_zh,
                feedback_en=option.feedback_en,
            )
            for option in version.options.all()
        ),
    )
