"""Recordings and films of lessons: told by their bytes, kept by authors, streamed to everybody who is signed in."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import ReferenceIndex

from courses.catalogue.models import CourseMedia
from courses.catalogue.rules import media as rules
from courses.catalogue.rules.media import Recognised, UnfitMedia, checked_captions, recognise
from courses.catalogue.services import grant_author_rights
from courses.catalogue.services.media import keep_course_media, save_course_media
from courses.catalogue.viewsets.media import FilmForm, RecordingForm
from lms.audit.models import AuditEntry
from lms.people.services.groups import sync_groups
from tests.factories.catalogue import make_course, make_lesson
from tests.factories.media import WEBVTT, box, make_film, make_recording, mp4, wav

CUE = "00:00:01.000 --> 00:00:04.000\nOne moment.\n"


def found(content):
    return recognise(BytesIO(content), len(content))


def unfit(call, *args):
    with translation.override("en"):
        with pytest.raises(UnfitMedia) as refused:
            call(*args)
        return str(refused.value.words)


# --- what a file is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"ID3" + bytes(40), Recognised("audio", "mp3")),
        (b"\xff\xfb" + bytes(40), Recognised("audio", "mp3")),
        (wav(seconds=3), Recognised("audio", "wav", 3)),
        (b"OggS" + bytes(24) + b"OpusHead", Recognised("audio", "ogg")),
        (b"\x1aE\xdf\xa3" + bytes(30) + b"A_OPUS", Recognised("audio", "webm")),
        (b"\x1aE\xdf\xa3" + bytes(30) + b"A_OPUS" + b"V_VP9", Recognised("video", "webm")),
        (mp4(b"soun", seconds=9), Recognised("audio", "m4a", 9)),
        (mp4(b"soun", b"vide", seconds=70), Recognised("video", "mp4", 70)),
        (mp4(b"vide", moov_last=False), Recognised("video", "mp4", 3)),
    ],
)
def test_a_file_is_told_by_its_bytes(content, expected):
    assert found(content) == expected


def test_a_wide_movie_header_is_read():
    header = box(b"mvhd", b"\x01" + bytes(19), (1000).to_bytes(4), (12_000).to_bytes(8), bytes(80))
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), b"soun", bytes(13))))

    assert found(box(b"ftyp", b"M4A ", bytes(4)) + box(b"moov", header, track)).seconds == 12


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"OggS" + bytes(24) + b"\x80theora",
        b"\x1aE\xdf\xa3" + bytes(60),  # Matroska without a codec that browsers play
        box(b"ftyp", b"heic", bytes(4)),  # a phone's photograph
        box(b"ftyp", b"isom", bytes(4)) + b"\x00\x00\x00\x01moov",  # cut off
        box(b"ftyp", b"isom", bytes(4)) + b"\x00\x00\x00\x03moov" + bytes(9),  # a box shorter than its head
    ],
)
def test_what_browsers_cannot_play_is_refused(content):
    assert "MP3, M4A, Ogg, WebM and WAV" in unfit(found, content)


def test_sizes_are_limited(monkeypatch):
    monkeypatch.setattr(rules, "MOST_RECORDING_BYTES", 100)
    monkeypatch.setattr(rules, "MOST_FILM_BYTES", 300)

    assert "20 MB" in unfit(found, b"ID3" + bytes(98))
    assert found(b"ID3" + bytes(97)).kind == "audio"
    assert "200 MB" in unfit(found, mp4(b"vide") + bytes(200))


# --- captions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"WEBVTT\n\n{CUE}",
        f"WEBVTT – a film\nKind: captions\n\n{CUE}",
        f"\ufeffWEBVTT\r\n\r\n{CUE}".replace("\n", "\r\n").replace("\r\r", "\r"),
        f"WEBVTT\n\nNOTE a remark\nwith two lines\n\nSTYLE\n::cue {{ color: red }}\n\nintro\n{CUE}",
        "WEBVTT\n\n01:00.000 --> 01:02.000 align:start position:10%\nOne\nTwo\n\n100:00:00.000 --> 100:00:01.000\nLate",
    ],
)
def test_captions_are_webvtt(text):
    assert "-->" in checked_captions(text.encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"1\n00:00:01,000 --> 00:00:04,000\nOne moment.\n", "SubRip"),
        (b"WEBVTTX\n\n" + CUE.encode(), "WEBVTT"),
        (f"WEBVTT\n\n{CUE}".encode("utf-16"), "UTF-8"),
        (b"WEBVTT\n", "no line that is shown"),
        (b"WEBVTT\n\nNOTE only\n", "no line that is shown"),
        (b"WEBVTT\n\n00:00:01,000 --> 00:00:04,000\nx\n", "Line 3"),
        (b"WEBVTT\n\n1\n00:00:04.000 --> 00:00:01.000\nx\n", "Line 4 of the captions ends before"),
        (b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n\nx\n", "Line 3 of the captions has a time and no words"),
        (b"WEBVTT\n\n00:61.000 --> 00:62.000\nx\n", "Line 3"),
    ],
)
def test_what_is_no_webvtt_is_refused_with_its_line(content, words):
    assert words in unfit(checked_captions, content)


def test_captions_of_a_megabyte_are_refused(monkeypatch):
    monkeypatch.setattr(rules, "MOST_CAPTION_BYTES", 20)

    assert "1 MB" in unfit(checked_captions, WEBVTT.encode())


# --- keeping -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_kind_and_the_ending_come_from_the_file(cast, at):
    media = CourseMedia(title="Hold", transcript_en="One moment.", file=SimpleUploadedFile("示范.exe", wav(seconds=4)))

    save_course_media(media, actor=cast.tess, at=at)

    media.refresh_from_db()
    assert (media.kind, media.seconds) == ("audio", 4)
    assert media.file.name.endswith(".wav")
    entry = AuditEntry.objects.get(action="course_media_kept")
    assert (entry.actor, entry.subject_label) == (cast.tess, "Hold")


@pytest.mark.django_db
def test_another_file_takes_the_place_of_the_first(cast, at, django_capture_on_commit_callbacks):
    media = make_recording(seconds=2)
    first, storage = media.file.name, media.file.storage
    media.file = SimpleUploadedFile("other.wav", wav(seconds=5))

    with django_capture_on_commit_callbacks(execute=True):
        save_course_media(media, actor=cast.tess, at=at)

    media.refresh_from_db()
    assert media.seconds == 5
    assert not storage.exists(first)
    assert storage.exists(media.file.name)
    assert set(AuditEntry.objects.get(action="course_media_changed").changes) == {"file", "seconds"}


@pytest.mark.django_db
def test_a_pack_keeps_its_media_by_their_file_names(cast, at):
    film = mp4(b"vide")
    words = {"title": "The CRM", "rights": "© Us", "actor": cast.tess, "at": at}
    captions = {"zh": WEBVTT.replace("\n", "\r\n").encode()}

    media = keep_course_media("crm.mp4", film, captions=captions, **words)
    again = keep_course_media("crm.mp4", film, captions=captions, **words)
    changed = keep_course_media("crm.mp4", film, captions=captions, **words | {"title": "Our CRM"})

    assert media == again == changed
    assert (changed.kind, changed.title) == ("video", "Our CRM")
    assert CourseMedia.objects.get().captions_zh.read().decode() == WEBVTT
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
        "course_media_kept",
        "course_media_changed",
    ]
    with pytest.raises(UnfitMedia):
        keep_course_media("x.mp4", b"nothing", **words)


# --- the back office -----------------------------------------------------------------------------------------------


@pytest.fixture
def tess(client, cast, at):
    for person in cast.people.values():
        sync_groups(person, at=at)
    grant_author_rights()
    client.force_login(cast.tess)
    cast.tess.language = "en"
    cast.tess.save()
    return client


def filled(**changes):
    words = dict.fromkeys(("title", "seconds", "transcript_zh", "transcript_en", "rights"), "")
    return words | {"title": "Hold", "transcript_en": "One moment."} | changes


def upload(client, **changes):
    return client.post(reverse("course-media:add"), filled(**{"file": SimpleUploadedFile("a.wav", wav())} | changes))


def errors(answer):
    with translation.override("en"):
        return {name: list(map(str, each)) for name, each in answer.context["form"].errors.items()}


@pytest.mark.django_db
def test_an_author_uploads_a_recording_and_changes_its_words(tess):
    assert upload(tess).status_code == 302
    media = CourseMedia.objects.get()
    edit = reverse("course-media:edit", args=[media.pk])

    shown = tess.get(edit).content.decode()
    answer = tess.post(edit, filled(title="A hold, done well", rights="© Us"))

    assert reverse("private-file", args=["course-media", media.pk]) in shown
    assert answer.status_code == 302
    kept = CourseMedia.objects.get()
    assert (kept.title, kept.rights, kept.file.name, kept.seconds) == (
        "A hold, done well",
        "© Us",
        media.file.name,
        None,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"transcript_en": ""}, "transcript_zh", "Write down what is said"),
        ({"file": SimpleUploadedFile("a.mp4", mp4(b"vide"))}, "captions_zh", "Add captions"),
        ({"file": SimpleUploadedFile("a.wav", b"MZ" * 9)}, "file", "can be played"),
        ({"captions_en": SimpleUploadedFile("a.vtt", b"1\nx")}, "captions_en", "SubRip"),
        ({"file": ""}, "file", "required"),
    ],
)
def test_what_lacks_something_is_refused_in_words(tess, changes, field, words):
    answer = upload(tess, **changes)

    assert answer.status_code == 200
    assert words in errors(answer)[field][0]
    assert not CourseMedia.objects.exists()


@pytest.mark.django_db
def test_a_film_with_captions_is_kept_and_its_last_captions_stay(tess):
    upload(
        tess, file=SimpleUploadedFile("a.mp4", mp4(b"vide")), captions_en=SimpleUploadedFile("a.vtt", WEBVTT.encode())
    )
    media = CourseMedia.objects.get()
    edit = reverse("course-media:edit", args=[media.pk])

    refused = tess.post(edit, filled(**{"captions_en-clear": "on"}))

    assert "Add captions" in errors(refused)["captions_zh"][0]
    assert tess.post(edit, filled(title="New")).status_code == 302
    assert CourseMedia.objects.get().captions_en.read().decode() == WEBVTT


@pytest.mark.django_db
def test_only_authors_keep_media(tess, cast):
    tess.force_login(cast.ana)

    assert upload(tess).status_code == 302
    assert not CourseMedia.objects.exists()
    assert reverse("course-media:index") not in tess.get("/").content.decode()


@pytest.mark.django_db
def test_the_list_says_where_media_are_used_and_reads_all_rows_at_once(tess):
    recording = make_recording(title="Used")
    body = [{"type": "audio", "value": {"recording": recording.pk, "title": "", "caption": ""}, "id": "1" * 8}]
    lesson = make_lesson(make_course(lessons=0), "hold", languages=["zh-hans"], body=body)
    ReferenceIndex.create_or_update_for_object(lesson)

    def read():
        with CaptureQueriesContext(connection) as queries:
            rows = {row.title: row.uses for row in tess.get(reverse("course-media:index")).context["object_list"]}
        return rows, len(queries)

    read()
    assert read()[0] == {"Used": 1}
    _rows, one = read()
    make_film()
    make_recording(title="Unused")
    rows, three = read()
    assert rows == {"Used": 1, "Unused": 0, "The CRM": 0}
    assert three == one


@pytest.mark.django_db
def test_windows_offer_what_is_wanted(tess):
    make_recording(title="A hold")
    make_film(title="The CRM")

    recordings = tess.get(reverse("recording_chooser:choose")).json()["html"]
    films = tess.get(reverse("film_chooser:choose")).json()["html"]
    searched = tess.get(reverse("recording_chooser:choose_results"), {"q": "请稍等"}).content.decode()
    nothing = tess.get(reverse("recording_chooser:choose_results"), {"q": "crm"}).content.decode()

    assert ("A hold" in recordings, "The CRM" in recordings) == (True, False)
    assert ("A hold" in films, "The CRM" in films) == (False, True)
    assert "A hold" in searched
    assert "A hold" not in nothing


@pytest.mark.django_db
def test_a_recording_is_uploaded_from_the_lesson_and_a_film_there_is_refused(tess):
    url = reverse("recording_chooser:create")

    refused = tess.post(url, filled(file=SimpleUploadedFile("a.mp4", mp4(b"vide")))).json()
    kept = tess.post(url, filled(file=SimpleUploadedFile("a.wav", wav()))).json()

    assert "Choose a recording here" in refused["htmlFragment"]
    assert kept["step"] == "chosen"
    assert CourseMedia.objects.get().kind == "audio"
    assert AuditEntry.objects.filter(action="course_media_kept").count() == 1


# --- the door ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_media_are_streamed_in_ranges_to_who_is_signed_in(client, cast):
    film = make_film(captions=("en",))
    door = reverse("private-file", args=["course-media", film.pk])
    assert client.get(door).status_code == 302

    client.force_login(cast.ana)
    part = client.get(door, HTTP_RANGE="bytes=4-7")
    captions = client.get(reverse("private-file", args=["course-captions-en", film.pk]))

    assert (part.status_code, part["Content-Type"], part.getvalue()) == (206, "video/mp4", b"ftyp")
    assert captions["Content-Type"].startswith("text/vtt")
    assert captions.getvalue().decode() == WEBVTT
    assert client.get(reverse("private-file", args=["course-captions-zh", film.pk])).status_code == 404


def test_a_recording_is_not_asked_for_captions():
    assert not {"captions_zh", "captions_en"} & set(RecordingForm().fields)
    assert {"captions_zh", "captions_en", "transcript_zh"} <= set(FilmForm().fields)
