"""Questions and their immutable wordings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse
from lms.kernel.bilingual import Bilingual
from lms.people.models import User
from lms.skills.models import Skill


class Question(models.Model):
    """A question's identity in the bank. What it says stands in its versions; the newest one is drawn."""

    key = models.SlugField(max_length=80, unique=True)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="questions")
    use = models.CharField(_("use"), max_length=10, choices=QuestionUse, default=QuestionUse.EXAM)
    status = models.CharField(_("status"), max_length=10, choices=QuestionStatus, default=QuestionStatus.DRAFT)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), default=2)
    tags = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: came with a pack

    class Meta:
        ordering = ["key"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(condition=Q(difficulty__gte=1, difficulty__lte=5), name="difficulty_is_one_to_five"),
        ]

    def __str__(self) -> str:
        return self.key


class QuestionVersion(ClusterableModel):
    """One wording with its key. Editable until the first attempt has drawn it (`used_at`), then for ever the same."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("type of question"), max_length=12, choices=QuestionKind)
    stem_zh = models.TextField(_("question (Chinese)"))
    stem_en = models.TextField(_("question (English)"))
    explanation_zh = models.TextField(_("explanation (Chinese)"), blank=True)
    explanation_en = models.TextField(_("explanation (English)"), blank=True)
    created_at = models.DateTimeField()
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: came with a pack
    used_at = models.DateTimeField(null=True, blank=True)  # NULL: no attempt has drawn it

    stem = Bilingual()
    explanation = Bilingual()

    class Meta:
        ordering = ["question", "-number"]
        verbose_name = _("question wording")
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="one_wording_per_question_and_number"),
        ]

    def __str__(self) -> str:
        return f"{self.question.key} {self.number}"


class Option(models.Model):
    """One answer to choose."""

    version = ParentalKey(QuestionVersion, on_delete=models.CASCADE, related_name="options")
    order = models.PositiveSmallIntegerField(default=0)
    text_zh = models.CharField(_("text (Chinese)"), max_length=500)
    text_en = models.CharField(_("text (English)"), max_length=500)
    is_right = models.BooleanField(_("right"), default=False)
    feedback_zh = models.CharField(_("feedback (Chinese)"), max_length=500, blank=True)
    feedback_en = models.CharField(_("feedback (English)"), max_length=500, blank=True)

    text = Bilingual()
    feedback = Bilingual()

    sort_order_field = "order"  # the back office's word for "can be moved up and down"

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text
