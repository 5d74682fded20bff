"""Who must learn what until when, and why."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.assignments.models import Assignment
from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from courses.catalogue.states import StepKind, ValidityMode
from lms.kernel.bilingual import Bilingual
from lms.people.models import JobRole, User


class TrackVersion(models.Model):
    """The rules of a track, frozen when its page was published. Keyed by the page's translation key."""

    track_key = models.UUIDField()
    number = models.PositiveIntegerField()
    slug = models.SlugField(max_length=255, allow_unicode=True)
    title_zh = models.CharField(max_length=255)
    title_en = models.CharField(max_length=255)
    validity_months = models.PositiveSmallIntegerField(null=True, blank=True)  # NULL: doesn't expire
    validity_mode = models.CharField(max_length=16, choices=ValidityMode, default=ValidityMode.FROM_COMPLETION)
    calendar_month = models.PositiveSmallIntegerField(null=True, blank=True)  # NULL: no fixed day
    calendar_day = models.PositiveSmallIntegerField(null=True, blank=True)
    #: So many days before a certificate ends it may be renewed.
    renewal_days = models.PositiveSmallIntegerField(null=True, blank=True)  # NULL: nobody is asked to renew it
    #: The shorter track that renews a certificate of this one.
    refresher_key = models.UUIDField(null=True, blank=True)  # NULL: this track itself
    counts_rostered_days = models.BooleanField(default=True)
    published_at = models.DateTimeField()

    title = Bilingual()

    class Meta:
        ordering = ["track_key", "-number"]
        verbose_name = _("track version")
        constraints = [
            models.UniqueConstraint(fields=["track_key", "number"], name="one_track_version_per_number"),
            models.CheckConstraint(
                condition=~Q(validity_mode="fixed_calendar")
                | Q(calendar_month__isnull=False, calendar_day__isnull=False),
                name="a_fixed_calendar_names_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.number}"

    @property
    def fixed_day(self) -> date | None:
        """The day of a fixed calendar in some leap year, to be shown without its year."""
        if self.calendar_month is None or self.calendar_day is None:
            return None
        return date(2024, self.calendar_month, self.calendar_day)


class TrackStep(models.Model):
    """One step of a track version: a course (by translation key), a quiz or a mystery call."""

    version = models.ForeignKey(TrackVersion, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind)
    course_key = models.UUIDField(null=True, blank=True)  # NULL: not a course
    quiz = models.ForeignKey(Quiz, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    scenario = models.ForeignKey(Scenario, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="one_step_per_place"),
            models.CheckConstraint(
                condition=Q(kind="course", course_key__isnull=False, quiz__isnull=True, scenario__isnull=True)
                | Q(kind="quiz", course_key__isnull=True, quiz__isnull=False, scenario__isnull=True)
                | Q(kind="mystery_call", course_key__isnull=True, quiz__isnull=True, scenario__isnull=False),
                name="a_step_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.order} {self.kind}"


class RequiredTrack(models.Model):
    """Whoever has the job role must take the track."""

    job_role = models.ForeignKey(JobRole, on_delete=models.CASCADE, related_name="required_tracks")
    track_key = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job_role", "track_key"], name="one_requirement_per_job_role_and_track"),
        ]

    def __str__(self) -> str:
        return f"{self.job_role_id} {self.track_key}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(person__in=User.objects.visible_to(viewer))

    def live(self) -> Self:
        return self.filter(completed_at__isnull=True, ended_at__isnull=True)


class Enrolment(models.Model):
    """One person takes one track, or one single lesson: since when, until when, why, at whose wish."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enrolments")
    track_version = models.ForeignKey(
        TrackVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="enrolments"
    )  # NULL: a single lesson
    lesson_key = models.UUIDField(null=True, blank=True)  # NULL: a track
    reason_zh = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)
    given_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: by the job role
    started_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)  # NULL: no due day
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)  # NULL: something is missing
    ended_at = models.DateTimeField(null=True, blank=True)  # NULL: still asked for
    # Of a renewal only:
    counts_from = models.DateTimeField(null=True, blank=True)  # NULL: a lesson counts whenever it was read
    for_track_key = models.UUIDField(null=True, blank=True)  # NULL: for the track itself, not in another's place
    due_limit_on = models.DateField(null=True, blank=True)  # NULL: no day past which waiting makes no sense

    reason = Bilingual()
    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        constraints = [
            models.CheckConstraint(
                condition=Q(track_version__isnull=False, lesson_key__isnull=True)
                | Q(track_version__isnull=True, lesson_key__isnull=False),
                name="an_enrolment_is_in_a_track_or_a_lesson",
            ),
            models.UniqueConstraint(
                fields=["person", "track_version"],
                condition=Q(completed_at__isnull=True, ended_at__isnull=True),
                name="one_live_enrolment_per_person_and_track",
            ),
            models.UniqueConstraint(
                fields=["person", "lesson_key"],
                condition=Q(completed_at__isnull=True, ended_at__isnull=True),
                name="one_live_enrolment_per_person_and_lesson",
            ),
        ]
        indexes = [models.Index(fields=["person", "completed_at", "ended_at"], name="live_enrolments_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.track_version or self.lesson_key}"


class EnrolmentStep(models.Model):
    """One step of a track for one person: its due day and, for quizzes and mystery calls, the assignment under
    which alone results count."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="steps")
    step = models.ForeignKey(TrackStep, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    assignment = models.OneToOneField(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="enrolment_step"
    )  # NULL: a course

    class Meta:
        ordering = ["step__order"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="each_step_once_per_enrolment")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.step_id}"


class DueExtension(models.Model):
    """Somebody gave a person longer for a track, a single lesson, or one step: from which day to which, and why.
    Written once; a further extension is a further row."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="extensions")
    step = models.ForeignKey(
        EnrolmentStep, null=True, blank=True, on_delete=models.PROTECT, related_name="extensions"
    )  # NULL: the whole enrolment
    from_on = models.DateField(null=True, blank=True)  # NULL: there was no due day
    due_on = models.DateField()
    reason = models.CharField(max_length=300)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at", "pk"]
        verbose_name = _("extension")
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(due_on__gt=F("from_on")), name="an_extension_gives_more_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_extension_gives_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.due_on}"
