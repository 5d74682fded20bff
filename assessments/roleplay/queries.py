"""Reads that span calls, scripts, scorecards and assignments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from assessments.assignments.models import Assignment
from assessments.evaluations.models import Mark
from assessments.evaluations.queries import judged_marks, marked_item, score_of
from assessments.evaluations.rules import ItemToCheck, missing_before_release
from assessments.roleplay.models import HelpEvent, MysteryCall, MysteryCallQuerySet, PointMark
from assessments.roleplay.rules import (
    Candidate,
    CardItem,
    Exposure,
    MarkedPoint,
    Play,
    StillMissing,
    Tally,
    Wish,
    composite,
    exposure_of,
    fed_items,
    suits,
)
from assessments.roleplay.states import LIVE, OPEN, MysteryCallState, PointOutcome
from assessments.scenarios.models import Point, Scenario, ScenarioVersion
from assessments.scenarios.queries import playable_scenarios, published_version
from assessments.scorecards.models import Item
from assessments.scorecards.queries import items_of
from assessments.scorecards.rules import CardScore
from assessments.scorecards.states import ItemKind
from lms.people.models import Team, User
from lms.people.queries import agents_of, present_team_of, teams_under
from lms.people.states import MARKING


@dataclass(frozen=True)
class MysteryResult:
    """What an assignment's calls came to. `last`: the newest that wasn't cancelled. `score`: the best composite score
    of those that are settled; None when there is none, as after a forfeit."""

    passed: bool
    last: MysteryCall | None
    score: Decimal | None


@dataclass(frozen=True)
class PointRow:
    """A point of the script with what was marked; `mark` None: nothing yet."""

    point: Point
    mark: PointMark | None


@dataclass(frozen=True)
class ItemRow:
    """An item of the scorecard that the caller marks directly; `mark` None: nothing yet."""

    item: Item
    mark: Mark | None


@dataclass(frozen=True)
class ScoreRow:
    """One item of the composite score: its mark and what it did, in shares of the whole score."""

    item: Item
    mark: Mark
    gained: Decimal | None
    lost: Decimal | None
    is_failed: bool


@dataclass(frozen=True)
class Debrief:
    """Everything both sides read after the call, strengths first."""

    strengths: list[str]
    points: list[PointRow]
    help_events: list[HelpEvent]
    score: CardScore | None
    parts: list[ScoreRow]


def mystery_results_of(
    assignments: Iterable[Assignment], *, calls: Iterable[MysteryCall] | None = None
) -> dict[int, MysteryResult]:
    """The result of each assignment, by its id, in one query; in none where its `calls` are known. Only settled calls
    pass, and a forfeit never does."""
    made: dict[int, list[MysteryCall]] = {assignment.pk: [] for assignment in assignments}
    rows = _not_cancelled().filter(assignment__in=list(made)) if calls is None else calls
    for row in rows:
        if row.assignment_id in made:
            made[row.assignment_id].append(row)
    return {pk: _result(rows) for pk, rows in made.items()}


def mystery_calls_of(person: User, assignments: Iterable[Assignment]) -> list[MysteryCall]:
    """The calls under these assignments, and the person's others that are planned, under way or wait to be read; one
    query."""
    waiting = [*LIVE, MysteryCallState.PLANNED, MysteryCallState.DEBRIEFED]
    under = Q(assignment__in=[assignment.pk for assignment in assignments])
    return list(_not_cancelled().filter(under | Q(assignment__person=person, state__in=waiting)))


def _not_cancelled() -> QuerySet[MysteryCall]:
    calls = MysteryCall.objects.exclude(state=MysteryCallState.CANCELLED)
    return calls.select_related("evaluation").order_by("pk")


def _result(calls: list[MysteryCall]) -> MysteryResult:
    settled = [
        call.evaluation for call in calls if call.state == MysteryCallState.SETTLED and call.evaluation is not None
    ]
    scores = [evaluation.final_score for evaluation in settled if evaluation.final_score is not None]
    return MysteryResult(
        passed=any(evaluation.passed for evaluation in settled),
        last=calls[-1] if calls else None,
        score=max(scores, default=None),
    )


def calls_on_list(viewer: Any) -> MysteryCallQuerySet:
    """What the viewer may know of, without cancelled ones, with everything a row shows."""
    return (
        MysteryCall.objects.visible_to(viewer)
        .exclude(state=MysteryCallState.CANCELLED)
        .select_related("assignment__person", "scenario_version__scenario", "caller", "evaluation__scorecard_version")
    )


def assignments_awaiting_a_call(viewer: Any, *, at: datetime) -> QuerySet[Assignment]:
    """Open mystery-call assignments of the agents the viewer may call, without a call under way and not yet passed;
    earliest due first."""
    calls = MysteryCall.objects.filter(assignment=OuterRef("pk"))
    return (
        Assignment.objects.open_at(at)
        .filter(scenario__isnull=False, person__in=agents_to_call(viewer))
        .exclude(Exists(calls.filter(state__in=OPEN)))
        .exclude(Exists(calls.passed()))
        .select_related("person", "scenario")
        .order_by("due_on", "created_at", "pk")
    )


def agents_to_call(viewer: Any) -> QuerySet[User]:
    """Agents of the teams the viewer marks, except the viewer, by name."""
    return agents_of(teams_under(viewer, MARKING)).exclude(pk=viewer.pk).order_by("pinyin", "employee_no")


#: How far back plays are counted.
WINDOW = timedelta(days=90)


@dataclass(frozen=True)
class ScenarioRow:
    """A scenario that may be played, with how much it has been."""

    scenario: Scenario
    exposure: Exposure


def tallies(*, at: datetime) -> dict[int, Tally]:
    """How often each scenario was played or booked in the last 90 days, by its id; one query."""
    rows = (
        MysteryCall.objects.exposing()
        .order_by()
        .values("scenario_version__scenario")
        .annotate(plays=Count("pk", filter=Q(exposed_at__gt=at - WINDOW)), last_at=Max("started_at"))
        .values_list("scenario_version__scenario", "plays", "last_at")
    )
    return {scenario: Tally(plays, last_at) for scenario, plays, last_at in rows}


def plays_around(person: User, *, at: datetime) -> list[Play]:
    """What the person and the agents of the present team have had and are booked for."""
    team = present_team_of(person)
    neighbours = agents_of(Team.objects.filter(pk=team.pk)) if team else User.objects.none()
    rows = (
        MysteryCall.objects.exposing()
        .filter(Q(assignment__person=person) | Q(assignment__person__in=neighbours))
        .values_list("scenario_version__scenario", "assignment__person", "assignment__person__full_name", "exposed_at")
    )
    return [Play(*row) for row in rows]


def exposure_now(scenario: Scenario, person: User, *, at: datetime) -> Exposure:
    """The scenario as the person would meet it; without counting the company."""
    return exposure_of(
        scenario.pk, Tally(), plays_around(person, at=at), person_id=person.pk, at=at, rest=scenario_rest()
    )


def exposures_seen(scenario: Scenario, viewer: Any) -> MysteryCallQuerySet:
    """To whom the scenario was played or is going to be, among those whose record the viewer sees; the newest first."""
    return (
        MysteryCall.objects.visible_to(viewer)
        .exposing()
        .filter(scenario_version__scenario=scenario)
        .select_related("assignment__person", "scenario_version", "caller")
        .order_by("-exposed_at", "-pk")
    )


def scenario_rest() -> timedelta:
    """How long a scenario rests in a team."""
    return timedelta(days=settings.SCENARIO_REST_DAYS)


def scenarios_for(person: User, wish: Wish, *, at: datetime) -> list[ScenarioRow]:
    """What may be played as wished, each as the person would meet it; a fixed number of queries."""
    plays, counted = plays_around(person, at=at), tallies(at=at)
    return [
        ScenarioRow(
            scenario,
            exposure_of(
                scenario.pk,
                counted.get(scenario.pk, Tally()),
                plays,
                person_id=person.pk,
                at=at,
                rest=scenario_rest(),
            ),
        )
        for scenario in _wished(wish)
    ]


def scenario_library(wish: Wish, *, at: datetime) -> list[ScenarioRow]:
    """What may be played as wished, with how much the company has played it; a fixed number of queries."""
    counted = tallies(at=at)
    return [
        ScenarioRow(scenario, Exposure(scenario.pk, counted.get(scenario.pk, Tally()))) for scenario in _wished(wish)
    ]


def _wished(wish: Wish) -> list[Scenario]:
    rows = playable_scenarios().prefetch_related("skills").order_by("key")
    return [scenario for scenario in rows if suits(_candidate(scenario), wish)]


def _candidate(scenario: Scenario) -> Candidate:
    skills = frozenset(skill.pk for skill in scenario.skills.all())
    return Candidate(scenario.pk, scenario.direction, scenario.line_of_business, skills)


def script_of(mystery_call: MysteryCall) -> ScenarioVersion:
    """What the caller reads: the version that was announced; before that, the one that would be played now."""
    if mystery_call.state == MysteryCallState.PLANNED:
        return published_version(mystery_call.scenario_version.scenario) or mystery_call.scenario_version
    return mystery_call.scenario_version


def point_rows(mystery_call: MysteryCall, script: ScenarioVersion) -> list[PointRow]:
    """The script's points in order, each with its mark."""
    marks = {mark.point_id: mark for mark in mystery_call.point_marks.all()}
    return [PointRow(point, marks.get(point.pk)) for point in script.points.all()]


