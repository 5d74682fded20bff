"""Who may place, take, cancel and read mystery calls."""

from typing import Any

from assessments.roleplay.models import MysteryCall
from assessments.roleplay.states import MysteryCallState
from assessments.scenarios.models import Scenario
from assessments.scenarios.permissions import can_read_scenarios
from lms.people.models import User
from lms.people.permissions import marks
from lms.people.queries import has_role
from lms.people.states import MARKING


def can_plan_any(viewer: Any) -> bool:
    """Analysts and QC leads plan calls; with whom, `can_plan` says."""
    return has_role(viewer, *MARKING)


def can_plan(viewer: Any, person: User) -> bool:
    """Whoever marks the person's present team."""
    return marks(viewer, person)


def can_place(viewer: Any, mystery_call: MysteryCall) -> bool:
    """Run the console: whoever planned the call."""
    return viewer.pk == mystery_call.caller_id


def can_take(viewer: Any, mystery_call: MysteryCall) -> bool:
    """Confirm the rules, give up, acknowledge: the agent, on the own screen."""
    return viewer.pk == mystery_call.assignment.person_id


def can_cancel(viewer: Any, mystery_call: MysteryCall) -> bool:
    """The caller, or – while it is only planned – whoever else marks the agent's team (the caller may be ill)."""
    return can_place(viewer, mystery_call) or (
        mystery_call.state == MysteryCallState.PLANNED and marks(viewer, mystery_call.agent)
    )


def can_see_script(viewer: Any, mystery_call: MysteryCall) -> bool:
    """The caller always; everybody else who may know of the call once it has been talked about."""
    return can_place(viewer, mystery_call) or mystery_call.is_shown


def can_read_sheet(viewer: Any, scenario: Scenario) -> bool:
    """The caller's sheet: whoever writes scenarios or calls with them, and isn't going to be called with this one."""
    if not can_read_scenarios(viewer):
        return False
    booked = MysteryCall.objects.before_debrief().filter(assignment__person=viewer, scenario_version__scenario=scenario)
    return not booked.exists()
