"""The doors of sitting a quiz: intro, player, hand-in, review, own results."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.assignments.models import Assignment
from assessments.assignments.permissions import can_sit as can_sit_assignment
from assessments.assignments.queries import window_of
from assessments.assignments.services import try_quiz
from assessments.attempts.forms.sitting import (
    StartForm,
    instant_made,
)
from assessments.attempts.models import Attempt
from assessments.attempts.permissions import can_sit
from assessments.attempts.queries import (
    everything,
    intro_of,
    opening_later,
    own_results,
    results_of,
    review_of,
    shown_later,
    shown_questions,
    shown_to_learner,
    to_sit,
    void_reasons,
    with_comments,
    with_lessons,
    with_scores_shown,
)
from assessments.attempts.services import (
    CannotStart,
    open_attempt_of,
    start_attempt,
    submit_attempt,
)
from assessments.attempts.states import AttemptState
from assessments.attempts.views.clock import clock_context, clock_time, exchange, in_grace, is_over, open_ends
from assessments.attempts.views.finding import WITH, own_sitting
from assessments.attempts.views.paging import (
    asked_for,
    next_open_page,
    pages_of,
    places_of,
    question_map,
    section_titles,
    shows_while_answering,
)
from assessments.bank.states import MARKED_KINDS
from assessments.quizzes.models import Quiz
from assessments.quizzes.states import Navigation, ReviewPart
from lms.kernel.permissions import require
from lms.people.permissions import can_author

PER_PAGE = 20
#: A recording is heard before it is sent.
PLAYER_CSP: dict[str, Any] = settings.SECURE_CSP | {"media-src": [CSP.SELF, "blob:"]}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiz_start(request: HttpRequest, pk: int) -> HttpResponse:
    """What to know before starting; POST starts, or goes on with the sitting that is open."""
    quizzes = Assignment.objects.visible_to(request.user).of_quizzes().select_related("quiz", "person__site")
    assignment = get_object_or_404(quizzes, pk=pk)
    require(can_sit_assignment(request.user, assignment))
    now = timezone.now()
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not form.is_valid() and (going_on := open_attempt_of(assignment)) is not None:
            return redirect("assessments:attempt", going_on.pk)
        if form.is_valid():
            try:
                return redirect("assessments:attempt", start_attempt(assignment, at=now).pk)
            except CannotStart as refusal:
                messages.error(request, refusal.words)
                return redirect("assessments:quiz-start", assignment.pk)
    intro = intro_of(assignment, at=now)
    earlier = own_results(request.user).filter(assignment=assignment) if intro.result.attempts_used else []
    context = {
        "assignment": assignment,
        "intro": intro,
        "form": form,
        "earlier": with_scores_shown(earlier, at=now),
        "sections": intro.version.sections.all() if intro.version else [],
        "ends": clock_time(intro.deadline_at, now) if intro.deadline_at else "",
        "open_ends": open_ends(intro.result.open_attempt, now),
        "now": now,
    }
    return render(request, "assessments/quiz_start.html", context)


@login_required
@require_POST
def quiz_try(request: HttpRequest, pk: int) -> HttpResponse:
    """An author sits a quiz to try it out; it is nobody's record and in no figure."""
    quiz = get_object_or_404(Quiz, pk=pk)
    require(can_author(request.user))
    assignment = try_quiz(quiz, actor=request.user, at=timezone.now())
    return redirect("assessments:quiz-start", assignment.pk)


