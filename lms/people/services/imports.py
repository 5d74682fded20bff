"""Files of people and rosters: taken in, shown as a plan, written when confirmed, or thrown away."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms import events
from lms.audit import services as audit
from lms.kernel.states import IllegalMove, StaleState, move
from lms.people.formats.headings import UnreadableFile
from lms.people.formats.people import PeopleFile, read_people
from lms.people.formats.roster import RosterFile, read_roster
from lms.people.models import ImportBatch, OneTimeCode, User
from lms.people.queries import people_standing, rostered_people
from lms.people.rules.imports import ImportPlan, LineKind, PlannedLine, Problem
from lms.people.rules.people_import import plan_people
from lms.people.rules.people_values import PeoplePlan
from lms.people.rules.roster_import import RosterPlan, plan_roster
from lms.people.services.codes import hashed_codes, keep_codes
from lms.people.services.people_import import write_people
from lms.people.services.roster_import import write_roster
from lms.people.states import IMPORT_MOVES, ImportKind, ImportSetback, ImportState

logger = logging.getLogger(__name__)

#: Longer files take more than a second or two to write, so a worker does it.
LINES_AT_ONCE = 200
#: People of one printed list. The hasher is slow on purpose, and nobody's browser should give up waiting: what it then
#: would not show is lost.
CODES_AT_ONCE = 200


class PlanChanged(Exception):
    """What the file would do is not what was shown any more: somebody changed people meanwhile. Nothing was written."""


class CodesAlreadyIssued(Exception):
    """This list of codes was made before; it can't be made again."""


@dataclass(frozen=True)
class PlannedImport:
    """What a batch would do now, and the headings of its file that were not understood."""

    plan: PeoplePlan | RosterPlan
    unknown_columns: tuple[str, ...]


def upload_import(kind: str, file: File, *, actor: User, at: datetime) -> ImportBatch:
    """Keep the file, to be looked at before anything is written. Raises UnreadableFile; then nothing is kept."""
    content = file.read()
    _read(kind, content, at=at)
    name = (file.name or "import").rpartition("/")[2][-200:]
    with transaction.atomic():
        batch = ImportBatch(kind=kind, file_name=name, uploaded_by=actor, uploaded_at=at)
        extension = name.rpartition(".")[2].lower()
        stored = f"{kind}.{extension}" if extension in {"csv", "txt", "tsv", "xlsx"} else kind
        batch.file.save(stored, ContentFile(content), save=True)
        audit.record(actor=actor, action="import_uploaded", subject=batch, at=at)
    return batch


def planned_import(batch: ImportBatch, *, at: datetime) -> PlannedImport:
    """What confirming the batch at this instant would do. Writes nothing."""
    return _planned(batch, _read(batch.kind, _content(batch), at=at), at=at)


def ask_for_import(batch: ImportBatch, *, actor: User, at: datetime, seen: str = "") -> ImportBatch:
    """Write a short file now, as `confirm_import`; leave a long one to a worker, which calls `finish_import`. Announces
    `import_asked` then. Raises as `confirm_import`."""
    if batch.state != ImportState.PREVIEWED:
        raise IllegalMove(f"ImportBatch {batch.pk}: {batch.state}")
    if len(_read(batch.kind, _content(batch), at=at).rows) <= LINES_AT_ONCE:
        return confirm_import(batch, actor=actor, at=at, seen=seen)
    with transaction.atomic():
        move(batch, IMPORT_MOVES, ImportState.CONFIRMING, asked_by=actor, asked_at=at, seen=seen, setback="")
        events.import_asked.send(sender=ImportBatch, batch=batch, at=at)
    return batch


def finish_import(batch_id: int, *, at: datetime) -> bool:
    """Write what was left to a worker; True when this call wrote it. Twice does no harm, and a worker that dies has
    written nothing: the batch then waits for the sweep. Where nothing can be written the batch goes back to its preview,
    with the reason."""
    batch = ImportBatch.objects.filter(pk=batch_id, state=ImportState.CONFIRMING).select_related("asked_by").first()
    if batch is None or batch.asked_by is None:
        return False
    try:
        confirm_import(batch, actor=batch.asked_by, at=at, seen=batch.seen)
    except (IllegalMove, StaleState):  # another worker was faster
        return False
    except PlanChanged:
        give_import_back(batch_id, ImportSetback.PLAN_CHANGED)
        return False
    except (OSError, UnreadableFile):
        give_import_back(batch_id, ImportSetback.UNREADABLE)
        return False
    except Exception:  # whatever it is, nobody should wait for it for ever
        logger.exception("Import %s could not be written", batch_id)
        give_import_back(batch_id, ImportSetback.FAILED)
        return False
    return True


def give_import_back(batch_id: int, setback: ImportSetback) -> None:
    """From the worker back to the preview. One that was written meanwhile stays written."""
    waiting = ImportBatch.objects.filter(pk=batch_id, state=ImportState.CONFIRMING)
    for batch in waiting:
        with suppress(StaleState):
            move(batch, IMPORT_MOVES, ImportState.PREVIEWED, setback=setback)


