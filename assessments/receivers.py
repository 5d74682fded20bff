"""What this app does when others announce something."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from assessments.attempts.services import recompute_deadlines
from assessments.events import window_changed
from assessments.quizzes.models import Quiz, QuizVersion
from assessments.quizzes.queries import published_quizzes
from lms.events import membership_changed, people_imported
from lms.people.models import User

published_quizzes.follow(Quiz, QuizVersion)


@receiver(window_changed, dispatch_uid="move_deadlines_of_a_quiz")
def move_deadlines_of_a_quiz(sender: Any, *, quiz: Quiz, at: datetime, **kwargs: Any) -> None:
    """An exception was given or withdrawn: open attempts of the quiz follow at once."""
    recompute_deadlines(Q(quiz_version__quiz=quiz), at=at)


@receiver(membership_changed, dispatch_uid="move_deadlines_of_a_person")
def move_deadlines_of_a_person(
    sender: Any, *, person: User, at: datetime, is_one_of_many: bool = False, **kwargs: Any
) -> None:
    """Another team can mean other exceptions: the person's open attempts follow at once."""
    if not is_one_of_many:
        recompute_deadlines(Q(assignment__person=person), at=at)


@receiver(people_imported, dispatch_uid="move_deadlines_of_many")
def move_deadlines_of_many(sender: Any, *, moved: list[User], at: datetime, **kwargs: Any) -> None:
    """The same for everybody whose teams an import has changed."""
    if moved:
        recompute_deadlines(Q(assignment__person__in=moved), at=at)
