"""The planning page: with whom, which scenario, when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import randbelow
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.assignments.models import Assignment
from assessments.roleplay.forms import PlanForm, PlanTimeForm, WhomForm
from assessments.roleplay.permissions import can_plan, can_plan_any
from assessments.roleplay.queries import agents_to_call, assignments_awaiting_a_call, exposure_now, scenarios_for
from assessments.roleplay.services import CannotPlan, plan_mystery_call, plan_new_mystery_call
from assessments.roleplay.views.exposures import exposure_words, scenario_choices
from assessments.scenarios.models import Scenario
from assessments.scenarios.permissions import can_read_scenarios
from lms.kernel.bilingual import in_language
from lms.kernel.permissions import require
from lms.people.models import User

LISTED = 20
#: Seeds are whole numbers below this one.
SEEDS = 2**31


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mystery_call_plan(request: HttpRequest) -> HttpResponse:
    """`?assignment=` plans under an open assignment; otherwise the page asks with whom, and proposes a scenario."""
    require(can_plan_any(request.user))
    at = timezone.now()
    if assignment := _assignment(request):
        return _under_assignment(request, assignment, at)
    asked = request.POST if request.method == "POST" else request.GET if "agent" in request.GET else None
    whom = WhomForm(asked, agents=agents_to_call(request.user))
    if whom.is_bound and whom.is_valid():
        return _new_call(request, whom, at)
    return render(request, "assessments/mystery_call_plan.html", {"form": whom, **_crumbs(), **_waiting(request, at)})


def _under_assignment(request: HttpRequest, assignment: Assignment, at: datetime) -> HttpResponse:
    """The scenario is settled; what the agent or the team knows of it is only said."""
    form = PlanTimeForm(
        request.POST if request.method == "POST" else None, initial={"planned_for": _next_quarter(at)}, at=at
    )
    if request.method == "POST" and form.is_valid():
        booked = _book(request, plan_mystery_call, assignment, planned_for=form.cleaned_data["planned_for"], at=at)
        if booked:
            return redirect("assessments:mystery-call-list")
    exposure = exposure_now(assignment.scenario, assignment.person, at=at) if assignment.scenario else None
    context = {
        "form": form,
        "assignment": assignment,
        "reason": in_language(assignment, "reason"),
        "remark": exposure_words(exposure, at=at) if exposure and exposure.clash else "",
        **_crumbs(),
    }
    return render(request, "assessments/mystery_call_plan.html", context)


def _new_call(request: HttpRequest, whom: WhomForm, at: datetime) -> HttpResponse:
    """The scenarios as this agent would meet them, one of them proposed."""
    agent = whom.cleaned_data["agent"]
    rows = scenarios_for(agent, whom.wish, at=at)
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        initial={"planned_for": _next_quarter(at), "seed": randbelow(SEEDS)},
        rows=rows,
        at=at,
    )
    if request.method == "POST" and form.is_valid():
        require(can_plan(request.user, agent))
        scenario = form.cleaned_data["scenario"]
        if _book(request, plan_new_mystery_call, agent, scenario, at=at, **form.to_book()):
            return redirect("assessments:mystery-call-list")
    context = {
        "form": form,
        "whom": whom,
        "agent": agent,
        "can_read_scenarios": can_read_scenarios(request.user),
        "choices": scenario_choices(rows, proposed=form.proposed, chosen=form["scenario"].value(), at=at),
        **_crumbs(),
    }
    return render(request, "assessments/mystery_call_plan.html", context)


def _book(request: HttpRequest, verb: Any, *subject: Any, at: datetime, **fields: Any) -> bool:
    """Book the call, or say in words why it couldn't be."""
    try:
        call = verb(*subject, actor=request.user, at=at, **fields)
    except CannotPlan as refused:
        messages.error(request, refused.message)
        return False
    messages.success(request, _("Booked with %(agent)s, who has been told the time.") % {"agent": call.agent.full_name})
    return True


def _crumbs() -> dict[str, Any]:
    return {
        "crumbs": [
            {"label": _("Mystery calls"), "url": reverse("assessments:mystery-call-list")},
            {"label": _("Plan a mystery call")},
        ]
    }


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


def _next_quarter(at: datetime) -> datetime:
    """The next full quarter of an hour."""
    start = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    return start + timedelta(minutes=15)
