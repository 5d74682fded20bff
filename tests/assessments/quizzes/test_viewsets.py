from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.quizzes.models import Quiz, QuizVersion
from assessments.quizzes.queries import newest_versions, published_version
from assessments.quizzes.rules import full_review
from assessments.quizzes.services import QuizRules, SectionPlan, SlotPlan, rules_of, slots_of
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


#: What a new quiz shows: all of it, from handing in.
EVERYTHING = [f"{time}:{part}" for time, parts in full_review().items() for part in parts]


def typed(*slots, sections=(), **more):
    data = {
        "key": "crm-quiz", "title_zh": "CRM 测验", "title_en": "CRM quiz", "description_zh": "", "description_en": "",
        "purpose": "course", "skill": "", "pass_percent": "80", "time_limit_minutes": 15, "attempts_allowed": 2,
        "opens_at": "", "closes_at": "", "overdue": "autosubmit", "grace_minutes": "", "wait_minutes": "",
        "counting": "best", "per_page": 1, "navigation": "free", "review": EVERYTHING,
        "slots-TOTAL_FORMS": len(slots), "slots-INITIAL_FORMS": 0,
        "sections-TOTAL_FORMS": len(sections), "sections-INITIAL_FORMS": 0,
    }  # fmt: skip
    for place, slot in enumerate(slots):
        row = {"question": "", "skill": "", "tag": "", "difficulty": "", "count": 1, "ORDER": place + 1} | slot
        data |= {f"slots-{place}-{name}": value for name, value in row.items()}
    for place, section in enumerate(sections):
        data |= {f"sections-{place}-{name}": value for name, value in section.items()}
    return data | more


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

    answer = tess.post(f"{LIST}new/", typed({"question": question.key}, {"tag": "crm", "count": 9}))

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
    data = typed({"tag": "crm-quiz", "count": 2}, title_en="Better title")
    assert "is published and never changes" in tess.get(url).content.decode()

    assert tess.post(url, data).status_code == 302

    draft = newest_versions().get()
    quiz.refresh_from_db()
    assert (draft.number, draft.state, quiz.title_en) == (2, VersionState.DRAFT, "Better title")
    assert published_version(quiz) == published
    assert tess.post(url, data | {"action-publish": "1"}).status_code == 302
    assert published_version(quiz) == draft


def test_publish_again_without_a_change_is_refused(tess):
    version = make_quiz(questions=3).versions.get()
    data = typed({"tag": "crm-quiz", "count": 3}) | {"action-publish": "1"}

    page = tess.post(f"{LIST}edit/{version.pk}/", data)

    assert "nothing in it has been changed" in page.content.decode()
    assert QuizVersion.objects.count() == 1


def test_a_fixed_question_is_not_a_draw(tess):
    page = tess.post(f"{LIST}new/", typed({"question": QuestionFactory().key, "tag": "crm"}))

    assert "A fixed question takes neither skill nor tag" in page.content.decode()
    assert not Quiz.objects.exists()


def test_a_retest_needs_its_skill(tess):
    page = tess.post(f"{LIST}new/", typed({"count": 1}, purpose="retest"))

    assert "A re-test needs the skill it asks about." in page.content.decode()


def test_nothing_is_deleted(tess):
    version = make_quiz().versions.get()

    for door in ("delete", "usage", "history", "copy"):
        assert tess.get(f"{LIST}{door}/{version.pk}/").status_code == 404


# --- every rule ------------------------------------------------------------------------------------------------


def form_of(page):
    """What a browser would send back of the form as it is shown."""
    form = page.context["form"]
    fields = list(form) + [field for rows in form.rows.values() for row in rows for field in row]
    data = {field.html_name: field.value() for rows in form.rows.values() for field in rows.management_form}
    for field in fields:
        value = field.value()
        if isinstance(value, bool):
            data |= {field.html_name: "on"} if value else {}
        else:
            data[field.html_name] = "" if value is None else getattr(value, "pk", value)
    return data


SECTIONS = (
    {"title_zh": "计算", "title_en": "Sums", "pass_percent": "50"},
    {"title_zh": "概念", "title_en": "Terms", "pass_percent": ""},
)


def test_every_rule_is_kept(tess):
    skill = SkillFactory()
    data = typed(
        {"tag": "sums", "difficulty": "3", "count": 2, "points": "2.5", "section": 1, "is_must_pass": "on"},
        {"skill": skill.pk, "count": "", "section": 2},
        {"ORDER": "", "count": ""},
        sections=SECTIONS,
        pass_percent="72.5", time_limit_minutes="", attempts_allowed="", opens_at="2026-03-02 09:00",
        closes_at="2026-03-09 18:00", overdue="grace", grace_minutes=10, wait_minutes=60, counting="average",
        per_page="", navigation="sequential", review=["right_after:marks", "after_close:feedback"],
        needs_second_marker="on",
    )  # fmt: skip

    answer = tess.post(f"{LIST}new/", data)

    assert answer.status_code == 302, answer.context["form"].errors
    version = QuizVersion.objects.get()
    day = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert rules_of(version) == QuizRules(
        pass_share=Decimal("0.725"),
        time_limit_minutes=None,
        attempts_allowed=None,
        opens_at=day,
        closes_at=day + timedelta(days=7, hours=9),
        overdue="grace",
        grace_minutes=10,
        wait_minutes=60,
        counting="average",
        per_page=0,
        navigation="sequential",
        review={"right_after": ["marks"], "after_close": ["feedback"]},
        needs_second_marker=True,
        sections=(SectionPlan("计算", "Sums", Decimal("0.5")), SectionPlan("概念", "Terms")),
    )
    assert slots_of(version) == [
        SlotPlan(tag="sums", difficulty=3, count=2, points=Decimal("2.5"), section=1, is_must_pass=True),
        SlotPlan(skill=skill, section=2),
    ]


