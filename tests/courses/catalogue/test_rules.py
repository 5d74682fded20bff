"""Two languages, order, self-checks: no database."""

import pytest

from courses.catalogue.rules import in_master_order, is_right, next_material_version, shown_language


@pytest.mark.parametrize(
    ("available", "wanted", "shown"),
    [({"en", "zh-hans"}, "en", "en"), ({"zh-hans"}, "en", "zh-hans"), ({"en"}, "zh-hans", "en"), ({"en"}, "en", "en")],
)
def test_a_page_is_shown_in_the_wanted_language_or_the_other(available, wanted, shown):
    assert shown_language(available, wanted) == shown


def test_the_source_orders_and_what_only_others_have_comes_last():
    assert in_master_order(["b", "a"], ["a", "c", "b"]) == ["b", "a", "c"]
    assert in_master_order([], ["a"]) == ["a"]


@pytest.mark.parametrize(
    ("chosen", "right", "verdict"),
    [({1}, {1}, True), ({1, 2}, {1}, False), ({1}, {1, 2}, False), ({2, 1}, {1, 2}, True), (set(), {1}, False)],
)
def test_a_check_is_right_when_exactly_the_right_options_are_chosen(chosen, right, verdict):
    assert is_right(chosen, right) is verdict


def test_a_check_without_any_right_option_is_never_right():
    assert is_right(set(), set()) is False


def test_a_material_change_raises_the_version_once_however_often_it_is_saved():
    assert next_material_version(3, is_material=True) == 4
    assert next_material_version(3, is_material=False) == 3
