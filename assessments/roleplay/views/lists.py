"""The list of calls and the planning page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.assignments.models import Assignment
from assessments.roleplay.forms import PlanForm, PlanTimeForm
from assessments.roleplay.permissions import can_plan, can_plan_any
from assessments.roleplay.queries import agents_to_call, assignments_awaiting_a_call, calls_on_list
from assessments.roleplay.services import CannotPlan, plan_mystery_call, plan_new_mystery_call
from assessments.roleplay.views.screens import list_entry
from assessments.scenarios.models import Scenario
from assessments.scenarios.queries import playable_scenarios
from lms.kernel.bilingual import in_language
from lms.kernel.permissions import require
from lms.people.models import User

PER_PAGE = 25
LISTED = 20


@login_required
@require_safe
def mystery_call_list(request: HttpRequest) -> HttpResponse:
    calls = calls_on_list(request.user)
    coming = [list_entry(call, request.user) for call in calls.before_debrief().order_by("planned_for", "pk")]
    page = Paginator(calls.shown().order_by("-debriefed_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    me = request.user.pk
    context = {
        "to_take": [entry for entry in coming if entry.call.assignment.person_id == me],
        "to_place": [entry for entry in coming if entry.call.caller_id == me],
        "of_others": [entry for entry in coming if me not in (entry.call.caller_id, entry.call.assignment.person_id)],
        "results": [list_entry(call, request.user) for call in page],
        "page": page,
        "can_plan": can_plan_any(request.user),
    }
    return render(request, "assessments/mystery_call_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mystery_call_plan(request: HttpRequest) -> HttpResponse:
    """`?assignment=` plans under an open assignment; otherwise the form asks with whom and which script."""
    require(can_plan_any(request.user))
    at = timezone.now()
    assignment = _assignment(request)
    form = _form(request, assignment, at)
    if request.method == "POST" and form.is_valid() and _plan(request, form.cleaned_data, assignment, at):
        return redirect("assessments:mystery-call-list")
    context = {
        "form": form,
        "assignment": assignment,
        "reason": in_language(assignment, "reason") if assignment else "",
        "crumbs": [
            {"label": _("Mystery calls"), "url": reverse("assessments:mystery-call-list")},
            {"label": _("Plan a mystery call")},
        ],
        **({} if assignment else _waiting(request, at)),
    }
    return render(request, "assessments/mystery_call_plan.html", context)


@dataclass(frozen=True)
class Waiting:
    """Somebody whose track or ticket asks for a call."""

    pk: int
    person: User
    scenario: Scenario | None
    reason: str
    due_on: date | None
    is_overdue: bool


def _waiting(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """The most urgent ones, and how many more there are."""
    rows = assignments_awaiting_a_call(request.user, at=at)
    listed = [
        Waiting(
            row.pk,
            row.person,
            row.scenario,
            in_language(row, "reason"),
            row.due_on,
            bool(row.due_on and row.due_on < timezone.localdate(at)),
        )
        for row in rows[:LISTED]
    ]
    return {"waiting": listed, "more": rows.count() - len(listed)}


def _assignment(request: HttpRequest) -> Assignment | None:
    """The assignment to plan under: 404 outside the viewer's view, 403 for whoever doesn't mark the team."""
    asked = request.GET.get("assignment", "")
    if not asked:
        return None
    rows = (
        Assignment.objects.visible_to(request.user).filter(scenario__isnull=False).select_related("person", "scenario")
    )
    assignment = get_object_or_404(rows, pk=asked if asked.isdecimal() else None)
    require(can_plan(request.user, assignment.person))
    return assignment


def _form(request: HttpRequest, assignment: Assignment | None, at: datetime) -> PlanTimeForm:
    data = request.POST if request.method == "POST" else None
    initial = {"planned_for": _next_quarter(at)}
    if assignment:
        return PlanTimeForm(data, initial=initial, at=at)
    return PlanForm(data, initial=initial, at=at, agents=agents_to_call(request.user), scenarios=playable_scenarios())


def _plan(request: HttpRequest, data: dict[str, Any], assignment: Assignment | None, at: datetime) -> bool:
    when = {"planned_for": data["planned_for"], "actor": request.user, "at": at}
    try:
        if assignment:
            call = plan_mystery_call(assignment, **when)
        else:
            require(can_plan(request.user, data["agent"]))
            call = plan_new_mystery_call(data["agent"], data["scenario"], reason=data["reason"], **when)
    except CannotPlan as refused:
        messages.error(request, refused.message)
        return False
    messages.success(request, _("Booked with %(agent)s, who has been told the time.") % {"agent": call.agent.full_name})
    return True


def _next_quarter(at: datetime) -> datetime:
    """The next full quarter of an hour."""
    start = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    return start + timedelta(minutes=15)
