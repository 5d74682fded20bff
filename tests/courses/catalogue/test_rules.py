"""Two languages, order, self-checks: no database."""

from datetime import date

import pytest

from courses.catalogue.rules import in_master_order, is_right, next_material_version, shown_language
from courses.catalogue.rules.changes import Block, changes_between
from courses.catalogue.rules.tracks import Candidate, Fit, first_fit, path_back
from courses.catalogue.states import BlockMark


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


# --- what comes before what ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edges", "way"),
    [
        ({}, []),
        ({"wfm": {"crm"}}, []),
        ({"wfm": {"onboarding"}}, ["wfm", "onboarding"]),
        ({"wfm": {"crm"}, "crm": {"onboarding"}}, ["wfm", "crm", "onboarding"]),
        ({"wfm": {"crm", "desk"}, "desk": {"onboarding"}, "crm": {"late"}, "late": {"onboarding"}}, ["wfm", "desk", "onboarding"]),
        ({"wfm": {"crm"}, "crm": {"wfm"}}, []),  # a cycle beside the question doesn't run for ever
    ],
)  # fmt: skip
def test_the_way_back_is_the_shortest(edges, way):
    assert path_back(edges, "wfm", "onboarding") == way


def test_a_track_that_comes_before_itself():
    assert path_back({}, "wfm", "wfm") == ["wfm"]


# --- for whom ------------------------------------------------------------------------------------------------

ANA = Candidate(7, job_role_id=1, site_id=2, team_paths=frozenset({"00010002"}), hired_on=date(2026, 3, 2))


@pytest.mark.parametrize(
    ("fit", "fits"),
    [
        (Fit(job_role_id=1), True),
        (Fit(job_role_id=3), False),
        (Fit(site_id=2), True),
        (Fit(site_id=1), False),
        (Fit(team_path="0001"), True),  # the team or one below it
        (Fit(team_path="00010002"), True),
        (Fit(team_path="000100020001"), False),
        (Fit(person_id=7), True),
        (Fit(person_id=8), False),
        (Fit(hired_from=date(2026, 3, 2)), True),
        (Fit(hired_from=date(2026, 3, 3)), False),
        (Fit(hired_until=date(2026, 3, 2)), True),
        (Fit(hired_until=date(2026, 3, 1)), False),
        (Fit(job_role_id=1, site_id=2, team_path="0001", hired_from=date(2026, 1, 1)), True),
        (Fit(job_role_id=1, site_id=9), False),  # all of it must fit
    ],
)
def test_everything_that_a_rule_says_must_fit(fit, fits):
    assert fit.fits(ANA) is fits


def test_whose_hire_date_is_not_known_fits_no_span():
    assert not Fit(hired_until=date(2030, 1, 1)).fits(Candidate(1))


def test_one_rule_of_several_is_enough_and_the_first_tells_why():
    assert first_fit([Fit(site_id=9), Fit(site_id=2), Fit(job_role_id=1)], ANA) == Fit(site_id=2)
    assert first_fit([Fit(site_id=9)], ANA) is None
    assert first_fit([], ANA) is None


def test_a_rule_that_says_nothing_fits_nobody():
    assert first_fit([Fit()], ANA) is None


# --- what changed ------------------------------------------------------------------------------------------------


def block(ident, content, kind="text"):
    return Block(ident, kind, content)


A, B, C, D = (block(name, f"<p>{name}</p>") for name in "abcd")


@pytest.mark.parametrize(
    ("before", "now", "marks", "removed"),
    [
        ([], [], {}, []),
        ([A, B], [A, B], {}, []),
        ([A, C], [A, B, C], {"b": "new"}, []),
        ([A, B, C], [A, C], {}, ["b"]),
        ([A, B], [A, block("b", "<p>else</p>")], {"b": "changed"}, []),
        # The fewest that have to be moved.
        ([A, B, C, D], [D, A, B, C], {"d": "moved"}, []),
        ([A, B], [B, A], {"b": "moved"}, []),
        # Changed beats moved.
        ([A, B, C], [block("c", "new words"), A, B], {"c": "changed"}, []),
        # Another kind under the same id is another block.
        ([A], [block("a", {"text": "a"}, "callout")], {"a": "new"}, ["a"]),
        # New ids for the same words: nothing has changed.
        ([A, B], [block("x", A.content), block("y", B.content)], {}, []),
        # Two blocks say the same; one of them is gone.
        ([block("p", "same"), block("q", "same")], [block("r", "same")], {}, ["q"]),
        ([], [A], {"a": "new"}, []),
        ([A], [], {}, ["a"]),
    ],
)
def test_a_body_is_compared_block_by_block(before, now, marks, removed):
    changes = changes_between(before, now)

    assert {ident: str(mark) for ident, mark in changes.marks.items()} == marks
    assert [gone.id for gone in changes.removed] == removed
    assert changes.is_empty is (not marks and not removed)


def rows(*texts, ids="1234"):
    return {
        "title": "",
        "steps": [{"type": "item", "id": ids[n], "value": {"text": text}} for n, text in enumerate(texts)],
    }


def test_ids_of_list_rows_are_no_change_and_their_order_is():
    before = [block("s", rows("one", "two"), "steps")]

    assert changes_between(before, [block("s", rows("one", "two", ids="xyz"), "steps")]).is_empty
    assert changes_between(before, [block("s", rows("two", "one"), "steps")]).marks == {"s": BlockMark.CHANGED}
    assert changes_between(before, [block("s", rows("one"), "steps")]).marks == {"s": BlockMark.CHANGED}


def test_a_field_that_came_empty_is_no_change():
    before, now = {"text": "x"}, {"text": "x", "title": "", "image": None}

    assert changes_between([block("c", before, "callout")], [block("c", now, "callout")]).is_empty


def test_what_an_editor_writes_by_itself_is_no_change():
    before = [block("t", "<p>a</p><p>b</p>"), block("m", {"text": "one\n\ntwo"}, "markdown")]
    now = [
        block("t", '<p data-block-key="k1x">a</p><p data-block-key="z9">b</p>'),
        block("m", {"text": "one\r\n\r\ntwo\r\n"}, "markdown"),
    ]

    assert changes_between(before, now).is_empty


def test_rows_of_a_pack_are_the_rows_of_the_editor():
    packed = {"steps": [{"text": "one"}, {"text": "two"}]}

    assert changes_between([block("s", packed, "steps")], [block("s", rows("one", "two"), "steps")]).is_empty
    assert not changes_between([block("s", packed, "steps")], [block("s", rows("one", "too"), "steps")]).is_empty
