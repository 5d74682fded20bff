"""The doors of those who follow others' learning: the list, a person, enrolling, reminding, more time, waiving."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.enrolment.exports import following_workbook, person_workbook
from courses.enrolment.forms import (
    COMPLETED,
    NOT_BEGUN,
    OVERDUE,
    PEOPLE,
    SOON,
    EnrolForm,
    ExtendForm,
    FollowingFilter,
    WaiveForm,
    WithdrawForm,
)
from courses.enrolment.models import Enrolment, EnrolmentStep, StepWaiver
from courses.enrolment.permissions import can_extend, can_waive, can_withdraw
from courses.enrolment.queries.enrolling import EnrolPlan, plan_of
from courses.enrolment.queries.following import (
    Followed,
    followed,
    people_followed,
    sorted_by,
    totals_of,
    with_last_activity,
)
from courses.enrolment.queries.person import learning_record, reminded_today, step_in_words
from courses.enrolment.services.dates import NotLonger, extend_due_day
from courses.enrolment.services.following import PlanChanged, enrol_chosen, remind, waive_step, withdraw_waiver
from courses.progress.queries import study_outside_shift
from lms.kernel.permissions import require
from lms.kernel.states import StaleState
from lms.kernel.workbooks import XLSX
from lms.people.models import User
from lms.people.permissions import can_follow_learning, can_plan_learning, plans_learning

PER_PAGE = 50
#: So many weeks back study outside the shift is reported, the present one included.
STUDY_WEEKS = 8
#: People who are named before they are enrolled, and in a message.
NAMED, NAMED_IN_MESSAGE = 50, 8
#: Remind everybody who is overdue in the list as it is filtered, in place of those who are ticked.
ALL_OVERDUE = "overdue"


@login_required
@require_safe
def following(request: HttpRequest) -> HttpResponse:
    """How far my people are, who is behind first."""
    at = timezone.now()
    form, rows = _listed(request, at=at)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page) if form.chosen.get("sort") == "activity" else with_last_activity(list(page))
    chosen = {name: value for name, value in form.chosen.items() if name != "sort"}
    context = {
        "filter_form": form,
        "filter_count": len(chosen),
        "page": page,
        "rows": shown,
        "totals": totals_of(rows),
        "is_completed": chosen.get("only") == COMPLETED,
        "reminded": reminded_today(shown),
        "may_plan": can_plan_learning(request.user),
        "query": request.GET.urlencode(),
        "all_overdue": ALL_OVERDUE,
    }
    return render(request, "courses/following.html", context)


@login_required
@require_safe
def following_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, without pages, as a workbook."""
    at = timezone.now()
    _form, rows = _listed(request, at=at)
    return _workbook(following_workbook(with_last_activity(rows), at=at), f"learning-{timezone.localdate(at)}.xlsx")


@login_required
@require_safe
def following_study(request: HttpRequest) -> HttpResponse:
    """Who of my people studied outside the shift, by week. Reported, so that study gets its place in the roster."""
    require(can_follow_learning(request.user))
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    weeks = study_outside_shift(
        people_followed(request.user),
        first=monday - timedelta(weeks=STUDY_WEEKS - 1),
        last=monday + timedelta(days=6),
    )
    context = {
        "page": Paginator(weeks, PER_PAGE).get_page(request.GET.get("page")),
        "n_weeks": STUDY_WEEKS,
        "crumbs": [*_crumbs(), {"label": _("Study outside the shift")}],
    }
    return render(request, "courses/following_study.html", context)


