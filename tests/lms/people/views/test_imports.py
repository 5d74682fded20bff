"""The doors of imports: who may, what they show, what they write."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms.people.models import ImportBatch, OneTimeCode, User
from lms.people.services.imports import LINES_AT_ONCE, confirm_import, upload_import
from lms.people.states import ImportKind, ImportSetback, ImportState

PEOPLE = "工号,姓名,职场,班组,岗位\n010086,王晓雯,sh,一组,座席代表\nANA,安妮,,,\nABEL,阿贝,,,驯兽师\n"
ROSTER = "工号,日期,班次,开始时间,结束时间,活动\nANA,2026-03-09,早班,08:00,12:00,接线\n"
CONTENT = {ImportKind.PEOPLE: PEOPLE, ImportKind.ROSTER: ROSTER}


def batch_of(cast, at, kind=ImportKind.PEOPLE, content=None):
    file = ContentFile((content or CONTENT[kind]).encode(), name=f"{kind}.csv")
    return upload_import(kind, file, actor=cast.ada, at=at)


def door(name, batch):
    return reverse(f"people:{name}", args=[batch.pk])


def post_file(client, kind, content, name="x.csv"):
    return client.post(reverse("people:import-upload", args=[kind]), {"file": SimpleUploadedFile(name, content)})


# --- who may


@pytest.mark.parametrize("who", ["ana", "lena", "carl", "eva", "otto", "quinn", "mona", "tess", "wes", "ada"])
def test_only_administrators_import_people_and_rosters_also_the_wfm_analyst(cast, client, who):
    client.force_login(cast.people[who])

    answers = {
        "list": client.get(reverse("people:import-list")).status_code,
        "people": client.get(reverse("people:import-upload", args=["people"])).status_code,
        "roster": client.get(reverse("people:import-upload", args=["roster"])).status_code,
    }

    expected = {"ada": (200, 200, 200), "wes": (200, 403, 200)}.get(who, (403, 403, 403))
    assert tuple(answers.values()) == expected


@pytest.mark.parametrize(
    ("who", "kind", "answer"),
    [
        ("ada", "people", 302), ("ada", "roster", 302), ("wes", "people", 404), ("wes", "roster", 302),
        ("carl", "people", 404), ("carl", "roster", 404), ("ana", "people", 404), ("otto", "roster", 404),
    ],
)  # fmt: skip
def test_confirming_is_for_whom_the_import_is_visible(cast, client, at, who, kind, answer):
    batch = batch_of(cast, at, kind)
    client.force_login(cast.people[who])

    assert client.get(door("import-preview", batch)).status_code == (200 if answer == 302 else 404)
    assert client.post(door("import-confirm", batch)).status_code == answer
    batch.refresh_from_db()
    assert (batch.state == ImportState.CONFIRMED) == (answer == 302)


@pytest.mark.parametrize("who", ["wes", "carl", "ana"])
def test_strange_people_neither_discard_nor_print(cast, client, at, who):
    batch = batch_of(cast, at)
    client.force_login(cast.people[who])

    assert client.post(door("import-discard", batch)).status_code == 404
    confirm_import(batch, actor=cast.ada, at=at)
    assert client.post(door("import-codes", batch)).status_code == 404
    assert not OneTimeCode.objects.exists()


def test_strangers_are_asked_to_sign_in(cast, client, at):
    batch = batch_of(cast, at)

    for method, url in [
        (client.get, reverse("people:import-list")),
        (client.get, reverse("people:import-upload", args=["people"])),
        (client.get, door("import-preview", batch)),
        (client.post, door("import-confirm", batch)),
        (client.post, door("import-discard", batch)),
        (client.post, door("import-codes", batch)),
    ]:
        answer = method(url)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.url


def test_what_writes_is_posted(cast, client, at):
    batch = batch_of(cast, at)
    client.force_login(cast.ada)

    for name in ("import-confirm", "import-discard", "import-codes"):
        assert client.get(door(name, batch)).status_code == 405


# --- upload


def test_an_upload_leads_to_its_preview(cast, client):
    client.force_login(cast.ada)

    answer = post_file(client, "people", PEOPLE.encode("gb18030"))

    batch = ImportBatch.objects.get()
    assert answer.url == door("import-preview", batch)
    assert (batch.uploaded_by, batch.file_name, batch.kind) == (cast.ada, "x.csv", "people")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "The file is empty"), (b"\x00\x01\x02", "no table of text"), (b"hello\nworld\n", "column headings")],
)
def test_what_is_no_table_is_refused_on_the_form(cast, client, content, reason):
    cast.ada.language = "en"
    cast.ada.save()
    client.force_login(cast.ada)

    answer = client.post(
        reverse("people:import-upload", args=["people"]),
        {"file": SimpleUploadedFile("x.csv", content)},
        headers={"accept-language": "en"},
    )

    assert answer.status_code == 422
    assert reason in str(answer.context["form"].errors["file"])
    assert not ImportBatch.objects.exists()


def test_no_file_and_an_unknown_kind(cast, client):
    client.force_login(cast.ada)

    assert client.post(reverse("people:import-upload", args=["people"])).status_code == 422
    assert client.get(reverse("people:import-upload", args=["cats"])).status_code == 404


# --- preview


def shown(answer):
    return [(line.number, line.employee_no, line.state) for line in answer.context["lines"]]


def test_the_preview_shows_every_line_and_filters_by_what_happens(cast, client, at):
    batch = batch_of(cast, at)
    client.force_login(cast.ada)

    everything = client.get(door("import-preview", batch))
    refused = client.get(door("import-preview", batch), {"kind": "refused"})
    ana = client.get(door("import-preview", batch), {"q": "安"})

    assert shown(everything) == [(2, "010086", "good"), (3, "ANA", "attention"), (4, "ABEL", "bad")]
    assert shown(refused) == [(4, "ABEL", "bad")]
    assert shown(ana) == [(3, "ANA", "attention")]
    content = everything.content.decode()
    assert "<del>安娜</del>" in content
    assert "驯兽师" in content
    assert [(str(tab.label) and tab.count) for tab in everything.context["tabs"]] == [3, 1, 1, 1]


def test_looking_writes_nothing(cast, client, at):
    batch = batch_of(cast, at)
    client.force_login(cast.ada)

    client.get(door("import-preview", batch))

    batch.refresh_from_db()
    assert batch.state == ImportState.PREVIEWED
    assert not User.objects.filter(employee_no="010086").exists()


def lines(count):
    head, *_rest = PEOPLE.splitlines()
    return "\n".join([head, *(f"N{n},新人{n},sh,一组,座席代表" for n in range(count))])


def queries_of(client, url):
    client.get(url)  # warm: content types, the session
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_preview_asks_the_same_number_of_queries_for_one_line_and_for_many(cast, client, at):
    client.force_login(cast.ada)
    one, many = batch_of(cast, at, content=lines(1)), batch_of(cast, at, content=lines(40))

    assert queries_of(client, door("import-preview", one)) == queries_of(client, door("import-preview", many))


def test_roster_preview_too(cast, client, at):
    client.force_login(cast.ada)
    head, line = ROSTER.splitlines()
    more = [line.replace("2026-03-09", f"2026-03-{day:02}") for day in range(10, 30)]
    one = batch_of(cast, at, ImportKind.ROSTER)
    many = batch_of(cast, at, ImportKind.ROSTER, "\n".join([head, line, *more]))

    assert queries_of(client, door("import-preview", one)) == queries_of(client, door("import-preview", many))


def test_the_list_of_imports_too(cast, client, at):
    client.force_login(cast.ada)
    batch_of(cast, at)
    first = queries_of(client, reverse("people:import-list"))
    batch_of(cast, at)
    batch_of(cast, at, ImportKind.ROSTER)

    assert queries_of(client, reverse("people:import-list")) == first


def test_the_wfm_analyst_sees_rosters_only(cast, client, at):
    batch_of(cast, at)
    roster = batch_of(cast, at, ImportKind.ROSTER)
    client.force_login(cast.wes)

    assert list(client.get(reverse("people:import-list")).context["page"]) == [roster]


# --- confirm, discard


def test_confirming_writes_and_shows_what_was_refused(cast, client, at):
    batch = batch_of(cast, at)
    client.force_login(cast.ada)
    seen = client.get(door("import-preview", batch)).context["plan"].digest

    answer = client.post(door("import-confirm", batch), {"seen": seen}, follow=True)

    assert User.objects.get(employee_no="010086").full_name == "王晓雯"
    assert answer.templates[0].name == "people/import_result.html"
    assert shown(answer) == [(4, "ABEL", "bad")]
    assert answer.context["awaiting"] == 1


def test_a_long_file_is_followed_until_the_worker_has_written_it(cast, client, at, django_capture_on_commit_callbacks):
    batch = batch_of(cast, at, content=lines(LINES_AT_ONCE + 1))
    client.force_login(cast.ada)
    seen = client.get(door("import-preview", batch)).context["plan"].digest
    poll = {"HX-Request": "true", "X-Background": "1"}

    with django_capture_on_commit_callbacks() as waiting:
        page = client.post(door("import-confirm", batch), {"seen": seen}, follow=True)
    part = client.get(door("import-preview", batch), headers=poll)

    assert page.templates[0].name == "people/import_writing.html"
    assert not list(page.context["messages"])
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "confirming" not in client.get(reverse("people:import-list")).content.decode()
    for callback in waiting:
        callback()
    assert client.get(door("import-preview", batch), headers=poll).headers["HX-Redirect"] == door(
        "import-preview", batch
    )
    assert client.get(door("import-preview", batch)).context["counts"]["added"] == LINES_AT_ONCE + 1


def test_why_a_worker_gave_the_file_back_stands_above_the_preview(cast, client, at):
    batch = batch_of(cast, at)
    client.force_login(cast.ada)
    assert str(ImportSetback.FAILED.label) not in client.get(door("import-preview", batch)).content.decode()

    ImportBatch.objects.update(setback=ImportSetback.FAILED)

    assert str(ImportSetback.FAILED.label) in client.get(door("import-preview", batch)).content.decode()


def test_confirming_what_was_not_shown_writes_nothing_and_says_so(cast, client, at):
    batch = batch_of(cast, at)
    client.force_login(cast.ada)

    answer = client.post(door("import-confirm", batch), {"seen": "stale"}, follow=True)

    assert not User.objects.filter(employee_no="010086").exists()
    assert answer.templates[0].name == "people/import_preview.html"
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]


def test_a_second_press_is_answered_kindly(cast, client, at):
    batch = batch_of(cast, at)
    client.force_login(cast.ada)
    client.post(door("import-confirm", batch), follow=True)

    for name in ("import-confirm", "import-discard"):
        answer = client.post(door(name, batch), follow=True)
        assert answer.status_code == 200
        assert [message.level_tag for message in answer.context["messages"]] == ["info"]


def test_discarding_leads_back_to_the_list(cast, client, at, django_capture_on_commit_callbacks):
    batch = batch_of(cast, at)
    client.force_login(cast.ada)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(door("import-discard", batch))

    assert answer.url == reverse("people:import-list")
    assert client.get(door("import-preview", batch)).status_code == 200


def test_a_file_that_is_gone_is_said_so(cast, client, at):
    batch = batch_of(cast, at)
    batch.file.storage.delete(batch.file.name)
    client.force_login(cast.ada)

    assert client.get(door("import-preview", batch)).context["is_lost"]
    answer = client.post(door("import-confirm", batch), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


# --- codes


def test_the_codes_are_shown_once_and_never_again(cast, client, at):
    batch = confirm_import(batch_of(cast, at), actor=cast.ada, at=at)
    client.force_login(cast.ada)

    first, second = client.post(door("import-codes", batch)), client.post(door("import-codes", batch))

    ((person, code),) = first.context["slips"]
    assert (first.status_code, person.employee_no) == (200, "010086")
    assert code in first.content.decode()
    assert "no-store" in first.headers["Cache-Control"]
    assert second.status_code == 409
    assert code not in second.content.decode()
    assert OneTimeCode.objects.get().issued_by == cast.ada


def test_a_page_of_codes_that_is_loaded_again_makes_no_second_list(cast, client, at, monkeypatch):
    monkeypatch.setattr("lms.people.services.imports.CODES_AT_ONCE", 2)
    batch = confirm_import(batch_of(cast, at, content=lines(3)), actor=cast.ada, at=at)
    client.force_login(cast.ada)
    first_url = client.get(door("import-preview", batch)).context["codes_url"]

    first, again = client.post(first_url), client.post(first_url)
    second = client.post(client.get(door("import-preview", batch)).context["codes_url"])

    assert (first.status_code, again.status_code, second.status_code) == (200, 409, 200)
    assert (len(first.context["slips"]), first.context["left"]) == (2, 1)
    assert (len(second.context["slips"]), second.context["left"]) == (1, 0)


def test_codes_of_an_import_that_isnt_confirmed_dont_exist(cast, client, at):
    preview, roster = batch_of(cast, at), confirm_import(batch_of(cast, at, ImportKind.ROSTER), actor=cast.ada, at=at)
    client.force_login(cast.ada)

    assert client.post(door("import-codes", preview)).status_code == 404
    assert client.post(door("import-codes", roster)).status_code == 404


def test_the_printed_list_asks_the_same_number_of_queries_to_read(cast, client, at):
    client.force_login(cast.ada)

    def reads(count, prefix):
        content = lines(count).replace("\nN", f"\n{prefix}")
        batch = confirm_import(batch_of(cast, at, content=content), actor=cast.ada, at=at)
        with CaptureQueriesContext(connection) as caught:
            client.post(door("import-codes", batch))
        return sum(1 for query in caught if query["sql"].startswith("SELECT"))

    reads(1, "W")
    assert reads(1, "A") == reads(3, "B")


def test_results_keep_the_day_of_the_hire(cast, client, at):
    batch = batch_of(cast, at, content="工号,姓名,职场,班组,岗位,入职日期\nN1,新人,sh,一组,座席代表,2026/2/1\n")
    client.force_login(cast.ada)

    client.post(door("import-confirm", batch))

    assert User.objects.get(employee_no="N1").memberships.get().from_on == date(2026, 2, 1)
