from datetime import date, timedelta

import pytest

from assessments.scenarios.models import Point, ScenarioVersion
from assessments.scenarios.queries import playable_scenarios, published_version
from assessments.scenarios.rules import Gap
from assessments.scenarios.services import ScenarioNotReady, publish_scenario, save_version, use_scenario
from assessments.scenarios.states import ScenarioState
from lms.audit.models import AuditEntry
from lms.kernel.states import IllegalMove, StaleState
from tests.factories.scenarios import PointFactory, ScenarioFactory, ScenarioVersionFactory, make_scenario
from tests.factories.scorecards import ItemFactory, ScorecardVersionFactory, SectionFactory, make_scorecard

pytestmark = pytest.mark.django_db


def test_publish_scenario_makes_it_the_one_that_is_played(cast, at):
    version = make_scenario(state=ScenarioState.DRAFT)
    assert published_version(version.scenario) is None

    publish_scenario(version, actor=cast.tess, at=at)

    version.refresh_from_db()
    assert version.state == ScenarioState.PUBLISHED
    assert published_version(version.scenario) == version
    entry = AuditEntry.objects.get(action="scenario_published")
    assert (entry.actor, entry.at, entry.changes) == (cast.tess, at, {"state": ["draft", "published"]})


def test_publish_scenario_with_a_point_of_no_item_is_refused_in_clear_words(cast, at):
    version = make_scenario(state=ScenarioState.DRAFT)
    PointFactory(version=version, key="lost", item_key="no-such-item")

    with pytest.raises(ScenarioNotReady) as caught:
        publish_scenario(version, actor=cast.tess, at=at)

    assert [found.gap for found in caught.value.findings] == [Gap.UNKNOWN_ITEM]
    assert "lost" in caught.value.faults[0]
    assert "no-such-item" in caught.value.faults[0]
    version.refresh_from_db()
    assert version.state == ScenarioState.DRAFT


def test_publish_scenario_looks_at_the_version_in_effect_on_the_day(cast, at):
    card = make_scorecard()
    newer = ScorecardVersionFactory(scorecard=card.scorecard, effective_on=date(2026, 3, 10))
    ItemFactory(section=SectionFactory(version=newer), key="something-else")
    version = make_scenario(scorecard_version=card, state=ScenarioState.DRAFT)
    later = make_scenario(scorecard_version=card, state=ScenarioState.DRAFT)

    publish_scenario(version, actor=cast.tess, at=at)
    with pytest.raises(ScenarioNotReady):
        publish_scenario(later, actor=cast.tess, at=at + timedelta(days=8))


def test_publish_scenario_without_a_scorecard_in_effect_is_refused(cast, at):
    card = make_scorecard(effective_on=date(2026, 6, 1), published_on=date(2026, 5, 1))
    version = make_scenario(scorecard_version=card, state=ScenarioState.DRAFT)

    with pytest.raises(ScenarioNotReady) as caught:
        publish_scenario(version, actor=cast.tess, at=at)

    assert [found.gap for found in caught.value.findings] == [Gap.NO_SCORECARD]


def test_publish_scenario_twice_is_refused(cast, at):
    version = make_scenario(state=ScenarioState.DRAFT)
    stale = ScenarioVersion.objects.get(pk=version.pk)
    publish_scenario(version, actor=cast.tess, at=at)

    with pytest.raises(IllegalMove):
        publish_scenario(version, actor=cast.tess, at=at)
    with pytest.raises(StaleState):
        publish_scenario(stale, actor=cast.quinn, at=at)


def test_published_version_is_the_newest_published(cast, at):
    first = make_scenario()
    second = make_scenario(scenario=first.scenario)
    make_scenario(scenario=first.scenario, state=ScenarioState.DRAFT)

    assert published_version(first.scenario) == second


def test_playable_scenarios_leave_out_drafts():
    version = make_scenario(minutes=7)
    make_scenario(state=ScenarioState.DRAFT)

    assert [(row, row.minutes) for row in playable_scenarios()] == [(version.scenario, 7)]


