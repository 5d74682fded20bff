"""The words of the question bank."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionKind(TextChoices):
    SINGLE = "single", _("Single choice")
    MULTIPLE = "multiple", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")


class QuestionUse(TextChoices):
    """Graded quizzes draw exam questions only, self-checks in lessons practice questions only."""

    EXAM = "exam", _("Exam")
    PRACTICE = "practice", pgettext_lazy("use of a question", "Practice")


class QuestionStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready")
    RETIRED = "retired", _("Retired")
