"""Expiry, validity and the stated score."""

from datetime import date
from decimal import Decimal

import pytest

from courses.certificates.rules import expiry, mean_score, validity
from courses.certificates.states import Validity


@pytest.mark.parametrize(
    ("issued_on", "months", "expected"),
    [
        (date(2026, 3, 2), 12, date(2027, 3, 2)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 31), 11, date(2026, 12, 31)),
        (date(2026, 3, 2), None, None),
    ],
)
def test_expiry(issued_on, months, expected):
    assert expiry(issued_on, months) == expected


def test_validity_ends_on_the_day_of_expiry():
    day = date(2027, 3, 2)

    assert validity(expires_on=day, is_revoked=False, day=date(2027, 3, 1)) == Validity.VALID
    assert validity(expires_on=day, is_revoked=False, day=day) == Validity.EXPIRED
    assert validity(expires_on=None, is_revoked=False, day=day) == Validity.VALID


def test_revocation_outweighs_expiry():
    assert validity(expires_on=date(2020, 1, 1), is_revoked=True, day=date(2026, 1, 1)) == Validity.REVOKED


def test_mean_score_is_cut_off_and_absent_without_assessments():
    assert mean_score([Decimal("0.9"), Decimal("0.9"), Decimal("1")]) == Decimal("0.93333")
    assert mean_score([]) is None
