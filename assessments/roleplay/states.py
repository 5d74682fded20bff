"""How an announced test call goes on."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MysteryCallState(TextChoices):
    PLANNED = "planned", _("Planned")
    ANNOUNCED = "announced", _("Announced")
    ACCEPTED = "accepted", _("Rules confirmed")
    IN_PROGRESS = "in_progress", _("Call in progress")
    ENDED = "ended", _("Ended")
    FORFEITED = "forfeited", _("Forfeited")
    DEBRIEFED = "debriefed", _("Debriefed")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    SETTLED = "settled", _("Settled")
    CANCELLED = "cancelled", _("Cancelled")


S = MysteryCallState
MYSTERY_CALL_MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        S.PLANNED: frozenset({S.ANNOUNCED, S.CANCELLED}),
        S.ANNOUNCED: frozenset({S.ACCEPTED, S.CANCELLED, S.FORFEITED}),
        S.ACCEPTED: frozenset({S.IN_PROGRESS, S.CANCELLED, S.FORFEITED}),
        S.IN_PROGRESS: frozenset({S.ENDED, S.FORFEITED}),
        S.ENDED: frozenset({S.DEBRIEFED}),
        S.FORFEITED: frozenset({S.DEBRIEFED}),
        S.DEBRIEFED: frozenset({S.ACKNOWLEDGED}),
        S.ACKNOWLEDGED: frozenset({S.SETTLED}),
        S.SETTLED: frozenset(),
        S.CANCELLED: frozenset(),
    }
)

#: Both sides have a live screen.
LIVE = frozenset({S.ANNOUNCED, S.ACCEPTED, S.IN_PROGRESS})
#: No other call can be planned under the assignment (see `one_open_mystery_call_per_assignment`).
OPEN = LIVE | {S.PLANNED, S.ENDED}
#: What was seen can be marked.
MARKABLE = frozenset({S.IN_PROGRESS, S.ENDED})
#: The standard answers may be shown.
SHOWN = frozenset({S.DEBRIEFED, S.ACKNOWLEDGED, S.SETTLED})


class PointOutcome(TextChoices):
    MET = "met", _("Met")
    PARTLY = "partly", _("Partly")
    NOT_MET = "not_met", _("Not met")
    NOT_REACHED = "not_reached", _("Not reached")


class HelpKind(TextChoices):
    ASKED = "asked", _("Asked a colleague")
    ANSWERED_BY_OTHER = "answered_by_other", _("Somebody else answered")
    FORBIDDEN_SOURCE = "forbidden_source", _("Opened forbidden material")
    LEFT_SEAT = "left_seat", _("Left the seat")
    GAVE_UP = "gave_up", _("Gave up")
