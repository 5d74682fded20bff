"""Which standard judges what, and its items in the order in which they are read."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from assessments.scorecards.models import Item, Scorecard, ScorecardVersion, Section
from assessments.scorecards.states import ItemKind, ScorecardState


@dataclass(frozen=True)
class SectionOnScreen:
    """A heading with its items, in order."""

    section: Section
    items: list[Item]


def company_day(at: datetime) -> date:
    """The calendar day at the company's head office: scorecards change at its midnight."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def version_in_effect(scorecard: Scorecard, day: date) -> ScorecardVersion | None:
    """The published version that judges what took place on the day; None before the first took effect."""
    return (
        ScorecardVersion.objects.filter(scorecard=scorecard, state=ScorecardState.PUBLISHED, effective_on__lte=day)
        .order_by("-effective_on", "-number")
        .select_related("scorecard")
        .first()
    )


def version_for_channel(channel: str, day: date) -> ScorecardVersion | None:
    """The version that judges conversations of the channel on the day. Where a channel has several scorecards, the
    one whose version took effect last."""
    return (
        ScorecardVersion.objects.filter(
            scorecard__channel=channel, state=ScorecardState.PUBLISHED, effective_on__lte=day
        )
        .order_by("-effective_on", "-number", "scorecard__key")
        .select_related("scorecard")
        .first()
    )


def items_of(version: ScorecardVersion) -> list[Item]:
    """All items in reading order, each with its skill and section, in one query."""
    return list(
        Item.objects.filter(section__version=version)
        .select_related("section", "skill")
        .order_by("section__order", "section__pk", "order", "pk")
    )


def sections_of(version: ScorecardVersion) -> list[SectionOnScreen]:
    """The items under their headings, in one query. A heading without items isn't shown."""
    found: dict[int, SectionOnScreen] = {}
    for item in items_of(version):
        found.setdefault(item.section_id, SectionOnScreen(item.section, [])).items.append(item)
    return list(found.values())


def fatal_first(items: list[Item]) -> list[Item]:
    """Fatal items ahead of all others, otherwise in reading order."""
    return sorted(items, key=lambda item: item.kind != ItemKind.FATAL)
