"""The caller's sheet: a scenario as it is read before and during a call, on the screen and on paper."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.roleplay.permissions import can_read_sheet
from assessments.roleplay.queries import exposures_seen
from assessments.roleplay.views.screens import branch_rows
from assessments.scenarios.models import Point, ScenarioVersion
from assessments.scenarios.permissions import can_read_scenarios, can_write_scenarios
from lms.kernel.bilingual import LANGUAGE_CODES
from lms.kernel.markdown import to_html
from lms.kernel.permissions import require

#: So many of the newest calls stand under the sheet.
LISTED = 20


@dataclass(frozen=True)
class SheetPoint:
    """One point with what a good answer says and what the caller listens for."""

    point: Point
    standard_answer: SafeString
    listen_for: SafeString


@login_required
@require_safe
def scenario_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """`?language=` chooses the language of the sheet."""
    version = _version(request, pk)
    language = _language(request)
    with translation.override(language):
        return render(
            request, "assessments/scenario_sheet.html", {**_sheet(version, language), **_around(version, request)}
        )


@login_required
@require_safe
def scenario_sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Drawn anew each time, with the name of whoever prints it; kept nowhere."""
    from assessments.roleplay.pdf import draw_sheet

    version = _version(request, pk)
    language = _language(request)
    with translation.override(language):
        drawn = draw_sheet({**_sheet(version, language), "reader": request.user, "at": timezone.now()})
    name = f"{version.scenario.key}-{version.number}-{language}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(drawn, content_type="application/pdf", headers=headers)


def _version(request: HttpRequest, pk: int) -> ScenarioVersion:
    """The version, if the viewer may read it; drafts are the authors'."""
    require(can_read_scenarios(request.user))
    rows = ScenarioVersion.objects.select_related("scenario", "scorecard").prefetch_related(
        "scenario__skills", "branches", "points"
    )
    version = get_object_or_404(rows if can_write_scenarios(request.user) else rows.published(), pk=pk)
    require(can_read_sheet(request.user, version.scenario))
    return version


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGE_CODES else translation.get_language() or LANGUAGE_CODES[0]


def _sheet(version: ScenarioVersion, language: str) -> dict[str, Any]:
    """In the active language."""
    told = [
        (_("Who is calling"), version.persona),
        (_("Mood"), version.mood),
        (_("Told only when asked"), version.knows),
    ]
    besides = [
        (_("Traps"), version.traps),
        (_("The agent may have open"), version.documents),
        (_("Closing"), version.closing),
    ]
    return {
        "version": version,
        "scenario": version.scenario,
        "language": language,
        "language_name": translation.get_language_info(language)["name_local"],
        "announcement": to_html(version.announcement),
        "opening_line": to_html(version.opening_line),
        "card": [(heading, to_html(text)) for heading, text in told if text],
        "branches": branch_rows(version),
        "besides": [(heading, to_html(text)) for heading, text in besides if text],
        "points": [
            SheetPoint(point, to_html(point.standard_answer), to_html(point.listen_for))
            for point in version.points.all()
        ],
    }


def _around(version: ScenarioVersion, request: HttpRequest) -> dict[str, Any]:
    """Who knows the scenario, the other language, and the way back."""
    return {
        "exposures": exposures_seen(version.scenario, request.user)[:LISTED],
        "languages": [(code, translation.get_language_info(code)["name_local"]) for code in LANGUAGE_CODES],
        "crumbs": [
            {"label": _("Mystery calls"), "url": reverse("assessments:mystery-call-list")},
            {"label": _("Scenarios"), "url": reverse("assessments:scenario-list")},
            {"label": version.scenario.title},
        ],
    }
