"""Giving somebody a quiz or a mystery call, and taking it back."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from assessments.assignments.models import Assignment
from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from lms.audit import services as audit
from lms.notifications.services import notify
from lms.people.models import User


@transaction.atomic
def assign_quiz(
    person: User,
    quiz: Quiz,
    *,
    reason_zh: str,
    reason_en: str,
    actor: User | None,
    at: datetime,
    due_on: date | None = None,
    closes_at: datetime | None = None,
    attempts_allowed: int | None = None,
    is_required: bool = True,
) -> Assignment:
    """Let the person sit the quiz, and tell them why. Each call makes a new assignment with attempts of its own."""
    assignment = Assignment.objects.create(
        person=person,
        quiz=quiz,
        reason_zh=reason_zh,
        reason_en=reason_en,
        given_by=actor,
        created_at=at,
        due_on=due_on,
        closes_at=closes_at,
        attempts_allowed=attempts_allowed,
        is_required=is_required,
    )
    audit.record(actor=actor, action="quiz_assigned", subject=assignment, at=at, reason=reason_en)
    notify(
        person,
        kind="quiz_assigned",
        at=at,
        url=reverse("assessments:quiz-start", args=[assignment.pk]),
        params={
            "quiz_zh": quiz.title_zh,
            "quiz_en": quiz.title_en,
            "reason_zh": reason_zh,
            "reason_en": reason_en,
        },
    )
    return assignment


@transaction.atomic
def assign_mystery_call(
    person: User,
    scenario: Scenario,
    *,
    reason_zh: str,
    reason_en: str,
    actor: User | None,
    at: datetime,
    due_on: date | None = None,
    closes_at: datetime | None = None,
    attempts_allowed: int | None = None,
    is_required: bool = True,
) -> Assignment:
    """Have the person take a mystery call. An analyst places and announces it; that announcement is the news."""
    assignment = Assignment.objects.create(
        person=person,
        scenario=scenario,
        reason_zh=reason_zh,
        reason_en=reason_en,
        given_by=actor,
        created_at=at,
        due_on=due_on,
        closes_at=closes_at,
        attempts_allowed=attempts_allowed,
        is_required=is_required,
    )
    audit.record(actor=actor, action="mystery_call_assigned", subject=assignment, at=at, reason=reason_en)
    return assignment


@transaction.atomic
def close_assignment(assignment: Assignment, *, actor: User | None, at: datetime) -> Assignment:
    """Nothing new can be begun under it. A sitting that is going on may be finished. Closing again changes nothing."""
    closed = Assignment.objects.filter(pk=assignment.pk, closed_at__isnull=True).update(closed_at=at)
    if not closed:
        assignment.refresh_from_db(fields=["closed_at"])
        return assignment
    assignment.closed_at = at
    audit.record(actor=actor, action="assignment_closed", subject=assignment, at=at, changes={"closed_at": (None, at)})
    return assignment
