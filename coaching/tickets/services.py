"""The verbs of a coaching ticket. Each is one transaction: move, write, record in the audit log, announce."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.urls import reverse

from assessments.assignments.services import assign_quiz, close_assignment
from assessments.attempts.models import Attempt
from assessments.attempts.queries import results_of
from assessments.quizzes.queries import retest_quiz_for
from coaching import events
from coaching.effects.queries import recent_figure
from coaching.effects.rules import Figure, figure_of_answers
from coaching.tickets.models import CoachingStep, Remedy, Ticket
from coaching.tickets.queries import lessons_to_propose
from coaching.tickets.states import MOVES, Deed, Outcome, TicketState
from courses.enrolment.services.lessons import assign_lesson, withdraw_lesson
from courses.progress.models import LessonCompletion
from lms.audit.services import record
from lms.kernel.bilingual import in_language
from lms.kernel.states import IllegalMove, StaleState, move
from lms.notifications.services import notify
from lms.people.models import User
from lms.skills.models import Skill

#: Days the agent has for a re-test from the day on which it is given.
RETEST_DAYS = 7


class NothingChosen(ValueError):
    """Remedies were assigned without any lesson."""


# --- opening -------------------------------------------------------------------------------------------------


@transaction.atomic
def open_ticket(
    agent: User,
    skill: Skill,
    *,
    ground: str,
    actor: User | None,
    at: datetime,
    source_kind: str = "",
    source_id: int | None = None,
    seen_zh: str = "",
    seen_en: str = "",
    note: str = "",
) -> Ticket:
    """Open a ticket with the lessons that could help, and keep what had been observed until now as *before*.

    One live ticket per agent and skill: where there is one, it is returned with a line on what was seen this time.
    """
    seen = {"ground": ground, "source_kind": source_kind, "source_id": source_id, "zh": seen_zh, "en": seen_en}
    present = Ticket.objects.live().filter(agent=agent, skill=skill).first()
    if present is None:
        before = recent_figure(agent, skill, at=at)
        try:
            with transaction.atomic():
                ticket = Ticket.objects.create(
                    agent=agent,
                    skill=skill,
                    ground=ground,
                    source_kind=source_kind,
                    source_id=source_id,
                    seen_zh=seen_zh,
                    seen_en=seen_en,
                    opened_at=at,
                    opened_by=actor,
                    before_share=before.share,
                    before_low=before.low,
                    before_high=before.high,
                    before_n=before.n,
                )
        except IntegrityError:  # somebody else opened it at the same moment
            present = Ticket.objects.live().get(agent=agent, skill=skill)
    if present is not None:
        _log(present, Deed.SEEN_AGAIN, actor=actor, at=at, note=note, facts=seen)
        record(actor=actor, action="ticket_seen_again", subject=present, at=at, reason=note)
        return present
    _propose(ticket)
    _log(ticket, Deed.OPENED, actor=actor, at=at, note=note, facts=seen)
    record(actor=actor, action="ticket_opened", subject=ticket, at=at, changes={"ground": (None, ground)}, reason=note)
    return ticket


def _propose(ticket: Ticket) -> None:
    Remedy.objects.bulk_create(
        [Remedy(ticket=ticket, round=ticket.round, lesson_key=key) for key in lessons_to_propose(ticket)],
        ignore_conflicts=True,
    )


# --- coaching ------------------------------------------------------------------------------------------------


@transaction.atomic
def take_ticket(ticket: Ticket, *, actor: User, at: datetime) -> Ticket:
    """Become the ticket's coach, also in place of another one. Raises IllegalMove for a closed ticket, StaleState when
    somebody else took it first."""
    if not ticket.is_live:
        raise IllegalMove(f"Ticket {ticket.pk} is closed")
    before = ticket.coach
    if before == actor:
        return ticket
    if not Ticket.objects.live().filter(pk=ticket.pk, coach=before).update(coach=actor):
        raise StaleState(f"Ticket {ticket.pk} was taken by somebody else")
    ticket.coach = actor
    _log(ticket, Deed.TAKEN, actor=actor, at=at)
    record(actor=actor, action="ticket_taken", subject=ticket, at=at, changes={"coach": (before, actor)})
    return ticket


@transaction.atomic
def assign_remedies(
    ticket: Ticket,
    *,
    lesson_keys: Collection[UUID],
    due_on: date,
    cause: str,
    goal: str,
    actor: User,
    at: datetime,
) -> Ticket:
    """Write down cause and goal and have the agent read the chosen lessons by the due day; the agent is told. Whoever
    assigns becomes the coach where nobody was.

    Raises NothingChosen without lessons, ValueError for a lesson that isn't published, and IllegalMove or StaleState
    unless the ticket is open, or in a round for which nothing was chosen yet.
    """
    if not lesson_keys:
        raise NothingChosen
    coach = ticket.coach or actor
    fields = {"cause": cause, "goal": goal, "due_on": due_on, "coach": coach}
    if ticket.state == TicketState.OPEN:
        move(ticket, MOVES, TicketState.TEACHING, **fields)
    elif ticket.state == TicketState.TEACHING and not _chosen(ticket).exists():
        _write(ticket, **fields)
    else:
        raise IllegalMove(f"Ticket {ticket.pk}: nothing is to be chosen now")
    for key in lesson_keys:
        enrolment = assign_lesson(
            ticket.agent,
            key,
            due_on=due_on,
            actor=actor,
            at=at,
            **_reasons(ticket),
        )
        Remedy.objects.update_or_create(
            ticket=ticket, round=ticket.round, lesson_key=key, defaults={"is_chosen": True, "enrolment": enrolment}
        )
    _log(ticket, Deed.ASSIGNED, actor=actor, at=at, facts={"due_on": due_on.isoformat(), "lessons": len(lesson_keys)})
    record(
        actor=actor,
        action="ticket_remedies_assigned",
        subject=ticket,
        at=at,
        changes={"due_on": (None, due_on), "lessons": (None, len(lesson_keys)), "round": (None, ticket.round)},
    )
    _tell_agent(ticket, "ticket_assigned", at=at, due_on=due_on.isoformat(), coach=coach.full_name)
    return ticket


@transaction.atomic
def add_step(ticket: Ticket, *, note: str, actor: User, at: datetime) -> CoachingStep:
    """Write something on the ticket: a comment when the agent does, else a coach's note. The other side is told."""
    by_agent = actor.pk == ticket.agent_id
    step = _log(ticket, Deed.COMMENT if by_agent else Deed.NOTE, actor=actor, at=at, note=note)
    record(actor=actor, action="ticket_commented" if by_agent else "ticket_noted", subject=ticket, at=at)
    if by_agent:
        _tell_coach(ticket, "ticket_commented", at=at)
    elif ticket.state != TicketState.OPEN:
        _tell_agent(ticket, "ticket_noted", at=at)
    return step


