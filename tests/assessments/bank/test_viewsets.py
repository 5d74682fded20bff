from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from assessments.bank.models import Question, QuestionMedia, QuestionVersion
from assessments.bank.queries import newest_versions, wording_of
from assessments.bank.rules import GapWords, OptionWords
from assessments.bank.services import keep_media, write_question
from assessments.bank.states import QuestionKind, QuestionStatus
from lms.audit.models import AuditEntry
from tests.factories.bank import QuestionFactory, QuestionVersionFactory, complete_wording, make_question
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/questions/"


@pytest.fixture
def authors(cast):
    """Tess and Quinn are in the groups of their roles, as `lms.people` keeps them."""
    for who, role in ((cast.tess, "training_specialist"), (cast.quinn, "qc_lead"), (cast.eva, "qc_analyst")):
        who.groups.add(Group.objects.get_or_create(name=role)[0])
        who.language = "en"
        who.save()
    return cast


@pytest.fixture
def tess(client, authors):
    client.force_login(authors.tess)
    return client


def typed(skill, options=(("原因", "Reason", True), ("等一下", "Wait", False)), **more):
    data = {
        "key": "hold-1", "skill": skill.pk, "use": "exam", "status": "ready", "difficulty": 2, "tags": "hold，opening, hold",
        "kind": "single", "stem_zh": "静音前说什么？", "stem_en": "What before a hold?",
        "explanation_zh": "", "explanation_en": "",
        "options-TOTAL_FORMS": len(options), "options-INITIAL_FORMS": 0,
        "options-MIN_NUM_FORMS": 0, "options-MAX_NUM_FORMS": 60, "gaps-TOTAL_FORMS": 0, "gaps-INITIAL_FORMS": 0,
    }  # fmt: skip
    for place, (zh, en, right) in enumerate(options):
        prefix = f"options-{place}-"
        data |= {f"{prefix}text_zh": zh, f"{prefix}text_en": en, f"{prefix}ORDER": place + 1}
        data |= {f"{prefix}feedback_zh": "", f"{prefix}feedback_en": "", f"{prefix}DELETE": ""}
        if right:
            data[f"{prefix}is_right"] = "on"
    return data | more


@pytest.mark.parametrize(("name", "status"), [("tess", 200), ("quinn", 200), ("eva", 302), ("ana", 302), ("carl", 302)])
def test_the_bank_is_for_authors(client, authors, name, status):
    question = QuestionFactory()
    client.force_login(authors.people[name])

    assert client.get(LIST).status_code == status
    assert client.get(f"{LIST}new/").status_code == status
    assert client.get(f"{LIST}edit/{question.versions.get().pk}/").status_code == status


def test_list_shows_the_newest_wording_once(tess):
    question = QuestionFactory()
    second = QuestionVersionFactory(question=question, stem_en="The second wording")

    page = tess.get(LIST)

    assert list(page.context["object_list"]) == [second]
    assert "The second wording" in page.content.decode()


def test_list_filters_and_searches(tess):
    crm, wfm = SkillFactory(key="crm"), SkillFactory(key="wfm")
    ready = QuestionFactory(key="crm-ready", skill=crm)
    draft = QuestionFactory(key="crm-draft", skill=crm, draft=True)
    practice = QuestionFactory(key="wfm-practice", skill=wfm, practice=True)

    def found(query):
        return {row.question for row in tess.get(f"{LIST}?{query}").context["object_list"]}

    assert found("") == {ready, draft, practice}
    assert found(f"skill={crm.pk}") == {ready, draft}
    assert found("use=practice") == {practice}
    assert found("status=draft") == {draft}
    assert found(f"skill={crm.pk}&status=ready") == {ready}
    assert found("q=wfm") == {practice}
    assert found("q=Stem+crm-d") == {draft}
    assert found("q=题目 wfm") == {practice}


def test_list_filters_by_kind_tag_difficulty_and_owner(tess, authors):
    hers = QuestionFactory(tags=["hold", "静音"], difficulty=4, owner=authors.tess, version__kind="multiple")
    other = QuestionFactory(tags=["hold-on"], difficulty=2)

    def found(query):
        return {row.question for row in tess.get(f"{LIST}?{query}").context["object_list"]}

    assert found("") == {hers, other}
    assert found("kind=multiple") == found("difficulty=4") == found(f"owner={authors.tess.pk}") == {hers}
    assert found("tag=hold") == found("tag=静音") == {hers}
    assert found("tag=hold-on") == {other}


