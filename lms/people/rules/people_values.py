"""The values from which an import of people is planned, and the plan."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from lms.people.rules.imports import FieldChange, ImportPlan, Problem
from lms.people.states import PersonStatus, Role

#: Who needs a team, and whose supervisor gets rights by the supervisor column.
TEAM_ROLES = frozenset({Role.AGENT, Role.TEAM_LEADER})
#: Plain fields of a person, in the order of the preview.
PLAIN_FIELDS = ("full_name", "latin_name", "email", "hired_on", "vendor", "language")


def folded(text: str) -> str:
    """The form in which numbers and names of places are compared: Team a is team A."""
    return text.casefold()


#: What tells places apart: site, kind, name, department, all folded.
type NodeKey = tuple[str, str, str, str]


class Node(NamedTuple):
    """A place in the tree of teams: a site (`name` empty), one of its departments, one of its teams. `department` is
    that of a team, empty where it stands right under its site: two departments may each have a first team."""

    site: str
    kind: str
    name: str = ""
    department: str = ""

    @property
    def key(self) -> NodeKey:
        return (folded(self.site), self.kind, folded(self.name), folded(self.department))

    def __str__(self) -> str:
        return " / ".join(part for part in (self.site, self.department, self.name) if part)


class Place(NamedTuple):
    """A role at a node."""

    node: Node
    role: str


@dataclass(frozen=True)
class PersonRow:
    """What one line says, already in our words. None says nothing (what is there stays), "" says: empty this."""

    line: int
    employee_no: str
    full_name: str | None = None
    latin_name: str | None = None
    site: str | None = None
    department: str | None = None
    team: str | None = None
    job_role: str | None = None
    supervisor: str | None = None
    hired_on: date | None = None
    status: str | None = None
    vendor: str | None = None
    language: str | None = None
    email: str | None = None
    seat_number: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Held:
    """A present membership. `by_column`: given by other people's supervisor column, not by the person's own line."""

    id: int
    place: Place
    from_on: date
    by_column: bool = False


@dataclass(frozen=True)
class KnownPerson:
    id: int
    employee_no: str
    full_name: str
    latin_name: str = ""
    email: str = ""
    site: str = ""
    job_role: str = ""
    status: str = PersonStatus.ACTIVE
    hired_on: date | None = None
    vendor: str = ""
    language: str = "zh-hans"
    seat_number: str = ""
    is_administrator: bool = False
    has_signed_in: bool = False
    held: tuple[Held, ...] = ()

    def __str__(self) -> str:
        return f"{self.full_name} ({self.employee_no})"


@dataclass(frozen=True)
class KnownRole:
    """A job role: its key, its names, and the role on the platform that it gives."""

    key: str
    name_zh: str
    name_en: str
    role: str


@dataclass(frozen=True)
class Standing:
    """The people, places and job roles there are. `parents` leads from a node's key to the node above."""

    people: tuple[KnownPerson, ...] = ()
    sites: tuple[tuple[str, str, str], ...] = ()  # name, code, time zone
    parents: tuple[tuple[Node, Node | None], ...] = ()
    job_roles: tuple[KnownRole, ...] = ()


@dataclass(frozen=True)
class Target:
    """What is to be written for one line. `person_id` None is a new person; None elsewhere leaves what is there."""

    employee_no: str
    person_id: int | None
    fields: tuple[tuple[str, object], ...]
    begins_on: date
    ends_on: date
    site: str | None = None
    job_role: str | None = None
    begins: tuple[Place, ...] = ()
    ends: tuple[int, ...] = ()
    seat_number: str | None = None
    leaves: bool = False
    returns: bool = False


@dataclass(frozen=True)
class Supervision:
    """A supervisor begins or ceases to lead a team because of what the supervisor column says."""

    employee_no: str
    name: str
    node: Node
    begins: bool
    membership_id: int | None = None


@dataclass(frozen=True)
class PeoplePlan(ImportPlan):
    targets: tuple[Target, ...] = ()
    new_sites: tuple[str, ...] = ()
    #: (node, the department above it or None for the site itself); departments before teams.
    new_nodes: tuple[tuple[Node, Node | None], ...] = ()
    #: Teams that stood right under their site and get a department: (team, department).
    moved_nodes: tuple[tuple[Node, Node], ...] = ()
    supervisions: tuple[Supervision, ...] = ()

    @property
    def writes(self) -> bool:
        return super().writes or bool(self.supervisions or self.moved_nodes)

    def deeds(self) -> tuple[object, ...]:
        return (*super().deeds(), self.new_sites, self.new_nodes, self.moved_nodes, self.supervisions)


@dataclass
class Draft:
    """A line while it is being planned."""

    row: PersonRow
    person: KnownPerson | None
    problems: list[Problem]
    notes: list[Problem] = field(default_factory=list)
    job_role: KnownRole | None = None
    site: str = ""
    department: Node | None = None
    place: Place | None = None
    target: Target | None = None
    changes: tuple[FieldChange, ...] = ()
    is_nothing: bool = False

    @property
    def is_accepted(self) -> bool:
        return not self.problems

    @property
    def status(self) -> str:
        return self.row.status or (self.person.status if self.person else PersonStatus.ACTIVE.value)

    @property
    def name(self) -> str:
        return self.row.full_name or (self.person.full_name if self.person else "")

    @property
    def leaves(self) -> bool:
        return self.status == PersonStatus.LEFT

    def refuse(self, column: str, code: str, **values: object) -> None:
        self.problems.append(Problem.of(column, code, **values))
