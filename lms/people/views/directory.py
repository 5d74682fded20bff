"""Who there is: the directory, a person's page, and a one-time code for one person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.kernel.permissions import require
from lms.people.forms.directory import DirectoryForm
from lms.people.models import User
from lms.people.permissions import can_browse_people, can_import_roster, can_issue_code, can_read_file_of
from lms.people.queries import leaders_of, local_day_of, roster_by_day, with_present_memberships
from lms.people.services.codes import PersonHasLeft, issue_code

PEOPLE_PER_PAGE = 50


@login_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    require(can_browse_people(request.user))
    today = timezone.localdate()
    form = DirectoryForm(request.GET)
    found = with_present_memberships(form.people(on=today), on=today)
    context = {
        "form": form,
        "filters": form.filters_in_force,
        "page": Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page")),
        "can_import": can_import_roster(request.user),
    }
    return render(request, "people/directory.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_browse_people(request.user) or request.user.pk == pk)
    person = _person(pk)
    return render(request, "people/person_detail.html", _person_context(request, person, at=timezone.now()))


@login_required
@never_cache
@require_POST
def issue_code_for(request: HttpRequest, pk: int) -> HttpResponse:
    """A new code, on the screen this one time."""
    require(can_browse_people(request.user))
    person = _person(pk)
    require(can_issue_code(request.user, person))
    at = timezone.now()
    try:
        code = issue_code(person, actor=request.user, at=at)
    except PersonHasLeft:
        messages.error(request, _("Whoever has left gets no code."))
        return redirect("people:detail", pk=pk)
    context = _person_context(request, person, at=at)
    context |= {"code": code, "expires_at": at + timedelta(days=settings.ONE_TIME_CODE_DAYS)}
    return render(request, "people/person_detail.html", context)


def _person(pk: int) -> User:
    people = with_present_memberships(User.objects.all(), on=timezone.localdate())
    return get_object_or_404(people, pk=pk)


def _person_context(request: HttpRequest, person: User, *, at: datetime) -> dict[str, Any]:
    today = local_day_of(person, at=at)
    context: dict[str, Any] = {
        "person": person,
        "today": today,
        "leaders": list(leaders_of(person, on=today).order_by("pinyin", "employee_no")),
        "sees_record": User.objects.visible_to(request.user).filter(pk=person.pk).exists(),
        "can_issue_code": can_issue_code(request.user, person) and person.is_active,
        "can_browse": can_browse_people(request.user),
        "reads_file": can_read_file_of(request.user, person),
    }
    if context["reads_file"]:
        monday = today - timedelta(days=today.weekday())
        context |= {
            "memberships": list(person.memberships.select_related("team__site").order_by("-from_on", "-pk")),
            "seats": list(person.seat_numbers.order_by("-from_on", "-pk")),
            "weeks": roster_by_day(person, monday=monday, weeks=2),
        }
    return context
