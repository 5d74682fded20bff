"""Mystery calls. `make_call(agent, caller, state)` brings one there by the services, minute by minute from MON_9."""

from datetime import timedelta

from assessments.assignments.models import Assignment
from assessments.roleplay import services
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.states import HelpKind, MysteryCallState, PointOutcome
from assessments.scenarios.models import ScenarioVersion
from assessments.scorecards.models import Item
from lms.people.models import User
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.scenarios import make_scenario

S = MysteryCallState
#: The steps to each state, after planning.
STEPS = {
    S.PLANNED: (),
    S.ANNOUNCED: ("announce",),
    S.ACCEPTED: ("announce", "accept"),
    S.IN_PROGRESS: ("announce", "accept", "begin"),
    S.ENDED: ("announce", "accept", "begin", "mark", "end"),
    S.DEBRIEFED: ("announce", "accept", "begin", "mark", "end", "debrief"),
    S.SETTLED: ("announce", "accept", "begin", "mark", "end", "debrief", "acknowledge"),
    S.FORFEITED: ("announce", "accept", "begin", "help", "forfeit"),
    S.CANCELLED: ("cancel",),
}
#: When each step is taken, in seconds after MON_9.
TIMES = {"begin": 60, "mark": 80, "help": 90, "forfeit": 100, "end": 300, "debrief": 310, "acknowledge": 600}


def call_assignment(agent: User, script: ScenarioVersion | None = None, **fields) -> Assignment:
    """An open assignment of a mystery call."""
    script = script or make_scenario()
    return AssignmentFactory(person=agent, quiz=None, scenario=script.scenario, **fields)


def make_call(
    agent: User,
    caller: User,
    state: str = S.PLANNED,
    *,
    assignment: Assignment | None = None,
    outcomes: dict[str, str] | None = None,
    points: dict[str, int | None] | None = None,
) -> MysteryCall:
    """`outcomes` by point key (met unless given), `points` by item key (full unless given)."""
    assignment = assignment or call_assignment(agent)
    call = services.plan_mystery_call(assignment, planned_for=MON_9, actor=caller, at=MON_9)
    for step in STEPS[S(state)]:
        _take(step, call, outcomes or {}, points or {})
    return call


def mark_everything(call: MysteryCall, *, at, outcomes=None, points=None) -> None:
    """Mark all points of the script and the card's other items."""
    for point in call.scenario_version.points.all():
        outcome = (outcomes or {}).get(point.key, PointOutcome.MET)
        services.mark_point(call, point, outcome=outcome, observed="heard", advice="", actor=call.caller, at=at)
    fed = set(call.scenario_version.points.values_list("item_key", flat=True))
    for item in Item.objects.filter(section__version=call.evaluation.scorecard_version).exclude(key__in=fed):
        if item.kind in ("scored", "fatal") or item.key in (points or {}):
            value = (points or {}).get(item.key, item.points_possible)
            services.mark_other_item(call, item, points=value, comment="why", actor=call.caller, at=at)


def _take(step: str, call: MysteryCall, outcomes, points) -> None:
    at = MON_9 + timedelta(seconds=TIMES.get(step, 0))
    caller, agent = call.caller, call.agent
    match step:
        case "announce":
            services.announce_mystery_call(call, actor=caller, at=at)
        case "accept":
            services.accept_rules(call, actor=agent, at=at)
        case "begin":
            services.begin_mystery_call(call, actor=caller, at=at)
        case "mark":
            mark_everything(call, at=at, outcomes=outcomes, points=points)
        case "help":
            services.record_help(call, kind=HelpKind.ASKED, actor=caller, at=at)
        case "forfeit":
            services.forfeit_mystery_call(call, actor=caller, at=at)
        case "end":
            services.end_mystery_call(call, actor=caller, at=at)
        case "debrief":
            services.debrief_mystery_call(call, actor=caller, at=at)
        case "acknowledge":
            services.acknowledge_mystery_call(call, comment="Thanks", actor=agent, at=at)
        case "cancel":
            services.cancel_mystery_call(call, actor=caller, at=at)