def test_list_costs_the_same_for_1_and_3_rows(tess):
    costs = []
    for more in (1, 2):
        QuestionFactory.create_batch(more)
        tess.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert tess.get(LIST).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_create(tess, authors):
    skill = SkillFactory(key="phrasing")

    answer = tess.post(f"{LIST}new/", typed(skill))

    assert answer.status_code == 302, answer.context["form"].errors
    question = Question.objects.get()
    assert (question.key, question.skill, question.status) == ("hold-1", skill, QuestionStatus.READY)
    assert (question.tags, question.owner) == (["hold", "opening"], authors.tess)
    assert wording_of(question.versions.get()).options == (
        OptionWords("原因", "Reason", is_right=True),
        OptionWords("等一下", "Wait"),
    )


def test_create_in_the_typed_order_without_the_deleted(tess):
    data = typed(SkillFactory(), options=[("二", "two", False), ("一", "one", True), ("三", "three", False)])
    data |= {"options-0-ORDER": 2, "options-1-ORDER": 1, "options-2-DELETE": "on"}

    tess.post(f"{LIST}new/", data)

    version = QuestionVersion.objects.get()
    assert [option.text_en for option in version.options.all()] == ["one", "two"]


def test_create_ready_without_a_right_option_says_why(tess):
    page = tess.post(f"{LIST}new/", typed(SkillFactory(), options=[("一", "one", False), ("二", "two", False)]))

    assert page.status_code == 200
    assert "No option is marked as right." in page.content.decode()
    assert not Question.objects.exists()


def test_create_with_a_key_that_is_taken(tess):
    QuestionFactory(key="hold-1")

    page = tess.post(f"{LIST}new/", typed(SkillFactory()))

    assert "Another question has this key already." in page.content.decode()
    assert Question.objects.count() == 1


def test_edit_of_an_unused_wording_stays_one_version(tess):
    question = QuestionFactory(key="hold-1", version__kind="true_false")
    version = question.versions.get()

    answer = tess.post(f"{LIST}edit/{version.pk}/", typed(question.skill))

    assert answer.status_code == 302
    kept = question.versions.get()
    assert (kept.pk, kept.stem_en, kept.kind) == (version.pk, "What before a hold?", "single")
    assert [option.text_en for option in kept.options.all()] == ["Reason", "Wait"]


def test_edit_of_a_used_wording_makes_the_next(tess):
    question = QuestionFactory(key="hold-1", version__kind="true_false", version__used=True)
    version = question.versions.get()
    before = wording_of(version)
    url = f"{LIST}edit/{version.pk}/"
    assert "saving makes version 2" in tess.get(url).content.decode()

    answer = tess.post(url, typed(question.skill))

    assert answer.status_code == 302
    assert wording_of(QuestionVersion.objects.get(pk=version.pk)) == before
    newest = newest_versions([question.pk]).get()
    assert (newest.number, newest.stem_en) == (2, "What before a hold?")


def test_edit_of_an_older_wording_opens_the_newest(tess):
    question = QuestionFactory(version__used=True)
    old = question.versions.get()
    newest = QuestionVersionFactory(question=question)

    assert tess.get(f"{LIST}edit/{old.pk}/").context["object"] == newest


def test_edit_does_not_change_the_key(tess):
    question = QuestionFactory(key="old-key", version__kind="true_false")
    version = question.versions.get()

    tess.post(f"{LIST}edit/{version.pk}/", typed(question.skill, key="other"))

    question.refresh_from_db()
    assert question.key == "old-key"
    assert question.versions.get().stem_en == "What before a hold?"


def test_edit_to_ready_needs_a_finished_wording(tess):
    question = QuestionFactory(draft=True, version__kind="true_false", version__right=())
    version = question.versions.get()
    data = typed(question.skill, options=[("一", "one", False), ("二", "two", False)])

    page = tess.post(f"{LIST}edit/{version.pk}/", data)

    assert "No option is marked as right." in page.content.decode()
    question.refresh_from_db()
    assert question.status == QuestionStatus.DRAFT
    assert tess.post(f"{LIST}edit/{version.pk}/", data | {"status": "draft"}).status_code == 302


