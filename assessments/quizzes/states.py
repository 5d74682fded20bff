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
