"""Who may do what about translations."""

from typing import Any

from wagtail.models import Page


def can_see_side_by_side(viewer: Any, page: Page) -> bool:
    return page.permissions_for_user(viewer).can_edit()


def can_make_translation(viewer: Any, source: Page) -> bool:
    """As Wagtail's own action asks, and only for a page that the viewer may edit."""
    return viewer.has_perm("simple_translation.submit_translation") and can_see_side_by_side(viewer, source)
