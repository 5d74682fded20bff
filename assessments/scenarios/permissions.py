"""Who writes scripts, and who reads them."""

from typing import Any

from lms.people.permissions import can_author
from lms.people.queries import has_role
from lms.people.states import MARKING, Role


def can_write_scenarios(viewer: Any) -> bool:
    """Training specialists and QC leads."""
    return can_author(viewer)


def can_read_scenarios(viewer: Any) -> bool:
    """Whoever writes scenarios or calls with them. Nobody who takes calls: the own test might be among them."""
    return (can_author(viewer) or has_role(viewer, *MARKING)) and not has_role(viewer, Role.AGENT)
