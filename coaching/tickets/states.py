"""How a coaching ticket goes on."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TicketState(TextChoices):
    OPEN = "open", pgettext_lazy("ticket state", "Open")
    TEACHING = "teaching", pgettext_lazy("ticket state", "Learning")
    RETEST_DUE = "retest_due", pgettext_lazy("ticket state", "Re-test due")
    CLOSED = "closed", pgettext_lazy("ticket state", "Closed")


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
    GROSS = "gross", _("One clear miss: a single observation, not a pattern")
    BY_HAND = "by_hand", _("Opened by a coach")


class Deed(TextChoices):
    """What a line of the ticket's log says was done."""

    OPENED = "opened", _("Ticket opened")
    SEEN_AGAIN = "seen_again", _("Seen again")
    TAKEN = "taken", _("Taken by a coach")
    ASSIGNED = "assigned", _("Cause and goal agreed, lessons assigned")
    LESSON_DONE = "lesson_done", _("Lesson done")
    RETEST_OFFERED = "retest_offered", _("Re-test given")
    RETEST_MISSING = "retest_missing", _("All lessons done, but no re-test quiz is published for this skill")
    RETEST_FAILED = "retest_failed", _("Re-test not passed")
    NEXT_ROUND = "next_round", _("Next round")
    PASSED = "passed", _("Re-test passed, ticket closed")
    DISMISSED = "dismissed", _("Closed: no coaching needed")
    NOTE = "note", _("Note")
    COMMENT = "comment", _("Comment of the agent")