def test_saving_a_published_quiz_as_it_stands_begins_no_draft(tess):
    QuestionFactory.create_batch(2, tags=["sums"])
    tess.post(
        f"{LIST}new/", typed({"tag": "sums", "count": 2}, sections=SECTIONS, per_page=5, **{"action-publish": "1"})
    )
    version = QuizVersion.objects.get()
    url = f"{LIST}edit/{version.pk}/"

    answer = tess.post(url, form_of(tess.get(url)))

    assert answer.status_code == 302, answer.context["form"].errors
    assert QuizVersion.objects.get() == version


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"overdue": "grace"}, "grace_minutes", "How long can it still be handed in?"),
        ({"opens_at": "2026-03-02 09:00", "closes_at": "2026-03-02 09:00"}, "closes_at", "It closes before it opens."),
        ({"pass_percent": "0"}, "pass_percent", ""),
        ({"review": ["never:marks"]}, "review", ""),
    ],
)
def test_rules_that_can_not_be(tess, changes, field, words):
    page = tess.post(f"{LIST}new/", typed({"count": 1}, **changes))

    assert words in str(page.context["form"].errors[field])
    assert not Quiz.objects.exists()


def row_errors(page, table):
    return [row.errors for row in page.context["form"].rows[table]]


def test_a_slot_in_a_section_that_is_not_there(tess):
    page = tess.post(f"{LIST}new/", typed({"count": 1, "section": 1}, {"count": 1, "section": 3}, sections=SECTIONS))

    assert row_errors(page, "slots") == [{}, {"section": ["There is no section with this number."]}]
    assert not Quiz.objects.exists()


def test_a_section_needs_both_titles(tess):
    page = tess.post(f"{LIST}new/", typed({"count": 1}, sections=[{"title_zh": "计算", "title_en": ""}]))

    assert row_errors(page, "sections") == [{"__all__": ["A section needs its title in both languages."]}]


def test_a_fixed_question_must_be_in_the_bank(tess):
    page = tess.post(f"{LIST}new/", typed({"question": "no-such"}))

    assert row_errors(page, "slots") == [{"question": ["The bank has no question with this key."]}]


def test_a_shortfall_stands_beside_its_slot(tess):
    QuestionFactory(tags=["crm"])

    page = tess.post(
        f"{LIST}new/", typed({"tag": "crm", "count": 1}, {"tag": "wfm", "count": 2}, **{"action-publish": "1"})
    )

    words = "Slot 2 asks for 2 questions, but only 0 ready exam questions are left."
    assert row_errors(page, "slots") == [{}, {"__all__": [words]}]


def test_the_form_says_how_many_questions_fit(tess):
    QuestionFactory.create_batch(3, tags=["crm"])
    QuestionFactory(tags=["crm"], draft=True)
    QuestionFactory(tags=["crm"], practice=True)
    tess.post(f"{LIST}new/", typed({"tag": "crm", "count": 2}))

    page = tess.get(f"{LIST}edit/{QuizVersion.objects.get().pk}/")

    assert [fits for _row, fits in page.context["form"].fitting] == [3, None]
    assert "3 ready exam questions fit." in page.content.decode()


def test_fitting_counts_what_is_being_typed(tess):
    crm = SkillFactory(key="crm")
    question = QuestionFactory(key="one", skill=crm, tags=["hold"], difficulty=3)
    QuestionFactory(skill=crm, draft=True)

    def fitting(**slot):
        query = {f"slot-{name}": value for name, value in slot.items()}
        return tess.get(f"{LIST}fitting/", query).json()["fitting"]

    assert fitting(skill=crm.pk) == fitting(tag="hold", difficulty="3") == fitting(question=question.key) == 1
    assert fitting(tag="other") == fitting(question="no-such") == fitting(difficulty="1") == 0
    assert fitting() is None
    assert fitting(count="5") == 1


def test_fitting_is_for_authors(client, authors):
    client.force_login(authors.ana)

    assert client.get(f"{LIST}fitting/").status_code == 302


def test_a_published_quiz_can_be_tried_out(tess):
    published, draft = make_quiz("one").versions.get(), make_quiz("two", published=False).versions.get()
    address = reverse("assessments:quiz-try", args=[published.quiz_id])

    assert address in tess.get(f"{LIST}edit/{published.pk}/").content.decode()
    assert "Try it out" not in tess.get(f"{LIST}edit/{draft.pk}/").content.decode()


def test_a_published_quiz_can_be_given_by_hand(tess):
    published = published_version(make_quiz())
    draft = newest_versions().get(quiz=make_quiz("draft", published=False))
    give = reverse("assessments:given-new")

    assert f"{give}?quiz={published.quiz_id}" in tess.get(f"{LIST}edit/{published.pk}/").content.decode()
    assert give not in tess.get(f"{LIST}edit/{draft.pk}/").content.decode()


def test_the_form_costs_the_same_for_1_and_3_slots(tess):
    costs = []
    for number, slots in enumerate((1, 3)):
        QuestionFactory(tags=["crm"])
        tess.post(f"{LIST}new/", typed(*[{"tag": "crm", "count": 1}] * slots, key=f"quiz-{number}"))
        url = f"{LIST}edit/{QuizVersion.objects.latest('pk').pk}/"
        tess.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert tess.get(url).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]
