"""Sittings of a quiz: the frozen draw, the appended answers."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.assignments.models import Assignment, paths_above
from assessments.attempts.rules import shown_share
from assessments.attempts.states import AttemptState, VoidMode
from assessments.bank.models import QuestionVersion
from assessments.quizzes.models import Quiz, QuizVersion
from lms.kernel.storage import private_storage
from lms.people.models import Team, User
from lms.people.queries import examined_teams, marked_people


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(assignment__person__in=User.objects.visible_to(viewer))

    def of(self, person: User) -> Self:
        return self.filter(assignment__person=person)

    def unfinished(self) -> Self:
        return self.filter(state=AttemptState.IN_PROGRESS)

    def graded(self) -> Self:
        return self.filter(state=AttemptState.GRADED)

    def ended(self) -> Self:
        return self.exclude(state=AttemptState.IN_PROGRESS)

    def due_by(self, at: datetime) -> Self:
        return self.filter(deadline_at__lte=at)

    def counted(self) -> Self:
        """Without authors trying a quiz out."""
        return self.filter(assignment__is_preview=False)


class Attempt(models.Model):
    """One sitting of one quiz version under one assignment, with its deadline. Its answers are final when it is handed
    in; its score changes only by a regrade, which is recorded."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="attempts")
    quiz_version = models.ForeignKey(QuizVersion, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=AttemptState, default=AttemptState.IN_PROGRESS)
    started_at = models.DateTimeField()
    #: A cache of `assignments.rules.deadline`, made anew when an exception or a membership changes.
    deadline_at = models.DateTimeField(null=True, blank=True)  # NULL: no deadline
    #: Given by a supervisor after an outage or a recall to the phones; beside what an exception allows.
    extra_seconds = models.PositiveIntegerField(default=0)
    #: When it ended: was handed in, or was due where nobody handed it in.
    submitted_at = models.DateTimeField(null=True, blank=True)  # NULL: still open
    handed_in_by_sweep = models.BooleanField(default=False)
    #: The last page that was left where navigation is sequential: it and those before it can't be changed.
    page_left = models.PositiveSmallIntegerField(default=0)
    score = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)  # NULL: not graded
    passed = models.BooleanField(null=True, blank=True)  # NULL: not graded

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="one_attempt_per_assignment_and_number"),
            # Two tabs that press "start" get one sitting.
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state="in_progress"),
                name="one_open_attempt_per_assignment",
            ),
            models.CheckConstraint(condition=Q(deadline_at__gt=F("started_at")), name="deadline_is_after_the_start"),
            models.CheckConstraint(
                condition=~Q(state="graded") | Q(score__isnull=False, passed__isnull=False, submitted_at__isnull=False),
                name="a_graded_attempt_has_its_score",
            ),
            models.CheckConstraint(
                condition=Q(state="in_progress") | Q(submitted_at__isnull=False), name="an_ended_attempt_says_when"
            ),
        ]
        indexes = [models.Index(fields=["state", "deadline_at"], name="attempts_that_are_overdue")]

    def __str__(self) -> str:
        return f"{self.quiz_version} #{self.number}"

    @property
    def is_in_progress(self) -> bool:
        return self.state == AttemptState.IN_PROGRESS

    @property
    def shown_score(self) -> Decimal | None:
        """The score as it is shown; None while it isn't graded."""
        return None if self.score is None else shown_share(self.score)


