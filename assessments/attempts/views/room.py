"""The doors of the exam room: open sittings, extra time for a group, answers that came late."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.assignments.permissions import can_give_override
from assessments.attempts.forms.room import ExtraTimeForm, LateFilter, RoomFilter
from assessments.attempts.queries.room import (
    ExtraTimeEffects,
    extra_time_effects,
    extra_times_given,
    late_answers_examined,
    open_sittings,
    sittings_examined,
)
from assessments.attempts.services import give_extra_time
from assessments.attempts.services.timing import AlreadyGiven
from lms.kernel.permissions import require
from lms.kernel.rendering import render_part
from lms.people.permissions import can_run_exams

PER_PAGE = 100
LATE_PER_PAGE = 50
#: Gifts that the room lists.
GIVEN_LISTED = 10
#: Sittings that are listed before extra time is given.
REACHED_LISTED = 50


@login_required
@require_safe
def exam_room(request: HttpRequest) -> HttpResponse:
    """Who sits a quiz now; the page asks again by itself. Who has least time left is on top."""
    require(can_run_exams(request.user))
    now = timezone.now()
    form = RoomFilter(request.GET, viewer=request.user, at=now)
    rows = form.rows(sittings_examined(request.user, at=now), on=timezone.localdate(now))
    rows = rows.select_related("assignment__person", "quiz_version__quiz")
    page = Paginator(
        rows.order_by(F("deadline_at").asc(nulls_last=True), "assignment__person__pinyin", "pk"), PER_PAGE
    ).get_page(request.GET.get("page"))
    context = {
        "filter_form": form,
        "filter_count": len(form.chosen),
        "page": page,
        "rows": open_sittings(list(page), viewer=request.user, at=now),
        "now": now,
        "team": form.chosen.get("team"),
        "given": extra_times_given(request.user)[:GIVEN_LISTED],
    }
    return render_part(request, "assessments/exam_room.html", "sittings", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extra_time_give(request: HttpRequest) -> HttpResponse:
    """More time for a group. The first POST shows whom it reaches; the second, with the same group and minutes, gives
    it."""
    require(can_run_exams(request.user))
    if request.method != "POST":
        initial = {"team": request.GET.get("team"), "minutes": 10}
        return _extra_time_page(request, ExtraTimeForm(viewer=request.user, initial=initial))
    form = ExtraTimeForm(request.POST, viewer=request.user)
    if not form.is_valid():
        return _extra_time_page(request, form)
    data, now = form.cleaned_data, timezone.now()
    require(can_give_override(request.user, data["team"]))
    effects = extra_time_effects(data["team"], actor=request.user, at=now)
    choice, known = _seen(request.POST.get("seen", ""))
    if choice != _choice(data) or not effects.attempts:
        return _extra_time_page(request, form, effects)
    try:
        given = give_extra_time(
            data["team"], minutes=data["minutes"], reason=data["reason"], actor=request.user, at=now, seen=known
        )
    except AlreadyGiven as other:
        words = _("%(name)s has given %(minutes)s minutes meanwhile. Nothing more was given; please look again.")
        messages.warning(request, words % {"name": other.given.given_by.full_name, "minutes": other.given.minutes})
        return _extra_time_page(request, form, effects)
    n = given.attempts.count()
    words = ngettext("%(n)s sitting has %(minutes)s more minutes.", "%(n)s sittings have %(minutes)s more minutes.", n)
    messages.success(request, words % {"n": n, "minutes": given.minutes})
    return redirect("assessments:exam-room")


@login_required
@require_safe
def exam_late(request: HttpRequest) -> HttpResponse:
    """Answers that were made in time and came after the deadline, the newest on top."""
    require(can_run_exams(request.user))
    form = LateFilter(request.GET)
    rows = form.rows(late_answers_examined(request.user, at=timezone.now()))
    context = {
        "filter_form": form,
        "filter_count": len(form.chosen),
        "page": Paginator(rows, LATE_PER_PAGE).get_page(request.GET.get("page")),
        "crumbs": _crumbs(_("Late answers")),
    }
    return render(request, "assessments/exam_late.html", context)


def _extra_time_page(
    request: HttpRequest, form: ExtraTimeForm, effects: ExtraTimeEffects | None = None
) -> HttpResponse:
    minutes = form.cleaned_data["minutes"] if effects else 0
    known = effects.newest.pk if effects and effects.newest else 0
    context = {
        "form": form,
        "effects": effects,
        "reached": [
            {"attempt": row, "new": row.deadline_at + timedelta(minutes=minutes)}
            for row in (effects.attempts[:REACHED_LISTED] if effects else [])
            if row.deadline_at is not None
        ],
        "more": max(0, len(effects.attempts) - REACHED_LISTED) if effects else 0,
        "minutes": minutes,
        "seen": f"{_choice(form.cleaned_data)}.{known}" if effects else "",
        "crumbs": _crumbs(_("Extra time for a group")),
    }
    return render(request, "assessments/extra_time_form.html", context)


def _choice(data: dict[str, Any]) -> str:
    return f"{data['team'].pk}-{data['minutes']}"


def _seen(sent: str) -> tuple[str, int]:
    """What was looked at (group and minutes), and the newest gift that was shown."""
    choice, _dot, known = sent.partition(".")
    return choice, int(known) if known.isdecimal() and len(known) < 12 else 0


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("Exam room"), "url": reverse("assessments:exam-room")}, {"label": label}]
