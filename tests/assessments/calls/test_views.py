"""The import page and the door for recordings."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.calls.models import Call, CallImport
from lms.people.models import User
from tests.factories.calls import CallFactory

IMPORT = "/quality/calls/import/"
HEAD = "call id,agent number,start,duration\n"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 32


@pytest.fixture(autouse=True)
def _plain_english(cast):
    User.objects.update(language="en")


def export(text="C1,ANA,2026-02-27 09:00,60\nC2,8001,2026-02-27 09:00,60\n", head=HEAD):
    return SimpleUploadedFile("calls.csv", (head + text).encode())


def upload(client, file=None, **more):
    return client.post(IMPORT, {"source": "acd-1", "file": file or export(), "import": "1", **more}, follow=True)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("wes", 200), ("quinn", 200), ("ada", 200), ("ana", 403), ("eva", 403), ("carl", 403), ("lena", 403),
        ("otto", 403), ("mona", 403), ("tess", 403), (None, 302),
    ],
)  # fmt: skip
def test_door_import(client, cast, name, status):
    if name:
        client.force_login(getattr(cast, name))

    assert client.get(IMPORT).status_code == status
    if status == 403:
        assert client.post(IMPORT, {"source": "x", "file": export(), "import": "1"}).status_code == 403
        assert not Call.objects.exists()


def test_import_keeps_the_good_lines_and_shows_the_refused(client, cast):
    client.force_login(cast.wes)

    response = upload(client)

    assert response.redirect_chain == [(IMPORT, 302)]
    assert "1 call was added." in response.content.decode()
    assert "Nobody had the number 8001 on that day." in response.content.decode()
    assert CallImport.objects.get().imported_by == cast.wes
    assert Call.objects.get().agent == cast.ana


def test_check_only_writes_nothing(client, cast):
    client.force_login(cast.wes)

    response = client.post(IMPORT, {"source": "acd-1", "file": export(), "check": "1"})

    assert "Would be added: 1 · unchanged: 0 · refused: 1" in response.content.decode()
    assert not Call.objects.exists()
    assert not CallImport.objects.exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: SimpleUploadedFile("x.csv", b"\x00\x01\x02\x03"), "can&#x27;t be read"),
        (lambda: SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken"), "can&#x27;t be read"),
        (lambda: SimpleUploadedFile("x.csv", b"\n\n"), "The file is empty"),
        (lambda: export("2026-02-27 09:00\n", head="start\n"), "Missing columns: Call id, Agent number"),
    ],
)
def test_file_that_is_no_export_is_refused_in_words(client, cast, file, words):
    client.force_login(cast.wes)

    response = upload(client, file=file())

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not CallImport.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("en", "The agent number is missing."), ("zh-hans", None)])
def test_refused_lines_are_told_in_the_readers_language(client, cast, language, words):
    from django.utils import translation

    from assessments.calls.queries import refusal_words

    with translation.override(language):
        told = refusal_words({"line": 2, "reason": "no_agent", "value": ""})
        assert told == (words or translation.gettext("The agent number is missing."))


def test_recording_comes_back_to_where_the_form_stood(client, cast):
    call = CallFactory(agent=cast.ana)
    client.force_login(cast.eva)
    url = reverse("assessments:call-recording", args=[call.pk])

    response = client.post(url, {"recording": SimpleUploadedFile("a.wav", WAV), "next": "/quality/evaluations/1/mark/"})

    assert response["Location"] == "/quality/evaluations/1/mark/"
    call.refresh_from_db()
    assert call.recording.read() == WAV


def test_recording_does_not_lead_away(client, cast):
    call = CallFactory(agent=cast.ana)
    client.force_login(cast.eva)

    response = client.post(
        reverse("assessments:call-recording", args=[call.pk]),
        {"recording": SimpleUploadedFile("a.wav", WAV), "next": "https://example.org/"},
    )

    assert response["Location"] == reverse("assessments:call-list")


@pytest.mark.parametrize(
    ("name", "status"),
    [("eva", 302), ("quinn", 302), ("lena", 403), ("carl", 403), ("mona", 403), ("ana", 404), ("abel", 404),
     ("otto", 404), ("olga", 404), ("tess", 404), ("wes", 404), ("ada", 404), (None, 302)],
)  # fmt: skip
def test_door_recording(client, cast, name, status):
    call = CallFactory(agent=cast.ana)
    if name:
        client.force_login(getattr(cast, name))

    response = client.post(
        reverse("assessments:call-recording", args=[call.pk]), {"recording": SimpleUploadedFile("a.wav", WAV)}
    )

    call.refresh_from_db()
    assert response.status_code == status
    assert bool(call.recording) is (name in ("eva", "quinn"))


def test_what_is_no_recording_is_refused_in_words(client, cast):
    call = CallFactory(agent=cast.ana)
    client.force_login(cast.eva)

    response = client.post(
        reverse("assessments:call-recording", args=[call.pk]),
        {"recording": SimpleUploadedFile("a.wav", b"<script>")},
        follow=True,
    )

    assert "isn&#x27;t a wav" in response.content.decode()
    call.refresh_from_db()
    assert not call.recording


def test_page_asks_the_same_number_of_queries_for_one_and_three_imports(client, cast):
    def row(number):
        CallImport.objects.create(
            source="acd-1",
            file_name=f"{number}.csv",
            imported_by=User.objects.order_by("pk")[number],
            imported_at=datetime(2026, 3, 2, tzinfo=UTC),
            refused=[{"line": 2, "reason": "no_id", "value": ""}],
        )

    client.force_login(cast.wes)
    row(0)
    client.get(IMPORT)
    with CaptureQueriesContext(connection) as one:
        client.get(IMPORT)
    row(1), row(2)

    with CaptureQueriesContext(connection) as three:
        client.get(IMPORT)

    assert len(three) == len(one)
