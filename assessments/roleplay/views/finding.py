"""What the doors of mystery calls share: finding the call, and telling kindly that it has moved on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.roleplay.models import MysteryCall
from assessments.roleplay.permissions import can_place
from assessments.roleplay.services import CannotPlan, HelpNotRecorded, NotReadyForDebrief
from assessments.scenarios.services import ScenarioNotReady
from lms.kernel.states import IllegalMove, StaleState


def find_call(request: HttpRequest, pk: int) -> MysteryCall:
    """The call, if the viewer may know of it; 404 otherwise."""
    rows = MysteryCall.objects.visible_to(request.user).select_related(
        "assignment__person__site",
        "assignment__scenario",
        "scenario_version__scenario",
        "caller",
        "evaluation__scorecard_version",
    )
    return get_object_or_404(rows, pk=pk)


def page_of(request: HttpRequest, mystery_call: MysteryCall) -> HttpResponse:
    """Where the viewer follows the call: the debrief once it is shown, else console or own screen."""
    if mystery_call.is_shown:
        return redirect("assessments:mystery-call-debrief", pk=mystery_call.pk)
    if can_place(request.user, mystery_call):
        return redirect("assessments:mystery-call-console", pk=mystery_call.pk)
    return redirect("assessments:mystery-call-agent", pk=mystery_call.pk)


def act(request: HttpRequest, verb: Callable[..., Any], mystery_call: MysteryCall, **fields: Any) -> bool:
    """Do it, or say in words why it couldn't be done; True when it was done."""
    try:
        verb(mystery_call, actor=request.user, at=timezone.now(), **fields)
    except (StaleState, IllegalMove):
        messages.warning(
            request, _("The call had already moved on, so nothing was changed. This is how it stands now.")
        )
    except HelpNotRecorded:
        messages.error(request, _("Record first which help was taken; a forfeit needs it."))
    except NotReadyForDebrief:
        messages.error(request, _("Not everything is marked yet. What is missing is listed below."))
    except ScenarioNotReady as not_ready:
        messages.error(
            request, _("This script can't be played at the moment: %(why)s") % {"why": " ".join(not_ready.faults)}
        )
    except CannotPlan as refused:
        messages.error(request, refused.message)
    else:
        return True
    return False


def fresh(mystery_call: MysteryCall) -> MysteryCall:
    """The row as it is in the database now."""
    return MysteryCall.objects.select_related(
        "assignment__person__site", "assignment__scenario", "scenario_version__scenario", "caller"
    ).get(pk=mystery_call.pk)