@login_required
@never_cache
@require_safe
def attempt_list(request: HttpRequest) -> HttpResponse:
    """The own results, newest first, under what there is to sit."""
    now = timezone.now()
    page = Paginator(own_results(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": with_scores_shown(page.object_list, at=now),
        "open": to_sit(request.user, at=now),
        "later": opening_later(request.user, at=now),
    }
    return render(request, "assessments/attempt_list.html", context)


@login_required
@never_cache
@require_safe
@csp_override(PLAYER_CSP)
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """The player. GET changes nothing: a sitting whose time is up is closed by the form it shows."""
    sitting = own_sitting(request, pk)
    now = timezone.now()
    if not sitting.is_in_progress:
        return redirect("assessments:attempt-review", sitting.pk)
    if is_over(sitting, now):
        return _time_up(request, sitting, now)
    is_sequential = sitting.quiz_version.navigation == Navigation.SEQUENTIAL
    questions = shown_questions(sitting, page=next_open_page(sitting) if is_sequential else None)
    if not questions:  # every page of a forward-only quiz is left
        return redirect("assessments:attempt-submit", sitting.pk)
    places = places_of(sitting) if is_sequential else [(question.number, question.page) for question in questions]
    current = asked_for(request.GET.get("q"), questions)
    context = clock_context(sitting, now) | {
        "pages": pages_of(questions, places, section_titles(sitting, questions)),
        "current": current,
        "current_page": next(question.page for question in questions if question.number == current),
        "map": question_map(questions, places),
        "n": len(places),
        "is_sequential": is_sequential,
        "can_check": shows_while_answering(sitting),
        "saved_at": max((question.saved_at for question in questions if question.saved_at), default=None),
        "exit_url": reverse("assessments:attempt-list"),
        "shortcuts_off": not request.user.shortcuts_enabled,
    }
    return render(request, "assessments/attempt_player.html", context)


@login_required
@never_cache
@require_safe
def attempt_clock(request: HttpRequest, pk: int) -> HttpResponse:
    """What the learner's clock asks from time to time: a longer deadline is followed without a reload."""
    sitting = own_sitting(request, pk)
    return JsonResponse({"is_open": sitting.is_in_progress} | exchange(request, sitting, timezone.now()))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is unanswered or flagged; POST hands in. Handing in again shows the same result."""
    sitting = own_sitting(request, pk)
    now = timezone.now()
    if request.method == "POST":
        made = instant_made(sitting, request.POST.get("anchor"), request.POST.get("elapsed"), at=now)
        submit_attempt(sitting, actor=request.user, at=now, made_at=made)
    if not sitting.is_in_progress:
        return redirect("assessments:attempt-review", sitting.pk)
    if is_over(sitting, now) and not in_grace(sitting, now):
        return _time_up(request, sitting, now)
    questions = shown_questions(sitting)
    is_sequential = sitting.quiz_version.navigation == Navigation.SEQUENTIAL
    last_left = sitting.page_left if is_sequential else 0
    in_reach = [question for question in questions if question.page > last_left and not question.is_checked]
    blank = [question for question in questions if not question.is_answered]
    context = clock_context(sitting, now) | {
        "questions": questions,
        "unanswered": [question for question in blank if question in in_reach],
        "left_blank": [question for question in blank if question not in in_reach],
        "flagged": [question for question in questions if question.is_flagged and question.page > last_left],
        "can_go_back": any(question.page > last_left for question in questions),
        "is_sequential": is_sequential,
        "in_grace": in_grace(sitting, now),
        "is_marked_by_people": any(question.kind in MARKED_KINDS for question in questions),
        "exit_url": reverse("assessments:attempt", args=[sitting.pk]),
    }
    return render(request, "assessments/attempt_submit.html", context)


@login_required
@never_cache
@require_safe
def attempt_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The result with what may be shown of it; for the learner, leaders and analysts."""
    attempts = Attempt.objects.visible_to(request.user).select_related(*WITH)
    sitting = get_object_or_404(attempts, pk=pk)
    if sitting.is_in_progress:
        require(can_sit(request.user, sitting))
        return redirect("assessments:attempt", sitting.pk)
    is_own = can_sit(request.user, sitting)
    now = timezone.now()
    window = window_of(sitting.assignment, sitting.quiz_version, at=now)
    shows = shown_to_learner(sitting, window, at=now) if is_own else everything()
    is_graded = sitting.state == AttemptState.GRADED
    result = results_of([sitting.assignment], at=now)[sitting.assignment_id]
    questions = shown_questions(sitting, shows=shows) if shows else []
    context = {
        "attempt": sitting,
        "is_own": is_own,
        "shows": shows,
        "shows_marks": ReviewPart.MARKS in shows,
        "more": shown_later(sitting, window, at=now) if is_own else [],
        "questions": with_comments(with_lessons(questions, get_language())),
        "synced_late": [question.number for question in questions if question.is_synced_late],
        "void_reasons": void_reasons(questions),
        "review": review_of(sitting) if is_graded else None,
        "result": result,
        "can_repeat": is_own and sitting.assignment.is_open(now) and result.may_go_on and result.open_attempt is None,
    }
    return render(request, "assessments/attempt_review.html", context)


def _time_up(request: HttpRequest, sitting: Attempt, now: datetime) -> HttpResponse:
    if in_grace(sitting, now):
        return redirect("assessments:attempt-submit", sitting.pk)
    return render(request, "assessments/attempt_time_up.html", clock_context(sitting, now))
