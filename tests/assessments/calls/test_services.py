from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.calls.formats.table import read_file
from assessments.calls.models import Call, CallImport
from assessments.calls.services import NotARecording, add_recording, import_calls
from lms.audit.models import AuditEntry
from lms.kernel.states import StaleState
from lms.people.models import SeatNumber
from tests.factories.calls import CallFactory
from tests.factories.people import SiteFactory

HEAD = "call id,agent number,employee number,start,duration,transcript"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 32


@pytest.fixture
def seats(cast):
    """8001 was Abel's until the end of February and is Ana's now; EVA is also somebody's seat number."""
    SeatNumber.objects.create(person=cast.abel, number="8001", from_on=date(2026, 1, 1), to_on=date(2026, 3, 1))
    SeatNumber.objects.create(person=cast.ana, number="8001", from_on=date(2026, 3, 1))
    SeatNumber.objects.create(person=cast.olga, number="EVA", from_on=date(2026, 1, 1))


def run(at, *rows, actor=None, source="recorder", is_dry_run=False):
    content = "\n".join([HEAD, *rows]).encode()
    return import_calls(
        read_file(content), source=source, file_name="calls.csv", actor=actor, at=at, is_dry_run=is_dry_run
    )


def test_seat_number_leads_to_whoever_had_it_on_the_day(cast, seats, at):
    run(at, "C1,8001,,2026-02-28 23:59,60,", "C2,8001,,2026-03-01 00:00,60,")

    assert Call.objects.get(external_id="C1").agent == cast.abel
    assert Call.objects.get(external_id="C2").agent == cast.ana
    assert Call.objects.get(external_id="C2").seat_number == "8001"


def test_employee_number_works_in_either_column_and_in_any_case(cast, seats, at):
    result = run(at, "C1,ana,,2026-03-01 09:00,60,", "C2,,Ana,2026-03-01 09:05,60,", "C3,8001,ANA,2026-03-01 09:10,60,")

    assert result.refused == []
    assert set(Call.objects.values_list("agent", flat=True)) == {cast.ana.pk}


def test_numbers_that_lead_nowhere_or_to_two_people_are_refused(cast, seats, at):
    result = run(
        at,
        "C1,9999,,2026-03-01 09:00,60,",
        "C2,8001,,2025-12-31 09:00,60,",
        "C3,EVA,,2026-03-01 09:00,60,",
        "C4,8001,OLGA,2026-03-01 09:00,60,",
        "C5,8001,NOBODY,2026-03-01 09:00,60,",
    )

    assert [(refusal.line, refusal.reason) for refusal in result.refused] == [
        (2, "unknown_agent"),
        (3, "unknown_agent"),
        (4, "ambiguous_agent"),
        (5, "ambiguous_agent"),
        (6, "unknown_agent"),
    ]
    assert not Call.objects.exists()


def test_start_is_on_the_clock_of_the_agents_site(cast, seats, at):
    tokyo = SiteFactory(code="tokyo", time_zone="Asia/Tokyo")
    type(cast.ana).objects.filter(pk=cast.ana.pk).update(site=tokyo)

    run(at, "C1,ANA,,2026-03-01 09:00,60,", "C2,ABEL,,2026-03-01 09:00,60,")

    assert Call.objects.get(external_id="C1").started_at == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
    assert Call.objects.get(external_id="C2").started_at == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


def test_call_from_the_future_is_refused(cast, at):
    result = run(at, "C1,ANA,,2026-03-02 09:05,60,", "C2,ANA,,2026-03-02 09:15,60,")

    assert result.added == 1
    assert [refusal.reason for refusal in result.refused] == ["future_start"]


def test_same_file_twice_changes_nothing(cast, seats, at):
    rows = ["C1,ANA,,2026-03-01 09:00,60,座席：您好", "C2,ABEL,,2026-03-01 09:00,60,"]

    first, second = run(at, *rows), run(at, *rows)

    assert (first.added, first.unchanged) == (2, 0)
    assert (second.added, second.unchanged, second.refused) == (0, 2, [])
    assert Call.objects.count() == 2


def test_same_id_of_another_source_is_another_call(cast, at):
    run(at, "C1,ANA,,2026-03-01 09:00,60,")
    run(at, "C1,ANA,,2026-03-01 09:00,60,", source="chat")

    assert Call.objects.count() == 2


def test_id_with_other_facts_is_refused_and_the_call_stays(cast, at):
    run(at, "C1,ANA,,2026-03-01 09:00,60,")

    result = run(at, "C1,ABEL,,2026-03-01 09:00,60,", "C2,ANA,,2026-03-01 09:00,60,", "C2,ANA,,2026-03-01 10:00,60,")

    assert [(refusal.line, refusal.reason) for refusal in result.refused] == [(2, "changed"), (4, "twice")]
    assert Call.objects.get(external_id="C1").agent == cast.ana


def test_transcript_is_kept_without_numbers(cast, at):
    run(at, "C1,ANA,,2026-03-01 09:00,60,客户：我的电话是13812345678")

    assert Call.objects.get().transcript == "客户：我的电话是***********"


def test_import_is_remembered_with_its_refused_lines(cast, at):
    result = run(at, "C1,ANA,,2026-03-01 09:00,60,", "C2,,,2026-03-01 09:00,60,", actor=cast.wes)

    row = CallImport.objects.get()
    assert result.call_import == row
    assert (row.added, row.unchanged, row.imported_by, row.imported_at) == (1, 0, cast.wes, at)
    assert row.refused == [{"line": 3, "reason": "no_agent", "value": ""}]
    assert Call.objects.get().imported_by == row
    assert AuditEntry.objects.get(action="calls_imported").actor == cast.wes


def test_dry_run_says_it_and_writes_nothing(cast, at):
    result = run(at, "C1,ANA,,2026-03-01 09:00,60,", "C2,,,2026-03-01 09:00,60,", is_dry_run=True)

    assert (result.added, len(result.refused), result.call_import) == (1, 1, None)
    assert not Call.objects.exists()
    assert not CallImport.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("more", [0, 3])
def test_import_asks_a_fixed_number_of_queries(cast, at, more, django_assert_max_num_queries):
    rows = [f"C{n},ANA,,2026-03-01 09:00,60," for n in range(1 + more)]

    with django_assert_max_num_queries(9):
        run(at, *rows)


def test_recording_is_stored_under_its_kind_of_content(cast, at):
    call = CallFactory(agent=cast.ana)

    add_recording(call, SimpleUploadedFile("evil.html", WAV), actor=cast.eva, at=at)

    call.refresh_from_db()
    assert call.recording.name.endswith(".wav")
    assert call.recording.read() == WAV
    assert AuditEntry.objects.get(action="recording_added").actor == cast.eva


def test_what_is_no_recording_is_refused(cast, at):
    call = CallFactory(agent=cast.ana)

    with pytest.raises(NotARecording):
        add_recording(call, SimpleUploadedFile("call.wav", b"<script>"), actor=cast.eva, at=at)

    call.refresh_from_db()
    assert not call.recording


def test_recording_is_never_replaced(cast, at):
    call = CallFactory(agent=cast.ana)
    stale = Call.objects.get(pk=call.pk)
    add_recording(call, SimpleUploadedFile("a.wav", WAV), actor=cast.eva, at=at)
    first = Call.objects.get(pk=call.pk).recording.name

    for row in (call, stale):
        with pytest.raises(StaleState):
            add_recording(row, SimpleUploadedFile("b.wav", WAV), actor=cast.eva, at=at + timedelta(minutes=1))

    assert Call.objects.get(pk=call.pk).recording.name == first
