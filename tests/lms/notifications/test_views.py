"""Only one's own news; opening marks as read and leads on; GET writes nothing."""

from datetime import timedelta

import pytest

from lms.notifications.models import Notification
from tests.conftest import MON_9
from tests.factories.notices import NotificationFactory

LIST = "/notifications/"


@pytest.fixture
def ana(cast, client):
    cast.ana.language = "en"
    cast.ana.save()
    client.force_login(cast.ana)
    return cast.ana


def news(person, lesson, **more):
    return NotificationFactory(recipient=person, params={"lesson": lesson, "n": 5}, **more)


def test_list_shows_own_news_newest_first(cast, ana, client):
    news(ana, "Older", created_at=MON_9)
    news(ana, "Newer", created_at=MON_9 + timedelta(hours=1), read=True)
    news(cast.abel, "Foreign")

    page = client.get(LIST)

    assert [row.title for row in page.context["rows"]] == ["Please learn Newer", "Please learn Older"]
    assert [row.is_unread for row in page.context["rows"]] == [False, True]
    assert Notification.objects.unread().count() == 2  # reading the list marks nothing


def test_list_that_is_empty_says_what_will_come(ana, client):
    assert "No news yet" in client.get(LIST).text


def test_list_has_pages(ana, client):
    for n in range(30):
        news(ana, f"L{n}", created_at=MON_9 + timedelta(minutes=n))

    assert len(client.get(LIST).context["rows"]) == 25
    assert [row.title for row in client.get(LIST + "?page=2").context["rows"]][-1] == "Please learn L0"


def test_open_marks_read_and_leads_on(ana, client):
    item = news(ana, "Hold", url="/people/me/")

    assert client.post(f"{LIST}{item.pk}/")["Location"] == "/people/me/"

    item.refresh_from_db()
    assert item.read_at is not None


@pytest.mark.parametrize("url", ["", "https://elsewhere.example/", "//elsewhere.example/"])
def test_open_what_leads_nowhere_or_away_stays_in_the_list(ana, client, url):
    item = news(ana, "Hold", url=url)

    assert client.post(f"{LIST}{item.pk}/")["Location"] == LIST


def test_open_by_get_is_refused(ana, client):
    item = news(ana, "Hold")

    assert client.get(f"{LIST}{item.pk}/").status_code == 405


def test_news_of_somebody_else_is_not_found(cast, ana, client):
    item = news(cast.abel, "Foreign")

    assert client.post(f"{LIST}{item.pk}/").status_code == 404
    item.refresh_from_db()
    assert item.read_at is None


def test_mark_all_read_marks_the_own_only(cast, ana, client):
    news(ana, "A"), news(ana, "B")
    foreign = news(cast.abel, "Foreign")

    assert client.post(LIST + "mark-all-read/")["Location"] == LIST

    assert list(Notification.objects.unread()) == [foreign]
    assert client.get(LIST + "mark-all-read/").status_code == 405


def test_strangers_are_sent_to_sign_in(db, client):
    for response in (client.get(LIST), client.post(LIST + "1/"), client.post(LIST + "mark-all-read/")):
        assert response["Location"].startswith("/accounts/login/")


def test_list_costs_the_same_with_one_and_three(ana, client, django_assert_num_queries):
    news(ana, "A")
    client.get(LIST)  # the activity is written by the first request

    with django_assert_num_queries(4):
        client.get(LIST)
    news(ana, "B"), news(ana, "C")
    with django_assert_num_queries(4):
        client.get(LIST)
