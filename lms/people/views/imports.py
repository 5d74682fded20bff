"""Files of people and rosters: upload, look at what they would do, confirm or discard, print the codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.kernel.permissions import require
from lms.kernel.rendering import render_part
from lms.kernel.states import IllegalMove, StaleState
from lms.people.formats import people as people_format
from lms.people.formats import roster as roster_format
from lms.people.formats.headings import Column, UnreadableFile
from lms.people.forms.imports import LineFilterForm, UploadForm
from lms.people.models import ImportBatch, JobRole, User
from lms.people.permissions import can_import, can_import_roster, can_manage_people
from lms.people.queries import with_open_memberships
from lms.people.rules.imports import FieldChange, LineKind, PlannedLine
from lms.people.rules.names import search_words
from lms.people.services.imports import (
    CODES_AT_ONCE,
    CodesAlreadyIssued,
    PlanChanged,
    ask_for_import,
    awaiting_first_code,
    discard_import,
    issue_import_codes,
    planned_import,
    refused_lines,
    upload_import,
)
from lms.people.states import Activity, ImportKind, ImportSetback, ImportState, PersonStatus, Role

LINES_PER_PAGE = 50
BATCHES_PER_PAGE = 25

COLUMNS: dict[str, Sequence[Column]] = {
    ImportKind.PEOPLE.value: people_format.COLUMNS,
    ImportKind.ROSTER.value: roster_format.COLUMNS,
}
#: What happens to a line, in the order of the tabs.
KIND_LABELS = {
    LineKind.ADDED: gettext_lazy("Added"),
    LineKind.CHANGED: gettext_lazy("Changed"),
    LineKind.REMOVED: gettext_lazy("Replaced"),
    LineKind.UNCHANGED: gettext_lazy("Unchanged"),
    LineKind.REFUSED: gettext_lazy("Refused"),
}
KIND_STATES = {
    LineKind.ADDED: "good",
    LineKind.CHANGED: "attention",
    LineKind.REMOVED: "attention",
    LineKind.UNCHANGED: "neutral",
    LineKind.REFUSED: "bad",
}
_LABELS = {column.key: column.label for columns in COLUMNS.values() for column in columns} | {
    "memberships": gettext_lazy("Teams and roles"),
    "starts_at": pgettext_lazy("roster", "Start"),
    "ends_at": pgettext_lazy("roster", "End"),
}


@dataclass(frozen=True)
class ShownChange:
    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class ShownLine:
    """One line of the preview, in the reader's words."""

    number: int | None
    employee_no: str
    name: str
    label: Any
    state: str
    is_new: bool
    changes: tuple[ShownChange, ...]
    problems: tuple[tuple[Any, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Tab:
    label: Any
    url: str
    is_current: bool
    count: int


@login_required
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    require(can_import_roster(request.user))
    batches = ImportBatch.objects.visible_to(request.user).select_related("uploaded_by")
    context = {
        "page": Paginator(batches, BATCHES_PER_PAGE).get_page(request.GET.get("page")),
        "can_import_people": can_import(request.user, ImportKind.PEOPLE),
        "can_import_roster": can_import(request.user, ImportKind.ROSTER),
    }
    return render(request, "people/import_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_upload(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in ImportKind.values:
        raise Http404
    require(can_import(request.user, kind))
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        try:
            batch = upload_import(kind, form.cleaned_data["file"], actor=request.user, at=timezone.now())
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("people:import-preview", pk=batch.pk)
    context = {
        "form": form,
        "kind": kind,
        "columns": COLUMNS[kind],
        "sample": f"samples/{kind}.csv",
        "crumbs": _crumbs(ImportKind(kind).label),
    }
    return render(request, "people/import_upload.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user).select_related("uploaded_by"), pk=pk)
    context: dict[str, Any] = {"batch": batch, "crumbs": _crumbs(batch.file_name)}
    if batch.state == ImportState.CONFIRMING:
        return render_part(request, "people/import_writing.html", "writing", context)
    if request.headers.get("X-Background"):  # the page that waited for the worker
        return HttpResponse(headers={"HX-Redirect": reverse("people:import-preview", args=[pk])})
    if batch.state == ImportState.PREVIEWED:
        context |= _preview_context(request, batch)
        return render(request, "people/import_preview.html", context)
    if batch.state == ImportState.CONFIRMED:
        context |= _result_context(request, batch)
    return render(request, "people/import_result.html", context)


def _preview_context(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    try:
        planned = planned_import(batch, at=timezone.now())
    except (OSError, UnreadableFile):
        return {"is_lost": True}
    plan = planned.plan
    lines, form, tabs = _filtered(request, plan.lines)
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "plan": plan,
        "lines": list(_shown(page.object_list)),
        "counts": plan.counts,
        "unknown_columns": planned.unknown_columns,
        "page": page,
        "form": form,
        "tabs": tabs,
    }


def _result_context(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    page = Paginator(refused_lines(batch.summary), LINES_PER_PAGE).get_page(request.GET.get("page"))
    added = batch.added_people.count()
    return {
        "counts": batch.summary.get("counts", {}),
        "page": page,
        "lines": list(_shown(page.object_list)),
        "added": added,
        "awaiting": awaiting_first_code(batch, at=timezone.now()).count()
        if added and batch.codes_issued_at is None
        else 0,
        "can_print_codes": can_manage_people(request.user),
        "codes_at_once": CODES_AT_ONCE,
        "codes_url": f"{reverse('people:import-codes', args=[batch.pk])}?list={batch.code_lists}",
    }


def _filtered(
    request: HttpRequest, lines: Sequence[PlannedLine]
) -> tuple[list[PlannedLine], LineFilterForm, list[Tab]]:
    """The lines that the address asks for, and a tab with its count for each fate that occurs."""
    form = LineFilterForm(request.GET)
    words = search_words(form.cleaned_data["q"]) if form.is_valid() else ""
    found = [line for line in lines if words in line.name.lower() or words in line.employee_no.lower()]
    kind = request.GET.get("kind", "")
    query = request.GET.copy()
    query.pop("page", None)

    def tab(label: Any, value: str, count: int) -> Tab:
        query["kind"] = value
        return Tab(label, f"?{query.urlencode()}", kind == value, count)

    tabs = [tab(_("All"), "", len(found))]
    for each, label in KIND_LABELS.items():
        number = sum(1 for line in found if line.kind == each)
        if number or kind == each:
            tabs.append(tab(label, each.value, number))
    return [line for line in found if not kind or line.kind == kind], form, tabs


def _shown(lines: Iterable[PlannedLine]) -> Iterator[ShownLine]:
    job_roles = {role.key: role.name for role in JobRole.objects.all()}
    for line in lines:
        yield ShownLine(
            number=line.number,
            employee_no=line.employee_no,
            name=line.name,
            label=KIND_LABELS[line.kind],
            state=KIND_STATES[line.kind],
            is_new=line.kind == LineKind.ADDED,
            changes=tuple(
                _shown_change(change, job_roles)
                for change in line.changes
                if line.kind != LineKind.ADDED or change.field != "full_name"  # it stands beside the number already
            ),
            problems=tuple((_LABELS.get(problem.column, ""), str(problem)) for problem in line.problems),
            notes=tuple(str(note) for note in line.notes),
        )


def _shown_change(change: FieldChange, job_roles: dict[str, str]) -> ShownChange:
    return ShownChange(
        _LABELS[change.field],
        _value_in_words(change.field, change.before, job_roles),
        _value_in_words(change.field, change.after, job_roles),
    )


def _value_in_words(field: str, value: Any, job_roles: dict[str, str]) -> str:
    """A planned value as the reader says it; a dash for nothing."""
    if value is None or value in ("", ()):
        return "–"
    if field == "status":
        return str(PersonStatus(value).label)
    if field == "activity":
        return str(Activity(value).label)
    if field == "language":
        return str(dict(settings.LANGUAGES)[value])
    if field == "job_role":
        return job_roles.get(value, value)
    if field == "memberships":
        return "; ".join(f"{place.node} · {Role(place.role).label}" for place in value)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return str(value)


@login_required
@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
    require(can_import(request.user, batch.kind))
    try:
        ask_for_import(batch, actor=request.user, at=timezone.now(), seen=request.POST.get("seen", ""))
    except PlanChanged:
        messages.warning(request, ImportSetback.PLAN_CHANGED.label)
    except (IllegalMove, StaleState):
        messages.info(request, _("This import was confirmed or discarded already."))
    except (OSError, UnreadableFile):
        messages.error(request, ImportSetback.UNREADABLE.label)
    else:
        if batch.state == ImportState.CONFIRMED:
            messages.success(request, _("The import is done."))
    return redirect("people:import-preview", pk=pk)


@login_required
@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
    require(can_import(request.user, batch.kind))
    try:
        discard_import(batch, actor=request.user, at=timezone.now())
    except (IllegalMove, StaleState):
        messages.info(request, _("This import was confirmed or discarded already."))
        return redirect("people:import-preview", pk=pk)
    messages.success(request, _("Discarded. Nothing was written, and the file is deleted."))
    return redirect("people:import-list")


@login_required
@never_cache
@require_POST
def import_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """The next printable list of one-time codes. Each can be made once: nobody, not even the house, can read it again."""
    people = ImportBatch.objects.visible_to(request.user).filter(kind=ImportKind.PEOPLE)
    batch = get_object_or_404(people, pk=pk, state=ImportState.CONFIRMED)
    require(can_manage_people(request.user))
    at = timezone.now()
    try:
        shown = request.GET.get("list", "")
        number = int(shown) if shown.isdecimal() and len(shown) < 5 else None
        codes = issue_import_codes(batch, actor=request.user, at=at, list_number=number)
    except CodesAlreadyIssued:
        batch.refresh_from_db()
        return render(request, "people/import_codes.html", {"batch": batch, "is_refused": True}, status=409)
    with_teams = with_open_memberships(User.objects.filter(pk__in=[person.pk for person, _code in codes])).in_bulk()
    context = {
        "batch": batch,
        "slips": [(with_teams[person.pk], code) for person, code in codes],
        "left": 0 if batch.codes_issued_at else awaiting_first_code(batch, at=at).count(),
        "days": settings.ONE_TIME_CODE_DAYS,
        "expires_at": at + timedelta(days=settings.ONE_TIME_CODE_DAYS),
        "address": request.build_absolute_uri(reverse("people:first-sign-in")),
    }
    return render(request, "people/import_codes.html", context)


def _crumbs(last: Any) -> list[dict[str, Any]]:
    return [{"label": _("Imports"), "url": reverse("people:import-list")}, {"label": last}]
