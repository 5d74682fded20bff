"""Reads that span people, teams and roles."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lms.people.models import Membership, Team, User
from lms.people.states import LEADING, MARKING, PersonStatus, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def today_of(person: User) -> date:
    """The calendar day at the person's site now."""
    return person.site.local_day(timezone.now()) if person.site_id else timezone.localdate()


def roles_of(person: "User | AnonymousUser", *, on: date | None = None) -> frozenset[str]:
    """The roles somebody has today. Asked once per request: the answer is kept on the object."""
    return frozenset(role for role, _path in _scopes(person, on))


def _scopes(person: "User | AnonymousUser", on: date | None) -> tuple[tuple[str, str], ...]:
    """(role, tree path) of the person's memberships on the day."""
    if not person.is_authenticated or not person.is_active or person.status == PersonStatus.LEFT:
        return ()
    key = f"_scopes_{on or 'today'}"
    if not hasattr(person, key):
        rows = Membership.objects.on(on or timezone.localdate()).filter(person=person)
        setattr(person, key, tuple(rows.values_list("role", "team__path").distinct()))
    return getattr(person, key)


def has_role(person: "User | AnonymousUser", *roles: str) -> bool:
    return not roles_of(person).isdisjoint(roles)


def teams_under(person: "User | AnonymousUser", roles: Iterable[str], *, on: date | None = None) -> QuerySet[Team]:
    """The nodes on which the person has one of the roles, with everything below them."""
    wanted = frozenset(roles)
    paths = {path for role, path in _scopes(person, on) if role in wanted}
    if not paths:
        return Team.objects.none()
    within = Q()
    for path in paths:
        within |= Q(path__startswith=path)
    return Team.objects.filter(within)


def seen_teams(person: "User | AnonymousUser", *, on: date | None = None) -> QuerySet[Team]:
    """The teams whose people the person leads or marks."""
    return teams_under(person, LEADING | MARKING, on=on)


def agents_of(teams: QuerySet[Team], *, on: date | None = None) -> QuerySet[User]:
    """Everybody who is an agent in one of the teams on the day and hasn't left."""
    return User.objects.working().filter(Exists(_agent_in(teams, on)))


def _agent_in(teams: QuerySet[Team], on: date | None) -> QuerySet[Membership]:
    return Membership.objects.on(on or timezone.localdate()).of_agents().filter(person=OuterRef("pk"), team__in=teams)


def people_visible_to(
    viewer: "User | AnonymousUser", *, among: QuerySet[User], on: date | None = None
) -> QuerySet[User]:
    """See `UserQuerySet.visible_to`."""
    if not viewer.is_authenticated:
        return among.none()
    teams = seen_teams(viewer, on=on)
    if not _scopes_any(viewer, LEADING | MARKING, on):
        return among.filter(pk=viewer.pk)
    return among.filter(Q(pk=viewer.pk) | Q(Exists(_agent_in(teams, on))))


def _scopes_any(person: "User | AnonymousUser", roles: frozenset[str], on: date | None) -> bool:
    return any(role in roles for role, _path in _scopes(person, on))


def present_team_of(person: User, *, on: date | None = None) -> Team | None:
    """The team in which the person is an agent on the day."""
    membership = (
        Membership.objects.on(on or timezone.localdate())
        .of_agents()
        .filter(person=person)
        .select_related("team")
        .first()
    )
    return membership.team if membership else None


def leaders_of(person: User, *, on: date | None = None) -> QuerySet[User]:
    """Team leaders and floor supervisors of the person's present team and of the nodes above it."""
    return _holders_above(person, {Role.TEAM_LEADER, Role.FLOOR_SUPERVISOR}, on)


def analysts_of(person: User, *, on: date | None = None) -> QuerySet[User]:
    """QC analysts and leads of the person's present team and of the nodes above it."""
    return _holders_above(person, set(MARKING), on)


def _holders_above(person: User, roles: set[str], on: date | None) -> QuerySet[User]:
    team = present_team_of(person, on=on)
    if team is None:
        return User.objects.none()
    steps = [team.path[:length] for length in range(Team.steplen, len(team.path) + 1, Team.steplen)]
    held = Membership.objects.on(on or timezone.localdate()).filter(
        person=OuterRef("pk"), role__in=roles, team__path__in=steps
    )
    return User.objects.working().filter(Exists(held))
