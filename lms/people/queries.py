"""Reads that span people, teams and roles."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db.models import CharField, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, StringAgg, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Replace
from django.utils import timezone

from lms.people.models import (
    NOTICE_VERSION,
    JobRole,
    Leave,
    Membership,
    Notice,
    NoticeConfirmation,
    RosterShift,
    SeatNumber,
    Site,
    Team,
    User,
)
from lms.people.rules.names import search_words, without_marks
from lms.people.rules.people_values import Held, KnownPerson, KnownRole, Node, Place, Standing
from lms.people.rules.roster_import import KnownStretch, RosteredPerson, Stretch
from lms.people.rules.workdays import MISSING_AFTER, Workdays
from lms.people.states import (
    ANSWER_MARKING,
    EXAMINING,
    FOLLOWING,
    LEADING,
    LEARNING,
    MARKING,
    Activity,
    PersonStatus,
    Role,
)

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
        day = on or timezone.localdate()
        held = _held_with(person, day)
        if held is None:
            held = Membership.objects.on(day).filter(person=person).values_list("role", "team__path").distinct()
        setattr(person, key, tuple(held))
    return getattr(person, key)


# --- who opens a page ------------------------------------------------------------------------------------------

#: What other rooms want to know of whoever opens a page: expressions over users, read together with the person.
_ALONGSIDE: dict[str, Any] = {}
#: The day at somebody's site is at most so far from the day here.
_ONE_DAY = timedelta(days=1)


def read_alongside(name: str, expression: Any) -> None:
    """Read this, too, with the person who opens a page; it stands on the person under the name."""
    _ALONGSIDE[name] = expression


def who_opens(pk: int) -> User | None:
    """The person of a session with the site, today's memberships and what other rooms read alongside: one query for
    what every page needs."""
    today = timezone.localdate()
    fields = ("role", "team__path", Cast("from_on", CharField()), Coalesce(Cast("to_on", CharField()), Value("")))
    words = [part for each in fields for part in (each, Value("|"))][:-1]
    near = Membership.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=today - _ONE_DAY), from_on__lte=today + _ONE_DAY, person=OuterRef("pk")
    )
    held = (
        near.order_by().values("person").annotate(words=StringAgg(Concat(*words), delimiter=Value(","))).values("words")
    )
    people = User.objects.select_related("site").annotate(held=Subquery(held), **_ALONGSIDE)
    person = people.filter(pk=pk).first()
    if person is not None:
        person._held_around = (today, person.held or "")
    return person


def known_team_paths(person: User, *, on: date) -> list[str] | None:
    """The tree paths of the teams the person is in on the day; None where that wasn't read with the person."""
    held = _held_with(person, on)
    return None if held is None else sorted({path for _role, path in held})


def _held_with(person: User, day: date) -> set[tuple[str, str]] | None:
    """The memberships that were read with the person; None when they weren't, or the day is another one."""
    around, held = getattr(person, "_held_around", (None, ""))
    if around is None or not around - _ONE_DAY <= day <= around + _ONE_DAY:
        return None
    rows = [words.split("|") for words in held.split(",") if words]
    on = day.isoformat()
    return {(role, path) for role, path, from_on, to_on in rows if from_on <= on and (not to_on or on < to_on)}


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


def examined_teams(person: "User | AnonymousUser", *, on: date | None = None) -> QuerySet[Team]:
    """The teams for which the person runs exams."""
    return teams_under(person, EXAMINING, on=on)


def marked_people(person: "User | AnonymousUser", *, on: date | None = None) -> QuerySet[User]:
    """The agents whose written and spoken answers the person marks: those of the own teams, without the person."""
    return agents_of(teams_under(person, ANSWER_MARKING, on=on), on=on).exclude(pk=person.pk)


def followed_teams(person: "User | AnonymousUser", *, on: date | None = None) -> QuerySet[Team]:
    """The teams whose learning the person follows."""
    return teams_under(person, FOLLOWING, on=on)


def followed_people(person: "User | AnonymousUser", *, on: date | None = None) -> QuerySet[User]:
    """The agents whose learning the person follows, without the person."""
    return agents_of(followed_teams(person, on=on), on=on).exclude(pk=person.pk)


def planned_teams(person: "User | AnonymousUser", *, on: date | None = None) -> QuerySet[Team]:
    """The teams whose learning the person plans: who takes what, until when."""
    return teams_under(person, LEARNING, on=on)


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


