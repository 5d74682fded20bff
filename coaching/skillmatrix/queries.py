"""The skill matrix, one cell of it, and one person's profile: folds of evidence, computed when they are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from assessments.evaluations.models import Evaluation
from assessments.evidence.models import Evidence, SourceKind
from assessments.roleplay.models import MysteryCall
from assessments.scenarios.models import Point
from assessments.scorecards.models import Item
from coaching.effects.queries import occasions_by_agent_and_skill
from coaching.effects.rules import WINDOW_DAYS, Occasion, figure_of
from coaching.skillmatrix.rules import Standing
from coaching.tickets.models import Ticket
from coaching.tickets.queries import source_url
from lms.people.models import Membership, Team, User
from lms.people.queries import seen_teams
from lms.skills.models import Requirement, Skill, SkillLevel


@dataclass(frozen=True)
class MatrixFilter:
    """What the reader asked to see; None, "" and False ask for everything."""

    team: Team | None = None
    kind: str = ""
    only_gaps: bool = False


@dataclass(frozen=True)
class Cell:
    """One person and one skill."""

    skill: Skill
    standing: Standing
    last_seen_at: datetime | None = None  # None: never in the last 90 days
    ticket: Ticket | None = None


@dataclass(frozen=True)
class Row:
    """One agent with a cell for each skill, in the order of the matrix."""

    person: User
    team: Team
    cells: list[Cell]

    @property
    def has_gap(self) -> bool:
        return any(cell.standing.has_gap for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """Agents × skills."""

    skills: list[Skill]
    rows: list[Row]

    @property
    def gaps(self) -> int:
        return sum(cell.standing.has_gap for row in self.rows for cell in row.cells)


def matrix(viewer: User, wanted: MatrixFilter, *, at: datetime) -> Matrix:
    """The agents of the teams the viewer leads or marks. Six queries, whatever the number of agents and skills."""
    teams = seen_teams(viewer)
    if wanted.team is not None:
        teams = teams.filter(path__startswith=wanted.team.path)
    skills = list(_skills(wanted.kind))
    members = list(
        Membership.objects.on(timezone.localdate(at))
        .of_agents()
        .filter(team__in=teams, person__in=User.objects.working())
        .select_related("person__job_role", "person__site", "team")
        .order_by("team__name", "person__pinyin", "person__employee_no")
    )
    cells = _cells([member.person for member in members], skills, at=at)
    rows = [Row(member.person, member.team, cells[member.person_id]) for member in members]
    if wanted.only_gaps:
        rows = [row for row in rows if row.has_gap]
        shown = {cell.skill.pk for row in rows for cell in row.cells if cell.standing.has_gap}
        skills = [skill for skill in skills if skill.pk in shown]
        rows = [Row(row.person, row.team, [cell for cell in row.cells if cell.skill.pk in shown]) for row in rows]
    return Matrix(skills, rows)


def profile(person: User, *, at: datetime) -> list[Cell]:
    """All skills of one person."""
    return _cells([person], list(_skills("")), at=at)[person.pk]


def cell(person: User, skill: Skill, *, at: datetime) -> Cell:
    return _cells([person], [skill], at=at)[person.pk][0]


def _skills(kind: str) -> QuerySet[Skill]:
    skills = Skill.objects.order_by("kind", "order", "key")
    return skills.filter(kind=kind) if kind else skills


def _cells(people: list[User], skills: list[Skill], *, at: datetime) -> dict[int, list[Cell]]:
    """person id → a cell for each skill; three queries."""
    ids = [person.pk for person in people]
    begin = at - timedelta(days=WINDOW_DAYS)
    evidence = Evidence.objects.filter(agent__in=ids, skill__in=skills)
    seen = occasions_by_agent_and_skill(evidence.between(begin - timedelta(days=WINDOW_DAYS), None))
    roles = {person.job_role_id for person in people if person.job_role_id}
    required = {
        (role, skill): level
        for role, skill, level in Requirement.objects.filter(job_role__in=roles, skill__in=skills).values_list(
            "job_role", "skill", "level"
        )
    }
    live = Ticket.objects.live().filter(agent__in=ids, skill__in=skills)
    tickets = {(ticket.agent_id, ticket.skill_id): ticket for ticket in live}
    return {
        person.pk: [
            _cell(
                skill,
                seen.get((person.pk, skill.pk), []),
                begin=begin,
                required=required.get((person.job_role_id or 0, skill.pk)),
                ticket=tickets.get((person.pk, skill.pk)),
            )
            for skill in skills
        ]
        for person in people
    }


def _cell(
    skill: Skill, seen: Iterable[Occasion], *, begin: datetime, required: int | None, ticket: Ticket | None
) -> Cell:
    rows = list(seen)
    recent = [occasion for occasion in rows if occasion.observed_at >= begin]
    standing = Standing(
        figure=figure_of([occasion.share for occasion in recent]),
        earlier=figure_of([occasion.share for occasion in rows if occasion.observed_at < begin]),
        required=required,
    )
    return Cell(skill, standing, recent[-1].observed_at if recent else None, ticket)


# --- the evidence behind a cell ------------------------------------------------------------------------------


@dataclass(frozen=True)
class EvidenceLine:
    """One row of evidence with what it was seen on."""

    evidence: Evidence
    about: str
    url: str

    @property
    def share(self) -> Decimal | None:
        return self.evidence.share


def evidence_lines(person: User, skill: Skill, *, at: datetime) -> list[EvidenceLine]:
    """What counts for the level now, the newest first; at most five queries."""
    begin = at - timedelta(days=WINDOW_DAYS)
    rows = list(
        Evidence.objects.filter(agent=person, skill=skill)
        .between(begin, None)
        .counting()
        .order_by("-observed_at", "source_kind", "source_id", "pk")
    )
    names = _names_of(rows)
    return [
        EvidenceLine(
            row,
            about=names.get((row.source_kind, row.source_id, row.item_key), ""),
            url=source_url(row.source_kind, row.source_id),
        )
        for row in rows
    ]


def _names_of(rows: list[Evidence]) -> dict[tuple[str, int, str], str]:
    """(kind, source id, item key) → the name of the scorecard item or of the scenario's point."""
    keys = {row.item_key for row in rows if row.item_key}
    evaluations = {row.source_id for row in rows if row.source_kind == SourceKind.EVALUATION}
    calls = {row.source_id for row in rows if row.source_kind == SourceKind.MYSTERY_CALL}
    card_of = dict(Evaluation.objects.filter(pk__in=evaluations).values_list("pk", "scorecard_version"))
    placed = MysteryCall.objects.filter(pk__in=calls).values_list(
        "pk", "evaluation__scorecard_version", "scenario_version"
    )
    scripts = {pk: (card, script) for pk, card, script in placed}
    cards = {*card_of.values(), *(card for card, _script in scripts.values())}
    items: dict[tuple[int, str], str] = {}
    for item in Item.objects.filter(key__in=keys, section__version__in=cards).select_related("section"):
        items[item.section.version_id, item.key] = item.name
    points: dict[tuple[int, str], str] = {}
    for point in Point.objects.filter(key__in=keys, version__in=[script for _card, script in scripts.values()]):
        points[point.version_id, point.key] = point.text
    names = {}
    for row in rows:
        if row.source_kind == SourceKind.EVALUATION:
            name = items.get((card_of.get(row.source_id, 0), row.item_key), "")
        elif row.source_kind == SourceKind.MYSTERY_CALL:
            card, script = scripts.get(row.source_id, (0, 0))
            name = points.get((script, row.item_key)) or items.get((card, row.item_key), "")
        else:
            name = ""
        names[row.source_kind, row.source_id, row.item_key] = name
    return names


def level_behaviour(skill: Skill, level: int | None) -> str:
    """What one can see or hear at the level."""
    if level is None:
        return ""
    row = SkillLevel.objects.filter(skill=skill, level=level).first()
    return row.behaviour if row else ""
