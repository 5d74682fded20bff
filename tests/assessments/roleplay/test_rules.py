from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assessments.evaluations.rules import Seen
from assessments.roleplay.rules import (
    Candidate,
    CardItem,
    Clash,
    Exposure,
    MarkedPoint,
    Obstacle,
    Play,
    Tally,
    Wish,
    card_marks,
    composite,
    draw,
    exposure_of,
    fed_items,
    item_points,
    needs_reason,
    obstacle,
    point_observations,
    suits,
)
from assessments.roleplay.states import PointOutcome
from assessments.scorecards.states import ItemKind, NotApplicable

D = Decimal
RESTATES = CardItem("restates", ItemKind.SCORED)
SOLVES = CardItem("solves", ItemKind.SCORED, not_applicable=NotApplicable.NOT_ALLOWED)
CALMS = CardItem("calms", ItemKind.SCORED, points_possible=2, weight=D(2))
ACCURACY = CardItem("accuracy", ItemKind.FATAL, points_possible=1, not_applicable=NotApplicable.NOT_ALLOWED)
FILLER = CardItem("filler", ItemKind.WARNING, points_possible=1)
BONUS = CardItem("bonus", ItemKind.BONUS, points_possible=2)
PASS = D("0.8")


def point(key, item, outcome, weight=1, *, fatal=False):
    return MarkedPoint(key, item, outcome, D(weight), fatal)


@pytest.mark.parametrize(
    ("outcomes", "points"),
    [
        ([("met", 1)], 4),
        ([("partly", 1)], 2),
        ([("not_met", 1)], 0),
        ([("met", 1), ("not_met", 1)], 2),
        ([("met", 3), ("not_met", 1)], 3),  # 3/4 of 4
        ([("met", 1), ("partly", 1), ("not_met", 1)], 2),  # 1.5/3 of 4
        ([("met", 1), ("met", 1), ("not_met", 1)], D("2.67")),  # 2/3 of 4
        ([("met", 1), ("not_met", 1), ("not_met", 1)], D("1.33")),
        ([("met", 1), ("not_reached", 5)], 4),  # leaves numerator and denominator
        ([("not_reached", 1)], None),
        ([("", 1)], None),
        ([("", 1), ("partly", 1)], 2),
    ],
)
def test_item_points_are_the_weighted_mean_of_the_points(outcomes, points):
    marked = [point(str(n), "restates", outcome, weight) for n, (outcome, weight) in enumerate(outcomes)]

    assert item_points(RESTATES, marked) == points


@pytest.mark.parametrize(
    ("marked", "points"),
    [
        ([("met", True)], 1),
        ([("partly", True)], 1),
        ([("not_met", True)], 0),
        ([("not_met", False)], 0),
        ([("met", False), ("not_met", True)], 0),  # one fatal point missed fails, whatever the other one says
        ([("met", False), ("not_met", False)], 1),
        ([("not_reached", True)], None),
    ],
)
def test_item_points_of_a_fatal_item(marked, points):
    given = [point(str(n), "accuracy", outcome, fatal=fatal) for n, (outcome, fatal) in enumerate(marked)]

    assert item_points(ACCURACY, given) == points


def test_card_marks_take_fed_items_from_points_only_and_the_rest_as_marked():
    points = [point("a", "restates", "partly"), point("b", "accuracy", "met", fatal=True)]

    marks = card_marks([RESTATES, SOLVES, ACCURACY, CALMS], points, {"restates": D(4), "solves": D(3), "calms": None})

    assert [(mark.key, mark.points) for mark in marks] == [
        ("restates", 2),
        ("solves", 3),
        ("accuracy", 1),
        ("calms", None),
    ]


def test_composite_of_a_whole_call():
    """restates 3 of 4, solves 4 of 4, calms 1 of 2 twice: (3 + 4 + 2) / (4 + 4 + 4) = 0.75."""
    points = [
        point("greets", "restates", "not_met"),
        point("restates", "restates", "met", 3),
        point("fee", "accuracy", "met", fatal=True),
        point("sorry", "calms", "partly"),
    ]

    score = composite(
        [RESTATES, SOLVES, CALMS, ACCURACY, FILLER], points, {"solves": D(4), "filler": D(0)}, pass_share=PASS
    )

    assert (score.computed, score.final, score.passed) == (D("0.75"), D("0.75"), False)
    assert {part.key: (part.gained, part.lost) for part in score.parts if part.gained is not None} == {
        "restates": (D("0.25"), D(1) / 12),
        "solves": (D(4) / 12, D(0)),
        "calms": (D(2) / 12, D(2) / 12),
    }


def test_composite_adds_nothing_but_the_bonus_of_the_card():
    score = composite([RESTATES, BONUS], [point("a", "restates", "partly")], {"bonus": D(1)}, pass_share=PASS)

    assert score.final == D("0.75")


def test_composite_reaching_the_pass_share_exactly_passes():
    """Five points of equal weight, four met: 3.2 of 4."""
    points = [point(str(n), "restates", "met" if n else "not_met") for n in range(5)]

    score = composite([RESTATES], points, {}, pass_share=PASS)

    assert (score.final, score.passed) == (D("0.8"), True)


def test_composite_with_a_fatal_point_not_met_fails_with_everything_else_perfect():
    points = [point("a", "restates", "met"), point("fee", "accuracy", "not_met", fatal=True)]

    score = composite([RESTATES, ACCURACY], points, {}, pass_share=PASS)

    assert (score.computed, score.final, score.passed, score.has_fatal_failure) == (D(1), D(0), False, True)


