"""The reports of the back office. Each is a page and a workbook (`?export=<table>`)."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from courses.findings.exports import workbook_of
from courses.findings.forms import Cell, Table, UsesForm
from courses.findings.queries.broken import Problem, links
from courses.findings.queries.references import Place
from courses.findings.queries.rights import Rightless, without_rights
from courses.findings.queries.uses import BY_LABEL, edit_url, places_of, title_of, used_things
from courses.translations.queries import TranslationRow, translations_to_do
from courses.translations.states import Standing
from lms.kernel.permissions import require
from lms.kernel.workbooks import XLSX
from lms.people.permissions import can_author

PER_PAGE = 50
#: Places named in one cell of the report on rights; the rest is a number that leads on.
NAMED_PLACES = 3


@require_safe
def rights_report(request: HttpRequest) -> HttpResponse:
    """Files without a rights text."""
    require(can_author(request.user))
    table = Table(
        title=_("Rights missing"),
        intro=_("Pictures, documents, recordings and films whose rights text is empty. What is in use comes first."),
        columns=[_("Kind"), _("Title"), _("Used in")],
        rows=[_rights_row(row) for row in without_rights()],
        empty=_("Every file says whose it is."),
    )
    return _report(request, "copy", [table])


@require_safe
def links_report(request: HttpRequest) -> HttpResponse:
    """What lessons and tracks point to in vain, and their links to elsewhere."""
    require(can_author(request.user))
    found = links()
    broken = Table(
        title=_("Broken links"),
        intro=_("What lessons and tracks point to and readers can't reach: pages, files, questions, quizzes."),
        columns=[_("Where"), _("Part"), _("Language"), _("What is wrong")],
        rows=[_problem_row(problem) for problem in found.broken],
        empty=_("Nothing is broken."),
        key="broken",
    )
    external = Table(
        title=_("Links to elsewhere"),
        intro=_("They are only listed: this server doesn't call other servers, and many floors have no internet."),
        columns=[_("Where"), _("Part"), _("Language"), _("Address")],
        rows=[_problem_row(problem) for problem in found.external],
        empty=_("No lesson leads elsewhere."),
        key="elsewhere",
    )
    return _report(request, "link", [broken, external])


@require_safe
def translations_report(request: HttpRequest) -> HttpResponse:
    """Translations behind their source, not published, or missing."""
    require(can_author(request.user))
    table = Table(
        title=_("Translations behind their source"),
        intro=_("Pages whose source has changed since, that aren't published yet, or that aren't translated yet."),
        columns=[_("Title"), _("Kind"), _("Written in"), _("Translation"), _("Standing"), _("Source published")],
        rows=[_translation_row(row) for row in translations_to_do()],
        empty=_("Every page is in step in both languages."),
    )
    return _report(request, "globe", [table])


@require_safe
def uses_report(request: HttpRequest) -> HttpResponse:
    """The things of a kind, with the number of places that use them."""
    require(can_author(request.user))
    form = UsesForm({"kind": next(iter(BY_LABEL))} | request.GET.dict())
    if not form.is_valid():
        raise Http404
    label = form.cleaned_data["kind"]
    table = Table(
        title=_("Where used"),
        columns=[capfirst(str(BY_LABEL[label]._meta.verbose_name)), _("Places")],
        rows=[
            [Cell(used.title, reverse("where-used", args=[label, used.pk])), Cell(str(used.places))]
            for used in used_things(BY_LABEL[label], form.cleaned_data["words"].strip())
        ],
        empty=_("Nothing is called that.") if form.cleaned_data["words"] else _("There are none yet."),
    )
    return _report(request, "search", [table], form=form)


@require_safe
def where_used(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """Every place that uses one thing."""
    require(can_author(request.user))
    if label not in BY_LABEL:
        raise Http404
    thing = get_object_or_404(BY_LABEL[label], pk=pk)
    table = Table(
        title=_("Where used: %(thing)s") % {"thing": title_of(thing)},
        columns=[_("Kind"), _("Title"), _("Part"), _("Language")],
        rows=[_place_row(place) for place in places_of(thing)],
        empty=_("Nothing uses it."),
    )
    own = {"label": _("Edit"), "url": edit_url(BY_LABEL[label], pk)}
    return _report(request, "search", [table], own=own if own["url"] else None)


def _report(request: HttpRequest, icon: str, tables: Sequence[Table], **more: Any) -> HttpResponse:
    """The page, or one of its tables as a workbook."""
    if "export" in request.GET:
        return _workbook(next((table for table in tables if table.key == request.GET["export"]), tables[0]))
    shown = [
        {"table": table, "page": Paginator(table.rows, PER_PAGE).get_page(request.GET.get(f"page{table.key}"))}
        for table in tables
    ]
    title = tables[0].title
    context = {
        "page_title": title,
        "header_title": title,
        "header_icon": icon,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Reports")},
            {"url": "", "label": title},
        ],
        "shown": shown,
        **more,
    }
    return render(request, "courses/back_office/report.html", context)


def _workbook(table: Table) -> HttpResponse:
    response = HttpResponse(workbook_of(table), content_type=XLSX)
    name = f"{table.key or 'report'}-{timezone.localdate():%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rights_row(row: Rightless) -> list[Cell]:
    named = " · ".join(dict.fromkeys(place.title for place in row.places[:NAMED_PLACES]))
    rest = len(row.places) - NAMED_PLACES
    if rest > 0:
        named += " " + ngettext("and %(n)d more", "and %(n)d more", rest) % {"n": rest}
    address = reverse("where-used", args=[row.label, row.pk]) if row.places else ""
    return [Cell(row.kind), Cell(row.title, row.url), Cell(named or _("nowhere"), address)]


def _problem_row(problem: Problem) -> list[Cell]:
    place = problem.place
    return [Cell(_titled(place), place.url), Cell(place.part), Cell(place.language), Cell(problem.what)]


def _place_row(place: Place) -> list[Cell]:
    return [Cell(place.kind), Cell(_titled(place), place.url), Cell(place.part), Cell(place.language)]


def _titled(place: Place) -> str:
    if not place.is_live:
        return _("%(title)s (not published)") % {"title": place.title}
    return _("%(title)s (in its draft)") % {"title": place.title} if place.is_draft else place.title


def _translation_row(row: TranslationRow) -> list[Cell]:
    at = row.source_published_at
    return [
        Cell(row.title, row.url),
        Cell(row.kind),
        Cell(row.source_language_name),
        Cell(row.language_name),
        Cell(str(row.standing.label), tone="critical" if row.standing == Standing.BEHIND else "warning"),
        Cell(date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else "–"),
    ]
