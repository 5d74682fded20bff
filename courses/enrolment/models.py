"""Who must learn what until when, and why."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.assignments.models import Assignment
from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from courses.catalogue.models import WhoFits
from courses.catalogue.models.pages import one_thing
from courses.catalogue.states import GroupKey, StepKind, ValidityMode
from lms.kernel.bilingual import Bilingual
from lms.kernel.storage import private_storage
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
    is_ordered = models.BooleanField(default=False)
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


class TrackGroup(models.Model):
    """An elective group of a track version: `choose` of its steps are to be done. Its names are words, no rules."""

    version = models.ForeignKey(TrackVersion, on_delete=models.CASCADE, related_name="groups")
    key = models.CharField(max_length=1, choices=GroupKey)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    choose = models.PositiveSmallIntegerField()

    title = Bilingual()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="one_group_per_version_and_letter"),
            models.CheckConstraint(condition=Q(choose__gte=1), name="a_group_asks_for_something"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.key}"


class TrackPrerequisite(models.Model):
    """Another track (by translation key) that opens a track version: before it is completed, nothing begins."""

    version = models.ForeignKey(TrackVersion, on_delete=models.CASCADE, related_name="prerequisites")
    track_key = models.UUIDField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "track_key"], name="each_prerequisite_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.track_key}"


class TrackStep(models.Model):
    """One step of a track version: a course or a lesson (by translation key), a quiz or a mystery call."""

    version = models.ForeignKey(TrackVersion, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind)
    course_key = models.UUIDField(null=True, blank=True)  # NULL: not a course
    lesson_key = models.UUIDField(null=True, blank=True)  # NULL: not a lesson
    quiz = models.ForeignKey(Quiz, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    scenario = models.ForeignKey(Scenario, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_days = models.PositiveSmallIntegerField()
    #: Empty: everybody takes it.
    group_key = models.CharField(max_length=1, choices=GroupKey, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="one_step_per_place"),
            models.CheckConstraint(
                condition=one_thing(course="course_key", lesson="lesson_key", quiz="quiz", mystery_call="scenario"),
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


class TrackAudience(WhoFits):
    """One rule for whom a track is, as its page was published last. Whoever fits one of a track's rules is enrolled.

    Not part of a version: nobody's certificate depends on who else was asked.
    """

    track_key = models.UUIDField(db_index=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=WhoFits.says_something(), name="an_audience_says_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.track_key} {self.pk}"


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
    )  # NULL: by a rule (the job role, the track's audience)
    started_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)  # NULL: no due day
    created_at = models.DateTimeField()
    #: When the tracks that come before were completed: a door that was open stays open when their certificates expire.
    opened_at = models.DateTimeField(null=True, blank=True)  # NULL: waits for them, or nothing comes before
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
    which alone results count. It is given when the step opens: what is closed has no assignment, and so no start."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="steps")
    step = models.ForeignKey(TrackStep, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    assignment = models.OneToOneField(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="enrolment_step"
    )  # NULL: something to read, or not open yet
    #: Since when enough others of its group are done, and its assignment is closed.
    released_at = models.DateTimeField(null=True, blank=True)  # NULL: still to be chosen, or chosen

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


class StepWaiverQuerySet(models.QuerySet["StepWaiver"]):
    def in_force(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class StepWaiver(models.Model):
    """Somebody need not do a step of a track, because something else shows that they can do it: why, and what shows it.

    Written once, by whoever plans the person's learning. The step then counts as done, never as an assessment that was
    passed. Final when the track is completed; until then it can be withdrawn, with a reason."""

    step = models.ForeignKey(EnrolmentStep, on_delete=models.PROTECT, related_name="waivers")
    reason = models.CharField(max_length=300)
    evidence = models.TextField(max_length=2000)
    #: What goes with the words: checked by its content, kept as it came. Empty: words only.
    file = models.FileField(storage=private_storage, upload_to="waivers/%Y/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # NULL: in force
    withdrawn_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: in force
    withdrawal_reason = models.CharField(max_length=300, blank=True)

    objects = StepWaiverQuerySet.as_manager()

    class Meta:
        ordering = ["given_at", "pk"]
        verbose_name = _("waiver")
        constraints = [
            models.UniqueConstraint(
                fields=["step"], condition=Q(withdrawn_at__isnull=True), name="one_waiver_in_force_per_step"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(evidence=""), name="a_waiver_gives_its_reason_and_evidence"
            ),
            models.CheckConstraint(
                condition=Q(file="", file_name="") | (~Q(file="") & ~Q(file_name="")),
                name="a_waivers_file_has_its_name",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="a_withdrawn_waiver_says_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.given_at:%Y-%m-%d}"


class LearningReminder(models.Model):
    """Somebody was reminded of what they have to learn, on a day at their site. Written once, with the one notification
    of that day."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="learning_reminders")
    on = models.DateField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "pk"]
        verbose_name = _("reminder")
        constraints = [
            # Two supervisors who press at the same moment write one mail.
            models.UniqueConstraint(fields=["person", "on"], name="one_reminder_per_person_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.on}"
