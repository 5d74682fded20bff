"""What is loaded comes out again, byte for byte."""

import json
import shutil
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from assessments.bank.models import Question
from content.exporters.pack import WrittenPack, as_folder, as_zip, write_pack
from content.format.schema import schema_file
from content.importers.pack import load_pack
from content.models import LoadedPack
from content.readers.pack import read_pack
from courses.catalogue.models import CourseMedia, CoursePage, LessonPage, TrackPage
from tests.content.packs import EVERYTHING, STARTER, files_of, lesson, put, tiny

TODAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def emptied(deed):
    """What the deed answers, in a site that is empty before and after."""
    with transaction.atomic():
        found = deed()
        transaction.set_rollback(True)
    return found


def loaded_and_written(folder, **which) -> WrittenPack:
    load_pack(read_pack(folder), actor=None, at=AT)
    return write_pack(today=TODAY, **which)


@pytest.mark.django_db
def test_a_pack_with_everything_comes_out_as_it_went_in():
    written = emptied(lambda: loaded_and_written(EVERYTHING))

    assert written.files == files_of(EVERYTHING)
    assert written.notes == []


@pytest.mark.django_db
def test_loading_again_reads_only_and_exporting_one_pack_gives_that_pack():
    load_pack(read_pack(EVERYTHING), actor=None, at=AT)
    pack = read_pack(EVERYTHING)

    with CaptureQueriesContext(connection) as queries:
        report = load_pack(pack, actor=None, at=AT)

    written = [each["sql"] for each in queries if each["sql"].split()[0] not in ("SELECT", "SAVEPOINT", "RELEASE")]
    assert written == []
    assert {outcome for counts in report.counts.values() for outcome in counts} == {"unchanged"}
    assert write_pack(today=TODAY, pack="everything").files == files_of(EVERYTHING)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_starter_pack_survives_export_load_export(tmp_path):
    first = emptied(lambda: loaded_and_written(STARTER))
    as_folder(first.files, tmp_path)

    second = emptied(lambda: loaded_and_written(tmp_path))

    assert second.files == first.files
    assert first.notes == []


@pytest.mark.django_db
def test_what_was_written_on_the_site_survives_too(tmp_path):
    """Texts in one language, drafts, unusual Markdown and rich text of the editor."""
    tiny(tmp_path)
    lesson(tmp_path, "zh-hans", "正文\n", front="title: 甲\nuntranslated: true")
    load_pack(read_pack(tmp_path), actor=None, at=AT)
    page = LessonPage.objects.get()
    page.body = json.dumps(
        [
            {"type": "text", "value": '<p data-block-key="x1">一 <b>二</b></p>'},
            {"type": "markdown", "value": {"text": "a\r\nb\r\n\r\n"}},
            {"type": "markdown", "value": {"text": ""}},
            {"type": "markdown", "value": {"text": "```steps\n- no: block\n```"}},
            {"type": "markdown", "value": {"text": "````\nlong"}},
            {"type": "callout", "value": {"tone": "tip", "title": "- # ", "text": "  two\n\n   blanks: \t'\"#"}},
        ]
    )
    page.save_revision().publish()

    first = write_pack(today=TODAY)
    folder = tmp_path / "out"
    as_folder(first.files, folder)
    lessons = [name for name in first.files if name.endswith(".md")]
    assert lessons == ["courses/one/first.zh-hans.md"]
    assert "data-block-key" not in first.files[lessons[0]].decode()
    second = read_pack(folder)
    (text,) = second.lessons["first"].values()
    assert [block.name for block, _value in text.blocks] == [
        "html", "markdown", "markdown", "markdown", "markdown", "callout",
    ]  # fmt: skip
    LessonPage.objects.all().delete()
    CoursePage.objects.all().delete()
    load_pack(second, actor=None, at=AT, overwrite=["all"])
    assert write_pack(today=TODAY).files == first.files


