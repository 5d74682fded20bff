"""The metric calculator, the exercise, the shrinkage calculator and the forecast as the server draws them."""

import json
import re
from decimal import Decimal

import pytest
from django.utils import translation
from wagtail.blocks import StructBlockValidationError

from courses.catalogue.blocks.calculator import CalculatorBlock
from courses.catalogue.blocks.exercise import AskedExercise, ExerciseBlock, exercise_sheets
from courses.catalogue.blocks.forecast import ForecastBlock
from courses.catalogue.blocks.shrinkage import ShrinkageBlock
from courses.catalogue.models import LessonPage
from courses.simulators.metrics import METRICS
from courses.simulators.rules import BLOCK_PROBLEMS, LEAST_WEEKS

CALCULATOR = {
    "title": "Yesterday",
    "task": "",
    "metric": "service_level",
    "start": [{"figure": "offered", "value": 200}],
}
EXERCISE = {"title": "Your turn", "metrics": ["service_level", "occupancy"], "family": ""}
SHRINKAGE = {
    "title": "", "task": "", "paid_hours": 40, "leave_percent": 10, "sickness_percent": 5, "training_percent": 0,
    "meetings_percent": 0, "breaks_percent": 10, "needed": 30,
}  # fmt: skip
FORECAST = {
    "title": "", "task": "",
    "weeks": [{"calls": calls, "note": "Holiday" if calls == 31 else ""} for calls in (92, 95, 31, 98, 101, 104)],
    "aht_s": 240, "service_level_percent": 80, "answer_within_s": 20, "shrinkage_percent": 25,
}  # fmt: skip
BLOCKS = {
    "calculator": (CalculatorBlock, CALCULATOR), "exercise": (ExerciseBlock, EXERCISE),
    "shrinkage": (ShrinkageBlock, SHRINKAGE), "forecast": (ForecastBlock, FORECAST),
}  # fmt: skip


def drawn(name, language="en", context=None, **changes):
    kind, start = BLOCKS[name]
    block = kind()
    with translation.override(language):
        return " ".join(block.render(block.to_python(start | changes), context=context).split())


def refused(name, **changes):
    kind, start = BLOCKS[name]
    block = kind()
    with pytest.raises(StructBlockValidationError) as found:
        block.clean(block.to_python(start | changes))
    return found.value


@pytest.mark.parametrize("name", BLOCKS)
def test_what_the_pack_reader_accepts_the_editor_accepts(name):
    kind, start = BLOCKS[name]
    block = kind()

    assert BLOCK_PROBLEMS[name](start) == []
    block.clean(block.to_python(start))


@pytest.mark.parametrize("name", BLOCKS)
def test_previews_in_the_editor_are_whole(name):
    block = BLOCKS[name][0]()
    with translation.override("en"):
        html = block.render(block.get_preview_value())

    assert "complete yet" not in html
    assert "<section" in html


@pytest.mark.parametrize("name", BLOCKS)
def test_nothing_is_left_to_inline_code(name):
    html = drawn(name)

    assert "style=" not in html
    assert "onclick" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("name", ["calculator", "shrinkage", "forecast"])
def test_without_a_task_nothing_stands_there(name):
    assert "None" not in drawn(name, task=None, title=None)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_title_with_quotes_is_only_text(name):
    assert "<script>x" not in drawn(name, title='"><script>x</script>')


# --- the metric calculator ------------------------------------------------------------------------------------


def test_without_javascript_the_start_figures_have_their_result():
    html = drawn("calculator")

    assert "calls answered within 20 s ÷ calls offered × 100%" in html
    assert "<span data-filled-in>= 148 ÷ 200 × 100%</span> <strong data-result>= 74%</strong>" in html
    assert "80% within 20 s" in html
    assert re.search(r'data-verdict="met" hidden>.*data-verdict="missed">', html)
    html = re.sub(r'<span class="calculator-field" data-controls hidden>.*?</span>', "", html)
    assert all(" hidden" in tag for tag in re.findall(r"<(?:input|button)[^>]*>", html))


def test_a_calculator_speaks_chinese_in_a_chinese_lesson():
    html = drawn("calculator", language="zh-hans")

    assert "20 秒内接起的通数 ÷ 呼入通数 × 100%" in html
    assert "20 秒内接起 80%" in html


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_its_calculator(metric):
    html = drawn("calculator", metric=metric, start=[])
    data = json.loads(re.search(r'data-calculator="([^"]+)"', html)[1].replace("&quot;", '"').replace("&#x27;", "'"))

    assert html.count("data-slider=") == len(METRICS[metric].inputs) == len(data["labels"])
    assert (
        "Not defined"
        not in html.replace(data["zero"], "").replace(data["contradiction"], "").replace("&quot;", "")[-2000:]
    )


