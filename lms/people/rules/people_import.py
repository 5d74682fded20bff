"""What a file of people would do to the people there are. Frozen values in, a frozen plan out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from lms.people.rules.imports import FieldChange, LineKind, PlannedLine, Problem, other_lines
from lms.people.rules.names import clean_name
from lms.people.rules.people_book import Book
from lms.people.rules.people_values import (
    PLAIN_FIELDS,
    TEAM_ROLES,
    Draft,
    Held,
    KnownPerson,
    Node,
    NodeKey,
    PeoplePlan,
    PersonRow,
    Place,
    Standing,
    Supervision,
    Target,
    folded,
)
from lms.people.states import LEADING, PersonStatus, Role


def plan_people(
    rows: Iterable[PersonRow], standing: Standing, *, at: datetime, default_time_zone: str, importer_no: str = ""
) -> PeoplePlan:
    """What confirming these lines at this instant would do.

    A line is refused as a whole, with every reason found. A person without a line stays as is: a missing row never
    means that somebody left. Lines that depend on a refused line (its person as supervisor, its seat number given up)
    are refused, too."""
    book = Book(standing, at=at, default_time_zone=default_time_zone)
    drafts = [Draft(row, book.person(row.employee_no), list(row.problems)) for row in rows]
    _refuse_doubles(drafts)
    for draft in drafts:
        _settle_person(draft, book, importer_no)
        if not draft.is_nothing:
            _settle_site(draft, book)
    for draft in drafts:  # only now every team of the file is known with its department
        if draft.site and not draft.is_nothing and not draft.leaves:
            _settle_place(draft, book)
    _refuse_what_depends(drafts, book)
    for draft in drafts:
        _settle_target(draft, book)
    supervisions = _supervisions(drafts, book)
    accepted = [draft for draft in drafts if draft.is_accepted and not draft.is_nothing]
    new_sites, new_nodes, moved = book.building_plan(accepted)
    return PeoplePlan(
        lines=tuple(_line_of(draft) for draft in drafts),
        targets=tuple(draft.target for draft in accepted if draft.target and draft.changes),
        new_sites=new_sites,
        new_nodes=new_nodes,
        moved_nodes=moved,
        supervisions=supervisions,
    )


def _line_of(draft: Draft) -> PlannedLine:
    if draft.problems:
        kind = LineKind.REFUSED
    elif draft.is_nothing or not draft.changes:
        kind = LineKind.UNCHANGED
    else:
        kind = LineKind.CHANGED if draft.person else LineKind.ADDED
    return PlannedLine(
        number=draft.row.line,
        kind=kind,
        employee_no=draft.person.employee_no if draft.person else draft.row.employee_no,
        name=draft.name,
        changes=draft.changes if kind in {LineKind.ADDED, LineKind.CHANGED} else (),
        problems=tuple(draft.problems),
        notes=tuple(draft.notes),
    )


def _refuse_doubles(drafts: Sequence[Draft]) -> None:
    """Of two lines for one number nobody knows which is right, so neither is taken. The same holds for addresses and
    seat numbers."""
    for column, code in (("employee_no", "number_twice"), ("email", "email_twice"), ("seat_number", "seat_twice")):
        lines: defaultdict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            value = getattr(draft.row, column)
            if value:
                lines[folded(value)].append(draft)
        for value_drafts in lines.values():
            if len(value_drafts) > 1:
                numbers = [draft.row.line for draft in value_drafts]
                for draft in value_drafts:
                    value = getattr(draft.row, column)
                    draft.refuse(column, code, value=value, lines=other_lines(numbers, draft.row.line))


def _settle_person(draft: Draft, book: Book, importer_no: str) -> None:
    """Who it is and what they work as."""
    row, person = draft.row, draft.person
    if person is None and row.full_name is None and not _has(draft, "full_name"):
        draft.refuse("full_name", "name_missing")
    if draft.leaves:
        if person is None:
            draft.is_nothing = True
            draft.notes.append(Problem.of("status", "left_unknown"))
            return
        if folded(row.employee_no) == folded(importer_no):
            draft.refuse("status", "own_leave")
        elif person.is_administrator:
            draft.notes.append(Problem.of("status", "administrator_leaves"))
    if row.email:
        holder = book.holder_of_email(row.email)
        if holder is not None and holder is not person:
            draft.refuse("email", "email_taken", value=row.email, holder=holder)
    if row.job_role:
        found = book.job_roles_called(row.job_role)
        if len(found) == 1:
            draft.job_role = found[0]
        elif found:
            known = ", ".join(role.key for role in found)
            draft.refuse("job_role", "job_role_ambiguous", value=row.job_role, known=known)
        else:
            draft.refuse("job_role", "job_role_unknown", value=row.job_role, known=book.known_job_roles)
    elif person and person.job_role:
        draft.job_role = book.job_role(person.job_role)
    elif person is None and not _has(draft, "job_role"):
        draft.refuse("job_role", "job_role_missing")


def _has(draft: Draft, column: str) -> bool:
    return any(problem.column == column for problem in draft.problems)


def _settle_site(draft: Draft, book: Book) -> None:
    """The site and the department that the line names, and the team that it puts there."""
    row, person = draft.row, draft.person
    draft.site = book.site_name(row.site) if row.site else person.site if person else book.only_site
    if not draft.site:
        if (person is None or row.team or row.department) and not _has(draft, "site"):
            draft.refuse("site", "site_missing")
        return
    if row.department and not draft.leaves:
        draft.department = book.department(draft.site, row.department)
        if row.team and draft.is_accepted and draft.job_role is not None:
            book.name_team(draft.department, row.team)


def _settle_place(draft: Draft, book: Book) -> None:
    """The node and the role that the line gives. Empty cells change nothing."""
    row, person = draft.row, draft.person
    own = [held for held in person.held if not held.by_column] if person else []
    says_place = bool(row.site or row.department or row.team is not None)
    moves_site = bool(person and person.site and folded(person.site) != folded(draft.site))
    # The whole row may be about an address only: then nobody is asked for a team.
    is_placed = bool(own) and not moves_site
    is_asked = person is None or says_place or bool(row.job_role) or person.status == PersonStatus.LEFT
    if not is_asked:
        return
    if draft.job_role is None:
        if (row.team or row.department) and not (_has(draft, "job_role") or own):
            draft.refuse("job_role", "role_needed")
        return
    role = draft.job_role.role
    node = _wanted_node(draft, book, own, role, is_placed=is_placed)
    if node is not None:
        draft.place = Place(node, role)


def _wanted_node(draft: Draft, book: Book, own: Sequence[Held], role: str, *, is_placed: bool) -> Node | None:
    row = draft.row
    if row.team:
        return _team_node(draft, book, own)
    if is_placed and row.team is None:
        fitting = [
            held.place for held in own if draft.department is None or book.is_within(held.place.node, draft.department)
        ]
        same_role = [place.node for place in fitting if place.role == role]
        nodes = same_role or list(dict.fromkeys(place.node for place in fitting))
        if len(nodes) > 1 and not same_role:
            draft.refuse("team", "place_unclear")
            return None
        if nodes and (role not in TEAM_ROLES or nodes[0].kind == "team"):
            return nodes[0]
    if role in TEAM_ROLES:
        if not _has(draft, "team"):
            draft.refuse("team", "team_needed")
        return None
    return draft.department or Node(draft.site, "site")


def _team_node(draft: Draft, book: Book, own: Sequence[Held]) -> Node | None:
    """The team that the line names. Without a department it is the person's own, or the only one of that name."""
    name = draft.row.team or ""
    if draft.department is not None:
        return book.team_in(draft.department, name)
    found = book.teams_called(draft.site, name)
    present = {held.place.node.key for held in own}
    fitting = [team for team in found if team.key in present] or found
    if len(fitting) > 1:
        known = ", ".join(team.department or team.site for team in fitting)
        draft.refuse("department", "team_ambiguous", value=name, known=known)
        return None
    if fitting:
        return fitting[0]
    return book.add_team(draft.site, name) if draft.is_accepted else Node(draft.site, "team", name)


