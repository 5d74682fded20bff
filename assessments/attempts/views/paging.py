"""The questions of a sitting on their pages, and the map of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assessments.attempts.models import Attempt
from assessments.attempts.queries import (
    ShownQuestion,
)
from assessments.quizzes.states import ReviewPart, ReviewTime


@dataclass(frozen=True)
class Row:
    """One question on its page; `section` is the title of the section that begins with it."""

    question: ShownQuestion
    section: str = ""


@dataclass(frozen=True)
class Page:
    """One page of the player. `before` and `after` are the first questions of the pages beside it, where there are."""

    number: int
    rows: list[Row]
    before: int | None
    after: int | None

    @property
    def first(self) -> int:
        return self.rows[0].question.number

    @property
    def last(self) -> int:
        return self.rows[-1].question.number


def next_open_page(sitting: Attempt) -> int:
    """Of a forward-only quiz: the first page that wasn't left."""
    return sitting.page_left + 1


def pages_of(
    questions: Sequence[ShownQuestion], places: Sequence[tuple[int, int]], titles: dict[int, str]
) -> list[Page]:
    """The shown questions page by page; `places` are number and page of all questions, shown or not."""
    first: dict[int, int] = {}
    for number, page in places:
        first.setdefault(page, number)
    rows: dict[int, list[Row]] = {}
    for question in questions:
        page_rows = rows.setdefault(question.page, [])
        begins = not page_rows or page_rows[-1].question.section != question.section
        page_rows.append(Row(question, titles.get(question.section, "") if begins else ""))
    return [Page(page, found, first.get(page - 1), first.get(page + 1)) for page, found in rows.items()]


def places_of(sitting: Attempt) -> list[tuple[int, int]]:
    return list(sitting.questions.values_list("order", "page"))


def question_map(questions: Sequence[ShownQuestion], places: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """All questions with what the map says of them; `question` None: on a page that can't be opened (`is_left`: any
    more)."""
    shown = {question.number: question for question in questions}
    here = questions[0].page
    return [
        {"number": number, "question": shown.get(number), "is_left": number not in shown and page < here}
        for number, page in places
    ]


def section_titles(sitting: Attempt, questions: Sequence[ShownQuestion]) -> dict[int, str]:
    if not any(question.section for question in questions):
        return {}
    return {number: row.title for number, row in enumerate(sitting.quiz_version.sections.all(), start=1)}


def shows_while_answering(sitting: Attempt) -> bool:
    """A question can be checked at once: the quiz shows more than the own answer before it is handed in."""
    return bool(set(sitting.quiz_version.review.get(ReviewTime.DURING, ())) - {ReviewPart.ANSWERS})


def asked_for(wanted: str | None, questions: Sequence[ShownQuestion]) -> int:
    """The number of the question to show: the one asked for, else the first without an answer."""
    numbers = {str(question.number): question.number for question in questions}
    if wanted in numbers:
        return numbers[wanted]
    return next((question.number for question in questions if not question.is_answered), questions[0].number)
