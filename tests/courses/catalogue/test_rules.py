"""Two languages, order, self-checks: no database."""

from datetime import date

import pytest

from courses.catalogue.rules import in_master_order, is_right, next_material_version, shown_language
from courses.catalogue.rules.tracks import Candidate, Fit, first_fit, path_back


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
