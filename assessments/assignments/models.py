"""Who may or must take a quiz or a mystery call. Without an assignment there is no start."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from lms.kernel.bilingual import Bilingual
from lms.people.models import User


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(person__in=User.objects.visible_to(viewer))

    def of(self, person: User) -> Self:
        return self.filter(person=person)

    def of_quizzes(self) -> Self:
        return self.filter(quiz__isnull=False)

    def open_at(self, at: datetime) -> Self:
        """Not closed, begun, and not past its end."""
        return self.filter(
            Q(opens_at__isnull=True) | Q(opens_at__lte=at),
            Q(closes_at__isnull=True) | Q(closes_at__gt=at),
            closed_at__isnull=True,
        )


class Assignment(models.Model):
    """One person may or must take one quiz or one mystery call: from, to, how often, and why, in words.

    Written by whoever asks (enrolment, coaching, an analyst). Attempts and mystery calls hang on it; only results
    under it count for what it was made for. Final when closed.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    quiz = models.ForeignKey(
        Quiz, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )  # NULL: a mystery call
    scenario = models.ForeignKey(
        Scenario, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )  # NULL: a quiz
    is_required = models.BooleanField(default=True)
    reason_zh = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)
    given_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: a track
    created_at = models.DateTimeField()
    opens_at = models.DateTimeField(null=True, blank=True)  # NULL: at once
    closes_at = models.DateTimeField(null=True, blank=True)  # NULL: no end
    due_on = models.DateField(null=True, blank=True)  # NULL: no due day
    #: NULL: what the quiz version allows.
    attempts_allowed = models.PositiveSmallIntegerField(null=True, blank=True)
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)  # NULL: still counts

    reason = Bilingual()

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiz__isnull=False, scenario__isnull=True) | Q(quiz__isnull=True, scenario__isnull=False),
                name="an_assignment_is_of_a_quiz_or_a_mystery_call",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="assignment_closes_after_it_opens",
            ),
        ]
        indexes = [models.Index(fields=["person", "closed_at"], name="open_assignments_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.quiz or self.scenario}"

    def is_open(self, at: datetime) -> bool:
        """The row's own answer to `AssignmentQuerySet.open_at`."""
        begun = self.opens_at is None or self.opens_at <= at
        ended = self.closes_at is not None and self.closes_at <= at
        return self.closed_at is None and begun and not ended