def confirm_import(batch: ImportBatch, *, actor: User, at: datetime, seen: str = "") -> ImportBatch:
    """Plan against the people there are now and write that, in one transaction.

    `seen` is the digest of the plan that was shown: raises PlanChanged where it is another one by now, and IllegalMove
    or StaleState where the batch was confirmed or discarded already. Audits every change, and announces
    `person_joined`, `membership_changed` and `job_role_changed` for each person, then `people_imported`."""
    if ImportState.CONFIRMED not in IMPORT_MOVES[ImportState(batch.state)]:
        raise IllegalMove(f"ImportBatch {batch.pk}: {batch.state}")  # the file of a discarded one is gone
    lines = _read(batch.kind, _content(batch), at=at)  # before the transaction: reading takes seconds, a lock shouldn't
    try:
        with transaction.atomic():
            _wait_for_other_imports()
            move(batch, IMPORT_MOVES, ImportState.CONFIRMED, confirmed_at=at)
            plan = _planned(batch, lines, at=at).plan
            if seen and plan.digest != seen:
                raise PlanChanged
            if isinstance(plan, PeoplePlan):
                batch.added_people.add(*write_people(plan, actor=actor, at=at))
            else:
                write_roster(plan, actor=actor, at=at)
            batch.summary = summary_of(plan)
            batch.save(update_fields=["summary"])
            counts = {name: (None, number) for name, number in batch.summary["counts"].items()}
            audit.record(actor=actor, action="import_confirmed", subject=batch, at=at, changes=counts)
    except IntegrityError as error:  # another import wrote between our reading and our writing
        raise PlanChanged from error
    return batch


@transaction.atomic
def discard_import(batch: ImportBatch, *, actor: User, at: datetime) -> ImportBatch:
    """Nothing of the file is written, and the file itself is deleted: it holds people's data. Raises IllegalMove or
    StaleState where the batch was confirmed or discarded already."""
    move(batch, IMPORT_MOVES, ImportState.DISCARDED)
    audit.record(actor=actor, action="import_discarded", subject=batch, at=at)
    stored, name = batch.file.storage, str(batch.file.name)
    transaction.on_commit(lambda: stored.delete(name), robust=True)
    return batch


def issue_import_codes(
    batch: ImportBatch, *, actor: User, at: datetime, list_number: int | None = None
) -> list[tuple[User, str]]:
    """One-time codes for the next `CODES_AT_ONCE` people whom the import added and who have neither a password nor a
    live code. `list_number` is how many lists there were when the button was shown.

    Raises CodesAlreadyIssued where that list was made meanwhile, or all were: only hashes are kept, so none can be
    shown again."""
    before = batch.code_lists if list_number is None else list_number
    awaiting = list(awaiting_first_code(batch, at=at)[: CODES_AT_ONCE + 1])
    people, is_last = awaiting[:CODES_AT_ONCE], len(awaiting) <= CODES_AT_ONCE
    codes = hashed_codes(len(people))  # slow, so before the transaction
    with transaction.atomic():
        mine = ImportBatch.objects.filter(pk=batch.pk, codes_issued_at__isnull=True, code_lists=before)
        batch.code_lists, batch.codes_issued_at = before + 1, at if is_last else None
        if not mine.update(code_lists=batch.code_lists, codes_issued_at=batch.codes_issued_at):
            raise CodesAlreadyIssued
        audit.record(
            actor=actor, action="import_codes_printed", subject=batch, at=at, changes={"people": (None, len(people))}
        )
        return keep_codes(people, codes, actor=actor, at=at)


def awaiting_first_code(batch: ImportBatch, *, at: datetime):
    """Whom the import added and who can't get in yet: no password, and no code that somebody gave them meanwhile."""
    live = OneTimeCode.objects.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)
    return (
        batch.added_people.filter(is_active=True, password__startswith="!")
        .exclude(pk__in=live.values("person"))
        .order_by("pinyin", "employee_no")
    )


def summary_of(plan: ImportPlan) -> dict[str, Any]:
    """What a confirmed batch remembers: counts, and what was refused and why."""
    refused = [
        {
            "number": line.number,
            "employee_no": line.employee_no,
            "name": line.name,
            "problems": [[problem.column, problem.code, dict(problem.values)] for problem in line.problems],
        }
        for line in plan.lines
        if line.kind == LineKind.REFUSED
    ]
    return {"counts": asdict(plan.counts), "refused": refused}


def refused_lines(summary: Mapping[str, Any]) -> list[PlannedLine]:
    """The refused lines of a confirmed batch, as they were."""
    return [
        PlannedLine(
            number=line["number"],
            kind=LineKind.REFUSED,
            employee_no=line["employee_no"],
            name=line["name"],
            problems=tuple(Problem.of(column, code, **values) for column, code, values in line["problems"]),
        )
        for line in summary.get("refused", [])
    ]


def _wait_for_other_imports() -> None:
    """Imports write one after the other, or the tree of teams would be built by two hands: each takes the lock on the
    first batch there is. (SQLite has one writer anyway.)"""
    ImportBatch.objects.select_for_update(no_key=True).order_by("pk").first()


def _content(batch: ImportBatch) -> bytes:
    with batch.file.open("rb") as source:
        return source.read()


def _read(kind: str, content: bytes, *, at: datetime) -> PeopleFile | RosterFile:
    return read_people(content, today=_today(at)) if kind == ImportKind.PEOPLE else read_roster(content)


def _planned(batch: ImportBatch, lines: PeopleFile | RosterFile, *, at: datetime) -> PlannedImport:
    if isinstance(lines, PeopleFile):
        plan: PeoplePlan | RosterPlan = plan_people(
            lines.rows,
            people_standing(at=at),
            at=at,
            default_time_zone=settings.TIME_ZONE,
            importer_no=batch.uploaded_by.employee_no,
        )
    else:
        days: dict[str, set[date]] = {}
        for row in lines.rows:
            if row.employee_no and row.on:
                days.setdefault(row.employee_no, set()).add(row.on)
            elif row.employee_no:
                days.setdefault(row.employee_no, set())
        plan = plan_roster(lines.rows, rostered_people(days))
    return PlannedImport(plan, lines.unknown_columns)


def _today(at: datetime) -> date:
    return timezone.localdate(at)