@transaction.atomic
def dismiss_ticket(ticket: Ticket, *, reason: str, actor: User, at: datetime) -> Ticket:
    """Close a ticket because no coaching is needed, and take back what was asked of the agent for it.

    Raises IllegalMove or StaleState when it is closed already.
    """
    was_known = ticket.state != TicketState.OPEN
    for remedy in _chosen(ticket).filter(done_at__isnull=True).select_related("enrolment"):
        # A lesson that was asked for before, for another reason, is asked for still.
        if remedy.enrolment is not None and remedy.enrolment.reason_zh == _reasons(ticket)["reason_zh"]:
            withdraw_lesson(remedy.enrolment, actor=actor, at=at)
    _close(ticket, Outcome.DISMISSED, actor=actor, at=at, reason=reason)
    if was_known:
        _tell_agent(ticket, "ticket_dismissed", at=at)
    return ticket


# --- the agent learns ----------------------------------------------------------------------------------------


@transaction.atomic
def mark_remedies_done(completion: LessonCompletion, *, at: datetime) -> None:
    """The agent has read a lesson (perhaps again): it counts for the tickets that asked for it. When it was the last
    one of the round, the re-test is given."""
    waiting = Ticket.objects.filter(
        agent=completion.person_id,
        state=TicketState.TEACHING,
        remedies__lesson_key=completion.lesson_key,
        remedies__is_chosen=True,
        remedies__done_at__isnull=True,
        remedies__round=F("round"),
    )
    for pk in list(waiting.values_list("pk", flat=True).distinct()):
        ticket = _locked(pk)
        done = _chosen(ticket).filter(lesson_key=completion.lesson_key, done_at__isnull=True).update(done_at=at)
        if ticket.state != TicketState.TEACHING or not done:
            continue
        _log(ticket, Deed.LESSON_DONE, actor=ticket.agent, at=at, facts={"lesson": str(completion.lesson_key)})
        if not _chosen(ticket).filter(done_at__isnull=True).exists():
            offer_retest(ticket, actor=None, at=at)


