from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.attempts.rules import (
    Ending,
    GradedAnswer,
    Outcome,
    SavedAnswer,
    agreed_share,
    counting,
    ending,
    made_at,
    right_needed,
    seconds_spent,
    shares_by_skill,
    shown_share,
    standing,
    verdict,
)
from tests.conftest import MON_9

MINUTE = timedelta(minutes=1)


def answers(*shares, skill=1):
    return [GradedAnswer(skill, Decimal(share)) for share in shares]


def saved(sequence, seconds, *chosen):
    instant = MON_9 + timedelta(seconds=seconds)
    return SavedAnswer(sequence, list(chosen), instant, instant)


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


# --- sections, must-pass, points, voids ----------------------------------------------------------------------


def row(share, **more):
    return GradedAnswer(more.pop("skill", 1), Decimal(share), **more)


def test_verdict_weighs_by_points():
    rows = [row(1, points=Decimal(3)), row(0, points=Decimal(1))]

    assert verdict(rows, pass_share=Decimal("0.8")).score == Decimal("0.75")


def test_verdict_of_a_section_that_fails():
    rows = [row(1, section=1), row(1, section=1), row(1, section=1), row(0, section=2)]

    found = verdict(rows, pass_share=Decimal("0.7"), sections={1: Decimal("0.5"), 2: Decimal("0.5"), 3: Decimal(1)})

    assert not found.passed
    assert [(part.number, part.score, part.passed) for part in found.sections] == [(1, 1, True), (2, 0, False)]


def test_verdict_of_a_section_without_a_pass_share_of_its_own():
    rows = [row(1, section=1), row(1, section=1), row(0, section=2)]

    assert verdict(rows, pass_share=Decimal("0.6"), sections={1: None, 2: None}).passed


def test_verdict_of_a_must_pass_question_that_is_wrong():
    found = verdict([*answers(1, 1, 1, 1), row("0.9", is_must_pass=True)], pass_share=Decimal("0.8"))

    assert (found.passed, found.failed_must_pass) == (False, 1)


def test_a_void_question_has_full_marks_or_is_not_counted():
    rows = [row(1), row(0), row(0, void="full", is_must_pass=True)]
    assert verdict(rows, pass_share=Decimal("0.6")).score == Decimal("0.66666")
    assert verdict(rows, pass_share=Decimal("0.6")).passed

    dropped = verdict([row(1), row(1), row(0, void="dropped")], pass_share=Decimal("0.8"))
    assert (dropped.score, dropped.n, dropped.passed) == (1, 2, True)


def test_where_every_question_is_dropped_all_have_full_marks():
    assert verdict([row(0, void="dropped")], pass_share=Decimal("0.8")).score == 1


ROWS = st.lists(
    st.builds(
        GradedAnswer,
        skill_id=st.integers(1, 3),
        share=st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)]),
        points=st.sampled_from([Decimal(1), Decimal("2.5")]),
        void=st.sampled_from(["", "", "full", "dropped"]),
    ),
    min_size=1,
    max_size=12,
)


@given(rows=ROWS)
def test_a_void_never_costs_a_point_that_was_won(rows):
    without = [GradedAnswer(each.skill_id, each.share, each.points) for each in rows]
    fulls = [
        GradedAnswer(each.skill_id, each.share, each.points, void="full" if each.void == "full" else "")
        for each in rows
    ]

    assert verdict(fulls, pass_share=Decimal(1)).score >= verdict(without, pass_share=Decimal(1)).score
    assert 0 <= verdict(rows, pass_share=Decimal(1)).score <= 1


# --- which attempt counts ------------------------------------------------------------------------------------

OUTCOMES = [Outcome(Decimal("0.9"), passed=False), Outcome(Decimal("0.8"), passed=True), Outcome(Decimal("0.4"), False)]


