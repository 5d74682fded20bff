"""Reads that span tickets, lessons, evaluations and re-tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from assessments.attempts.queries import QuizResult, results_of
from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.queries import judged_marks, marked_item
from assessments.evidence.models import SourceKind
from assessments.roleplay.models import MysteryCall
from assessments.scorecards.rules import share_of
from assessments.scorecards.states import ItemKind
from coaching.effects.rules import compare
from coaching.effects.states import Verdict
from coaching.tickets.models import CoachingStep, Remedy, Ticket
from coaching.tickets.states import Deed, TicketState
from courses.catalogue.queries import CourseRow, LessonRow, courses, lessons, lessons_teaching
from courses.progress.queries import Reading, readings
from lms.people.models import Membership, Team, User
from lms.people.queries import agents_of, present_team_of, seen_teams, today_of
from lms.skills.models import Skill

#: How long a closed ticket stays on the board.
CLOSED_DAYS = 30
#: Cards per column; the rest is one link away in the list.
COLUMN_SIZE = 30


def lessons_to_propose(ticket: Ticket) -> list[UUID]:
    """The lessons that teach the ticket's skill, those the agent hasn't done yet first."""
    return [row.lesson.key for row in lesson_choices(ticket.agent, ticket.skill, language=ticket.agent.language)]


@dataclass(frozen=True)
class LessonChoice:
    """A lesson that could help, and whether the agent has read it before."""

    lesson: LessonRow
    reading: Reading


def lesson_choices(agent: User, skill: Skill, *, language: str) -> list[LessonChoice]:
    """The published lessons that teach the skill, those the agent hasn't done yet first."""
    keys = [UUID(link.key) for link in lessons_teaching([skill.pk], language)[skill.pk]]
    rows = lessons(language, keys)
    read = readings(agent, list(rows.values()))
    found = [LessonChoice(rows[key], read[key]) for key in keys if key in rows]
    return sorted(found, key=lambda choice: choice.reading.is_done)


def other_lessons(choices: Iterable[LessonChoice], *, language: str) -> list[CourseRow]:
    """All courses with the lessons that aren't among the choices."""
    taken = {choice.lesson.key for choice in choices}
    found = []
    for course in courses(language).values():
        rest = tuple(lesson for lesson in course.lessons if lesson.key not in taken)
        if rest:
            found.append(
                CourseRow(course.key, course.pk, course.slug, course.title, course.summary, course.language, rest)
            )
    return found


# --- board and list ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TicketFilter:
    """What the reader asked to see; None and "" ask for everything. `state` may also be `late`."""

    team: Team | None = None
    skill: Skill | None = None
    state: str = ""


@dataclass(frozen=True)
class TicketRow:
    """A ticket with the team its agent is in now."""

    ticket: Ticket
    team: Team | None

    @property
    def waits_for_lessons(self) -> bool:
        """A round for which nothing was chosen yet."""
        return self.ticket.state == TicketState.TEACHING and not self.ticket.has_chosen

    @property
    def waits_for_quiz(self) -> bool:
        return self.ticket.state == TicketState.RETEST_DUE and self.ticket.retest_id is None


@dataclass(frozen=True)
class Column:
    """One state of the board: its first rows, late first, and how many there are in all."""

    state: TicketState
    rows: list[TicketRow]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def chosen_tickets(viewer: User, wanted: TicketFilter, *, at: datetime) -> QuerySet[Ticket]:
    """The tickets the viewer may see, by team and skill; by state only where the filter names one."""
    tickets = Ticket.objects.visible_to(viewer)
    if wanted.team is not None:
        within = Team.objects.filter(path__startswith=wanted.team.path)
        tickets = tickets.filter(agent__in=agents_of(within, on=timezone.localdate(at)))
    if wanted.skill is not None:
        tickets = tickets.filter(skill=wanted.skill)
    if wanted.state == "late":
        tickets = tickets.live().filter(due_on__lt=timezone.localdate(at))
    elif wanted.state:
        tickets = tickets.filter(state=wanted.state)
    return tickets


