"""The standard by which calls are marked: scorecards, their frozen versions, sections and items."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from assessments.scorecards.states import YES_OR_NO, Channel, FatalClass, ItemKind, NotApplicable, ScorecardState
from lms.kernel.bilingual import Bilingual
from lms.skills.models import Skill


class Scorecard(models.Model):
    """A standard's identity, for one channel."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.VOICE)
    name_zh = models.CharField(_("name (Chinese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=120)

    name = Bilingual()

    class Meta:
        ordering = ["key"]
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")

    def __str__(self) -> str:
        return self.name


class ScorecardVersion(ClusterableModel):
    """Sections, items and weights. Final when published; judges calls that took place from `effective_on`."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ScorecardState, default=ScorecardState.DRAFT)
    pass_share = models.DecimalField(_("pass share"), max_digits=4, decimal_places=3)
    published_on = models.DateField(_("published on"), null=True, blank=True)  # NULL: still a draft
    effective_on = models.DateField(_("in effect from"), null=True, blank=True)  # NULL: not yet decided

    class Meta:
        ordering = ["scorecard", "-number"]
        verbose_name = _("scorecard version")
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "number"], name="one_scorecard_version_per_number"),
            models.CheckConstraint(
                condition=Q(pass_share__gt=0, pass_share__lte=1), name="scorecard_pass_share_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_on__isnull=False, effective_on__isnull=False),
                name="a_published_scorecard_has_its_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard.key} {self.number}"


class Section(ClusterableModel):
    """A heading that groups items."""

    version = ParentalKey(ScorecardVersion, on_delete=models.CASCADE, related_name="sections")
    order = models.PositiveSmallIntegerField(default=0)
    key = models.SlugField(_("key"), max_length=80)
    name_zh = models.CharField(_("name (Chinese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=120)

    name = Bilingual()
    sort_order_field = "order"  # the back office sorts by it

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("section")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="one_section_per_version_and_key")]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """One thing to judge. Scored: 0 to `points_possible`. Fatal and warning: 0 (failed) or 1 (in order)."""

    section = ParentalKey(Section, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField(default=0)
    key = models.SlugField(_("key"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind)
    fatal_class = models.CharField(_("class"), max_length=12, choices=FatalClass, blank=True)
    skill = models.ForeignKey(Skill, verbose_name=_("skill"), on_delete=models.PROTECT, related_name="+")
    name_zh = models.CharField(_("name (Chinese)"), max_length=160)
    name_en = models.CharField(_("name (English)"), max_length=160)
    guidance_zh = models.TextField(_("how to judge it (Chinese)"), blank=True)
    guidance_en = models.TextField(_("how to judge it (English)"), blank=True)
    points_possible = models.PositiveSmallIntegerField(_("points"), default=4)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2, default=1)
    not_applicable = models.CharField(
        _("when it doesn't apply"), max_length=12, choices=NotApplicable, default=NotApplicable.DROPPED
    )

    name = Bilingual()
    guidance = Bilingual()
    sort_order_field = "order"  # the back office sorts by it

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("item")
        constraints = [
            models.UniqueConstraint(fields=["section", "key"], name="one_item_per_section_and_key"),
            models.CheckConstraint(condition=Q(points_possible__gte=1), name="item_has_points"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="item_weighs_something"),
            models.CheckConstraint(
                condition=~Q(kind__in=["fatal", "warning"]) | Q(points_possible=1),
                name="fatal_and_warning_are_yes_or_no",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Yes-or-no items have one point, whatever was typed beside them."""
        if self.kind in YES_OR_NO:
            self.points_possible = 1
