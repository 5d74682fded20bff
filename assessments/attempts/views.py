"""The doors of sitting a quiz: intro, player, hand-in, review, own results."""

from datetime import datetime
from math import ceil
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.assignments.models import Assignment
from assessments.assignments.permissions import can_sit as can_sit_assignment
from assessments.attempts.forms import AnswerForm, FlagForm, StartForm
from assessments.attempts.models import Attempt, AttemptQuestion
from assessments.attempts.permissions import can_sit
from assessments.attempts.queries import (
    ShownQuestion,
    intro_of,
    own_results,
    results_of,
    review_of,
    shown_questions,
    to_sit,
    with_lessons,
)
from assessments.attempts.services import (
    CannotStart,
    NotKept,
    SequenceTaken,
    TimeIsUp,
    UnknownOption,
    save_answer,
    set_flag,
    start_attempt,
    submit_attempt,
)
from assessments.attempts.states import AttemptState
from lms.kernel.permissions import require

PER_PAGE = 20


# --- before --------------------------------------------------------------------------------------------------


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
        intro = intro_of(assignment, at=now)
        if intro.result.open_attempt is not None:
            return redirect("assessments:attempt", intro.result.open_attempt.pk)
        if form.is_valid():
            try:
                return redirect("assessments:attempt", start_attempt(assignment, at=now).pk)
            except CannotStart as refusal:
                messages.error(request, refusal.words)
                return redirect("assessments:quiz-start", assignment.pk)
    intro = intro_of(assignment, at=now)
    context = {
        "assignment": assignment,
        "intro": intro,
        "form": form,
        "earlier": own_results(request.user).filter(assignment=assignment),
        "is_open": assignment.is_open(now),
        "now": now,
    }
    return render(request, "assessments/quiz_start.html", context)


