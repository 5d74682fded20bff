"""Questions and their immutable wordings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from assessments.bank.states import MediaKind, QuestionKind, QuestionStatus, QuestionUse
from lms.kernel.bilingual import Bilingual
from lms.kernel.storage import private_storage
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


class QuestionMedia(models.Model):
    """An image or an audio clip shown in questions, named in their Markdown by its key. Never changed, never deleted:
    what was asked must stay readable. The same file uploaded again is the same row."""

    key = models.CharField(max_length=64, unique=True)  # the beginning of its SHA-256
    kind = models.CharField(max_length=8, choices=MediaKind)
    file = models.FileField(storage=private_storage, upload_to="questions/")
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=40)
    bytes = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: came with a pack
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("picture or recording")
        verbose_name_plural = _("pictures and recordings")

    def __str__(self) -> str:
        return self.name


class QuestionVersion(ClusterableModel):
    """One wording with its key. Editable until the first attempt has drawn it (`used_at`), then for ever the same."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("type of question"), max_length=12, choices=QuestionKind)
    stem_zh = models.TextField(_("question (Chinese)"), blank=True)
    stem_en = models.TextField(_("question (English)"), blank=True)
    audio_zh = models.ForeignKey(
        QuestionMedia, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: nothing to listen to in Chinese
    audio_en = models.ForeignKey(
        QuestionMedia, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: nothing to listen to in English
    partial_credit = models.BooleanField(_("part credit"), default=False)
    match_case = models.BooleanField(_("capital letters count"), default=False)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    #: Of a cloze: [{"number": 1, "kind": "numeric", "weight": "1", "unit": "s"}, …]; `[[1]]` in the stem.
    gaps = models.JSONField(default=list, blank=True)
    #: Everything its texts show and play, so that whoever may read the wording may fetch it.
    media = models.ManyToManyField(QuestionMedia, blank=True, related_name="versions")
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
    """One line under a question: an option, a pair, an item, an accepted answer or a criterion (see `OptionWords`)."""

    version = ParentalKey(QuestionVersion, on_delete=models.CASCADE, related_name="options")
    order = models.PositiveSmallIntegerField(default=0)
    gap = models.PositiveSmallIntegerField(_("gap"), default=0)  # 0: of the question itself
    text_zh = models.TextField(_("text (Chinese)"), blank=True)
    text_en = models.TextField(_("text (English)"), blank=True)
    match_zh = models.TextField(_("match (Chinese)"), blank=True)
    match_en = models.TextField(_("match (English)"), blank=True)
    is_right = models.BooleanField(_("right"), default=False)
    credit = models.DecimalField(
        _("credit"), max_digits=8, decimal_places=5, null=True, blank=True
    )  # NULL: all for a right option, nothing for a wrong one
    tolerance = models.DecimalField(
        _("tolerance"), max_digits=20, decimal_places=6, null=True, blank=True
    )  # NULL: exactly this number
    feedback_zh = models.TextField(_("feedback (Chinese)"), blank=True)
    feedback_en = models.TextField(_("feedback (English)"), blank=True)

    text = Bilingual()
    match = Bilingual()
    feedback = Bilingual()

    sort_order_field = "order"  # the back office's word for "can be moved up and down"

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text
