"""The kinds of things that authors write."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StepKind(TextChoices):
    COURSE = "course", _("Course")
    LESSON = "lesson", _("Lesson")
    QUIZ = "quiz", _("Quiz")
    MYSTERY_CALL = "mystery_call", _("Mystery call")


#: Steps that are read; the others need an assignment.
READING = frozenset({StepKind.COURSE, StepKind.LESSON})


class GroupKey(TextChoices):
    """Names an elective group on its track: a step says its letter."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"


class MediaKind(TextChoices):
    AUDIO = "audio", _("Recording")
    VIDEO = "video", _("Film")


class PhraseKind(TextChoices):
    """The classes of the phrase book (服务用语), in the order of a call; what is never said comes last."""

    GREETING = "greeting", _("Greeting")
    WISH = "wish", _("Festive wish")
    OFFER = "offer", _("Offering help")
    RESPONSE = "response", _("Response")
    EVERYDAY = "everyday", _("Everyday line")
    APOLOGY = "apology", _("Apology")
    THANKS = "thanks", _("Thanks")
    FAREWELL = "farewell", _("Farewell")
    TABOO = "taboo", _("Taboo phrase")


class BlockMark(TextChoices):
    """What a part of a lesson is to somebody who read it before."""

    NEW = "new", pgettext_lazy("part of a lesson", "New")
    CHANGED = "changed", pgettext_lazy("part of a lesson", "Changed")
    MOVED = "moved", pgettext_lazy("part of a lesson", "Moved")


class ValidityMode(TextChoices):
    """From what the validity of a renewed certificate counts."""

    FROM_COMPLETION = "completion", _("From the day it is issued")
    FROM_PREVIOUS_EXPIRY = "previous_expiry", _("From the day the one before ends")
    FIXED_CALENDAR = "fixed_calendar", _("To a fixed day of the year")