def test_nothing_is_deleted(tess):
    version = QuestionFactory().versions.get()

    for door in ("delete", "usage", "history", "copy"):
        assert tess.get(f"{LIST}{door}/{version.pk}/").status_code == 404


# --- every kind ----------------------------------------------------------------------------------------------


def form_of(page):
    """What a browser would send back of the form as it is shown."""
    form = page.context["form"]
    fields = list(form) + [field for rows in form.rows.values() for row in rows for field in row]
    data = {name: value for rows in form.rows.values() for name, value in management_of(rows).items()}
    for field in fields:
        value = field.value()
        if isinstance(value, bool):
            data |= {field.html_name: "on"} if value else {}
        else:
            data[field.html_name] = "" if value is None else getattr(value, "pk", value)
    return data


def management_of(rows):
    return {field.html_name: field.value() for field in rows.management_form}


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_saving_a_question_as_it_stands_makes_no_version(tess, kind):
    question = make_question(kind, used=True)
    version = question.versions.get()
    url = f"{LIST}edit/{version.pk}/"
    page = tess.get(url)
    assert page.status_code == 200

    answer = tess.post(url, form_of(page))

    assert answer.status_code == 302, (answer.context["form"].errors, answer.context["form"].rows)
    assert question.versions.get() == version
    assert not AuditEntry.objects.filter(action__startswith="question").exists()


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_a_changed_question_keeps_its_used_wording(tess, kind):
    question = make_question(kind, used=True)
    version = question.versions.get()
    before = wording_of(version)
    url = f"{LIST}edit/{version.pk}/"

    tess.post(url, form_of(tess.get(url)) | {"explanation_zh": "因为", "explanation_en": "Because\r\nso."})

    assert wording_of(QuestionVersion.objects.get(pk=version.pk)) == before
    newest = newest_versions([question.pk]).get()
    assert (newest.number, wording_of(newest)) == (
        2, replace(before, explanation_zh="因为", explanation_en="Because\nso.")
    )  # fmt: skip


def rows(prefix, *given):
    """The fields of a table of rows."""
    data = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for place, row in enumerate(given):
        data |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return data


def written(tess, kind, lines, gaps=(), **more):
    """The wording that came of typing these lines."""
    data = typed(SkillFactory(), options=()) | rows("options", *lines) | rows("gaps", *gaps) | {"kind": kind} | more
    answer = tess.post(f"{LIST}new/", data)
    assert answer.status_code == 302, [row.errors for table in answer.context["form"].rows.values() for row in table]
    return wording_of(QuestionVersion.objects.get())


def test_multiple_choice_with_credits(tess):
    wording = written(
        tess, "multiple",
        [
            {"text_zh": "甲", "text_en": "A", "is_right": "on", "credit": "66.667"},
            {"text_zh": "乙", "text_en": "B", "is_right": "on", "credit": "33.333"},
            {"text_zh": "丙", "text_en": "C", "credit": "-50", "feedback_zh": "不", "feedback_en": "No", "match_zh": "x"},
        ],
        partial_credit="on",
    )  # fmt: skip

    assert wording.partial_credit
    assert [option.credit for option in wording.options] == [Decimal("0.66667"), Decimal("0.33333"), Decimal("-0.5")]
    assert (wording.options[2].feedback_en, wording.options[2].match_zh) == ("No", "")


def test_matching_with_an_extra_match(tess):
    wording = written(
        tess, "matching",
        [
            {"text_zh": "甲", "text_en": "A", "match_zh": "一", "match_en": "1"},
            {"text_zh": "乙", "text_en": "B", "match_zh": "二", "match_en": "2"},
            {"match_zh": "三", "match_en": "3", "is_right": "on"},
        ],
    )  # fmt: skip

    assert wording.options[2] == OptionWords("", "", match_zh="三", match_en="3")


def test_numbers_are_typed_once(tess):
    wording = written(
        tess, "numeric", [{"text_en": "345", "tolerance": "5"}, {"text_zh": "300", "credit": "50"}], unit="s"
    )

    assert wording.unit == "s"
    assert wording.options == (
        OptionWords("345", "345", is_right=True, tolerance=Decimal(5)),
        OptionWords("300", "300", credit=Decimal("0.5")),
    )


