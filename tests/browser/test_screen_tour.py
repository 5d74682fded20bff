"""A screen tour under a learner's hands: the block as the server draws it, with its module and its look."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from courses.catalogue.blocks.media import ScreenTourBlock

pytestmark = pytest.mark.browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
STATIC = Path(settings.BASE_DIR) / "courses" / "static" / "courses"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@pytest.fixture
def tour(page):
    """A function that opens the sample of the block at this width of the window, with or without its module."""
    failed = []
    page.on("pageerror", lambda error: failed.append(str(error)))

    def open_it(width=1000, *, has_module=True):
        block = ScreenTourBlock()
        with translation.override("en"):
            html = block.render(block.get_preview_value(), context={"is_sample": True})
        html = html.replace('src="/static/courses/sample-screen.svg"', f'src="{PIXEL}"').split("<script")[0]
        css = (STATIC / "lessons.css").read_text(encoding="utf-8")
        page.set_viewport_size({"width": width, "height": 900})
        page.set_content(
            f'<html lang="en"><style>{css} img {{ width: 100%; height: auto }}</style><body>{html}</body></html>'
        )
        if has_module:
            page.add_script_tag(content=(STATIC / "screen-tour.js").read_text(encoding="utf-8"), type="module")
            page.locator("[data-tour-point][role=button]").first.wait_for()
        return page.locator("[data-tour]")

    yield open_it
    assert failed == []


def card(tour):
    return tour.locator("[data-tour-card]")


def test_without_the_module_points_lead_to_the_list(tour, page):
    shown = tour(has_module=False)

    shown.locator("[data-tour-point='2']").click()

    assert page.evaluate("location.hash") == "#tour-sample-2"
    assert shown.locator("li:target").inner_text().startswith("Open tickets")
    assert not card(shown).is_visible()


def test_points_lie_where_the_author_put_them(tour):
    shown = tour()
    picture = shown.locator("img").bounding_box()

    dot = shown.locator("[data-tour-point='2'] .tour-dot").bounding_box()

    assert dot["x"] + dot["width"] / 2 == pytest.approx(picture["x"] + picture["width"] * 0.58, abs=2)
    assert dot["y"] + dot["height"] / 2 == pytest.approx(picture["y"] + picture["height"] * 0.45, abs=2)


@pytest.mark.parametrize("width", [390, 1000])
def test_a_click_opens_a_point_and_the_card_stays_on_the_page(tour, width):
    shown = tour(width)
    assert not shown.locator("li").first.is_visible()

    shown.locator("[data-tour-point='3']").click()

    box = card(shown).bounding_box()
    assert card(shown).inner_text().split("\n")[0].startswith("3")
    assert "Nothing is kept before you press it." in card(shown).inner_text()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    dot = shown.locator("[data-tour-point='3'] .tour-dot").bounding_box()
    covers = box["x"] < dot["x"] + 14 < box["x"] + box["width"] and box["y"] < dot["y"] + 14 < box["y"] + box["height"]
    assert not covers


def test_the_keyboard_opens_steps_and_closes(tour, page):
    shown = tour()
    first = shown.locator("[data-tour-point='1']")

    first.focus()
    page.keyboard.press("Enter")
    assert "1 of 3" in card(shown).inner_text()
    assert first.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowLeft")
    assert "3 of 3" in card(shown).inner_text()
    page.keyboard.press("ArrowRight")
    assert "1 of 3" in card(shown).inner_text()
    page.keyboard.press("Escape")

    assert not card(shown).is_visible()
    assert page.evaluate("document.activeElement.dataset.tourPoint") == "1"
    page.keyboard.press("Space")
    assert card(shown).is_visible()
