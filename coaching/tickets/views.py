"""The doors of coaching tickets: the board, one ticket's story, and the verbs on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.quizzes.queries import retest_quiz_for
from coaching.tickets.forms import DismissForm, NoteForm, RemedyForm, TicketFilterForm
from coaching.tickets.models import Ticket
from coaching.tickets.permissions import can_act, can_comment, prefers_board, sees_board
from coaching.tickets.queries import (
    TicketFilter,
    board,
    chosen_tickets,
    lesson_choices,
    other_lessons,
    story,
    ticket_rows,
    with_context,
)
from coaching.tickets.services import add_step, assign_remedies, dismiss_ticket, offer_retest, take_ticket
from coaching.tickets.states import TicketState
from lms.kernel.permissions import require
from lms.kernel.states import IllegalMove, StaleState
from lms.people.queries import today_of

PER_PAGE = 50


@login_required
@require_safe
def ticket_board(request: HttpRequest) -> HttpResponse:
    """All tickets of the teams one leads or marks, as a board or a list; for everybody else the own ones."""
    at = timezone.now()
    if not sees_board(request.user):
        own = with_context(chosen_tickets(request.user, TicketFilter(), at=at))
        closed = own.filter(state=TicketState.CLOSED).order_by("-closed_at", "-pk")
        context = {"live": own.live().late_first(), "closed": closed}
        return render(request, "coaching/ticket_list_own.html", context)
    form = TicketFilterForm(request.GET, viewer=request.user)
    wanted = form.wanted
    view = request.GET.get("view") or ("board" if prefers_board(request.user) else "list")
    context = {"form": form, "wanted": wanted, "view": view, "tabs": _tabs(request, view)}
    if view == "board":
        context["columns"] = board(request.user, wanted, at=at)
    else:
        tickets = chosen_tickets(request.user, wanted, at=at)
        page = Paginator(with_context(tickets if wanted.state else tickets.live()).late_first(), PER_PAGE)
        context["page"] = page.get_page(request.GET.get("page"))
        context["rows"] = ticket_rows(list(context["page"]), at=at)
    return render(request, "coaching/ticket_board.html", context)


def _tabs(request: HttpRequest, view: str) -> list[dict[str, Any]]:
    tabs = []
    for key, label in (("board", _("Board")), ("list", _("List"))):
        query = request.GET.copy()
        query.pop("page", None)
        query["view"] = key
        tabs.append({"label": label, "url": f"?{query.urlencode()}", "is_current": key == view})
    return tabs


@login_required
@require_safe
def ticket_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One ticket's story."""
    return _page(request, _visible(request, pk))


@login_required
@require_POST
def ticket_take(request: HttpRequest, pk: int) -> HttpResponse:
    ticket = _allowed(request, pk)
    return _done(
        request, ticket, _("You coach this ticket now."), lambda at: take_ticket(ticket, actor=request.user, at=at)
    )


@login_required
@require_POST
def ticket_assign(request: HttpRequest, pk: int) -> HttpResponse:
    ticket = _allowed(request, pk)
    form = _remedy_form(ticket, request.POST)["remedy_form"]
    if not form.is_valid():
        return _page(request, ticket, remedy_form=form, status=422)
    data = form.cleaned_data
    return _done(
        request,
        ticket,
        _("The lessons are assigned; the agent has been told."),
        lambda at: assign_remedies(
            ticket,
            lesson_keys=data["lessons"],
            due_on=data["due_on"],
            cause=data["cause"],
            goal=data["goal"],
            actor=request.user,
            at=at,
        ),
    )


@login_required
@require_POST
def ticket_retest(request: HttpRequest, pk: int) -> HttpResponse:
    ticket = _allowed(request, pk)
    if retest_quiz_for(ticket.skill) is None:
        messages.warning(request, _("No re-test quiz is published for this skill yet. Ask a training specialist."))
        return redirect("coaching:ticket-detail", pk=ticket.pk)
    return _done(
        request, ticket, _("The re-test is given."), lambda at: offer_retest(ticket, actor=request.user, at=at)
    )


@login_required
@require_POST
def ticket_note(request: HttpRequest, pk: int) -> HttpResponse:
    """A coach's note or the agent's comment."""
    ticket = _visible(request, pk)
    require(can_act(request.user, ticket) or can_comment(request.user, ticket))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, note_form=form, status=422)
    return _done(
        request,
        ticket,
        _("Your words are on the ticket."),
        lambda at: add_step(ticket, note=form.cleaned_data["note"], actor=request.user, at=at),
    )


@login_required
@require_POST
def ticket_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    ticket = _allowed(request, pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, dismiss_form=form, status=422)
    return _done(
        request,
        ticket,
        _("The ticket is closed."),
        lambda at: dismiss_ticket(ticket, reason=form.cleaned_data["reason"], actor=request.user, at=at),
    )


# --- what the doors share ------------------------------------------------------------------------------------


def _visible(request: HttpRequest, pk: int) -> Ticket:
    tickets = Ticket.objects.visible_to(request.user)
    return get_object_or_404(
        tickets.select_related("agent__site", "skill", "coach", "retest__quiz", "opened_by"), pk=pk
    )


def _allowed(request: HttpRequest, pk: int) -> Ticket:
    ticket = _visible(request, pk)
    require(can_act(request.user, ticket))
    return ticket


def _done(request: HttpRequest, ticket: Ticket, said: str, act: Callable[[Any], Any]) -> HttpResponse:
    """Do it and say so; or say that the ticket has moved on meanwhile."""
    try:
        act(timezone.now())
    except (StaleState, IllegalMove):
        messages.warning(request, _("The ticket has moved on meanwhile; nothing was changed. This is how it stands."))
    except ValueError:
        messages.warning(request, _("One of the lessons is no longer published; nothing was assigned."))
    else:
        messages.success(request, said)
    return redirect("coaching:ticket-detail", pk=ticket.pk)


def _page(request: HttpRequest, ticket: Ticket, *, status: int = 200, **forms: Any) -> HttpResponse:
    at = timezone.now()
    may_act = can_act(request.user, ticket) and ticket.is_live
    told = story(ticket, at=at)
    context = {
        "ticket": ticket,
        "story": told,
        "is_agent": request.user.pk == ticket.agent_id,
        "may_act": may_act,
        "may_write": may_act or can_comment(request.user, ticket),
        "is_choosing": ticket.state == TicketState.OPEN or (ticket.state == TicketState.TEACHING and not told.remedies),
        "note_form": NoteForm(),
        "dismiss_form": DismissForm(),
    }
    if may_act and context["is_choosing"]:
        context |= _remedy_form(ticket)
    return render(request, "coaching/ticket_detail.html", context | forms, status=status)


def _remedy_form(ticket: Ticket, data: Any = None) -> dict[str, Any]:
    """The form with the lessons it offers: those of the skill, proposed ones not read yet already ticked."""
    language = get_language() or "zh-hans"
    choices = lesson_choices(ticket.agent, ticket.skill, language=language)
    others = other_lessons(choices, language=language)
    keys = [choice.lesson.key for choice in choices] + [lesson.key for course in others for lesson in course.lessons]
    unread = [choice.lesson.key for choice in choices if not choice.reading.is_done]
    form = RemedyForm(data, ticket=ticket, keys=keys, chosen=unread, today=today_of(ticket.agent))
    return {"remedy_form": form, "choices": choices, "others": others}
