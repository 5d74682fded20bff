"""Whose sitting it is, which question is meant, and how a script wants to be answered."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from assessments.attempts.models import Attempt, AttemptQuestion
from assessments.attempts.permissions import can_sit
from lms.kernel.permissions import require

WITH = ("assignment__person__site", "quiz_version__quiz")


def own_sitting(request: HttpRequest, pk: int) -> Attempt:
    """The attempt, for its learner only: 404 outside the view, 403 for those who may only see its result."""
    own = Attempt.objects.of(request.user).select_related("assignment", "quiz_version__quiz").filter(pk=pk).first()
    if own is not None:
        own.assignment.person = request.user
        return own
    require(can_sit(request.user, get_object_or_404(Attempt.objects.visible_to(request.user), pk=pk)))
    raise AssertionError("only the learner passes")


def drawn_question(request: HttpRequest, sitting: Attempt, name: str) -> AttemptQuestion:
    """The drawn question that a button names, or a script's `q`."""
    number = request.POST.get(name) or request.POST.get("q", "")
    return get_object_or_404(sitting.questions, order=int(number) if number.isdecimal() and len(number) < 6 else 0)


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def page_of(sitting: Attempt, number: int) -> str:
    return f"{reverse('assessments:attempt', args=[sitting.pk])}?q={number}"
