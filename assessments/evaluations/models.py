"""Filled-in scorecards."""

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.calls.models import Call
from assessments.calls.rules import clock_of
from assessments.evaluations.states import VISIBLE_TO_AGENT, EvaluationState
from assessments.scorecards.models import Item, ScorecardVersion
from assessments.scorecards.rules import shown_share
from lms.people.models import User


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, viewer: Any) -> Self:
        """The own released ones; drafts to their evaluator; all of the people whose record the viewer sees."""
        from assessments.evaluations.queries import evaluations_visible_to

        return evaluations_visible_to(viewer, among=self)

    def released(self) -> Self:
        return self.filter(state__in=VISIBLE_TO_AGENT)

    def final(self) -> Self:
        """Released and not corrected by a later one: what statistics use."""
        return self.released().filter(corrected_by__isnull=True)


class Evaluation(models.Model):
    """One scorecard filled in by one analyst on one call. Final when released; a correction is a new evaluation
    that names the old one in `corrects`. It knows nothing of mystery calls: they point to it."""

    scorecard_version = models.ForeignKey(ScorecardVersion, on_delete=models.PROTECT, related_name="evaluations")
    call = models.ForeignKey(
        Call, null=True, blank=True, on_delete=models.PROTECT, related_name="evaluations"
    )  # NULL: a mystery call
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="evaluations")
    evaluator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="evaluations_made")
    state = models.CharField(max_length=12, choices=EvaluationState, default=EvaluationState.DRAFT)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )  # NULL: the first
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)  # read, which is not agreeing
    summary = models.TextField(_("summary for the agent"), blank=True)
    #: Share before fatal items; NULL: not released, or nothing applied.
    computed_score = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    #: Share that counts: 0 after a fatal failure.
    final_score = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    has_fatal_failure = models.BooleanField(default=False)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            # An analyst who opens a call in two tabs writes one draft.
            models.UniqueConstraint(
                fields=["call", "evaluator"],
                condition=Q(state="draft", call__isnull=False),
                name="one_draft_per_call_and_evaluator",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "held"]) | Q(released_at__isnull=False),
                name="a_released_evaluation_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "state", "-released_at"], name="evaluations_of_an_agent"),
            models.Index(fields=["evaluator", "state"], name="evaluations_of_an_analyst"),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_version} · {self.agent}"

    @property
    def shown_score(self) -> Decimal | None:
        """The score that counts as it is shown, cut to a tenth of a percent."""
        return shown_share(self.final_score)

    @property
    def shown_computed(self) -> Decimal | None:
        return shown_share(self.computed_score)


class Mark(models.Model):
    """One item's outcome. Changeable while the evaluation is a draft, then final."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="marks")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)  # NULL: does not apply
    comment = models.TextField(blank=True)
    at_second = models.PositiveIntegerField(null=True, blank=True)  # NULL: no moment in the recording
    #: False: only a comment or a moment so far; no outcome was chosen.
    is_judged = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "item"], name="one_mark_per_evaluation_and_item"),
            # A comment typed ahead must not count as points or as "does not apply".
            models.CheckConstraint(
                condition=Q(is_judged=True) | Q(points__isnull=True), name="a_mark_without_outcome_has_no_points"
            ),
            models.CheckConstraint(condition=Q(points__isnull=True) | Q(points__gte=0), name="marks_are_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.item_id} {self.points}"

    @property
    def moment(self) -> str:
        """0:20 – where in the recording; empty where no moment was noted."""
        return "" if self.at_second is None else clock_of(self.at_second)
