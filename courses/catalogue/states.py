"""What a step of a track asks for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StepKind(TextChoices):
    COURSE = "course", _("Course")
    QUIZ = "quiz", _("Quiz")
    MYSTERY_CALL = "mystery_call", _("Mystery call")
