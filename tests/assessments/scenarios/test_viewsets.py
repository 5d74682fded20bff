import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.scenarios.models import Scenario, ScenarioVersion
from assessments.scenarios.queries import newest_versions, published_version
from assessments.scenarios.services import save_version
from assessments.scenarios.states import ScenarioState
from lms.audit.models import AuditEntry
from tests.factories.scenarios import make_scenario
from tests.factories.scorecards import make_scorecard
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/scenarios/"
PUBLISH = {"action-publish": "1"}


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


def point(key, item="restates", **more):
    return {
        "key": key, "item_key": item, "weight": "1", "text_zh": "要点", "text_en": f"Point {key}",
        "standard_answer_zh": "答案", "standard_answer_en": "Answer", "listen_for_zh": "", "listen_for_en": "",
        "advice_zh": "", "advice_en": "",
    } | more  # fmt: skip


def typed(card, *points, **more):
    data = {
        "key": "moving-house", "title_zh": "移机", "title_en": "Moving house", "difficulty": 3, "direction": "inbound",
        "line_of_business": "billing", "traps_zh": "", "traps_en": "", "documents_zh": "", "documents_en": "", "skills": [], "scorecard": card.scorecard_id, "minutes": 6, "persona_zh": "周敏", "persona_en": "Zhou Min",
        "mood_zh": "", "mood_en": "", "opening_line_zh": "您好", "opening_line_en": "Hello", "knows_zh": "",
        "knows_en": "", "announcement_zh": "明访拨测", "announcement_en": "A mystery call", "closing_zh": "",
        "closing_en": "", "points-TOTAL_FORMS": len(points), "points-INITIAL_FORMS": 0, "points-MIN_NUM_FORMS": 1,
        "points-MAX_NUM_FORMS": 1000, "branches-TOTAL_FORMS": 0, "branches-INITIAL_FORMS": 0,
        "branches-MIN_NUM_FORMS": 0, "branches-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    for place, row in enumerate(points):
        row = {"ORDER": place + 1, "id": "", "DELETE": ""} | row
        data |= {f"points-{place}-{name}": value for name, value in row.items()}
    return data | more


def as_typed(version, **changes):
    """What the form of this version would send, with changes."""
    names = [field.name for field in ScenarioVersion._meta.concrete_fields]
    texts = {name: getattr(version, name) for name in names if name.endswith(("_zh", "_en")) or name == "minutes"}
    scenario = version.scenario
    rows = []
    for row in version.points.all():
        fields = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
        kept = {name: value for name, value in fields.items() if name not in ("version", "order", "is_fatal")}
        rows.append(kept | ({"is_fatal": "on"} if row.is_fatal else {}))
    identity = {"title_zh": scenario.title_zh, "title_en": scenario.title_en, "difficulty": scenario.difficulty}
    identity["line_of_business"] = scenario.line_of_business
    card = version.scorecard.versions.first()
    branches = branch_rows(version.branches.values("id", "when_zh", "when_en", "say_zh", "say_en"))
    branches["branches-INITIAL_FORMS"] = branches["branches-TOTAL_FORMS"]
    return typed(card, *rows) | branches | texts | identity | {"points-INITIAL_FORMS": len(rows)} | changes


def branch_rows(rows):
    """The branches as the form sends them."""
    data = {"branches-TOTAL_FORMS": len(rows)}
    for place, row in enumerate(rows):
        row = {"ORDER": place + 1, "id": "", "DELETE": ""} | row
        data |= {f"branches-{place}-{name}": value for name, value in row.items()}
    return data


@pytest.mark.parametrize(("name", "status"), [("tess", 200), ("quinn", 200), ("eva", 302), ("carl", 302), ("ana", 302)])
def test_scenarios_are_for_authors(client, authors, name, status):
    version = make_scenario()
    client.force_login(authors.people[name])

    assert client.get(LIST).status_code == status
    assert client.get(f"{LIST}new/").status_code == status
    assert client.get(f"{LIST}edit/{version.pk}/").status_code == status


def test_list_costs_the_same_for_1_and_3_rows(tess):
    costs = []
    for count in (1, 2):
        for _n in range(count):
            make_scenario()
        tess.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert tess.get(LIST).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_list_shows_the_newest_version_of_each_and_filters(tess):
    first = make_scenario()
    second = make_scenario(scenario=first.scenario, state=ScenarioState.DRAFT)
    other = make_scenario()
    other.scenario.skills.add(SkillFactory(key="crm"))

    def found(query=""):
        return set(tess.get(f"{LIST}?{query}").context["object_list"])

    assert found() == {second, other}
    assert found("state=draft") == {second}
    assert found(f"skills={SkillFactory(key='crm').pk}") == {other}
    Scenario.objects.filter(pk=other.scenario_id).update(line_of_business="billing", direction="outbound")
    assert found("line_of_business=billing") == found("direction=outbound") == {other}
    assert found(f"q={other.scenario.key}") == {other}


def test_the_form_offers_the_items_of_the_scorecard_in_effect(tess):
    make_scorecard()

    text = tess.get(f"{LIST}new/").content.decode()

    for key in ("restates", "solves", "accuracy"):
        assert f'<option value="{key}">' in text


def test_create_saves_a_draft(tess):
    card = make_scorecard()

    answer = tess.post(f"{LIST}new/", typed(card, point("a"), point("fee", "accuracy", is_fatal="on", weight="2")))

    assert answer.status_code == 302, answer.context["form"].errors
    version = ScenarioVersion.objects.get()
    assert (version.state, version.number, version.scenario.title_en, version.scenario.difficulty) == (
        ScenarioState.DRAFT,
        1,
        "Moving house",
        3,
    )
    rows = [(row.key, row.item_key, row.is_fatal, row.weight) for row in version.points.all()]
    assert rows == [("a", "restates", False, 1), ("fee", "accuracy", True, 2)]


def test_create_keeps_branches_traps_documents_and_line_of_business(tess):
    rows = branch_rows([{"when_zh": "减免", "when_en": "Waives", "say_zh": "确定？", "say_en": "Sure?"}])
    words = {"traps_en": "A polite yes", "documents_en": "The page of fees", "closed_book": "on"}

    answer = tess.post(f"{LIST}new/", typed(make_scorecard(), point("a"), **rows, **words))

    assert answer.status_code == 302, answer.context["form"].errors
    version = ScenarioVersion.objects.get()
    assert version.scenario.line_of_business == "billing"
    assert (version.traps_en, version.documents_en, version.closed_book) == ("A polite yes", "The page of fees", True)
    assert list(version.branches.values_list("when_en", "say_en")) == [("Waives", "Sure?")]


def test_create_and_publish(tess):
    answer = tess.post(f"{LIST}new/", typed(make_scorecard(), point("a"), **PUBLISH))

    assert answer.status_code == 302
    assert published_version(Scenario.objects.get()).number == 1


def test_publish_with_a_point_of_no_item_says_which_and_keeps_what_was_typed(tess):
    answer = tess.post(f"{LIST}new/", typed(make_scorecard(), point("a"), point("lost", "no-such-item"), **PUBLISH))

    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Point “lost” names the item “no-such-item”" in text
    assert 'value="Point lost"' in text
    assert not Scenario.objects.exists()


def test_a_draft_may_be_unfinished(tess):
    tess.post(f"{LIST}new/", typed(make_scorecard(), point("lost", "no-such-item")))

    assert ScenarioVersion.objects.get().state == ScenarioState.DRAFT


def test_two_scenarios_can_not_have_one_key(tess):
    tess.post(f"{LIST}new/", typed(make_scorecard(), point("a")))

    answer = tess.post(f"{LIST}new/", typed(make_scenario().scorecard.versions.first(), point("a")))

    assert "key" in answer.context["form"].errors


def test_edit_of_a_used_version_saves_the_next_one_and_opens_it(tess, at):
    old = make_scenario(used_at=at)

    answer = tess.post(f"{LIST}edit/{old.pk}/", as_typed(old, persona_en="Somebody else"))

    assert answer.status_code == 302, answer.context["form"].errors
    new = newest_versions().get()
    assert answer["Location"] == f"{LIST}edit/{new.pk}/"
    assert (new.number, new.state, new.persona_en, new.points.count()) == (2, ScenarioState.DRAFT, "Somebody else", 3)
    assert (new.branches.count(), old.branches.count()) == (1, 1)
    old.refresh_from_db()
    assert old.persona_en != "Somebody else"
    assert old.points.count() == 3
    assert "Version 1 has been played" not in tess.get(answer["Location"]).content.decode()


def test_edit_and_publish_of_a_used_version(tess, at):
    old = make_scenario(used_at=at)

    tess.post(f"{LIST}edit/{old.pk}/", as_typed(old, persona_en="Somebody else", **PUBLISH))

    assert published_version(old.scenario).number == 2


def test_edit_of_a_used_version_that_breaks_it_refuses_to_publish_and_changes_nothing(tess, at):
    old = make_scenario(used_at=at)

    answer = tess.post(f"{LIST}edit/{old.pk}/", as_typed(old, **PUBLISH, **{"points-0-item_key": "gone"}))

    assert answer.status_code == 200
    assert "gone" in answer.content.decode()
    assert f'action="{LIST}edit/{old.pk}/"' in answer.content.decode()
    assert ScenarioVersion.objects.count() == 1


def test_begin_the_next_version_of_a_used_one_without_a_change(tess, at):
    old = make_scenario(used_at=at)
    url = f"{LIST}edit/{old.pk}/"
    assert 'name="action-draft"' in tess.get(url).content.decode()

    answer = tess.post(url, as_typed(old, **{"action-draft": "1"}))

    new = newest_versions().get()
    assert answer["Location"] == f"{LIST}edit/{new.pk}/"
    assert (new.number, new.state, new.persona_en, new.points.count(), new.branches.count()) == (
        2, ScenarioState.DRAFT, old.persona_en, 3, 1,
    )  # fmt: skip
    assert 'name="action-draft"' not in tess.get(answer["Location"]).content.decode()


def test_begin_of_a_version_that_nobody_used_stays_the_same_version(tess):
    version = make_scenario()

    tess.post(f"{LIST}edit/{version.pk}/", as_typed(version, **{"action-draft": "1"}))

    assert ScenarioVersion.objects.get() == version


def test_two_points_with_one_key_are_told_and_nothing_is_saved(tess):
    answer = tess.post(f"{LIST}new/", typed(make_scorecard(), point("a"), point("a"), point("b")))

    assert answer.status_code == 200
    assert "Two points have the key “a”" in answer.content.decode()
    assert not Scenario.objects.exists()


def test_one_of_two_points_with_one_key_may_be_taken_out(tess):
    gone = point("a") | {"DELETE": "on"}

    answer = tess.post(f"{LIST}new/", typed(make_scorecard(), point("a"), gone))

    assert answer.status_code == 302, answer.context["form"].errors
    assert ScenarioVersion.objects.get().points.count() == 1


def test_the_form_of_a_draft_says_what_is_missing_before_it_can_be_published(tess):
    tess.post(f"{LIST}new/", typed(make_scorecard(), point("a"), point("lost", "no-such-item")))
    draft = ScenarioVersion.objects.get()

    text = tess.get(f"{LIST}edit/{draft.pk}/").content.decode()
    assert "Before this version can be published:" in text
    assert "Point “lost” names the item “no-such-item”" in text

    draft.points.filter(key="lost").update(item_key="solves")
    assert "Nothing is missing" in tess.get(f"{LIST}edit/{draft.pk}/").content.decode()


def test_a_used_version_can_not_be_changed_by_the_service(authors, at):
    old = make_scenario(used_at=at)
    old.persona_en = "Somebody else"

    saved = save_version(old, actor=authors.tess, at=at)

    assert saved.number == 2
    assert ScenarioVersion.objects.get(number=1).persona_en != "Somebody else"


def test_edit_of_the_title_only_makes_no_new_version(tess, at):
    old = make_scenario(used_at=at)

    tess.post(f"{LIST}edit/{old.pk}/", as_typed(old, title_en="House moved"))

    assert ScenarioVersion.objects.count() == 1
    assert Scenario.objects.get().title_en == "House moved"
    entry = AuditEntry.objects.get(action="scenario_described")
    assert entry.changes == {"title_en": ["Moving house", "House moved"]}


def test_edit_of_an_unused_version_is_in_place(tess):
    version = make_scenario()

    tess.post(f"{LIST}edit/{version.pk}/", as_typed(version, minutes=9))

    assert [(row.pk, row.minutes, row.state) for row in ScenarioVersion.objects.all()] == [
        (version.pk, 9, ScenarioState.PUBLISHED)
    ]


def test_publish_of_a_saved_draft_without_a_change(tess):
    version = make_scenario(state=ScenarioState.DRAFT)

    tess.post(f"{LIST}edit/{version.pk}/", as_typed(version, **PUBLISH))

    assert published_version(version.scenario) == version


def test_edit_opens_the_newest_version_also_by_an_older_address(tess):
    old = make_scenario()
    new = make_scenario(scenario=old.scenario)

    assert tess.get(f"{LIST}edit/{old.pk}/").context["object"] == new


def test_nothing_is_deleted(tess):
    version = make_scenario()

    assert tess.get(f"{LIST}delete/{version.pk}/").status_code == 404
