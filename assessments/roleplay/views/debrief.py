"""What both sides read after the call."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.roleplay.forms import AcknowledgeForm
from assessments.roleplay.permissions import can_place, can_take
from assessments.roleplay.services import acknowledge_mystery_call, debrief_mystery_call
from assessments.roleplay.views.finding import act, find_call, page_of
from assessments.roleplay.views.screens import debrief_context
from lms.kernel.permissions import require


@login_required
@require_safe
def mystery_call_debrief(request: HttpRequest, pk: int) -> HttpResponse:
    """The two sides are sent to their own screen while there is nothing to read yet; for others it doesn't exist."""
    call = find_call(request, pk)
    if not call.is_shown:
        if can_place(request.user, call) or can_take(request.user, call):
            return page_of(request, call)
        raise Http404
    context = {**debrief_context(call), "form": AcknowledgeForm(), "can_acknowledge": can_take(request.user, call)}
    context["can_read_notes"] = can_place(request.user, call)
    return render(request, "assessments/mystery_call_debrief.html", context)


@login_required
@require_POST
def mystery_call_show_debrief(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_place(request.user, call))
    if act(request, debrief_mystery_call, call):
        return redirect("assessments:mystery-call-debrief", pk=pk)
    return redirect("assessments:mystery-call-console", pk=pk)


@login_required
@require_POST
def mystery_call_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    call = find_call(request, pk)
    require(can_take(request.user, call))
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        context = {**debrief_context(call), "form": form, "can_acknowledge": True}
        return render(request, "assessments/mystery_call_debrief.html", context, status=422)
    if act(request, acknowledge_mystery_call, call, comment=form.cleaned_data["comment"]):
        messages.success(request, _("Thank you. The call is settled; you can come back to this debrief at any time."))
    return redirect("assessments:mystery-call-debrief", pk=pk)
