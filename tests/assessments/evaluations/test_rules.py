from decimal import Decimal

from assessments.evaluations.rules import Gap, ItemToCheck, MissingPiece, missing_before_release, observations
from assessments.scorecards.rules import MarkedItem
from assessments.scorecards.states import ItemKind


def item(kind, points, possible=4, weight="1", key="item"):
    return MarkedItem(key, kind, points, possible, Decimal(weight))


def check(kind, points=..., comment=""):
    return ItemToCheck("item", kind, None if points is ... else item(kind, points), comment)


def test_scored_and_fatal_items_must_be_marked():
    checks = [check(kind) for kind in (ItemKind.SCORED, ItemKind.FATAL, ItemKind.WARNING, ItemKind.BONUS)]

    assert missing_before_release(checks) == [MissingPiece("item", Gap.NOT_MARKED)] * 2


def test_failed_items_need_a_comment():
    kinds = (ItemKind.SCORED, ItemKind.FATAL, ItemKind.WARNING)

    assert missing_before_release([check(kind, 0, " ") for kind in kinds]) == [MissingPiece("item", Gap.NO_COMMENT)] * 3
    assert missing_before_release([check(kind, 0, "说明") for kind in kinds]) == []


def test_what_is_in_order_or_does_not_apply_needs_no_comment():
    checks = [check(ItemKind.SCORED, 1), check(ItemKind.SCORED, None), check(ItemKind.BONUS, 0)]

    assert missing_before_release(checks) == []


def test_observations_are_shares_of_scored_and_fatal_items():
    marks = [
        item(ItemKind.SCORED, 1, weight="2", key="restates"),
        item(ItemKind.FATAL, 0, possible=1, key="accuracy"),
        item(ItemKind.FATAL, 1, possible=1, key="privacy"),
        item(ItemKind.SCORED, None, key="hold"),
        item(ItemKind.WARNING, 0, possible=1, key="filler"),
        item(ItemKind.BONUS, 1, possible=1, key="extra"),
    ]

    assert [(seen.key, seen.share, seen.weight) for seen in observations(marks)] == [
        ("restates", Decimal("0.25"), 2),
        ("accuracy", 0, 1),
        ("privacy", 1, 1),
    ]
