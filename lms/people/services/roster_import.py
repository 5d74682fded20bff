"""Writing what an import of a roster planned. The caller holds the transaction."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from lms import events
from lms.audit import services as audit
from lms.people.models import RosterShift, User
from lms.people.rules.imports import LineKind
from lms.people.rules.roster_import import STRETCH_FIELDS, RosterPlan

BATCH = 500


def write_roster(plan: RosterPlan, *, actor: User, at: datetime) -> None:
    """Replace the days as planned, and announce whose they are. One audit entry per person says, stretch by stretch,
    from what to what."""
    gone = [change.known_id for change in plan.writes_stretches if change.known_id and change.stretch is None]
    for start in range(0, len(gone), BATCH):
        RosterShift.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    changed = [
        RosterShift(pk=change.known_id, person_id=change.person_id, **_columns(change.stretch))
        for change in plan.writes_stretches
        if change.known_id is not None and change.stretch is not None
    ]
    RosterShift.objects.bulk_update(changed, STRETCH_FIELDS, batch_size=BATCH)
    new = [
        RosterShift(person_id=change.person_id, **_columns(change.stretch))
        for change in plan.writes_stretches
        if change.known_id is None and change.stretch is not None
    ]
    RosterShift.objects.bulk_create(new, batch_size=BATCH)
    _audit_people(plan, actor=actor, at=at)
    if people := sorted({change.person_id for change in plan.writes_stretches}):
        events.availability_changed.send(sender=RosterShift, people=people, at=at)


def _columns(stretch) -> dict[str, object]:
    return {name: getattr(stretch, name) for name in STRETCH_FIELDS}


def _audit_people(plan: RosterPlan, *, actor: User, at: datetime) -> None:
    by_number: defaultdict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for line in plan.lines:
        if line.kind in {LineKind.ADDED, LineKind.CHANGED, LineKind.REMOVED}:
            before = " ".join(str(change.before) for change in line.changes if change.before)
            after = " ".join(str(change.after) for change in line.changes if change.after)
            by_number[line.employee_no][f"stretch {len(by_number[line.employee_no]) + 1}"] = (before, after)
    people = {person.employee_no: person for person in User.objects.filter(employee_no__in=list(by_number))}
    deeds = (audit.Deed("roster_changed", people[number], changes) for number, changes in by_number.items())
    audit.record_all(deeds, actor=actor, at=at)
