"""Doors of mystery calls: the lists, the caller's console, the agent's screen, the debrief."""

from assessments.roleplay.views.agent import mystery_call_accept, mystery_call_agent, mystery_call_give_up
from assessments.roleplay.views.console import (
    mystery_call_accept_aloud,
    mystery_call_announce,
    mystery_call_begin,
    mystery_call_cancel,
    mystery_call_console,
    mystery_call_end,
    mystery_call_forfeit,
)
from assessments.roleplay.views.debrief import (
    mystery_call_acknowledge,
    mystery_call_debrief,
    mystery_call_show_debrief,
)
from assessments.roleplay.views.library import scenario_list
from assessments.roleplay.views.lists import mystery_call_list
from assessments.roleplay.views.live import mystery_call_state
from assessments.roleplay.views.marking import (
    mystery_call_help,
    mystery_call_mark_item,
    mystery_call_mark_point,
    mystery_call_notes,
)
from assessments.roleplay.views.planning import mystery_call_plan
from assessments.roleplay.views.sheets import scenario_sheet, scenario_sheet_pdf

__all__ = [
    "mystery_call_accept", "mystery_call_accept_aloud", "mystery_call_acknowledge", "mystery_call_agent",
    "mystery_call_announce", "mystery_call_begin", "mystery_call_cancel", "mystery_call_console",
    "mystery_call_debrief", "mystery_call_end", "mystery_call_forfeit", "mystery_call_give_up", "mystery_call_help",
    "mystery_call_list", "mystery_call_mark_item", "mystery_call_mark_point", "mystery_call_notes",
    "mystery_call_plan", "mystery_call_show_debrief", "mystery_call_state",
    "scenario_list", "scenario_sheet", "scenario_sheet_pdf",
]  # fmt: skip
