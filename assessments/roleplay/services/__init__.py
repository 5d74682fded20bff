"""What happens to a mystery call, from planning to settling. Each verb is one transaction."""

from assessments.roleplay.services.debriefing import (
    NotReadyForDebrief,
    acknowledge_mystery_call,
    debrief_mystery_call,
)
from assessments.roleplay.services.live import (
    HelpNotRecorded,
    accept_rules,
    announce_mystery_call,
    begin_mystery_call,
    end_mystery_call,
    forfeit_mystery_call,
    give_up,
    mark_other_item,
    mark_point,
    note_on_other_item,
    record_help,
    write_notes,
)
from assessments.roleplay.services.planning import (
    CannotPlan,
    cancel_mystery_call,
    plan_mystery_call,
    plan_new_mystery_call,
)

__all__ = [
    "CannotPlan", "HelpNotRecorded", "NotReadyForDebrief",
    "accept_rules", "acknowledge_mystery_call", "announce_mystery_call", "begin_mystery_call", "cancel_mystery_call",
    "debrief_mystery_call", "end_mystery_call", "forfeit_mystery_call", "give_up", "mark_other_item", "mark_point",
    "note_on_other_item", "plan_mystery_call", "plan_new_mystery_call", "record_help", "write_notes",
]  # fmt: skip
