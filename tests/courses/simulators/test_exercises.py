"""Exercises on the metrics: what is drawn, how answers are read and judged."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.simulators.exercises import (
    PLAUSIBLE,
    Exercise,
    Outcome,
    Unreadable,
    draw,
    judge,
    pick,
    question,
    read_answer,
)
from courses.simulators.metrics import METRICS, Unit, metrics_of

every = pytest.mark.parametrize("metric", list(METRICS.values()), ids=list(METRICS))
#: What reader 7 sees at the first try.
FROZEN = {"offered": "339", "answered": "294", "answered_in_time": "275"}
SERVICE_LEVEL = Exercise(METRICS["service_level"], {"offered": 200, "answered": 184, "answered_in_time": 149})  # 74.5 %


@every
@settings(max_examples=60, deadline=None)
@given(seed=st.text(max_size=40))
def test_every_seed_draws_a_fair_exercise(metric, seed):
    exercise = draw(metric, seed)
    least, most = PLAUSIBLE[metric.unit]
    slips = list(exercise.slips())

    assert least <= exercise.exact <= most
    assert len(slips) >= len(metric.wrong_paths)
    for number, slip in enumerate(slips):
        assert abs(slip.value - exercise.exact) > exercise.tolerance.right + slip.near
        for other in slips[:number]:
            assert abs(slip.value - other.value) > slip.near + other.near


@every
@settings(max_examples=30, deadline=None)
@given(seed=st.text(max_size=40))
def test_every_slip_is_recognised_and_every_rounding_is_right(metric, seed):
    exercise = draw(metric, seed)

    for slip in exercise.slips():
        found = judge(exercise, slip.value)
        assert (found.outcome, found.words) == (Outcome.WRONG_PATH, slip.words)
    places = {Unit.PERCENT: 10, Unit.RINGS: 10, Unit.PER_HOUR: 10, Unit.MONEY: 100}.get(metric.unit, 1)
    for down in (exercise.exact * places // 1, exercise.exact * places // 1 + (exercise.exact * places % 1 != 0)):
        assert judge(exercise, Fraction(down, places)).outcome == Outcome.RIGHT
    assert judge(exercise, Fraction(str(metric.compute(exercise.figures)))).outcome == Outcome.RIGHT


def test_a_seed_draws_the_same_figures_for_good():
    """Changing these figures changes the exercise under a learner who is at it."""
    assert {name: str(value) for name, value in draw(METRICS["service_level"], "7/block/1").figures.items()} == FROZEN


def test_another_seed_draws_other_figures():
    drawn = {tuple(draw(METRICS["service_level"], f"{reader}/block/1").figures.values()) for reader in range(50)}

    assert len(drawn) > 45


def test_turns_walk_through_all_metrics():
    metrics = list(metrics_of("access"))

    turns = [pick(metrics, "7/block", turn) for turn in range(len(metrics))]

    assert {metric.key for metric in turns} == {metric.key for metric in metrics}
    assert pick(metrics, "7/block", len(metrics)) == turns[0]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("74.5", Outcome.RIGHT), ("74.6", Outcome.RIGHT), ("74.4", Outcome.RIGHT), ("75", Outcome.CLOSE), ("74", Outcome.CLOSE),
        ("75.1", Outcome.WRONG), ("0.745", Outcome.WRONG_PATH), ("0.74", Outcome.WRONG_PATH), ("25.5", Outcome.WRONG_PATH),
        ("81", Outcome.WRONG_PATH), ("92", Outcome.WRONG_PATH), ("134.2", Outcome.WRONG_PATH), ("12", Outcome.WRONG),
        ("0", Outcome.WRONG), ("-74.5", Outcome.WRONG),
    ],
)  # fmt: skip
def test_answers_are_judged_by_the_number(answer, outcome):
    assert judge(SERVICE_LEVEL, Fraction(answer)).outcome == outcome


def test_the_wrong_denominator_is_explained():
    found = judge(SERVICE_LEVEL, Fraction(81))  # 149 of the 184 answered

    assert found.words.en == (
        "You divided by the calls answered. Those who were never answered called too: divide by the calls offered."
    )
    assert str(found.result) == "74.5"


def test_the_question_shows_also_what_the_formula_does_not_need():
    assert question(SERVICE_LEVEL, "en") == [
        ("calls offered", "200"), ("calls answered", "184"), ("calls answered within 20 s", "149")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("82.5", Unit.PERCENT, "82.5"), ("82.5%", Unit.PERCENT, "82.5"), ("82,5 %", Unit.PERCENT, "82.5"),
        ("８２．５％", Unit.PERCENT, "82.5"), ("82。5", Unit.PERCENT, "82.5"), ("８２，５％", Unit.PERCENT, "82.5"),
        ("82,456", Unit.PERCENT, "82.456"), (" 82 percent ", Unit.PERCENT, "82"), (".825", Unit.PERCENT, "0.825"),
        ("−5", Unit.PERCENT, "-5"), ("1,250", Unit.CALLS, "1250"), ("1 250", Unit.CALLS, "1250"), ("1,250 通", Unit.CALLS, "1250"),
        ("¥4.20", Unit.MONEY, "4.2"), ("4.2元", Unit.MONEY, "4.2"), ("1.234,5", Unit.MONEY, "1234.5"),
        ("1,234.5", Unit.MONEY, "1234.5"), ("95", Unit.SECONDS, "95"), ("95 s", Unit.SECONDS, "95"), ("95秒", Unit.SECONDS, "95"),
        ("1:35", Unit.SECONDS, "95"), ("１：３５", Unit.SECONDS, "95"), ("0:01:35", Unit.SECONDS, "95"),
        ("1分35秒", Unit.SECONDS, "95"), ("1 min 35 s", Unit.SECONDS, "95"), ("1.5 min", Unit.SECONDS, "90"),
        ("1'35\"", Unit.SECONDS, "95"), ("94,6", Unit.SECONDS, "94.6"), ("14 通/小时", Unit.PER_HOUR, "14"), ("2.4 声", Unit.RINGS, "2.4"),
    ],
)  # fmt: skip
def test_answers_are_read_as_people_type_them(typed, unit, value):
    assert read_answer(typed, unit) == Fraction(value)


@pytest.mark.parametrize(
    ("typed", "unit", "why"),
    [
        ("", Unit.PERCENT, Unreadable.EMPTY), ("  ", Unit.SECONDS, Unreadable.EMPTY), ("abc", Unit.PERCENT, Unreadable.NO_NUMBER),
        ("82 s", Unit.PERCENT, Unreadable.OTHER_UNIT), ("95%", Unit.SECONDS, Unreadable.OTHER_UNIT),
        ("1/2", Unit.PERCENT, Unreadable.OTHER_UNIT), ("1e5", Unit.PERCENT, Unreadable.OTHER_UNIT),
        ("8..2", Unit.PERCENT, Unreadable.NO_NUMBER), ("1:75", Unit.SECONDS, Unreadable.OTHER_UNIT),
        ("9" * 41, Unit.PERCENT, Unreadable.NO_NUMBER), ("NaN", Unit.PERCENT, Unreadable.NO_NUMBER),
    ],
)  # fmt: skip
def test_what_is_no_number_is_said_so(typed, unit, why):
    assert read_answer(typed, unit) == why


@given(typed=st.text(max_size=60), unit=st.sampled_from(sorted(PLAUSIBLE)))
def test_nothing_typed_breaks_the_reading(typed, unit):
    assert isinstance(read_answer(typed, unit), Fraction | Unreadable)
