"""Taking over questions from files and writing them into files: pages of the back office."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.bank.exports import template_file
from assessments.bank.formats import FORMATS, guess_format
from assessments.bank.formats.records import UnreadableFile, WrittenFile
from assessments.bank.forms import ExportForm, ImportForm, ImportOptionsForm
from assessments.bank.models import Question
from assessments.bank.queries import tags_by_question
from assessments.bank.services import (
    ImportReport,
    TooMuchToExport,
    UploadIsGone,
    drop_upload,
    export_questions,
    import_questions,
    keep_upload,
    kept_upload,
    written_questions,
)
from assessments.bank.states import ImportOutcome
from lms.audit.models import AuditEntry
from lms.audit.queries import entries
from lms.kernel.permissions import require
from lms.people.permissions import can_author
from lms.skills.models import Skill

LINES_PER_PAGE = 100
#: Imports shown under the form; the others stand on a page of their own.
LAST_IMPORTS = 5
IMPORTS_PER_PAGE = 50
#: Omissions shown before an export; the file names them all.
MOST_OMISSIONS = 200
_SALT = "question-import"


@dataclass(frozen=True)
class Upload:
    """A kept file and how it is to be read: all of it stands in the signed address of its preview."""

    file: str
    file_name: str
    format: str
    language: str
    skill: int | None
    status: str
    is_all_or_nothing: bool

    def token(self, user: Any) -> str:
        return signing.dumps(vars(self) | {"user": user.pk}, salt=_SALT, compress=True)

    def options(self) -> dict[str, Any]:
        names = ("format", "language", "skill", "status", "is_all_or_nothing")
        return {name: getattr(self, name) for name in names}


def _upload(token: str, user: Any) -> Upload:
    """Raises Http404 for an address that was made up, or for another person."""
    try:
        told = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    if told.pop("user", None) != user.pk:
        raise Http404
    return Upload(**told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; nothing is written before its preview is confirmed."""
    require(can_author(request.user))
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        content = form.cleaned_data["file"].read()
        name = form.cleaned_data["file"].name[-200:]
        try:
            chosen = _format_of(form.cleaned_data["format"], name, content)
            for _item in FORMATS[chosen].read(content, language=form.cleaned_data["language"]):
                pass
        except UnreadableFile as problem:
            form.add_error("file", _("%(reason)s Nothing was imported.") % {"reason": problem.reason})
        else:
            upload = _of_form(form, keep_upload(content, at=timezone.now()), name, chosen)
            return redirect("questions-import-preview", token=upload.token(request.user))
    earlier = Paginator(entries(action="questions_imported"), LAST_IMPORTS).get_page(1)
    context = _page(_("Import questions"), "upload") | {"form": form, "formats": FORMATS.values()}
    context |= {"earlier": [_told(entry) for entry in earlier], "n_earlier": earlier.paginator.count}
    return render(request, "assessments/question_import.html", context, status=422 if form.errors else 200)


def _format_of(chosen: str, name: str, content: bytes) -> str:
    found = chosen or guess_format(name, content)
    if found is None:
        raise UnreadableFile(_("What format this is can’t be told: choose it."))
    return found


def _of_form(form: ImportOptionsForm, file: str, file_name: str, chosen: str) -> Upload:
    data = form.cleaned_data
    skill = data["skill"].pk if data["skill"] else None
    return Upload(file, file_name, chosen, data["language"], skill, data["status"], data["is_all_or_nothing"])


@dataclass(frozen=True)
class EarlierImport:
    """One import as the audit log tells it: what was taken over, and how much of it was there before."""

    at: datetime
    who: str  # empty: the system
    file: str
    format: Any
    new: int
    changed: int
    unchanged: int
    refused: int

    @property
    def imported(self) -> int:
        return self.new + self.changed


def _told(entry: AuditEntry) -> EarlierImport:
    told = {name: after for name, (_before, after) in entry.changes.items()}
    read_as = FORMATS.get(told.get("format", ""))
    counts = {each.value: told.get(each.value, 0) for each in ImportOutcome if each != ImportOutcome.NOTED}
    label = read_as.label if read_as else ""
    return EarlierImport(entry.at, entry.actor_label, told.get("file", ""), label, **counts)