def board(viewer: User, wanted: TicketFilter, *, at: datetime) -> list[Column]:
    """A column for each state, with a constant number of queries; closed tickets of the last CLOSED_DAYS."""
    recent = Q(state=TicketState.CLOSED, closed_at__lt=at - timedelta(days=CLOSED_DAYS))
    tickets = chosen_tickets(viewer, wanted, at=at).exclude(recent)
    totals = dict(tickets.order_by().values_list("state").annotate(n=Count("pk")))
    found: dict[str, list[Ticket]] = {}
    for state in TicketState:
        rows = with_context(tickets.filter(state=state))
        rows = rows.order_by("-closed_at", "pk") if state == TicketState.CLOSED else rows.late_first()
        found[state] = list(rows[:COLUMN_SIZE])
    teams = present_teams([ticket.agent_id for rows in found.values() for ticket in rows], on=timezone.localdate(at))
    return [
        Column(state, [TicketRow(ticket, teams.get(ticket.agent_id)) for ticket in found[state]], totals.get(state, 0))
        for state in TicketState
        if wanted.state in ("", state) or (wanted.state == "late" and state != TicketState.CLOSED)
    ]


def with_context(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With everything a line of a list shows."""
    chosen = Remedy.objects.filter(ticket=OuterRef("pk"), round=OuterRef("round"), is_chosen=True)
    return tickets.select_related("agent__site", "skill", "coach").annotate(has_chosen=Exists(chosen))


def ticket_rows(tickets: Sequence[Ticket], *, at: datetime) -> list[TicketRow]:
    """The tickets of one page of a list with their agents' teams; one query."""
    teams = present_teams([ticket.agent_id for ticket in tickets], on=timezone.localdate(at))
    return [TicketRow(ticket, teams.get(ticket.agent_id)) for ticket in tickets]


def present_teams(agents: Iterable[int], *, on: date) -> dict[int, Team]:
    """The team each agent (by id) is in on the day, in one query."""
    rows = Membership.objects.on(on).of_agents().filter(person__in=set(agents)).select_related("team")
    return {row.person_id: row.team for row in rows}


def filter_teams(viewer: User) -> QuerySet[Team]:
    """The teams a filter offers."""
    return seen_teams(viewer).filter(kind=Team.Kind.TEAM).order_by("name")


# --- one ticket ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """What was seen, where: the mark, and the page on which it can be heard or read."""

    url: str
    kind: str
    observed_at: datetime | None
    share: Decimal | None = None
    at_second: int | None = None
    comment: str = ""

    @property
    def clock(self) -> str:
        return "" if self.at_second is None else f"{self.at_second // 60}:{self.at_second % 60:02}"


@dataclass(frozen=True)
class Spread:
    """In how many agents the same skill has a live ticket, of how many; counts, no ranking."""

    team: int
    team_size: int
    elsewhere: int
    elsewhere_size: int


@dataclass(frozen=True)
class RemedyRow:
    """A lesson that was chosen. `lesson` None: it is no longer published."""

    remedy: Remedy
    lesson: LessonRow | None
    due_on: date | None
    is_overdue: bool


@dataclass(frozen=True)
class LogLine:
    """One line of the log; `lesson` and `seen` are the words its facts stand for."""

    step: CoachingStep
    lesson: str = ""
    seen: str = ""
    url: str = ""
    due_on: date | None = None
    share: Decimal | None = None


@dataclass(frozen=True)
class Story:
    """Everything the page of a ticket tells, top to bottom."""

    team: Team | None
    moment: Moment | None
    spread: Spread
    remedies: list[RemedyRow]
    earlier: list[RemedyRow]
    retest: QuizResult | None
    verdict: Verdict | None
    log: list[LogLine]

    @property
    def next_lesson(self) -> RemedyRow | None:
        """The first chosen lesson that isn't read yet and can be."""
        return next((row for row in self.remedies if row.remedy.done_at is None and row.lesson), None)

    @property
    def done(self) -> int:
        return sum(row.remedy.done_at is not None for row in self.remedies)


def story(ticket: Ticket, *, at: datetime) -> Story:
    """The ticket's story in the active language, with a constant number of queries."""
    language = get_language() or "zh-hans"
    team = present_team_of(ticket.agent)
    steps = list(ticket.coaching_steps.select_related("by"))
    remedies = list(ticket.remedies.filter(is_chosen=True).select_related("enrolment").order_by("round", "pk"))
    keys = {remedy.lesson_key for remedy in remedies}
    taught = lessons(language, keys) if keys else {}
    today = today_of(ticket.agent)
    rows = [_remedy_row(remedy, taught, today) for remedy in remedies]
    return Story(
        team=team,
        moment=moment_of(ticket),
        spread=_spread(ticket, team, on=timezone.localdate(at)),
        remedies=[row for row in rows if row.remedy.round == ticket.round],
        earlier=[row for row in rows if row.remedy.round != ticket.round],
        retest=results_of([ticket.retest])[ticket.retest_id] if ticket.retest else None,
        verdict=compare(ticket.before, ticket.after) if ticket.after_n else None,
        log=[_log_line(step, taught, language) for step in steps],
    )


def moment_of(ticket: Ticket) -> Moment | None:
    """The mark that opened the ticket; None where it was opened by hand."""
    if ticket.source_kind == SourceKind.EVALUATION:
        evaluation = Evaluation.objects.filter(pk=ticket.source_id).select_related("call", "scorecard_version").first()
        observed_at = evaluation.call.started_at if evaluation and evaluation.call else None
    elif ticket.source_kind == SourceKind.MYSTERY_CALL:
        call = MysteryCall.objects.filter(pk=ticket.source_id).select_related("evaluation__scorecard_version").first()
        evaluation, observed_at = (call.evaluation, call.started_at) if call else (None, None)
    else:
        return None
    url = source_url(ticket.source_kind, ticket.source_id)
    mark = _worst_mark(evaluation, ticket.skill_id) if evaluation else None
    if mark is None:
        return Moment(url=url, kind=ticket.source_kind, observed_at=observed_at)
    return Moment(
        url=url,
        kind=ticket.source_kind,
        observed_at=observed_at,
        share=share_of(marked_item(mark.item, mark)),
        at_second=mark.at_second,
        comment=mark.comment,
    )


def source_url(kind: str, pk: int | None) -> str:
    """The page on which the source of an observation is explained to the agent."""
    doors = {
        SourceKind.EVALUATION: "assessments:evaluation-detail",
        SourceKind.MYSTERY_CALL: "assessments:mystery-call-debrief",
        SourceKind.ATTEMPT: "assessments:attempt-review",
    }
    return reverse(doors[SourceKind(kind)], args=[pk]) if kind and pk else ""


def _worst_mark(evaluation: Evaluation, skill_id: int) -> Mark | None:
    """A failed fatal item, or else the weakest item of the skill: what triage judged by."""
    shares = [
        (mark, share)
        for mark in judged_marks(evaluation)
        if mark.item.skill_id == skill_id
        and mark.item.kind in (ItemKind.SCORED, ItemKind.FATAL)
        and (share := share_of(marked_item(mark.item, mark))) is not None
    ]
    if not shares:
        return None
    return min(shares, key=lambda pair: (not (pair[0].item.kind == ItemKind.FATAL and pair[1] == 0), pair[1]))[0]


def _spread(ticket: Ticket, team: Team | None, *, on: date) -> Spread:
    weak = set(Ticket.objects.live().filter(skill=ticket.skill_id).values_list("agent", flat=True))
    members = Membership.objects.on(on).of_agents().filter(person__in=User.objects.working())
    team_of = dict(members.values_list("person", "team"))
    own = {agent for agent, where in team_of.items() if team is not None and where == team.pk}
    others = team_of.keys() - own
    return Spread(len(weak & own), len(own), len(weak & others), len(others))


def _remedy_row(remedy: Remedy, taught: dict[UUID, LessonRow], today: date) -> RemedyRow:
    due_on = remedy.enrolment.due_on if remedy.enrolment else None
    return RemedyRow(
        remedy=remedy,
        lesson=taught.get(remedy.lesson_key),
        due_on=due_on,
        is_overdue=remedy.done_at is None and due_on is not None and due_on < today,
    )


def _log_line(step: CoachingStep, taught: dict[UUID, LessonRow], language: str) -> LogLine:
    facts: dict[str, Any] = step.facts
    lesson = taught.get(UUID(facts["lesson"])) if "lesson" in facts else None
    due_on = date.fromisoformat(facts["due_on"]) if facts.get("due_on") else None
    if step.kind == Deed.RETEST_FAILED:
        share = Decimal(facts["share"])
        return LogLine(step, share=share, url=source_url(SourceKind.ATTEMPT, facts["attempt"]))
    seen = (facts.get("en") or facts.get("zh")) if language == "en" else (facts.get("zh") or facts.get("en"))
    return LogLine(
        step,
        lesson=lesson.title if lesson else "",
        seen=seen or "",
        url=source_url(facts.get("source_kind", ""), facts.get("source_id")),
        due_on=due_on,
    )
