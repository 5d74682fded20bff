"""Open-announcement mystery calls: the call, what was marked during it, and help that was taken."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from assessments.assignments.models import Assignment
from assessments.evaluations.models import Evaluation
from assessments.roleplay.states import OPEN, SHOWN, HelpKind, MysteryCallState, PointOutcome
from assessments.scenarios.models import Point, ScenarioVersion
from lms.people.models import User


class MysteryCallQuerySet(models.QuerySet["MysteryCall"]):
    def visible_to(self, viewer: Any) -> Self:
        """The own ones, those one places, those of the people whose record the viewer sees."""
        if not viewer.is_authenticated:
            return self.none()
        return self.filter(Q(caller=viewer) | Q(assignment__person__in=User.objects.visible_to(viewer)))

    def exposing(self) -> Self:
        """Somebody heard the scenario, or is booked to: with `exposed_at`, the instant."""
        booked = (MysteryCallState.PLANNED, MysteryCallState.ANNOUNCED, MysteryCallState.ACCEPTED)
        heard_or_booked = self.filter(Q(started_at__isnull=False) | Q(state__in=booked))
        return heard_or_booked.annotate(exposed_at=Coalesce("started_at", "planned_for"))

    def before_debrief(self) -> Self:
        """Planned, going on, or over but not yet talked about."""
        return self.filter(state__in=OPEN | {MysteryCallState.FORFEITED})

    def shown(self) -> Self:
        """The debrief may be read."""
        return self.filter(state__in=SHOWN)

    def passed(self) -> Self:
        """Settled with a pass: what satisfies a requirement. A forfeit never does."""
        return self.filter(state=MysteryCallState.SETTLED, was_forfeited=False, evaluation__passed=True)


class MysteryCall(models.Model):
    """One announced test call under one assignment. The clock is the server's; final when settled."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="mystery_calls")
    scenario_version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="mystery_calls")
    caller = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mystery_calls_placed")
    state = models.CharField(max_length=12, choices=MysteryCallState, default=MysteryCallState.PLANNED)
    #: What the debrief shows: the filled-in scorecard of this call. A forfeit has none.
    evaluation = models.OneToOneField(
        Evaluation, null=True, blank=True, on_delete=models.PROTECT, related_name="mystery_call"
    )  # NULL: not begun, or forfeited
    planned_for = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    #: Confirmed aloud and ticked by the caller, not on the agent's own screen.
    accepted_aloud = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    debriefed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    was_forfeited = models.BooleanField(default=False)
    agent_comment = models.TextField(blank=True)
    notes = models.TextField(_("notes"), blank=True)

    objects = MysteryCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("mystery call")
        verbose_name_plural = _("mystery calls")
        constraints = [
            # Two callers can't ring one agent for one assignment at once.
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state__in=["planned", "announced", "accepted", "in_progress", "ended"]),
                name="one_open_mystery_call_per_assignment",
            ),
            models.CheckConstraint(
                condition=~Q(state="forfeited") | Q(was_forfeited=True), name="a_forfeit_is_remembered"
            ),
        ]
        indexes = [models.Index(fields=["caller", "state"], name="mystery_calls_of_a_caller")]

    def __str__(self) -> str:
        return f"{self.scenario_version} · {self.assignment.person}"

    @property
    def agent(self) -> User:
        return self.assignment.person

    @property
    def card(self) -> Evaluation:
        """The filled-in scorecard. Raises DoesNotExist before the call has begun and after a forfeit."""
        if self.evaluation is None:
            raise Evaluation.DoesNotExist(f"{self} has no scorecard")
        return self.evaluation

    @property
    def is_shown(self) -> bool:
        return self.state in SHOWN

    def seconds_at(self, at: datetime) -> int:
        """Whole seconds on the call's clock at the instant; it stands still once the call has ended."""
        if self.started_at is None:
            return 0
        return max(0, int((min(at, self.ended_at or at) - self.started_at).total_seconds()))


class PointMark(models.Model):
    """One point's outcome during the call. Changeable until the debrief, then final."""

    mystery_call = models.ForeignKey(MysteryCall, on_delete=models.CASCADE, related_name="point_marks")
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="+")
    #: Empty: words were typed, but nothing is judged yet.
    outcome = models.CharField(max_length=12, choices=PointOutcome, blank=True)
    at_second = models.PositiveIntegerField(null=True, blank=True)  # NULL: not judged, or judged after the call
    observed = models.TextField(_("what was observed"), blank=True)
    advice = models.TextField(_("advice"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mystery_call", "point"], name="one_mark_per_mystery_call_and_point"),
            models.CheckConstraint(
                condition=~Q(outcome="not_reached") | ~Q(observed=""), name="not_reached_needs_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mystery_call_id} {self.point_id} {self.outcome}"


class HelpEvent(models.Model):
    """Help that was taken, with its time. Appended; a forfeit needs at least one."""

    mystery_call = models.ForeignKey(MysteryCall, on_delete=models.CASCADE, related_name="help_events")
    kind = models.CharField(max_length=20, choices=HelpKind)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.mystery_call_id} {self.kind}"
