"""The list of calls."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.roleplay.permissions import can_plan_any
from assessments.roleplay.queries import calls_on_list
from assessments.roleplay.views.screens import list_entry
from assessments.scenarios.permissions import can_read_scenarios

PER_PAGE = 25


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
        "can_read_scenarios": can_read_scenarios(request.user),
    }
    return render(request, "assessments/mystery_call_list.html", context)
