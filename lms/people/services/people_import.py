"""Writing what an import of people planned. The caller holds the transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.utils.text import slugify

from lms import events
from lms.audit import services as audit
from lms.people.models import JobRole, Membership, SeatNumber, Site, Team, User
from lms.people.queries import live_sessions_of, nodes_by_path
from lms.people.rules import pinyin_of
from lms.people.rules.imports import LineKind
from lms.people.rules.people_values import Node, NodeKey, PeoplePlan, Place, Target, folded
from lms.people.services.codes import revoke_codes
from lms.people.services.leaves import follow_leaves
from lms.people.states import Role

BATCH = 500


def write_people(plan: PeoplePlan, *, actor: User, at: datetime) -> list[User]:
    """Write every accepted line, audit each person's changes and announce them; returns the new people.

    What ends is ended before anything begins, so that two people can change seats or teams in one file."""
    sites = _build_sites(plan, actor=actor, at=at)
    nodes = _build_nodes(plan, sites, actor=actor, at=at)
    job_roles = {role.key: role for role in JobRole.objects.all()}
    _end_memberships(plan, sites, at=at)
    _end_seats(plan.targets)
    people = _write_persons(plan.targets, sites, job_roles, at=at)
    _begin_memberships(plan, people, nodes, sites, at=at)
    _begin_seats(plan.targets, people)
    if moved := [people[target.employee_no].pk for target in plan.targets if "status" in dict(target.fields)]:
        follow_leaves(at=at, among=moved)
    _audit_lines(plan, people, actor=actor, at=at)
    led = _audit_supervisions(plan, actor=actor, at=at)
    _announce(plan, people, led, at=at)
    return [people[target.employee_no] for target in plan.targets if target.person_id is None]


def _build_sites(plan: PeoplePlan, *, actor: User, at: datetime) -> dict[str, Site]:
    for name in plan.new_sites:
        site = Site.objects.create(name=name, code=_free_code(name), time_zone=settings.TIME_ZONE)
        audit.record(actor=actor, action="site_added", subject=site, at=at)
    return {site.name: site for site in Site.objects.all()}


def _free_code(name: str) -> str:
    stem = slugify(name, allow_unicode=True)[:36] or "site"
    taken = set(Site.objects.values_list("code", flat=True))
    return next(code for code in [stem, *(f"{stem}-{n}" for n in range(2, 1000))] if code not in taken)


def _build_nodes(plan: PeoplePlan, sites: dict[str, Site], *, actor: User, at: datetime) -> dict[NodeKey, Team]:
    """The team of each node, also of those that are new. A team that was moved is still found where it stood."""
    ids = {key: team.pk for key, team in _teams_by_node().items()}
    for node, above in plan.new_nodes:
        fields = {"site": sites[node.site], "kind": node.kind, "name": node.name or node.site}
        # The tree's columns are asked anew each time: a node added in order moves its siblings' paths.
        team = Team.add_root(**fields) if above is None else Team.objects.get(pk=ids[above.key]).add_child(**fields)
        ids[node.key] = team.pk
        changes = {"department": ("", node.department)} if node.department else {}
        audit.record(actor=actor, action="team_added", subject=team, at=at, changes=changes)
    for node, department in plan.moved_nodes:
        team = Team.objects.get(pk=ids[node.key])
        before = str(team.get_parent() or "")
        team.move(Team.objects.get(pk=ids[department.key]), pos="sorted-child")
        audit.record(
            actor=actor, action="team_moved", subject=team, at=at, changes={"department": (before, department.name)}
        )
    if plan.new_nodes or plan.moved_nodes:
        _tell_namesakes_apart()
    nodes = _teams_by_node()
    for node, department in plan.moved_nodes:
        nodes[node.key] = nodes[node._replace(department=department.name).key]
    return nodes


def _teams_by_node() -> dict[NodeKey, Team]:
    """Node key → the row; where a site has two roots, the first."""
    teams = {team.path: team for team in Team.objects.all()}
    found: dict[NodeKey, Team] = {}
    for path, node in nodes_by_path().items():
        found.setdefault(node.key, teams[path])
    return found


def _tell_namesakes_apart() -> None:
    """Teams of one site that share a name show their department, the others don't."""
    by_name: defaultdict[tuple[str, str], list[tuple[Team, Node]]] = defaultdict(list)
    teams = {team.path: team for team in Team.objects.filter(kind=Team.Kind.TEAM)}
    for path, node in nodes_by_path().items():
        if path in teams:
            by_name[folded(node.site), folded(node.name)].append((teams[path], node))
    changed = []
    for namesakes in by_name.values():
        for team, node in namesakes:
            shown = node.department if len(namesakes) > 1 else ""
            if team.shown_department != shown:
                team.shown_department = shown
                changed.append(team)
    Team.objects.bulk_update(changed, ["shown_department"], batch_size=BATCH)


def _end_memberships(plan: PeoplePlan, sites: dict[str, Site], *, at: datetime) -> None:
    days = {pk: target.ends_on for target in plan.targets for pk in target.ends}
    days |= {
        each.membership_id: sites[each.node.site].local_day(at)
        for each in plan.supervisions
        if each.membership_id is not None
    }
    rows = list(Membership.objects.filter(pk__in=days))
    for row in rows:
        row.to_on = max(days[row.pk], row.from_on)
    Membership.objects.bulk_update(rows, ["to_on"], batch_size=BATCH)


def _end_seats(targets: Iterable[Target]) -> None:
    days = {
        target.person_id: target.ends_on
        for target in targets
        if target.person_id is not None and target.seat_number is not None
    }
    rows = list(SeatNumber.objects.filter(person__in=days, to_on__isnull=True))
    for row in rows:
        row.to_on = max(days[row.person_id], row.from_on)
    SeatNumber.objects.bulk_update(rows, ["to_on"], batch_size=BATCH)