@transaction.atomic
def offer_retest(ticket: Ticket, *, actor: User | None, at: datetime) -> Ticket:
    """Give the agent the re-test quiz of the skill, due in RETEST_DAYS. Where none is published the coach is told, and
    calls this again when there is one. Raises IllegalMove or StaleState unless all lessons of the round are done."""
    quiz = retest_quiz_for(ticket.skill)
    is_waiting = ticket.state == TicketState.RETEST_DUE and ticket.retest is None
    if not is_waiting:
        if _chosen(ticket).filter(done_at__isnull=True).exists():
            raise IllegalMove(f"Ticket {ticket.pk}: lessons are still to be read")
        move(ticket, MOVES, TicketState.RETEST_DUE, due_on=None)
    if quiz is None:
        if not is_waiting:
            _log(ticket, Deed.RETEST_MISSING, actor=actor, at=at)
            _tell_coach(ticket, "ticket_retest_missing", at=at)
        return ticket
    due_on = _today_of(ticket.agent, at) + timedelta(days=RETEST_DAYS)
    retest = assign_quiz(
        ticket.agent,
        quiz,
        reason_zh=f"辅导单复测：{ticket.skill.name_zh}",
        reason_en=f"Re-test of your coaching ticket: {ticket.skill.name_en}",
        actor=ticket.coach,
        at=at,
        due_on=due_on,
    )
    waiting = Ticket.objects.filter(pk=ticket.pk, state=TicketState.RETEST_DUE, retest__isnull=True)
    if not waiting.update(retest=retest, due_on=due_on):
        raise StaleState(f"Ticket {ticket.pk} got its re-test meanwhile")
    ticket.retest, ticket.due_on = retest, due_on
    _log(ticket, Deed.RETEST_OFFERED, actor=actor, at=at, facts={"due_on": due_on.isoformat()})
    record(
        actor=actor,
        action="ticket_retest_offered",
        subject=ticket,
        at=at,
        changes={"state": (TicketState.TEACHING, TicketState.RETEST_DUE), "due_on": (None, due_on)},
    )
    return ticket


@transaction.atomic
def judge_retest(attempt: Attempt, *, at: datetime) -> None:
    """A quiz was graded. Where it was a ticket's re-test: passed closes the ticket with *after* from this attempt;
    failed with no attempt left begins the next round, and the coach is told."""
    found = Ticket.objects.filter(retest=attempt.assignment_id, state=TicketState.RETEST_DUE).first()
    if found is None:
        return
    ticket = _locked(found.pk)
    shares = list(attempt.questions.values_list("share", flat=True))
    result = figure_of_answers([share for share in shares if share is not None])
    came_of_it = results_of([attempt.assignment], at=at)[attempt.assignment_id]
    if came_of_it.passed:
        close_ticket(ticket, outcome=Outcome.PASSED, after=result, actor=None, at=at)
        return
    left = came_of_it.attempts_left
    facts = {"share": str(attempt.score), "n": len(shares), "left": left, "attempt": attempt.pk}
    _log(ticket, Deed.RETEST_FAILED, actor=ticket.agent, at=at, facts=facts)
    if left == 0:
        _begin_next_round(ticket, at=at)


def _begin_next_round(ticket: Ticket, *, at: datetime) -> None:
    old = ticket.retest
    move(ticket, MOVES, TicketState.TEACHING, round=ticket.round + 1, retest=None, due_on=None)
    if old is not None:
        close_assignment(old, actor=None, at=at)
    _propose(ticket)
    _log(ticket, Deed.NEXT_ROUND, actor=None, at=at, facts={"round": ticket.round})
    record(
        actor=None,
        action="ticket_round_failed",
        subject=ticket,
        at=at,
        changes={
            "state": (TicketState.RETEST_DUE, TicketState.TEACHING),
            "round": (ticket.round - 1, ticket.round),
        },
    )
    _tell_coach(ticket, "ticket_next_round", at=at, round=ticket.round)