def _refuse_what_depends(drafts: Sequence[Draft], book: Book) -> None:
    """Supervisors must be there after the import, and seat numbers free. A refusal may take others with it."""
    settled = False
    while not settled:
        before = sum(len(draft.problems) for draft in drafts)
        comers = {
            folded(draft.row.employee_no): draft for draft in drafts if draft.is_accepted and not draft.is_nothing
        }
        names = book.names_with(comers.values())
        for draft in drafts:
            if draft.is_accepted and not draft.is_nothing and not draft.leaves:
                _check_seat(draft, book, comers)
                _check_supervisor(draft, book, comers, names)
        settled = before == sum(len(draft.problems) for draft in drafts)


def _check_seat(draft: Draft, book: Book, comers: Mapping[str, Draft]) -> None:
    if not draft.row.seat_number:
        return
    holder = book.holder_of_seat(draft.row.seat_number)
    if holder is None or holder is draft.person:
        return
    giver = comers.get(folded(holder.employee_no))
    if giver is None or not (giver.leaves or giver.row.seat_number is not None):
        draft.refuse("seat_number", "seat_taken", value=draft.row.seat_number, holder=holder)


def _check_supervisor(
    draft: Draft, book: Book, comers: Mapping[str, Draft], names: Mapping[str, frozenset[str]]
) -> None:
    if not draft.row.supervisor:
        return
    if draft.job_role is None or draft.job_role.role not in TEAM_ROLES:
        note = Problem.of("supervisor", "supervisor_not_used")
        if note not in draft.notes:
            draft.notes.append(note)
        return
    number = _supervisor_number(draft.row.supervisor, book, comers, names)
    if isinstance(number, Problem):
        draft.problems.append(number)
        return
    comer, known = comers.get(number), book.person(number)
    shown = f"{comer.name} ({comer.row.employee_no})" if comer else str(known)
    if number == folded(draft.row.employee_no):
        draft.refuse("supervisor", "supervisor_self")
    elif (comer.status if comer else known.status) == PersonStatus.LEFT:  # type: ignore[union-attr]
        draft.refuse("supervisor", "supervisor_left", value=shown)
    elif not _may_lead(comer, known, book):
        draft.refuse("supervisor", "supervisor_not_leading", value=shown)


