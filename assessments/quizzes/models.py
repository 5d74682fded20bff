"""Tests and their rules, frozen at publishing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from assessments.bank.models import Question
from assessments.quizzes.states import QuizPurpose, VersionState
from lms.kernel.bilingual import Bilingual
from lms.skills.models import Skill


class Quiz(models.Model):
    """A test's identity. What it asks stands in its versions; the newest published one is sat."""

    key = models.SlugField(max_length=80, unique=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    description_zh = models.TextField(_("description (Chinese)"), blank=True)
    description_en = models.TextField(_("description (English)"), blank=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=QuizPurpose, default=QuizPurpose.COURSE)
    skill = models.ForeignKey(
        Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="quizzes"
    )  # NULL: asks about several
    #: The pack key of the course it closes; empty for a re-test. Only a name: measuring doesn't know courses.
    course_key = models.CharField(max_length=80, blank=True)

    title = Bilingual()
    description = Bilingual()

    class Meta:
        ordering = ["key"]
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def __str__(self) -> str:
        return self.title


class QuizVersion(ClusterableModel):
    """The rules and slots of a quiz. A draft until published; then it never changes."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    pass_share = models.DecimalField(_("pass share"), max_digits=4, decimal_places=3)
    time_limit_minutes = models.PositiveSmallIntegerField(_("time limit (minutes)"))
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), default=2)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)  # NULL: still a draft

    class Meta:
        ordering = ["quiz", "-number"]
        verbose_name = _("quiz version")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "number"], name="one_quiz_version_per_number"),
            models.UniqueConstraint(fields=["quiz"], condition=Q(state="draft"), name="one_draft_per_quiz"),
            models.CheckConstraint(condition=Q(pass_share__gt=0, pass_share__lte=1), name="quiz_pass_share_is_a_share"),
            models.CheckConstraint(condition=Q(time_limit_minutes__gte=1), name="quiz_has_time"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz.key} {self.number}"


class Slot(models.Model):
    """A fixed question, or a random draw of `count` questions by skill or by tag."""

    version = ParentalKey(QuizVersion, on_delete=models.CASCADE, related_name="slots")
    order = models.PositiveSmallIntegerField(default=0)
    question = models.ForeignKey(
        Question, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: a draw
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # NULL: any
    tag = models.CharField(_("tag"), max_length=80, blank=True)
    count = models.PositiveSmallIntegerField(_("number of questions"), default=1)

    sort_order_field = "order"  # the back office's word for "can be moved up and down"

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="slot_draws_something"),
            models.CheckConstraint(
                condition=Q(question__isnull=True) | Q(count=1, skill__isnull=True, tag=""),
                name="a_fixed_question_is_not_a_draw",
                violation_error_message=_("A fixed question takes neither skill nor tag, and counts as one question."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.order}"
