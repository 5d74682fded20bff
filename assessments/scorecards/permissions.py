"""Who writes the standard."""

from typing import Any

from lms.people.queries import has_role
from lms.people.states import Role


def can_edit_scorecards(viewer: Any) -> bool:
    """QC leads own the standard."""
    return has_role(viewer, Role.QC_LEAD)