def live_sessions_of(person: User, *, at: datetime) -> QuerySet[UserSession]:
    """Where the person is signed in, the last used first. (Only sessions whose row still exists: a change of
    password or signing out leaves the other row behind until the nightly sweep.)"""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    return UserSession.objects.filter(user=person, session_key__in=alive).order_by("-last_seen_at", "-pk")


def newest_notice() -> Notice | None:
    return Notice.objects.order_by("-version").first()


#: The cache forgets it when a notice is published (`Notice.save`); where processes share no cache, after so long.
NOTICE_SECONDS = 60


def newest_notice_version() -> int | None:
    """None while there is no notice."""
    known = cache.get(NOTICE_VERSION)
    if known is None:
        known = Notice.objects.order_by("-version").values_list("version", flat=True).first() or 0
        cache.set(NOTICE_VERSION, known, NOTICE_SECONDS)
    return known or None


def must_confirm_notices(person: "User | AnonymousUser") -> bool:
    """Agents are the ones who are recorded and scored."""
    return has_role(person, Role.AGENT)


def has_confirmed(person: User, *, version: int) -> bool:
    return NoticeConfirmation.objects.filter(person=person, notice__version=version).exists()


def confirmation_of(person: User, notice: Notice) -> NoticeConfirmation | None:
    return NoticeConfirmation.objects.filter(person=person, notice=notice).first()


def person_by_number(employee_no: str) -> User | None:
    """Upper or lower case doesn't matter."""
    return User.objects.filter(employee_no__iexact=employee_no.strip()).first()


def people_standing(*, at: datetime) -> Standing:
    """Everything an import of people is planned against, in a handful of queries whatever the number of people."""
    nodes = nodes_by_path()
    held: defaultdict[int, list[Held]] = defaultdict(list)
    present = Membership.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=timezone.localdate(at)))
    for pk, person, path, role, from_on, by_column in present.order_by("pk").values_list(
        "pk", "person_id", "team__path", "role", "from_on", "is_from_supervisor_column"
    ):
        held[person].append(Held(pk, Place(nodes[path], role), from_on, by_column))
    seats = dict(SeatNumber.objects.filter(to_on__isnull=True).values_list("person_id", "number"))
    people = User.objects.order_by("pk").values_list(
        "pk", "employee_no", "full_name", "latin_name", "email", "site__name", "job_role__key", "status", "hired_on",
        "vendor", "language", "is_administrator", "last_login",
    )  # fmt: skip
    return Standing(
        people=tuple(
            KnownPerson(
                id=pk, employee_no=number, full_name=name, latin_name=latin, email=email, site=site or "",
                job_role=job_role or "", status=status, hired_on=hired_on, vendor=vendor, language=language,
                seat_number=seats.get(pk, ""), is_administrator=is_administrator, has_signed_in=last_login is not None, held=tuple(held[pk]),
            )
            for pk, number, name, latin, email, site, job_role, status, hired_on, vendor, language, is_administrator,
            last_login in people
        ),
        sites=tuple(Site.objects.order_by("pk").values_list("name", "code", "time_zone")),
        parents=tuple((node, nodes.get(path[: -Team.steplen])) for path, node in nodes.items()),
        job_roles=tuple(KnownRole(*row) for row in JobRole.objects.order_by("key").values_list(
            "key", "name_zh", "name_en", "role"
        )),
    )  # fmt: skip


def nodes_by_path() -> dict[str, Node]:
    """Tree path → node, those above first. A site's root goes without a name: the site's own is enough."""
    nodes: dict[str, Node] = {}
    for path, site, kind, name in Team.objects.order_by("path").values_list("path", "site__name", "kind", "name"):
        above = nodes.get(path[: -Team.steplen])
        is_in_department = kind == Team.Kind.TEAM and above is not None and above.kind == Team.Kind.DEPARTMENT
        nodes[path] = Node(
            site, kind, "" if kind == Team.Kind.SITE else name, above.name if above and is_in_department else ""
        )
    return nodes


def rostered_people(days_by_number: Mapping[str, set[date]]) -> list[RosteredPerson]:
    """The people with these employee numbers, with the stretches known on and around their days."""
    wanted = {number.casefold() for number in days_by_number}
    people = [
        row
        for row in User.objects.order_by("pk").values_list(
            "pk", "employee_no", "full_name", "status", "site__time_zone"
        )
        if row[1].casefold() in wanted
    ]
    days = set().union(*days_by_number.values()) if days_by_number else set()
    stretches: defaultdict[int, list[KnownStretch]] = defaultdict(list)
    if days:
        around = (min(days) - timedelta(days=1), max(days) + timedelta(days=1))
        known = RosterShift.objects.filter(on__range=around).order_by("starts_at")
        for pk, person, on, shift, starts_at, ends_at, activity in known.values_list(
            "pk", "person_id", "on", "shift", "starts_at", "ends_at", "activity"
        ):
            stretches[person].append(KnownStretch(pk, Stretch(on, shift, starts_at, ends_at, activity)))
    return [
        RosteredPerson(pk, number, name, status, time_zone or settings.TIME_ZONE, tuple(stretches[pk]))
        for pk, number, name, status, time_zone in people
    ]


