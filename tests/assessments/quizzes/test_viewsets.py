from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.quizzes.models import Quiz, QuizVersion
from assessments.quizzes.queries import newest_versions, published_version
from assessments.quizzes.services import SlotPlan, slots_of
from assessments.quizzes.states import VersionState
from tests.factories.bank import QuestionFactory
from tests.factories.quizzes import make_quiz
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/quizzes/"


@pytest.fixture
def authors(cast):
    for who, role in ((cast.tess, "training_specialist"), (cast.quinn, "qc_lead")):
        who.groups.add(Group.objects.get_or_create(name=role)[0])
        who.language = "en"
        who.save()
    return cast


@pytest.fixture
def tess(client, authors):
    client.force_login(authors.tess)
    return client


def typed(*slots, **more):
    data = {
        "key": "crm-quiz", "title_zh": "CRM 测验", "title_en": "CRM quiz", "description_zh": "", "description_en": "",
        "purpose": "course", "skill": "", "pass_percent": "80", "time_limit_minutes": 15, "attempts_allowed": 2,
        "slots-TOTAL_FORMS": len(slots), "slots-INITIAL_FORMS": 0,
        "slots-MIN_NUM_FORMS": 1, "slots-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    for place, slot in enumerate(slots):
        row = {"question": "", "skill": "", "tag": "", "count": 1, "ORDER": place + 1, "id": "", "DELETE": ""} | slot
        data |= {f"slots-{place}-{name}": value for name, value in row.items()}
    return data | more


def with_ids(data, version):
    for place, slot in enumerate(version.slots.all()):
        data[f"slots-{place}-id"] = slot.pk
    data["slots-INITIAL_FORMS"] = version.slots.count()
    return data


@pytest.mark.parametrize(("name", "status"), [("tess", 200), ("quinn", 200), ("eva", 302), ("ana", 302)])
def test_quizzes_are_for_authors(client, authors, name, status):
    version = make_quiz().versions.get()
    client.force_login(authors.people[name])

    assert client.get(LIST).status_code == status
    assert client.get(f"{LIST}edit/{version.pk}/").status_code == status


def test_list_costs_the_same_for_1_and_3_rows(tess):
    costs = []
    for keys in (["a"], ["b", "c"]):
        for key in keys:
            make_quiz(key, retest=True)
        tess.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert tess.get(LIST).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_list_filters_and_searches(tess):
    crm = SkillFactory(key="crm")
    course, retest = make_quiz("crm-course", published=False), make_quiz("crm-retest", skill=crm, retest=True)

    def found(query):
        return {row.quiz for row in tess.get(f"{LIST}?{query}").context["object_list"]}

    assert found("") == {course, retest}
    assert (
        found("purpose=retest") == found(f"skill={crm.pk}") == found("state=published") == found("q=retest") == {retest}
    )


def test_create_saves_a_draft(tess):
    question = QuestionFactory()

    answer = tess.post(f"{LIST}new/", typed({"question": question.pk}, {"tag": "crm", "count": 9}))

    assert answer.status_code == 302, answer.context["form"].errors
    version = QuizVersion.objects.get()
    assert (version.state, version.pass_share, version.quiz.title_en) == ("draft", Decimal("0.8"), "CRM quiz")
    assert slots_of(version) == [SlotPlan(question=question), SlotPlan(tag="crm", count=9)]


def test_create_and_publish(tess):
    QuestionFactory.create_batch(2, tags=["crm"])

    tess.post(f"{LIST}new/", typed({"tag": "crm", "count": 2}, **{"action-publish": "1"}))

    assert published_version(Quiz.objects.get()).number == 1


def test_publish_says_which_slot_can_not_be_filled(tess):
    QuestionFactory(tags=["crm"])

    page = tess.post(f"{LIST}new/", typed({"tag": "crm", "count": 2}, **{"action-publish": "1"}))

    assert page.status_code == 200
    assert "Slot 1 asks for 2 questions, but only 1 ready exam questions are left." in page.content.decode()
    assert not Quiz.objects.exists()


def test_edit_of_a_published_quiz_begins_a_draft_and_publishes_it(tess):
    quiz = make_quiz(questions=3)
    published = quiz.versions.get()
    url = f"{LIST}edit/{published.pk}/"
    data = with_ids(typed({"tag": "crm-quiz", "count": 2}, title_en="Better title"), published)
    assert "is published and never changes" in tess.get(url).content.decode()

    assert tess.post(url, data).status_code == 302

    draft = newest_versions().get()
    quiz.refresh_from_db()
    assert (draft.number, draft.state, quiz.title_en) == (2, VersionState.DRAFT, "Better title")
    assert published_version(quiz) == published
    assert tess.post(url, with_ids(data, draft) | {"action-publish": "1"}).status_code == 302
    assert published_version(quiz) == draft


def test_publish_again_without_a_change_is_refused(tess):
    version = make_quiz(questions=3).versions.get()
    data = with_ids(typed({"tag": "crm-quiz", "count": 3}), version) | {"action-publish": "1"}

    page = tess.post(f"{LIST}edit/{version.pk}/", data)

    assert "nothing in it has been changed" in page.content.decode()
    assert QuizVersion.objects.count() == 1


def test_a_fixed_question_is_not_a_draw(tess):
    page = tess.post(f"{LIST}new/", typed({"question": QuestionFactory().pk, "tag": "crm"}))

    assert "A fixed question takes neither skill nor tag" in page.content.decode()
    assert not Quiz.objects.exists()


def test_a_retest_needs_its_skill(tess):
    page = tess.post(f"{LIST}new/", typed({"count": 1}, purpose="retest"))

    assert "A re-test needs the skill it asks about." in page.content.decode()


def test_nothing_is_deleted(tess):
    version = make_quiz().versions.get()

    for door in ("delete", "usage", "history", "copy"):
        assert tess.get(f"{LIST}{door}/{version.pk}/").status_code == 404
