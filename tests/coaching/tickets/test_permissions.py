from coaching.tickets.permissions import can_act, can_comment, prefers_board, sees_board
from tests.factories.coaching import TicketFactory


def names(cast, predicate, *args):
    return {name for name, person in cast.people.items() if predicate(person, *args)}


def test_who_coaches(cast):
    assert names(cast, can_act, TicketFactory(agent=cast.ana)) == {"lena", "carl", "eva", "quinn"}


def test_nobody_coaches_an_agent_without_a_team(cast):
    cast.ana.memberships.update(to_on=cast.ana.memberships.get().from_on)

    assert names(cast, can_act, TicketFactory(agent=cast.ana)) == set()


def test_who_comments(cast):
    assert names(cast, can_comment, TicketFactory(agent=cast.ana)) == {"ana"}


def test_who_gets_a_board(cast):
    assert names(cast, sees_board) == {"lena", "carl", "eva", "otto", "quinn", "mona"}
    assert names(cast, prefers_board) == {"lena", "eva", "quinn"}
