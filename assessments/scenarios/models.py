"""Scripts of mystery calls and their frozen versions."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from assessments.scenarios.states import Direction, LineOfBusiness, ScenarioState
from assessments.scorecards.models import Scorecard
from lms.kernel.bilingual import Bilingual
from lms.skills.models import Skill


class Scenario(models.Model):
    """A script's identity. What is said stands in its versions; the newest published one is played."""

    key = models.SlugField(max_length=80, unique=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), default=2)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction, default=Direction.INBOUND)
    line_of_business = models.CharField(
        _("line of business"), max_length=20, choices=LineOfBusiness, default=LineOfBusiness.GENERAL
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="scenarios")

    title = Bilingual()

    class Meta:
        ordering = ["key"]
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    def __str__(self) -> str:
        return self.title


class ScenarioVersionQuerySet(models.QuerySet["ScenarioVersion"]):
    def published(self) -> Self:
        """Those that are or were played."""
        return self.filter(state=ScenarioState.PUBLISHED)


class ScenarioVersion(ClusterableModel):
    """Persona, script, branches and points. Final once a mystery call has used it (`used_at`)."""

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ScenarioState, default=ScenarioState.DRAFT)
    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(_("expected minutes"), default=5)
    persona_zh = models.TextField(_("persona (Chinese)"))
    persona_en = models.TextField(_("persona (English)"))
    mood_zh = models.CharField(_("mood (Chinese)"), max_length=200, blank=True)
    mood_en = models.CharField(_("mood (English)"), max_length=200, blank=True)
    opening_line_zh = models.TextField(_("opening line (Chinese)"))
    opening_line_en = models.TextField(_("opening line (English)"))
    knows_zh = models.TextField(_("told only when asked (Chinese)"), blank=True)
    knows_en = models.TextField(_("told only when asked (English)"), blank=True)
    announcement_zh = models.TextField(_("announcement (Chinese)"))
    announcement_en = models.TextField(_("announcement (English)"))
    closing_zh = models.TextField(_("closing (Chinese)"), blank=True)
    closing_en = models.TextField(_("closing (English)"), blank=True)
    #: What may lead the agent astray, and how the caller recognises it.
    traps_zh = models.TextField(_("traps (Chinese)"), blank=True)
    traps_en = models.TextField(_("traps (English)"), blank=True)
    #: What the agent may have open during the call.
    documents_zh = models.TextField(_("documents the agent may open (Chinese)"), blank=True)
    documents_en = models.TextField(_("documents the agent may open (English)"), blank=True)
    closed_book = models.BooleanField(
        _("closed book"), default=False, help_text=_("The agent answers without this site's lessons and phrase book.")
    )
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)  # NULL: no mystery call has used it

    persona = Bilingual()
    mood = Bilingual()
    opening_line = Bilingual()
    knows = Bilingual()
    announcement = Bilingual()
    objects = ScenarioVersionQuerySet.as_manager()

    closing = Bilingual()
    traps = Bilingual()
    documents = Bilingual()

    class Meta:
        ordering = ["scenario", "-number"]
        verbose_name = _("scenario version")
        verbose_name_plural = _("scenario versions")
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="one_scenario_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario.key} {self.number}"


class Branch(models.Model):
    """If the agent does this, the caller says that. Written with its version and final with it."""

    version = ParentalKey(ScenarioVersion, on_delete=models.CASCADE, related_name="branches")
    order = models.PositiveSmallIntegerField(default=0)
    when_zh = models.TextField(_("if the agent … (Chinese)"))
    when_en = models.TextField(_("if the agent … (English)"))
    say_zh = models.TextField(_("the caller says (Chinese)"))
    say_en = models.TextField(_("the caller says (English)"))

    #: The back office lets authors drag branches into their order.
    sort_order_field = "order"

    when = Bilingual()
    say = Bilingual()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.when


class Point(models.Model):
    """One thing a good answer contains, with its standard answer; may feed an item of the scorecard."""

    version = ParentalKey(ScenarioVersion, on_delete=models.CASCADE, related_name="points")
    order = models.PositiveSmallIntegerField(default=0)
    key = models.SlugField(max_length=80)
    text_zh = models.CharField(_("point (Chinese)"), max_length=200)
    text_en = models.CharField(_("point (English)"), max_length=200)
    standard_answer_zh = models.TextField(_("standard answer (Chinese)"))
    standard_answer_en = models.TextField(_("standard answer (English)"))
    listen_for_zh = models.TextField(_("listen for (Chinese)"), blank=True)
    listen_for_en = models.TextField(_("listen for (English)"), blank=True)
    advice_zh = models.TextField(_("advice (Chinese)"), blank=True)
    advice_en = models.TextField(_("advice (English)"), blank=True)
    #: Key of the scorecard item that takes the weighted mean of its points.
    item_key = models.SlugField(_("scorecard item"), max_length=80)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2, default=1)
    is_fatal = models.BooleanField(_("fatal"), default=False)

    #: The back office lets authors drag points into their order.
    sort_order_field = "order"

    text = Bilingual()
    standard_answer = Bilingual()
    listen_for = Bilingual()
    advice = Bilingual()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="one_point_per_version_and_key"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="point_weighs_something"),
        ]

    def __str__(self) -> str:
        return self.text
