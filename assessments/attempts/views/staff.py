"""The doors of those who mark answers, declare questions void and regrade quizzes."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.attempts.forms.staff import MarkForm, RegradeForm, VoidForm
from assessments.attempts.models import AttemptQuestion, QuestionVoid
from assessments.attempts.permissions import can_correct, can_mark
from assessments.attempts.queries import (
    Criterion,
    EarlierMark,
    answer_to_mark,
    markable_answers,
    marking_queue,
    past_regrades,
    questions_asked_in,
    quizzes_with_results,
    reach_of,
    regrade_preview,
    rubric_of,
    waiting_in_blind_order,
    with_people,
)
from assessments.attempts.services import (
    AlreadyVoid,
    CannotMark,
    ChangedMeanwhile,
    commit_regrade,
    mark_answer,
    void_question,
    withdraw_void,
)
from assessments.bank.models import QuestionVersion
from assessments.bank.queries import asked_questions, newest_versions
from assessments.bank.states import QuestionStatus
from assessments.quizzes.models import Quiz
from lms.kernel.permissions import require
from lms.people.permissions import can_mark_answers

#: Changed scores of one page.
PER_PAGE = 100
#: Regrades that were made before, as far as the page lists them; the others stand in their history.
MOST_BEFORE = 5


# --- marking answers -----------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def marking_list(request: HttpRequest) -> HttpResponse:
    """The questions with answers that wait for the reader's marks."""
    require(can_mark_answers(request.user))
    return render(request, "assessments/marking_list.html", {"rows": marking_queue(request.user)})


