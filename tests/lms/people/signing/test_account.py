"""My settings, my password, my sessions."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from lms.audit.models import AuditEntry
from lms.people.models import User
from lms.people.rules.devices import device_of
from tests.factories.notices import NoticeFactory

ME, SESSIONS, PASSWORD, LOGIN = "/people/me/", "/accounts/sessions/", "/accounts/password/change/", "/accounts/login/"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"
)


def signed_in(number, password="correct-horse"):
    browser = Client(headers={"User-Agent": CHROME})
    browser.post(LOGIN, {"login": number, "password": password})
    return browser


def is_open(browser):
    return browser.get(ME).status_code == 200


@pytest.mark.parametrize("path", [ME, SESSIONS, PASSWORD, "/people/notice/", "/notifications/"])
def test_own_pages_are_not_for_strangers(db, client, path):
    assert client.get(path)["Location"].startswith(LOGIN)


def test_settings_are_saved_and_take_effect_at_once(cast, client):
    client.force_login(cast.ana)

    client.post(ME, {"language": "en", "email": "Ana@Example.com"})
    page = client.get(ME)

    ana = User.objects.get(pk=cast.ana.pk)
    assert (ana.language, ana.email, ana.shortcuts_enabled) == ("en", "Ana@Example.com", False)
    assert "Your settings are saved." in page.text
    assert '<html lang="en" data-shortcuts="off"' in page.text


def test_settings_refuse_the_address_of_somebody_else_in_any_case(cast, client):
    User.objects.filter(pk=cast.abel.pk).update(email="abel@example.com", language="en")
    User.objects.filter(pk=cast.ana.pk).update(language="en")
    client.force_login(cast.ana)

    response = client.post(ME, {"language": "en", "email": "ABEL@example.com"})

    assert "Another account uses this address." in response.text
    assert User.objects.get(pk=cast.ana.pk).email == ""


def test_settings_link_the_notice(cast, client):
    NoticeFactory(version=1)
    client.force_login(cast.carl)

    assert "录音与评分告知" in client.get(ME).text


def test_change_of_password_signs_out_everywhere_else(cast):
    here, there = signed_in("ana"), signed_in("ana")
    new = {"oldpassword": "correct-horse", "password1": "plum-river-42", "password2": "plum-river-42"}

    response = here.post(PASSWORD, new)

    assert response["Location"] == ME
    assert is_open(here)
    assert not is_open(there)
    assert [row["is_this"] for row in here.get(SESSIONS).context["sessions"]] == [True]
    assert AuditEntry.objects.get().action == "password_changed"
    assert is_open(signed_in("ana", "plum-river-42"))


@pytest.mark.parametrize(
    "typed",
    [
        {"oldpassword": "not-the-one", "password1": "plum-river-42", "password2": "plum-river-42"},
        {"oldpassword": "correct-horse", "password1": "plum-river-42", "password2": "plum-river-43"},
        {"oldpassword": "correct-horse", "password1": "short", "password2": "short"},
    ],
)
def test_change_of_password_refused_changes_nothing(cast, typed):
    here = signed_in("ana")

    assert here.post(PASSWORD, typed).status_code == 200

    assert User.objects.get(pk=cast.ana.pk).check_password("correct-horse")
    assert not AuditEntry.objects.exists()


def test_session_can_be_signed_out_from_another_place(cast):
    here, there = signed_in("ana"), signed_in("ana")
    other = next(row for row in here.get(SESSIONS).context["sessions"] if not row["is_this"])

    here.post(SESSIONS, {"session": other["row"].pk})

    assert is_open(here)
    assert not is_open(there)
    assert other["device"] == "Chrome 109 · Windows"


def test_all_other_sessions_can_be_signed_out_at_once(cast):
    here, second, third = signed_in("ana"), signed_in("ana"), signed_in("ana")

    here.post(SESSIONS, {"others": "1"})

    assert [is_open(browser) for browser in (here, second, third)] == [True, False, False]
    assert AuditEntry.objects.get().changes == {"sessions": [2, 0]}


def test_session_of_somebody_else_is_not_found(cast):
    here, of_abel = signed_in("ana"), signed_in("abel")
    row = UserSession.objects.get(user=cast.abel)

    assert here.post(SESSIONS, {"session": row.pk}).status_code == 404
    assert here.post(SESSIONS, {"session": "x"}).status_code == 404
    assert is_open(of_abel)


def test_sessions_page_costs_the_same_with_one_and_three(cast, django_assert_num_queries):
    here = signed_in("ana")
    here.get(SESSIONS)  # the notice and the roles are known from now on

    with django_assert_num_queries(3):
        assert len(here.get(SESSIONS).context["sessions"]) == 1
    signed_in("ana"), signed_in("ana")
    with django_assert_num_queries(3):
        assert len(here.get(SESSIONS).context["sessions"]) == 3


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome 109 · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge 120 · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox 115 · Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
            "Safari 17 · iPhone",
        ),
        ("curl/8", ""),
    ],
)
def test_device_in_words(agent, words):
    assert device_of(agent) == words
