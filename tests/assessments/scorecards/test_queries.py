from datetime import UTC, date, datetime

import pytest

from assessments.scorecards.queries import company_day, items_of, sections_of, version_for_channel, version_in_effect
from assessments.scorecards.states import Channel
from tests.factories.scorecards import (
    ItemFactory,
    ScorecardFactory,
    ScorecardVersionFactory,
    SectionFactory,
    make_scorecard,
)

pytestmark = pytest.mark.django_db


def test_version_in_effect_is_the_newest_that_counts_on_the_day():
    first = ScorecardVersionFactory(effective_on=date(2026, 1, 1))
    second = ScorecardVersionFactory(effective_on=date(2026, 2, 1))
    ScorecardVersionFactory(draft=True)
    ScorecardVersionFactory(scorecard=ScorecardFactory(key="chat"), effective_on=date(2026, 2, 15))

    found = [
        version_in_effect(first.scorecard, day)
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 9, 1))
    ]

    assert found == [None, first, first, second, second]


def test_version_for_channel_knows_only_its_channel():
    voice = ScorecardVersionFactory()
    chat = ScorecardVersionFactory(scorecard=ScorecardFactory(key="chat", channel=Channel.CHAT))

    assert version_for_channel(Channel.VOICE, date(2026, 2, 1)) == voice
    assert version_for_channel(Channel.CHAT, date(2026, 2, 1)) == chat
    assert version_for_channel(Channel.WORK_ORDER, date(2026, 2, 1)) is None


def test_company_day_turns_at_the_head_offices_midnight():
    assert company_day(datetime(2026, 2, 28, 15, 59, tzinfo=UTC)) == date(2026, 2, 28)
    assert company_day(datetime(2026, 2, 28, 16, 0, tzinfo=UTC)) == date(2026, 3, 1)


def test_items_come_in_reading_order():
    version = ScorecardVersionFactory()
    second, first = SectionFactory(version=version, order=2), SectionFactory(version=version, order=1)
    third_item = ItemFactory(section=second, order=0)
    second_item, first_item = ItemFactory(section=first, order=1), ItemFactory(section=first, order=0)

    assert items_of(version) == [first_item, second_item, third_item]
    assert [heading.section for heading in sections_of(version)] == [first, second]


@pytest.mark.parametrize("more", [0, 3])
def test_items_are_read_in_one_query(more, django_assert_num_queries):
    version = make_scorecard()
    for _number in range(more):
        ItemFactory(section=version.sections.get())

    with django_assert_num_queries(1):
        names = [(item.section.name, item.skill.name) for item in items_of(version)]

    assert len(names) == 5 + more
