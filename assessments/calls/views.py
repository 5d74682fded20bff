"""The doors of taking over calls: the import page, and the recording of one call."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments.calls.formats.table import COLUMNS, LABELS, REQUIRED, MissingColumns, read_file
from assessments.calls.forms import ImportForm, RecordingForm
from assessments.calls.models import Call, CallImport
from assessments.calls.permissions import can_add_recording
from assessments.calls.queries import refusal_words
from assessments.calls.services import ImportResult, NotARecording, add_recording, import_calls
from lms.kernel.permissions import require
from lms.kernel.states import StaleState
from lms.kernel.tables import UnreadableTable
from lms.people.permissions import can_import_calls

PER_PAGE = 10

UNREADABLE = {
    "empty": gettext_lazy("The file is empty. Nothing was imported."),
    "encoding": gettext_lazy("The text can't be read: save the file as UTF-8 or GB18030. Nothing was imported."),
    "spreadsheet": gettext_lazy("The spreadsheet can't be read: save it again as xlsx or CSV. Nothing was imported."),
    "too_large": gettext_lazy("The spreadsheet is too large: split it. Nothing was imported."),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_import(request: HttpRequest) -> HttpResponse:
    """Upload an export; try it first, or import it. Below: what earlier imports did."""
    require(can_import_calls(request.user))
    form = ImportForm(request.POST or None, request.FILES or None)
    tried = None
    if request.method == "POST" and form.is_valid():
        tried = _import(request, form)
        if tried and tried.call_import:
            return redirect("assessments:call-import")
    imports = CallImport.objects.select_related("imported_by")
    context = {
        "form": form,
        "tried": tried,
        "tried_refused": _lines([asdict(refusal) for refusal in tried.refused]) if tried else [],
        "page": (page := Paginator(imports, PER_PAGE).get_page(request.GET.get("page"))),
        "rows": [(row, _lines(row.refused)) for row in page],
        "columns": [(LABELS[field], field in REQUIRED, ", ".join(heads)) for field, heads in COLUMNS.items()],
    }
    return render(request, "assessments/call_import.html", context, status=422 if form.errors else 200)


def _import(request: HttpRequest, form: ImportForm) -> ImportResult | None:
    """None after an error, which stands in the form."""
    upload = form.cleaned_data["file"]
    try:
        result = import_calls(
            read_file(upload.read()),
            source=form.cleaned_data["source"],
            file_name=upload.name,
            actor=request.user,
            at=timezone.now(),
            is_dry_run="check" in request.POST,
        )
    except UnreadableTable as problem:
        form.add_error("file", UNREADABLE[problem.reason])
        return None
    except MissingColumns as problem:
        names = ", ".join(str(LABELS[field]) for field in problem.fields)
        form.add_error("file", _("Missing columns: %(names)s. Nothing was imported.") % {"names": names})
        return None
    if result.call_import:
        added = ngettext("%(n)s call was added.", "%(n)s calls were added.", result.added) % {"n": result.added}
        messages.success(request, added)
    return result


def _lines(refused: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(line["line"], refusal_words(line)) for line in refused]


@login_required
@require_POST
def call_recording(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the recording to a call that has none."""
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("agent"), pk=pk)
    require(can_add_recording(request.user, call))
    form = RecordingForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["recording"]))
        return _back(request)
    try:
        add_recording(call, form.cleaned_data["recording"], actor=request.user, at=timezone.now())
    except StaleState:
        messages.info(request, _("The call has a recording already; it stays."))
    except NotARecording:
        messages.error(request, _("This isn't a wav, mp3, m4a, ogg or webm recording."))
    else:
        messages.success(request, _("The recording was added."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form stood on, if it is one of ours."""
    url = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return redirect(url)
    return redirect("assessments:call-list")
