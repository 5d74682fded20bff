"""A result in figures, and what may be shown of it when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.assignments.queries import windows_of
from assessments.assignments.rules import Window
from assessments.attempts.models import Attempt, AttemptQuestion
from assessments.attempts.rules import GradedAnswer, SectionResult, percent, right_needed, shown_share, verdict
from assessments.quizzes.models import QuizSection
from assessments.quizzes.rules import RIGHT_AFTER, review_time
from assessments.quizzes.states import ReviewPart, ReviewTime
from assessments.statistics import proportion_interval


def graded_answers(drawn: Sequence[AttemptQuestion]) -> list[GradedAnswer]:
    """The drawn questions as values; what still waits for a person counts as nothing so far."""
    return [
        GradedAnswer(
            skill_id=row.question_version.question.skill_id,
            share=Decimal(0) if row.share is None else row.share,
            points=row.points,
            section=row.section,
            is_must_pass=row.is_must_pass,
            void=row.void,
        )
        for row in drawn
    ]


def section_shares(sections: Iterable[QuizSection]) -> dict[int, Decimal | None]:
    """The pass share of each section by its number, the first one 1."""
    return {number: section.pass_share for number, section in enumerate(sections, start=1)}


def everything() -> frozenset[str]:
    """What those see who lead, mark or examine."""
    return frozenset(part.value for part in ReviewPart)


def shown_to_learner(attempt: Attempt, window: Window, *, at: datetime) -> frozenset[str]:
    """What the quiz's review policy lets the learner see of an ended sitting now; `window` is the learner's."""
    column = review_time(at=at, submitted_at=attempt.submitted_at, closes_at=window.closes_at)
    return frozenset(attempt.quiz_version.review.get(column, ()))


@dataclass(frozen=True)
class ShownLater:
    """What the review policy adds from an instant on, in words."""

    begins_at: datetime
    parts: list[str]


def shown_later(attempt: Attempt, window: Window, *, at: datetime) -> list[ShownLater]:
    """What the learner will see of an ended sitting besides what is shown now, and when."""
    if attempt.submitted_at is None:
        return []
    review = attempt.quiz_version.review
    closes_at = window.closes_at
    seen = set(review.get(review_time(at=at, submitted_at=attempt.submitted_at, closes_at=closes_at), ()))
    columns = [(attempt.submitted_at + RIGHT_AFTER, ReviewTime.LATER), (closes_at, ReviewTime.AFTER_CLOSE)]
    found = []
    for begins_at, column in columns:
        is_passed_over = (
            column == ReviewTime.LATER and closes_at is not None and closes_at <= attempt.submitted_at + RIGHT_AFTER
        )
        if begins_at is None or begins_at <= at or is_passed_over:
            continue
        new = [part for part in ReviewPart if part in review.get(column, ()) and part not in seen]
        if new:
            found.append(ShownLater(begins_at, [str(part.label) for part in new]))
            seen.update(new)
    return found


@dataclass(frozen=True)
class ResultRow:
    """An ended sitting in a list; `shows_score` False: the review policy keeps the figure back for now."""

    attempt: Attempt
    shows_score: bool


def with_scores_shown(attempts: Iterable[Attempt], *, at: datetime) -> list[ResultRow]:
    """The sittings, with what the review policy says of their scores, in three queries where no assignment was sat
    under two versions."""
    rows = list(attempts)
    left = rows
    closes: dict[int, datetime | None] = {}
    while left:
        # One window an assignment and round: another version can close at another time.
        now = {row.assignment_id: row for row in reversed(left)}
        windows = windows_of([(row.assignment, row.quiz_version) for row in now.values()], at=at)
        same = [row for row in left if row.quiz_version_id == now[row.assignment_id].quiz_version_id]
        closes |= {row.pk: windows[row.assignment_id].closes_at for row in same}
        left = [row for row in left if row.pk not in closes]
    return [
        ResultRow(
            row,
            ReviewPart.MARKS
            in row.quiz_version.review.get(
                review_time(at=at, submitted_at=row.submitted_at, closes_at=closes[row.pk]), ()
            ),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class SectionReview:
    """One section with its title in both languages at hand."""

    section: QuizSection
    result: SectionResult

    @property
    def score(self) -> str:
        return percent(self.result.score)

    @property
    def needed(self) -> str:
        return percent(self.result.pass_share) if self.result.pass_share is not None else ""


@dataclass(frozen=True)
class Review:
    """A result in figures: shares as they are shown (rounded down), how sure they are, what was missing.

    `right`, `n` and the interval are of the questions that count; the score weighs them by their points.
    """

    score: Decimal
    pass_share: Decimal
    right: int
    n: int
    low: Decimal
    high: Decimal
    needed: int  # right answers to pass, where all weigh the same
    sections: list[SectionReview]
    failed_must_pass: int
    is_weighted: bool

    @property
    def pass_percent(self) -> str:
        return percent(self.pass_share)

    @property
    def missing(self) -> int:
        """How many more right answers would have passed."""
        return max(0, self.needed - self.right)


def review_of(attempt: Attempt) -> Review:
    """See `Review`; the interval is Wilson's for `right` of `n`. `attempt` is graded."""
    drawn = list(attempt.questions.select_related("question_version__question"))
    sections = list(attempt.quiz_version.sections.all())
    found = verdict(
        graded_answers(drawn), pass_share=attempt.quiz_version.pass_share, sections=section_shares(sections)
    )
    sure = proportion_interval(found.right, found.n)
    return Review(
        score=shown_share(attempt.score or Decimal(0)),
        pass_share=attempt.quiz_version.pass_share,
        right=found.right,
        n=found.n,
        low=Decimal(sure.low),
        high=Decimal(sure.high),
        needed=right_needed(n=found.n, pass_share=attempt.quiz_version.pass_share),
        sections=[SectionReview(sections[row.number - 1], row) for row in found.sections],
        failed_must_pass=found.failed_must_pass,
        is_weighted=len({row.points for row in drawn}) > 1 or any(row.share not in (0, 1) for row in drawn),
    )
