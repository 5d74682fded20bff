"""A town in full swing whose doors are tried: built once for a module, put back after each test."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tests.factories.world import NOW, World, make_world


@dataclass(frozen=True)
class Town:
    """The world, and everybody signed in."""

    world: World
    sessions: dict[str, str]

    def client(self, role: str, **options: Any) -> Client:
        """A browser of the cast's member, or of a stranger."""
        client = Client(**options)
        if role != "stranger":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker) -> Iterator[Town]:
    """It is NOW there. Each test's own transaction is rolled back, the town itself after the module."""
    with (
        django_db_blocker.unblock(),
        patch.object(timezone, "now", lambda: NOW),
        patch("django.test.client.store_rendered_templates"),  # copies every context; nobody asks for them here
        transaction.atomic(),
    ):
        world = make_world()
        yield Town(world, {name: _session_of(person) for name, person in world.cast.people.items()})
        transaction.set_rollback(True)


def _session_of(person: Any) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
