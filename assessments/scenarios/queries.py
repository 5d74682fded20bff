"""Reads that span scenarios and scorecards."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from assessments.scenarios.models import Scenario, ScenarioVersion
from assessments.scenarios.rules import Finding, ScriptPoint, gaps
from assessments.scenarios.states import ScenarioState
from assessments.scorecards.models import Item, ScorecardVersion
from assessments.scorecards.queries import items_of, version_in_effect
from assessments.scorecards.states import ScorecardState


def published_version(scenario: Scenario) -> ScenarioVersion | None:
    """The newest published version: the one that is played."""
    return scenario.versions.filter(state=ScenarioState.PUBLISHED).order_by("-number").first()


def newest_versions() -> QuerySet[ScenarioVersion]:
    """The newest version of each scenario, draft or published: what authors go on working at."""
    newest = ScenarioVersion.objects.filter(scenario=OuterRef("scenario")).order_by("-number").values("pk")[:1]
    return ScenarioVersion.objects.filter(pk=Subquery(newest)).select_related("scenario", "scorecard")


def items_to_feed(day: date) -> QuerySet[Item]:
    """The items of the scorecards in effect on the day: what a point may feed. One query."""
    in_effect = (
        ScorecardVersion.objects.filter(
            scorecard=OuterRef("section__version__scorecard"), state=ScorecardState.PUBLISHED, effective_on__lte=day
        )
        .order_by("-effective_on", "-number")
        .values("pk")[:1]
    )
    return (
        Item.objects.filter(section__version=Subquery(in_effect))
        .select_related("section__version__scorecard")
        .order_by("section__version__scorecard__key", "section__order", "section__pk", "order", "pk")
    )


def playable_scenarios() -> QuerySet[Scenario]:
    """Scenarios with a published version: `version_id`, and `minutes`, that version's expected length."""
    newest = ScenarioVersion.objects.filter(scenario=OuterRef("pk"), state=ScenarioState.PUBLISHED).order_by("-number")
    return Scenario.objects.annotate(
        minutes=Subquery(newest.values("minutes")[:1]), version_id=Subquery(newest.values("pk")[:1])
    ).filter(minutes__isnull=False)


def scorecard_of(version: ScenarioVersion, day: date) -> ScorecardVersion | None:
    """The version of the script's scorecard that judges calls of this day."""
    return version_in_effect(version.scorecard, day)


def gaps_of(version: ScenarioVersion, day: date) -> list[Finding]:
    """What keeps the script from being played on this day. Reads points that aren't saved yet, too."""
    scorecard_version = scorecard_of(version, day)
    kinds = {item.key: item.kind for item in items_of(scorecard_version)} if scorecard_version else None
    points = [ScriptPoint(point.key, point.item_key, point.is_fatal) for point in version.points.all()]
    return gaps(points, kinds)