@login_required
@never_cache
@require_safe
def attempt_list(request: HttpRequest) -> HttpResponse:
    """The own results, newest first, under what there is to sit."""
    now = timezone.now()
    page = Paginator(own_results(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "assessments/attempt_list.html", {"page": page, "open": to_sit(request.user, at=now)})


# --- sitting -------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """The player. GET changes nothing: a sitting whose time is up is closed by the form it shows."""
    sitting = _sitting(request, pk)
    now = timezone.now()
    if sitting.state == AttemptState.GRADED:
        return redirect("assessments:attempt-review", sitting.pk)
    if now > sitting.deadline_at:
        return render(request, "assessments/attempt_time_up.html", {"attempt": sitting})
    questions = shown_questions(sitting)
    context = _clock(sitting, now) | {
        "questions": questions,
        "current": _asked_for(request.GET.get("q"), questions),
        "saved_at": max((question.saved_at for question in questions if question.saved_at), default=None),
        "exit_url": reverse("assessments:attempt-list"),
        "shortcuts_off": not request.user.shortcuts_enabled,
    }
    return render(request, "assessments/attempt_player.html", context)


@login_required
@require_POST
def attempt_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one answer. Scripts ask for JSON; a plain form is led on to the page it asked for."""
    sitting = _sitting(request, pk)
    drawn = _drawn(request, sitting)
    now = timezone.now()
    form = AnswerForm(request.POST, options=drawn.option_order)
    if not form.is_valid():
        return _refused(request, sitting, drawn, _("This answer doesn't fit the question. It was not kept."))
    try:
        answer = save_answer(drawn, sequence=form.cleaned_data["sequence"], chosen=form.cleaned_data["chosen"], at=now)
    except UnknownOption:
        return _refused(request, sitting, drawn, _("This answer doesn't fit the question. It was not kept."))
    except SequenceTaken as taken:
        return JsonResponse({"newest": taken.newest}, status=409)
    except NotKept as refusal:
        return _too_late(request, sitting, refusal, now)
    if _wants_json(request):
        return JsonResponse(
            {
                "sequence": answer.sequence,
                "saved_at": _clock_time(answer.received_at),
                "remaining": _remaining(sitting, now),
            }
        )
    return redirect(_next_page(request, sitting, drawn))


@login_required
@require_POST
def attempt_flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Flag a question for another look, or take the flag off. A plain form brings the answer along: it is kept, too."""
    sitting = _sitting(request, pk)
    drawn = _drawn(request, sitting)
    now = timezone.now()
    form, answer = FlagForm(request.POST), AnswerForm(request.POST, options=drawn.option_order)
    if not form.is_valid() or not answer.is_valid():
        return _refused(request, sitting, drawn, _("This question can't be flagged that way."))
    try:
        if not _wants_json(request):
            save_answer(drawn, sequence=None, chosen=answer.cleaned_data["chosen"], at=now)
        set_flag(drawn, is_flagged=form.cleaned_data["flagged"])
    except UnknownOption:
        return _refused(request, sitting, drawn, _("This answer doesn't fit the question. It was not kept."))
    except NotKept as refusal:
        return _too_late(request, sitting, refusal, now)
    if _wants_json(request):
        return JsonResponse({"flagged": drawn.is_flagged})
    return redirect(_page_of(sitting, drawn.order))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is unanswered or flagged; POST hands in. Handing in again shows the same result."""
    sitting = _sitting(request, pk)
    now = timezone.now()
    if request.method == "POST":
        submit_attempt(sitting, actor=request.user, at=now)
    if sitting.state == AttemptState.GRADED:
        return redirect("assessments:attempt-review", sitting.pk)
    if now > sitting.deadline_at:
        return render(request, "assessments/attempt_time_up.html", {"attempt": sitting})
    questions = shown_questions(sitting)
    context = _clock(sitting, now) | {
        "questions": questions,
        "unanswered": [question for question in questions if not question.is_answered],
        "flagged": [question for question in questions if question.is_flagged],
        "exit_url": reverse("assessments:attempt", args=[sitting.pk]),
    }
    return render(request, "assessments/attempt_submit.html", context)


# --- after ---------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def attempt_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The result with every question, its right answer and what to read; for the learner, leaders and analysts."""
    attempts = Attempt.objects.visible_to(request.user).select_related("assignment__person", "quiz_version__quiz")
    sitting = get_object_or_404(attempts, pk=pk)
    if sitting.state != AttemptState.GRADED:
        require(can_sit(request.user, sitting))
        return redirect("assessments:attempt", sitting.pk)
    is_own = can_sit(request.user, sitting)
    questions = shown_questions(sitting)
    context = {
        "attempt": sitting,
        "is_own": is_own,
        "questions": with_lessons(questions, get_language()),
        "review": review_of(sitting, questions),
        "result": results_of([sitting.assignment])[sitting.assignment_id],
        "can_repeat": is_own and sitting.assignment.is_open(timezone.now()),
    }
    return render(request, "assessments/attempt_review.html", context)


# --- helps ---------------------------------------------------------------------------------------------------


def _sitting(request: HttpRequest, pk: int) -> Attempt:
    """The attempt, for its learner only: 404 outside the view, 403 for those who may only see its result."""
    attempts = Attempt.objects.visible_to(request.user).select_related("assignment__person", "quiz_version__quiz")
    sitting = get_object_or_404(attempts, pk=pk)
    require(can_sit(request.user, sitting))
    return sitting


def _drawn(request: HttpRequest, sitting: Attempt) -> AttemptQuestion:
    number = request.POST.get("q", "")
    drawn = sitting.questions.select_related("question_version")
    return get_object_or_404(drawn, order=int(number) if number.isdecimal() and len(number) < 6 else 0)


def _clock(sitting: Attempt, now: datetime) -> dict[str, Any]:
    """What the timer and the words about time need."""
    limit, extra = sitting.quiz_version.time_limit_minutes, sitting.assignment.extra_minutes
    return {
        "attempt": sitting,
        "remaining": _remaining(sitting, now),
        "total": int((sitting.deadline_at - sitting.started_at).total_seconds()),
        "limit_minutes": limit,
        "full_minutes": limit + extra,
        "extra_minutes": extra,
    }


def _remaining(sitting: Attempt, now: datetime) -> int:
    """Whole seconds, rounded up: the browser's clock never ends before the server's."""
    return max(0, ceil((sitting.deadline_at - now).total_seconds()))


def _asked_for(wanted: str | None, questions: list[ShownQuestion]) -> int:
    """The number of the question to show: the one asked for, else the first without an answer."""
    numbers = {str(question.number): question.number for question in questions}
    if wanted in numbers:
        return numbers[wanted]
    return next((question.number for question in questions if not question.is_answered), 1)


def _page_of(sitting: Attempt, number: int) -> str:
    return f"{reverse('assessments:attempt', args=[sitting.pk])}?q={number}"


def _next_page(request: HttpRequest, sitting: Attempt, drawn: AttemptQuestion) -> str:
    """Where a plain form leads: another question, or the hand-in page."""
    go = request.POST.get("go", "")
    if go == "submit":
        return reverse("assessments:attempt-submit", args=[sitting.pk])
    return _page_of(sitting, int(go) if go.isdecimal() and len(go) < 6 else drawn.order)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _clock_time(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i")


def _too_late(request: HttpRequest, sitting: Attempt, refusal: NotKept, now: datetime) -> HttpResponse:
    """Say that the answer was not kept, and why. A sitting whose time is up is handed in by this POST."""
    if isinstance(refusal, TimeIsUp):
        time = date_format(timezone.localtime(refusal.deadline_at), "H:i:s")
        words = _("Not kept: the time was up at %(time)s.") % {"time": time}
        submit_attempt(sitting, actor=request.user, at=now)
    else:
        words = _("Not kept: this quiz was handed in already.")
    messages.error(request, words)  # scripts go to the next page at once, so it is said there
    if _wants_json(request):
        return JsonResponse({"message": words}, status=410)
    return redirect("assessments:attempt-review", sitting.pk)


def _refused(request: HttpRequest, sitting: Attempt, drawn: AttemptQuestion, words: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": words}, status=400)
    messages.error(request, words)
    return redirect(_page_of(sitting, drawn.order))
