"""The doors of quizzes given by hand: the list, giving one, how it stands, taking it back."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.assignments.permissions import can_give_override
from assessments.attempts.exports import given_workbook
from assessments.attempts.forms.giving import GiveForm, GivenFilter, TakeBackForm
from assessments.attempts.queries.giving import (
    GivenTo,
    GivePlan,
    Giving,
    giving_in_detail,
    givings,
    givings_examined,
    plan_of,
)
from assessments.attempts.services.giving import PlanChanged, give_quiz, take_back
from lms.kernel.permissions import require
from lms.kernel.workbooks import XLSX
from lms.people.permissions import can_run_exams

PER_PAGE = 15
PEOPLE_PER_PAGE = 100
#: People who are named before a quiz is given.
NAMED = 50
#: Choose everybody who has not begun, in place of single people.
NOT_BEGUN = "not-begun"


@login_required
@require_safe
def given_list(request: HttpRequest) -> HttpResponse:
    """What was given by hand to the viewer's people, the newest on top, with how it stands."""
    require(can_run_exams(request.user))
    form = GivenFilter(request.GET, viewer=request.user)
    chosen = form.chosen
    team = chosen.get("team")
    entries = givings_examined(request.user, quiz=chosen.get("quiz"), team=team)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter_form": form,
        "filter_count": len(chosen),
        "page": page,
        "rows": givings(list(page), request.user, at=timezone.now(), team=team),
    }
    return render(request, "assessments/given_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def given_new(request: HttpRequest) -> HttpResponse:
    """The form. The first POST shows who gets it; the second, with the same choices, gives it."""
    require(can_run_exams(request.user))
    now = timezone.now()
    if request.method != "POST":
        initial = {name: request.GET[name] for name in ("quiz", "team", "whose", "numbers") if request.GET.get(name)}
        return _form_page(request, GiveForm(viewer=request.user, at=now, initial=initial))
    form = GiveForm(request.POST, viewer=request.user, at=now)
    if not form.is_valid():
        return _form_page(request, form)
    order = form.cleaned_data["order"]
    require(order.team is None or can_give_override(request.user, order.team))
    seen = request.POST.get("seen", "")
    if not seen:
        return _form_page(request, form, plan_of(order, actor=request.user, at=now))
    try:
        entry = give_quiz(order, actor=request.user, at=now, seen=seen)
    except PlanChanged as changed:
        return _form_page(request, form, changed.plan, has_changed=True)
    n = entry.changes["people"][1]
    words = ngettext("Given to %(n)s person, who was told.", "Given to %(n)s people, who were told.", n)
    messages.success(request, words % {"n": n})
    return redirect("assessments:given-detail", entry.pk)


@login_required
@require_safe
def given_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How it stands with each person, who needs attention first."""
    giving = _giving(request, pk, at=timezone.now())
    context = {
        "giving": giving,
        "page": Paginator(giving.rows, PEOPLE_PER_PAGE).get_page(request.GET.get("page")),
        "not_begun": NOT_BEGUN,
        "crumbs": _crumbs(giving.quiz.title),
    }
    return render(request, "assessments/given_detail.html", context)


@login_required
@require_safe
def given_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    now = timezone.now()
    giving = _giving(request, pk, at=now)
    response = HttpResponse(given_workbook(giving, at=now), content_type=XLSX)
    day = timezone.localdate(giving.entry.at)
    response["Content-Disposition"] = f'attachment; filename="{giving.quiz.key}-{day}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def given_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """From whom it would be taken back; POST, with the reason, takes it back."""
    now = timezone.now()
    giving = _giving(request, pk, at=now)
    who = (request.POST if request.method == "POST" else request.GET).getlist("who")
    rows = _chosen(giving, who)
    if not rows:
        messages.info(
            request, _("Nobody is left from whom it could be taken back.") if who else _("Choose people first.")
        )
        return redirect("assessments:given-detail", pk)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        taken = take_back(
            [row.assignment for row in rows],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=now,
            only_unbegun=NOT_BEGUN in who,
        )
        n = len(taken)
        words = ngettext(
            "Taken back from %(n)s person, who was told.", "Taken back from %(n)s people, who were told.", n
        )
        messages.success(request, words % {"n": n})
        return redirect("assessments:given-detail", pk)
    context = {
        "giving": giving,
        "rows": rows[:NAMED],
        "n": len(rows),
        "more": max(0, len(rows) - NAMED),
        "sitting": sum(row.result.open_attempt is not None for row in rows),
        "who": who,
        "form": form,
        "crumbs": [*_crumbs(giving.quiz.title, pk), {"label": _("Take it back")}],
    }
    return render(request, "assessments/given_take_back.html", context)


def _giving(request: HttpRequest, pk: int, *, at: datetime) -> Giving:
    require(can_run_exams(request.user))
    entry = get_object_or_404(givings_examined(request.user), pk=pk)
    return giving_in_detail(entry, request.user, at=at)


def _chosen(giving: Giving, who: list[str]) -> list[GivenTo]:
    """Those from whom it can be taken back among the chosen ones. Whoever isn't on the viewer's list isn't there."""
    if NOT_BEGUN in who:
        return giving.not_begun
    known = {str(row.assignment.pk): row for row in giving.rows}
    if not known.keys() >= set(who):
        raise Http404
    return [row for pk, row in known.items() if pk in who and row.may_be_taken_back]


def _form_page(
    request: HttpRequest, form: GiveForm, plan: GivePlan | None = None, *, has_changed: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "plan": plan,
        "has_changed": has_changed,
        "people": plan.people[:NAMED] if plan else [],
        "more": max(0, len(plan.people) - NAMED) if plan else 0,
        "skipped": plan.skipped[:NAMED] if plan else [],
        "more_skipped": max(0, len(plan.skipped) - NAMED) if plan else 0,
        "zone": timezone.get_current_timezone_name(),
        "crumbs": _crumbs(_("Give a quiz")),
    }
    return render(request, "assessments/given_form.html", context)


def _crumbs(label: str, pk: int | None = None) -> list[dict[str, str]]:
    here = {"label": label} if pk is None else {"label": label, "url": reverse("assessments:given-detail", args=[pk])}
    return [{"label": _("Quizzes given by hand"), "url": reverse("assessments:given-list")}, here]