def item_rows(mystery_call: MysteryCall, script: ScenarioVersion) -> list[ItemRow]:
    """Items of the scorecard that no point feeds, in reading order; empty before the call has begun."""
    if mystery_call.evaluation is None:
        return []
    fed = {point.item_key for point in script.points.all()}
    marks = {mark.item_id: mark for mark in mystery_call.evaluation.marks.all()}
    return [
        ItemRow(item, marks.get(item.pk))
        for item in items_of(mystery_call.evaluation.scorecard_version)
        if item.key not in fed
    ]


def card_items(items: Iterable[Item]) -> list[CardItem]:
    """Items as the rules read them."""
    return [CardItem(item.key, item.kind, item.points_possible, item.weight, item.not_applicable) for item in items]


def marked_points(rows: Iterable[PointRow]) -> list[MarkedPoint]:
    """Points as the rules read them."""
    return [
        MarkedPoint(
            key=row.point.key,
            item_key=row.point.item_key,
            outcome=row.mark.outcome if row.mark else "",
            weight=row.point.weight,
            is_fatal=row.point.is_fatal,
        )
        for row in rows
    ]


def score_so_far(mystery_call: MysteryCall, points: list[PointRow], items: list[ItemRow]) -> CardScore | None:
    """The composite score of what is marked by now; None before the call has begun."""
    if mystery_call.evaluation is None:
        return None
    version = mystery_call.evaluation.scorecard_version
    direct = {row.item.key: row.mark.points for row in items if row.mark and row.mark.is_judged}
    return composite(card_items(items_of(version)), marked_points(points), direct, pass_share=version.pass_share)


