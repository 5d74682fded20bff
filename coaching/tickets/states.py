"""How a coaching ticket goes on."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TicketState(TextChoices):
    OPEN = "open", _("Open")
    TEACHING = "teaching", _("Learning")
    RETEST_DUE = "retest_due", _("Re-test due")
    CLOSED = "closed", _("Closed")


S = TicketState
MOVES = MappingProxyType(
    {
        S.OPEN: frozenset({S.TEACHING, S.CLOSED}),
        S.TEACHING: frozenset({S.RETEST_DUE, S.CLOSED}),
        S.RETEST_DUE: frozenset({S.TEACHING, S.CLOSED}),  # failed again, or proven
        S.CLOSED: frozenset(),
    }
)
LIVE = frozenset({S.OPEN, S.TEACHING, S.RETEST_DUE})


class Outcome(TextChoices):
    PASSED = "passed", _("Re-test passed")
    DISMISSED = "dismissed", _("No coaching needed")


class Ground(TextChoices):
    """Why triage opened it."""

    FATAL = "fatal", _("A fatal item was failed")
    PROVEN = "proven", _("Below the target beyond chance")
    GROSS = "gross", _("One clear miss; too few observations to call it a pattern")
    BY_HAND = "by_hand", _("Opened by a coach")