@pytest.mark.parametrize(
    ("counting", "score", "passed", "place"),
    [
        ("best", Decimal("0.8"), True, 1),  # the higher one failed a must-pass question
        ("last", Decimal("0.4"), False, 2),
        ("first", Decimal("0.9"), False, 0),
        ("average", Decimal("0.7"), False, 2),
    ],
)
def test_standing(counting, score, passed, place):
    found = standing(OUTCOMES, counting=counting, pass_share=Decimal("0.8"))

    assert (found.score, found.passed, found.place) == (score, passed, place)


def test_standing_of_nothing():
    assert standing([], counting="best", pass_share=Decimal("0.8")).score is None


# --- two markers ---------------------------------------------------------------------------------------------


def test_one_marker_is_enough_unless_two_are_asked_for():
    assert agreed_share([Decimal("0.5")], needs_second=False).share == Decimal("0.5")
    assert agreed_share([Decimal("0.5")], needs_second=True).needs_second


def test_two_markers_meet_in_the_middle_or_need_a_third():
    near = agreed_share([Decimal("0.5"), Decimal("0.65")], needs_second=True)
    far = agreed_share([Decimal("0.5"), Decimal("0.66")], needs_second=True)
    final = agreed_share([Decimal("0.5"), Decimal("0.9"), Decimal("0.8")], needs_second=True)

    assert near.share == Decimal("0.575")
    assert (far.share, far.needs_third) == (None, True)
    assert final.share == Decimal("0.8")


# --- the end of a sitting ------------------------------------------------------------------------------------

END = MON_9 + 15 * MINUTE
GRACE = 5 * MINUTE


@pytest.mark.parametrize(
    ("overdue", "seconds", "by_sweep", "expected"),
    [
        ("autosubmit", -1, False, Ending(True, END - timedelta(seconds=1))),
        ("autosubmit", 600, False, Ending(True, END)),
        ("autosubmit", 60, True, None),
        ("autosubmit", 61, True, Ending(True, END)),
        ("grace", 299, False, Ending(True, END + timedelta(seconds=299))),
        ("grace", 301, False, Ending(False, END + GRACE)),
        ("grace", 300 + 60, True, None),
        ("grace", 300 + 61, True, Ending(False, END + GRACE)),
        ("abandon", 0, False, Ending(True, END)),
        ("abandon", 1, False, Ending(False, END)),
        ("abandon", 61, True, Ending(False, END)),
    ],
)
def test_ending(overdue, seconds, by_sweep, expected):
    at = END + timedelta(seconds=seconds)

    assert ending(at=at, made=at, deadline_at=END, overdue=overdue, grace=GRACE, by_sweep=by_sweep) == expected


def test_ending_of_a_button_pressed_in_time_that_arrived_late():
    made, at = END - timedelta(seconds=1), END + timedelta(seconds=20)

    found = ending(at=at, made=made, deadline_at=END, overdue="abandon", grace=GRACE, by_sweep=False)

    assert found == Ending(True, made)


def test_ending_without_a_deadline():
    found = ending(at=END, made=END, deadline_at=None, overdue="abandon", grace=GRACE, by_sweep=False)

    assert found == Ending(True, END)
    assert ending(at=END, made=END, deadline_at=None, overdue="abandon", grace=GRACE, by_sweep=True) is None


@given(elapsed=st.integers(-10_000, 10_000), passed=st.integers(0, 5_000))
def test_made_at_lies_between_the_acknowledged_exchange_and_the_receipt(elapsed, passed):
    received = MON_9 + timedelta(milliseconds=passed)

    found = made_at(acknowledged_at=MON_9, elapsed=timedelta(milliseconds=elapsed), received_at=received)

    assert MON_9 <= found <= received


def test_seconds_spent_go_to_the_question_that_was_answered_next():
    moments = [
        (1, MON_9 + timedelta(seconds=30)),
        (2, MON_9 + timedelta(seconds=45)),
        (1, MON_9 + timedelta(seconds=65)),
    ]

    assert seconds_spent(moments[::-1], started_at=MON_9) == {1: 50, 2: 15}
