"""The standing with its indexes, and the places that a file would build."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lms.people.rules.people_values import Draft, KnownPerson, KnownRole, Node, NodeKey, Place, Standing, folded
from lms.people.states import PersonStatus


class Book:
    """The standing with its indexes, and the places that the file would build."""

    def __init__(self, standing: Standing, *, at: datetime, default_time_zone: str) -> None:
        self.standing = standing
        self._at = at
        self._default_time_zone = default_time_zone
        self._people = {folded(person.employee_no): person for person in standing.people}
        self._emails = {folded(person.email): person for person in standing.people if person.email}
        self._seats = {folded(person.seat_number): person for person in standing.people if person.seat_number}
        self._sites = {folded(name): name for name, _code, _zone in standing.sites}
        self._codes = {folded(code): name for name, code, _zone in standing.sites}
        self._zones = {folded(name): zone for name, _code, zone in standing.sites}
        self._known = {node.key: node for node, _parent in standing.parents}
        self._parents: dict[NodeKey, Node | None] = {node.key: parent for node, parent in standing.parents}
        self._new: dict[NodeKey, Node] = {}
        self._moved: dict[NodeKey, Node] = {}
        #: Teams by (site, name), then by department: those that are there and those that the file names.
        self._teams: defaultdict[tuple[str, str], dict[str, Node]] = defaultdict(dict)
        for node, _parent in standing.parents:
            if node.kind == "team":
                self._teams[folded(node.site), folded(node.name)][folded(node.department)] = node
        self._roles = {role.key: role for role in standing.job_roles}
        self._today: dict[str, date] = {}

    # -- people

    def person(self, employee_no: str) -> KnownPerson | None:
        return self._people.get(folded(employee_no))

    def holder_of_email(self, email: str) -> KnownPerson | None:
        return self._emails.get(folded(email))

    def holder_of_seat(self, number: str) -> KnownPerson | None:
        return self._seats.get(folded(number))

    def names_with(self, comers: Iterable[Draft]) -> Mapping[str, frozenset[str]]:
        """{folded full name: folded numbers} of everybody working after the import."""
        by_number = {
            number: person.full_name for number, person in self._people.items() if person.status != PersonStatus.LEFT
        }
        by_number |= {folded(draft.row.employee_no): draft.name for draft in comers if not draft.leaves}
        found: defaultdict[str, set[str]] = defaultdict(set)
        for number, name in by_number.items():
            found[folded(name)].add(number)
        return {name: frozenset(numbers) for name, numbers in found.items()}

    def number_and_name(self, number: str, comers: Mapping[str, Draft]) -> tuple[str, str]:
        person = self._people.get(number)
        comer = comers.get(number)
        name = comer.name if comer else (person.full_name if person else "")
        return (person.employee_no if person else comer.row.employee_no if comer else number), name

    def places_after(self, comers: Mapping[str, Draft]) -> defaultdict[str, list[Place]]:
        """{folded number: places} after the own lines have been written."""
        after: defaultdict[str, list[Place]] = defaultdict(list)
        for number, person in self._people.items():
            target = comers[number].target if number in comers else None
            gone = set(target.ends) if target else set()
            after[number] = [held.place for held in person.held if held.id not in gone]
        for number, draft in comers.items():
            if draft.target:
                after[number] += draft.target.begins
        return after

    # -- job roles

    def job_role(self, key: str) -> KnownRole | None:
        return self._roles.get(key)

    def job_roles_called(self, name: str) -> list[KnownRole]:
        wanted = folded(name)
        by_key = [role for role in self.standing.job_roles if folded(role.key) == wanted]
        return by_key or [
            role for role in self.standing.job_roles if wanted in {folded(role.name_zh), folded(role.name_en)}
        ]

    @property
    def known_job_roles(self) -> str:
        return ", ".join(f"{role.name_zh} / {role.name_en}" for role in self.standing.job_roles)

    # -- places

    @property
    def only_site(self) -> str:
        """A house with one site needs no column for it."""
        return self.standing.sites[0][0] if len(self.standing.sites) == 1 else ""

    def site_name(self, typed: str) -> str:
        key = folded(typed)
        if key in self._sites:
            return self._sites[key]
        if key in self._codes:
            return self._codes[key]
        self._sites[key] = typed
        return typed

    def today(self, site: str) -> date:
        """The day it is at the site; at the company's place where the site is new."""
        if site not in self._today:
            zone = self._zones.get(folded(site), self._default_time_zone)
            self._today[site] = self._at.astimezone(ZoneInfo(zone)).date()
        return self._today[site]

    def department(self, site: str, name: str) -> Node:
        return self._node(Node(site, "department", name))

    def _node(self, node: Node) -> Node:
        """The spelling that is there already, or was first in this file."""
        return self._known.get(node.key) or self._new.get(node.key, node)

    def teams_called(self, site: str, name: str) -> list[Node]:
        """The teams of that name at the site, whatever their department."""
        return list(self._teams[folded(site), folded(name)].values())

    def team_in(self, department: Node, name: str) -> Node:
        """The team of that name in the department, whether or not it is there."""
        teams = self._teams[folded(department.site), folded(name)]
        return teams.get(folded(department.name), Node(department.site, "team", name, department.name))

    def name_team(self, department: Node, name: str) -> None:
        """A line says that the department has such a team. One that stands right under its site goes there."""
        teams = self._teams[folded(department.site), folded(name)]
        self._new.setdefault(department.key, department)
        if folded(department.name) in teams:
            return
        team = teams.pop("", None)
        if team is not None:
            self._moved[team.key] = department
        else:
            team = Node(department.site, "team", name, department.name)
        teams[folded(department.name)] = team
        self._parents[team.key] = department

    def add_team(self, site: str, name: str) -> Node:
        """A new team right under its site: no line says in which department it is."""
        team = Node(site, "team", name)
        self._teams[folded(site), folded(name)][""] = team
        self._parents[team.key] = Node(site, "site")
        return team

    def is_within(self, node: Node, above: Node) -> bool:
        """Whether a node is the other one or stands below it."""
        if above.kind == "site":
            return folded(node.site) == folded(above.site)
        step: Node | None = node
        while step is not None:
            if step.key == above.key:
                return True
            step = self._parents.get(step.key)
        return False

    def building_plan(
        self, accepted: Sequence[Draft]
    ) -> tuple[tuple[str, ...], tuple[tuple[Node, Node | None], ...], tuple[tuple[Node, Node], ...]]:
        """(new sites, new nodes with what is above them, teams that get a department), as far as accepted lines need
        them."""
        known_sites = {folded(name) for name, _code, _zone in self.standing.sites}
        sites: dict[str, str] = {}
        nodes: dict[NodeKey, tuple[Node, Node | None]] = {}
        moved: dict[NodeKey, tuple[Node, Node]] = {}
        for draft in accepted:
            if not draft.changes:
                continue
            if folded(draft.site) not in known_sites and draft.site:
                sites.setdefault(folded(draft.site), draft.site)
            for place in draft.target.begins if draft.target else ():
                self._add_with_parents(place.node, nodes)
        for key, department in self._moved.items():
            team = self._known[key]
            if any(self._names_team_of(draft, team, department) for draft in accepted):
                moved[key] = (team, department)
                self._add_with_parents(department, nodes)
        # What is above comes first; in the order of names each node goes behind its siblings, which moves none of them.
        kinds = ("site", "department", "team")
        ordered = sorted(
            nodes.values(),
            key=lambda pair: (kinds.index(pair[0].kind), pair[0].site, pair[0].department, pair[0].name),
        )
        return tuple(sites.values()), tuple(ordered), tuple(moved.values())

    @staticmethod
    def _names_team_of(draft: Draft, team: Node, department: Node) -> bool:
        return bool(
            draft.place
            and draft.place.node.key == team.key
            and draft.department
            and draft.department.key == department.key
        )

    def _add_with_parents(self, node: Node, nodes: dict[NodeKey, tuple[Node, Node | None]]) -> None:
        root = Node(node.site, "site")
        if node.kind == "site":
            if root.key not in self._known:
                nodes.setdefault(root.key, (root, None))
            return
        parent = self._parents.get(node.key) or root
        self._add_with_parents(parent, nodes)
        if node.key not in self._known:
            nodes.setdefault(node.key, (node, parent))
