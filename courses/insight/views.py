"""The author's doors: how lessons do, one lesson in depth, what readers say as work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.insight.exports import insight_workbook
from courses.insight.forms import AnswerForm, CommentFilter, InsightFilter, period_words
from courses.insight.queries.comments import comments_to_work_on, comments_waiting, work_rows
from courses.insight.queries.lessons import Insight, insights, lesson_insight
from courses.insight.queries.rereading import changed_keys, rereadings
from courses.insight.rules import EFFECT_DAYS, FINISHED_BAR, LEAST_PAIRS, LEFT_AFTER_DAYS, PERIOD, RIGHT_BAR
from courses.reference.models import LessonComment
from courses.reference.permissions import can_answer
from courses.reference.services.comments import answer_comment, close_comment
from lms.kernel.permissions import require
from lms.kernel.points import points
from lms.kernel.states import IllegalMove, StaleState
from lms.kernel.workbooks import XLSX
from lms.people.permissions import can_author

ON_A_PAGE = 50


@dataclass(frozen=True)
class Column:
    """A column by which lessons can be put in order; those without a value come last."""

    name: str
    label: Any
    of: Callable[[Insight], float | None]


COLUMNS = (
    Column("readers", gettext_lazy("Readers"), lambda row: row.figures.readers.begun),
    Column(
        "finished",
        gettext_lazy("Finished"),
        lambda row: row.figures.readers.share.estimate if row.figures.readers.share else None,
    ),
    Column("time", gettext_lazy("Median time"), lambda row: row.figures.readers.median_minutes),
    Column(
        "check",
        gettext_lazy("Hardest self-check"),
        lambda row: row.figures.hardest.share.high if row.figures.hardest else None,
    ),
    Column(
        "change",
        gettext_lazy("Linked QC items"),
        lambda row: row.figures.effect.interval.estimate if row.figures.effect.interval else None,
    ),
    Column(
        "helpful", gettext_lazy("Helpful"), lambda row: row.figures.helpful.estimate if row.figures.helpful else None
    ),
    Column("comments", gettext_lazy("Open comments"), lambda row: row.figures.comments.n),
)


@login_required
@require_safe
def insight_list(request: HttpRequest) -> HttpResponse:
    """Every lesson with its figures, those that fail first."""
    rows, form = _chosen(request)
    sort = request.GET.get("sort", "")
    context = {
        "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "failing": sum(bool(row.concerns) for row in rows),
        "columns": _headings(sort),
        "sort": sort,
        "filter_form": form,
        "filter_count": int(form.days_chosen != PERIOD) + int("course" in form.chosen),
        **_words(form.days_chosen),
    }
    return render(request, "courses/insight_list.html", context)


@login_required
@require_safe
def insight_xlsx(request: HttpRequest) -> HttpResponse:
    """The same lessons in the same order as a workbook."""
    rows, form = _chosen(request)
    at = timezone.now()
    response = HttpResponse(insight_workbook(rows, days=form.days_chosen, at=at), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="lessons-{timezone.localdate(at):%Y-%m-%d}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def insight_detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """One lesson: its figures, where readers leave, its questions, its comments."""
    require(can_author(request.user))
    form = InsightFilter(request.GET)
    found = lesson_insight(key, get_language(), days=form.days_chosen, at=timezone.now())
    if found is None:
        raise Http404
    interval = found.insight.figures.effect.interval
    context = {
        "found": found,
        "insight": found.insight,
        "lesson": found.insight.lesson,
        "figures": found.insight.figures,
        "change": [points(share) for share in (interval.estimate, interval.low, interval.high)] if interval else None,
        "filter_form": form,
        "crumbs": [{"label": _("Lesson insight"), "url": reverse("courses:insight-list")}, {"label": _("Lesson")}],
        **_words(form.days_chosen),
    }
    return render(request, "courses/insight_detail.html", context)


@login_required
@require_safe
def comment_work(request: HttpRequest) -> HttpResponse:
    """What readers said, the oldest first; with its lesson, the part, and a place to answer."""
    require(can_author(request.user))
    form, at = CommentFilter(request.GET), timezone.now()
    page = Paginator(comments_to_work_on(request.user, form.wanted), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": work_rows(list(page.object_list), get_language()),
        "waiting": comments_waiting(request.user, at=at),
        "filter_form": form,
        "filter_count": form.count,
        "here": request.get_full_path(),
    }
    return render(request, "courses/comment_work.html", context)


@login_required
@require_POST
def comment_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a comment, or put it away – with or without a word to who said it."""
    comment = get_object_or_404(LessonComment.objects.visible_to(request.user).select_related("person"), pk=pk)
    require(can_answer(request.user, comment))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("text", [_("Answer it or close it.")])))
        return redirect(_back_from(request, comment))
    at, text = timezone.now(), form.cleaned_data["text"]
    try:
        if text.strip():
            answer_comment(comment, answer=text, actor=request.user, at=at)
        if form.cleaned_data["verdict"] == "close":
            close_comment(comment, actor=request.user, at=at)
    except (IllegalMove, StaleState):
        messages.error(request, _("Somebody else has answered or closed it meanwhile."))
    else:
        messages.success(request, _("Answered; the reader is told.") if text.strip() else _("Closed."))
    return redirect(_back_from(request, comment))


@login_required
@require_safe
def rereading_list(request: HttpRequest) -> HttpResponse:
    """The lessons that changed in a way that matters, the newest change first: how many have read them again."""
    require(can_author(request.user))
    page = Paginator(changed_keys(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rereadings(page.object_list, get_language()),
        "crumbs": [
            {"label": _("Lesson insight"), "url": reverse("courses:insight-list")},
            {"label": _("Read again after a change")},
        ],
    }
    return render(request, "courses/rereading_list.html", context)


def _chosen(request: HttpRequest) -> tuple[list[Insight], InsightFilter]:
    require(can_author(request.user))
    form = InsightFilter(request.GET)
    rows = insights(get_language(), at=timezone.now(), days=form.days_chosen, course=form.chosen.get("course", ""))
    return _in_order(rows, request.GET.get("sort", "")), form


def _words(days: int) -> dict[str, Any]:
    return {
        "period": period_words(days),
        "days": days,
        "effect_days": EFFECT_DAYS,
        "least_pairs": LEAST_PAIRS,
        "left_after": LEFT_AFTER_DAYS,
        "right_bar": RIGHT_BAR,
        "finished_bar": FINISHED_BAR,
    }


def _headings(sort: str) -> list[dict[str, Any]]:
    """Each column with the order that a click on it gives: the lowest first, then the highest first."""
    return [
        {
            "label": column.label,
            "order": "ascending" if sort == column.name else "descending" if sort == f"-{column.name}" else "",
            "next": f"-{column.name}" if sort == column.name else column.name,
        }
        for column in COLUMNS
    ]


def _in_order(rows: list[Insight], sort: str) -> list[Insight]:
    """By a column; without one as they come, which is what fails first."""
    column = next((column for column in COLUMNS if column.name == sort.removeprefix("-")), None)
    if column is None:
        return rows
    known = [(value, row) for row in rows if (value := column.of(row)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [row for _value, row in known] + [row for row in rows if column.of(row) is None]


def _back_from(request: HttpRequest, comment: LessonComment) -> str:
    """Where the author came from: the list as it was filtered, or the lesson's page."""
    there = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if is_ours else reverse("courses:comment-work")