@login_required
@never_cache
@require_safe
def marking_question(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer to the question after the other, without names. `?after=` leaves that one for later."""
    version = _version_to_mark(request, pk)
    waiting = waiting_in_blind_order(request.user, version)
    after = request.GET.get("after", "")
    place = waiting.index(int(after)) + 1 if after.isdecimal() and len(after) < 19 and int(after) in waiting else 0
    if not waiting:
        messages.success(request, _("Nothing is left to mark here for you. Thank you."))
        return redirect("assessments:marking-list")
    answer = _answer(waiting[place % len(waiting)])
    return _marking_page(request, version, answer, waiting, form=None)


@login_required
@require_POST
def marking_answer(request: HttpRequest, pk: int, answer_pk: int) -> HttpResponse:
    """Keep the marks of one answer and show the next one."""
    version = _version_to_mark(request, pk)
    answer = get_object_or_404(
        markable_answers(request.user).select_related("attempt__assignment", "question_version"),
        pk=answer_pk,
        question_version=version,
    )
    form = MarkForm(request.POST, rubric=_rubric(version))
    refusal: CannotMark | None = None
    if form.is_valid():
        try:
            mark_answer(
                answer,
                points=form.points,
                comment=form.cleaned_data["comment"],
                actor=request.user,
                at=timezone.now(),
            )
        except CannotMark as words:
            refusal = words
        else:
            messages.success(request, _("Marks kept."))
            return redirect("assessments:marking-question", version.pk)
    waiting = waiting_in_blind_order(request.user, version)
    return _marking_page(request, version, answer, waiting, form=form, refusal=refusal)


def _version_to_mark(request: HttpRequest, pk: int) -> QuestionVersion:
    """The wording, for those who mark somebody who was asked it: exam questions are no reading matter."""
    require(can_mark_answers(request.user))
    asked = markable_answers(request.user).filter(question_version=pk)
    return get_object_or_404(QuestionVersion.objects.filter(pk__in=asked.values("question_version")), pk=pk)


def _answer(pk: int) -> AttemptQuestion:
    return AttemptQuestion.objects.select_related("attempt__assignment", "question_version").get(pk=pk)


def _rubric(version: QuestionVersion) -> list[Any]:
    return rubric_of(asked_questions([version])[version.pk], get_language() or "zh-hans")


def _marking_page(
    request: HttpRequest,
    version: QuestionVersion,
    answer: AttemptQuestion,
    waiting: Sequence[int],
    *,
    form: MarkForm | None,
    refusal: CannotMark | None = None,
) -> HttpResponse:
    """`refusal` says why marks were not kept; what was typed is shown with it."""
    language = get_language() or "zh-hans"
    asked = asked_questions([version])[version.pk]
    rubric = rubric_of(asked, language)
    is_settling = answer.marks.count() >= 2 and can_mark(request.user, answer)
    shown = answer_to_mark(answer, rubric)
    context = {
        "version": version,
        "stem": asked.stem_html(language),
        "audio_url": asked.audio_url(language),
        "explanation": asked.explanation_html(language),
        "is_in_other_language": asked.is_in_other_language(language),
        "answer": shown,
        "earlier": shown.earlier if is_settling else [],
        "compared": _compared(shown.earlier) if is_settling else [],
        "form": form or MarkForm(rubric=rubric),
        "refusal": refusal,
        "place": waiting.index(answer.pk) + 1 if answer.pk in waiting else 0,
        "n": len(waiting),
        "exit_url": reverse("assessments:marking-list"),
        "shortcuts_off": not request.user.shortcuts_enabled,
    }
    return render(request, "assessments/marking_question.html", context)


def _compared(earlier: Sequence[EarlierMark]) -> list[tuple[Criterion, str, str]]:
    """What the two markers gave for each criterion."""
    first, second = earlier[:2]
    return [(criterion, one, two) for (criterion, one), (_same, two) in zip(first.points, second.points, strict=True)]


# --- void questions ------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def void_form(request: HttpRequest, pk: int) -> HttpResponse:
    """A wording with all it touches; POST declares it void. Scores change only by the regrades it offers then."""
    require(can_correct(request.user))
    version = get_object_or_404(QuestionVersion.objects.select_related("question"), pk=pk)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            void_question(version, **form.cleaned_data, actor=request.user, at=timezone.now())
            messages.success(request, _("The question is void. Scores that exist stay until you regrade."))
        except AlreadyVoid:
            messages.error(request, _("Somebody else has declared this question void meanwhile. Nothing was changed."))
        return redirect("assessments:void-form", version.pk)
    language = get_language() or "zh-hans"
    asked = asked_questions([version])[version.pk]
    is_newest = newest_versions([version.question_id]).filter(pk=version.pk).exists()
    context = {
        "version": version,
        "stem": asked.stem_html(language),
        "lines": [(option.is_right, asked.option_html(option, language)) for option in asked.options],
        "explanation": asked.explanation_html(language),
        "void": QuestionVoid.objects.filter(question_version=version, withdrawn_at__isnull=True)
        .select_related("voided_by")
        .first(),
        "earlier": version.voids.filter(withdrawn_at__isnull=False).select_related("voided_by"),
        "reach": reach_of(version),
        "withdraw_url": reverse("assessments:void-withdraw", args=[version.pk]),
        "crumbs": [
            {"label": _("Corrections"), "url": reverse("assessments:regrade-list")},
            {"label": version.question.key},
        ],
        "edit_url": reverse("questions:edit", args=[version.pk]),
        "is_still_asked": is_newest and version.question.status == QuestionStatus.READY,
        "form": form,
    }
    return render(request, "assessments/void_form.html", context)


@login_required
@require_POST
def void_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the wording count again; scores that exist change by the next regrade."""
    require(can_correct(request.user))
    version = get_object_or_404(QuestionVersion, pk=pk)
    void = version.voids.filter(withdrawn_at__isnull=True).first()
    if void is not None:
        withdraw_void(void, actor=request.user, at=timezone.now())
        messages.success(request, _("The question counts again. Scores that exist stay until you regrade."))
    return redirect("assessments:void-form", version.pk)


# --- regrades ------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def regrade_list(request: HttpRequest) -> HttpResponse:
    """The quizzes that have results, to look at and to correct."""
    require(can_correct(request.user))
    return render(request, "assessments/regrade_list.html", {"rows": quizzes_with_results()})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def regrade_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Every score that a regrade would change; POST commits exactly those."""
    require(can_correct(request.user))
    quiz = get_object_or_404(Quiz, pk=pk)
    form = RegradeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            regrade = commit_regrade(quiz, **form.cleaned_data, actor=request.user, at=timezone.now())
        except (ChangedMeanwhile, ValueError):
            messages.error(
                request,
                _("Something has changed since you looked, so nothing was regraded. Your reason is kept: look again."),
            )
        else:
            n = len(regrade.changes)
            messages.success(
                request,
                ngettext("Regraded: %(n)s score was corrected.", "Regraded: %(n)s scores were corrected.", n)
                % {"n": n},
            )
            return redirect("assessments:regrade-form", quiz.pk)
    preview = regrade_preview(quiz)
    typed = request.POST.get("reason", "")
    if request.method != "POST" or form.is_valid():  # looked at anew: another fingerprint, the same reason
        form = RegradeForm(initial={"expected": preview.fingerprint, "reason": typed})
    page = Paginator(preview.counted, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "quiz": quiz,
        "preview": preview,
        "page": page,
        "rows": with_people(page.object_list, request.user),
        "previews": with_people(preview.previews, request.user),
        "form": form,
        "questions": questions_asked_in(quiz),
        "before": past_regrades(quiz, quiz.regrades.select_related("regraded_by")[:MOST_BEFORE]),
        "n_before": quiz.regrades.count(),
        "crumbs": [{"label": _("Corrections"), "url": reverse("assessments:regrade-list")}, {"label": quiz.title}],
    }
    return render(request, "assessments/regrade_form.html", context)
