"""Giving a quiz by hand to people or a team, and taking it back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from assessments.assignments.models import Assignment
from assessments.assignments.services import assign_all, close_all, lock_windows
from assessments.attempts.queries import results_of
from assessments.attempts.queries.giving import QUIZ_GIVEN, GiveOrder, GivePlan, plan_of, same_giving
from lms.audit import services as audit
from lms.audit.models import AuditEntry
from lms.notifications.services import News, notify_all
from lms.people.models import User


class PlanChanged(ValueError):
    """Other people would get it than was looked at: `plan` is what would happen now."""

    def __init__(self, plan: GivePlan) -> None:
        super().__init__(plan.order.quiz.key)
        self.plan = plan


@transaction.atomic
def give_quiz(order: GiveOrder, *, actor: User, at: datetime, seen: str) -> AuditEntry:
    """Let everybody of the order sit the quiz who doesn't have it to sit already, and tell them why.

    `seen` is the fingerprint of the plan that the giver looked at: raises PlanChanged when another one would be
    carried out. Two givers of one quiz wait for each other, so that nobody gets it twice; pressing twice gives once and
    returns the same deed.
    """
    lock_windows(order.quiz.pk)
    plan = plan_of(order, actor=actor, at=at)
    before = same_giving(plan, actor=actor, at=at)
    if before is not None:
        return before
    if not plan.people or plan.fingerprint != seen:
        raise PlanChanged(plan)
    assign_all([order.assignment_of(person) for person in plan.people], actor=actor, at=at)
    facts = {
        "team": order.team.name if order.team else None,
        "people": len(plan.people),
        "due_on": order.due_on,
        "opens_at": order.opens_at,
        "closes_at": order.closes_at,
        "attempts": order.attempts_allowed,
    }
    return audit.record(
        actor=actor,
        action=QUIZ_GIVEN,
        subject=order.quiz,
        at=at,
        changes={name: (None, value) for name, value in facts.items() if value is not None},
        reason=order.reason_en,
    )


@transaction.atomic
def take_back(
    assignments: Sequence[Assignment], *, reason: str, actor: User, at: datetime, only_unbegun: bool = False
) -> list[Assignment]:
    """Nothing new can be begun under these assignments of one quiz, and those who had it are told. A sitting that is
    going on may be finished. What is passed, or was taken back before, stays as it is. Returns what was taken back.

    Learners who are starting at that moment wait, so that `only_unbegun` takes nothing from somebody who has begun.
    """
    for quiz_id in {row.quiz_id for row in assignments if row.quiz_id}:
        lock_windows(quiz_id)
    rows = list(
        Assignment.objects.filter(pk__in=[row.pk for row in assignments], closed_at__isnull=True)
        .select_related("person", "quiz")
        .order_by("pk")
    )
    results = results_of(rows, at=at)
    wanted = [row for row in rows if not (results[row.pk].passed or (only_unbegun and results[row.pk].attempts_used))]
    taken = close_all(wanted, actor=actor, at=at, reason=reason)
    notify_all((_news_of(row, reason) for row in taken), at=at)
    return taken


def _news_of(assignment: Assignment, reason: str) -> News:
    quiz = assignment.quiz
    return News(
        assignment.person,
        kind="quiz_taken_back",
        url=reverse("assessments:attempt-list"),
        params={"quiz_zh": quiz.title_zh, "quiz_en": quiz.title_en, "reason": reason},
    )