def test_composite_leaves_out_what_was_not_reached_even_where_the_item_always_applies():
    points = [
        point("a", "restates", "met"),
        point("b", "solves", "not_reached"),
        point("c", "accuracy", "not_reached", fatal=True),
    ]

    score = composite([RESTATES, SOLVES, ACCURACY], points, {}, pass_share=PASS)

    assert (score.final, score.passed, score.possible) == (D(1), True, D(4))


def test_composite_with_nothing_reached_is_no_score():
    score = composite([RESTATES], [point("a", "restates", "not_reached")], {}, pass_share=PASS)

    assert (score.computed, score.final, score.passed) == (None, None, None)


def test_point_observations_share_the_weight_of_their_item():
    points = [
        point("greets", "restates", "not_met"),
        point("restates", "restates", "met", 3),
        point("skipped", "restates", "not_reached", 9),
        point("sorry", "calms", "partly"),
        point("fee", "accuracy", "met", fatal=True),
        point("uhm", "filler", "not_met"),
    ]

    assert point_observations([RESTATES, SOLVES, CALMS, ACCURACY, FILLER], points) == [
        Seen("greets", D(0), D("0.25")),
        Seen("restates", D(1), D("0.75")),
        Seen("sorry", D("0.5"), D(2)),
        Seen("fee", D(1), D(1)),
    ]


def test_point_observations_always_weigh_something():
    points = [point("tiny", "restates", "met", "0.01"), point("huge", "restates", "met", 999)]

    assert [seen.weight for seen in point_observations([RESTATES], points)] == [D("0.01"), D(1)]


@pytest.mark.parametrize(
    ("outcome", "observed", "needed"),
    [
        (PointOutcome.NOT_REACHED, "", True),
        (PointOutcome.NOT_REACHED, "  ", True),
        (PointOutcome.NOT_REACHED, "line dropped", False),
        (PointOutcome.NOT_MET, "", False),
        ("", "", False),
    ],
)
def test_needs_reason(outcome, observed, needed):
    assert needs_reason(outcome, observed) is needed


def test_fed_items():
    assert fed_items([point("a", "restates", ""), point("b", "restates", "met")]) == {"restates"}


GOOD = {"is_open": True, "has_script": True, "has_open_call": False, "is_passed": False, "taken": 0, "allowed": None}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, None),
        ({"taken": 5}, None),
        ({"taken": 1, "allowed": 2}, None),
        ({"taken": 2, "allowed": 2}, Obstacle.NONE_LEFT),
        ({"is_open": False}, Obstacle.CLOSED),
        ({"has_script": False}, Obstacle.NO_SCRIPT),
        ({"has_open_call": True}, Obstacle.ALREADY_PLANNED),
        ({"is_passed": True}, Obstacle.ALREADY_PASSED),
    ],
)
def test_obstacle(change, found):
    assert obstacle(**{**GOOD, **change}) is found


# --- exposure and the draw ------------------------------------------------------------------------------------

ANA, ABEL = 1, 2
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
REST = timedelta(days=14)


def play(person, days_ago, scenario=5):
    return Play(scenario, person, "somebody", NOW - timedelta(days=days_ago))


@pytest.mark.parametrize(
    ("plays", "clash", "days_ago"),
    [
        ([], None, None),
        ([play(ANA, 400)], Clash.OWN, 400),
        ([play(ANA, 400), play(ANA, 30)], Clash.OWN, 30),
        ([play(ANA, -2)], Clash.OWN, -2),  # booked
        ([play(ABEL, 13)], Clash.NEIGHBOUR, 13),
        ([play(ABEL, 14)], None, None),
        ([play(ABEL, -2)], Clash.NEIGHBOUR, -2),
        ([play(ABEL, 1), play(ANA, 90)], Clash.OWN, 90),
        ([play(ANA, 1, scenario=6), play(ABEL, 1, scenario=6)], None, None),
    ],
)
def test_nobody_has_a_scenario_twice_and_no_neighbour_soon_after(plays, clash, days_ago):
    found = exposure_of(5, Tally(), plays, person_id=ANA, at=NOW, rest=REST)

    assert found.clash is clash
    assert (found.by and found.by.at) == (None if days_ago is None else NOW - timedelta(days=days_ago))


def test_exposure_says_when_the_team_had_it_last():
    older, newer = play(ABEL, 60), play(ABEL, 20)

    assert exposure_of(5, Tally(), [newer, older], person_id=ANA, at=NOW, rest=REST).in_team == newer


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        (Wish(), True),
        (Wish("inbound"), True),
        (Wish("outbound"), False),
        (Wish("", "billing"), True),
        (Wish("inbound", "tv"), False),
        (Wish("", "", 8), True),
        (Wish("inbound", "billing", 9), False),
    ],
)
def test_suits_means_all_that_was_asked_for(wish, fits):
    assert suits(Candidate(5, "inbound", "billing", frozenset({7, 8})), wish) is fits


def exposure(scenario, plays, clash=None):
    return Exposure(scenario, Tally(plays), clash)


def test_draw_takes_the_least_played_that_breaks_no_rule():
    found = [exposure(1, 0, Clash.OWN), exposure(2, 3), exposure(3, 1), exposure(4, 0, Clash.NEIGHBOUR)]

    assert {draw(found, seed=seed).scenario_id for seed in range(20)} == {3}


def test_draw_between_equals_is_the_seeds_and_the_order_does_not_matter():
    found = [exposure(number, 2) for number in range(1, 6)]
    drawn = [draw(found, seed=seed).scenario_id for seed in range(40)]

    assert drawn == [draw(reversed(found), seed=seed).scenario_id for seed in range(40)]
    assert set(drawn) == {1, 2, 3, 4, 5}


def test_draw_of_nothing_that_is_free():
    assert draw([], seed=1) is None
    assert draw([exposure(1, 0, Clash.OWN)], seed=1) is None
