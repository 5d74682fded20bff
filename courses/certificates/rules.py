"""Judgements about certificates. No database, no clock."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from courses.catalogue.states import ValidityMode
from courses.certificates.states import Validity


def expiry(issued_on: date, months: int | None) -> date | None:
    """The last day on which it holds: the same day of the month, `months` later, or that month's last day where it has
    no such day (29 February + 12 months = 28 February). None: it doesn't expire."""
    if months is None:
        return None
    year, month = divmod(issued_on.year * 12 + issued_on.month - 1 + months, 12)
    return date(year, month + 1, min(issued_on.day, calendar.monthrange(year, month + 1)[1]))


def next_expiry(
    mode: str,
    *,
    issued_on: date,
    months: int | None,
    previous_expiry: date | None = None,
    window_days: int | None = None,
    calendar_day: tuple[int, int] | None = None,
) -> date | None:
    """The last day on which a certificate holds that is issued on `issued_on`. None: it doesn't expire.

    `previous_expiry` is that of the certificate it renews, None for a first one; `window_days` how long before it a
    renewal opens; `calendar_day` (month, day) of a fixed calendar, where `months` are whole years.

    - from completion: `months` after the day of issue.
    - from the previous expiry: `months` after it where the renewal came in its window, so that nobody loses days by
      being early. Before the window, and after the old one had lapsed, from the day of issue: months can be neither
      saved up nor certified for a time without certificate.
    - fixed calendar: the first such day that is further away than the window (who finishes in the window renews for
      the next period, who joins shortly before the day isn't asked again at once), and for each further year one more.
    """
    if months is None:
        return None
    if mode == ValidityMode.FIXED_CALENDAR:
        if calendar_day is None:
            raise ValueError("a fixed calendar names its day")
        beyond = issued_on + timedelta(days=window_days or 0)
        first = next(day for year in (beyond.year, beyond.year + 1) if (day := _day_in(year, *calendar_day)) > beyond)
        return _day_in(first.year + max(1, -(-months // 12)) - 1, *calendar_day)
    if mode == ValidityMode.FROM_PREVIOUS_EXPIRY and previous_expiry is not None:
        opens_on = renewal_opens_on(previous_expiry, window_days)
        if opens_on is not None and opens_on <= issued_on <= previous_expiry:
            return expiry(previous_expiry, months)
    return expiry(issued_on, months)


def _day_in(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def renewal_opens_on(expires_on: date | None, window_days: int | None) -> date | None:
    """The first day on which the certificate may be renewed; None: its holder isn't asked to."""
    return None if expires_on is None or window_days is None else expires_on - timedelta(days=window_days)


def is_asked(*, opens_on: date | None, today: date, is_away: bool, is_required: bool, is_given_by_hand: bool) -> bool:
    """Whether the holder is asked today to renew: the window is open, they are here, and the track is still asked of
    them: by their job, or because somebody gave it to them by hand (a change of job takes nothing of that back)."""
    return opens_on is not None and today >= opens_on and not is_away and (is_required or is_given_by_hand)


def validity(*, expires_on: date | None, is_revoked: bool, day: date, is_renewed: bool = False) -> Validity:
    """Revocation outweighs renewal, renewal expiry. The day of expiry is the last on which it holds."""
    if is_revoked:
        return Validity.REVOKED
    if is_renewed:
        return Validity.RENEWED
    if expires_on is not None and day > expires_on:
        return Validity.EXPIRED
    return Validity.VALID


def mean_score(shares: Sequence[Decimal]) -> Decimal | None:
    """The mean of the assessments that count, cut off at five places; None where nothing was assessed."""
    if not shares:
        return None
    return (sum(shares, Decimal(0)) / len(shares)).quantize(Decimal("0.00001"), rounding=ROUND_DOWN)
