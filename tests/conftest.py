"""What all tests share: the cast, fixed instants, and Wagtail's first rows (tests run without migrations)."""

import gc
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.test import TransactionTestCase
from django.utils import translation

from assessments.bank.queries import forget_asked_questions
from courses.receivers import prepare_back_office
from lms.kernel import kept
from tests.factories.cast import Cast, make_cast

#: Monday, 9:00 in Shanghai.
MON_9 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def pytest_collection_finish() -> None:
    """What is imported stays to the end: the garbage collector needn't look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Wagtail's data migrations don't run here, so its root page, locales and root collection are made by hand."""
    from wagtail.models import Collection, Locale, Page

    with django_db_blocker.unblock():
        for code in ("zh-hans", "en"):
            Locale.objects.get_or_create(language_code=code)
        if not Page.objects.exists():
            Page.add_root(title="Root", slug="root", locale=Locale.objects.get(language_code="zh-hans"))
        if not Collection.objects.exists():
            Collection.add_root(name="Root")
        prepare_back_office(using=DEFAULT_DB_ALIAS)


#: Rows that belong to the installation, not to a test.
KEPT = (
    "auth_", "django_content_type", "django_migrations", "wagtail",
    "courses_cataloguepage", "courses_peerreviewtask", "courses_publishingrule",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def _swept_not_rebuilt():
    """A test that commits deletes its few rows afterwards: truncating every table takes seconds each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_tables)
        yield


def _empty_tables(_case: TransactionTestCase) -> None:
    """Our keys are checked at the commit, so the order doesn't matter."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            if not table.startswith(KEPT):
                cursor.execute(f'DELETE FROM "{table}"')


@pytest.fixture(autouse=True)
def _default_language():
    """A request of the test client leaves its language active in this thread."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_cache():
    """Rate limits live in the cache and would leak from test to test; so would wordings kept in memory, whose rows are
    rolled back and leave their ids to others."""
    cache.clear()
    forget_asked_questions()
    kept.forget_stamps()


@pytest.fixture(autouse=True)
def _transaction_of_the_test(monkeypatch):
    """What is kept in memory isn't kept while a transaction is open; the one around each test doesn't count."""
    monkeypatch.setattr(
        "lms.kernel.kept.in_transaction",
        lambda: any(not block._from_testcase for block in connection.atomic_blocks),
    )


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture
def at() -> datetime:
    return MON_9
