"""`/`: everybody's first question, answered by role."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from lms.dashboards.queries import agent_day, analyst_day, author_day, supervisor_day
from lms.people.permissions import can_author, can_follow_learning
from lms.people.queries import has_role
from lms.people.states import LEADING, MARKING, Role


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My day for agents; the start page of whatever else somebody does."""
    user, at = request.user, timezone.now()
    context: dict[str, Any] = {"hour": timezone.localtime(at).hour}
    if has_role(user, Role.AGENT):
        return render(request, "dashboards/my_day.html", {**context, "day": agent_day(user, at=at)})
    if has_role(user, *MARKING):
        return render(request, "dashboards/analyst_day.html", {**context, "day": analyst_day(user, at=at)})
    if has_role(user, *LEADING):
        return render(request, "dashboards/supervisor_day.html", {**context, "day": supervisor_day(user, at=at)})
    if can_author(user):
        day = author_day(user, language=get_language() or "zh-hans", at=at)
        return render(
            request, "dashboards/author_day.html", {**context, "day": day, "may_follow": can_follow_learning(user)}
        )
    return render(request, "dashboards/plain_day.html", context)
