"""Booking a call and calling it off."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.assignments.models import Assignment
from assessments.assignments.services import assign_mystery_call
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.queries import exposure_now
from assessments.roleplay.rules import Obstacle, obstacle
from assessments.roleplay.services.steps import step, tell_agent
from assessments.roleplay.states import OPEN, MysteryCallState
from assessments.scenarios.models import Scenario
from assessments.scenarios.queries import published_version
from lms.audit.services import record
from lms.people.models import User

#: Shown to the agent where the planner gave no reason.
DEFAULT_REASON = ("质检安排的明访拨测", "Mystery call arranged by QC")


class CannotPlan(Exception):
    """No call can be planned under the assignment; `obstacle` says why, `message` in the active language."""

    def __init__(self, found: Obstacle) -> None:
        super().__init__(found.value)
        self.obstacle = found

    @property
    def message(self) -> str:
        return {
            Obstacle.CLOSED: _("This assignment is closed; choose the agent and the scenario for a new call."),
            Obstacle.NO_SCRIPT: _("This scenario has no published script yet."),
            Obstacle.ALREADY_PLANNED: _("A mystery call is already planned for this assignment."),
            Obstacle.ALREADY_PASSED: _("The agent has already passed this mystery call."),
            Obstacle.EXPOSED: _(
                "The agent has had this scenario, or somebody of the team has had it lately. Choose another one, or say why it is used anyway."
            ),
            Obstacle.NONE_LEFT: _("The agent has taken all calls that this assignment allows."),
        }[self.obstacle]


@transaction.atomic
def plan_mystery_call(assignment: Assignment, *, planned_for: datetime, actor: User, at: datetime) -> MysteryCall:
    """Book a call by `actor` under the assignment and tell the agent when. Raises CannotPlan."""
    assignment = _locked_assignment(assignment)
    script = published_version(assignment.scenario) if assignment.scenario else None
    found = _obstacle(assignment, has_script=script is not None, at=at)
    if found or script is None:
        raise CannotPlan(found or Obstacle.NO_SCRIPT)
    mystery_call = MysteryCall.objects.create(
        assignment=assignment, scenario_version=script, caller=actor, planned_for=planned_for
    )
    record(
        actor=actor,
        action="mystery_call_planned",
        subject=mystery_call,
        at=at,
        changes={"planned_for": (None, planned_for)},
    )
    tell_agent(
        mystery_call,
        "mystery_call_planned",
        at=at,
        url=reverse("assessments:mystery-call-agent", args=[mystery_call.pk]),
    )
    return mystery_call


@transaction.atomic
def plan_new_mystery_call(
    person: User,
    scenario: Scenario,
    *,
    planned_for: datetime,
    reason: str = "",
    why_anyway: str = "",
    seed: int | None = None,
    actor: User,
    at: datetime,
) -> MysteryCall:
    """Book a call with this person. Where the person already has an open assignment of the scenario, it is taken under
    that one; otherwise a new one is made. Raises CannotPlan; for a scenario that the person or the team knows, unless
    `why_anyway` says why. Records that reason, and the seed of the draw that proposed a scenario."""
    Scenario.objects.select_for_update().get(pk=scenario.pk)  # two neighbours are booked one after the other
    exposure = exposure_now(scenario, person, at=at)
    if exposure.clash and not why_anyway:
        raise CannotPlan(Obstacle.EXPOSED)
    mystery_call = _plan_under_some(person, scenario, planned_for=planned_for, reason=reason, actor=actor, at=at)
    if exposure.clash:
        clash: dict[str, tuple[Any, Any]] = {"clash": (None, exposure.clash.value)}
        record(actor=actor, action="scenario_repeated", subject=mystery_call, at=at, changes=clash, reason=why_anyway)
    if seed is not None:
        record(actor=actor, action="scenario_drawn", subject=mystery_call, at=at, changes={"seed": (None, seed)})
    return mystery_call


def _plan_under_some(
    person: User, scenario: Scenario, *, planned_for: datetime, reason: str, actor: User, at: datetime
) -> MysteryCall:
    for assignment in Assignment.objects.open_at(at).filter(person=person, scenario=scenario).order_by("created_at"):
        if _obstacle(_locked_assignment(assignment), has_script=True, at=at) is None:
            return plan_mystery_call(assignment, planned_for=planned_for, actor=actor, at=at)
    reason_zh, reason_en = (reason, reason) if reason else DEFAULT_REASON
    assignment = assign_mystery_call(
        person, scenario, reason_zh=reason_zh, reason_en=reason_en, actor=actor, at=at, is_required=False
    )
    return plan_mystery_call(assignment, planned_for=planned_for, actor=actor, at=at)


@transaction.atomic
def cancel_mystery_call(mystery_call: MysteryCall, *, actor: User, at: datetime) -> MysteryCall:
    """Call it off before it has begun, and tell the agent. The assignment stays open."""
    step(mystery_call, MysteryCallState.CANCELLED, actor=actor, at=at)
    tell_agent(mystery_call, "mystery_call_cancelled", at=at, url=reverse("assessments:mystery-call-list"))
    return mystery_call


def _locked_assignment(assignment: Assignment) -> Assignment:
    """Two planners come one after the other."""
    return Assignment.objects.select_for_update().get(pk=assignment.pk)


def _obstacle(assignment: Assignment, *, has_script: bool, at: datetime) -> Obstacle | None:
    calls = MysteryCall.objects.filter(assignment=assignment)
    return obstacle(
        is_open=Assignment.objects.open_at(at).filter(pk=assignment.pk).exists(),
        has_script=has_script,
        has_open_call=calls.filter(state__in=OPEN).exists(),
        is_passed=calls.passed().exists(),
        taken=calls.exclude(state=MysteryCallState.CANCELLED).filter(was_forfeited=False).count(),
        allowed=assignment.attempts_allowed,
    )