def _supervisor_number(
    typed: str, book: Book, comers: Mapping[str, Draft], names: Mapping[str, frozenset[str]]
) -> str | Problem:
    """The folded employee number behind a cell that holds a number, a name, or `name (number)`."""
    inside = typed[:-1].replace("（", "(").rpartition("(")[2].strip() if typed.endswith((")", "）")) else ""
    for number in (inside, typed):
        if number and (folded(number) in comers or book.person(number)):
            return folded(number)
    found = names.get(folded(clean_name(typed)), frozenset())
    if len(found) == 1:
        return next(iter(found))
    if found:
        known = ", ".join(sorted(book.number_and_name(number, comers)[0] for number in found))
        return Problem.of("supervisor", "supervisor_ambiguous", value=typed, known=known)
    return Problem.of("supervisor", "supervisor_unknown", value=typed)


def _may_lead(comer: Draft | None, known: KnownPerson | None, book: Book) -> bool:
    job_role = comer.job_role if comer else (book.job_role(known.job_role) if known and known.job_role else None)
    if job_role is not None:
        return job_role.role in LEADING
    return any(held.place.role in LEADING for held in known.held) if known else False


def _settle_target(draft: Draft, book: Book) -> None:
    """The rows to write and, field by field, from what to what."""
    if not draft.is_accepted or draft.is_nothing:
        return
    row, person = draft.row, draft.person
    today = book.today(draft.site)
    changes: list[FieldChange] = []
    fields: list[tuple[str, object]] = []
    for name in PLAIN_FIELDS:
        said = getattr(row, name)
        before = getattr(person, name) if person else (None if name == "hired_on" else "")
        if person is None and name == "language":
            said, before = said or "zh-hans", ""
        if name == "language" and person and person.has_signed_in and said and said != before:
            draft.notes.append(Problem.of("language", "language_own"))
            continue
        if said is not None and said != before:
            changes.append(FieldChange(name, before, said))
            fields.append((name, said))
    status_before = person.status if person else ""
    if draft.status != status_before:
        changes.append(FieldChange("status", status_before, draft.status))
        fields.append(("status", draft.status))
    site = draft.site if not person or folded(person.site) != folded(draft.site) else None
    if site:
        changes.append(FieldChange("site", person.site if person else "", site))
    job_role = (
        draft.job_role.key if draft.job_role and draft.job_role.key != (person.job_role if person else "") else None
    )
    if job_role:
        changes.append(FieldChange("job_role", person.job_role if person else "", job_role))
    begins, ends = _membership_changes(draft, job_role_changes=bool(job_role))
    if begins or ends:
        held = person.held if person else ()
        kept = [each.place for each in held if each.id not in ends]
        changes.append(FieldChange("memberships", tuple(each.place for each in held), (*kept, *begins)))
    seat_before = person.seat_number if person else ""
    seat = "" if draft.leaves else row.seat_number
    if seat == seat_before:
        seat = None
    if seat is not None:
        changes.append(FieldChange("seat_number", seat_before, seat))
    draft.changes = tuple(changes)
    draft.target = Target(
        employee_no=person.employee_no if person else row.employee_no,
        person_id=person.id if person else None,
        fields=tuple(fields),
        site=site,
        job_role=job_role,
        begins=begins,
        begins_on=(row.hired_on or today) if person is None else today,
        ends=ends,
        seat_number=seat,
        leaves=draft.leaves and status_before != PersonStatus.LEFT,
        returns=status_before == PersonStatus.LEFT and not draft.leaves,
        ends_on=today,
    )


