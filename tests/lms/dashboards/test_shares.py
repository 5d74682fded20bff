"""A share is never shown better than it is."""

from decimal import Decimal

import pytest

from lms.templatetags.shares import percent, percent_up


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Decimal("0.7999"), "79.9%"), (Decimal("0.8"), "80%"), (Decimal("0.825"), "82.5%"), (1, "100%"), (0, "0%"),
        (0.29, "29%"), (Decimal("-0.0555"), "-5.5%"), ("0.5", "50%"), (None, "–"), ("", "–"),
    ],
)  # fmt: skip
def test_percent(share, shown):
    assert percent(share) == shown


def test_the_upper_end_of_an_interval_is_rounded_up():
    assert [percent_up(share) for share in ("0.9631", "0.963", 1, 0, None)] == ["96.4%", "96.3%", "100%", "0%", "–"]
