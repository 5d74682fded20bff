"""The doors of exceptions: the list, giving one, withdrawing one."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.assignments.forms import ExceptionFilter, ExceptionForm, initial_of
from assessments.assignments.models import WindowOverride
from assessments.assignments.permissions import can_give_override
from assessments.assignments.queries import Effects, effects_of, listed_overrides
from assessments.assignments.services import OverrideExists, give_override, unsaved_override, withdraw_override
from lms.kernel.permissions import require
from lms.people.models import Team, User
from lms.people.permissions import can_run_exams

PER_PAGE = 25


@login_required
@require_safe
def override_list(request: HttpRequest) -> HttpResponse:
    """What holds for the viewer's people and teams, and what was withdrawn."""
    require(can_run_exams(request.user))
    form = ExceptionFilter(request.GET, viewer=request.user)
    rows = form.rows(WindowOverride.objects.visible_to(request.user))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter_form": form,
        "filter_count": len(form.chosen),
        "page": page,
        "rows": listed_overrides(list(page), request.user),
    }
    return render(request, "assessments/override_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def override_give(request: HttpRequest) -> HttpResponse:
    """The form. The first POST shows what it does; the second, with the same choices, does it."""
    require(can_run_exams(request.user))
    now = timezone.now()
    if request.method != "POST":
        form = ExceptionForm(viewer=request.user, initial=_initial(request))
        return _form_page(request, form)
    form = ExceptionForm(request.POST, viewer=request.user)
    if not form.is_valid():
        return _form_page(request, form)
    data = form.cleaned_data
    require(can_give_override(request.user, data["to"]))
    row = unsaved_override(data["quiz"], data["override"], to=data["to"], actor=request.user)
    effects = effects_of(data["quiz"], data["to"], row, at=now)
    seen = _fingerprint(data, effects)
    if request.POST.get("seen") != seen:
        return _form_page(request, form, effects=effects, seen=seen)
    try:
        give_override(data["quiz"], data["override"], to=data["to"], reason=data["reason"], actor=request.user, at=now)
    except OverrideExists:
        messages.error(
            request, _("Somebody has given another exception meanwhile. Nothing was saved; please look again.")
        )
        return _form_page(request, form, effects=effects, seen="")
    messages.success(request, _done(effects))
    return redirect("assessments:override-list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def override_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """What withdrawing does; POST withdraws."""
    require(can_run_exams(request.user))
    row = _visible(request, pk)
    to = row.to
    require(can_give_override(request.user, to))
    if row.withdrawn_at is not None:
        messages.info(request, _("This exception was withdrawn already."))
        return redirect("assessments:override-list")
    now = timezone.now()
    effects = effects_of(row.quiz, to, None, at=now)
    if request.method == "POST":
        withdraw_override(row, actor=request.user, at=now)
        messages.success(request, _done(effects))
        return redirect("assessments:override-list")
    context = {"row": row, "effects": effects, "zone": _zone(to), "crumbs": _crumbs(_("Withdraw an exception"))}
    return render(request, "assessments/override_withdraw.html", context)


def _form_page(
    request: HttpRequest, form: ExceptionForm, *, effects: Effects | None = None, seen: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "effects": effects,
        "seen": seen,
        "zone": _zone(effects.to) if effects else None,
        "crumbs": _crumbs(_("Give an exception")),
    }
    return render(request, "assessments/override_form.html", context)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """`?from=` changes an exception; `?quiz=` and `?who=` are filled in by whoever links here."""
    if request.GET.get("from"):
        return initial_of(_visible(request, request.GET["from"]))
    return {name: request.GET[name] for name in ("quiz", "who", "team", "whose") if request.GET.get(name)}


def _visible(request: HttpRequest, pk: int | str) -> WindowOverride:
    rows = WindowOverride.objects.visible_to(request.user).select_related("quiz", "person__site", "team__site")
    return get_object_or_404(rows, pk=pk if str(pk).isdecimal() and len(str(pk)) < 12 else 0)


def _zone(to: User | Team) -> str:
    return to.time_zone if isinstance(to, User) else to.site.time_zone


def _fingerprint(data: dict[str, Any], effects: Effects) -> str:
    """What was looked at: the choices, and the exception that ends with it."""
    to, replaces = data["to"], effects.replaces.pk if effects.replaces else 0
    values = [_plain(value) for value in vars(data["override"]).values()]
    return sha256(repr((data["quiz"].pk, type(to).__name__, to.pk, values, replaces)).encode()).hexdigest()[:24]


def _plain(value: Any) -> str:
    return str(value.timestamp()) if isinstance(value, datetime) else str(value)


def _done(effects: Effects) -> str:
    n = effects.people_told
    words = [ngettext("Done. %(n)s person was told.", "Done. %(n)s people were told.", n) % {"n": n}]
    if effects.moved:
        n = len(effects.moved)
        words.append(
            ngettext("%(n)s open sitting has another deadline.", "%(n)s open sittings have another deadline.", n)
            % {"n": n}
        )
    return " ".join(words)


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("Exceptions"), "url": reverse("assessments:override-list")}, {"label": label}]
