"""A wording as the player and the review would show it, for its authors: nobody has drawn it."""

from random import Random

from assessments.attempts.models import AttemptQuestion
from assessments.attempts.queries.shown import NOTHING, ShownQuestion, _shown
from assessments.bank.models import QuestionVersion
from assessments.bank.queries import asked_questions
from assessments.quizzes.states import ReviewPart

#: What the review shows of a question that nobody answered: the right answers and the explanation.
KEY = frozenset({ReviewPart.RIGHT_ANSWERS.value, ReviewPart.FEEDBACK.value})


def previewed_question(version: QuestionVersion, language: str, *, with_key: bool = False) -> ShownQuestion:
    """The wording in that language, its lines mixed as a draw might mix them (each time the same way)."""
    asked = asked_questions([version])[version.pk]
    order = [option.pk for option in asked.options]
    Random(version.pk).shuffle(order)
    row = AttemptQuestion(order=1, page=1, question_version=version, option_order=order)
    row.skill_id = version.question.skill_id  # what a draw's row is annotated with
    return _shown(row, asked, None, language, KEY if with_key else NOTHING, deadline_at=None)
