"""The doors of the skill matrix: everybody's, one cell, one person, and the workbook."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coaching.effects.rules import LEAST_OBSERVATIONS, WINDOW_DAYS
from coaching.skillmatrix import queries
from coaching.skillmatrix.exports import matrix_workbook
from coaching.skillmatrix.forms import MatrixFilterForm
from coaching.skillmatrix.permissions import can_assign, can_see_matrix
from coaching.skillmatrix.rules import THRESHOLDS
from coaching.tickets.forms import LessonForm, OpenForm
from coaching.tickets.models import Ticket
from coaching.tickets.queries import lesson_choices
from coaching.tickets.services import open_ticket
from coaching.tickets.states import Ground
from courses.enrolment.services.lessons import assign_lesson
from lms.kernel.permissions import require
from lms.kernel.rendering import render_part
from lms.kernel.workbooks import XLSX
from lms.people.models import User
from lms.people.queries import present_team_of, today_of
from lms.skills.models import Skill


@login_required
@require_safe
def skill_matrix(request: HttpRequest) -> HttpResponse:
    """Agents × skills of the teams one leads or marks."""
    require(can_see_matrix(request.user))
    form = MatrixFilterForm(request.GET, viewer=request.user)
    found = queries.matrix(request.user, form.wanted, at=timezone.now())
    return render(request, "coaching/skill_matrix.html", {"form": form, "matrix": found, **_legend()})


@login_required
@require_safe
def skill_matrix_xlsx(request: HttpRequest) -> HttpResponse:
    """The same with the same filters, as a workbook."""
    require(can_see_matrix(request.user))
    at = timezone.now()
    form = MatrixFilterForm(request.GET, viewer=request.user)
    book = matrix_workbook(queries.matrix(request.user, form.wanted, at=at), at=at)
    response = HttpResponse(book, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="skills-{timezone.localdate(at)}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """All skills of one person; for agents "My skills"."""
    person = _person(request, pk)
    cells = queries.profile(person, at=timezone.now())
    context = {
        "person": person,
        "is_own": person.pk == request.user.pk,
        "team": present_team_of(person),
        "groups": [(kind.label, [cell for cell in cells if cell.skill.kind == kind]) for kind in Skill.Kind],
        "sees_matrix": can_see_matrix(request.user),
        **_legend(),
    }
    return render(request, "coaching/profile.html", context)


@login_required
@require_safe
def skill_cell(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One person and one skill: level, evidence, what raises it. Beside the matrix, or as a page of its own."""
    return _cell_page(request, _person(request, pk), get_object_or_404(Skill, key=key))


@login_required
@require_POST
def cell_lesson(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Assign one lesson that teaches the skill."""
    person, skill = _person(request, pk), get_object_or_404(Skill, key=key)
    require(can_assign(request.user, person))
    form = _lesson_form(person, skill, request.POST)
    if not form.is_valid():
        return _cell_page(request, person, skill, lesson_form=form, status=422)
    try:
        assign_lesson(
            person,
            form.cleaned_data["lesson"],
            due_on=form.cleaned_data["due_on"],
            reason_zh=f"技能：{skill.name_zh}",
            reason_en=f"Skill: {skill.name_en}",
            actor=request.user,
            at=timezone.now(),
        )
    except ValueError:
        messages.warning(request, _("The lesson is no longer published; nothing was assigned."))
    else:
        messages.success(request, _("The lesson is assigned; the agent has been told."))
    return redirect("coaching:skill-cell", pk=person.pk, key=skill.key)


@login_required
@require_POST
def cell_ticket(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Open a ticket by hand, with the reason in words."""
    person, skill = _person(request, pk), get_object_or_404(Skill, key=key)
    require(can_assign(request.user, person))
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _cell_page(request, person, skill, open_form=form, status=422)
    was_open = Ticket.objects.live().filter(agent=person, skill=skill).exists()
    ticket = open_ticket(
        person,
        skill,
        ground=Ground.BY_HAND,
        actor=request.user,
        at=timezone.now(),
        note=form.cleaned_data["reason"],
    )
    if was_open:
        messages.info(request, _("There is an open ticket for this skill already; your words were added to it."))
    else:
        messages.success(request, _("The ticket is open."))
    return redirect("coaching:ticket-detail", pk=ticket.pk)


# --- what the doors share ------------------------------------------------------------------------------------


def _person(request: HttpRequest, pk: int) -> User:
    people = User.objects.visible_to(request.user)
    return get_object_or_404(people.select_related("job_role", "site"), pk=pk)


def _legend() -> dict[str, Any]:
    return {
        "least": LEAST_OBSERVATIONS,
        "window_days": WINDOW_DAYS,
        "thresholds": [(level, share) for level, share in sorted(THRESHOLDS.items()) if share],
    }


def _lesson_form(person: User, skill: Skill, data: Any = None) -> LessonForm:
    choices = lesson_choices(person, skill, language=get_language() or "zh-hans")
    labels = [
        (
            str(choice.lesson.key),
            _("%(title)s (read before)") % {"title": choice.lesson.title}
            if choice.reading.is_done
            else choice.lesson.title,
        )
        for choice in choices
    ]
    return LessonForm(data, lessons=labels, today=today_of(person))


def _cell_page(request: HttpRequest, person: User, skill: Skill, *, status: int = 200, **forms: Any) -> HttpResponse:
    at = timezone.now()
    found = queries.cell(person, skill, at=at)
    may_assign = can_assign(request.user, person)
    context = {
        "person": person,
        "skill": skill,
        "cell": found,
        "is_own": person.pk == request.user.pk,
        "behaviour": queries.level_behaviour(skill, found.standing.level),
        "next_percent": f"{(found.standing.next_threshold or 0) * 100:.0f}%",
        "next_behaviour": queries.level_behaviour(skill, found.standing.next_level),
        "lines": queries.evidence_lines(person, skill, at=at),
        "may_assign": may_assign,
        "sees_matrix": can_see_matrix(request.user),
        **_legend(),
    }
    if may_assign:
        context |= {"lesson_form": _lesson_form(person, skill), "open_form": OpenForm()}
    return render_part(request, "coaching/skill_cell.html", "cell", context | forms, status=status)
