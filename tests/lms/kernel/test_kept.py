"""What is kept in memory: read once, read anew when it has changed, never what may be rolled back."""

import pytest
from django.db import transaction

from lms.kernel.kept import Kept
from lms.people.models import Site
from tests.factories.people import SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def codes():
    kept = Kept("codes-of-sites", lambda: sorted(Site.objects.values_list("code", flat=True)))
    kept.follow(Site)
    return kept


def test_it_is_read_once(codes, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert codes() is codes()


def test_it_is_read_anew_when_a_row_is_saved_or_deleted(codes):
    assert codes() == []
    site = SiteFactory(code="sh")
    assert codes() == ["sh"]
    site.delete()
    assert codes() == []


def test_another_process_reads_anew_too(codes):
    elsewhere = Kept("codes-of-sites", lambda: sorted(Site.objects.values_list("code", flat=True)))
    assert elsewhere() == []

    SiteFactory(code="sh")

    assert elsewhere() == ["sh"]


def test_in_a_transaction_one_sees_the_own_change_and_keeps_nothing(codes, django_assert_num_queries):
    with transaction.atomic():
        SiteFactory(code="sh")
        with django_assert_num_queries(2):
            assert codes() == codes() == ["sh"]

    with django_assert_num_queries(1):
        assert codes() == codes() == ["sh"]


def test_what_was_rolled_back_is_not_kept(codes):
    with transaction.atomic():
        SiteFactory(code="sh")
        assert codes() == ["sh"]
        transaction.set_rollback(True)

    assert codes() == []


@pytest.mark.django_db(transaction=True)
def test_after_the_commit_everybody_reads_anew(codes):
    elsewhere = Kept("codes-of-sites", lambda: "read anew")
    with transaction.atomic():
        SiteFactory(code="sh")
        elsewhere._kept = (elsewhere._stamp(), "as another process read it before the commit")

    assert elsewhere() == "read anew"
