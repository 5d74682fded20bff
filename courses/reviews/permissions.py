"""Who may decide how pages are published."""

from typing import Any

from lms.people.queries import has_role
from lms.people.states import Role


def can_set_publishing_rule(viewer: Any) -> bool:
    """Whoever answers for the standard that is taught."""
    return has_role(viewer, Role.QC_LEAD)
