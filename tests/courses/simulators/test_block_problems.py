"""What the calculators of a lesson may start from."""

import pytest

from courses.simulators.rules import BLOCK_PROBLEMS, figures_of

GOOD = {
    "calculator": {"metric": "service_level", "start": [{"figure": "offered", "value": 200}]},
    "exercise": {"title": "Your turn", "metrics": ["service_level", "occupancy"]},
    "shrinkage": {
        "paid_hours": 40, "leave_percent": 8, "sickness_percent": 4, "training_percent": 3, "meetings_percent": 2,
        "breaks_percent": 10, "needed": 20,
    },
    "forecast": {
        "weeks": [{"calls": 90, "day_calls": 900}, {"calls": 30, "day_calls": 400, "note": "Holiday"}, {"calls": 95, "day_calls": 950}],
        "aht_s": 240, "service_level_percent": 80, "answer_within_s": 20, "shrinkage_percent": 25,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_good_fields_have_no_problems(name):
    assert BLOCK_PROBLEMS[name](GOOD[name]) == []


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, 3, "x", ["x"]])
def test_anything_but_a_mapping_is_named(name, value):
    assert BLOCK_PROBLEMS[name](value) == ["a mapping is expected"]


@pytest.mark.parametrize("name", GOOD)
def test_unknown_fields_and_wrong_texts_are_named(name):
    assert BLOCK_PROBLEMS[name](GOOD[name] | {"colour": 1, "title": 3}) == [
        "there is no field `colour`",
        "`title` must be a text",
    ]


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("calculator", {"metric": None}, "there is no metric `None`"),
        ("calculator", {"metric": ["x"]}, "there is no metric `['x']`"),
        ("calculator", {"start": {}}, "start: a list of `figure` and `value` is expected"),
        ("calculator", {"start": [3]}, "start: a list of `figure` and `value` is expected"),
        ("calculator", {"start": [{"figure": "talk", "value": 3}]}, "start: service_level has no figure `talk`; it has offered, answered_in_time"),
        ("calculator", {"start": [{"figure": "offered", "value": -3}]}, "start: `offered` must be a number from 0 to 1000000"),
        ("calculator", {"start": [{"figure": "offered", "value": True}]}, "start: `offered` must be a number from 0 to 1000000"),
        ("calculator", {"start": [{"figure": "offered", "value": 1.5}]}, "start: `offered` takes at most 0 places after the point"),
        ("calculator", {"start": [{"figure": "offered", "value": 1}, {"figure": "offered", "value": 1}]}, "start: `offered` stands twice"),
        ("exercise", {"metrics": []}, "give `metrics` or a `family`"),
        ("exercise", {"metrics": "x"}, "metrics: a list is expected"),
        ("exercise", {"metrics": ["x", {}]}, "there is no metric `x`"),
        ("exercise", {"family": "all"}, "there is no family `all`; there are access, handling, quality, resources"),
        ("exercise", {"family": []}, None),
        ("exercise", {"family": ["x"]}, "there is no family `['x']`; there are access, handling, quality, resources"),
        ("shrinkage", {"needed": 0}, "`needed` must be a whole number from 1 to 1000"),
        ("shrinkage", {"leave_percent": 5.5}, "`leave_percent` must be a whole number from 0 to 60"),
        ("shrinkage", {"leave_percent": None}, "`leave_percent` is missing"),
        ("shrinkage", {"leave_percent": 60, "breaks_percent": 40}, "the terms add up to 100 per cent or more: nobody is left to answer"),
        ("forecast", {"weeks": []}, "weeks: a list of 3 to 12 is expected"),
        ("forecast", {"weeks": [{"calls": 1}] * 13}, "weeks: a list of 3 to 12 is expected"),
        ("forecast", {"weeks": [{"calls": 1}, {"calls": 1, "note": "x" * 61}, {"calls": 1}]}, "week 2: `note` is longer than 60 characters"),
        ("forecast", {"weeks": [{"calls": 1, "day_calls": 5}, {"calls": 1}, {"calls": 1}]}, "weeks: give `day_calls` for every week, or for none"),
        ("forecast", {"weeks": [{"calls": 9, "day_calls": 5}] * 3}, "week 1: `day_calls` can't be less than `calls`"),
        ("forecast", {"weeks": [3, {"calls": 1}, {"calls": 1}]}, "week 1: a mapping is expected"),
        ("forecast", {"aht_s": float("nan")}, "`aht_s` must be a whole number from 10 to 1800"),
    ],
)  # fmt: skip
def test_each_mistake_is_named(name, change, problem):
    found = BLOCK_PROBLEMS[name](GOOD[name] | change)

    assert (found[:1] == [problem]) if problem else found == []


def test_only_words_differ_between_languages():
    week = {"calls": 90, "note": "Holiday"}

    assert figures_of({"title": "a", "task": "b", "aht_s": 240, "weeks": [week]}) == {
        "aht_s": 240,
        "weeks": [{"calls": 90}],
    }
