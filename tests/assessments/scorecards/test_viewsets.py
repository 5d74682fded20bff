"""The back office of scorecards: who may, what is saved, what is refused, what is only read."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.scorecards.models import Scorecard, ScorecardVersion
from assessments.scorecards.queries import company_day, items_of, sections_of, version_in_effect
from assessments.scorecards.states import ScorecardState
from tests.factories.scorecards import ScorecardFactory, make_scorecard
from tests.factories.skills import SkillFactory

LIST = "/admin/scorecards/"


@pytest.fixture
def authors(cast):
    for who, role in ((cast.tess, "training_specialist"), (cast.quinn, "qc_lead")):
        who.groups.add(Group.objects.get_or_create(name=role)[0])
        who.language = "en"
        who.save()
    return cast


@pytest.fixture
def quinn(client, authors):
    client.force_login(authors.quinn)
    return client


def item(key, skill, **more):
    return {
        "key": key, "skill": skill.pk, "name_zh": "项", "name_en": f"Item {key}", "kind": "scored", "fatal_class": "",
        "points_possible": 4, "weight": "1", "not_applicable": "dropped", "guidance_zh": "", "guidance_en": "",
    } | more  # fmt: skip


def typed(*sections, **more):
    """The form as a browser sends it: sections with their items, nested."""
    data = {
        "key": "chat", "channel": "chat", "name_zh": "在线评分表", "name_en": "Chat scorecard", "pass_percent": "85",
        "in_effect_from": "", **management("sections", len(sections)),
    }  # fmt: skip
    for place, items in enumerate(sections):
        prefix = f"sections-{place}"
        row = {"key": f"part-{place}", "name_zh": "部分", "name_en": "Part", "ORDER": place + 1, "id": "", "DELETE": ""}
        data |= {f"{prefix}-{name}": value for name, value in row.items()}
        data |= management(f"{prefix}-items", len(items))
        for number, values in enumerate(items):
            row = {"ORDER": number + 1, "id": "", "DELETE": ""} | values
            data |= {f"{prefix}-items-{number}-{name}": value for name, value in row.items()}
    return data | more


def management(prefix, total):
    counts = {"TOTAL": total, "INITIAL": 0, "MIN_NUM": 1, "MAX_NUM": 1000}
    return {f"{prefix}-{name}_FORMS": number for name, number in counts.items()}


def with_ids(data, version):
    """The same, as the edit form sends it."""
    sections = list(version.sections.all())
    data["sections-INITIAL_FORMS"] = len(sections)
    for place, section in enumerate(sections):
        data[f"sections-{place}-id"] = section.pk
        items = list(section.items.all())
        data[f"sections-{place}-items-INITIAL_FORMS"] = len(items)
        for number, row in enumerate(items):
            data[f"sections-{place}-items-{number}-id"] = row.pk
    return data


def in_days(number):
    return company_day(timezone.now()) + timedelta(days=number)


@pytest.mark.parametrize(("name", "status"), [("quinn", 200), ("tess", 302), ("eva", 302), ("ana", 302)])
def test_scorecards_are_for_qc_leads(client, authors, name, status):
    draft, published = make_scorecard(draft=True), make_scorecard()
    client.force_login(authors.people[name])

    for path in ("", "new/", f"edit/{draft.pk}/", f"inspect/{published.pk}/"):
        assert client.get(LIST + path).status_code == status
    allowed = name == "quinn"
    response = client.post(f"{LIST}draft/{published.pk}/")
    assert ScorecardVersion.objects.count() == 2 + allowed
    assert response.status_code == 302 if allowed else response.status_code in (302, 403)


def test_list_costs_the_same_for_1_and_3_rows(quinn):
    costs = []
    for keys in (["a"], ["b", "c"]):
        for key in keys:
            make_scorecard(scorecard=ScorecardFactory(key=key))
        quinn.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert quinn.get(LIST).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_create_saves_sections_and_items_in_order(quinn):
    skill = SkillFactory()
    data = typed(
        [item("b", skill, ORDER=2), item("a", skill, ORDER=1)],
        [item("f", skill, kind="fatal", fatal_class="business", not_applicable="not_allowed", points_possible=4)],
    )

    answer = quinn.post(f"{LIST}new/", data)

    assert answer.status_code == 302, answer.context["form"].errors
    version = ScorecardVersion.objects.get()
    assert (version.state, version.pass_share, version.scorecard.key) == ("draft", Decimal("0.85"), "chat")
    assert [[row.key for row in part.items] for part in sections_of(version)] == [["a", "b"], ["f"]]
    assert [row.points_possible for row in items_of(version)] == [4, 4, 1]


def test_create_and_publish_from_the_eighth_day(quinn):
    data = typed([item("a", SkillFactory())], in_effect_from=in_days(7).isoformat(), **{"action-publish": "1"})

    quinn.post(f"{LIST}new/", data)

    version = ScorecardVersion.objects.get()
    assert (version.state, version.effective_on) == ("published", in_days(7))
    assert version_in_effect(version.scorecard, in_days(7)) == version


@pytest.mark.parametrize(
    ("day", "items", "words"),
    [
        (6, [{}], "A new version is published 7 days before it counts"),
        (None, [{}], "Say from which day"),
        (7, [{"kind": "fatal", "fatal_class": "business"}], "at least one scored item"),
        (7, [{}, {"kind": "fatal"}], "Each fatal item says"),
    ],
)
def test_what_can_not_be_published_is_said_and_nothing_is_saved(quinn, day, items, words):
    skill = SkillFactory()
    rows = [item(f"i{number}", skill, **values) for number, values in enumerate(items)]
    day = in_days(day).isoformat() if day is not None else ""

    page = quinn.post(f"{LIST}new/", typed(rows, in_effect_from=day, **{"action-publish": "1"}))

    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Scorecard.objects.exists()


def test_draft_is_edited_in_place(quinn):
    version = make_scorecard(draft=True)
    skill = SkillFactory()
    data = with_ids(typed([item(row.key, skill, kind="scored") for row in items_of(version)]), version)
    data |= {"key": "hijacked", "channel": "chat", "sections-0-items-1-DELETE": "1", "name_en": "Voice, renamed"}

    answer = quinn.post(f"{LIST}edit/{version.pk}/", data)

    assert answer.status_code == 302, answer.context["form"].errors
    version = ScorecardVersion.objects.get()
    assert [row.key for row in items_of(version)] == ["restates", "accuracy", "filler-words", "extra-mile"]
    assert (version.pass_share, version.scorecard.name_en) == (Decimal("0.85"), "Voice, renamed")
    assert (version.scorecard.key, version.scorecard.channel) == ("voice", "voice")


def test_edit_shows_what_is_there(quinn):
    version = make_scorecard(draft=True)

    content = quinn.get(f"{LIST}edit/{version.pk}/").content.decode()

    assert all(f'value="{key}"' in content for key in ("restates", "solves", "accuracy", "filler-words", "extra-mile"))


def test_published_version_is_read_only(quinn):
    version = make_scorecard()
    data = with_ids(typed([item("a", SkillFactory())]), version)

    for answer in (quinn.get(f"{LIST}edit/{version.pk}/"), quinn.post(f"{LIST}edit/{version.pk}/", data)):
        assert answer["Location"] == f"{LIST}inspect/{version.pk}/"
    assert items_of(version)[0].key == "restates"
    page = quinn.get(f"{LIST}inspect/{version.pk}/").content.decode()
    assert "Item restates" in page
    assert "How to judge it" in page


def test_new_draft_from_a_published_version(quinn):
    version = make_scorecard()

    answer = quinn.post(f"{LIST}draft/{version.pk}/")

    draft = ScorecardVersion.objects.get(state=ScorecardState.DRAFT)
    assert answer["Location"] == f"{LIST}edit/{draft.pk}/"
    assert len(items_of(draft)) == 5
    assert quinn.get(f"{LIST}draft/{version.pk}/").status_code == 405


def test_key_is_taken_once(quinn):
    ScorecardFactory(key="chat")

    page = quinn.post(f"{LIST}new/", typed([item("a", SkillFactory())]))

    assert "Another scorecard has this key already." in page.content.decode()
    assert not ScorecardVersion.objects.exists()