class AttemptQuestion(models.Model):
    """One drawn question at its place, with the order in which its options were shown. Written at the start."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    page = models.PositiveSmallIntegerField(default=1)
    section = models.PositiveSmallIntegerField(default=0)  # 0: none
    points = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    is_must_pass = models.BooleanField(default=False)
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="drawn")
    option_order = models.JSONField()  # ids of options, as shown
    is_flagged = models.BooleanField(default=False)
    #: Checked while answering (practice): from then on the answer stands.
    checked_at = models.DateTimeField(null=True, blank=True)  # NULL: can be changed
    share = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)  # NULL: not graded
    void = models.CharField(max_length=8, choices=VoidMode, blank=True)  # empty: counts
    #: See `rules.seconds_spent`.
    seconds = models.PositiveIntegerField(null=True, blank=True)  # NULL: not answered, or not graded

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "order"], name="one_question_per_place"),
            models.UniqueConstraint(fields=["attempt", "question_version"], name="no_question_twice_in_one_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.order}"


class Answer(models.Model):
    """One saved answer. Appended; the newest one that came in time counts (`rules.counting`)."""

    attempt_question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="answers")
    sequence = models.PositiveIntegerField()
    response = models.JSONField()  # see bank.rules.grading; an empty one takes the answer back
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_synced_late = models.BooleanField(default=False)  # made in time, received after the deadline

    class Meta:
        ordering = ["sequence"]
        constraints = [
            # A save that is sent again is one save.
            models.UniqueConstraint(fields=["attempt_question", "sequence"], name="one_answer_per_sequence_number"),
            models.CheckConstraint(
                condition=Q(made_at__lte=F("received_at")), name="an_answer_is_made_before_it_comes"
            ),
        ]
        indexes = [
            # The examiner's list.
            models.Index(fields=["received_at"], condition=Q(is_synced_late=True), name="answers_synced_late"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_question_id} {self.sequence}"


class AnswerRecordingQuerySet(models.QuerySet["AnswerRecording"]):
    def visible_to(self, viewer: Any) -> Self:
        """The own ones, those of people whose whole record one may see, and those of the teams one marks."""
        return self.filter(
            Q(attempt_question__attempt__in=Attempt.objects.visible_to(viewer))
            | Q(attempt_question__attempt__assignment__person__in=marked_people(viewer))
        )


class AnswerRecording(models.Model):
    """A spoken answer as it was recorded in the browser. The newest one saved as the answer counts."""

    attempt_question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="recordings")
    file = models.FileField(storage=private_storage, upload_to="answers/%Y/%m/")
    content_type = models.CharField(max_length=40)
    bytes = models.PositiveIntegerField()
    received_at = models.DateTimeField()

    objects = AnswerRecordingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.attempt_question_id} {self.pk}"


class AnswerMark(models.Model):
    """One person's marks of one written or spoken answer, by its rubric. Written once; see `rules.agreed_share`."""

    attempt_question = models.ForeignKey(AttemptQuestion, on_delete=models.PROTECT, related_name="marks")
    marker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    points = models.JSONField()  # {id of the criterion: points as text}
    share = models.DecimalField(max_digits=6, decimal_places=5)
    comment = models.TextField(blank=True)
    marked_at = models.DateTimeField()

    class Meta:
        ordering = ["marked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt_question", "marker"], name="one_mark_per_answer_and_marker"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="a_mark_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_question_id} {self.share}"


class QuestionVoid(models.Model):
    """A wording found faulty: everybody who was asked it has full marks, or it isn't counted."""

    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="voids")
    mode = models.CharField(max_length=8, choices=VoidMode)
    reason = models.CharField(max_length=300)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # NULL: holds

    class Meta:
        ordering = ["-voided_at", "-pk"]
        verbose_name = _("void question")
        constraints = [
            models.UniqueConstraint(
                fields=["question_version"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_live_void_per_wording",
            ),
        ]

    def __str__(self) -> str:
        return str(self.question_version)


class Regrade(models.Model):
    """One regrade of a quiz as it was committed: every score that changed, before and after. Never changed."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="regrades")
    reason = models.CharField(max_length=300)
    regraded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    regraded_at = models.DateTimeField()
    changes = models.JSONField()  # [{"attempt": id, "score": [from, to], "passed": [from, to], "counts": bool}, …]

    class Meta:
        ordering = ["-regraded_at", "-pk"]
        verbose_name = _("regrade")

    def __str__(self) -> str:
        return f"{self.quiz} {self.regraded_at:%Y-%m-%d}"


class ExtraTimeQuerySet(models.QuerySet["ExtraTime"]):
    def visible_to(self, viewer: Any) -> Self:
        """What was given to the teams for which the viewer runs exams, and to those above them: it is theirs, too."""
        teams = examined_teams(viewer)
        return self.filter(Q(team__in=teams) | Q(team__path__in=paths_above(teams)))


class ExtraTime(models.Model):
    """Minutes given to all open sittings of a team and those below it, after an outage or a recall to the phones."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    attempts = models.ManyToManyField(Attempt, related_name="extra_times")

    objects = ExtraTimeQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        verbose_name = _("extra time")
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=1), name="extra_time_is_time")]

    def __str__(self) -> str:
        return f"{self.team} +{self.minutes}"
