"""Kinds of what is found, and of what readers say."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EntryKind(TextChoices):
    """What search finds, in the order in which somebody on a call needs it."""

    PHRASE = "phrase", _("Phrases")
    TERM = "term", _("Terms")
    LESSON = "lesson", _("Lessons")


class CommentKind(TextChoices):
    """What a reader says about a lesson or a part of it."""

    UNCLEAR = "unclear", _("Unclear")
    OUT_OF_DATE = "out_of_date", _("Out of date")
    MISTAKE = "mistake", _("Mistake")
    QUESTION = "question", pgettext_lazy("comment", "Question")
    PRAISE = "praise", _("Praise")


class CommentState(TextChoices):
    OPEN = "open", pgettext_lazy("comment", "open")
    ANSWERED = "answered", pgettext_lazy("comment", "answered")
    CLOSED = "closed", pgettext_lazy("comment", "closed")


#: Answered may be closed once the page is mended; what is closed without a word can still be answered.
COMMENT_MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        CommentState.OPEN: frozenset({CommentState.ANSWERED, CommentState.CLOSED}),
        CommentState.ANSWERED: frozenset({CommentState.CLOSED}),
        CommentState.CLOSED: frozenset({CommentState.ANSWERED}),
    }
)
