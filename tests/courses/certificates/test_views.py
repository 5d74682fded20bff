"""Who sees, checks and revokes a certificate."""

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.certificates import CertificateFactory


@pytest.fixture
def certificate(cast):
    return CertificateFactory(person=cast.ana)


def verify(client, certificate):
    return client.get(reverse("courses:certificate-verify", args=[certificate.uuid]))


def test_public_page_answers_strangers_and_is_not_indexed(client, certificate):
    response = verify(client, certificate)

    assert response.context["certificate"].validity == "valid"
    assert response["X-Robots-Tag"] == "noindex"
    assert "安娜" in response.content.decode()


def test_public_page_says_revoked(client, cast):
    certificate = CertificateFactory(person=cast.ana, revoked=True)

    assert verify(client, certificate).context["certificate"].validity == "revoked"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("quinn", 302),
        ("mona", 302),
        ("carl", 403),
        ("eva", 403),
        ("ana", 403),
        ("abel", 404),
        ("otto", 404),
        ("ada", 404),
    ],
)
def test_only_qc_lead_and_operations_manager_revoke(client, cast, certificate, name, status):
    client.force_login(getattr(cast, name))

    response = client.post(reverse("courses:certificate-revoke", args=[certificate.pk]), {"reason": "Sat by another"})

    assert response.status_code == status
    certificate.refresh_from_db()
    assert (certificate.revoked_at is not None) == (status == 302)


def test_revoking_without_a_reason_changes_nothing(client, cast, certificate):
    client.force_login(cast.quinn)

    client.post(reverse("courses:certificate-revoke", args=[certificate.pk]), {"reason": ""})

    certificate.refresh_from_db()
    assert certificate.revoked_at is None


def test_the_list_shows_own_and_visible_ones_only(client, cast, certificate):
    CertificateFactory(person=cast.olga)
    client.force_login(cast.carl)

    context = client.get(reverse("courses:certificate-list")).context

    assert context["own"] == []
    assert [row.person for row in context["page"]] == [cast.ana]


def test_the_list_costs_the_same_with_more_rows(client, cast, django_assert_max_num_queries):
    from django.db import connection

    client.force_login(cast.quinn)
    client.get(reverse("courses:certificate-list"))
    CertificateFactory(person=cast.ana)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse("courses:certificate-list"))
    for person in (cast.abel, cast.olga):
        CertificateFactory(person=person)
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("courses:certificate-list"))

    assert len(three) == len(one)


@pytest.mark.parametrize(("name", "shown"), [("ana", True), ("abel", True), ("quinn", False), ("tess", True)])
def test_who_looks_after_others_is_not_told_to_earn_a_certificate(client, cast, certificate, name, shown):
    """Quinn sees Ana's; Abel is an agent without one; Tess sees nobody's, and reads why the page is empty."""
    client.force_login(getattr(cast, name))

    assert ('id="mine"' in client.get(reverse("courses:certificate-list")).text) is shown
