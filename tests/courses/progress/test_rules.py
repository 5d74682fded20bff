"""What counts as read, how much time is believed: no database."""

import pytest

from courses.progress.rules import Finished, counts_as_done, credited_seconds, minutes_left, seconds_left


@pytest.mark.parametrize(
    ("finished", "live", "own", "done"),
    [
        ([], {"en": 1, "zh-hans": 1}, "en", False),
        ([("en", 1)], {"en": 1, "zh-hans": 1}, "en", True),
        # The source has a material change, my language not yet: I'm not asked.
        ([("en", 1)], {"en": 1, "zh-hans": 2}, "en", True),
        # Now my language has it.
        ([("en", 1)], {"en": 2, "zh-hans": 2}, "en", False),
        ([("en", 1), ("en", 2)], {"en": 2, "zh-hans": 2}, "en", True),
        # Read in the other language, where it is still as it was.
        ([("en", 1)], {"en": 1, "zh-hans": 2}, "zh-hans", True),
        ([("zh-hans", 1)], {"en": 1, "zh-hans": 2}, "zh-hans", False),
        # My language doesn't have the lesson at all.
        ([("zh-hans", 1)], {"zh-hans": 1}, "en", True),
        ([("zh-hans", 1)], {"zh-hans": 2}, "en", False),
        # The language it was read in isn't published any more.
        ([("en", 2)], {"zh-hans": 2}, "zh-hans", True),
        ([("en", 1)], {"zh-hans": 2}, "zh-hans", False),
    ],
)
def test_reading_counts_while_it_is_as_new_as_the_own_language(finished, live, own, done):
    values = [Finished(language, version) for language, version in finished]

    assert counts_as_done(values, live=live, own_language=own) is done


@pytest.mark.parametrize(
    ("claimed", "since_last", "believed"),
    [(20, None, 20), (500, None, 60), (20, 20.4, 20), (60, 20.4, 20), (500, 3600.0, 60), (-5, 20.0, 0), (10, -3.0, 0)],
)
def test_no_more_time_is_believed_than_passed_or_than_a_beat_holds(claimed, since_last, believed):
    assert credited_seconds(claimed, since_last=since_last) == believed


@pytest.mark.parametrize(("minutes", "seconds", "left"), [(8, 0, 8), (8, 59, 8), (8, 180, 5), (8, 4000, 1)])
def test_minutes_left_never_reach_zero(minutes, seconds, left):
    assert minutes_left(minutes, seconds) == left


@pytest.mark.parametrize(
    ("minimum", "read", "left"), [(0, 0, 0), (120, 0, 120), (120, 60, 60), (120, 114, 6), (120, 115, 0), (120, 500, 0)]
)
def test_a_few_seconds_of_the_minimum_are_not_haggled_over(minimum, read, left):
    assert seconds_left(minimum, read) == left
