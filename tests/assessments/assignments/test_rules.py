from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.assignments.rules import (
    INHERIT,
    Override,
    Window,
    deadline,
    deadline_after_change,
    effective,
    may_start_again_at,
    moved_deadline,
)
from tests.conftest import MON_9

MINUTE = timedelta(minutes=1)
FIELDS = ("opens_at", "closes_at", "limit_minutes", "attempts")

INSTANTS = st.integers(-600, 600).map(lambda minutes: MON_9 + minutes * MINUTE)
LIMITS = st.integers(1, 240)
WINDOWS = st.builds(
    Window,
    opens_at=st.none() | INSTANTS,
    closes_at=st.none() | INSTANTS,
    limit_minutes=st.none() | LIMITS,
    attempts=st.none() | st.integers(1, 9),
)
OVERRIDES = st.builds(
    Override,
    opens_at=st.just(INHERIT) | st.none() | INSTANTS,
    closes_at=st.just(INHERIT) | st.none() | INSTANTS,
    limit_minutes=st.just(INHERIT) | st.none() | LIMITS,
    attempts=st.just(INHERIT) | st.none() | st.integers(1, 9),
)
GROUPS = st.lists(OVERRIDES, max_size=4)
FIELD = st.sampled_from(FIELDS)


def generosity(name, value):
    """The larger, the more the learner has of it; unlimited is more than anything."""
    if value is None:
        return (1, 0)
    if name == "opens_at":
        return (0, -value.timestamp())
    return (0, value if isinstance(value, int) else value.timestamp())


# --- the window that holds -----------------------------------------------------------------------------------


@given(base=WINDOWS)
def test_without_exceptions_the_quizs_own_window_holds(base):
    assert effective(base, person=None) == base
    assert effective(base, person=Override(), groups=[Override(), Override()]) == base


@given(base=WINDOWS, person=OVERRIDES, groups=GROUPS, name=FIELD)
def test_a_persons_own_exception_beats_the_groups_field_by_field(base, person, groups, name):
    found = getattr(effective(base, person=person, groups=groups), name)

    own = getattr(person, name)
    without = getattr(effective(base, person=None, groups=groups), name)
    assert found == (without if own is INHERIT else own)


@given(base=WINDOWS, groups=st.lists(OVERRIDES, min_size=1, max_size=4), name=FIELD)
def test_of_several_groups_the_most_generous_wins(base, groups, name):
    found = getattr(effective(base, person=None, groups=groups), name)

    given_values = [value for group in groups if (value := getattr(group, name)) is not INHERIT]
    if given_values:
        assert found in given_values
        assert generosity(name, found) == max(generosity(name, value) for value in given_values)
    else:
        assert found == getattr(base, name)


@given(base=WINDOWS, groups=GROUPS, name=FIELD)
def test_unlimited_wins_among_groups(base, groups, name):
    unlimited = Override(**{name: None})

    assert getattr(effective(base, person=None, groups=[*groups, unlimited]), name) is None


@given(base=WINDOWS, person=OVERRIDES, groups=GROUPS, chance=st.randoms(use_true_random=False))
def test_the_order_of_groups_doesnt_matter(base, person, groups, chance):
    shuffled = list(groups)
    chance.shuffle(shuffled)

    assert effective(base, person=person, groups=shuffled) == effective(base, person=person, groups=groups)


@given(base=WINDOWS, groups=st.lists(OVERRIDES, min_size=1, max_size=3), more=OVERRIDES, name=FIELD)
def test_another_group_never_takes_away_what_a_group_has_given(base, groups, more, name):
    before = effective(base, person=None, groups=groups)
    after = effective(base, person=None, groups=[*groups, more])

    if any(getattr(group, name) is not INHERIT for group in groups):
        assert generosity(name, getattr(after, name)) >= generosity(name, getattr(before, name))


def test_a_person_can_be_given_less_than_the_group():
    base = Window(limit_minutes=15)

    found = effective(base, person=Override(limit_minutes=10), groups=[Override(limit_minutes=None)])

    assert found.limit_minutes == 10


