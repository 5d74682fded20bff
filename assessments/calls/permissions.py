"""Who may look through calls, and who may add a recording."""

from typing import Any

from assessments.calls.models import Call
from lms.people.permissions import can_import_calls, marks
from lms.people.queries import has_role
from lms.people.states import LEADING, MARKING


def can_browse_calls(viewer: Any) -> bool:
    """Whoever leads or marks people; the list shows their people's calls only."""
    return has_role(viewer, *LEADING, *MARKING)


def can_add_recording(viewer: Any, call: Call) -> bool:
    return can_import_calls(viewer) or marks(viewer, call.agent)
