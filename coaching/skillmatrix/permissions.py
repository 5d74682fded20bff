"""Who sees whose skills, and who acts on them. Who may see one person is `User.objects.visible_to`."""

from typing import TYPE_CHECKING

from coaching.tickets.permissions import can_coach, sees_board

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from lms.people.models import User


def can_see_matrix(viewer: "User | AnonymousUser") -> bool:
    """Whoever leads or marks a team."""
    return sees_board(viewer)


def can_assign(viewer: "User", person: "User") -> bool:
    """Assign a lesson, or open a ticket by hand: whoever coaches the person."""
    return can_coach(viewer, person)
