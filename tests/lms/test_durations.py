"""How long something took, in words."""

import pytest
from django.utils import translation

from lms.templatetags.durations import duration


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 min"), (59, "under a minute"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (7500, "2 h 5 min")],
)
def test_duration(seconds, shown):
    with translation.override("en"):
        assert duration(seconds) == shown