# --- closing -------------------------------------------------------------------------------------------------


@transaction.atomic
def close_ticket(
    ticket: Ticket, *, outcome: str, actor: User | None, at: datetime, after: Figure, reason: str = ""
) -> Ticket:
    """Close a ticket whose weakness is cured; agent and coach are told. Raises IllegalMove or StaleState."""
    _close(ticket, outcome, actor=actor, at=at, reason=reason, after=after)
    _tell_agent(ticket, "ticket_passed", at=at)
    _tell_coach(ticket, "ticket_passed_coach", at=at)
    return ticket


def _close(
    ticket: Ticket,
    outcome: str,
    *,
    actor: User | None,
    at: datetime,
    reason: str,
    after: Figure | None = None,
) -> None:
    before = ticket.state
    fields: dict[str, Any] = {"outcome": outcome, "closed_at": at}
    if after is not None:
        fields |= {
            "after_share": after.share,
            "after_low": after.low,
            "after_high": after.high,
            "after_n": after.n,
        }
    move(ticket, MOVES, TicketState.CLOSED, **fields)
    if ticket.retest is not None:
        close_assignment(ticket.retest, actor=actor, at=at)
    _log(ticket, Deed(outcome), actor=actor, at=at, note=reason)
    record(
        actor=actor,
        action="ticket_closed" if outcome == Outcome.PASSED else "ticket_dismissed",
        subject=ticket,
        at=at,
        changes={"state": (before, TicketState.CLOSED), "outcome": (None, outcome)},
        reason=reason,
    )
    events.ticket_closed.send(sender=Ticket, ticket=ticket, at=at)


# --- what the verbs share ------------------------------------------------------------------------------------


def _chosen(ticket: Ticket) -> QuerySet[Remedy]:
    """The lessons chosen for the present round."""
    return ticket.remedies.filter(round=ticket.round, is_chosen=True)


def _reasons(ticket: Ticket) -> dict[str, str]:
    """Why a lesson is asked for, as the agent reads it on the start page."""
    return {
        "reason_zh": f"辅导单：{ticket.skill.name_zh}",
        "reason_en": f"Coaching ticket: {ticket.skill.name_en}",
    }


def _locked(pk: int) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",))
    return rows.select_related("agent__site", "skill", "coach", "retest").get(pk=pk)


def _write(ticket: Ticket, **fields: Any) -> None:
    if not Ticket.objects.filter(pk=ticket.pk, state=ticket.state, round=ticket.round).update(**fields):
        raise StaleState(f"Ticket {ticket.pk} is no longer {ticket.state}")
    for name, value in fields.items():
        setattr(ticket, name, value)


def _log(
    ticket: Ticket,
    deed: Deed,
    *,
    actor: User | None,
    at: datetime,
    note: str = "",
    facts: dict[str, Any] | None = None,
) -> CoachingStep:
    return CoachingStep.objects.create(ticket=ticket, at=at, by=actor, kind=deed, note=note, facts=facts or {})


def _today_of(person: User, at: datetime) -> date:
    return person.site.local_day(at) if person.site else at.date()


def _tell_agent(ticket: Ticket, kind: str, *, at: datetime, **params: Any) -> None:
    _tell(ticket.agent, ticket, kind, at=at, **params)


def _tell_coach(ticket: Ticket, kind: str, *, at: datetime, **params: Any) -> None:
    if ticket.coach is not None:
        _tell(ticket.coach, ticket, kind, at=at, **params)


def _tell(reader: User, ticket: Ticket, kind: str, *, at: datetime, **params: Any) -> None:
    notify(
        reader,
        kind=kind,
        at=at,
        url=reverse("coaching:ticket-detail", args=[ticket.pk]),
        params={
            "skill": in_language(ticket.skill, "name", reader.language),
            "agent": ticket.agent.full_name,
            **params,
        },
    )
