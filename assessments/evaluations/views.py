"""The doors of evaluating: the queue, the marking screen, and the evaluations that people read."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments.calls.forms import RecordingForm
from assessments.calls.models import Call
from assessments.calls.permissions import can_browse_calls
from assessments.calls.rules import utterances
from assessments.evaluations.forms import MarkForm, PeopleFilter, QueueFilter, SummaryForm
from assessments.evaluations.models import Evaluation
from assessments.evaluations.permissions import can_acknowledge, can_discard, can_evaluate, can_mark
from assessments.evaluations.queries import (
    calls_in_queue,
    evaluation_read,
    evaluations_of_others,
    marking_groups,
    mean_score,
    own_evaluations,
    queue_rows,
    score_so_far,
    tally,
)
from assessments.evaluations.rules import NOT_APPLICABLE, Gap
from assessments.evaluations.services import (
    AlreadyEvaluated,
    NoScorecardInEffect,
    NotReadyToRelease,
    acknowledge_evaluation,
    discard_evaluation,
    mark_item,
    missing_in,
    note_on_item,
    release_evaluation,
    start_evaluation,
    write_summary,
)
from assessments.evaluations.states import EvaluationState
from assessments.scorecards.models import Item
from lms.kernel.permissions import require
from lms.kernel.rendering import render_part
from lms.kernel.states import IllegalMove, StaleState

PER_PAGE = 25
#: An agent's mean looks back this far.
MEAN_DAYS = 90

TOO_LATE = (IllegalMove, StaleState)


# --- calls to mark -------------------------------------------------------------------------------------------


@login_required
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """The calls of one's people, what is to be marked first."""
    require(can_browse_calls(request.user))
    form = QueueFilter(request.GET, viewer=request.user)
    calls = calls_in_queue(request.user, form.chosen)
    counts = tally(calls)
    page = Paginator(calls.filter(is_evaluated=False) if form.chosen.get("unmarked") else calls, PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "filter_form": form,
        "filter_count": len(form.chosen),
        "tally": counts,
        "page": page,
        "rows": queue_rows(list(page), request.user, on=timezone.localdate()),
    }
    return render(request, "assessments/call_list.html", context)


@login_required
@require_POST
def evaluation_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to evaluate a call, or go on with one's draft."""
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("agent"), pk=pk)
    require(can_evaluate(request.user, call))
    try:
        evaluation = start_evaluation(call, actor=request.user, at=timezone.now())
    except AlreadyEvaluated:
        messages.info(request, _("This call has been evaluated already."))
        return redirect("assessments:call-list")
    except NoScorecardInEffect:
        messages.error(request, _("No scorecard was in effect when this call took place. A QC lead can publish one."))
        return redirect("assessments:call-list")
    return redirect("assessments:evaluation-mark", evaluation.pk)


# --- marking -------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def evaluation_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """The marking screen of one's draft; what is released is read instead."""
    evaluation = _evaluation(request, pk)
    if evaluation.state != EvaluationState.DRAFT:
        return redirect("assessments:evaluation-detail", evaluation.pk)
    require(can_mark(request.user, evaluation))
    return render(request, "assessments/evaluation_mark.html", _marking_context(request, evaluation))


@login_required
@require_POST
def evaluation_mark_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Save one item: the foot with the new score for the script, the whole screen for a plain form."""
    evaluation = _evaluation(request, pk)
    require(can_mark(request.user, evaluation))
    item = get_object_or_404(
        Item.objects.select_related("section").filter(section__version=evaluation.scorecard_version_id), pk=item_pk
    )
    form = MarkForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([message for errors in form.errors.values() for message in errors])
        _save_mark(evaluation, item, form.cleaned_data, request.user)
    except ValidationError as problem:
        return _refused(request, evaluation, " ".join(problem.messages), status=422)
    except TOO_LATE:
        return _refused(request, evaluation, _("This evaluation was released; nothing was changed."), status=409)
    return _saved(request, evaluation, f"#item-{item.pk}")


@login_required
@require_POST
def evaluation_summary(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the summary for the agent."""
    evaluation = _evaluation(request, pk)
    require(can_mark(request.user, evaluation))
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _refused(request, evaluation, " ".join(form.errors["summary"]), status=422)
    try:
        write_summary(evaluation, summary=form.cleaned_data["summary"], actor=request.user, at=timezone.now())
    except TOO_LATE:
        return _refused(request, evaluation, _("This evaluation was released; nothing was changed."), status=409)
    return _saved(request, evaluation, "#summary")


