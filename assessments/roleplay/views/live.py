"""How both sides follow each other: asked every two seconds, answered only when the call has moved."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.roleplay.permissions import can_place, can_take
from assessments.roleplay.states import MysteryCallState
from assessments.roleplay.views.finding import find_call
from assessments.roleplay.views.screens import agent_context, console_context
from lms.kernel.permissions import require

#: Nothing new: htmx leaves the page as it is.
UNCHANGED = 204


@never_cache
@require_safe
def mystery_call_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The state panel of the viewer's side. `?seen=` names the state that side shows; the same one answers 204."""
    if not request.user.is_authenticated:  # signed out meanwhile: the sign-in page must not land in the panel
        return HttpResponse(headers={"HX-Redirect": reverse("account_login")})
    call = find_call(request, pk)
    require(can_place(request.user, call) or can_take(request.user, call))
    if call.is_shown:
        return HttpResponse(headers={"HX-Redirect": reverse("assessments:mystery-call-debrief", args=[pk])})
    if request.GET.get("seen") == call.state:
        return HttpResponse(status=UNCHANGED)
    at = timezone.now()
    if can_place(request.user, call):
        context = {**console_context(call, at=at), "is_poll": True}
        panel = render(request, "assessments/mystery_call_console.html#state-panel", context)
        if call.state == MysteryCallState.FORFEITED:  # the agent's own doing: the caller may be looking elsewhere
            note = {"text": _("The agent has given up. The call has ended."), "state": "attention"}
            panel["HX-Trigger"] = json.dumps({"toast": note})
        return panel
    return render(request, "assessments/mystery_call_agent.html#state-panel", agent_context(call, at=at))
