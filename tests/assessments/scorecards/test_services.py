from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from assessments.scorecards.models import Item
from assessments.scorecards.queries import items_of, version_in_effect
from assessments.scorecards.services import ItemText, SectionText, copy_version, draft_version, publish_version
from assessments.scorecards.states import FatalClass, ItemKind, ScorecardState
from lms.audit.models import AuditEntry
from lms.kernel.states import IllegalMove, StaleState
from tests.factories.scorecards import ItemFactory, ScorecardFactory, make_scorecard
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

#: `at` is 2 March 2026 in Shanghai.
EARLIEST = date(2026, 3, 9)


def sections(*kinds):
    skill = SkillFactory()
    items = [
        ItemText(
            key=f"{kind}-{place}",
            kind=kind,
            skill=skill,
            name_zh="项",
            name_en="Item",
            points_possible=4 if kind == ItemKind.SCORED else 1,
            fatal_class=FatalClass.BUSINESS if kind == ItemKind.FATAL else "",
        )
        for place, kind in enumerate(kinds)
    ]
    return [SectionText("all", "全部", "All", items)]


def draft(cast, at, *kinds, scorecard=None):
    return draft_version(
        scorecard or ScorecardFactory(),
        pass_share=Decimal("0.8"),
        sections=sections(*(kinds or (ItemKind.SCORED, ItemKind.FATAL))),
        actor=cast.quinn,
        at=at,
    )


def test_draft_has_its_items_in_order_and_the_next_number(cast, at):
    first = draft(cast, at)
    second = draft(cast, at, scorecard=first.scorecard)

    assert [item.key for item in items_of(first)] == ["scored-0", "fatal-1"]
    assert (first.number, second.number) == (1, 2)
    assert first.state == ScorecardState.DRAFT


def test_published_by_people_counts_after_seven_days(cast, at):
    version = draft(cast, at)

    publish_version(version, effective_on=EARLIEST, actor=cast.quinn, at=at)

    version.refresh_from_db()
    assert (version.state, version.published_on, version.effective_on) == ("published", date(2026, 3, 2), EARLIEST)
    assert version_in_effect(version.scorecard, date(2026, 3, 8)) is None
    assert version_in_effect(version.scorecard, EARLIEST) == version
    assert AuditEntry.objects.filter(action="scorecard_version_published", actor=cast.quinn).count() == 1


def test_published_by_people_can_not_count_earlier(cast, at):
    version = draft(cast, at)

    with pytest.raises(ValidationError) as refused:
        publish_version(version, effective_on=date(2026, 3, 8), actor=cast.quinn, at=at)
    assert refused.value.code == "too_early"

    version.refresh_from_db()
    assert version.state == ScorecardState.DRAFT


def test_people_can_not_choose_the_day_of_publication(cast, at):
    version = draft(cast, at)

    publish_version(version, effective_on=EARLIEST, published_on=date(2026, 1, 1), actor=cast.quinn, at=at)

    assert version.published_on == date(2026, 3, 2)


def test_pack_sets_its_days(cast, at):
    version = draft(cast, at)

    publish_version(version, effective_on=date(2026, 1, 1), actor=None, at=at, is_from_pack=True)

    assert (version.published_on, version.effective_on) == (date(2026, 1, 1), date(2026, 1, 1))


def test_published_twice_is_refused(cast, at):
    version = draft(cast, at)
    stale = type(version).objects.get(pk=version.pk)
    publish_version(version, effective_on=EARLIEST, actor=cast.quinn, at=at)

    with pytest.raises(IllegalMove):
        publish_version(version, effective_on=EARLIEST, actor=cast.quinn, at=at)
    with pytest.raises(StaleState):
        publish_version(stale, effective_on=EARLIEST, actor=cast.quinn, at=at)


def test_later_number_does_not_take_effect_before_an_earlier_one(cast, at):
    first = draft(cast, at)
    publish_version(first, effective_on=date(2026, 4, 1), actor=cast.quinn, at=at)
    second = draft(cast, at, scorecard=first.scorecard)

    with pytest.raises(ValidationError) as refused:
        publish_version(second, effective_on=date(2026, 3, 20), actor=cast.quinn, at=at)
    assert refused.value.code == "later_version"


@pytest.mark.parametrize("kinds", [(ItemKind.FATAL,), (ItemKind.WARNING, ItemKind.BONUS)])
def test_scorecard_without_scored_items_is_not_published(cast, at, kinds):
    with pytest.raises(ValidationError) as refused:
        publish_version(draft(cast, at, *kinds), effective_on=EARLIEST, actor=cast.quinn, at=at)
    assert refused.value.code == "nothing_scored"


def test_fatal_item_without_class_is_not_published(cast, at):
    version = draft(cast, at)
    Item.objects.filter(kind=ItemKind.FATAL).update(fatal_class="")

    with pytest.raises(ValidationError) as refused:
        publish_version(version, effective_on=EARLIEST, actor=cast.quinn, at=at)
    assert refused.value.code == "no_class"


def test_same_key_in_two_sections_is_not_published(cast, at):
    version = draft(cast, at)
    ItemFactory(key="scored-0", section__version=version)

    with pytest.raises(ValidationError) as refused:
        publish_version(version, effective_on=EARLIEST, actor=cast.quinn, at=at)
    assert refused.value.code == "same_key"


def test_copy_is_a_draft_with_the_same_items(cast, at):
    version = make_scorecard()

    copy = copy_version(version, actor=cast.quinn, at=at)

    assert (copy.number, copy.state, copy.effective_on) == (version.number + 1, ScorecardState.DRAFT, None)
    assert [(i.key, i.kind, i.skill_id) for i in items_of(copy)] == [
        (i.key, i.kind, i.skill_id) for i in items_of(version)
    ]
    assert not {i.pk for i in items_of(copy)} & {i.pk for i in items_of(version)}