def _write_persons(
    targets: Iterable[Target], sites: dict[str, Site], job_roles: dict[str, JobRole], *, at: datetime
) -> dict[str, User]:
    """{employee number: person} of everybody whose line writes something."""
    targets = list(targets)
    known = User.objects.select_related("site", "job_role").in_bulk(
        [target.person_id for target in targets if target.person_id is not None]
    )
    people: dict[str, User] = {}
    new: list[User] = []
    for target in targets:
        person = known[target.person_id] if target.person_id is not None else User(employee_no=target.employee_no)
        changed = _set_fields(person, target, sites, job_roles)
        if target.person_id is None:
            person.set_unusable_password()
            person.must_set_password = True
            person.pinyin, person.pinyin_initials = pinyin_of(person.full_name)  # bulk_create doesn't call save()
            new.append(person)
        elif changed:
            person.save(update_fields=changed)
        if target.leaves:
            revoke_codes(person, at=at)
            for session in live_sessions_of(person, at=at):
                session.end()
        people[target.employee_no] = person
    User.objects.bulk_create(new, batch_size=BATCH)
    return people


def _set_fields(person: User, target: Target, sites: dict[str, Site], job_roles: dict[str, JobRole]) -> list[str]:
    changed = dict(target.fields)
    if target.site:
        changed["site"] = sites[target.site]
    if target.job_role:
        changed["job_role"] = job_roles[target.job_role]
    if target.leaves:
        # Whoever comes back gets a role by a job role, never an administrator's rights.
        changed |= {
            "is_active": False, "left_on": target.ends_on,
            "is_administrator": False, "is_staff": False, "is_superuser": False,
        }  # fmt: skip
    if target.returns:
        changed |= {"is_active": True, "left_on": None}
    for name, value in changed.items():
        setattr(person, name, value)
    return list(changed)


def _begin_memberships(
    plan: PeoplePlan,
    people: dict[str, User],
    nodes: dict[NodeKey, Team],
    sites: dict[str, Site],
    *,
    at: datetime,
) -> None:
    rows = [
        Membership(
            person=people[target.employee_no], team=nodes[place.node.key], role=place.role, from_on=target.begins_on
        )
        for target in plan.targets
        for place in target.begins
    ]
    supervisors = _supervisors(plan)
    rows += [
        Membership(
            person=supervisors[each.employee_no],
            team=nodes[each.node.key],
            role=Role.FLOOR_SUPERVISOR,
            from_on=sites[each.node.site].local_day(at),
            is_from_supervisor_column=True,
        )
        for each in plan.supervisions
        if each.begins
    ]
    Membership.objects.bulk_create(rows, batch_size=BATCH)


def _supervisors(plan: PeoplePlan) -> dict[str, User]:
    numbers = {each.employee_no for each in plan.supervisions}
    return {person.employee_no: person for person in User.objects.filter(employee_no__in=numbers)}


def _begin_seats(targets: Iterable[Target], people: dict[str, User]) -> None:
    rows = [
        SeatNumber(person=people[target.employee_no], number=target.seat_number, from_on=target.begins_on)
        for target in targets
        if target.seat_number
    ]
    SeatNumber.objects.bulk_create(rows, batch_size=BATCH)


def _audit_lines(plan: PeoplePlan, people: dict[str, User], *, actor: User, at: datetime) -> None:
    deeds = (
        audit.Deed(
            "person_added" if line.kind == LineKind.ADDED else "person_changed",
            people[line.employee_no],
            {change.field: (_audited(change.before), _audited(change.after)) for change in line.changes},
        )
        for line in plan.lines
        if line.kind in {LineKind.ADDED, LineKind.CHANGED}
    )
    audit.record_all(deeds, actor=actor, at=at)


def _audited(value: object) -> object:
    """Places as `site / team (role)`; everything else as it is."""
    if isinstance(value, tuple):
        return ", ".join(f"{place.node} ({place.role})" for place in value if isinstance(place, Place))
    return value.isoformat() if isinstance(value, date) else value


def _audit_supervisions(plan: PeoplePlan, *, actor: User, at: datetime) -> list[User]:
    supervisors = _supervisors(plan)
    deeds = []
    for each in plan.supervisions:
        place = f"{each.node} ({Role.FLOOR_SUPERVISOR.value})"
        change = ("", place) if each.begins else (place, "")
        action = "supervision_began" if each.begins else "supervision_ended"
        deeds.append(audit.Deed(action, supervisors[each.employee_no], {"memberships": change}))
    audit.record_all(deeds, actor=actor, at=at)
    return list(supervisors.values())


def _announce(plan: PeoplePlan, people: dict[str, User], led: Iterable[User], *, at: datetime) -> None:
    """Tell the upper rooms, when everything stands: who joined, whose job is another one, whose teams are others – each
    by name, then all together."""
    joined = [people[target.employee_no] for target in plan.targets if target.person_id is None]
    given_jobs = [
        people[target.employee_no] for target in plan.targets if target.person_id is not None and target.job_role
    ]
    moved = {
        people[target.employee_no].pk: people[target.employee_no]
        for target in plan.targets
        if target.begins or target.ends or target.leaves or target.returns
    }
    for person in led:
        moved.setdefault(person.pk, person)
    for signal, those in (
        (events.person_joined, joined),
        (events.job_role_changed, given_jobs),
        (events.membership_changed, moved.values()),
    ):
        for person in those:
            signal.send(sender=User, person=person, at=at, is_one_of_many=True)
    events.people_imported.send(sender=User, joined=joined, moved=[*moved.values()], given_jobs=given_jobs, at=at)
