"""Handing in, grading, and the sweep for sittings whose learners stay away."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from assessments import events
from assessments.attempts.models import Answer, Attempt, AttemptQuestion, QuestionVoid
from assessments.attempts.queries import graded_answers, section_shares
from assessments.attempts.rules import (
    TOLERANCE,
    Ending,
    SavedAnswer,
    counting,
    ending,
    percent,
    seconds_spent,
    shares_by_skill,
    verdict,
)
from assessments.attempts.states import ATTEMPT_MOVES, AttemptState
from assessments.bank.queries import asked_questions
from assessments.bank.rules import grade
from assessments.evidence.models import SourceKind
from assessments.evidence.services import Observation, append_evidence
from lms.audit import services as audit
from lms.kernel.bulk import update_rows
from lms.kernel.states import IllegalMove, StaleState, move
from lms.notifications.services import notify
from lms.people.models import User

logger = logging.getLogger(__name__)


def submit_attempt(attempt: Attempt, *, actor: User | None, at: datetime, made_at: datetime | None = None) -> Attempt:
    """Hand in and grade, or leave to people what only people can mark. Evidence for each skill is kept with the score,
    `attempt_graded` is announced.

    Handed in after the time, the quiz's rule decides: what was saved counts, or the sitting is abandoned. `made_at` is
    when the learner pressed the button, where that is known. Handing in again changes nothing.
    """
    return _end(attempt, actor=actor, at=at, made=min(made_at or at, at), by_sweep=False)[0]


def close_overdue_attempts(*, at: datetime) -> int:
    """End what absent learners left open past its deadline and the tolerance, and tell them. Returns how many sittings
    this call ended; the due instant is recorded as their end.

    May run twice and at the same time: each sitting ends once. One that fails doesn't hold up the others.
    """
    closed = 0
    overdue = Attempt.objects.unfinished().due_by(at - TOLERANCE).select_related("quiz_version")
    for attempt in overdue.order_by("deadline_at"):
        try:
            closed += _end(attempt, actor=None, at=at, made=at, by_sweep=True)[1]
        except Exception:  # each sitting is its own transaction; the next sweep tries again
            logger.exception("attempt %s could not be ended", attempt.pk)
    return closed


def _ending(attempt: Attempt, *, at: datetime, made: datetime, by_sweep: bool) -> Ending | None:
    version = attempt.quiz_version
    return ending(
        at=at,
        made=made,
        deadline_at=attempt.deadline_at,
        overdue=version.overdue,
        grace=timedelta(minutes=version.grace_minutes),
        by_sweep=by_sweep,
    )


class DeadlineMoved(StaleState):
    """Another deadline holds than the one by which the end was judged."""


def _end(attempt: Attempt, *, actor: User | None, at: datetime, made: datetime, by_sweep: bool) -> tuple[Attempt, bool]:
    """The ended attempt, and whether it was this call that ended it."""
    end = _ending(attempt, at=at, made=made, by_sweep=by_sweep)
    if end is None:
        return attempt, False
    try:
        if end.is_handed_in:
            return _hand_in(attempt, end, actor=actor, at=at, by_sweep=by_sweep), True
        return _abandon(attempt, end, actor=actor, at=at), True
    except DeadlineMoved:
        return _end(attempt, actor=actor, at=at, made=made, by_sweep=by_sweep)
    except (IllegalMove, StaleState):
        attempt.refresh_from_db()
        return attempt, False


def _lock(attempt: Attempt) -> None:
    """A save that is on its way is in from here on, or out; and so is another deadline. Raises DeadlineMoved, with the
    new one on the attempt."""
    known = attempt.deadline_at
    attempt.deadline_at = Attempt.objects.select_for_update().get(pk=attempt.pk).deadline_at
    if attempt.deadline_at != known:
        raise DeadlineMoved(f"Attempt {attempt.pk} has another deadline now")


@transaction.atomic
def _abandon(attempt: Attempt, end: Ending, *, actor: User | None, at: datetime) -> Attempt:
    _lock(attempt)
    move(attempt, ATTEMPT_MOVES, AttemptState.ABANDONED, submitted_at=end.at, handed_in_by_sweep=actor is None)
    audit.record(actor=actor, action="attempt_abandoned", subject=attempt, at=at)
    tell_learner(attempt, "attempt_abandoned", at=at)
    return attempt


@transaction.atomic
def _hand_in(attempt: Attempt, end: Ending, *, actor: User | None, at: datetime, by_sweep: bool) -> Attempt:
    _lock(attempt)
    drawn = list(attempt.questions.select_related("question_version__question"))
    is_marked = mark_by_key(attempt, drawn)
    if not is_marked:
        move(attempt, ATTEMPT_MOVES, AttemptState.SUBMITTED, submitted_at=end.at, handed_in_by_sweep=by_sweep)
        audit.record(actor=actor, action="attempt_submitted", subject=attempt, at=at)
        return attempt
    finish_attempt(attempt, drawn, actor=actor, at=at, submitted_at=end.at, handed_in_by_sweep=by_sweep)
    if by_sweep:
        tell_learner(attempt, "attempt_handed_in", at=at, percent=percent(attempt.score))
    return attempt


def mark_by_key(attempt: Attempt, drawn: Sequence[AttemptQuestion]) -> bool:
    """Give each question that a key can judge its share, and note voids and the time spent; what people have marked
    stays. Returns whether all have a share now, so that nobody has to mark anything."""
    keys = asked_questions([row.question_version for row in drawn])
    saved: dict[int, list[SavedAnswer]] = defaultdict(list)
    answers = Answer.objects.filter(attempt_question__attempt=attempt)
    for pk, *values in answers.values_list("attempt_question", "sequence", "response", "made_at", "received_at"):
        saved[pk].append(SavedAnswer(*values))
    moments = [(pk, answer.made_at) for pk, answers in saved.items() for answer in answers]
    seconds = seconds_spent(moments, started_at=attempt.started_at)
    voids = dict(
        QuestionVoid.objects.filter(
            question_version__in=[row.question_version_id for row in drawn], withdrawn_at__isnull=True
        ).values_list("question_version", "mode")
    )
    for row in drawn:
        answer = counting(saved[row.pk], deadline_at=attempt.deadline_at)
        share = grade(keys[row.question_version_id].key, answer.response if answer else None)
        row.share = row.share if share is None else share
        row.void = voids.get(row.question_version_id, "")
        row.seconds = seconds.get(row.pk)
    update_rows(
        AttemptQuestion, ("share", "void", "seconds"), [(row.pk, row.share, row.void, row.seconds) for row in drawn]
    )
    return all(row.share is not None or row.void for row in drawn)


def finish_attempt(
    attempt: Attempt, drawn: Sequence[AttemptQuestion], *, actor: User | None, at: datetime, **fields: object
) -> Attempt:
    """Give the sitting its score: every question has its share. Inside the caller's transaction.

    A sitting of an author who tries the quiz out is scored, but is nobody's record.
    """
    graded = graded_answers(drawn)
    version = attempt.quiz_version
    result = verdict(graded, pass_share=version.pass_share, sections=section_shares(version.sections.all()))
    before = attempt.state
    move(attempt, ATTEMPT_MOVES, AttemptState.GRADED, score=result.score, passed=result.passed, **fields)
    audit.record(
        actor=actor,
        action="attempt_graded",
        subject=attempt,
        at=at,
        changes={
            "state": (before, AttemptState.GRADED),
            "score": (None, result.score),
            "passed": (None, result.passed),
        },
    )
    if attempt.assignment.is_preview:
        return attempt
    append_evidence(
        attempt.assignment.person,
        [Observation(skill_id, share) for skill_id, share in shares_by_skill(graded).items()],
        source_kind=SourceKind.ATTEMPT,
        source_id=attempt.pk,
        version=str(attempt.quiz_version),
        observed_at=attempt.submitted_at,
        at=at,
    )
    events.attempt_graded.send(sender=Attempt, attempt=attempt, at=at)
    return attempt


def tell_learner(attempt: Attempt, kind: str, *, at: datetime, **params: str) -> None:
    """Write the learner the news of this kind about the sitting, with a link to its review."""
    quiz = attempt.quiz_version.quiz
    notify(
        attempt.assignment.person,
        kind=kind,
        at=at,
        url=reverse("assessments:attempt-review", args=[attempt.pk]),
        params={"quiz_zh": quiz.title_zh, "quiz_en": quiz.title_en, **params},
    )
