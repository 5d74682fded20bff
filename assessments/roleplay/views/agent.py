"""The agent's own screen: the rules, the clock, the way out."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.roleplay.permissions import can_take
from assessments.roleplay.services import accept_rules, give_up
from assessments.roleplay.views.finding import act, find_call, page_of
from assessments.roleplay.views.screens import agent_context
from lms.kernel.permissions import require


@login_required
@require_safe
def mystery_call_agent(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_take(request.user, call))
    if call.is_shown:
        return page_of(request, call)
    return render(request, "assessments/mystery_call_agent.html", agent_context(call, at=timezone.now()))


@login_required
@require_POST
def mystery_call_accept(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_take(request.user, call))
    act(request, accept_rules, call)
    return redirect("assessments:mystery-call-agent", pk=pk)


@login_required
@require_POST
def mystery_call_give_up(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_take(request.user, call))
    act(request, give_up, call)
    return redirect("assessments:mystery-call-agent", pk=pk)
