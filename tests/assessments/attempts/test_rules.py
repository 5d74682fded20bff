from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.attempts.rules import (
    GradedAnswer,
    SavedAnswer,
    counting,
    right_needed,
    shares_by_skill,
    shown_share,
    sitting,
    verdict,
)
from tests.conftest import MON_9

MINUTE = timedelta(minutes=1)


def answers(*shares, skill=1):
    return [GradedAnswer(skill, Decimal(share)) for share in shares]


def test_sitting_lasts_its_limit():
    found = sitting(at=MON_9, limit_minutes=15, extra_minutes=0, closes_at=None)

    assert (found.deadline_at, found.minutes, found.is_cut) == (MON_9 + 15 * MINUTE, 15, False)


def test_sitting_with_extra_time():
    found = sitting(at=MON_9, limit_minutes=15, extra_minutes=5, closes_at=MON_9 + 20 * MINUTE)

    assert (found.deadline_at, found.minutes, found.is_cut) == (MON_9 + 20 * MINUTE, 20, False)


def test_sitting_that_the_closing_date_cuts():
    closes_at = MON_9 + 7 * MINUTE + timedelta(seconds=59)

    found = sitting(at=MON_9, limit_minutes=15, extra_minutes=5, closes_at=closes_at)

    assert (found.deadline_at, found.minutes, found.is_cut) == (closes_at, 7, True)


def saved(sequence, seconds, *chosen):
    return SavedAnswer(sequence, chosen, MON_9 + timedelta(seconds=seconds))


def test_counting_takes_the_newest_in_time():
    rows = [saved(1, 10, 1), saved(3, 20, 3), saved(2, 30, 2), saved(4, 61, 4)]

    assert counting(rows, deadline_at=MON_9 + MINUTE) == rows[1]


def test_counting_at_the_deadline_itself():
    assert counting([saved(1, 60, 1)], deadline_at=MON_9 + MINUTE) is not None


def test_counting_nothing():
    assert counting([saved(1, 61, 1)], deadline_at=MON_9 + MINUTE) is None


SAVES = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 120)), max_size=20, unique_by=lambda row: row[0])


@given(rows=SAVES, data=st.data())
def test_counting_does_not_depend_on_the_order_of_arrival(rows, data):
    made = [saved(sequence, seconds, sequence) for sequence, seconds in rows]
    shuffled = data.draw(st.permutations(made))

    found = counting(shuffled, deadline_at=MON_9 + MINUTE)

    in_time = [sequence for sequence, seconds in rows if seconds <= 60]
    assert (found.sequence if found else None) == max(in_time, default=None)


def test_verdict_passes_at_the_pass_share_itself():
    assert verdict(answers(1, 1, 1, 1, 0), pass_share=Decimal("0.8")).passed


def test_verdict_counts_blank_as_zero():
    found = verdict(answers(1, 1, 0), pass_share=Decimal("0.667"))

    assert (found.score, found.passed, found.right, found.n) == (Decimal("0.66666"), False, 2, 3)


def test_verdict_of_nothing():
    with pytest.raises(ValueError, match="without questions"):
        verdict([], pass_share=Decimal("0.8"))


@given(
    right=st.integers(0, 40),
    wrong=st.integers(0, 40),
    pass_share=st.decimals("0.001", 1, places=3),
)
def test_verdict_and_right_needed_agree(right, wrong, pass_share):
    if right + wrong == 0:
        return
    found = verdict(answers(*[1] * right, *[0] * wrong), pass_share=pass_share)

    assert found.passed == (right >= right_needed(n=right + wrong, pass_share=pass_share))
    assert found.passed == (found.score >= pass_share)
    assert 0 <= found.score <= 1


def test_shares_by_skill_keeps_a_skill_left_blank():
    rows = [*answers(1, 0, skill=1), *answers(0, 0, skill=2), *answers(1, 1, 0, skill=3)]

    assert shares_by_skill(rows) == {1: Decimal("0.5"), 2: Decimal(0), 3: Decimal("0.66666")}


@pytest.mark.parametrize(("share", "shown"), [("0.79999", "0.799"), ("0.8", "0.8"), ("1", "1"), ("0", "0")])
def test_shown_share_is_rounded_down(share, shown):
    assert shown_share(Decimal(share)) == Decimal(shown)
