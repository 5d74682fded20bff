"""The doors of the quiz figures: all quizzes, one version as a page, as a workbook and as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from assessments.attempts.permissions import can_correct
from assessments.attempts.queries import live_voids
from assessments.itemanalysis.exports import figures_json, figures_workbook
from assessments.itemanalysis.permissions import can_see_quiz_figures
from assessments.itemanalysis.queries import QuizFigures, ShownQuestion, published_quiz_versions, quiz_figures
from assessments.itemanalysis.rules import LEAST_FOR_CORRELATIONS, LEAST_FOR_FLAGS, LEAST_LEARNERS
from assessments.quizzes.models import QuizVersion
from lms.kernel.permissions import require
from lms.kernel.workbooks import XLSX
from lms.people.permissions import can_author

ON_A_PAGE = 50


@dataclass(frozen=True)
class Column:
    """A column of the table by which it can be put in order; questions without a value come last."""

    name: str
    label: Any
    of: Callable[[ShownQuestion], float | None]


COLUMNS = (
    Column("number", _("Question"), lambda row: row.number),
    Column("n", _("Learners"), lambda row: row.figures.n),
    Column("facility", _("Facility"), lambda row: row.figures.facility.estimate if row.figures.facility else None),
    Column(
        "discrimination",
        _("Discrimination"),
        lambda row: row.figures.discrimination.estimate if row.figures.discrimination else None,
    ),
    Column("efficiency", _("Efficiency"), lambda row: row.figures.efficiency),
    Column("sd", _("SD"), lambda row: row.figures.sd),
    Column("intended", _("Intended weight"), lambda row: row.figures.intended_weight),
    Column("effective", _("Effective weight"), lambda row: row.figures.effective_weight),
    Column("time", _("Median time"), lambda row: row.figures.median_seconds),
)


@login_required
@require_safe
def item_analysis_list(request: HttpRequest) -> HttpResponse:
    """Every published version with how many learners stand behind its figures."""
    require(can_see_quiz_figures(request.user))
    page = Paginator(published_quiz_versions(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "least": LEAST_LEARNERS, "may_author": can_author(request.user)}
    return render(request, "assessments/item_analysis_list.html", context)


@login_required
@require_safe
def item_analysis(request: HttpRequest, pk: int) -> HttpResponse:
    """The quiz as a whole, what is worth a second look, and question by question."""
    figures = _figures(request, pk)
    sort = request.GET.get("sort", "")
    context = {
        "figures": figures,
        "version": figures.version,
        "analysis": figures.analysis,
        "summary": figures.analysis.summary,
        "most": max((bar.n for bar in figures.analysis.summary.bars), default=0),
        "columns": _headings(sort),
        "rows": _in_order(figures.questions, sort),
        "may_author": can_author(request.user),
        "may_correct": can_correct(request.user),
        "declared_void": live_voids([question.pk for question in figures.questions]),
        "least_for_correlations": LEAST_FOR_CORRELATIONS,
        "least_for_flags": LEAST_FOR_FLAGS,
    }
    return render(request, "assessments/item_analysis.html", context)


@login_required
@require_safe
def item_analysis_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    figures = _figures(request, pk)
    return _file(HttpResponse(figures_workbook(figures, at=timezone.now()), content_type=XLSX), figures, "xlsx")


@login_required
@require_safe
def item_analysis_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for other programs, with every digit."""
    figures = _figures(request, pk)
    answer = JsonResponse(figures_json(figures, at=timezone.now()), json_dumps_params={"ensure_ascii": False})
    return _file(answer, figures, "json")


def _figures(request: HttpRequest, pk: int) -> QuizFigures:
    require(can_see_quiz_figures(request.user))
    version: QuizVersion = get_object_or_404(published_quiz_versions(), pk=pk)
    return quiz_figures(version)


def _file(response: HttpResponse, figures: QuizFigures, ending: str) -> HttpResponse:
    name = f"{figures.version.quiz.key}-{figures.version.number}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _headings(sort: str) -> list[dict[str, Any]]:
    """Each column with the order that a click on it gives: the lowest first, then the highest first."""
    return [
        {
            "name": column.name,
            "label": column.label,
            "order": "ascending" if sort == column.name else "descending" if sort == f"-{column.name}" else "",
            "next": f"-{column.name}" if sort == column.name else column.name,
        }
        for column in COLUMNS
    ]


def _in_order(questions: list[ShownQuestion], sort: str) -> list[ShownQuestion]:
    column = next((column for column in COLUMNS if column.name == sort.removeprefix("-")), None)
    if column is None:
        return questions
    known = [(value, question) for question in questions if (value := column.of(question)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    found = [question for _value, question in known]
    return found + [question for question in questions if column.of(question) is None]
