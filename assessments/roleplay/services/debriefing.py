"""What follows the call: the debrief, the agent's word on it, and what counts from then on."""

from datetime import datetime

from django.db import transaction

from assessments import events
from assessments.evaluations.queries import judged_marks, marked_item
from assessments.evaluations.rules import observations
from assessments.evaluations.services import hold_evaluation, mark_item
from assessments.evidence.models import SourceKind
from assessments.evidence.services import Observation, append_evidence
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.queries import item_rows, marked_points, missing_before_debrief, point_rows
from assessments.roleplay.rules import StillMissing, item_points, point_observations
from assessments.roleplay.services.steps import debrief_url, fed_card, step, tell_agent
from assessments.roleplay.states import MysteryCallState
from lms.notifications.services import notify
from lms.people.models import User

S = MysteryCallState


class NotReadyForDebrief(Exception):
    """Points or items aren't marked; `missing` names them."""

    def __init__(self, missing: StillMissing) -> None:
        super().__init__(", ".join([*missing.points, *(piece.key for piece in missing.items)]))
        self.missing = missing


@transaction.atomic
def debrief_mystery_call(mystery_call: MysteryCall, *, actor: User, at: datetime) -> MysteryCall:
    """Close the marks, compute the composite score and show everything to the agent, who is told.

    A forfeit is explained without a score. Raises NotReadyForDebrief, StaleState and IllegalMove.
    """
    MysteryCall.objects.select_for_update().get(pk=mystery_call.pk)  # no mark slips in behind the check
    if mystery_call.state == S.ENDED:
        _fill_card(mystery_call, actor=actor, at=at)
    step(mystery_call, S.DEBRIEFED, actor=actor, at=at, debriefed_at=at)
    if mystery_call.evaluation is not None:
        hold_evaluation(mystery_call.evaluation, actor=actor, at=at)
    tell_agent(mystery_call, "mystery_call_debriefed", at=at, url=debrief_url(mystery_call))
    return mystery_call


@transaction.atomic
def acknowledge_mystery_call(mystery_call: MysteryCall, *, comment: str, actor: User, at: datetime) -> MysteryCall:
    """The agent has read the debrief, which is not agreeing. The call is settled with it: evidence of each skill is
    kept, once; a forfeit gives none."""
    comment = comment.strip()
    step(mystery_call, S.ACKNOWLEDGED, actor=actor, at=at, acknowledged_at=at, agent_comment=comment)
    notify(
        mystery_call.caller,
        kind="mystery_call_acknowledged",
        at=at,
        url=debrief_url(mystery_call),
        params={"agent": mystery_call.agent.full_name},
    )
    return _settle(mystery_call, actor=actor, at=at)


def _settle(mystery_call: MysteryCall, *, actor: User, at: datetime) -> MysteryCall:
    step(mystery_call, S.SETTLED, actor=actor, at=at, settled_at=at)
    if not mystery_call.was_forfeited:
        _keep_evidence(mystery_call, at=at)
        events.mystery_call_settled.send(sender=MysteryCall, mystery_call=mystery_call, at=at)
    return mystery_call


def _fill_card(mystery_call: MysteryCall, *, actor: User, at: datetime) -> None:
    """Write the marks of the items that points feed. Raises NotReadyForDebrief."""
    rows = point_rows(mystery_call, mystery_call.scenario_version)
    missing = missing_before_debrief(rows, item_rows(mystery_call, mystery_call.scenario_version))
    if missing:
        raise NotReadyForDebrief(missing)
    points = marked_points(rows)
    seconds = {row.point.key: row.mark.at_second for row in rows if row.mark}
    for item, card_item in fed_card(mystery_call, points):
        own = [point for point in points if point.item_key == item.key]
        given = item_points(card_item, own)
        if given is None:
            continue  # none of its points was reached: it isn't on the card
        heard = [second for point in own if (second := seconds.get(point.key)) is not None]
        mark_item(
            mystery_call.card,
            item,
            points=given,
            comment="",
            at_second=min(heard, default=None),
            actor=actor,
            at=at,
        )


def _keep_evidence(mystery_call: MysteryCall, *, at: datetime) -> None:
    """One observation for each point that was reached, and for each item that was marked directly."""
    points = marked_points(point_rows(mystery_call, mystery_call.scenario_version))
    fed = fed_card(mystery_call, points)
    skill_of_item = {item.key: item.skill_id for item, _card_item in fed}
    skill_of_point = {point.key: skill_of_item[point.item_key] for point in points}
    direct = [mark for mark in judged_marks(mystery_call.card) if mark.item.key not in skill_of_item]
    skill_of_direct = {mark.item.key: mark.item.skill_id for mark in direct}
    seen_points = point_observations([card_item for _item, card_item in fed], points)
    seen_items = observations([marked_item(mark.item, mark) for mark in direct])
    append_evidence(
        mystery_call.agent,
        [
            *(Observation(skill_of_point[seen.key], seen.share, seen.weight, seen.key) for seen in seen_points),
            *(Observation(skill_of_direct[seen.key], seen.share, seen.weight, seen.key) for seen in seen_items),
        ],
        source_kind=SourceKind.MYSTERY_CALL,
        source_id=mystery_call.pk,
        version=str(mystery_call.scenario_version),
        observed_at=mystery_call.started_at or at,
        at=at,
    )