def _membership_changes(draft: Draft, *, job_role_changes: bool) -> tuple[tuple[Place, ...], tuple[int, ...]]:
    """(what begins, ids of what ends). Who is already there stays; a move ends every place the own line ever gave."""
    held = draft.person.held if draft.person else ()
    if draft.leaves:
        return (), tuple(each.id for each in held)
    if draft.place is None:
        return (), ()
    wanted = (draft.place.node.key, draft.place.role)
    is_there = any((each.place.node.key, each.place.role) == wanted for each in held)
    # Whoever is no leader any more doesn't keep the teams that the supervisor column gave.
    stops_leading = job_role_changes and draft.place.role not in LEADING
    own = [
        each
        for each in held
        if (stops_leading or not each.by_column) and (each.place.node.key, each.place.role) != wanted
    ]
    if not is_there:
        return (draft.place,), tuple(each.id for each in own)
    if job_role_changes:
        return (), tuple(each.id for each in own if each.place.role != draft.place.role)
    return (), ()


def _supervisions(drafts: Sequence[Draft], book: Book) -> tuple[Supervision, ...]:
    """Who begins to lead a team by the supervisor column, and who ceases to.

    Nobody begins who leads the team anyway, there or higher up. Somebody ceases only to whom this column gave the team,
    and only where the file has a supervisor for every agent of the team and never names that one."""
    comers = {folded(draft.row.employee_no): draft for draft in drafts if draft.is_accepted and not draft.is_nothing}
    names = book.names_with(comers.values())
    named: defaultdict[NodeKey, dict[str, Node]] = defaultdict(dict)
    said: defaultdict[NodeKey, set[str]] = defaultdict(set)
    for number, draft in comers.items():
        node = draft.place.node if draft.place else _present_team(draft.person)
        if not draft.row.supervisor or draft.leaves or node is None:
            continue
        if draft.job_role is None or draft.job_role.role not in TEAM_ROLES:
            continue
        supervisor = _supervisor_number(draft.row.supervisor, book, comers, names)
        if isinstance(supervisor, Problem):
            continue
        named[node.key][supervisor] = node
        if draft.job_role.role == Role.AGENT:
            said[node.key].add(number)
    after = book.places_after(comers)
    begins = [
        Supervision(*book.number_and_name(supervisor, comers), node=node, begins=True)
        for by_number in named.values()
        for supervisor, node in by_number.items()
        if not _leads(after[supervisor], node, book)
    ]
    agents: defaultdict[NodeKey, set[str]] = defaultdict(set)
    for number, places in after.items():
        for place in places:
            if place.role == Role.AGENT:
                agents[place.node.key].add(number)
    ends = []
    for person in book.standing.people:
        number = folded(person.employee_no)
        target = comers[number].target if number in comers else None
        gone = set(target.ends) if target else set()
        for held in person.held:
            key = held.place.node.key
            if not held.by_column or held.id in gone or key not in named or number in named[key]:
                continue
            if agents[key] <= said[key]:
                ends.append(Supervision(person.employee_no, person.full_name, held.place.node, False, held.id))
    return tuple(sorted([*begins, *ends], key=lambda each: (str(each.node), not each.begins, each.employee_no)))


def _present_team(person: KnownPerson | None) -> Node | None:
    places = [held.place for held in person.held if not held.by_column] if person else []
    return next((place.node for place in places if place.role in TEAM_ROLES), None)


def _leads(places: Iterable[Place], node: Node, book: Book) -> bool:
    return any(place.role in LEADING and book.is_within(node, place.node) for place in places)
