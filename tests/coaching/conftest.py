"""The clock of views and properties stands still at MON_9."""

import pytest

from tests.conftest import MON_9


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: MON_9)
    return MON_9
