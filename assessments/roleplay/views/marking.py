"""What the caller's console saves by itself while the call goes on.

The script asks for JSON and shows the stamp; without scripts the same forms come back to the console.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.evaluations.rules import NOT_APPLICABLE
from assessments.roleplay.forms import HelpForm, ItemForm, NotesForm, PointForm
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.permissions import can_place
from assessments.roleplay.rules import clock_shown
from assessments.roleplay.services import mark_other_item, mark_point, note_on_other_item, record_help, write_notes
from assessments.roleplay.views.finding import act, find_call, fresh
from assessments.roleplay.views.screens import help_context
from assessments.scenarios.models import Point
from assessments.scorecards.models import Item
from lms.kernel.permissions import require
from lms.kernel.states import StaleState


@login_required
@require_POST
def mystery_call_mark_point(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    point = get_object_or_404(Point, pk=point_pk, version=call.scenario_version_id)
    return _save(request, call, PointForm(request.POST), lambda data, **who: mark_point(call, point, **data, **who))


@login_required
@require_POST
def mystery_call_mark_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    version = call.evaluation.scorecard_version_id if call.evaluation else None
    item = get_object_or_404(Item.objects.select_related("section"), pk=item_pk, section__version=version)

    def write(data: dict[str, Any], **who: Any) -> Any:
        if data["points"] == "":
            return note_on_other_item(call, item, comment=data["comment"], **who)
        points = None if data["points"] == NOT_APPLICABLE else data["points"]
        return mark_other_item(call, item, points=points, comment=data["comment"], **who)

    return _save(request, call, ItemForm(request.POST), write)


@login_required
@require_POST
def mystery_call_notes(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    return _save(request, call, NotesForm(request.POST), lambda data, **who: write_notes(call, **data, **who))


@login_required
@require_POST
def mystery_call_help(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    form = HelpForm(request.POST)
    if form.is_valid():
        act(request, record_help, call, kind=form.cleaned_data["kind"])
    if getattr(request, "htmx", False):
        return render(request, "assessments/mystery_call_console.html#help-panel", help_context(fresh(call)))
    return redirect("assessments:mystery-call-console", pk=pk)


def _save(request: HttpRequest, call: MysteryCall, form: Form, write: Callable[..., Any]) -> HttpResponse:
    """Validate, write, and answer with the stamp, or with why it wasn't kept (422) or can't be any more (409)."""
    at = timezone.now()
    problem, status, row = "", 200, None
    if not form.is_valid():
        problem, status = _first_of(form), 422
    else:
        try:
            row = write(form.cleaned_data, actor=request.user, at=at)
        except ValidationError as refused:
            problem, status = " ".join(refused.messages), 422
        except StaleState:
            problem, status = _("The call has moved on; this was not saved. Reload the page."), 409
    if request.headers.get("Accept") == "application/json":
        stamp = clock_shown(getattr(row, "at_second", None))
        saved_at = timezone.localtime(at).strftime("%H:%M")
        return JsonResponse({"stamp": stamp, "saved_at": saved_at, "problem": problem}, status=status)
    if problem:
        messages.error(request, problem)
    return redirect("assessments:mystery-call-console", pk=call.pk)


def _first_of(form: Form) -> str:
    return str(next(iter(form.errors.values()))[0])
