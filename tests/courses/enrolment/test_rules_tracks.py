"""What of a track is open, done and still to be chosen: no database."""

from datetime import date, timedelta

import pytest

from courses.enrolment.rules.tracks import Block, Completed, Standing, blocks_of, is_held, stand

MONDAY = date(2026, 3, 2)
DONE, BEGUN, NEW = Standing(is_done=True), Standing(is_done=False, is_begun=True), Standing(is_done=False)


def elective(standing: Standing, group: str = "A") -> Standing:
    return Standing(is_done=standing.is_done, is_begun=standing.is_begun, group=group)


def test_a_group_stands_where_its_first_step_stands():
    assert blocks_of(["", "A", "", "A", "B"], {"A": 2, "B": 1}) == [
        Block((0,), 1),
        Block((1, 3), 2, "A"),
        Block((2,), 1),
        Block((4,), 1, "B"),
    ]


def test_never_more_is_needed_of_a_group_than_it_has_steps():
    assert blocks_of(["A", "A"], {"A": 5}) == [Block((0, 1), 2, "A")]
    assert blocks_of(["A", "A"], {}) == [Block((0, 1), 1, "A")]


@pytest.mark.parametrize(
    ("steps", "done", "chosen", "to_choose", "is_met"),
    [
        ([NEW, NEW, NEW], 0, 0, 2, False),
        ([BEGUN, NEW, NEW], 0, 1, 1, False),
        ([BEGUN, BEGUN, BEGUN], 0, 2, 0, False),
        ([DONE, BEGUN, BEGUN], 1, 1, 0, False),
        ([DONE, NEW, NEW], 1, 0, 1, False),
        ([DONE, DONE, BEGUN], 2, 0, 0, True),
        ([DONE, DONE, DONE], 2, 0, 0, True),
    ],
)
def test_a_group_is_met_when_as_many_are_done_as_are_asked_for(steps, done, chosen, to_choose, is_met):
    [found] = stand([elective(step) for step in steps], {"A": 2}, is_ordered=False)

    assert (found.done, found.chosen, found.to_choose, found.is_met) == (done, chosen, to_choose, is_met)


def test_in_free_order_everything_is_open():
    assert [found.is_open for found in stand([NEW, NEW, elective(NEW)], {"A": 1}, is_ordered=False)] == [True] * 3


def test_in_fixed_order_a_block_opens_when_all_before_it_are_met():
    found = stand([DONE, NEW, elective(NEW), elective(NEW), NEW], {"A": 1}, is_ordered=True)

    assert [block.is_open for block in found] == [True, True, False, False]
    assert [block.after and block.after.places for block in found] == [None, None, (1,), (2, 3)]


def test_the_steps_of_a_group_open_together_and_the_next_when_enough_are_done():
    found = stand([elective(DONE), elective(NEW), NEW], {"A": 1}, is_ordered=True)

    assert [block.is_open for block in found] == [True, True]


def test_what_was_done_ahead_of_its_time_is_done_and_opens_nothing_by_itself():
    found = stand([NEW, DONE, NEW], {}, is_ordered=True)

    assert [block.is_met for block in found] == [False, True, False]
    assert [block.is_open for block in found] == [True, False, False]


@pytest.mark.parametrize(
    ("taken", "held"),
    [
        ([], False),
        ([Completed(is_completed=False)], False),
        ([Completed(is_completed=True)], True),
        ([Completed(is_completed=True, is_revoked=True)], False),
        ([Completed(is_completed=True, expires_on=MONDAY)], False),  # the first day on which it no longer holds
        ([Completed(is_completed=True, expires_on=MONDAY + timedelta(days=1))], True),
        ([Completed(is_completed=True, is_revoked=True), Completed(is_completed=True)], True),
    ],
)
def test_a_track_that_comes_before_counts_while_its_certificate_is_valid(taken, held):
    assert is_held(taken, today=MONDAY) is held
