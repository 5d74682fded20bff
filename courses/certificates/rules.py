"""Judgements about certificates. No database, no clock."""

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal

from courses.certificates.states import Validity


def expiry(issued_on: date, months: int | None) -> date | None:
    """The first day on which it no longer holds: the same day of the month, `months` later, or that month's last
    day where it has no such day (29 February + 12 months = 28 February). None: it doesn't expire."""
    if months is None:
        return None
    year, month = divmod(issued_on.year * 12 + issued_on.month - 1 + months, 12)
    return date(year, month + 1, min(issued_on.day, calendar.monthrange(year, month + 1)[1]))


def validity(*, expires_on: date | None, is_revoked: bool, day: date) -> Validity:
    """Revocation outweighs expiry."""
    if is_revoked:
        return Validity.REVOKED
    if expires_on is not None and day >= expires_on:
        return Validity.EXPIRED
    return Validity.VALID


def mean_score(shares: Sequence[Decimal]) -> Decimal | None:
    """The mean of the assessments that count, cut off at five places; None where nothing was assessed."""
    if not shares:
        return None
    return (sum(shares, Decimal(0)) / len(shares)).quantize(Decimal("0.00001"), rounding=ROUND_DOWN)