@login_required
@require_POST
def following_remind(request: HttpRequest) -> HttpResponse:
    """Remind those who are ticked, or everybody who is overdue in the list; says who was told, and who was before."""
    at = timezone.now()
    require(can_follow_learning(request.user))
    who = request.POST.getlist("who")
    if ALL_OVERDUE in who:
        _form, rows = _listed(request, at=at)
        ids = {row.person.pk for row in rows if row.is_overdue}
    else:
        ids = {int(pk) for pk in who if pk.isascii() and pk.isdigit()}
    people = list(people_followed(request.user).filter(pk__in=ids))
    if len(people) < len(ids):
        raise Http404
    if people:
        _say_reminded(request, remind(people, actor=request.user, at=at))
    else:
        messages.info(request, _("Choose people first."))
    return redirect(_back(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def following_enrol(request: HttpRequest) -> HttpResponse:
    """The form. The first POST shows who would be enrolled; the second, with the same choices, enrols them."""
    require(can_plan_learning(request.user))
    at = timezone.now()
    if request.method != "POST":
        initial = {name: request.GET[name] for name in ("track", "team", "numbers") if request.GET.get(name)}
        if "numbers" in initial:
            initial["whose"] = PEOPLE
        return _enrol_page(request, EnrolForm(viewer=request.user, initial=initial))
    form = EnrolForm(request.POST, viewer=request.user)
    if not form.is_valid():
        return _enrol_page(request, form)
    order, seen = form.cleaned_data["order"], request.POST.get("seen", "")
    if not seen:
        return _enrol_page(request, form, plan_of(order, actor=request.user, at=at))
    try:
        enrolled = enrol_chosen(order, actor=request.user, at=at, seen=seen)
    except PlanChanged as changed:
        return _enrol_page(request, form, changed.plan, has_changed=True)
    n = len(enrolled)
    if n:
        words = ngettext("%(n)s person is enrolled and was told.", "%(n)s people are enrolled and were told.", n)
        messages.success(request, words % {"n": n})
    else:
        messages.info(request, _("All of them take the track already."))
    return redirect(f"{reverse('courses:following')}?track={order.version.track_key}")


@login_required
@require_safe
def following_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything one person is asked to learn, step by step, with what can be done about it."""
    at, person = timezone.now(), _person(request, pk)
    context = {
        "person": person,
        "records": learning_record(person, at=at),
        "may_plan": plans_learning(request.user, person),
        "reminder": person.learning_reminders.select_related("sent_by").first(),
        "crumbs": [*_crumbs(), {"label": person.full_name}],
    }
    return render(request, "courses/following_person.html", context)


@login_required
@require_safe
def following_person_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    at, person = timezone.now(), _person(request, pk)
    content = person_workbook(person, learning_record(person, at=at), at=at)
    return _workbook(content, f"learning-{person.employee_no}-{timezone.localdate(at)}.xlsx")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def following_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """More time for a whole enrolment, or with `?step=…` for one step of it."""
    at = timezone.now()
    rows = Enrolment.objects.filter(person__in=people_followed(request.user).values("pk"))
    enrolment = get_object_or_404(rows.select_related("person__site", "track_version"), pk=pk)
    require(can_extend(request.user, enrolment))
    asked = request.GET.get("step", "")
    step = get_object_or_404(enrolment.steps, pk=int(asked)) if asked.isascii() and asked.isdigit() else None
    form = ExtendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            extend_due_day(step or enrolment, **form.cleaned_data, actor=request.user, at=at)
        except NotLonger:
            form.add_error(
                "due_on", _("This gives no more time: choose a later day than now, and not one that has passed.")
            )
        except StaleState:
            return _too_late(request, enrolment.person)
        else:
            messages.success(request, _("More time is given. The person was told."))
            return redirect("courses:following-person", enrolment.person_id)
    what, present = step_in_words(enrolment, step, at=at)
    context = {
        "enrolment": enrolment, "what": what, "present": present, "form": form,
        "crumbs": [*_crumbs(enrolment.person), {"label": _("Give more time")}],
    }  # fmt: skip
    return render(request, "courses/following_extend.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def following_waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Waive one step, with reason and evidence."""
    at = timezone.now()
    rows = EnrolmentStep.objects.filter(enrolment__person__in=people_followed(request.user).values("pk"))
    step = get_object_or_404(rows.select_related("enrolment__person__site", "enrolment__track_version"), pk=pk)
    require(can_waive(request.user, step))
    person = step.enrolment.person
    form = WaiveForm(request.POST, request.FILES) if request.method == "POST" else WaiveForm()
    if request.method == "POST" and form.is_valid():
        try:
            waive_step(step, **form.cleaned_data, actor=request.user, at=at)
        except StaleState:
            return _too_late(request, person)
        messages.success(request, _("The step is waived. The person was told."))
        return redirect("courses:following-person", person.pk)
    what, present = step_in_words(step.enrolment, step, at=at)
    context = {
        "enrolment": step.enrolment, "what": what, "present": present, "form": form,
        "crumbs": [*_crumbs(person), {"label": _("Waive the step")}],
    }  # fmt: skip
    return render(request, "courses/following_waive.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def following_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a waiver, with a reason."""
    at = timezone.now()
    rows = StepWaiver.objects.filter(step__enrolment__person__in=people_followed(request.user).values("pk"))
    found = rows.select_related("step__enrolment__person__site", "step__enrolment__track_version", "given_by")
    waiver = get_object_or_404(found, pk=pk)
    require(can_withdraw(request.user, waiver))
    person = waiver.step.enrolment.person
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_waiver(waiver, **form.cleaned_data, actor=request.user, at=at)
        except StaleState:
            return _too_late(request, person)
        messages.success(request, _("The waiver is withdrawn. The person was told."))
        return redirect("courses:following-person", person.pk)
    what, _present = step_in_words(waiver.step.enrolment, waiver.step, at=at)
    context = {
        "waiver": waiver, "enrolment": waiver.step.enrolment, "what": what, "form": form,
        "crumbs": [*_crumbs(person), {"label": _("Withdraw the waiver")}],
    }  # fmt: skip
    return render(request, "courses/following_withdraw.html", context)


def _listed(request: HttpRequest, *, at: datetime) -> tuple[FollowingFilter, list[Followed]]:
    """The filter of the address, and the rows it lets through, in their order."""
    require(can_follow_learning(request.user))
    form = FollowingFilter(request.GET, viewer=request.user)
    if form.asks_for_strange_team:
        raise Http404
    chosen = form.chosen
    only, sort = chosen.get("only", ""), chosen.get("sort", "")
    people = people_followed(request.user, team=chosen.get("team"), typed=chosen.get("q", ""))
    rows = followed(people, at=at, track=form.track_key, is_completed=only == COMPLETED)
    tests = {OVERDUE: "is_overdue", SOON: "is_soon"}
    if only in tests:
        rows = [row for row in rows if getattr(row, tests[only])]
    elif only == NOT_BEGUN:
        rows = [row for row in rows if row.done == 0]
    return form, sorted_by(with_last_activity(rows) if sort == "activity" else rows, sort)


def _person(request: HttpRequest, pk: int) -> User:
    require(can_follow_learning(request.user))
    return get_object_or_404(people_followed(request.user).select_related("site"), pk=pk)


def _enrol_page(
    request: HttpRequest, form: EnrolForm, plan: EnrolPlan | None = None, *, has_changed: bool = False
) -> HttpResponse:
    groups = (
        [
            (_("Take it already"), plan.takes),
            (_("Have completed it, and hold it"), plan.holds),
            (_("Will be enrolled, and wait until another track is completed"), plan.waits),
            (_("Will be enrolled, and are on leave"), plan.on_leave),
        ]
        if plan
        else []
    )
    context = {
        "form": form,
        "plan": plan,
        "has_changed": has_changed,
        "people": plan.people[:NAMED] if plan else [],
        "more": max(0, len(plan.people) - NAMED) if plan else 0,
        "groups": [(label, rows[:NAMED], len(rows), max(0, len(rows) - NAMED)) for label, rows in groups if rows],
        "crumbs": [*_crumbs(), {"label": _("Enrol people")}],
    }
    return render(request, "courses/following_enrol.html", context)


def _say_reminded(request: HttpRequest, outcome: Any) -> None:
    n = len(outcome.told)
    if n:
        words = ngettext("%(n)s person was reminded.", "%(n)s people were reminded.", n)
        messages.success(request, words % {"n": n})
    if outcome.before:
        words = _("Reminded already today, so not once more: %(names)s")
        messages.info(request, words % {"names": _names(outcome.before)})
    if outcome.spared:
        messages.info(request, _("Nothing that they could do now: %(names)s") % {"names": _names(outcome.spared)})


def _names(people: list[User]) -> str:
    named = _(", ").join(person.full_name for person in people[:NAMED_IN_MESSAGE])
    more = len(people) - NAMED_IN_MESSAGE
    return _("%(names)s and %(n)d more") % {"names": named, "n": more} if more > 0 else named


def _back(request: HttpRequest) -> str:
    """The list as it was filtered, or the person's page."""
    person = request.POST.get("person", "")
    if person.isascii() and person.isdigit():
        return reverse("courses:following-person", args=[person])
    query = request.GET.urlencode()
    return f"{reverse('courses:following')}?{query}" if query else reverse("courses:following")


def _too_late(request: HttpRequest, person: User) -> HttpResponse:
    messages.info(request, _("That is no longer needed: the step or the track is done, or isn’t asked for any more."))
    return redirect("courses:following-person", person.pk)


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _crumbs(person: User | None = None) -> list[dict[str, str]]:
    crumbs = [{"label": _("Follow learning"), "url": reverse("courses:following")}]
    if person is not None:
        crumbs.append({"label": person.full_name, "url": reverse("courses:following-person", args=[person.pk])})
    return crumbs