def test_items_in_the_order_of_their_places(tess):
    wording = written(
        tess, "ordering",
        [
            {"text_zh": "末", "text_en": "last"},
            {"text_zh": "二", "text_en": "two", "ORDER": 2},
            {"text_zh": "一", "text_en": "one", "ORDER": 1},
        ],
    )  # fmt: skip

    assert [option.text_en for option in wording.options] == ["one", "two", "last"]


def test_a_text_with_gaps(tess):
    wording = written(
        tess, "cloze",
        [
            {"gap": 1, "text_zh": "90", "is_right": "on"},
            {"gap": 2, "text_zh": "达到", "text_en": "meets"},
            {"gap": 2, "text_zh": "未达到", "text_en": "is below", "is_right": "on"},
        ],
        gaps=[
            {"number": 1, "kind": "numeric", "weight": "", "unit": "%"},
            {"number": 2, "kind": "single", "weight": 2, "unit": "%"},
            {"number": "", "kind": "short_text", "weight": 1, "unit": ""},
        ],
        stem_zh="遵守率 [[1]]，[[2]]参考值。", stem_en="Adherence [[1]], which [[2]] the reference.",
    )  # fmt: skip

    assert wording.gaps == (GapWords(1, "numeric", unit="%"), GapWords(2, "single", Decimal(2)))
    assert [(option.gap, option.is_right) for option in wording.options] == [(1, True), (2, False), (2, True)]


def test_a_rubric_keeps_points(tess):
    wording = written(
        tess, "written", [{"text_zh": "清楚", "text_en": "Clear", "credit": "4"}], unit="s", match_case="on"
    )

    assert wording.options == (OptionWords("清楚", "Clear", credit=Decimal(4)),)
    assert (wording.unit, wording.match_case) == ("", False)


def test_faults_stand_beside_what_they_concern(tess):
    data = typed(SkillFactory(), options=()) | rows(
        "options", {"text_en": "345"}, {}, {"text_en": "three hundred", "DELETE": ""}
    )  # fmt: skip

    page = tess.post(f"{LIST}new/", data | {"kind": "numeric", "explanation_zh": "只有中文"})

    form = page.context["form"]
    translation.activate("en")  # the page was asked for in the author's language
    assert [list(row.non_field_errors()) for row in form.rows["options"]] == [
        [], [], ["An accepted answer isn't a number."]
    ]  # fmt: skip
    assert form.errors["explanation_zh"] == ["The explanation stands in one language only."]
    assert "three hundred" in page.content.decode()
    assert not Question.objects.exists()


def test_a_draft_may_be_unfinished(tess):
    tess.post(f"{LIST}new/", typed(SkillFactory(), options=(), status="draft", kind="cloze", stem_en="", stem_zh=""))

    assert Question.objects.get().status == "draft"


def test_an_unknown_picture_is_refused(tess):
    page = tess.post(f"{LIST}new/", typed(SkillFactory(), explanation_zh="![图](media:nope)", explanation_en="x"))

    assert "The bank has no picture or recording “nope”." in page.content.decode()


def test_a_clip_to_listen_to(tess, authors, at):
    clip = keep_media(b"ID3 clip", name="hold.mp3", actor=authors.tess, at=at)
    picture = keep_media(b"\x89PNG\r\n\x1a\n", name="dot.png", actor=authors.tess, at=at)

    assert tess.post(f"{LIST}new/", typed(SkillFactory(), audio_zh=picture.pk)).status_code == 200
    tess.post(f"{LIST}new/", typed(SkillFactory(), audio_zh=clip.pk, stem_zh=f"看 ![点](media:{picture.key})"))

    version = QuestionVersion.objects.get()
    assert (version.audio_zh, version.audio_en) == (clip, None)
    assert set(version.media.all()) == {clip, picture}


def test_edit_page_lists_the_wordings(tess):
    question = QuestionFactory(version__used=True)
    old = question.versions.get()
    newest = QuestionVersionFactory(question=question)

    page = tess.get(f"{LIST}edit/{newest.pk}/").content.decode()

    assert f"{LIST}version/{old.pk}/" in page
    assert reverse("assessments:question-preview", args=[newest.pk]) in page


