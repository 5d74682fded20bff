from decimal import Decimal

import pytest

from coaching.effects.rules import Figure, figure_of
from coaching.tickets.states import Ground
from coaching.triage.rules import SeenItem, is_below_target, weaknesses

SKILL = 7


def item(share, kind="scored", *, skill=SKILL, name="restates"):
    share = None if share is None else Decimal(str(share))
    return SeenItem(skill_id=skill, kind=kind, share=share, name_zh=name, name_en=name)


def below(n=4):
    return {SKILL: figure_of([Decimal("0.5")] * n)}


def grounds(items, history=None):
    return [(weakness.skill_id, weakness.ground) for weakness in weaknesses(items, history or {})]


@pytest.mark.parametrize(
    ("items", "history", "expected"),
    [
        ([item(0, "fatal")], {}, Ground.FATAL),
        ([item(0, "fatal")], below(), Ground.FATAL),
        ([item(1, "fatal")], {}, None),
        ([item("0.25")], {}, Ground.GROSS),
        ([item("0.26")], {}, None),
        ([item(0)], {}, Ground.GROSS),
        ([item("0.75")], below(), Ground.PROVEN),
        ([item(0)], below(), Ground.PROVEN),
        ([item("0.5")], {SKILL: figure_of([Decimal("0.1")] * 2)}, None),
        ([item(0, "warning")], below(), None),
        ([item(0, "bonus")], below(), None),
        ([item(None)], below(), None),
        ([item(1)], {SKILL: figure_of([Decimal("0.79")] * 4)}, None),
    ],
)
def test_what_asks_for_coaching(items, history, expected):
    assert grounds(items, history) == ([(SKILL, expected)] if expected else [])


def test_each_skill_is_judged_for_itself():
    items = [item(0), item(1, skill=8), item(0, "fatal", skill=9)]

    assert grounds(items) == [(SKILL, Ground.GROSS), (9, Ground.FATAL)]


def test_history_of_a_skill_that_was_not_marked_opens_nothing():
    assert grounds([item(1, skill=8)], below()) == []


def test_the_failed_fatal_item_speaks_for_its_skill():
    items = [item(0, name="weak"), item(0, "fatal", name="deadly"), item(1, name="fine")]

    (weakness,) = weaknesses(items, {})

    assert weakness.item.name_en == "deadly"


def test_the_weakest_item_speaks_otherwise():
    (weakness,) = weaknesses([item(1, name="fine"), item("0.25", name="weak")], {})

    assert weakness.item.name_en == "weak"


def test_two_observations_prove_nothing_however_bad():
    assert not is_below_target(Figure(Decimal(0), Decimal(0), Decimal("0.1"), 2))


def test_the_upper_bound_decides():
    assert is_below_target(Figure(Decimal("0.5"), Decimal("0.2"), Decimal("0.79999"), 3))
    assert not is_below_target(Figure(Decimal("0.5"), Decimal("0.2"), Decimal("0.8"), 3))