@login_required
@require_POST
def evaluation_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release now; what is missing is named, with links to it."""
    evaluation = _evaluation(request, pk)
    require(can_mark(request.user, evaluation))
    try:
        release_evaluation(evaluation, actor=request.user, at=timezone.now())
    except NotReadyToRelease:
        return redirect(reverse("assessments:evaluation-mark", args=[evaluation.pk]) + "?missing=1")
    except AlreadyEvaluated:
        messages.error(
            request, _("Somebody else released an evaluation of this call first. Yours is kept as a draft; discard it.")
        )
        return redirect("assessments:evaluation-mark", evaluation.pk)
    except TOO_LATE:
        messages.info(request, _("This evaluation was released already."))
        return redirect("assessments:evaluation-detail", evaluation.pk)
    messages.success(request, _("Released. %(name)s has been told.") % {"name": evaluation.agent.full_name})
    return redirect("assessments:call-list")


@login_required
@require_POST
def evaluation_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw one's draft away."""
    evaluation = _evaluation(request, pk)
    require(can_discard(request.user, evaluation))
    try:
        discard_evaluation(evaluation, actor=request.user, at=timezone.now())
    except TOO_LATE:
        messages.error(request, _("This evaluation was released; it can't be discarded."))
        return redirect("assessments:evaluation-detail", pk)
    messages.success(request, _("The draft was discarded."))
    return redirect("assessments:call-list")


# --- reading -------------------------------------------------------------------------------------------------