@never_cache
@require_safe
def question_imports(request: HttpRequest) -> HttpResponse:
    """Every import that has changed the bank, the newest first."""
    require(can_author(request.user))
    page = Paginator(entries(action="questions_imported"), IMPORTS_PER_PAGE).get_page(request.GET.get("page"))
    context = _page(_("Earlier imports"), "history") | {"page": page, "imports": [_told(entry) for entry in page]}
    return render(request, "assessments/question_imports.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_import_preview(request: HttpRequest, token: str) -> HttpResponse:
    """What the file would do, line by line; confirm it, discard it, or read it otherwise."""
    require(can_author(request.user))
    upload = _upload(token, request.user)
    form = ImportOptionsForm(request.POST if "again" in request.POST else None, initial=upload.options())
    if request.method == "POST" and "discard" in request.POST:
        drop_upload(upload.file)
        messages.info(request, _("The file was discarded. Nothing was imported."))
        return redirect("questions-import")
    try:
        content = kept_upload(upload.file)
        if form.is_bound and form.is_valid():
            chosen = _format_of(form.cleaned_data["format"], upload.file_name, content)
            other = _of_form(form, upload.file, upload.file_name, chosen)
            return redirect("questions-import-preview", token=other.token(request.user))
        report = _imported(request, upload, content, is_dry_run=True)
        is_same = request.POST.get("seen") == report.digest
        if request.method == "POST" and "confirm" in request.POST and is_same and report.taken:
            done = _imported(request, upload, content, is_dry_run=False)
            drop_upload(upload.file)
            return _shown(request, upload, done, form, is_done=True)
    except UploadIsGone:
        messages.info(request, _("This file was imported or discarded already, or has waited for more than a day."))
        return redirect("questions-import")
    except UnreadableFile as problem:  # read as another format than at first
        report = ImportReport(())
        form.add_error(None, str(problem.reason)) if form.is_bound else messages.error(request, str(problem.reason))
    if "confirm" in request.POST:
        messages.warning(request, _("The bank has changed since this preview was shown. Look at it once more."))
    return _shown(request, upload, report, form, is_done=False)


def _imported(request: HttpRequest, upload: Upload, content: bytes, *, is_dry_run: bool) -> ImportReport:
    return import_questions(
        FORMATS[upload.format].read(content, language=upload.language),
        default_skill=Skill.objects.filter(pk=upload.skill).first() if upload.skill else None,
        default_status=upload.status,
        is_all_or_nothing=upload.is_all_or_nothing,
        is_dry_run=is_dry_run,
        file_name=upload.file_name,
        file_format=upload.format,
        actor=request.user,
        at=timezone.now(),
    )


def _shown(
    request: HttpRequest, upload: Upload, report: ImportReport, form: ImportOptionsForm, *, is_done: bool
) -> HttpResponse:
    counts = report.counts
    wanted = request.GET.get("show", "")
    lines = [line for line in report.lines if wanted not in ImportOutcome.values or line.outcome == wanted]
    context = _page(upload.file_name, "upload") | {
        "upload": upload,
        "format": FORMATS[upload.format],
        "report": report,
        "form": form,
        "is_done": is_done,
        "tabs": [(each.value, each.label, counts[each.value]) for each in ImportOutcome if counts[each.value]],
        "wanted": wanted,
        "n_lines": len(report.lines),
        "page": Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page")),
    }
    if is_done:
        n = len(report.taken)
        messages.success(request, ngettext("%(n)s question is in the bank now.", "%(n)s questions are in the bank now.", n) % {"n": n})  # fmt: skip
    return render(request, "assessments/question_import_preview.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_export(request: HttpRequest) -> HttpResponse:
    """Choose questions and a format. What the format can't say is shown before the file is handed out."""
    require(can_author(request.user))
    tags = sorted({tag for found in tags_by_question().values() for tag in found})
    form = ExportForm(request.POST or None, initial=request.GET.dict(), tags=tags)
    context = _page(_("Export questions"), "download") | {"form": form}
    if form.is_bound and form.is_valid():
        into = FORMATS[form.cleaned_data["format"]]
        questions = _chosen(form.cleaned_data)
        try:
            file = written_questions(questions, into=into)
            if file.omissions and "anyway" not in request.POST:
                context |= {"omissions": file.omissions[:MOST_OMISSIONS], "n": len(file.omissions), "into": into}
                return render(request, "assessments/question_export.html", context)
            if questions.exists():
                file = export_questions(questions, into=into, actor=request.user, at=timezone.now())
                return _download(file, f"questions-{timezone.localdate():%Y-%m-%d}.{into.ending}", into.content_type)
            form.add_error(None, _("No question is like that. Choose less narrowly."))
        except TooMuchToExport:
            form.add_error(None, _("These are too many pictures and recordings for one file. Export skill by skill."))
    return render(request, "assessments/question_export.html", context, status=422 if form.errors else 200)


def _chosen(data: dict[str, Any]) -> QuerySet[Question]:
    questions = Question.objects.all()
    for name in ("skill", "use", "status"):
        if data[name]:
            questions = questions.filter(**{name: data[name]})
    if data["tag"]:
        questions = questions.filter(pk__in=[pk for pk, tags in tags_by_question().items() if data["tag"] in tags])
    return questions


@require_safe
def question_template(request: HttpRequest) -> HttpResponse:
    """Our spreadsheet with an example of each kind."""
    require(can_author(request.user))
    return _download(template_file(), "questions-template.xlsx", FORMATS["xlsx"].content_type)


def _download(file: WrittenFile, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(file.content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(title: str, icon: str) -> dict[str, Any]:
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("questions:index"), "label": _("Question bank")},
        {"url": "", "label": title},
    ]
    return {"page_title": title, "header_title": title, "header_icon": icon, "breadcrumbs_items": crumbs}