def missing_before_debrief(points: list[PointRow], items: list[ItemRow]) -> StillMissing:
    """What the caller has to say before the agent can be shown anything."""
    checks = [
        ItemToCheck(
            row.item.key,
            row.item.kind,
            marked_item(row.item, row.mark) if row.mark and row.mark.is_judged else None,
            row.mark.comment if row.mark else "",
        )
        for row in items
    ]
    return StillMissing(
        points=tuple(row.point.key for row in points if row.mark is None or not row.mark.outcome),
        items=tuple(missing_before_release(checks)),
    )


def debrief_of(mystery_call: MysteryCall) -> Debrief:
    """What is shown. After a forfeit there is no score, and only points that were played are shown: another call with
    the same script may follow."""
    points = point_rows(mystery_call, mystery_call.scenario_version)
    help_events = list(mystery_call.help_events.all())
    if mystery_call.evaluation is None:
        played = [row for row in points if row.mark and row.mark.outcome]
        return Debrief(_met(played), played, help_events, None, [])
    marks = judged_marks(mystery_call.evaluation)
    score = score_of(mystery_call.evaluation, marks)
    parts = [
        ScoreRow(mark.item, mark, part.gained, part.lost, part.is_failed)
        for mark, part in zip(marks, score.parts, strict=True)
    ]
    fed = fed_items(marked_points(points))
    full = [
        row.item.name
        for row in parts
        if row.item.kind in (ItemKind.SCORED, ItemKind.BONUS)
        and row.item.key not in fed
        and row.mark.points == row.item.points_possible
    ]
    return Debrief(_met(points) + full, points, help_events, score, parts)


def _met(rows: list[PointRow]) -> list[str]:
    return [row.point.text for row in rows if row.mark and row.mark.outcome == PointOutcome.MET]
