"""The staffing calculator under a learner's hands: the block as the server draws it, with its module."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from courses.catalogue.blocks.staffing import StaffingBlock

pytestmark = pytest.mark.browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
MODULE = Path(settings.BASE_DIR) / "courses" / "static" / "courses" / "staffing.js"
START = {
    "title": "Early shift", "task": "Take one away.", "calls": 60, "aht_s": 240, "agents": 11,
    "service_level_percent": 80, "answer_within_s": 20, "shrinkage_percent": 25,
}  # fmt: skip


@pytest.fixture
def shown(page):
    """A function that opens the calculator with these start values and returns its locator."""
    failed = []
    page.on("pageerror", lambda error: failed.append(str(error)))

    def open_it(**changes):
        block = StaffingBlock()
        with translation.override("en"):
            html = block.render(block.to_python(START | {"sliders": ["calls", "agents"]} | changes))
        page.set_content(f'<html lang="en"><body><article lang="en">{html}</article></body></html>')
        page.add_script_tag(content=MODULE.read_text(encoding="utf-8"), type="module")
        page.get_by_role("switch").wait_for()
        return page.locator("[data-staffing]")

    yield open_it
    assert failed == []


def cells(staffing, name):
    return staffing.locator(f"[data-shown$='.{name}']:visible").all_text_contents()


def test_one_late_colleague_opens_the_second_column_and_is_said_in_words(shown, page):
    staffing = shown()
    assert cells(staffing, "service_level") == ["80.9%"]

    page.get_by_role("switch", name="One colleague is late").press("Space")

    assert cells(staffing, "agents") == ["11", "10"]
    assert cells(staffing, "service_level") == ["80.9%", "65.3%"]
    assert cells(staffing, "average_speed_of_answer") == ["20 s", "49 s"]
    said = (
        "With 10 instead of 11 on the phones everybody who calls waits 49 s on average instead of 20 s, and 65.3% are "
        "answered within 20 s instead of 80.9%. That is 2.5 times the wait. Each of the others is busy 80% of the time "
        "instead of 72.7%."
    )
    assert staffing.locator(".staffing-words").text_content() == said
    page.wait_for_function("said => document.querySelector('[role=status]').textContent === said", arg=said)


def test_sliders_are_moved_by_keys_and_put_back(shown, page):
    staffing = shown()
    agents = page.get_by_role("slider", name="Agents on the phones")

    for _press in range(3):
        agents.press("ArrowLeft")

    assert agents.get_attribute("aria-valuetext") == "8"
    assert cells(staffing, "service_level") == ["unstable"]
    assert "more work comes in than they can do" in staffing.locator(".staffing-words").text_content()
    assert "takes 11 people on the phones, and 15 on the roster" in staffing.text_content()
    page.get_by_role("button", name="Start values").click()
    assert cells(staffing, "service_level") == ["80.9%"]


def test_callers_patience_has_a_slider_and_a_line(shown, page):
    staffing = shown(agents=8, patience_s=90, sliders=["patience_s", "shrinkage_percent", "service_level_percent"])
    before = cells(staffing, "abandonment")

    page.get_by_role("slider", name="Callers' patience").press("Home")

    assert cells(staffing, "abandonment") != before
    assert "unstable" not in staffing.locator("table").text_content()
    page.get_by_role("slider", name="Target").press("Home")
    assert staffing.get_by_text("target met").first.is_visible()
