"""What every import has in common: what became of a line, and the words for why it was refused."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class LineKind(StrEnum):
    """What confirming would do with a line of the file. REMOVED has no line: something the file replaces."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    REFUSED = "refused"


#: Why a line is refused, or what should be noticed about it. %(name)s places are filled from the problem's values.
REASONS = {
    # the line as such
    "surplus_cells": _("The line has more cells than the heading: “%(value)s” stands beyond the last column. A comma or semicolon inside a cell needs quotation marks around the cell."),
    "line_break": _("The cell runs over several lines. A quotation mark may be missing."),
    "too_long": _("“%(value)s” is longer than %(limit)s characters."),
    # numbers and names
    "number_missing": _("The employee number is missing."),
    "number_shortened": _("“%(value)s” is what a spreadsheet makes of a long number. Format the column as text and enter the number again."),
    "number_with_signs": _("“%(value)s” is no employee number: only letters, digits, hyphens, dots and underscores."),
    "number_twice": _("The employee number %(value)s also stands in line %(lines)s."),
    "name_missing": _("The full name is missing."),
    "name_too_long": _("The name is longer than 120 characters."),
    "name_damaged": _("“%(value)s” has a character that was lost on the way, perhaps a rare one. Enter the name again and save the file as UTF-8."),
    "name_without_letters": _("“%(value)s” is no name."),
    "name_with_signs": _("“%(value)s” has a sign that doesn’t belong in a name."),
    "name_differs": _("%(number)s is %(known)s here, not %(value)s."),
    # words and days
    "status_unknown": _("“%(value)s” is no status. Write probation, active, leave or left (试用, 在职, 休假, 离职)."),
    "language_unknown": _("“%(value)s” is no language of this platform. Write zh-hans or en (中文, 英文)."),
    "day_unreadable": _("“%(value)s” is no date. Write 2026-03-02."),
    "day_implausible": _("%(value)s can’t be right as a hire date."),
    "email_unreadable": _("“%(value)s” is no e-mail address."),
    "email_taken": _("%(value)s is already the address of %(holder)s."),
    "email_twice": _("The address %(value)s also stands in line %(lines)s."),
    # places and roles
    "site_missing": _("A new person needs a site."),
    "job_role_missing": _("A new person needs a job role."),
    "job_role_unknown": _("There is no job role “%(value)s”. Known are: %(known)s."),
    "job_role_ambiguous": _("Several job roles are called “%(value)s”. Write the key: %(known)s."),
    "role_needed": _("Without a job role nobody can have a place in a team."),
    "team_needed": _("An agent or team leader needs a team."),
    "place_unclear": _("The person stands in several teams. Write the team in which the new job role counts."),
    "team_ambiguous": _("Several departments have a team %(value)s: %(known)s. Write the department, too."),
    # No line is refused for this any more; confirmed imports of former days still show it.
    "team_elsewhere": _("The team %(value)s belongs to “%(known)s”, not to “%(department)s”."),
    # supervisors
    "supervisor_unknown": _("Nobody with the number or name “%(value)s” is known here or comes with this file."),
    "supervisor_ambiguous": _("Several people are called %(value)s. Write the employee number: %(known)s."),
    "supervisor_self": _("Nobody is their own supervisor."),
    "supervisor_left": _("%(value)s has left and can’t supervise anybody."),
    "supervisor_not_leading": _("%(value)s has no job that leads people, so can’t become a supervisor by this line."),
    "supervisor_not_used": _("The supervisor is not taken over: only for agents and team leaders does it give rights."),
    # seats
    "seat_taken": _("The seat number %(value)s is held by %(holder)s at present."),
    "seat_twice": _("The seat number %(value)s also stands in line %(lines)s."),
    # standing
    "own_leave": _("You can’t mark yourself as having left."),
    "administrator_leaves": _("Is an administrator and loses that right by leaving."),
    "language_own": _("The language stays as the person has chosen it."),
    "left_unknown": _("Has left and isn’t known here: nothing to do."),
    # rosters
    "person_unknown": _("Nobody has the employee number %(value)s."),
    "person_left": _("%(value)s has left."),
    "day_missing": _("The date is missing."),
    "time_missing": _("Start and end are needed."),
    "time_unreadable": _("“%(value)s” is no time of day. Write 09:30."),
    "activity_missing": _("The activity is missing."),
    "activity_unknown": _("“%(value)s” is no activity. Write phone, training, meal or leave (接线, 培训, 用餐, 休假)."),
    "stretch_twice": _("Line %(lines)s begins at the same time for the same person."),
    "stretch_in_clock_change": _("The stretch ends when it begins, because the clocks are changed that night."),
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One reason, the column it is about, and what it speaks of."""

    column: str
    code: str
    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, column: str, code: str, **values: Any) -> "Problem":
        return cls(column, code, tuple((name, str(value)) for name, value in values.items()))

    def __str__(self) -> str:
        """The reason in the reader's language."""
        return str(REASONS[self.code]) % dict(self.values)


@dataclass(frozen=True)
class FieldChange:
    """One field of a line: what is there and what the file says. Values are plain, their words are the screen's."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class PlannedLine:
    """What would become of one line. `number` is the line's number in the file, None for what the file replaces."""

    number: int | None
    kind: LineKind
    employee_no: str
    name: str = ""
    changes: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Counts:
    """How many lines have which fate."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        return self.added + self.changed + self.unchanged + self.removed + self.refused


def counted(lines: Iterable[PlannedLine]) -> Counts:
    figures = dict.fromkeys(LineKind, 0)
    for line in lines:
        figures[line.kind] += 1
    return Counts(**{kind.value: number for kind, number in figures.items()})


@dataclass(frozen=True)
class ImportPlan:
    """What confirming a file would do. `digest` tells whether two plans do the same."""

    lines: tuple[PlannedLine, ...]
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", counted(self.lines))

    @property
    def writes(self) -> bool:
        """Whether confirming would write anything."""
        return bool(self.counts.added or self.counts.changed or self.counts.removed)

    def deeds(self) -> tuple[Any, ...]:
        """Everything that decides what is written, in values whose repr is the same in every language."""
        return tuple(
            (line.number, line.kind.value, line.employee_no, line.changes)
            for line in self.lines
            if line.kind != LineKind.UNCHANGED
        )

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self.deeds()).encode()).hexdigest()[:32]


def other_lines(numbers: Sequence[int], own: int) -> str:
    """The line numbers beside one's own, in words."""
    return ", ".join(str(number) for number in numbers if number != own)
