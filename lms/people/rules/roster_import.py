"""What a roster file would do to the roster there is. Frozen values in, a frozen plan out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.people.rules.imports import FieldChange, ImportPlan, LineKind, PlannedLine, Problem, other_lines
from lms.people.rules.names import clean_name
from lms.people.states import Activity, PersonStatus

STRETCH_FIELDS = ("on", "shift", "starts_at", "ends_at", "activity")


@dataclass(frozen=True)
class StretchRow:
    """What one line says. An end that isn't after the start means: on the next day."""

    line: int
    employee_no: str
    full_name: str | None = None
    on: date | None = None
    shift: str = ""
    start: time | None = None
    end: time | None = None
    activity: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """One planned stretch of a person's day, in instants."""

    on: date
    shift: str
    starts_at: datetime
    ends_at: datetime
    activity: str


@dataclass(frozen=True)
class KnownStretch:
    id: int
    stretch: Stretch


@dataclass(frozen=True)
class RosteredPerson:
    """Somebody with the time zone of their site and the stretches known around the days of the file."""

    id: int
    employee_no: str
    full_name: str
    status: str
    time_zone: str
    stretches: tuple[KnownStretch, ...] = ()


@dataclass(frozen=True)
class StretchChange:
    """`known_id` None is a new stretch; `stretch` None takes a known one away."""

    person_id: int
    known_id: int | None
    stretch: Stretch | None


@dataclass(frozen=True)
class RosterPlan(ImportPlan):
    writes_stretches: tuple[StretchChange, ...] = ()


def plan_roster(rows: Sequence[StretchRow], people: Iterable[RosteredPerson]) -> RosterPlan:
    """What confirming these lines would do.

    The lines of one person's day replace that day's roster. Where a line of the day is refused, the others are written
    but nothing is taken away; where a line's day can't be read, nothing of the person's is. Days and people that the
    file doesn't mention stay as they are."""
    by_number = {person.employee_no.casefold(): person for person in people}
    doubles = _doubles(rows)
    planned: list[PlannedLine] = []
    changes: list[StretchChange] = []
    kept: defaultdict[str, set[int]] = defaultdict(set)
    days: defaultdict[str, set[date]] = defaultdict(set)
    refused_days: defaultdict[str, set[date | None]] = defaultdict(set)
    for row in rows:
        number = row.employee_no.casefold()
        person = by_number.get(number)
        problems = [*row.problems, *_problems_of_person(row, person), *doubles.get(row.line, ())]
        stretch = _stretch_of(row, person, problems) if person and not problems else None
        if problems or person is None or stretch is None:
            refused_days[number].add(row.on)
            name = row.full_name or (person.full_name if person else "")
            planned.append(PlannedLine(row.line, LineKind.REFUSED, row.employee_no, name, problems=tuple(problems)))
            continue
        days[number].add(stretch.on)
        known = next((each for each in person.stretches if each.stretch.starts_at == stretch.starts_at), None)
        if known is not None:
            kept[number].add(known.id)
        line, change = _planned(row.line, person, known, stretch)
        planned.append(line)
        if change is not None:
            changes.append(change)
    for number, named in days.items():
        person = by_number[number]
        if None in refused_days[number]:
            continue
        for known in person.stretches:
            on = known.stretch.on
            if on in named and on not in refused_days[number] and known.id not in kept[number]:
                line, change = _planned(None, person, known, None)
                planned.append(line)
                if change is not None:
                    changes.append(change)
    return RosterPlan(lines=tuple(planned), writes_stretches=tuple(changes))


def _problems_of_person(row: StretchRow, person: RosteredPerson | None) -> list[Problem]:
    if any(problem.column == "employee_no" for problem in row.problems):
        return []
    if person is None:
        return [Problem.of("employee_no", "person_unknown", value=row.employee_no)]
    if person.status == PersonStatus.LEFT:
        return [Problem.of("employee_no", "person_left", value=f"{person.full_name} ({person.employee_no})")]
    if row.full_name and clean_name(row.full_name).casefold() != person.full_name.casefold():
        named = {"number": person.employee_no, "known": person.full_name, "value": row.full_name}
        return [Problem.of("full_name", "name_differs", **named)]
    return []


def _doubles(rows: Sequence[StretchRow]) -> Mapping[int, tuple[Problem, ...]]:
    """{line: the problem that another line begins at the same time for the same person}."""
    lines: defaultdict[tuple[str, date, time], list[int]] = defaultdict(list)
    for row in rows:
        if row.on and row.start and row.employee_no:
            lines[(row.employee_no.casefold(), row.on, row.start)].append(row.line)
    return {
        line: (Problem.of("start", "stretch_twice", lines=other_lines(numbers, line)),)
        for numbers in lines.values()
        if len(numbers) > 1
        for line in numbers
    }


def _stretch_of(row: StretchRow, person: RosteredPerson, problems: list[Problem]) -> Stretch | None:
    if row.on is None or row.start is None or row.end is None or row.activity is None:
        return None
    starts_at, ends_at = stretch_instants(row.on, row.start, row.end, time_zone=person.time_zone)
    if ends_at <= starts_at:
        problems.append(Problem.of("end", "stretch_in_clock_change"))
        return None
    return Stretch(row.on, row.shift, starts_at, ends_at, row.activity)


def stretch_instants(on: date, start: time, end: time, *, time_zone: str) -> tuple[datetime, datetime]:
    """The instants (UTC) of a stretch given in the wall clock of a place; an end not after the start is on the next
    day."""
    zone = ZoneInfo(time_zone)
    last = on if end > start else on + timedelta(days=1)
    return (
        datetime.combine(on, start, tzinfo=zone).astimezone(UTC),
        datetime.combine(last, end, tzinfo=zone).astimezone(UTC),
    )


def _planned(
    number: int | None, person: RosteredPerson, known: KnownStretch | None, stretch: Stretch | None
) -> tuple[PlannedLine, StretchChange | None]:
    before = known.stretch if known else None
    zone = ZoneInfo(person.time_zone)
    changes = tuple(
        FieldChange(name, _local(before, name, zone), _local(stretch, name, zone))
        for name in STRETCH_FIELDS
        if before is None or stretch is None or getattr(before, name) != getattr(stretch, name)
    )
    if stretch is None:
        kind = LineKind.REMOVED
    elif before is None:
        kind = LineKind.ADDED
    else:
        kind = LineKind.CHANGED if changes else LineKind.UNCHANGED
    line = PlannedLine(number, kind, person.employee_no, person.full_name, changes)
    if kind == LineKind.UNCHANGED:
        return line, None
    return line, StretchChange(person.id, known.id if known else None, stretch)


def _local(stretch: Stretch | None, name: str, zone: ZoneInfo) -> object:
    """A field as the people of the place read it: instants as `2026-03-02 09:00` in their clock."""
    if stretch is None:
        return ""
    value = getattr(stretch, name)
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value


def whole_day(activity: str | None) -> bool:
    """Whether the activity needs no times: leave without them is the whole day."""
    return activity == Activity.LEAVE