def test_start_figures_without_result_say_why():
    html = drawn("calculator", start=[{"figure": "offered", "value": 0}, {"figure": "answered_in_time", "value": 0}])

    assert "Not defined: “calls offered” is 0, and nothing can be divided by 0.</strong>" in html
    assert re.search(r'data-verdict="met" hidden>.*data-verdict="missed" hidden>', html)


def test_units_stand_behind_the_fields():
    assert "> s</span></label>" in drawn("calculator", metric="talk_time", start=[])
    assert "> 秒</span></label>" in drawn("calculator", "zh-hans", metric="talk_time", start=[])


def test_figures_of_another_metric_are_refused():
    error = refused("calculator", start=[{"figure": "talk", "value": 3}])

    assert "start" in error.block_errors
    refused("calculator", start=[{"figure": "offered", "value": 3}, {"figure": "offered", "value": 4}])
    refused("calculator", start=[{"figure": "offered", "value": -3}])
    refused("calculator", metric="nonsense")


def test_an_unfinished_calculator_says_so():
    assert "complete yet" in drawn("calculator", metric="")


# --- exercises ------------------------------------------------------------------------------------------------


class Child:
    block_type = "exercise"

    def __init__(self, block_id, **changes):
        block = ExerciseBlock()
        self.id, self.value = block_id, block.to_python(EXERCISE | changes)


def sheet(reader="7", block_id="one", language="en", asked=None, **changes):
    with translation.override(language):
        return exercise_sheets([Child(block_id, **changes)], reader=reader, asked=asked)[block_id]


def test_a_reader_finds_the_same_figures_again_and_others_have_others():
    def figures(**who):
        return sheet(**who).exercise.figures

    assert figures() == figures()
    assert len({tuple(figures(reader=str(reader)).values()) for reader in range(20)}) > 15
    assert figures(block_id="other") != figures()
    assert figures(asked=AskedExercise("one", 2)) != figures()


def test_turns_take_turns_among_the_metrics():
    keys = [sheet(asked=AskedExercise("one", turn)).metric.key for turn in (1, 2, 3)]

    assert set(keys[:2]) == {"service_level", "occupancy"}
    assert keys[2] == keys[0]


def test_a_family_and_named_metrics_are_asked_once_each():
    asked = {
        sheet(metrics=["transfer_rate", "occupancy"], family="quality", asked=AskedExercise("one", turn)).metric.key
        for turn in range(1, 5)
    }

    assert asked == {"occupancy", "monitoring_score", "first_call_resolution", "transfer_rate"}


def answered(typed, **changes):
    found = sheet(metrics=["service_level"], asked=AskedExercise("one", 1, typed), **changes)
    with translation.override(changes.get("language", "en")):
        block = ExerciseBlock()
        return " ".join(
            block.render(
                block.to_python(EXERCISE | {"metrics": ["service_level"]}),
                context={"exercises": {"one": found}, "block": Child("one"), "lesson": {"url": "/learn/x/"}},
            ).split()
        )


def test_a_right_answer_is_told_and_shows_its_way():
    first = sheet(metrics=["service_level"])
    html = answered(str(first.metric.compute(first.exercise.figures)))

    assert "Right." in html
    assert "right yet" not in html
    assert "<details" in html
    assert " open>" not in html
    assert 'href="/learn/x/?exercise=one&amp;try=2#exercise-one"' in html


def test_a_wrong_path_is_named():
    figures = sheet(metrics=["service_level"]).exercise.figures
    html = answered(f"{Decimal(100) * figures['answered_in_time'] / figures['answered']:.1f}%")

    assert "That isn't right yet." in html
    assert "divide by the calls offered" in html
    assert " open>" not in html


def test_a_slip_of_rounding_is_nearly_right():
    found = sheet(metrics=["service_level"])
    html = answered(f"{float(found.exercise.exact) + 0.3:.2f}")

    assert f"Nearly: it is {found.result}." in html
    assert "Round only once" in html


