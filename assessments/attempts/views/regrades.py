"""The doors of earlier regrades: all of a quiz, one in full, its scores as a workbook."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.attempts.exports import regrade_workbook
from assessments.attempts.models import Regrade
from assessments.attempts.permissions import can_correct
from assessments.attempts.queries import (
    attempts_judged,
    next_regrade,
    past_regrades,
    voids_behind,
    with_attempts,
    with_people,
)
from assessments.quizzes.models import Quiz
from lms.kernel.permissions import require
from lms.kernel.workbooks import XLSX

#: Regrades of one page.
PER_PAGE = 20
#: Changed scores of one page.
CHANGES_PER_PAGE = 100


@login_required
@never_cache
@require_safe
def regrade_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every regrade of the quiz, the newest first."""
    require(can_correct(request.user))
    quiz = get_object_or_404(Quiz, pk=pk)
    page = Paginator(quiz.regrades.select_related("regraded_by"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "quiz": quiz,
        "page": page,
        "rows": past_regrades(quiz, list(page)),
        "crumbs": [*_crumbs(quiz), {"label": _("Earlier regrades")}],
    }
    return render(request, "assessments/regrade_history.html", context)


@login_required
@never_cache
@require_safe
def regrade_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One regrade: who, when and why, the questions that were void then, every score it has changed."""
    regrade = _regrade(request, pk)
    (past,) = past_regrades(regrade.quiz, [regrade])
    page = Paginator(past.counted, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "regrade": regrade,
        "quiz": regrade.quiz,
        "past": past,
        "judged": attempts_judged(regrade),
        "page": page,
        "rows": with_people(with_attempts(list(page)), request.user),
        "previews": with_people(with_attempts(past.previews), request.user),
        "voids": voids_behind(regrade),
        "next": next_regrade(regrade),
        "crumbs": [
            *_crumbs(regrade.quiz),
            {"label": _("Earlier regrades"), "url": reverse("assessments:regrade-history", args=[regrade.quiz_id])},
            {"label": _("Regrade")},
        ],
    }
    return render(request, "assessments/regrade_detail.html", context)


@login_required
@never_cache
@require_safe
def regrade_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook, every score on one sheet."""
    regrade = _regrade(request, pk)
    (past,) = past_regrades(regrade.quiz, [regrade])
    changes = with_people(with_attempts(past.counted + past.previews), request.user)
    book = regrade_workbook(past, changes, voids=voids_behind(regrade), judged=attempts_judged(regrade))
    response = HttpResponse(book, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{regrade.quiz.key}-regrade-{regrade.pk}.xlsx"'
    return response


def _regrade(request: HttpRequest, pk: int) -> Regrade:
    require(can_correct(request.user))
    found: Regrade = get_object_or_404(Regrade.objects.select_related("quiz", "regraded_by"), pk=pk)
    return found


def _crumbs(quiz: Quiz) -> list[dict[str, Any]]:
    return [
        {"label": _("Corrections"), "url": reverse("assessments:regrade-list")},
        {"label": quiz.title, "url": reverse("assessments:regrade-form", args=[quiz.pk])},
    ]
