from assessments.scenarios.rules import Finding, Gap, ScriptPoint, gaps
from assessments.scorecards.states import ItemKind

CARD = {"restates": ItemKind.SCORED, "accuracy": ItemKind.FATAL}


def test_gaps_of_a_script_that_fits_are_none():
    points = [ScriptPoint("a", "restates"), ScriptPoint("b", "restates"), ScriptPoint("c", "accuracy", is_fatal=True)]

    assert gaps(points, CARD) == []


def test_gaps_name_each_point_whose_item_is_missing():
    points = [ScriptPoint("a", "restates"), ScriptPoint("b", "gone"), ScriptPoint("c", "lost")]

    assert gaps(points, CARD) == [
        Finding(Gap.UNKNOWN_ITEM, "b", "gone"),
        Finding(Gap.UNKNOWN_ITEM, "c", "lost"),
    ]


def test_gaps_a_fatal_point_needs_a_fatal_item():
    points = [ScriptPoint("a", "restates", is_fatal=True), ScriptPoint("b", "accuracy")]

    assert gaps(points, CARD) == [Finding(Gap.NOT_A_FATAL_ITEM, "a", "restates")]


def test_gaps_of_an_empty_script():
    assert gaps([], CARD) == [Finding(Gap.NO_POINTS)]


def test_gaps_without_a_scorecard_in_effect():
    assert gaps([ScriptPoint("a", "restates")], None) == [Finding(Gap.NO_SCORECARD)]
