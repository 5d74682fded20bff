"""The staffing calculator as the server draws it."""

import json
import re

import pytest
from django.utils import translation
from wagtail.blocks import StructBlockValidationError

from courses.catalogue.blocks.staffing import StaffingBlock

START = {
    "title": "Early shift", "task": "Take one away.", "calls": 60, "aht_s": 240, "agents": 11,
    "service_level_percent": 80, "answer_within_s": 20, "shrinkage_percent": 25, "patience_s": None,
    "sliders": ["calls", "agents"],
}  # fmt: skip


def drawn(**changes):
    block = StaffingBlock()
    with translation.override("en"):
        return block.render(block.to_python(START | changes))


def cells(html):
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'data-shown="(?:before|after)[^>]*>([^<]*)', html)]


def test_without_javascript_the_start_values_are_a_table():
    html = drawn()

    assert cells(html) == ["11", "10", "80.9%", "65.3%", "20 s", "49 s", "72.7%", "80%"]
    assert "80% within 20 s takes 11 people on the phones, and 15 on the roster with a shrinkage of 25%." in html
    assert "Erlang C" in html
    assert "hang up</th>" not in html
    for control in ("<input", '<div class="staffing-switch"'):
        assert all(" hidden" in tag for tag in re.findall(rf"{control}[^>]*>", html) if "data-staffing-late" not in tag)


def test_a_short_staffed_half_hour_shows_no_figures():
    html = drawn(agents=8)

    assert cells(html) == ["8", "7"] + ["unstable"] * 6


def test_hang_ups_have_a_line_of_their_own():
    html = drawn(agents=8, patience_s=90)

    assert "Callers who hang up</th>" in html
    assert "Erlang A" in html
    assert "unstable" not in cells(html)


def test_only_what_learners_may_move_has_a_slider():
    html = drawn()

    assert re.findall(r'data-figure="(\w+)"', html) == ["calls", "agents"]
    assert 'max="120"' in html
    assert json.loads(re.search(r'data-plan="([^"]+)"', html)[1].replace("&quot;", '"'))["patience_s"] is None


def test_a_title_with_quotes_is_only_text():
    html = drawn(title='"><script>x</script>', task="<b>x</b>")

    assert "<script>x" not in html
    assert "<b>x" not in html


def test_a_draft_without_its_figures_says_so():
    assert "complete yet" in drawn(calls=None)


def test_patience_that_moves_needs_a_start():
    block = StaffingBlock()

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python(START | {"sliders": ["patience_s"]}))

    assert "patience_s" in refused.value.block_errors
    block.clean(block.to_python(START | {"sliders": ["patience_s"], "patience_s": 60}))


@pytest.mark.parametrize("change", [{"agents": 1}, {"service_level_percent": 100}, {"aht_s": 0}, {"task": ""}])
def test_figures_that_make_no_sense_are_refused(change):
    block = StaffingBlock()

    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python(START | change))
