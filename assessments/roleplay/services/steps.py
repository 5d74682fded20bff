"""What every step of a mystery call has in common."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from assessments.roleplay.models import MysteryCall
from assessments.roleplay.queries import card_items
from assessments.roleplay.rules import CardItem, MarkedPoint, fed_items
from assessments.roleplay.states import MYSTERY_CALL_MOVES, MysteryCallState
from assessments.scorecards.models import Item
from assessments.scorecards.queries import items_of
from lms.audit.services import record
from lms.kernel.states import StaleState, move
from lms.notifications.services import notify
from lms.people.models import User


def step(mystery_call: MysteryCall, to: str, *, actor: User, at: datetime, **fields: Any) -> MysteryCall:
    """One move with its audit entry. Raises StaleState and IllegalMove."""
    before = mystery_call.state
    move(mystery_call, MYSTERY_CALL_MOVES, to, **fields)
    record(
        actor=actor,
        action=f"mystery_call_{MysteryCallState(to).value}",
        subject=mystery_call,
        at=at,
        changes={"state": (MysteryCallState(before).value, MysteryCallState(to).value)},
    )
    return mystery_call


def locked(mystery_call: MysteryCall, states: Collection[str]) -> MysteryCall:
    """The row as it is now, kept still until the transaction ends. Raises StaleState when it has left these states."""
    row = MysteryCall.objects.select_for_update().get(pk=mystery_call.pk)
    if row.state not in states:
        raise StaleState(f"MysteryCall {row.pk} is {row.state}")
    return row


def fed_card(mystery_call: MysteryCall, points: list[MarkedPoint]) -> list[tuple[Item, CardItem]]:
    """The items of the call's scorecard that points feed, as rows and as the rules read them."""
    fed = fed_items(points)
    items = [item for item in items_of(mystery_call.card.scorecard_version) if item.key in fed]
    return list(zip(items, card_items(items), strict=True))


def tell_agent(mystery_call: MysteryCall, kind: str, *, at: datetime, url: str) -> None:
    """News for the agent: who calls, and when on the clock of the agent's site (digits read the same in both
    languages). The scenario's name would give the script away."""
    when = mystery_call.planned_for.astimezone(ZoneInfo(mystery_call.agent.time_zone))
    notify(
        mystery_call.agent,
        kind=kind,
        at=at,
        url=url,
        params={"caller": mystery_call.caller.full_name, "when": f"{when:%Y-%m-%d %H:%M}"},
    )


def debrief_url(mystery_call: MysteryCall) -> str:
    return reverse("assessments:mystery-call-debrief", args=[mystery_call.pk])
