"""Signing in and out: numbers, limits, people who left, doors that aren't there."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.urls import NoReverseMatch, reverse

from lms.people.models import User
from lms.people.states import PersonStatus
from tests.factories.people import UserFactory

PASSWORD = "correct-horse"
LOGIN = "/accounts/login/"


def sign_in(client, number, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": number, "password": password}, **more)


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("number", ["ANA", "ana", " Ana "])
def test_sign_in_number_in_any_case(cast, client, number):
    response = sign_in(client, number)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(cast.ana.pk)
    assert UserSession.objects.get().user == cast.ana


def test_sign_in_goes_on_to_next_but_never_to_another_host(cast, client):
    inside = client.post(LOGIN, {"login": "ana", "password": PASSWORD, "next": "/learn/"})
    client.logout()
    outside = client.post(LOGIN, {"login": "ana", "password": PASSWORD, "next": "https://elsewhere.example/"})

    assert (inside["Location"], outside["Location"]) == ("/learn/", "/")


@pytest.mark.parametrize(("language", "text"), [("en", "Employee number"), ("zh-hans", '<html lang="zh-hans"')])
def test_sign_in_page_speaks_the_browsers_language(db, client, language, text):
    response = client.get(LOGIN, headers={"Accept-Language": language})

    assert text in response.text
    assert "no-store" in response["Cache-Control"]


def test_sign_in_error_is_the_same_for_unknown_number_and_wrong_password(cast, client):
    wrong = sign_in(client, "ana", "nope-nope-nope", headers={"Accept-Language": "en"})
    unknown = sign_in(client, "nobody", "nope-nope-nope", headers={"Accept-Language": "en"})

    text = "The employee number or the password is not right."
    assert text in wrong.text
    assert text in unknown.text


def test_sign_in_of_who_has_left_is_refused(cast, client):
    User.objects.filter(pk=cast.ana.pk).update(status=PersonStatus.LEFT)

    response = sign_in(client, "ana")

    assert response["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)
    assert "closed" in client.get(response["Location"], headers={"Accept-Language": "en"}).text


def test_open_session_of_who_leaves_ends(cast, client):
    client.force_login(cast.ana)
    User.objects.filter(pk=cast.ana.pk).update(status=PersonStatus.LEFT)

    response = client.get(reverse("people:account"))

    assert response["Location"].startswith(LOGIN)


def test_sixth_wrong_password_of_one_account_is_refused_and_others_go_on(cast, client):
    for _ in range(5):
        sign_in(client, "ana", "wrong-wrong")

    refused = sign_in(client, "ANA", headers={"Accept-Language": "en"})
    other = sign_in(client, "abel")

    assert "Too many failed tries" in refused.text
    assert other.status_code == 302
    assert client.session["_auth_user_id"] == str(cast.abel.pk)


def test_limit_is_the_same_under_every_name_of_the_server(cast, client):
    for number in range(5):
        sign_in(client, "ana", "wrong-wrong", headers={"Host": "localhost" if number % 2 else "127.0.0.1"})

    sign_in(client, "ana", headers={"Host": "testserver"})

    assert not is_signed_in(client)


def test_three_hundred_sign_ins_from_one_address_all_succeed(db, client):
    password = make_password(PASSWORD)
    site = UserFactory().site
    User.objects.bulk_create(
        User(employee_no=f"S{n:03}", full_name=f"员工{n}", site=site, password=password) for n in range(300)
    )

    statuses = []
    for n in range(300):
        statuses.append(sign_in(client, f"s{n:03}").status_code)
        client.logout()

    assert statuses == [302] * 300


def test_sign_out_needs_a_press(cast, client):
    client.force_login(cast.ana)

    asked = client.get(reverse("account_logout"))

    assert asked.status_code == 200
    assert is_signed_in(client)
    assert client.post(reverse("account_logout"))["Location"] == LOGIN
    assert not is_signed_in(client)


def test_wagtails_own_sign_in_page_leads_to_ours(db, client):
    response = client.get("/admin/login/?next=/admin/pages/")

    assert response["Location"] == "/accounts/login/?next=/admin/pages/"


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password", "account_set_password"])
def test_doors_of_allauth_that_make_no_sense_here_do_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["/accounts/", "/accounts/signup/", "/accounts/email/", "/accounts/password/reset/"])
def test_addresses_of_allauth_that_make_no_sense_here_are_not_found(db, client, path):
    assert client.get(path).status_code == 404


def test_reauthentication_takes_the_own_password_only(cast, client):
    client.force_login(cast.ana)
    door = reverse("account_reauthenticate")

    wrong = client.post(door, {"password": "not-the-one"})
    right = client.post(door + "?next=/people/me/", {"password": PASSWORD, "next": "/people/me/"})

    assert client.get(door).status_code == 200
    assert wrong.status_code == 200
    assert right["Location"] == "/people/me/"
