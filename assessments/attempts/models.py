"""Sittings of a quiz: the frozen draw, the appended answers."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.assignments.models import Assignment
from assessments.attempts.rules import shown_share
from assessments.attempts.states import AttemptState
from assessments.bank.models import QuestionVersion
from assessments.quizzes.models import QuizVersion
from lms.people.models import User


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(assignment__person__in=User.objects.visible_to(viewer))

    def of(self, person: User) -> Self:
        return self.filter(assignment__person=person)

    def unfinished(self) -> Self:
        return self.filter(state=AttemptState.IN_PROGRESS)

    def graded(self) -> Self:
        return self.filter(state=AttemptState.GRADED)

    def due_by(self, at: datetime) -> Self:
        return self.filter(deadline_at__lte=at)


class Attempt(models.Model):
    """One sitting of one quiz version under one assignment, with its deadline. Final when graded."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="attempts")
    quiz_version = models.ForeignKey(QuizVersion, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=AttemptState, default=AttemptState.IN_PROGRESS)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    #: When it was handed in; the deadline itself where the sweep handed it in.
    submitted_at = models.DateTimeField(null=True, blank=True)  # NULL: still open
    handed_in_by_sweep = models.BooleanField(default=False)
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
                condition=Q(state="in_progress")
                | Q(score__isnull=False, passed__isnull=False, submitted_at__isnull=False),
                name="a_graded_attempt_has_its_score",
            ),
        ]
        indexes = [models.Index(fields=["state", "deadline_at"], name="attempts_that_are_overdue")]

    def __str__(self) -> str:
        return f"{self.quiz_version} #{self.number}"

    @property
    def shown_score(self) -> Decimal | None:
        """The score as it is shown; None while it isn't graded."""
        return None if self.score is None else shown_share(self.score)


class AttemptQuestion(models.Model):
    """One drawn question at its place, with the order in which its options were shown. Written at the start."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    option_order = models.JSONField()  # ids of options, as shown
    is_flagged = models.BooleanField(default=False)
    share = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)  # NULL: not graded

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "order"], name="one_question_per_place"),
            models.UniqueConstraint(fields=["attempt", "question_version"], name="no_question_twice_in_one_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.order}"


class Answer(models.Model):
    """One saved answer. Appended; the newest one received by the deadline counts."""

    attempt_question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="answers")
    sequence = models.PositiveIntegerField()
    chosen = models.JSONField()  # ids of options; an empty list takes the answer back
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            # A save that is sent again is one save.
            models.UniqueConstraint(fields=["attempt_question", "sequence"], name="one_answer_per_sequence_number"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_question_id} {self.sequence}"
