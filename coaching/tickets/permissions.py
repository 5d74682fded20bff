"""Who coaches, and who may say something on a ticket. Who may see one is `Ticket.objects.visible_to`."""

from typing import TYPE_CHECKING

from coaching.tickets.models import Ticket
from lms.people.permissions import marks
from lms.people.queries import has_role, leaders_of, seen_teams
from lms.people.states import MARKING, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from lms.people.models import User


def can_coach(viewer: "User", agent: "User") -> bool:
    """Analysts who mark the agent's present team, its team leaders and floor supervisors; never the agent. An
    operations manager reads."""
    return viewer.pk != agent.pk and (marks(viewer, agent) or leaders_of(agent).filter(pk=viewer.pk).exists())


def can_act(viewer: "User", ticket: Ticket) -> bool:
    """Take it, agree and assign, offer the re-test, dismiss it, note something."""
    return can_coach(viewer, ticket.agent)


def can_comment(viewer: "User", ticket: Ticket) -> bool:
    """The agent has a say on the own ticket."""
    return viewer.pk == ticket.agent_id


def sees_board(viewer: "User | AnonymousUser") -> bool:
    """Whoever leads or marks a team gets all its tickets; everybody else a list of the own ones."""
    return seen_teams(viewer).exists()


def prefers_board(viewer: "User | AnonymousUser") -> bool:
    """Who coaches day by day starts with the board, who leads several teams with the list."""
    return has_role(viewer, *MARKING, Role.TEAM_LEADER)
