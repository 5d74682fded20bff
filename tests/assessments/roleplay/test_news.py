"""The words of what this room announces to people."""

import pytest
from django.utils import translation

from lms.notifications.kinds import words
from lms.notifications.models import Notification
from tests.factories.roleplay import make_call


@pytest.mark.parametrize("state", ["settled", "cancelled"])
def test_every_notification_of_a_call_has_words_that_take_its_params(cast, state):
    make_call(cast.ana, cast.eva, state)

    told = list(Notification.objects.filter(kind__startswith="mystery_call"))

    assert {news.kind for news in told} == {
        "settled": {"mystery_call_planned", "mystery_call_debriefed", "mystery_call_acknowledged"},
        "cancelled": {"mystery_call_planned", "mystery_call_cancelled"},
    }[state]
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for news in told:
                title, body = words(news.kind, news.params)
                assert title != news.kind
                assert "%(" not in title + body


def test_nothing_that_the_agent_is_told_beforehand_names_the_scenario(cast):
    call = make_call(cast.ana, cast.eva)
    scenario = call.scenario_version.scenario

    (news,) = Notification.objects.filter(recipient=cast.ana)

    for secret in (scenario.key, scenario.title_zh, scenario.title_en):
        assert secret not in str(news.params) + news.url + "".join(words(news.kind, news.params))
