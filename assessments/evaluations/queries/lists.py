"""The queue of calls, and lists of evaluations with their mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from assessments.calls.models import Call
from assessments.calls.queries import evaluated
from assessments.evaluations.models import Evaluation
from assessments.evaluations.states import VISIBLE_TO_AGENT, EvaluationState
from assessments.statistics import share_interval
from lms.people.models import Membership, Team, User
from lms.people.queries import agents_of, teams_under
from lms.people.states import MARKING


@dataclass(frozen=True)
class QueueRow:
    """A call in the queue. `evaluation`: the released one; `draft`: the viewer's own; `begun_by`: somebody else who
    has a draft; `may_evaluate`: the viewer marks the agent's team."""

    call: Call
    team: str
    evaluation: Evaluation | None
    draft: Evaluation | None
    begun_by: str
    may_evaluate: bool


@dataclass(frozen=True)
class Tally:
    """How many of the calls are evaluated."""

    evaluated: int
    total: int


def calls_in_queue(viewer: Any, chosen: Mapping[str, Any]) -> QuerySet[Call]:
    """The calls of the viewer's people: own drafts first, then what nobody has evaluated, the newest first."""
    calls = Call.objects.visible_to(viewer).exclude(agent=viewer)
    own_draft = Evaluation.objects.filter(call=OuterRef("pk"), evaluator=viewer, state=EvaluationState.DRAFT)
    return (
        _of_people(calls, chosen, "started_at")
        .annotate(is_evaluated=evaluated(), has_draft=Exists(own_draft))
        .order_by("-has_draft", "is_evaluated", "-started_at", "pk")
        .select_related("agent")
    )


def tally(calls: QuerySet[Call]) -> Tally:
    counts = calls.order_by().aggregate(total=Count("pk"), evaluated=Count("pk", filter=Q(is_evaluated=True)))
    return Tally(counts["evaluated"], counts["total"])


def queue_rows(calls: Sequence[Call], viewer: Any, *, on: date) -> list[QueueRow]:
    """What the list shows of the calls of one page, in three queries."""
    teams = team_names([call.agent_id for call in calls], on=on)
    may_mark = set(
        agents_of(teams_under(viewer, MARKING), on=on)
        .filter(pk__in=[call.agent_id for call in calls])
        .values_list("pk", flat=True)
    )
    released: dict[int, Evaluation] = {}
    drafts: dict[int, Evaluation] = {}
    begun_by: dict[int, str] = {}
    for evaluation in Evaluation.objects.filter(call__in=calls).select_related("evaluator").order_by("pk"):
        if evaluation.state in VISIBLE_TO_AGENT:
            released[evaluation.call_id] = evaluation
        elif evaluation.evaluator_id == viewer.pk:
            drafts[evaluation.call_id] = evaluation
        else:
            begun_by[evaluation.call_id] = evaluation.evaluator.full_name
    return [
        QueueRow(
            call,
            teams.get(call.agent_id, ""),
            released.get(call.pk),
            drafts.get(call.pk),
            begun_by.get(call.pk, ""),
            call.agent_id in may_mark,
        )
        for call in calls
    ]


def team_names(person_ids: Sequence[int], *, on: date) -> dict[int, str]:
    """{person: name of the team in which the person is an agent on the day}."""
    rows = Membership.objects.on(on).of_agents().filter(person__in=person_ids)
    return {row.person_id: str(row.team) for row in rows.select_related("team")}


def _of_people(rows: QuerySet[Any], chosen: Mapping[str, Any], instant: str) -> QuerySet[Any]:
    """Rows of the chosen team (as it is today), agent and days of the company's calendar."""
    if team := chosen.get("team"):
        rows = rows.filter(agent__in=agents_of(Team.objects.filter(path__startswith=team.path)))
    if agent := chosen.get("agent"):
        rows = rows.filter(agent=agent)
    if since := chosen.get("since"):
        rows = rows.filter(**{f"{instant}__gte": _midnight(since)})
    if until := chosen.get("until"):
        rows = rows.filter(**{f"{instant}__lt": _midnight(until + timedelta(days=1))})
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


# --- lists of evaluations ------------------------------------------------------------------------------------


def own_evaluations(viewer: Any) -> QuerySet[Evaluation]:
    """What the viewer was told as an agent, the newest first."""
    return (
        Evaluation.objects.visible_to(viewer)
        .filter(agent=viewer)
        .select_related("call", "scorecard_version__scorecard")
        .order_by("-released_at", "-pk")
    )


def evaluations_of_others(viewer: Any, chosen: Mapping[str, Any]) -> QuerySet[Evaluation]:
    """Own drafts first, then the released ones of the viewer's people, the newest first."""
    rows = _of_people(Evaluation.objects.visible_to(viewer).exclude(agent=viewer), chosen, "call__started_at")
    return rows.select_related("agent", "evaluator", "call", "scorecard_version__scorecard").order_by(
        F("released_at").desc(nulls_first=True), "-pk"
    )


@dataclass(frozen=True)
class MeanScore:
    """The mean of final scores with its interval, as shares cut to three places; None with fewer than two."""

    n: int
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def needed(self) -> int:
        return max(0, 2 - self.n)


def mean_score(agent: User, *, since: datetime) -> MeanScore:
    """Over the agent's evaluations of calls that took place since then; a corrected one counts by its correction."""
    scores = [
        float(score)
        for score in Evaluation.objects.final()
        .filter(agent=agent, call__started_at__gte=since, final_score__isnull=False)
        .values_list("final_score", flat=True)
    ]
    if len(scores) < 2:
        return MeanScore(len(scores))
    found = share_interval(scores)
    return MeanScore(found.n, _cut(found.estimate), _cut(found.low), _cut(found.high))


def _cut(share: float) -> Decimal:
    # Six places first: 0.7 as a float lies a hair below seven tenths.
    return Decimal(f"{share:.6f}").quantize(Decimal("0.001"), rounding=ROUND_DOWN)