@login_required
@require_safe
def evaluation_list(request: HttpRequest) -> HttpResponse:
    """An agent's own evaluations with their mean; for whoever leads or marks, those of their people."""
    if can_browse_calls(request.user) and request.GET.get("of") != "me":
        return _evaluations_of_others(request)
    now = timezone.now()
    page = Paginator(own_evaluations(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "mean": mean_score(request.user, since=now - timedelta(days=MEAN_DAYS)),
        "mean_days": MEAN_DAYS,
        "tabs": _tabs(request, own=True),
    }
    return render(request, "assessments/evaluation_list.html", context)


def _evaluations_of_others(request: HttpRequest) -> HttpResponse:
    form = PeopleFilter(request.GET, viewer=request.user)
    page = Paginator(evaluations_of_others(request.user, form.chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter_form": form,
        "filter_count": len(form.chosen),
        "page": page,
        "tabs": _tabs(request, own=False),
    }
    return render(request, "assessments/evaluation_team_list.html", context)


def _tabs(request: HttpRequest, *, own: bool) -> list[dict[str, Any]]:
    """Only for the few who lead or mark others and are evaluated themselves."""
    if not can_browse_calls(request.user) or not own_evaluations(request.user).exists():
        return []
    url = reverse("assessments:evaluation-list")
    return [
        {"label": _("My people's"), "url": url, "is_current": not own},
        {"label": _("My own"), "url": f"{url}?of=me", "is_current": own},
    ]


@login_required
@require_safe
def evaluation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The score, what made it, and the moments to listen to; strengths first."""
    evaluation = _evaluation(request, pk)
    if evaluation.state == EvaluationState.DRAFT:
        return redirect("assessments:evaluation-mark", evaluation.pk)
    return render(request, "assessments/evaluation_detail.html", _detail_context(request, evaluation))


@login_required
@require_POST
def evaluation_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """The agent has read it, which is not agreeing. Pressed twice, it stays as it was."""
    evaluation = _evaluation(request, pk)
    require(can_acknowledge(request.user, evaluation))
    try:
        acknowledge_evaluation(evaluation, actor=request.user, at=timezone.now())
    except TOO_LATE:
        evaluation.refresh_from_db()
    if not request.htmx:
        return redirect("assessments:evaluation-detail", evaluation.pk)
    return render_part(
        request, "assessments/evaluation_detail.html", "acknowledged", _detail_context(request, evaluation)
    )


# --- shared --------------------------------------------------------------------------------------------------


def _evaluation(request: HttpRequest, pk: int) -> Evaluation:
    rows = Evaluation.objects.visible_to(request.user).select_related(
        "agent__site", "evaluator", "call__agent", "scorecard_version__scorecard"
    )
    return get_object_or_404(rows, pk=pk)


def _save_mark(evaluation: Evaluation, item: Item, data: dict[str, Any], actor: Any) -> None:
    written = {"comment": data["comment"], "at_second": data["moment"], "actor": actor, "at": timezone.now()}
    if data["points"] is None:
        note_on_item(evaluation, item, **written)
    else:
        points = None if data["points"] == NOT_APPLICABLE else data["points"]
        mark_item(evaluation, item, points=points, **written)


def _saved(request: HttpRequest, evaluation: Evaluation, anchor: str) -> HttpResponse:
    if not request.htmx:
        return redirect(reverse("assessments:evaluation-mark", args=[evaluation.pk]) + anchor)
    context = {"evaluation": evaluation, "so_far": score_so_far(evaluation)}
    response = render_part(request, "assessments/evaluation_mark.html", "score", context)
    response["X-Saved-At"] = date_format(timezone.localtime(), "H:i")
    return response


def _refused(request: HttpRequest, evaluation: Evaluation, reason: str, *, status: int) -> HttpResponse:
    """The reason in words for the script; a plain form comes back to the screen with it."""
    if request.htmx:
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    messages.error(request, reason)
    return redirect("assessments:evaluation-mark", evaluation.pk)


def _marking_context(request: HttpRequest, evaluation: Evaluation) -> dict[str, Any]:
    """`?missing=1`, after a release that wasn't ready, names what is missing by now."""
    groups = marking_groups(evaluation)
    gaps = {piece.key: piece.gap for piece in missing_in(evaluation)} if "missing" in request.GET else {}
    words = {Gap.NOT_MARKED: _("not marked yet"), Gap.NO_COMMENT: _("needs a comment")}
    rows = [row for group in groups for row in group.rows]
    return {
        "evaluation": evaluation,
        "call": evaluation.call,
        "groups": groups,
        "current": next((row.item.pk for row in rows if not row.is_marked), rows[0].item.pk if rows else None),
        "missing": [(row.item, words[gaps[row.item.key]]) for row in rows if row.item.key in gaps],
        "so_far": score_so_far(evaluation),
        "utterances": utterances(evaluation.call.transcript),
        "recording_form": RecordingForm(),
        "exit_url": reverse("assessments:call-list"),
        "discard_url": reverse("assessments:evaluation-discard", args=[evaluation.pk]),
        "release_url": reverse("assessments:evaluation-release", args=[evaluation.pk]),
        "release_consequence": _("%(name)s is told and sees score, marks and comments. It can't be changed afterwards.")
        % {"name": evaluation.agent.full_name},
    }


def _detail_context(request: HttpRequest, evaluation: Evaluation) -> dict[str, Any]:
    return {
        "evaluation": evaluation,
        "call": evaluation.call,
        "read": evaluation_read(evaluation),
        "utterances": utterances(evaluation.call.transcript),
        "is_own": evaluation.agent_id == request.user.pk,
    }
