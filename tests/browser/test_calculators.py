"""The calculators of a lesson under a learner's hands: each block as the server draws it, with its module."""

import base64
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from courses.catalogue.blocks.calculator import CalculatorBlock
from courses.catalogue.blocks.forecast import ForecastBlock
from courses.catalogue.blocks.shrinkage import START, ShrinkageBlock

pytestmark = pytest.mark.browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
STATIC = Path(settings.BASE_DIR) / "courses" / "static" / "courses"
WEEKS = [{"calls": calls, "day_calls": 10 * calls} for calls in (90, 90, 30, 90)]
PLAN = {"aht_s": 240, "service_level_percent": 80, "answer_within_s": 20, "shrinkage_percent": 25}


@pytest.fixture
def shown(page):
    """A function that opens a block with its module and returns its locator."""
    failed = []
    page.on("pageerror", lambda error: failed.append(str(error)))

    def open_it(block, value, module, language="en"):
        with translation.override(language):
            html = block.render(block.to_python(value))
        erlang = base64.b64encode((STATIC / "staffing.js").read_bytes()).decode()
        html = html.replace("/static/courses/staffing.js", f"data:text/javascript;base64,{erlang}")
        page.set_content(f'<html lang="{language}"><body><article lang="{language}">{html}</article></body></html>')
        page.add_script_tag(content=(STATIC / module).read_text(encoding="utf-8"), type="module")
        page.locator("[data-reset]:visible").wait_for()
        return page.locator("section")

    yield open_it
    assert failed == []


def test_a_metric_follows_its_fields_and_sliders(shown, page):
    calculator = shown(CalculatorBlock(), {"metric": "service_level", "start": []}, "calculator.js")
    field = page.get_by_role("spinbutton", name="Calls answered within 20 s")
    assert calculator.locator("[data-result]").text_content() == "= 74%"

    field.fill("160")

    assert calculator.locator("[data-filled-in]").text_content() == "= 160 ÷ 200 × 100%"
    assert calculator.locator("[data-result]").text_content() == "= 80%"
    assert calculator.get_by_text("within the reference figure").first.is_visible()
    page.wait_for_function("() => document.querySelector('[role=status]').textContent.startsWith('80%')")
    slider = page.get_by_role("slider", name="Calls answered within 20 s")
    assert slider.input_value() == "160"
    slider.press("ArrowLeft")
    assert (field.input_value(), calculator.locator("[data-result]").text_content()) == ("159", "= 79.5%")
    assert calculator.get_by_text("outside the reference figure").first.is_visible()


def test_figures_without_result_say_why_and_can_be_put_back(shown, page):
    calculator = shown(CalculatorBlock(), {"metric": "service_level", "start": []}, "calculator.js", "zh-hans")
    result = calculator.locator("[data-result]")
    fields = page.get_by_role("spinbutton")

    fields.nth(0).fill("100")
    assert result.text_content() == "算不出：“20 秒内接起的通数”比“呼入通数”还大，请核对数字。"
    fields.nth(1).fill("0")
    fields.nth(0).fill("0")
    assert result.text_content() == "算不出：“呼入通数”为 0，不能作除数。"
    fields.nth(0).fill("")
    assert fields.nth(0).get_attribute("aria-invalid") == "true"
    assert not calculator.locator("[data-verdict]:visible").count()
    page.locator("[data-reset]").click()
    assert result.text_content() == "= 74%"


def test_shrinkage_follows_its_sliders(shown, page):
    calculator = shown(ShrinkageBlock(), START, "shrinkage.js")
    cell = calculator.locator("[data-shown='added.rostered']")
    assert cell.text_content() == "28"  # 20 ÷ 0.73

    page.get_by_role("slider", name="Breaks").press("Home")

    assert cell.text_content() == "25"  # 20 ÷ 0.83
    assert "For 20 on the phones roster 25: 20 ÷ (100% − 17%), rounded up." in calculator.text_content()
    page.locator("[data-reset]").click()
    assert cell.text_content() == "28"


def test_a_week_left_out_changes_forecast_and_agents(shown, page):
    forecast = shown(ForecastBlock(), PLAN | {"weeks": WEEKS}, "forecast.js")
    before = forecast.locator("[data-forecast-calls]").text_content()
    assert not forecast.locator("[data-before]").is_visible()

    page.get_by_role("checkbox", name="Count the week: 2 weeks ago").uncheck()

    assert before != forecast.locator("[data-forecast-calls]").text_content() == "90"
    assert "The mean of 3 weeks is 90 calls. The trend makes it 100% of that" in forecast.text_content()
    assert forecast.locator("[data-before]").is_visible()
    field = page.get_by_role("spinbutton", name="Calls, last week")
    field.fill("120")
    assert forecast.locator("[data-day]").last.text_content() == "930"  # the day gains what the half-hour gains
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    assert "Without a single week" in forecast.text_content()
    page.locator("[data-reset]").click()
    assert forecast.locator("[data-forecast-calls]").text_content() == before
