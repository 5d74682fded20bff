"""A database built by the real migrations has what a first start needs (the other tests build tables directly)."""

import os
import sqlite3
from contextlib import closing

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import Locale, Page, Site

from courses.catalogue.models import CataloguePage
from lms.people.states import Role

#: Where to leave the database for the server of the browser tests.
KEPT_AS = os.environ.get("CALLWRIGHT_TEST_MIGRATED")
pytestmark = [pytest.mark.django_db, pytest.mark.migrations]


@pytest.fixture(scope="module", autouse=True)
def _kept(django_db_setup, django_db_blocker):
    """As the migrations have left it: nothing else was in it before this module."""
    if KEPT_AS:
        with django_db_blocker.unblock(), closing(sqlite3.connect(KEPT_AS)) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)


def test_every_migration_is_applied_and_no_model_has_changed_since():
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_both_languages_have_a_catalogue_and_the_site_shows_ours():
    roots = CataloguePage.objects.filter(depth=2)

    assert {root.locale.language_code for root in roots} == {"zh-hans", "en"}
    assert Locale.objects.count() == 2
    assert isinstance(Site.objects.get(is_default_site=True).root_page.specific, CataloguePage)
    assert not Page.objects.filter(title__startswith="Welcome to your new Wagtail site").exists()


def test_authors_may_enter_the_back_office_and_agents_may_not():
    authors = Group.objects.get(name=Role.TRAINING_SPECIALIST)

    assert authors.permissions.filter(codename="access_admin").exists()
    assert authors.page_permissions.exists()
    assert not Group.objects.filter(name=Role.AGENT, permissions__codename="access_admin").exists()


def test_names_of_constraints_are_in_the_database():
    """A constraint that only stands in the model keeps nothing true."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "coaching_ticket")

    assert "one_live_ticket_per_agent_and_skill" in found
