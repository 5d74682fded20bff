"""What a reviewer finds in the editor."""

from dataclasses import dataclass

from courses.wagtail_hooks import what_a_reviewer_came_for_is_first


@dataclass
class Item:
    name: str
    launch_modal: bool = False


def test_approving_is_the_button_itself_and_the_others_keep_their_order():
    items = [Item("action-draft"), Item("action-publish"), Item("reject", True), Item("approve", True), Item("approve")]

    what_a_reviewer_came_for_is_first(items, None, {})

    assert items[0] == Item("approve", launch_modal=False)
    assert [item.name for item in items[1:]] == ["action-draft", "action-publish", "reject", "approve"]


def test_who_has_nothing_to_approve_saves():
    items = [Item("action-draft"), Item("action-submit")]

    what_a_reviewer_came_for_is_first(items, None, {})

    assert [item.name for item in items] == ["action-draft", "action-submit"]
