"""The scenarios that may be played, for those who write or play them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.roleplay.forms import WishForm
from assessments.roleplay.queries import scenario_library
from assessments.roleplay.rules import Wish
from assessments.scenarios.permissions import can_read_scenarios
from lms.kernel.permissions import require


@login_required
@require_safe
def scenario_list(request: HttpRequest) -> HttpResponse:
    """What there is to play, and how often each was played."""
    require(can_read_scenarios(request.user))
    form = WishForm(request.GET)
    wish = form.wish if form.is_valid() else Wish()
    context = {
        "rows": scenario_library(wish, at=timezone.now()),
        "filter_form": form,
        "filter_count": sum(1 for value in form.cleaned_data.values() if value),
        "here": reverse("assessments:scenario-list"),
        "crumbs": [
            {"label": _("Mystery calls"), "url": reverse("assessments:mystery-call-list")},
            {"label": _("Scenarios")},
        ],
    }
    return render(request, "assessments/scenario_list.html", context)
