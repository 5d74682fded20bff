"""The back office's pages for files of questions."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.bank.formats import FORMATS
from assessments.bank.models import Question
from assessments.bank.services import keep_upload, kept_upload
from assessments.bank.services.uploads import UploadIsGone
from lms.audit.models import AuditEntry
from lms.audit.services import record
from tests.factories.bank import QuestionFactory
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

IMPORT, EXPORT, TEMPLATE = "/admin/questions/import/", "/admin/questions/export/", "/admin/questions/template/"
GIFT = "::One:: Q {T}\n\n::Two:: R {=a ~b}\n"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    private = settings.STORAGES["private"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"private": private}


@pytest.fixture
def authors(cast):
    for who, role in ((cast.tess, "training_specialist"), (cast.quinn, "qc_lead"), (cast.eva, "qc_analyst")):
        who.groups.add(Group.objects.get_or_create(name=role)[0])
        who.language = "en"
        who.save()
    return cast


@pytest.fixture
def tess(client, authors):
    client.force_login(authors.tess)
    return client


@pytest.fixture
def skill():
    return SkillFactory(key="product")


def upload(client, text, skill=None, name="desk.gift", **more):
    data = {
        "file": SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text),
        "language": "en",
        "status": "draft",
    }
    return client.post(IMPORT, data | ({"skill": skill.pk} if skill else {}) | more)


@pytest.fixture
def preview(tess, skill):
    """The address of the preview of two sound questions."""
    return upload(tess, GIFT, skill)["Location"]


@pytest.mark.parametrize(("name", "status"), [("tess", 200), ("quinn", 200), ("eva", 302), ("ana", 302), ("carl", 302)])
@pytest.mark.parametrize("address", [IMPORT, "/admin/questions/imports/", EXPORT, TEMPLATE])
def test_files_are_for_authors(client, authors, address, name, status):
    client.force_login(authors.people[name])

    assert client.get(address).status_code == status


def test_the_menu_leads_to_both(tess):
    page = tess.get("/admin/questions/").content.decode()

    assert f'"url": "{IMPORT}"' in page or IMPORT in page
    assert EXPORT in page


def test_upload_shows_what_would_happen_and_writes_nothing(tess, skill):
    answer = upload(tess, GIFT + "\nno answer\n", skill)

    assert answer.status_code == 302
    page = tess.get(answer["Location"])
    assert [str(line.outcome) for line in page.context["page"]] == ["new", "new", "refused"]
    assert "It is a text without a question" in page.content.decode()
    assert not Question.objects.exists()


def test_confirm_writes(tess, preview, authors, skill):
    seen = tess.get(preview).context["report"].digest

    page = tess.post(preview, {"confirm": "1", "seen": seen})

    assert page.context["is_done"]
    assert {(row.skill, row.owner, row.status) for row in Question.objects.all()} == {(skill, authors.tess, "draft")}
    assert Question.objects.count() == 2
    assert AuditEntry.objects.get(action="questions_imported").changes["file"] == [None, "desk.gift"]


def test_confirm_twice_writes_once(tess, preview):
    seen = tess.get(preview).context["report"].digest
    tess.post(preview, {"confirm": "1", "seen": seen})

    again = tess.post(preview, {"confirm": "1", "seen": seen})

    assert (again.status_code, again["Location"]) == (302, IMPORT)
    assert Question.objects.count() == 2


def test_confirm_of_what_was_not_shown_shows_it_first(tess, preview):
    seen = tess.get(preview).context["report"].digest
    key = tess.get(preview).context["page"][0].key
    QuestionFactory(key=key)

    page = tess.post(preview, {"confirm": "1", "seen": seen})

    assert not page.context["is_done"]
    assert Question.objects.count() == 1
    assert "The bank has changed" in page.content.decode()


# --- earlier imports -----------------------------------------------------------------------------------------

IMPORTS = "/admin/questions/imports/"


def import_file(client, text, skill, name):
    address = upload(client, text, skill, name=name)["Location"]
    client.post(address, {"confirm": "1", "seen": client.get(address).context["report"].digest})


def test_the_last_imports_stand_under_the_form(tess, skill, authors):
    import_file(tess, GIFT + "\nno answer\n", skill, "desk.gift")
    import_file(tess, "Q?\nA. a\nB. b\nANSWER: A\n", skill, "desk.txt")

    page = tess.get(IMPORT)

    found = [(row.file, row.format, row.imported, row.refused) for row in page.context["earlier"]]
    assert found == [("desk.txt", FORMATS["aiken"].label, 1, 0), ("desk.gift", FORMATS["gift"].label, 2, 1)]
    text = page.content.decode()
    assert str(authors.tess) in text
    assert "Aiken (text)" in text
    assert IMPORTS not in text  # there are no more


def test_what_was_revised_and_unchanged_is_told(tess, skill):
    import_file(tess, GIFT, skill, "desk.gift")
    question = Question.objects.first()
    question.tags = ["other"]
    question.save()
    wording = question.versions.get()
    wording.stem_en = wording.stem_zh = "Another"
    wording.save()
    import_file(tess, GIFT, skill, "again.gift")

    row = tess.get(IMPORT).context["earlier"][0]

    assert (row.file, row.imported, row.new, row.changed, row.unchanged, row.refused) == ("again.gift", 1, 0, 1, 1, 0)
    assert "(1 revised)" in tess.get(IMPORT).content.decode()


def test_more_imports_have_a_page_of_their_own(tess, skill, monkeypatch):
    monkeypatch.setattr("assessments.bank.views.LAST_IMPORTS", 1)
    monkeypatch.setattr("assessments.bank.views.IMPORTS_PER_PAGE", 2)
    for number in range(3):
        import_file(tess, f"::N{number}:: Q {number} {{T}}\n", skill, f"file-{number}.gift")

    form, first, second = tess.get(IMPORT), tess.get(IMPORTS), tess.get(IMPORTS, {"page": 2})

    assert [row.file for row in form.context["earlier"]] == ["file-2.gift"]
    assert "All 3 imports" in form.content.decode()
    assert [row.file for row in first.context["imports"]] == ["file-2.gift", "file-1.gift"]
    assert [row.file for row in second.context["imports"]] == ["file-0.gift"]
    assert "page 2 of 2" in second.content.decode()


def test_imports_of_the_command_line_and_of_old_are_told_as_far_as_known(tess):
    bank = ContentType.objects.get_for_model(Question)
    changes = {"file": (None, "<b>old</b>.xml"), "changed": (None, 2), "noted": (None, 1)}
    record(actor=None, action="questions_imported", subject=bank, at=timezone.now(), changes=changes)

    page = tess.get(IMPORTS)

    (row,) = page.context["imports"]
    assert (row.who, row.format, row.imported, row.refused) == ("", "", 2, 0)
    text = page.content.decode()
    assert "the system" in text
    assert "&lt;b&gt;old&lt;/b&gt;.xml" in text


def test_without_an_import_the_list_says_so(tess):
    assert "Nothing was imported yet" in tess.get(IMPORT).content.decode()
    assert "Nothing was imported yet" in tess.get(IMPORTS).content.decode()


def test_the_list_of_imports_asks_as_much_for_one_as_for_three(tess, skill):
    def cost() -> int:
        tess.get(IMPORTS)
        with CaptureQueriesContext(connection) as queries:
            assert tess.get(IMPORTS).status_code == 200
        return len(queries)

    import_file(tess, GIFT, skill, "one.gift")
    one = cost()
    for number in range(2):
        import_file(tess, f"::N{number}:: Q {number} {{T}}\n", skill, f"file-{number}.gift")

    assert cost() == one


def test_discard_forgets_the_file(tess, preview):
    tess.post(preview, {"discard": "1"})

    assert tess.get(preview)["Location"] == IMPORT
    assert not Question.objects.exists()


def test_read_otherwise_keeps_the_file(tess, preview, skill):
    answer = tess.post(
        preview,
        {"again": "1", "format": "gift", "language": "zh", "status": "ready", "skill": "", "is_all_or_nothing": "on"},
    )

    page = tess.get(answer["Location"])
    assert page.context["upload"].language == "zh"
    assert page.context["report"].is_held  # they name no skill
    assert page.context["report"].taken == []


def test_read_as_a_format_that_it_is_not_says_so(tess, preview, skill):
    answer = tess.post(
        preview, {"again": "1", "format": "moodlexml", "language": "zh", "status": "ready", "skill": skill.pk}
    )

    page = tess.get(answer["Location"])
    assert page.status_code == 200
    assert "not proper XML" in page.content.decode()


def test_all_or_nothing_can_not_be_confirmed_with_refusals(tess, skill):
    preview = upload(tess, GIFT + "\nno answer\n", skill, is_all_or_nothing="on")["Location"]
    seen = tess.get(preview).context["report"].digest

    tess.post(preview, {"confirm": "1", "seen": seen})

    assert not Question.objects.exists()


def test_unreadable_upload_keeps_what_was_chosen(tess, skill):
    page = upload(tess, "<html/>", skill, status="ready", name="x.xml")

    assert page.status_code == 422
    assert "This XML is no QTI item" in page.content.decode()
    assert page.context["form"]["status"].value() == "ready"
    assert page.context["form"]["skill"].value() == str(skill.pk)


def test_upload_of_an_unknown_format_asks_for_it(tess, skill):
    assert "choose it" in upload(tess, "hello", skill, name="x").content.decode()


def test_lines_are_filtered(tess, skill):
    preview = upload(tess, GIFT + "\nno answer\n", skill)["Location"]

    assert [str(line.outcome) for line in tess.get(f"{preview}?show=refused").context["page"]] == ["refused"]
    assert len(tess.get(f"{preview}?show=nonsense&page=99").context["page"]) == 3


def test_preview_is_for_who_uploaded_it(client, authors, tess, preview):
    client.force_login(authors.quinn)

    assert client.get(preview).status_code == 404
    assert client.get(f"{IMPORT}made-up/").status_code == 404


def test_what_a_file_says_is_shown_as_text(tess, skill):
    preview = upload(tess, "::<script>x</script>:: [plain]<script>y</script> {T}", skill)["Location"]

    page = tess.get(preview).content.decode()

    assert "<script>x" not in page
    assert "<script>y" not in page


def test_uploads_are_forgotten_after_a_day():
    now = timezone.now()
    old = keep_upload(b"x", at=now)

    new = keep_upload(b"y", at=now + timedelta(days=1, minutes=1))

    assert kept_upload(new) == b"y"
    with pytest.raises(UploadIsGone):
        kept_upload(old)
    with pytest.raises(UploadIsGone):
        kept_upload("../settings")


# --- export --------------------------------------------------------------------------------------------------


def exported(client, **data):
    return client.post(EXPORT, {"format": "moodlexml"} | data)


def keys_in(answer):
    return {item.filing.key for item in FORMATS["moodlexml"].read(answer.content, language="zh")}


def test_export_hands_out_the_chosen_questions(tess):
    crm = SkillFactory(key="crm")
    one = QuestionFactory(key="one", skill=crm, tags=["x"])
    QuestionFactory(key="two", practice=True)
    QuestionFactory(key="three", draft=True, tags=["x", "y"])

    assert keys_in(exported(tess)) == {"one", "two", "three"}
    assert keys_in(exported(tess, skill=crm.pk)) == {"one"}
    assert keys_in(exported(tess, tag="x")) == {"one", "three"}
    assert keys_in(exported(tess, status="draft")) == {"three"}
    assert keys_in(exported(tess, use="practice")) == {"two"}
    answer = exported(tess, tag="x", status="ready")
    assert keys_in(answer) == {one.key}
    assert "attachment" in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(action="questions_exported").count() == 6


def test_export_says_first_what_is_left_out(tess):
    QuestionFactory(key="order", version__kind="ordering")

    page = exported(tess, format="gift")

    assert "order: GIFT has no items to be put in order: left out." in page.content.decode()
    assert not AuditEntry.objects.filter(action="questions_exported").exists()
    answer = exported(tess, format="gift", anyway="1")
    assert answer["Content-Type"].startswith("text/plain")
    assert AuditEntry.objects.get(action="questions_exported").changes["omissions"] == [None, 1]


def test_export_of_nothing_says_so(tess):
    page = exported(tess)

    assert page.status_code == 422
    assert "No question is like that" in page.content.decode()


def test_export_of_too_much_says_so(tess, monkeypatch):
    QuestionFactory()
    monkeypatch.setattr("assessments.bank.services.exporting.MOST_FILE_BYTES", 10)

    assert "Export skill by skill" in exported(tess).content.decode()


def test_export_form_is_filled_from_the_address(tess, skill):
    assert tess.get(f"{EXPORT}?skill={skill.pk}").context["form"]["skill"].value() == str(skill.pk)


def test_template_can_be_imported(tess, skill):
    content = tess.get(reverse("questions-template")).content

    preview = upload(tess, content, skill, name="t.xlsx")["Location"]

    assert [str(line.outcome) for line in tess.get(preview).context["page"]] == ["new"] * 10
