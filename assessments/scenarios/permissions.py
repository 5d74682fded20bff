"""Who writes scripts."""

from typing import Any

from lms.people.permissions import can_author


def can_write_scenarios(viewer: Any) -> bool:
    """Training specialists and QC leads."""
    return can_author(viewer)
