"""What this app does when others announce something."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from assessments.attempts.models import Attempt
from assessments.evaluations.models import Evaluation
from assessments.events import attempt_graded, attempt_regraded, evaluation_released, mystery_call_settled
from assessments.roleplay.models import MysteryCall
from coaching.tickets.services import judge_retest, mark_remedies_done
from coaching.triage.services import triage_evaluation, triage_mystery_call
from courses.events import lesson_completed
from courses.progress.models import LessonCompletion


@receiver(evaluation_released, dispatch_uid="triage_an_evaluation")
def triage_an_evaluation(evaluation: Evaluation, at: datetime, **kwargs: Any) -> None:
    triage_evaluation(evaluation, at=at)


@receiver(mystery_call_settled, dispatch_uid="triage_a_mystery_call")
def triage_a_mystery_call(mystery_call: MysteryCall, at: datetime, **kwargs: Any) -> None:
    triage_mystery_call(mystery_call, at=at)


@receiver(lesson_completed, dispatch_uid="count_a_remedy")
def count_a_remedy(completion: LessonCompletion, at: datetime, **kwargs: Any) -> None:
    mark_remedies_done(completion, at=at)


@receiver(attempt_graded, dispatch_uid="judge_a_retest")
def judge_a_retest(attempt: Attempt, at: datetime, **kwargs: Any) -> None:
    judge_retest(attempt, at=at)


@receiver(attempt_regraded, dispatch_uid="judge_a_retest_again")
def judge_a_retest_again(attempt: Attempt, was_passed: bool, at: datetime, **kwargs: Any) -> None:
    """A re-test that passes now closes its ticket while the ticket waits for it. One that fails now, or fails still,
    opens nothing again and starts no round: the coach reads the corrected result where it stands."""
    if attempt.passed and not was_passed:
        judge_retest(attempt, at=at)
