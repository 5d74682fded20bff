from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from coaching.tickets.models import Ticket
from tests.conftest import MON_9
from tests.factories.coaching import TicketFactory
from tests.factories.people import SiteFactory

TODAY = MON_9.date()


@pytest.mark.parametrize(
    ("traits", "due", "late"),
    [
        ({"teaching": True}, TODAY - timedelta(days=1), True),
        ({"teaching": True}, TODAY, False),
        ({"teaching": True}, None, False),
        ({"closed": True}, TODAY - timedelta(days=1), False),
    ],
)
def test_overdue(clock, db, traits, due, late):
    assert TicketFactory(**traits, due_on=due).is_overdue is late


def test_overdue_by_the_calendar_of_the_site(db, monkeypatch):
    """20:00 UTC on the 2nd is the 3rd in Shanghai, but still the 2nd in London."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 3, 2, 20, tzinfo=UTC))
    ticket = TicketFactory(teaching=True, due_on=TODAY)
    elsewhere = TicketFactory(
        teaching=True, due_on=TODAY, agent__site=SiteFactory(code="ldn", time_zone="Europe/London"),
    )  # fmt: skip

    assert (ticket.is_overdue, elsewhere.is_overdue) == (True, False)


def test_one_live_ticket_per_agent_and_skill(db):
    ticket = TicketFactory()
    TicketFactory(agent=ticket.agent, skill=ticket.skill, closed=True)

    with pytest.raises(IntegrityError):
        TicketFactory(agent=ticket.agent, skill=ticket.skill)


def test_a_closed_ticket_says_when_and_how(db):
    with pytest.raises(IntegrityError):
        TicketFactory(state="closed")


def test_late_first(db):
    later, undated, soon = (
        TicketFactory(teaching=True, due_on=TODAY + timedelta(days=5)),
        TicketFactory(),
        TicketFactory(teaching=True, due_on=TODAY - timedelta(days=5)),
    )

    assert list(Ticket.objects.late_first()) == [soon, later, undated]


def test_who_sees_a_ticket(cast):
    ticket = TicketFactory(agent=cast.ana)

    seers = {name for name, person in cast.people.items() if ticket in Ticket.objects.visible_to(person)}

    assert seers == {"ana", "lena", "carl", "eva", "quinn", "mona"}


def test_lateness_of_a_list_takes_one_query_for_all_sites(db, django_assert_num_queries):
    for code in ("sh", "cd", "xa"):
        TicketFactory(teaching=True, due_on=TODAY, agent__site=SiteFactory(code=code))

    with django_assert_num_queries(2):
        assert len([ticket.is_overdue for ticket in Ticket.objects.select_related("agent")]) == 3
