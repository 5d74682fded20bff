"""Language, time zone, nothing kept, the idle lock, the notice, the next person."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.people.models import NoticeConfirmation, Site, User
from lms.people.services.signing import LOCKED_AT, SEEN_AT
from tests.factories.notices import NoticeFactory, NotificationFactory

LOCKED, NOTICE, LIST, ME, LOGIN = "/locked/", "/people/notice/", "/notifications/", "/people/me/", "/accounts/login/"
JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/notifications/?page=2"}


@pytest.fixture
def ana(cast, client):
    client.post(LOGIN, {"login": "ana", "password": "correct-horse"})
    return cast.ana


def last_seen(client, *, seconds_ago):
    session = client.session
    session[SEEN_AT] = timezone.now().timestamp() - seconds_ago
    session.save()


# --- language and time --------------------------------------------------------------------------------------


def test_page_is_in_the_persons_language_whatever_the_browser_says(cast, client):
    User.objects.filter(pk=cast.ana.pk).update(language="en")
    client.force_login(cast.ana)

    response = client.get(LIST, headers={"Accept-Language": "zh-CN"})

    assert '<html lang="en"' in response.text
    assert response["Content-Language"] == "en"


def test_time_is_that_of_the_persons_site_and_not_of_the_request_before(cast, client):
    Site.objects.update(time_zone="America/Lima")
    NotificationFactory(recipient=cast.ana)  # Monday, 1:00 UTC
    client.force_login(cast.ana)

    response = client.get(LIST)

    assert "20:00" in response.text  # Sunday evening in Lima
    Client().get(LOGIN)
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"


@pytest.mark.parametrize("next_page", ["/people/me/", "https://elsewhere.example/", "//elsewhere.example", ""])
def test_language_switch_is_kept_for_the_person_and_stays_on_this_host(cast, client, next_page):
    client.force_login(cast.ana)

    response = client.post("/language/", {"language": "en", "next": next_page})

    assert response["Location"] == ("/people/me/" if next_page == "/people/me/" else "/")
    assert client.cookies["django_language"].value == "en"
    assert User.objects.get(pk=cast.ana.pk).language == "en"


def test_language_switch_of_a_stranger_is_a_cookie(db, client):
    client.post("/language/", {"language": "en", "next": LOGIN})

    assert '<html lang="en"' in client.get(LOGIN).text
    assert client.get("/language/").status_code == 405


def test_unknown_language_changes_nothing(cast, client):
    client.force_login(cast.ana)

    response = client.post("/language/", {"language": "fr"})

    assert "django_language" not in response.cookies
    assert User.objects.get(pk=cast.ana.pk).language == "zh-hans"


# --- nothing kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [LIST, ME, "/accounts/sessions/", "/nowhere/"])
def test_pages_of_who_is_signed_in_are_never_kept_by_the_browser(ana, client, path):
    assert client.get(path)["Cache-Control"] == "no-store, private"


def test_change_person_leaves_nothing_for_the_next(ana, client):
    key = client.session.session_key
    NotificationFactory(recipient=ana)

    response = client.post("/change-person/")

    assert response["Location"] == LOGIN
    assert response["Clear-Site-Data"] == '"cache"'
    assert response["Cache-Control"] == "no-store, private"
    assert not SessionStore().exists(key)
    assert client.get(LIST)["Location"].startswith(LOGIN)
    assert ana.full_name not in client.get(LOGIN).text


def test_messages_of_one_person_are_not_shown_to_the_next(cast, client):
    client.force_login(cast.ana)
    client.post(ME, {"language": "en", "email": "ana@example.com"})  # leaves “Your settings are saved.”
    client.post("/change-person/")

    page = client.get(LOGIN, headers={"Accept-Language": "en"})

    assert "settings are saved" not in page.text
    assert "messages" not in client.cookies


def test_change_person_needs_a_press(ana, client):
    assert client.get("/change-person/").status_code == 405


def test_change_person_by_a_stranger_leads_to_sign_in(db, client):
    assert client.post("/change-person/")["Location"] == LOGIN


# --- the idle lock ------------------------------------------------------------------------------------------


def test_who_did_nothing_for_ten_minutes_is_locked(ana, client):
    last_seen(client, seconds_ago=601)

    response = client.get(LIST + "?page=2")

    assert response["Location"] == "/locked/?next=%2Fnotifications%2F%3Fpage%3D2"
    assert LOCKED_AT in client.session
    for path in (ME, "/nowhere/", "/admin/", "/"):
        assert client.get(path)["Location"].startswith(LOCKED)


def test_who_did_something_nine_minutes_ago_is_not_locked_and_counts_anew(ana, client):
    last_seen(client, seconds_ago=540)

    assert client.get(LIST).status_code == 200
    assert timezone.now().timestamp() - client.session[SEEN_AT] < 60


def test_polling_does_not_count_as_activity(ana, client):
    last_seen(client, seconds_ago=540)
    before = client.session[SEEN_AT]

    assert client.get(LIST, headers={"X-Background": "1"}).status_code == 200
    assert client.get(LIST, headers={"Accept": "text/event-stream"}).status_code == 200

    assert client.session[SEEN_AT] == before
    last_seen(client, seconds_ago=601)
    assert client.get(LIST, headers={"X-Background": "1", **JSON}).status_code == 423
    assert LOCKED_AT in client.session


def test_signs_of_life_of_the_back_office_do_not_count_as_activity(cast, client):
    client.force_login(cast.ada)
    client.get(ME)
    last_seen(client, seconds_ago=540)
    before = client.session[SEEN_AT]

    client.post("/admin/editing-sessions/ping/courses/lessonpage/1/1/")

    assert client.session[SEEN_AT] == before


def test_back_office_carries_the_idle_lock(cast, client):
    cast.ada.is_superuser = True
    cast.ada.save()
    client.force_login(cast.ada)

    page = client.get("/admin/")

    assert 'data-idle-seconds="600"' in page.text
    assert 'data-lock-url="/lock/"' in page.text


def test_activity_is_written_at_most_every_fifteen_seconds(ana, client):
    last_seen(client, seconds_ago=5)
    before = client.session[SEEN_AT]

    client.post("/still-here/")

    assert client.session[SEEN_AT] == before


def test_still_here_counts_as_activity(ana, client):
    last_seen(client, seconds_ago=300)

    assert client.post("/still-here/").status_code == 204

    assert timezone.now().timestamp() - client.session[SEEN_AT] < 60
    assert client.get("/still-here/").status_code == 405


def test_lock_by_hand_and_unlock_leads_back(ana, client):
    locked = client.post("/lock/", headers={"Referer": "http://testserver/people/me/"})
    page = client.get(locked["Location"])
    wrong = client.post(LOCKED, {"password": "not-the-one", "next": ME})
    stays = client.get(ME)
    right = client.post(LOCKED, {"password": "correct-horse", "next": ME})

    assert locked["Location"] == "/locked/?next=%2Fpeople%2Fme%2F"
    assert page.status_code == 200
    assert wrong.status_code == 200
    assert stays["Location"].startswith(LOCKED)
    assert right["Location"] == ME
    assert client.get(ME).status_code == 200


def test_unlock_takes_the_password_of_the_same_person_only(cast, ana, client):
    cast.abel.set_password("another-password")
    cast.abel.save()
    client.post("/lock/")

    assert client.post(LOCKED, {"password": "another-password"}).status_code == 200
    assert LOCKED_AT in client.session


def test_unlock_counts_failed_tries_like_sign_in(ana, client):
    client.post("/lock/")
    for _ in range(5):
        client.post(LOCKED, {"password": "not-the-one"})

    assert client.post(LOCKED, {"password": "correct-horse"}).status_code == 200
    assert LOCKED_AT in client.session


def test_unlock_never_leads_to_another_host(ana, client):
    client.post("/lock/", headers={"Referer": "https://elsewhere.example/x"})

    response = client.post(LOCKED, {"password": "correct-horse", "next": "//elsewhere.example/"})

    assert response["Location"] == "/"


def test_locked_page_shows_no_message_meant_for_the_person(cast, client):
    client.force_login(cast.ana)
    client.post(ME, {"language": "en", "email": "ana@example.com"})
    client.post("/lock/")

    assert "settings are saved" not in client.get(LOCKED).text
    client.post(LOCKED, {"password": "correct-horse"})
    assert "Your settings are saved." in client.get(ME).text


def test_locked_script_and_htmx_get_an_answer_they_can_use(ana, client):
    client.post("/lock/")

    script = client.post("/still-here/", headers={**JSON, "Referer": "http://testserver/people/me/"})
    fragment = client.get(LIST, headers=HTMX)

    assert (script.status_code, script.json()) == (423, {"go_to": "/locked/?next=%2Fpeople%2Fme%2F"})
    assert (fragment.status_code, fragment.text) == (200, "")
    assert fragment["HX-Redirect"] == "/locked/?next=%2Fnotifications%2F%3Fpage%3D2"


def test_locked_person_can_change_person_and_language(ana, client):
    client.post("/lock/")

    assert client.post("/language/", {"language": "en", "next": LOCKED})["Location"] == LOCKED
    assert client.post("/change-person/")["Location"] == LOGIN


def test_locked_page_of_who_is_not_locked_leads_on(ana, client):
    assert client.get(LOCKED + "?next=/people/me/")["Location"] == ME


def test_lock_and_locked_are_not_for_strangers(db, client):
    assert client.post("/lock/")["Location"].startswith(LOGIN)
    assert client.get(LOCKED)["Location"].startswith(LOGIN)
    assert client.get("/lock/").status_code == 405


# --- the notice ---------------------------------------------------------------------------------------------


def test_agent_confirms_the_newest_notice_and_goes_on(ana, client):
    NoticeFactory(version=1)
    newest = NoticeFactory(version=2)

    stopped = client.get(LIST + "?page=2")
    page = client.get(stopped["Location"])
    done = client.post(NOTICE, {"version": "2", "next": "/notifications/?page=2"})

    assert stopped["Location"] == "/people/notice/?next=%2Fnotifications%2F%3Fpage%3D2"
    assert "<strong>录音</strong>" in page.text
    assert done["Location"] == "/notifications/?page=2"
    assert client.get(LIST).status_code == 200
    confirmation = NoticeConfirmation.objects.get()
    assert (confirmation.person, confirmation.notice, confirmation.language) == (ana, newest, "zh-hans")
    assert AuditEntry.objects.get().action == "notice_confirmed"


def test_new_version_is_asked_again(ana, client):
    NoticeFactory(version=1)
    client.post(NOTICE, {"version": "1"})
    NoticeFactory(version=2)

    assert client.get(LIST)["Location"].startswith(NOTICE)
    assert client.post(NOTICE, {"version": "1"})["Location"].startswith(NOTICE)  # the old page was still open
    assert not NoticeConfirmation.objects.filter(notice__version=2).exists()


def test_confirmation_made_elsewhere_counts_here(cast, ana, client):
    NoticeFactory(version=1)
    elsewhere = Client()
    elsewhere.force_login(cast.ana)
    elsewhere.post(NOTICE, {"version": "1"})

    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("name", ["lena", "carl", "eva", "quinn", "tess", "wes", "ada", "mona"])
def test_others_are_not_stopped_by_the_notice_but_can_read_it(cast, client, name):
    NoticeFactory(version=1)
    client.force_login(getattr(cast, name))

    assert client.get(LIST).status_code == 200
    page = client.get(NOTICE)
    assert page.status_code == 200
    assert not page.context["must_confirm"]


def test_notice_gate_answers_scripts_and_htmx(ana, client):
    NoticeFactory(version=1)

    script = client.get(LIST, headers=JSON)
    fragment = client.get(LIST, headers=HTMX)

    assert (script.status_code, script.json()) == (403, {"go_to": "/people/notice/?next=%2F"})
    assert fragment["HX-Redirect"].startswith(NOTICE)


def test_notice_where_there_is_none_is_not_found(ana, client):
    assert client.get(NOTICE).status_code == 404
    assert client.get(LIST).status_code == 200


def test_gates_stand_in_order_lock_password_notice(ana, client):
    NoticeFactory(version=1)
    User.objects.filter(pk=ana.pk).update(must_set_password=True)
    assert client.get(LIST)["Location"] == "/people/set-password/"

    client.post("/lock/")

    assert client.get("/people/set-password/")["Location"].startswith(LOCKED)