def people_found(typed: str) -> QuerySet[User]:
    """Whose name, Latin name, number, pinyin or initials are meant: 晓雯, 10086, wang xiaowen, xiaowen, wxw; muller and
    Müller alike.

    Pinyin is met at the beginning of a syllable; only what is long enough to mean something is met anywhere."""
    words = search_words(typed)
    if not words:
        return User.objects.all()
    plain = without_marks(words)
    bare = plain.replace(" ", "").replace("'", "")
    found = (
        Q(full_name__icontains=words)
        | Q(latin_name__icontains=words)
        | Q(employee_no__icontains=words)
        | Q(pinyin_initials__startswith=bare)
        | Q(pinyin__startswith=plain)
        | Q(pinyin__contains=f" {plain}")
        | Q(bare_pinyin__startswith=bare)
    )
    if len(bare) >= 4:
        found |= Q(bare_pinyin__contains=bare)
    return User.objects.annotate(bare_pinyin=Replace(F("pinyin"), Value(" "), Value(""))).filter(found)


def with_present_memberships(people: QuerySet[User], *, on: date) -> QuerySet[User]:
    """Each person with `.present_memberships` and what the directory shows of them, in a fixed number of queries."""
    present = Membership.objects.on(on).select_related("team", "team__site").order_by("from_on", "pk")
    return people.select_related("site", "job_role").prefetch_related(
        Prefetch("memberships", queryset=present, to_attr="present_memberships")
    )


def with_open_memberships(people: QuerySet[User]) -> QuerySet[User]:
    """As `with_present_memberships`, with those that begin on a later day: for people who are about to start."""
    still_open = (
        Membership.objects.filter(to_on__isnull=True).select_related("team", "team__site").order_by("from_on", "pk")
    )
    return people.select_related("site", "job_role").prefetch_related(
        Prefetch("memberships", queryset=still_open, to_attr="present_memberships")
    )


def local_day_of(person: User, *, at: datetime) -> date:
    """The calendar day at the person's site at the instant."""
    return person.site.local_day(at) if person.site_id else timezone.localdate(at)


@dataclass(frozen=True)
class RosterDay:
    """One day of somebody's roster; `stretches` is empty where nothing is planned."""

    on: date
    stretches: tuple[RosterShift, ...]


def roster_by_day(person: User, *, monday: date, weeks: int) -> list[list[RosterDay]]:
    """The person's roster of some weeks from a Monday on, week by week, day by day. One query."""
    last = monday + timedelta(days=7 * weeks - 1)
    planned: defaultdict[date, list[RosterShift]] = defaultdict(list)
    for shift in person.roster.filter(on__range=(monday, last)).order_by("starts_at"):
        planned[shift.on].append(shift)
    days = [monday + timedelta(days=step) for step in range(7 * weeks)]
    return [[RosterDay(on, tuple(planned[on])) for on in days[start : start + 7]] for start in range(0, 7 * weeks, 7)]


def workdays_of(people: Collection[User], *, since: date, at: datetime) -> dict[int, Workdays]:
    """What is known of the people's days from `since` on, by id; two queries whatever their number. A leave that goes
    on is known up to today."""
    ids = [person.pk for person in people]
    today = {person.pk: local_day_of(person, at=at) for person in people}
    rostered: defaultdict[int, dict[date, bool]] = defaultdict(dict)
    # A week further back, so that a day off at the beginning is known as one.
    planned = RosterShift.objects.filter(person__in=ids, on__gte=since - timedelta(days=MISSING_AFTER)).order_by()
    work = Count("pk", filter=~Q(activity=Activity.LEAVE))
    for person, on, stretches in planned.values_list("person_id", "on").annotate(stretches=work):
        rostered[person][on] = stretches > 0
    leaves: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    spans = Leave.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=since), person__in=ids)
    for person, first, back in spans.values_list("person_id", "from_on", "to_on"):
        leaves[person].append((first, back or today[person] + timedelta(days=1)))
    return {pk: Workdays(rostered.get(pk, {}), tuple(leaves.get(pk, ()))) for pk in ids}
