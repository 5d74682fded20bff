"""Quizzes of the bank as lessons show them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from assessments.attempts.queries import ToSit, to_sit
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.queries import published_by_key
from courses.catalogue.models import LessonPage
from lms.people.models import User


@dataclass(frozen=True)
class QuizCard:
    """A quiz of the bank as a lesson shows it. `start_url` is empty unless the reader has it to sit."""

    key: str
    title: str
    description: str
    n: int
    time_limit_minutes: int | None
    pass_share: Decimal
    start_url: str = ""
    is_begun: bool = False


def quiz_keys(page: LessonPage) -> list[str]:
    """The quizzes that a lesson's blocks name."""
    return [block.value["quiz"] for block in page.body if block.block_type == "quiz"]


def quiz_cards(keys: Collection[str], *, reader: User | None, at: datetime) -> dict[str, QuizCard]:
    """The published quizzes of a lesson by key, in the active language; as many queries for one as for many. Without a
    `reader` nobody can start them: a preview."""
    if not keys:
        return {}
    versions = published_by_key(keys)
    asked = to_sit(reader, at=at, quizzes=[row.quiz_id for row in versions.values()]) if reader and versions else []
    mine = {row.assignment.quiz_id: row for row in reversed(asked)}
    return {key: _card(version, mine.get(version.quiz_id)) for key, version in versions.items()}


def _card(version: QuizVersion, mine: ToSit | None) -> QuizCard:
    return QuizCard(
        key=version.quiz.key,
        title=version.quiz.title,
        description=version.quiz.description,
        n=version.questions or 0,  # type: ignore[attr-defined]
        time_limit_minutes=version.time_limit_minutes,
        pass_share=version.pass_share,
        start_url=reverse("assessments:quiz-start", args=[mine.assignment.pk]) if mine else "",
        is_begun=mine is not None and mine.result.open_attempt is not None,
    )