@pytest.mark.django_db
def test_a_zip_is_the_same_pack_and_the_same_bytes_every_time(tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(as_zip(files_of(EVERYTHING)))

    pack = read_pack(path)

    assert len(pack.all("question")) == 12
    assert len(pack.media) == 9
    assert as_zip(files_of(EVERYTHING)) == path.read_bytes()


@pytest.mark.django_db
def test_a_pack_in_one_language_loads_and_is_written_without_the_other(tmp_path):
    put(tmp_path, "pack.yaml", "key: mono\nlanguages: [en]\n")
    put(tmp_path, "skills.yaml", {"skills": [{"key": "crm", "kind": "knowledge", "name": {"en": "CRM"}}]})
    lesson(tmp_path, "en", "Text\n")

    written = loaded_and_written(tmp_path)

    assert [page.locale.language_code for page in LessonPage.objects.all()] == ["en"]
    assert b"languages:\n  - en\n" in written.files["pack.yaml"]
    assert b"name: CRM\n" in written.files["skills.yaml"]
    assert b"untranslated" not in written.files["courses/one/first.en.md"]


@pytest.mark.django_db
def test_other_languages_are_checked_and_left_out(tmp_path):
    put(tmp_path, "pack.yaml", "key: three\nlanguages: [zh-hans, en, fr]\n")
    name = {"zh-hans": "甲", "en": "A", "fr": "É"}
    put(tmp_path, "skills.yaml", {"skills": [{"key": "crm", "kind": "knowledge", "name": name}]})

    pack = read_pack(tmp_path)

    assert [str(note) for note in pack.notes] == [
        "pack.yaml: this site shows zh-hans and en: what is written in fr is checked and left out"
    ]
    assert pack.languages == ("zh-hans", "en")


@pytest.mark.django_db
def test_the_commands_say_what_they_did(tmp_path, capsys):
    tiny(tmp_path / "in")
    call_command("load_pack", tmp_path / "in", "--json")
    loaded = json.loads(capsys.readouterr().out)

    call_command("export_pack", tmp_path / "out.zip", "--json")
    exported = json.loads(capsys.readouterr().out)

    assert (loaded["counts"], loaded["mistakes"]) == ({"skill": {"new": 1}}, [])
    assert loaded["items"][0]["key"] == "crm"
    assert exported["files"] == ["pack.yaml", "skills.yaml"]
    assert exported["counts"]["skill"] == 1
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == exported["files"]
    with pytest.raises(CommandError, match="isn't empty"):
        call_command("export_pack", tmp_path / "in")
    with pytest.raises(CommandError, match="no pack `other`"):
        call_command("export_pack", tmp_path / "other", "--pack", "other")


@pytest.mark.django_db
def test_a_dry_run_leaves_neither_rows_nor_files(tmp_path, settings):
    shutil.copytree(EVERYTHING, tmp_path / "pack")
    before = {path for path in settings.PRIVATE_ROOT.rglob("*") if path.is_file()}

    report = load_pack(read_pack(tmp_path / "pack"), actor=None, at=AT, is_dry_run=True)

    assert report.counts["lesson"] == {"new": 5}
    assert {path for path in settings.PRIVATE_ROOT.rglob("*") if path.is_file()} == before
    for model in (LoadedPack, Question, CourseMedia, LessonPage):
        assert not model.objects.exists()


def test_the_schema_in_the_documentation_is_up_to_date(settings):
    """Written by `manage.py export_pack --schema docs/content-pack.schema.json`."""
    path = settings.BASE_DIR / "docs" / "content-pack.schema.json"

    assert path.read_text(encoding="utf-8") == schema_file()


@pytest.mark.django_db
def test_tracks_lose_what_is_not_published(tmp_path):
    """What is written can be loaded: nothing in it leads to a track or lesson that isn't there."""
    load_pack(read_pack(EVERYTHING), actor=None, at=AT)
    for page in [*TrackPage.objects.exclude(slug="start"), *LessonPage.objects.filter(slug="only-here")]:
        page.unpublish()

    written = write_pack(today=TODAY)

    assert {
        "track start: steps that aren't published are left out",
        "track start: to be completed before, but not published, left out: safety",
        "track start: its refresher `refresher` isn't published, left out",
    } <= set(written.notes)
    as_folder(written.files, tmp_path)
    (track,) = read_pack(tmp_path).all("track")
    assert (track.value["before"], track.value["refresher"]) == ([], "")
    assert [step["key"] for step in track.value["steps"]] == ["basics", "second", "final", "move"]