def test_save_version_begins_with_number_one_and_a_draft(cast, at):
    card = make_scorecard()
    version = ScenarioVersionFactory.build(
        scenario=ScenarioFactory(), scorecard=card.scorecard, number=99, state=ScenarioState.PUBLISHED
    )
    version.points.add(Point(key="a", text_en="A", standard_answer_en="…", item_key="restates"))

    saved = save_version(version, actor=cast.tess, at=at)

    saved = ScenarioVersion.objects.get(pk=saved.pk)
    assert (saved.number, saved.state, saved.created_at) == (1, ScenarioState.DRAFT, at)
    assert [point.key for point in saved.points.all()] == ["a"]


def test_save_version_of_an_unused_one_edits_it_in_place(cast, at):
    version = ScenarioVersion.objects.get(pk=make_scenario().pk)
    version.persona_en = "Somebody else"

    saved = save_version(version, actor=cast.tess, at=at)

    assert saved.pk == version.pk
    assert ScenarioVersion.objects.get().persona_en == "Somebody else"
    assert ScenarioVersion.objects.get().state == ScenarioState.PUBLISHED


def test_save_version_of_a_published_one_must_stay_playable(cast, at):
    version = ScenarioVersion.objects.get(pk=make_scenario().pk)
    points = list(version.points.all())
    points[0].item_key = "no-such-item"
    version.points.set(points)

    with pytest.raises(ScenarioNotReady):
        save_version(version, actor=cast.tess, at=at)

    assert set(Point.objects.values_list("item_key", flat=True)) == {"restates", "accuracy"}


def test_save_version_of_a_used_one_makes_a_new_draft_and_leaves_the_old(cast, at):
    old = make_scenario(used_at=at)
    old_points = {point.pk: point.text_en for point in old.points.all()}
    edited = ScenarioVersion.objects.get(pk=old.pk)
    edited.persona_en = "Somebody else"
    points = list(edited.points.all())
    points[0].text_en = "Said in other words"
    edited.points.set(points[:2])

    saved = save_version(edited, actor=cast.tess, at=at)

    new = ScenarioVersion.objects.get(pk=saved.pk)
    assert (new.number, new.state, new.used_at) == (2, ScenarioState.DRAFT, None)
    assert new.persona_en == "Somebody else"
    assert [point.text_en for point in new.points.all()] == ["Said in other words", "Point restates"]
    kept = ScenarioVersion.objects.get(pk=old.pk)
    assert (kept.persona_en, kept.state, kept.used_at) == (old.persona_en, ScenarioState.PUBLISHED, at)
    assert {point.pk: point.text_en for point in kept.points.all()} == old_points


def test_save_version_that_was_used_while_the_author_wrote_makes_a_new_draft(cast, at):
    version = make_scenario()
    edited = ScenarioVersion.objects.get(pk=version.pk)
    use_scenario(version.scenario, at=at)

    saved = save_version(edited, actor=cast.tess, at=at)

    assert saved.number == 2


def test_use_scenario_freezes_the_newest_version(at):
    make_scenario()
    second = make_scenario(scenario=ScenarioVersion.objects.get().scenario)

    used = use_scenario(second.scenario, at=at)
    again = use_scenario(second.scenario, at=at + timedelta(hours=1))

    assert (used, again) == (second, second)
    assert again.used_at == at


def test_use_scenario_without_a_published_version_is_refused(at):
    draft = make_scenario(state=ScenarioState.DRAFT)

    with pytest.raises(ScenarioVersion.DoesNotExist):
        use_scenario(draft.scenario, at=at)


def test_use_scenario_that_no_longer_fits_the_scorecard_is_refused(at):
    version = make_scenario()
    newer = ScorecardVersionFactory(scorecard=version.scorecard, effective_on=date(2026, 3, 1))
    ItemFactory(section=SectionFactory(version=newer), key="something-else")

    with pytest.raises(ScenarioNotReady):
        use_scenario(version.scenario, at=at)
