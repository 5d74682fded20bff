"""When a lesson fails, and when chance may explain it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from assessments.statistics import Interval
from courses.insight.rules import (
    LEAST_PAIRS,
    Answers,
    Concern,
    Effect,
    Figures,
    Heard,
    OpenComments,
    Read,
    Readers,
    change_of,
    concerns_of,
    effect_of,
    failing_order,
    readers_of,
    stops,
)
from courses.insight.states import Change, ConcernKind
from tests.conftest import MON_9


def read(*, days_ago=10, seconds=0, place="", is_done=False, language="en"):
    return Read(seconds, place, MON_9 - timedelta(days=days_ago), is_done, language)


def heard(share, days, source=1, weight=1):
    return Heard(("evaluation", source), Decimal(str(share)), Decimal(weight), MON_9 + timedelta(days=days))


# --- readers -----------------------------------------------------------------------------------------------------


def test_who_is_still_reading_counts_on_neither_side():
    found = readers_of(
        [read(is_done=True), read(is_done=True, days_ago=1), read(), read(days_ago=7)], finished_unseen=1, at=MON_9
    )

    assert (found.finished, found.left, found.reading, found.begun) == (3, 1, 1, 5)
    assert (found.share.estimate, found.share.n) == (0.75, 4)


def test_the_median_is_of_those_who_finished_and_whose_time_is_known():
    done = [read(is_done=True, seconds=seconds) for seconds in (60, 120, 600, 0)]

    found = readers_of([*done, read(seconds=3000)], at=MON_9)

    assert (found.median_minutes, found.timed) == (2, 3)


def test_nobody_read_it():
    found = readers_of([], at=MON_9)

    assert (found.begun, found.share, found.median_minutes) == (0, None, None)


def test_stops_are_counted_by_language_and_block():
    bodies = {"en": ["a", "b"], "zh-hans": ["a", "c"]}
    reads = [
        read(place="b"), read(place="b"), read(place=""), read(place="gone"),
        read(place="a", language="zh-hans"),  # shared id: the own language wins
        read(place="c"),  # read on the other language's page
        read(place="b", is_done=True), read(place="b", days_ago=1),
    ]  # fmt: skip

    found = stops(reads, bodies, at=MON_9)

    assert [(stop.number, stop.n, stop.share.estimate) for stop in found["en"]] == [
        (0, 1, 0.25), (2, 2, 0.5), (None, 1, 0.25),
    ]  # fmt: skip
    assert [(stop.number, stop.n) for stop in found["zh-hans"]] == [(1, 1), (2, 1)]


# --- calls -------------------------------------------------------------------------------------------------------


def test_a_change_is_the_mean_of_the_calls_after_less_that_before():
    rows = [heard(0.5, -3, 1), heard(0.7, -2, 2), heard(1, 5, 3), heard(0, 5, 3, weight=3), heard(0.75, 6, 4)]

    assert change_of(MON_9, rows) == pytest.approx(0.5 - 0.6)


@pytest.mark.parametrize("days", [(-3,), (3,), (-31, 3), (-3, 31), ()])
def test_a_change_needs_calls_on_both_sides_of_the_window(days):
    assert change_of(MON_9, [heard(0.5, day, number) for number, day in enumerate(days)]) is None


def test_an_effect_needs_pairs():
    few = effect_of([0.5] * (LEAST_PAIRS - 3))

    assert (few.interval, few.change, few.needed) == (None, Change.TOO_FEW, 3)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([0.1, 0.2, 0.3, 0.2] * 2, Change.BETTER),
        ([-0.1, -0.2, -0.3, -0.2] * 2, Change.WORSE),
        ([-0.4, 0.4, 0.1, -0.1] * 2, Change.SAME),
    ],
)
def test_an_effect_is_said_when_chance_does_not_explain_it(changes, said):
    assert effect_of(changes).change == said


# --- what fails --------------------------------------------------------------------------------------------------

FAILS = Answers("q", "", 2, 20)
HOLDS = Answers("r", "", 19, 20)
COMMENTS = OpenComments({"unclear": 2}, MON_9)
SAME = Effect(9, Interval(-0.01, -0.1, 0.08, 9))


def kinds(figures):
    return [concern.kind for concern in concerns_of(figures)]


def test_a_lesson_without_trouble_concerns_nobody():
    better = Effect(9, Interval(0.2, 0.1, 0.3, 9))

    assert kinds(Figures()) == []
    assert kinds(Figures(Readers(finished=19, left=1), (HOLDS,), effect=better)) == []


def test_every_kind_of_trouble_is_found_in_order():
    figures = Figures(Readers(finished=5, left=15), (HOLDS, FAILS), comments=COMMENTS, effect=SAME)

    assert kinds(figures) == list(ConcernKind)
    assert figures.hardest == FAILS


def test_what_chance_explains_is_no_concern():
    """Two of five wrong, one of four left: the range reaches over the bar or rests on too few."""
    assert kinds(Figures(Readers(finished=3, left=2), (Answers("q", "", 3, 5),))) == []
    assert kinds(Figures(Readers(finished=0, left=4), (Answers("q", "", 0, 4),))) == []


def test_what_fails_first_comes_first():
    def order(*concerns):
        return failing_order([Concern(kind, badness) for kind, badness in concerns])

    worst = order((ConcernKind.SELF_CHECK, 0.9))
    bad = order((ConcernKind.SELF_CHECK, 0.4), (ConcernKind.COMMENTS, 50))
    comments = order((ConcernKind.COMMENTS, 3))

    assert sorted([order(), comments, bad, worst]) == [worst, bad, comments, order()]
