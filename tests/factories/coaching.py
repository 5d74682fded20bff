"""Tickets and the evidence they rest on. Traits of `TicketFactory` are named after states."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import factory

from assessments.evidence.models import Evidence, SourceKind
from coaching.tickets.models import Remedy, Ticket
from coaching.tickets.states import Ground, Outcome, TicketState
from lms.people.models import User
from lms.skills.models import Skill
from tests.conftest import MON_9
from tests.factories.people import UserFactory
from tests.factories.skills import SkillFactory

_sources = count(900_000)


class TicketFactory(factory.django.DjangoModelFactory):
    """Open, by hand, as if written directly; the services are tested on their own."""

    class Meta:
        model = Ticket

    class Params:
        teaching = factory.Trait(state=TicketState.TEACHING, due_on=(MON_9 + timedelta(days=7)).date())
        retest_due = factory.Trait(state=TicketState.RETEST_DUE)
        closed = factory.Trait(state=TicketState.CLOSED, closed_at=MON_9, outcome=Outcome.PASSED)

    agent = factory.SubFactory(UserFactory)
    skill = factory.SubFactory(SkillFactory)
    ground = Ground.BY_HAND
    opened_at = MON_9 - timedelta(days=1)


class RemedyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Remedy

    ticket = factory.SubFactory(TicketFactory)
    lesson_key = factory.Faker("uuid4")


def see(
    agent: User,
    skill: Skill,
    *shares: float | str,
    at: datetime = MON_9,
    days_ago: int = 1,
    source_kind: str = SourceKind.EVALUATION,
    source_id: int | None = None,
    weight: str = "1",
) -> list[Evidence]:
    """One row of evidence per share, each of a source of its own unless `source_id` is given."""
    return [
        Evidence.objects.create(
            agent=agent,
            skill=skill,
            share=Decimal(str(share)),
            weight=Decimal(weight),
            source_kind=source_kind,
            source_id=source_id or next(_sources),
            version="voice 1",
            observed_at=at - timedelta(days=days_ago),
            recorded_at=at - timedelta(days=days_ago),
        )
        for share in shares
    ]
