"""What the frame knows, and what it costs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from lms.dashboards.context import frame
from tests.factories.notices import NotificationFactory


def request_of(person, *, path="/notifications/?page=2", **headers):
    request = RequestFactory().get(path, headers=headers)
    request.user = person
    request.htmx = HtmxDetails(request)
    return request


def test_frame_of_a_stranger_knows_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert frame(request_of(AnonymousUser())) == {"navigation": [], "unread_count": None}


def test_frame_before_sign_in_is_known_knows_nothing():
    assert frame(RequestFactory().get("/")) == {"navigation": [], "unread_count": None}


def test_frame_counts_unread_news_once_and_only_when_drawn(cast, django_assert_num_queries):
    NotificationFactory(recipient=cast.ana), NotificationFactory(recipient=cast.ana)
    NotificationFactory(recipient=cast.ana, read=True), NotificationFactory(recipient=cast.abel)
    request = request_of(cast.ana)

    with django_assert_num_queries(0):
        frame(request)
    with django_assert_num_queries(1):
        assert frame(request)["unread_count"] == 2
        assert frame(request)["unread_count"] > 1


def test_frame_of_a_fragment_asks_nothing(cast, django_assert_num_queries):
    with django_assert_num_queries(0):
        values = frame(request_of(cast.ana, **{"HX-Request": "true"}))

    assert values["unread_count"] is None


def test_frame_carries_the_lock_and_the_way_back(cast, settings):
    settings.IDLE_LOCK_SECONDS = 300

    values = frame(request_of(cast.ana))

    assert (values["idle_seconds"], values["lock_url"]) == (300, "/lock/")
    assert values["lock_page"] == "/locked/?next=%2Fnotifications%2F%3Fpage%3D2"


@pytest.mark.parametrize("enabled", [True, False])
def test_frame_switches_shortcuts_off(cast, enabled):
    cast.ana.shortcuts_enabled = enabled

    assert frame(request_of(cast.ana))["shortcuts_off"] is not enabled