def test_an_unknown_slip_is_shown_the_way():
    html = answered("3")

    assert "3% isn't it." in html
    assert '<details class="exercise-way" open>' in html
    assert 'value="3"' in html


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Type your answer first."), ("abc", "read as a number"), ("3 s", "another unit")]
)
def test_what_is_no_answer_is_asked_for_again(typed, said):
    html = answered(typed)

    assert said in html
    assert html.count("data-check-result") == 1
    assert 'check-result"' not in html


def test_typed_markup_stays_text():
    assert "<b>x" not in answered("<b>x</b>")


def test_explanations_are_in_the_lessons_language():
    html = answered("3", language="zh-hans")

    assert "20 秒内接起的通数 ÷ 呼入通数 × 100%" in html


@pytest.mark.parametrize("turn", [0, -3, 1000])
def test_turns_nobody_reaches_are_the_first(turn):
    assert sheet(asked=AskedExercise("one", turn)).exercise.figures == sheet().exercise.figures


def test_an_exercise_without_metrics_is_refused_and_an_unfinished_one_says_so():
    assert "metrics" in refused("exercise", metrics=[], family="").block_errors
    assert "complete yet" in drawn("exercise", metrics=[], family="")


def test_without_a_lesson_around_it_nothing_can_be_sent():
    html = drawn("exercise")

    assert re.search(r'<button[^>]*type="submit" disabled>', html)
    assert "hx-get" not in html


# --- shrinkage ------------------------------------------------------------------------------------------------


def test_shrinkage_shows_both_ways_without_javascript():
    html = drawn("shrinkage")

    cells = re.findall(r'data-shown="(\w+\.\w+)">([^<]*)<', html)
    assert dict(cells)["added.leave"] == "4 h"
    assert dict(cells)["multiplied.breaks"] == "3.42 h"
    assert dict(cells)["added.hours"] == "30 h"
    assert dict(cells)["multiplied.shrinkage"] == "23.05%"
    assert (dict(cells)["added.rostered"], dict(cells)["multiplied.rostered"]) == ("40", "39")
    assert "For 30 on the phones roster 40: 30 ÷ (100% − 25%), rounded up." in html
    assert "38 people. With 25% away only 28.5 of them are on the phones." in html


def test_terms_that_take_everything_are_refused():
    assert refused("shrinkage", leave_percent=60, breaks_percent=40).non_block_errors
    assert "complete yet" in drawn("shrinkage", needed=None)


# --- forecasts ------------------------------------------------------------------------------------------------


def test_a_forecast_shows_weeks_forecast_and_agents_without_javascript():
    html = drawn("forecast")

    assert html.count("<tr data-week>") == 6
    assert "6 weeks ago" in html
    assert "last week" in html
    assert "Holiday" in html
    # by hand: 521 ÷ 6, slope 72.5 ÷ 17.5 a week, 3.5 weeks on from the middle
    assert "The mean of 6 weeks is 86.8 calls. The trend makes it 116.7% of that: 101.3 calls to expect." in html
    assert (
        "101.3 calls take 18 agents on the phones for 80% within 20 s, and 24 on the roster with a shrinkage of 25%."
        in html
    )
    assert "data-day" not in html


def test_days_have_a_column_where_they_are_known():
    html = drawn("forecast", weeks=[{"calls": 90, "day_calls": 1200}] * 3)

    assert "<td data-day>1,200</td>" in html
    assert "the days&#x27; calls" in html


def test_weeks_that_make_no_sense_are_refused():
    assert "weeks" in refused("forecast", weeks=[{"calls": 9, "day_calls": 5}] * 3).block_errors
    assert (
        "weeks" in refused("forecast", weeks=[{"calls": 9, "day_calls": 50}, {"calls": 9}, {"calls": 9}]).block_errors
    )
    refused("forecast", weeks=[{"calls": 9}] * 2)
    refused("forecast", weeks=[{"calls": 9}] * 13)


def test_a_new_forecast_begins_with_as_many_weeks_as_it_needs():
    assert len(ForecastBlock().get_default()["weeks"]) == LEAST_WEEKS


def test_an_unfinished_forecast_says_so():
    assert "complete yet" in drawn("forecast", weeks=[])
    assert "complete yet" in drawn("forecast", weeks=[{"calls": None}] * 3)
    assert "complete yet" in drawn("forecast", weeks=[{"calls": 9, "day_calls": 5}] * 3)


def test_lessons_offer_the_blocks():
    offered = LessonPage._meta.get_field("body").stream_block.child_blocks

    assert set(BLOCKS) <= set(offered)
