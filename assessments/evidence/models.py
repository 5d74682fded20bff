"""The one currency of measurement: what was seen of a skill, by whom it was shown, how much it weighs."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.skills.models import Skill


class SourceKind(models.TextChoices):
    ATTEMPT = "attempt", _("Quiz")
    EVALUATION = "evaluation", _("Evaluation")
    MYSTERY_CALL = "mystery_call", _("Mystery call")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, viewer: Any) -> Self:
        """Evidence of the people whose whole record the viewer may see."""
        return self.filter(agent__in=User.objects.visible_to(viewer))

    def counting(self) -> Self:
        """Rows that are not superseded and not withdrawals."""
        later = Evidence.objects.filter(supersedes=OuterRef("pk"))
        return self.filter(~Exists(later), share__isnull=False)

    def between(self, begin: datetime | None, end: datetime | None) -> Self:
        """Observed at or after `begin` and before `end`; None leaves that side open."""
        rows = self
        if begin is not None:
            rows = rows.filter(observed_at__gte=begin)
        if end is not None:
            rows = rows.filter(observed_at__lt=end)
        return rows


class Evidence(models.Model):
    """One observation of one skill of one agent. Appended by the rooms that measure; never changed.

    A correction is a new row that names the old one in `supersedes`; a withdrawal is such a row without share.
    """

    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="evidence")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="evidence")
    share = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)  # NULL: withdrawn
    weight = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    source_kind = models.CharField(max_length=16, choices=SourceKind)
    source_id = models.PositiveBigIntegerField()
    #: What it was judged by, in words: "voice 3", "phrasing-quiz 1".
    version = models.CharField(max_length=120)
    #: The scorecard item or scenario point, where the observation is of one; empty for a quiz.
    item_key = models.CharField(max_length=80, blank=True)
    observed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )  # NULL: the first word on the matter

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=1),
                name="evidence_share_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=False) | Q(supersedes__isnull=False),
                name="a_withdrawal_names_what_it_withdraws",
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="evidence_weighs_something"),
        ]
        indexes = [
            models.Index(fields=["agent", "skill", "observed_at"], name="evidence_of_an_agents_skill"),
            models.Index(fields=["source_kind", "source_id"], name="evidence_of_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.skill_id} {self.share}"
