"""The caller's console and the steps taken there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.roleplay.permissions import can_cancel, can_place
from assessments.roleplay.services import (
    accept_rules,
    announce_mystery_call,
    begin_mystery_call,
    cancel_mystery_call,
    end_mystery_call,
    forfeit_mystery_call,
)
from assessments.roleplay.views.finding import act, find_call, page_of
from assessments.roleplay.views.screens import console_context
from lms.kernel.permissions import require


@login_required
@require_safe
def mystery_call_console(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    if call.is_shown:
        return page_of(request, call)
    return render(request, "assessments/mystery_call_console.html", console_context(call, at=timezone.now()))


@login_required
@require_POST
def mystery_call_announce(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    act(request, announce_mystery_call, call)
    return redirect("assessments:mystery-call-console", pk=pk)


@login_required
@require_POST
def mystery_call_accept_aloud(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    act(request, accept_rules, call, aloud=True)
    return redirect("assessments:mystery-call-console", pk=pk)


@login_required
@require_POST
def mystery_call_begin(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    act(request, begin_mystery_call, call)
    return redirect("assessments:mystery-call-console", pk=pk)


@login_required
@require_POST
def mystery_call_end(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    act(request, end_mystery_call, call)
    return redirect("assessments:mystery-call-console", pk=pk)


@login_required
@require_POST
def mystery_call_forfeit(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    act(request, forfeit_mystery_call, call)
    return redirect("assessments:mystery-call-console", pk=pk)


@login_required
@require_POST
def mystery_call_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_cancel(request.user, call))
    if act(request, cancel_mystery_call, call):
        messages.success(request, _("The call was cancelled; the agent has been told."))
    return redirect("assessments:mystery-call-list")