def test_a_window_is_open_from_its_opening_until_before_its_close():
    window = Window(opens_at=MON_9, closes_at=MON_9 + MINUTE)

    instants = (MON_9 - MINUTE / 60, MON_9, MON_9 + MINUTE * 0.99, MON_9 + MINUTE)
    assert [window.is_open(at) for at in instants] == [False, True, True, False]
    assert Window().is_open(MON_9)


# --- the deadline --------------------------------------------------------------------------------------------


@given(window=WINDOWS)
def test_the_deadline_is_the_earlier_of_close_and_start_plus_limit(window):
    found = deadline(started_at=MON_9, window=window)

    ends = [window.closes_at] if window.closes_at else []
    if window.limit_minutes is not None:
        ends.append(MON_9 + window.limit_minutes * MINUTE)
    assert found == min(ends, default=None)
    assert (found is None) == (window.closes_at is None and window.limit_minutes is None)


@given(window=WINDOWS, minutes=st.integers(0, 120))
def test_extra_time_is_added_to_whatever_ends_the_sitting(window, minutes):
    extra = minutes * MINUTE
    without = deadline(started_at=MON_9, window=window)

    assert deadline(started_at=MON_9, window=window, extra=extra) == (None if without is None else without + extra)


@given(window=WINDOWS, more=st.integers(1, 60))
def test_a_longer_limit_never_gives_an_earlier_deadline(window, more):
    if window.limit_minutes is None:
        return
    longer = Window(window.opens_at, window.closes_at, window.limit_minutes + more, window.attempts)

    assert deadline(started_at=MON_9, window=longer) >= deadline(started_at=MON_9, window=window)


# --- a change while somebody sits ----------------------------------------------------------------------------


@given(new=st.none() | INSTANTS, at=INSTANTS)
def test_a_change_never_reaches_back(new, at):
    found = deadline_after_change(new, at=at)

    assert found is None if new is None else found >= at
    assert found in (None, new, at)


OLD = st.none() | st.integers(1, 600).map(lambda minutes: MON_9 + minutes * MINUTE)
ANSWERED = st.none() | st.integers(1, 600).map(lambda minutes: MON_9 + minutes * MINUTE)


@given(old=OLD, new=st.none() | INSTANTS, minutes=st.integers(0, 600), answered=ANSWERED)
def test_what_was_answered_in_time_stays_in_time(old, new, minutes, answered):
    at = MON_9 + minutes * MINUTE
    if answered is not None and old is not None:
        answered = min(answered, old)  # later ones were refused

    found = moved_deadline(old, new, at=at, started_at=MON_9, answered_at=answered)

    assert answered is None or found is None or found >= answered


@given(old=OLD, new=st.none() | INSTANTS, minutes=st.integers(0, 600))
def test_a_deadline_moves_only_ahead_or_to_now(old, new, minutes):
    at = MON_9 + minutes * MINUTE

    found = moved_deadline(old, new, at=at, started_at=MON_9)

    if old is not None and old <= at:  # it was over: only a later one opens it again
        assert found == (new if new is None or new > old else old)
    elif new is None:
        assert found is None
    else:
        assert found >= max(new, at)
        assert found > MON_9  # a deadline is after the start, whatever the change


@given(old=OLD, minutes=st.integers(0, 600))
def test_the_same_deadline_again_changes_nothing(old, minutes):
    assert moved_deadline(old, old, at=MON_9 + minutes * MINUTE, started_at=MON_9) == old


def test_a_change_at_the_instant_of_the_start_leaves_a_moment():
    found = moved_deadline(MON_9 + 15 * MINUTE, MON_9 - MINUTE, at=MON_9, started_at=MON_9)

    assert MON_9 < found < MON_9 + MINUTE / 60


@pytest.mark.parametrize(("wait", "last", "expected"), [(0, 5, None), (30, None, None), (30, 5, 35)])
def test_waiting_time_counts_from_the_last_end(wait, last, expected):
    last_end = None if last is None else MON_9 + last * MINUTE

    found = may_start_again_at(last_end=last_end, wait_minutes=wait)

    assert found == (None if expected is None else MON_9 + expected * MINUTE)
