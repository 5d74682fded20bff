"""The words of quizzes, and how a version becomes final."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QuizPurpose(TextChoices):
    COURSE = "course", _("Course quiz")
    RETEST = "retest", _("Re-test")


class VersionState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


VERSION_MOVES = MappingProxyType(
    {
        VersionState.DRAFT: frozenset({VersionState.PUBLISHED}),
        VersionState.PUBLISHED: frozenset(),
    }
)


class Overdue(TextChoices):
    """What becomes of a sitting whose time is up and that wasn't handed in."""

    AUTOSUBMIT = "autosubmit", _("Hand in what was saved")
    GRACE = "grace", _("Only handing in is possible for a while, then it is abandoned")
    ABANDON = "abandon", _("It is abandoned and brings no score")


class Counting(TextChoices):
    """Which of several attempts under one assignment counts."""

    BEST = "best", _("The best")
    LAST = "last", _("The last")
    FIRST = "first", _("The first")
    AVERAGE = "average", _("The average")


class Navigation(TextChoices):
    FREE = "free", _("Free: back and forth")
    SEQUENTIAL = "sequential", _("Forward only: what was left can't be changed")


class ReviewTime(TextChoices):
    DURING = "during", _("While answering")
    RIGHT_AFTER = "right_after", _("Right after handing in")
    LATER = "later", _("Later")
    AFTER_CLOSE = "after_close", _("After the quiz has closed")


class ReviewPart(TextChoices):
    ANSWERS = "answers", _("The own answers")
    MARKS = "marks", _("Marks")
    RIGHT_ANSWERS = "right_answers", _("Right answers")
    FEEDBACK = "feedback", _("Feedback and explanations")
