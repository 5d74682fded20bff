"""The call itself: announced, accepted, begun, marked, ended or forfeited."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assessments import events
from assessments.assignments.models import Assignment
from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.services import (
    discard_evaluation,
    mark_item,
    note_on_item,
    start_held_evaluation,
)
from assessments.roleplay.models import HelpEvent, MysteryCall, PointMark
from assessments.roleplay.rules import Obstacle, needs_reason
from assessments.roleplay.services.planning import CannotPlan
from assessments.roleplay.services.steps import locked, step
from assessments.roleplay.states import LIVE, MARKABLE, OPEN, HelpKind, MysteryCallState
from assessments.scenarios.models import Point
from assessments.scenarios.queries import scorecard_of
from assessments.scenarios.services import require_ready, use_scenario
from assessments.scorecards.models import Item, ScorecardVersion
from assessments.scorecards.queries import company_day
from lms.audit.services import record
from lms.people.models import User

S = MysteryCallState


class HelpNotRecorded(Exception):
    """A forfeit needs the help that was taken, recorded with its time, or the agent's own word."""


@transaction.atomic
def announce_mystery_call(mystery_call: MysteryCall, *, actor: User, at: datetime) -> MysteryCall:
    """The announcement was read out. The newest published script is played; it is final from now on.

    Raises CannotPlan when the assignment was closed meanwhile, ScenarioNotReady when the script no longer fits the
    scorecard in effect, StaleState and IllegalMove.
    """
    if not Assignment.objects.open_at(at).filter(pk=mystery_call.assignment_id).exists():
        raise CannotPlan(Obstacle.CLOSED)
    script = use_scenario(mystery_call.scenario_version.scenario, at=at)
    return step(mystery_call, S.ANNOUNCED, actor=actor, at=at, announced_at=at, scenario_version=script)


@transaction.atomic
def accept_rules(mystery_call: MysteryCall, *, actor: User, at: datetime, aloud: bool = False) -> MysteryCall:
    """The agent has confirmed the three rules, on the own screen or aloud (then the caller ticked it)."""
    return step(mystery_call, S.ACCEPTED, actor=actor, at=at, accepted_at=at, accepted_aloud=aloud)


@transaction.atomic
def begin_mystery_call(mystery_call: MysteryCall, *, actor: User, at: datetime) -> MysteryCall:
    """Start the clock, and the scorecard that is in effect today.

    Raises ScenarioNotReady when another version of the scorecard took effect since the announcement (at midnight) and
    the script doesn't fit it, StaleState and IllegalMove.
    """
    require_ready(mystery_call.scenario_version, at)
    card = scorecard_of(mystery_call.scenario_version, company_day(at))
    if card is None:
        raise ScorecardVersion.DoesNotExist(f"No scorecard is in effect for {mystery_call}")
    evaluation = start_held_evaluation(mystery_call.agent, card, actor=actor, at=at)
    return step(mystery_call, S.IN_PROGRESS, actor=actor, at=at, started_at=at, evaluation=evaluation)


@transaction.atomic
def mark_point(
    mystery_call: MysteryCall,
    point: Point,
    *,
    outcome: str,
    observed: str,
    advice: str,
    actor: User,
    at: datetime,
) -> PointMark:
    """Write what was seen of a point; `outcome` empty keeps the words only. The clock's second is that of the first
    outcome given while the call goes on.

    Raises ValidationError for "not reached" without a reason, StaleState outside the call.
    """
    mystery_call = locked(mystery_call, MARKABLE)
    if point.version_id != mystery_call.scenario_version_id:
        raise ValidationError(_("This point belongs to another script."))
    if needs_reason(outcome, observed):
        raise ValidationError(_("Say why this point was not reached."))
    mark = mystery_call.point_marks.filter(point=point).first() or PointMark(mystery_call=mystery_call, point=point)
    if not outcome:
        mark.at_second = None
    elif not mark.outcome and mystery_call.state == S.IN_PROGRESS:
        mark.at_second = mystery_call.seconds_at(at)
    mark.outcome, mark.observed, mark.advice = outcome, observed.strip(), advice.strip()
    mark.save()
    return mark


