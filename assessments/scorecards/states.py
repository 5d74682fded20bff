"""The words of scorecards, and how a version becomes final."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    VOICE = "voice", _("Voice")
    WORK_ORDER = "work_order", _("Work order")
    CHAT = "chat", _("Chat")
    CALL_BACK = "call_back", _("Call-back")


class ItemKind(TextChoices):
    SCORED = "scored", _("Scored item")
    FATAL = "fatal", _("Fatal item")
    WARNING = "warning", _("Warning item")
    BONUS = "bonus", _("Bonus item")


#: Failed (0) or in order (1), nothing between.
YES_OR_NO = frozenset({ItemKind.FATAL, ItemKind.WARNING})


class FatalClass(TextChoices):
    CUSTOMER = "customer", _("Customer-critical")
    BUSINESS = "business", _("Business-critical")
    COMPLIANCE = "compliance", _("Compliance-critical")


class NotApplicable(TextChoices):
    NOT_ALLOWED = "not_allowed", _("Always applies")
    DROPPED = "dropped", _("Left out of the sum")
    FULL_MARKS = "full_marks", _("Counts as full marks")


class ScorecardState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


SCORECARD_MOVES = MappingProxyType(
    {
        ScorecardState.DRAFT: frozenset({ScorecardState.PUBLISHED}),
        ScorecardState.PUBLISHED: frozenset(),
    }
)