@pytest.mark.parametrize(("name", "status"), [("tess", 200), ("quinn", 200), ("eva", 302), ("ana", 302)])
def test_an_old_wording_can_be_read(client, authors, name, status):
    old = QuestionFactory(version__used=True).versions.get()
    client.force_login(authors.people[name])

    page = client.get(f"{LIST}version/{old.pk}/")

    assert page.status_code == status
    assert client.post(f"{LIST}version/{old.pk}/").status_code in (302, 405)
    if status == 200:
        assert "keep it for ever" in page.content.decode()


# --- as learners see it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_preview_shows_both_languages(tess, kind):
    version = make_question(kind).versions.get()

    page = tess.get(reverse("assessments:question-preview", args=[version.pk]))

    assert page.status_code == 200
    text = page.content.decode()
    assert "题目" in text
    assert "Stem" in text
    assert not QuestionVersion.objects.filter(used_at__isnull=False).exists()


def test_preview_is_for_authors(client, authors):
    version = make_question("single").versions.get()
    client.force_login(authors.ana)

    assert client.get(reverse("assessments:question-preview", args=[version.pk])).status_code == 403


# --- pictures and recordings -------------------------------------------------------------------------------------

MEDIA = "/admin/question-media/"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(("name", "status"), [("tess", 200), ("quinn", 200), ("eva", 302), ("ana", 302)])
def test_media_are_for_authors(client, authors, name, status):
    client.force_login(authors.people[name])

    assert client.get(MEDIA).status_code == status
    assert client.get(f"{MEDIA}new/").status_code == status
    client.post(f"{MEDIA}new/", {"files": [SimpleUploadedFile("a.png", PNG)]})
    assert QuestionMedia.objects.exists() is (status == 200)


def test_upload_keeps_what_can_be_shown_and_names_the_rest(tess, authors):
    files = [
        SimpleUploadedFile("dot.png", PNG),
        SimpleUploadedFile("again.png", PNG),
        SimpleUploadedFile("hold.mp3", b"ID3 sound"),
        SimpleUploadedFile("evil.svg", b"<svg/>"),
        SimpleUploadedFile("empty.png", b""),
    ]

    page = tess.post(f"{MEDIA}new/", {"files": files})

    assert page.status_code == 200
    assert [name for name, _why in page.context["refused"]] == ["evil.svg", "empty.png"]
    assert {media.name: media.uploaded_by for media in QuestionMedia.objects.all()} == {
        "dot.png": authors.tess, "hold.mp3": authors.tess,
    }  # fmt: skip


def test_upload_of_nothing_says_so(tess):
    page = tess.post(f"{MEDIA}new/", {})

    assert page.context["form"].errors["files"]


def test_upload_of_too_much_is_refused(tess, monkeypatch):
    monkeypatch.setattr("assessments.bank.services.media.MOST_MEDIA_BYTES", 10)
    monkeypatch.setattr("assessments.bank.viewsets.media.MOST_MEDIA_BYTES", 10)

    page = tess.post(f"{MEDIA}new/", {"files": [SimpleUploadedFile("a.png", PNG + b"more")]})

    assert "larger than 20 MB" in page.content.decode()
    assert not QuestionMedia.objects.exists()


def test_media_list_shows_the_markdown_and_the_uses(tess, authors, at):
    picture = keep_media(PNG, name="do[t].png", actor=authors.tess, at=at)
    text = f"看 ![点](media:{picture.key})"
    make_words = complete_wording("single", stem_zh=text)
    write_question(key="q", skill=SkillFactory(), wording=make_words, actor=authors.tess, at=at)

    page = tess.get(MEDIA)

    assert f"![dot.png](media:{picture.key})" in page.content.decode()
    assert [row.uses for row in page.context["object_list"]] == [1]


def test_media_list_costs_the_same_for_1_and_3_rows(tess, authors, at):
    costs = []
    for names in ("a", "bc"):
        for name in names:
            keep_media(PNG + name.encode(), name=f"{name}.png", actor=authors.tess, at=at)
        tess.get(MEDIA)
        with CaptureQueriesContext(connection) as queries:
            assert tess.get(MEDIA).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_media_are_neither_edited_nor_deleted(tess, authors, at):
    picture = keep_media(PNG, name="dot.png", actor=authors.tess, at=at)

    for door in ("edit", "delete", "usage", "history", "copy"):
        assert tess.get(f"{MEDIA}{door}/{picture.pk}/").status_code == 404
