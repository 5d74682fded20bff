"""A kind of news for these tests, in both languages without needing compiled translations."""

import pytest
from django.utils.functional import lazy
from django.utils.translation import get_language

from lms.notifications import kinds


def _in(zh: str, en: str):
    return lazy(lambda: en if get_language() == "en" else zh, str)()


@pytest.fixture(autouse=True)
def _test_kind(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register_kind(
        kinds.Kind(
            "test-news", _in("请学习《%(lesson)s》", "Please learn %(lesson)s"), _in("%(n)s 分钟", "%(n)s minutes")
        )
    )
