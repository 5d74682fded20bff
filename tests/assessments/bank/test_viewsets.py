import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.bank.models import Question, QuestionVersion
from assessments.bank.queries import newest_versions, wording_of
from assessments.bank.rules import OptionWords
from assessments.bank.states import QuestionStatus
from tests.factories.bank import QuestionFactory, QuestionVersionFactory
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
        "options-MIN_NUM_FORMS": 2, "options-MAX_NUM_FORMS": 9,
    }  # fmt: skip
    for place, (zh, en, right) in enumerate(options):
        prefix = f"options-{place}-"
        data |= {f"{prefix}text_zh": zh, f"{prefix}text_en": en, f"{prefix}ORDER": place + 1, f"{prefix}id": ""}
        data |= {f"{prefix}feedback_zh": "", f"{prefix}feedback_en": "", f"{prefix}DELETE": ""}
        if right:
            data[f"{prefix}is_right"] = "on"
    return data | more


def with_ids(data, version):
    """The same form as for an existing wording: its options have ids."""
    options = list(version.options.all())
    for place, option in enumerate(options):
        data[f"options-{place}-id"] = option.pk
    data["options-INITIAL_FORMS"] = len(options)
    return data


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

    answer = tess.post(f"{LIST}edit/{version.pk}/", with_ids(typed(question.skill), version))

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

    answer = tess.post(url, with_ids(typed(question.skill), version))

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

    tess.post(f"{LIST}edit/{version.pk}/", with_ids(typed(question.skill, key="other"), version))

    question.refresh_from_db()
    assert question.key == "old-key"
    assert question.versions.get().stem_en == "What before a hold?"


def test_edit_to_ready_needs_a_finished_wording(tess):
    question = QuestionFactory(draft=True, version__kind="true_false", version__right=())
    version = question.versions.get()
    data = with_ids(typed(question.skill, options=[("一", "one", False), ("二", "two", False)]), version)

    page = tess.post(f"{LIST}edit/{version.pk}/", data)

    assert "No option is marked as right." in page.content.decode()
    question.refresh_from_db()
    assert question.status == QuestionStatus.DRAFT
    assert tess.post(f"{LIST}edit/{version.pk}/", data | {"status": "draft"}).status_code == 302


def test_nothing_is_deleted(tess):
    version = QuestionFactory().versions.get()

    for door in ("delete", "usage", "history", "copy"):
        assert tess.get(f"{LIST}{door}/{version.pk}/").status_code == 404
