"""Scorecards with items. `ScorecardVersionFactory()` is a published voice standard in effect since January."""

from datetime import date
from decimal import Decimal

import factory

from assessments.scorecards.models import Item, Scorecard, ScorecardVersion, Section
from assessments.scorecards.states import FatalClass, ItemKind, ScorecardState
from tests.factories.skills import SkillFactory

IN_EFFECT = date(2026, 1, 1)


class ScorecardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Scorecard
        django_get_or_create = ("key",)

    key = "voice"
    name_zh = "语音评分表"
    name_en = "Voice scorecard"


class ScorecardVersionFactory(factory.django.DjangoModelFactory):
    """Published by default; `published_on=None, state="draft", effective_on=None` or `draft=True` for a draft."""

    class Meta:
        model = ScorecardVersion

    class Params:
        draft = factory.Trait(state=ScorecardState.DRAFT, published_on=None, effective_on=None)

    scorecard = factory.SubFactory(ScorecardFactory)
    number = factory.LazyAttribute(lambda version: version.scorecard.versions.count() + 1)
    state = ScorecardState.PUBLISHED
    pass_share = Decimal("0.800")
    published_on = IN_EFFECT
    effective_on = IN_EFFECT


class SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section

    version = factory.SubFactory(ScorecardVersionFactory)
    key = factory.Sequence(lambda n: f"section-{n}")
    order = factory.Sequence(lambda n: n)
    name_zh = "处理"
    name_en = "Handling"


class ItemFactory(factory.django.DjangoModelFactory):
    """A scored item of 4 points; `fatal`, `warning` and `bonus` are traits."""

    class Meta:
        model = Item

    class Params:
        fatal = factory.Trait(kind=ItemKind.FATAL, fatal_class=FatalClass.BUSINESS, points_possible=1)
        warning = factory.Trait(kind=ItemKind.WARNING, points_possible=1)
        bonus = factory.Trait(kind=ItemKind.BONUS, points_possible=1)

    section = factory.SubFactory(SectionFactory)
    key = factory.Sequence(lambda n: f"item-{n}")
    order = factory.Sequence(lambda n: n)
    kind = ItemKind.SCORED
    skill = factory.SubFactory(SkillFactory)
    name_zh = factory.LazyAttribute(lambda item: f"评分项 {item.key}")
    name_en = factory.LazyAttribute(lambda item: f"Item {item.key}")
    guidance_zh = "怎样判定"
    guidance_en = "How to judge it"
    points_possible = 4


def make_scorecard(**version_fields) -> ScorecardVersion:
    """Two scored items (restates, solves), a fatal, a warning and a bonus item, each of a skill of its own, with the
    item's key as the skill's."""
    version = ScorecardVersionFactory(**version_fields)
    section = SectionFactory(version=version)
    for key, traits in {
        "restates": {},
        "solves": {"not_applicable": "not_allowed"},
        "accuracy": {"fatal": True, "not_applicable": "not_allowed"},
        "filler-words": {"warning": True},
        "extra-mile": {"bonus": True},
    }.items():
        ItemFactory(section=section, key=key, skill=SkillFactory(key=key), **traits)
    return version
