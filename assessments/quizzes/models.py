"""Tests and their rules, frozen at publishing."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from assessments.bank.models import Question
from assessments.quizzes.rules import full_review
from assessments.quizzes.states import Counting, Navigation, Overdue, QuizPurpose, VersionState
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
    time_limit_minutes = models.PositiveSmallIntegerField(
        _("time limit (minutes)"), null=True, blank=True
    )  # NULL: no limit
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)  # NULL: at once
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)  # NULL: never
    overdue = models.CharField(_("when the time is up"), max_length=12, choices=Overdue, default=Overdue.AUTOSUBMIT)
    grace_minutes = models.PositiveSmallIntegerField(_("grace period (minutes)"), default=0)
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=2, null=True, blank=True
    )  # NULL: as many as wanted
    wait_minutes = models.PositiveIntegerField(_("waiting time between attempts (minutes)"), default=0)
    counting = models.CharField(_("attempt that counts"), max_length=8, choices=Counting, default=Counting.BEST)
    per_page = models.PositiveSmallIntegerField(_("questions on a page"), default=1)  # 0: all
    navigation = models.CharField(_("navigation"), max_length=12, choices=Navigation, default=Navigation.FREE)
    #: What a learner sees when: {"right_after": ["answers", "marks"], …}; a time without an entry shows nothing.
    review = models.JSONField(default=full_review)
    needs_second_marker = models.BooleanField(_("two people mark independently"), default=False)
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
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="quiz_closes_after_it_opens",
            ),
            # A grace period of nothing would abandon everybody who hands in at the last second.
            models.CheckConstraint(condition=~Q(overdue="grace") | Q(grace_minutes__gte=1), name="grace_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz.key} {self.number}"


class QuizSection(models.Model):
    """A part of a quiz with a title and, where it has one, a pass share of its own. Slots name it by its place."""

    version = ParentalKey(QuizVersion, on_delete=models.CASCADE, related_name="sections")
    order = models.PositiveSmallIntegerField(default=0)
    title_zh = models.CharField(_("title (Chinese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    pass_share = models.DecimalField(
        _("pass share"), max_digits=4, decimal_places=3, null=True, blank=True
    )  # NULL: only the whole counts

    title = Bilingual()

    sort_order_field = "order"

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_share__gt=0, pass_share__lte=1), name="section_pass_share_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Slot(models.Model):
    """A fixed question, or a random draw of `count` questions by skill, tag and difficulty."""

    version = ParentalKey(QuizVersion, on_delete=models.CASCADE, related_name="slots")
    order = models.PositiveSmallIntegerField(default=0)
    question = models.ForeignKey(
        Question, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: a draw
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # NULL: any
    tag = models.CharField(_("tag"), max_length=80, blank=True)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), null=True, blank=True)  # NULL: any
    count = models.PositiveSmallIntegerField(_("number of questions"), default=1)
    section = models.PositiveSmallIntegerField(_("section"), default=0)  # 0: none, 1: the first one
    points = models.DecimalField(_("points each"), max_digits=6, decimal_places=2, default=1)
    is_must_pass = models.BooleanField(_("must pass"), default=False)

    sort_order_field = "order"  # the back office's word for "can be moved up and down"

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="slot_draws_something"),
            models.CheckConstraint(
                condition=Q(question__isnull=True) | Q(count=1, skill__isnull=True, tag="", difficulty__isnull=True),
                name="a_fixed_question_is_not_a_draw",
                violation_error_message=_(
                    "A fixed question takes neither skill nor tag nor difficulty, and counts as one question."
                ),
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="slot_is_worth_something"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.order}"
