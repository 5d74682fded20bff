"""Who may or must take a quiz or a mystery call. Without an assignment there is no start."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.assignments.rules import INHERIT, Override
from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from lms.kernel.bilingual import Bilingual
from lms.people.models import Team, User
from lms.people.queries import agents_of, examined_teams


def paths_above(teams: models.QuerySet[Team]) -> set[str]:
    """The tree paths of the nodes above these teams. One query."""
    paths = teams.values_list("path", flat=True)
    return {path[:length] for path in paths for length in range(Team.steplen, len(path), Team.steplen)}


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(person__in=User.objects.visible_to(viewer))

    def of(self, person: User) -> Self:
        return self.filter(person=person)

    def of_quizzes(self) -> Self:
        return self.filter(quiz__isnull=False)

    def open_at(self, at: datetime) -> Self:
        """Not closed, begun, and not past its end, as far as the assignment itself says; for a quiz `window_of` knows
        more."""
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
    #: An author tries the quiz out: results under it are nobody's record and in no figure.
    is_preview = models.BooleanField(default=False)
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


class WindowOverrideQuerySet(models.QuerySet["WindowOverride"]):
    def live(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, viewer: Any) -> Self:
        """Those for the teams for which the viewer runs exams and for the people in them; and those for the teams
        above, which hold for them, too."""
        teams = examined_teams(viewer)
        return self.filter(Q(person__in=agents_of(teams)) | Q(team__in=teams) | Q(team__path__in=paths_above(teams)))


class WindowOverride(models.Model):
    """Another window, limit or number of attempts for one person, or for a team with everything below it, on one quiz.

    Written by whoever leads them, with the reason; changed by withdrawing it and giving another. An empty field
    inherits; *unlimited* is stored as such.
    """

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="overrides")
    person = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="window_overrides"
    )  # NULL: a team's
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="window_overrides"
    )  # NULL: a person's
    opens_at = models.DateTimeField(null=True, blank=True)  # NULL: inherits
    opens_at_once = models.BooleanField(default=False)
    closes_at = models.DateTimeField(null=True, blank=True)  # NULL: inherits
    never_closes = models.BooleanField(default=False)
    limit_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # NULL: inherits
    has_no_limit = models.BooleanField(default=False)
    attempts_allowed = models.PositiveSmallIntegerField(null=True, blank=True)  # NULL: inherits
    has_unlimited_attempts = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # NULL: holds

    objects = WindowOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, team__isnull=True) | Q(person__isnull=True, team__isnull=False),
                name="an_override_is_a_persons_or_a_teams",
            ),
            models.UniqueConstraint(
                fields=["quiz", "person"],
                condition=Q(withdrawn_at__isnull=True, person__isnull=False),
                name="one_live_override_per_quiz_and_person",
            ),
            models.UniqueConstraint(
                fields=["quiz", "team"],
                condition=Q(withdrawn_at__isnull=True, team__isnull=False),
                name="one_live_override_per_quiz_and_team",
            ),
            models.CheckConstraint(
                condition=(Q(opens_at__isnull=True) | Q(opens_at_once=False))
                & (Q(closes_at__isnull=True) | Q(never_closes=False))
                & (Q(limit_minutes__isnull=True) | Q(has_no_limit=False))
                & (Q(attempts_allowed__isnull=True) | Q(has_unlimited_attempts=False)),
                name="an_override_is_a_value_or_unlimited",
            ),
            models.CheckConstraint(
                condition=Q(limit_minutes__isnull=True) | Q(limit_minutes__gte=1), name="override_leaves_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz}: {self.person or self.team}"

    @property
    def to(self) -> User | Team:
        to = self.person or self.team
        if to is None:
            raise ValueError("an exception is a person's or a team's")
        return to

    def as_value(self) -> Override:
        return Override(
            opens_at=None if self.opens_at_once else self.opens_at or INHERIT,
            closes_at=None if self.never_closes else self.closes_at or INHERIT,
            limit_minutes=None if self.has_no_limit else self.limit_minutes or INHERIT,
            attempts=None
            if self.has_unlimited_attempts
            else (INHERIT if self.attempts_allowed is None else self.attempts_allowed),
        )
