"""A code opens *set your password*, and nothing else."""

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.people.models import OneTimeCode, User
from lms.people.services.codes import issue_code

FIRST, SET, LOGIN = "/people/first/", "/people/set-password/", "/accounts/login/"
GOOD = {"password1": "plum-river-42", "password2": "plum-river-42"}
ENGLISH = {"Accept-Language": "en"}
NEUTRAL = "The number and the code do not belong together"


@pytest.fixture
def code(cast):
    cast.ana.set_unusable_password()
    cast.ana.save()
    return issue_code(cast.ana, actor=cast.lena, at=timezone.now())


def show(client, number, code):
    return client.post(FIRST, {"employee_no": number, "code": code}, headers=ENGLISH)


def test_first_sign_in_from_code_to_signed_in(cast, client, code):
    shown = show(client, "ana", code.lower().replace("-", " "))
    asked = client.get(shown["Location"], headers=ENGLISH)
    done = client.post(SET, GOOD)

    assert shown["Location"] == SET
    assert cast.ana.full_name in asked.text
    assert done["Location"] == "/"
    assert client.session["_auth_user_id"] == str(cast.ana.pk)
    assert User.objects.get(pk=cast.ana.pk).check_password("plum-river-42")
    deeds = list(AuditEntry.objects.order_by("pk").values_list("action", "actor__employee_no"))
    assert deeds == [("code_issued", "LENA"), ("code_used", "ANA"), ("password_set", "ANA")]


def test_showing_a_code_signs_nobody_in(cast, client, code):
    show(client, "ANA", code)

    for door in ("people:account", "notifications:list", "usersessions_list"):
        assert client.get(reverse(door))["Location"].startswith(LOGIN)
    assert OneTimeCode.objects.get().used_at is None


def test_unknown_number_and_wrong_code_get_the_same_answer(cast, client, code):
    wrong = show(client, "ANA", "AAAA-AAAA-AA")
    unknown = show(client, "NOBODY", code)
    not_invited = show(client, "ABEL", code)

    for response in (wrong, unknown, not_invited):
        assert response.status_code == 200
        assert NEUTRAL in response.text
    assert client.get(SET)["Location"] == FIRST


def test_sixth_try_of_one_number_is_refused_even_with_the_right_code(cast, client, code):
    for _ in range(5):
        show(client, "ANA", "AAAA-AAAA-AA")

    refused = show(client, "ana", code)
    abel_code = issue_code(cast.abel, actor=cast.lena, at=timezone.now())
    other = show(client, "ABEL", abel_code)

    assert "Too many tries for this number" in refused.text
    assert other["Location"] == SET


def test_set_password_without_a_code_leads_to_the_first_page(db, client):
    assert client.get(SET)["Location"] == FIRST
    assert client.post(SET, GOOD)["Location"] == FIRST


def test_code_replaced_after_it_was_shown_sets_no_password(cast, client, code):
    show(client, "ANA", code)
    issue_code(cast.ana, actor=cast.lena, at=timezone.now())

    assert client.post(SET, GOOD)["Location"] == FIRST
    assert not User.objects.get(pk=cast.ana.pk).has_usable_password()


def test_shown_code_is_forgotten_after_a_while(cast, client, code):
    show(client, "ANA", code)
    session = client.session
    session["code_shown"] = {**session["code_shown"], "until": timezone.now().timestamp() - 1}
    session.save()

    assert client.get(SET)["Location"] == FIRST


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"password1": "plum-river-42", "password2": "plum-river-43"}, "The two passwords are not the same."),
        ({"password1": "short", "password2": "short"}, "at least 10 characters"),
        ({"password1": "password123", "password2": "password123"}, "too common"),
    ],
)
def test_set_password_names_what_is_wrong(cast, client, code, typed, text):
    show(client, "ANA", code)

    response = client.post(SET, typed, headers=ENGLISH)

    assert text in response.text
    assert OneTimeCode.objects.get().used_at is None


def test_who_must_set_a_password_gets_nowhere_else(cast, client):
    User.objects.filter(pk=cast.ana.pk).update(must_set_password=True)
    client.force_login(cast.ana)

    for door in ("people:account", "notifications:list", "usersessions_list", "account_change_password"):
        assert client.get(reverse(door))["Location"] == SET
    script = client.get(reverse("notifications:list"), headers={"Accept": "application/json"})
    assert (script.status_code, script.json()) == (403, {"go_to": SET})


def test_who_must_set_a_password_and_is_signed_in_sets_it_and_stays(cast, client):
    client.post(LOGIN, {"login": "ana", "password": "correct-horse"})
    issue_code(cast.ana, actor=cast.lena, at=timezone.now())

    same = client.post(SET, {"password1": "correct-horse", "password2": "correct-horse"})
    done = client.post(SET, GOOD)

    assert same.status_code == 200  # the old one again is refused
    assert done["Location"] == "/"
    assert client.get(reverse("usersessions_list")).context["sessions"][0]["is_this"]
    assert OneTimeCode.objects.get().revoked_at is not None


def test_first_sign_in_page_is_not_for_who_is_signed_in(cast, client):
    client.force_login(cast.ana)

    assert client.get(FIRST)["Location"] == "/"
    assert client.get(SET)["Location"] == reverse("account_change_password")