@transaction.atomic
def mark_other_item(
    mystery_call: MysteryCall, item: Item, *, points: Decimal | int | None, comment: str, actor: User, at: datetime
) -> Mark:
    """Mark an item that no point feeds; `points` None means that it doesn't apply.

    Raises ValidationError when the item doesn't allow it or is fed by points, StaleState outside the call.
    """
    mystery_call = locked(mystery_call, MARKABLE)
    before = _markable(mystery_call, item)
    at_second = before.at_second if before and before.is_judged else _second_if_going_on(mystery_call, at)
    return mark_item(mystery_call.card, item, points=points, comment=comment, at_second=at_second, actor=actor, at=at)


@transaction.atomic
def note_on_other_item(mystery_call: MysteryCall, item: Item, *, comment: str, actor: User, at: datetime) -> Mark:
    """Keep a comment on an item without an outcome. Raises as `mark_other_item`."""
    mystery_call = locked(mystery_call, MARKABLE)
    before = _markable(mystery_call, item)
    at_second = before.at_second if before else None
    return note_on_item(mystery_call.card, item, comment=comment, at_second=at_second, actor=actor, at=at)


@transaction.atomic
def write_notes(mystery_call: MysteryCall, *, notes: str, actor: User, at: datetime) -> MysteryCall:
    """The caller's own jottings; nobody else reads them. Raises StaleState once the debrief is shown."""
    mystery_call = locked(mystery_call, OPEN | {S.FORFEITED})
    mystery_call.notes = notes
    mystery_call.save(update_fields=["notes"])
    return mystery_call


@transaction.atomic
def record_help(mystery_call: MysteryCall, *, kind: str, actor: User, at: datetime, note: str = "") -> HelpEvent:
    """Append that help was taken, with its time. It doesn't end the call: the caller decides on the forfeit."""
    mystery_call = locked(mystery_call, LIVE)
    event = HelpEvent.objects.create(mystery_call=mystery_call, kind=kind, at=at, recorded_by=actor, note=note)
    record(
        actor=actor, action="mystery_call_help_recorded", subject=mystery_call, at=at, changes={"help": (None, kind)}
    )
    return event


@transaction.atomic
def forfeit_mystery_call(mystery_call: MysteryCall, *, actor: User, at: datetime) -> MysteryCall:
    """End the call because help was taken: no score, no evidence; the assignment stays open for another call.

    Raises HelpNotRecorded, StaleState and IllegalMove.
    """
    if not mystery_call.help_events.exists():
        raise HelpNotRecorded(str(mystery_call))
    draft_id = mystery_call.evaluation_id
    step(mystery_call, S.FORFEITED, actor=actor, at=at, was_forfeited=True, ended_at=at, evaluation=None)
    if draft_id is not None:
        discard_evaluation(Evaluation.objects.get(pk=draft_id), actor=actor, at=at)
    events.mystery_call_forfeited.send(sender=MysteryCall, mystery_call=mystery_call, at=at)
    return mystery_call


@transaction.atomic
def give_up(mystery_call: MysteryCall, *, actor: User, at: datetime) -> MysteryCall:
    """The agent's own word: recorded, and a forfeit at once."""
    record_help(mystery_call, kind=HelpKind.GAVE_UP, actor=actor, at=at)
    return forfeit_mystery_call(mystery_call, actor=actor, at=at)


@transaction.atomic
def end_mystery_call(mystery_call: MysteryCall, *, actor: User, at: datetime) -> MysteryCall:
    """Stop the clock. Marks can still be completed until the debrief is shown."""
    return step(mystery_call, S.ENDED, actor=actor, at=at, ended_at=at)


def _markable(mystery_call: MysteryCall, item: Item) -> Mark | None:
    """The mark there is of an item that may be marked directly."""
    if mystery_call.scenario_version.points.filter(item_key=item.key).exists():
        raise ValidationError(_("This item is marked by the points of the script."))
    return mystery_call.card.marks.filter(item=item).first()


def _second_if_going_on(mystery_call: MysteryCall, at: datetime) -> int | None:
    return mystery_call.seconds_at(at) if mystery_call.state == S.IN_PROGRESS else None
