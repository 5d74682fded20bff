"""What is different in a lesson since it was read."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def mark_of(changed: Any, block: Any) -> Any:
    """The block's mark (New, Changed, Moved), or nothing. `changed`: a WhatChanged, or nothing."""
    return changed.marks.get(str(block.id), "") if changed else ""
