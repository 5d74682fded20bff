"""Taking over calls from the recording platform."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files import File
from django.db import transaction

from assessments.calls.models import Call, CallImport
from assessments.calls.queries import NumberBook, number_book
from assessments.calls.rules import CallLine, Refusal, recording_suffix
from lms.audit.services import record
from lms.kernel.states import StaleState
from lms.people.models import User

#: Clocks differ a little; a call can't have begun later than this after it is imported.
CLOCK_TOLERANCE = timedelta(minutes=10)
BATCH = 500


class NotARecording(Exception):
    """The bytes aren't wav, mp3, m4a, ogg or webm."""


@dataclass
class ImportResult:
    """What an import did or, tried only, would do. `call_import` is None when it was only tried."""

    added: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    call_import: CallImport | None = None


@transaction.atomic
def import_calls(
    lines: Iterable[CallLine | Refusal],
    *,
    source: str,
    file_name: str,
    actor: User | None,
    at: datetime,
    is_dry_run: bool = False,
) -> ImportResult:
    """Take over the calls that aren't there yet; a line that was refused or names nobody is counted and left out.

    The same lines imported twice change nothing. A dry run writes nothing.
    """
    result = ImportResult()
    fresh = list(_fresh_calls(lines, source, at, result))
    result.added = len(fresh)
    if not is_dry_run:
        result.call_import = _written(fresh, result, source=source, file_name=file_name, actor=actor, at=at)
    return result


def _written(
    fresh: Sequence[Call], result: ImportResult, *, source: str, file_name: str, actor: User | None, at: datetime
) -> CallImport:
    call_import = CallImport.objects.create(
        source=source,
        file_name=file_name[-200:],
        imported_by=actor,
        imported_at=at,
        added=result.added,
        unchanged=result.unchanged,
        refused=[asdict(refusal) for refusal in result.refused],
    )
    for call in fresh:
        call.imported_by = call_import
    # Two people with the same file at once: the second one's rows are there already.
    Call.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    record(
        actor=actor,
        action="calls_imported",
        subject=call_import,
        at=at,
        changes={"added": (0, result.added), "refused": (0, len(result.refused))},
    )
    return call_import


def _fresh_calls(
    lines: Iterable[CallLine | Refusal], source: str, at: datetime, result: ImportResult
) -> Iterator[Call]:
    """The calls to add, as unsaved rows; counts the rest in `result`."""
    book = number_book()
    read: list[tuple[CallLine, Call]] = []
    seen: set[str] = set()
    for line in lines:
        found = line if isinstance(line, Refusal) else _resolved(line, book, source, at)
        if isinstance(found, Call) and found.external_id in seen:
            found = Refusal(line.line, "twice", found.external_id)
        if isinstance(found, Refusal):
            result.refused.append(found)
        else:
            seen.add(found.external_id)
            read.append((line, found))
    known = _known(source, [call.external_id for _line, call in read])
    for line, call in read:
        before = known.get(call.external_id)
        if before is None:
            yield call
        elif before == (call.agent_id, call.started_at, call.duration_seconds):
            result.unchanged += 1
        else:
            result.refused.append(Refusal(line.line, "changed", call.external_id))
    result.refused.sort(key=lambda refusal: refusal.line)


def _resolved(line: CallLine, book: NumberBook, source: str, at: datetime) -> Call | Refusal:
    number = line.seat_number or line.employee_no
    people = book.holders(line.seat_number, line.employee_no, _day(line.started))
    if len(people) != 1:
        return Refusal(line.line, "ambiguous_agent" if people else "unknown_agent", number[:80])
    person = people.pop()
    started_at = line.started
    if started_at.tzinfo is None:
        started_at = started_at.replace(tzinfo=ZoneInfo(book.time_zones[person]))
    if started_at > at + CLOCK_TOLERANCE:
        return Refusal(line.line, "future_start", str(line.started))
    return Call(
        source=source,
        external_id=line.external_id,
        agent_id=person,
        seat_number=line.seat_number[:40],
        direction=line.direction,
        started_at=started_at,
        duration_seconds=line.duration_seconds,
        hold_seconds=line.hold_seconds,
        wrap_up_seconds=line.wrap_up_seconds,
        queue=line.queue,
        application_type=line.application_type,
        customer_rating=line.customer_rating,
        hung_up_by=line.hung_up_by,
        transcript=line.transcript,
    )


def _day(started: datetime) -> date:
    """The day as it is written; of an instant with an offset, the company's day."""
    return (started.astimezone(ZoneInfo(settings.TIME_ZONE)) if started.tzinfo else started).date()


def _known(source: str, external_ids: Sequence[str]) -> dict[str, tuple[int, datetime, int]]:
    known = {}
    for begin in range(0, len(external_ids), BATCH):
        rows = Call.objects.filter(source=source, external_id__in=external_ids[begin : begin + BATCH])
        for external_id, *facts in rows.values_list("external_id", "agent_id", "started_at", "duration_seconds"):
            known[external_id] = tuple(facts)
    return known


@transaction.atomic
def add_recording(call: Call, upload: File, *, actor: User, at: datetime) -> Call:
    """Store the recording of a call that has none. What it is, is told by its content, not by its name.

    Raises NotARecording, and StaleState when the call has a recording already.
    """
    suffix = recording_suffix(upload.read(64))
    upload.seek(0)
    if suffix is None:
        raise NotARecording
    if call.recording:
        raise StaleState(f"Call {call.pk} has a recording")
    call.recording.save(f"call-{call.pk}{suffix}", upload, save=False)
    stored = call.recording.name
    if not Call.objects.filter(pk=call.pk, recording="").update(recording=stored):
        call.recording.storage.delete(stored)
        raise StaleState(f"Call {call.pk} has a recording")
    record(actor=actor, action="recording_added", subject=call, at=at)
    return call
