"""The words of the question bank."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionKind(TextChoices):
    SINGLE = "single", _("Single choice")
    MULTIPLE = "multiple", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")
    MATCHING = "matching", _("Matching")
    ORDERING = "ordering", _("Putting in order")
    NUMERIC = "numeric", _("Number")
    SHORT_TEXT = "short_text", _("Short text")
    CLOZE = "cloze", _("Text with gaps")
    WRITTEN = "written", _("Written answer")
    SPOKEN = "spoken", _("Spoken answer")


#: Answered by choosing among options.
CHOICE_KINDS = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE})
#: Marked by a person with a rubric; all others are graded at once.
MARKED_KINDS = frozenset({QuestionKind.WRITTEN, QuestionKind.SPOKEN})
#: What a gap of a cloze can be.
GAP_KINDS = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.NUMERIC, QuestionKind.SHORT_TEXT})


class QuestionUse(TextChoices):
    """Graded quizzes draw exam questions only, self-checks in lessons practice questions only."""

    EXAM = "exam", _("Exam")
    PRACTICE = "practice", pgettext_lazy("use of a question", "Practice")


class QuestionStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready")
    RETIRED = "retired", _("Retired")


class MediaKind(TextChoices):
    IMAGE = "image", _("Image")
    AUDIO = "audio", _("Audio")


class ImportOutcome(TextChoices):
    """What happens to one question of a file."""

    NEW = "new", pgettext_lazy("question of a file", "New")
    CHANGED = "changed", pgettext_lazy("question of a file", "Revised")
    UNCHANGED = "unchanged", pgettext_lazy("question of a file", "Unchanged")
    REFUSED = "refused", pgettext_lazy("question of a file", "Refused")
    NOTED = "noted", pgettext_lazy("question of a file", "Note")
