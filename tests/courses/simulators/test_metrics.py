"""The 23 metrics: each against a figure worked out by hand or published, its words, its edges."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from courses.simulators.formulas import figures_in, read
from courses.simulators.metrics import FIGURES, METRICS, Good, NotDefined, Unit, metrics_of, plain, shown

LANGUAGES = ("zh-hans", "en")

#: Worked out by hand; where a figure is published the source stands behind it.
BY_HAND = {
    "adherence": ({"ready_minutes": 414, "scheduled_minutes": 450}, "92.0"),  # the handbook's 92 %: 414 of 450 minutes
    "after_call_work": ({"after_call": 4500, "answered": 100}, "45"),
    "abandon_time": ({"abandon_wait": 1200, "abandoned": 20}, "60"),
    "cost_per_call": ({"total_cost": 10_000, "answered": 2400}, "4.17"),  # 4.1666…
    "handling_time": ({"talk": 9000, "after_call": 3000, "answered": 50}, "240"),
    "handling_time_with_hold": ({"talk": 9000, "hold": 900, "after_call": 3000, "answered": 50}, "258"),
    "hold_time": ({"hold": 610, "answered": 60}, "10"),  # 10.16…
    "rings": ({"rings": 605, "answered": 200}, "3.1"),  # 3.025, up: three rings were not kept
    "queue_time": ({"queue_wait": 2000, "queued": 50}, "40"),
    # COPC and ICMI define it so: all queueing over all answered; 30 calls wait 40 s, 30 don't wait → 20 s
    "speed_of_answer": ({"queue_wait": 1200, "answered": 60}, "20"),
    "talk_time": ({"talk": 1000, "answered": 6}, "167"),  # 166.66…
    "calls_per_hour": ({"answered": 100, "signed_in_hours": "7.5"}, "13.3"),
    "monitoring_score": ({"points": 85, "attainable": 90}, "94.4"),
    "occupancy": ({"talk": 2400, "hold": 300, "idle": 900}, "75.0"),
    # 8 erlangs on 10 agents for half an hour are 80 %, as Erlang C has it
    "occupancy_with_after_call_work": ({"talk": 10_000, "hold": 400, "after_call": 4000, "idle": 3600}, "80.0"),
    "abandon_rate": ({"abandoned": 30, "short_abandons": 10, "connected": 400}, "5.0"),
    "attendance": ({"present": 19, "scheduled_people": 20}, "95.0"),
    "blockage": ({"blocked": 25, "connected": 475}, "5.0"),
    "first_call_resolution": ({"first_calls": 1000, "called_again": 20, "called_back": 15}, "96.5"),  # the utility's figure
    "queue_placement": ({"queued": 1, "offered": 3}, "33.3"),  # 33.33…
    "transfer_rate": ({"transferred": 9, "answered": 600}, "1.5"),
    "answer_rate": ({"answered": 285, "offered": 300}, "95.0"),
    "service_level": ({"answered_in_time": 160, "offered": 200}, "80.0"),  # 80/20 exactly
    "total_calls": ({"answered": 900, "abandoned": 80, "blocked": 20}, "1000"),
    "turnover": ({"leavers": 30, "average_headcount": 120}, "25.0"),  # the industry's 25 %
}  # fmt: skip


def every(metrics=METRICS):
    return pytest.mark.parametrize("metric", list(metrics.values()), ids=list(metrics))


def test_there_are_23_metrics_and_each_has_one_number():
    numbers = [metric.number for metric in METRICS.values() if not metric.variant_of]

    assert numbers == list(range(1, 24))
    assert {metric.variant_of for metric in METRICS.values()} == {"", "handling_time", "occupancy"}
    assert sorted(BY_HAND) == sorted(METRICS)


@every()
def test_a_metric_comes_to_what_hand_reckoning_comes_to(metric):
    figures, expected = BY_HAND[metric.key]

    assert str(metric.compute(figures)) == expected


@every()
def test_texts_stand_in_both_languages(metric):
    texts = [metric.name, metric.definition, metric.counted, metric.reading, metric.reference.words]
    texts += [path.words for path in metric.wrong_paths]

    for words in texts:
        assert re.search(r"[\u4e00-\u9fff]", words.zh), words
        assert not re.search(r"[\u4e00-\u9fff]", words.en), words
        assert words.en.strip() == words.en != ""
        assert "坐席" not in words.zh


@every()
def test_formulas_and_wrong_paths_use_given_figures_only(metric):
    given = [given.name for given in metric.given]
    formulas = [metric.formula, *(path.formula for path in metric.wrong_paths)]
    formulas += [read(side) for limit in metric.limits for side in limit]

    assert len(set(given)) == len(given)
    assert set(given) <= FIGURES.keys()
    for formula in formulas:
        assert set(figures_in(formula)) <= set(given)
    inputs = {given.name for given in metric.inputs}
    assert {name for limit in metric.limits for side in limit for name in figures_in(read(side))} <= inputs
    assert len({path.key for path in metric.wrong_paths}) == len(metric.wrong_paths)


@every()
def test_the_worked_example_has_its_steps(metric):
    for language in LANGUAGES:
        steps = metric.steps(metric.example, language)

        assert 3 <= len(steps) <= 4
        assert steps[0] == metric.formula_in(language)
        assert steps[-1].startswith(metric.result(metric.example, language))
        assert metric.result(metric.example, language) == shown(metric.compute(metric.example), metric.unit, language)


@every()
def test_nothing_to_divide_by_is_said_in_words(metric):
    found = metric.compute({given.name: 0 for given in metric.inputs})

    if metric.key == "total_calls":
        assert found == 0
    else:
        assert isinstance(found, NotDefined)
        assert found.reason.en.startswith("Not defined: ")
        assert found.reason.zh.startswith("算不出：")


@pytest.mark.parametrize(
    "key", ["service_level", "abandon_rate", "attendance", "transfer_rate", "first_call_resolution"]
)
def test_figures_that_contradict_each_other_have_no_result(key):
    metric = METRICS[key]
    figures = {given.name: 10 for given in metric.given}
    smaller = next(figures_in(read(metric.limits[0][0])))

    found = metric.compute(figures | {smaller: 11})

    assert isinstance(found, NotDefined)
    assert "check the figures" in found.reason.en


def test_limits_say_which_figure_is_too_large():
    found = METRICS["service_level"].compute({"answered_in_time": 5, "offered": 3})

    assert found.reason.en == (
        "Not defined: “calls answered within 20 s” is more than “calls offered”. Please check the figures."
    )
    assert found.reason.zh == "算不出：“20 秒内接起的通数”比“呼入通数”还大，请核对数字。"


def test_a_missed_reference_never_reads_as_met():
    service_level, transfers = METRICS["service_level"], METRICS["transfer_rate"]

    assert service_level.compute({"answered_in_time": 7999, "offered": 10_000}) == Decimal("79.9")
    assert not service_level.reference.is_met(service_level.exact({"answered_in_time": 7999, "offered": 10_000}))
    assert transfers.compute({"transferred": 201, "answered": 10_000}) == Decimal("2.1")
    assert not transfers.reference.is_met(transfers.exact({"transferred": 201, "answered": 10_000}))


def test_rounding_to_the_bad_side_is_said():
    steps = METRICS["service_level"].steps({"answered_in_time": 2, "offered": 3}, "en")

    assert steps == (
        "calls answered within 20 s ÷ calls offered × 100%",
        "2 ÷ 3 × 100%",
        "66.6% (rounded down, so that a miss doesn't read as met)",
    )
    assert METRICS["answer_rate"].steps({"answered": 2, "offered": 3}, "zh-hans")[-1] == "66.7%"


def test_references_with_two_ends_can_be_missed_on_both_sides():
    turnover = METRICS["turnover"].reference

    assert [turnover.is_met(Fraction(value)) for value in (14, 15, 30, 31)] == [False, True, True, False]
    assert METRICS["turnover"].good == Good.RANGE


@pytest.mark.parametrize(
    "figures", [{}, {"answered": 1}, {"answered": "many", "offered": 3}, {"answered": -1, "offered": 3}]
)
def test_missing_and_strange_figures_are_refused(figures):
    with pytest.raises(ValueError):
        METRICS["answer_rate"].compute(figures)


def test_families_hold_all_metrics_once():
    keys = [metric.key for family in ("access", "handling", "quality", "resources") for metric in metrics_of(family)]

    assert sorted(keys) == sorted(key for key, metric in METRICS.items() if not metric.variant_of)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345, "12,345"),
        ("0.5", "0.5"),
        ("4.20", "4.2"),
        ("-3.456", "−3.46"),
        ("999.995", "1,000"),
        ("-0.001", "0"),
        (0, "0"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert plain(Fraction(value)) == text


def test_units_are_written_in_both_languages():
    assert shown(45, Unit.SECONDS, "zh-hans") == "45 秒"
    assert shown(45, Unit.SECONDS, "en") == "45 s"
    assert shown(Decimal("80.0"), Unit.PERCENT, "en") == "80%"
