"""Looking at marks that just became final, and opening tickets for what they show."""

from datetime import datetime

from django.db import transaction

from assessments.evaluations.models import Evaluation
from assessments.evaluations.queries import judged_marks, marked_item
from assessments.evidence.models import SourceKind
from assessments.roleplay.models import MysteryCall
from assessments.scorecards.rules import share_of
from coaching.effects.queries import recent_figures
from coaching.tickets.models import Ticket
from coaching.tickets.services import open_ticket
from coaching.tickets.states import TicketState
from coaching.triage.rules import SeenItem, weaknesses
from lms.people.models import User
from lms.skills.models import Skill


@transaction.atomic
def triage_evaluation(evaluation: Evaluation, *, at: datetime) -> list[Ticket]:
    """Open a ticket for each skill that the released evaluation shows to be weak; returns them."""
    return _triage(evaluation.agent, evaluation, source_kind=SourceKind.EVALUATION, source_id=evaluation.pk, at=at)


@transaction.atomic
def triage_mystery_call(mystery_call: MysteryCall, *, at: datetime) -> list[Ticket]:
    """The same for a mystery call that settled. A forfeit has no marks, so it opens nothing."""
    if mystery_call.evaluation is None:
        return []
    return _triage(
        mystery_call.agent,
        mystery_call.evaluation,
        source_kind=SourceKind.MYSTERY_CALL,
        source_id=mystery_call.pk,
        at=at,
    )


def _triage(agent: User, evaluation: Evaluation, *, source_kind: str, source_id: int, at: datetime) -> list[Ticket]:
    items = [
        SeenItem(
            skill_id=mark.item.skill_id,
            kind=mark.item.kind,
            share=share_of(marked_item(mark.item, mark)),
            name_zh=mark.item.name_zh,
            name_en=mark.item.name_en,
        )
        for mark in judged_marks(evaluation)
    ]
    skill_ids = sorted({item.skill_id for item in items})
    history = recent_figures(agent, skill_ids, at=at, since=_last_closed(agent, skill_ids))
    found = weaknesses(items, history)
    skills = Skill.objects.in_bulk([weakness.skill_id for weakness in found])
    return [
        open_ticket(
            agent,
            skills[weakness.skill_id],
            ground=weakness.ground,
            actor=None,
            at=at,
            source_kind=source_kind,
            source_id=source_id,
            seen_zh=weakness.item.name_zh or weakness.item.name_en,
            seen_en=weakness.item.name_en or weakness.item.name_zh,
        )
        for weakness in found
    ]


def _last_closed(agent: User, skill_ids: list[int]) -> dict[int, datetime]:
    """Since when a pattern counts anew: what was seen before a ticket was closed has been dealt with."""
    closed = Ticket.objects.filter(agent=agent, skill__in=skill_ids, state=TicketState.CLOSED)
    return dict(closed.order_by("closed_at").values_list("skill", "closed_at"))
