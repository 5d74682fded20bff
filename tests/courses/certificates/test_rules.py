"""Expiry, validity and the stated score."""

from datetime import date
from decimal import Decimal

import pytest

from courses.catalogue.states import ValidityMode
from courses.certificates.rules import expiry, is_asked, mean_score, next_expiry, renewal_opens_on, validity
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


def test_the_day_of_expiry_is_the_last_on_which_it_holds():
    day = date(2027, 3, 2)

    assert validity(expires_on=day, is_revoked=False, day=day) == Validity.VALID
    assert validity(expires_on=day, is_revoked=False, day=date(2027, 3, 3)) == Validity.EXPIRED
    assert validity(expires_on=None, is_revoked=False, day=day) == Validity.VALID


def test_renewal_outweighs_expiry_and_revocation_both():
    facts = {"expires_on": date(2020, 1, 1), "is_renewed": True, "day": date(2026, 1, 1)}

    assert validity(is_revoked=False, **facts) == Validity.RENEWED
    assert validity(is_revoked=True, **facts) == Validity.REVOKED


def test_revocation_outweighs_expiry():
    assert validity(expires_on=date(2020, 1, 1), is_revoked=True, day=date(2026, 1, 1)) == Validity.REVOKED


def test_mean_score_is_cut_off_and_absent_without_assessments():
    assert mean_score([Decimal("0.9"), Decimal("0.9"), Decimal("1")]) == Decimal("0.93333")
    assert mean_score([]) is None


# --- renewal -------------------------------------------------------------------------------------------------

COMPLETION, PREVIOUS, CALENDAR = (
    ValidityMode.FROM_COMPLETION,
    ValidityMode.FROM_PREVIOUS_EXPIRY,
    ValidityMode.FIXED_CALENDAR,
)
MARCH = date(2027, 3, 2)  # when the certificate before ends; its window opens on 31 January


@pytest.mark.parametrize(
    ("mode", "issued_on", "previous", "expected", "why"),
    [
        # the first certificate
        (COMPLETION, date(2026, 3, 2), None, date(2027, 3, 2), "a year"),
        (PREVIOUS, date(2026, 3, 2), None, date(2027, 3, 2), "there is none before"),
        (COMPLETION, date(2028, 2, 29), None, date(2029, 2, 28), "no 29 February in 2029"),
        # from completion
        (COMPLETION, date(2027, 2, 10), MARCH, date(2028, 2, 10), "early days are lost"),
        (COMPLETION, date(2027, 4, 1), MARCH, date(2028, 4, 1), "late"),
        # from the previous expiry
        (PREVIOUS, date(2027, 1, 31), MARCH, date(2028, 3, 2), "first day of the window"),
        (PREVIOUS, date(2027, 2, 10), MARCH, date(2028, 3, 2), "in the window: the anniversary stays"),
        (PREVIOUS, date(2027, 3, 2), MARCH, date(2028, 3, 2), "last day"),
        (PREVIOUS, date(2027, 3, 3), MARCH, date(2028, 3, 3), "a late finisher: from completion"),
        (PREVIOUS, date(2027, 9, 15), MARCH, date(2028, 9, 15), "a very late finisher"),
        (PREVIOUS, date(2027, 1, 30), MARCH, date(2028, 1, 30), "before the window nothing is saved up"),
        (PREVIOUS, date(2028, 2, 20), date(2028, 2, 29), date(2029, 2, 28), "29 February has no anniversary"),
        (PREVIOUS, date(2032, 2, 20), date(2032, 2, 28), date(2033, 2, 28), "and once moved it stays"),
        # fixed calendar, 31 December
        (CALENDAR, date(2026, 3, 2), None, date(2026, 12, 31), "the next one"),
        (CALENDAR, date(2026, 11, 30), None, date(2026, 12, 31), "31 days away: just outside the window"),
        (CALENDAR, date(2026, 12, 1), None, date(2027, 12, 31), "in the window: not asked again at once"),
        (CALENDAR, date(2026, 12, 20), date(2026, 12, 31), date(2027, 12, 31), "renewed in the window"),
        (CALENDAR, date(2026, 12, 31), date(2026, 12, 31), date(2027, 12, 31), "on the day itself"),
        (CALENDAR, date(2027, 1, 15), date(2026, 12, 31), date(2027, 12, 31), "a late finisher"),
    ],
)
def test_next_expiry(mode, issued_on, previous, expected, why):
    found = next_expiry(
        mode, issued_on=issued_on, months=12, previous_expiry=previous, window_days=30, calendar_day=(12, 31)
    )

    assert found == expected, why


def test_a_fixed_29_february_is_the_last_of_february():
    def holds_until(issued_on, months=12):
        return next_expiry(CALENDAR, issued_on=issued_on, months=months, window_days=30, calendar_day=(2, 29))

    assert holds_until(date(2026, 6, 1)) == date(2027, 2, 28)
    assert holds_until(date(2027, 6, 1)) == date(2028, 2, 29)
    assert holds_until(date(2027, 6, 1), months=24) == date(2029, 2, 28)


def test_what_does_not_expire_does_not_in_any_mode():
    for mode in ValidityMode.values:
        assert next_expiry(mode, issued_on=MARCH, months=None, calendar_day=(12, 31)) is None


def test_without_a_window_a_renewal_counts_from_completion():
    assert next_expiry(PREVIOUS, issued_on=date(2027, 3, 1), months=12, previous_expiry=MARCH) == date(2028, 3, 1)


def test_a_fixed_calendar_without_its_day_is_refused():
    with pytest.raises(ValueError, match="names its day"):
        next_expiry(CALENDAR, issued_on=MARCH, months=12)


def test_a_renewal_opens_so_many_days_before_the_end():
    assert renewal_opens_on(MARCH, 30) == date(2027, 1, 31)
    assert renewal_opens_on(MARCH, 0) == MARCH
    assert renewal_opens_on(MARCH, None) is None
    assert renewal_opens_on(None, 30) is None


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"today": date(2027, 1, 30)}, False),
        ({"today": date(2029, 1, 1)}, True),  # long ended: still asked for by the job
        ({"opens_on": None}, False),
        ({"is_away": True}, False),
        ({"is_required": False}, False),
        ({"is_required": False, "is_given_by_hand": True}, True),
    ],
)
def test_who_is_asked_to_renew(changed, expected):
    facts = {
        "opens_on": date(2027, 1, 31), "today": date(2027, 1, 31), "is_away": False, "is_required": True,
        "is_given_by_hand": False,
    } | changed  # fmt: skip

    assert is_asked(**facts) is expected
