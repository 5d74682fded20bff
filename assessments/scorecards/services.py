"""Writing and publishing the standard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.scorecards.models import Item, Scorecard, ScorecardVersion, Section
from assessments.scorecards.queries import company_day, items_of
from assessments.scorecards.rules import PUBLICATION_DAYS, earliest_effective_day
from assessments.scorecards.states import SCORECARD_MOVES, ItemKind, NotApplicable, ScorecardState
from lms.audit.services import record
from lms.kernel.states import move
from lms.people.models import User
from lms.skills.models import Skill


@dataclass(frozen=True)
class ItemText:
    """One item as it is written down, before it is a row."""

    key: str
    kind: str
    skill: Skill
    name_zh: str
    name_en: str
    guidance_zh: str = ""
    guidance_en: str = ""
    fatal_class: str = ""
    points_possible: int = 4
    weight: Decimal = Decimal(1)
    not_applicable: str = NotApplicable.DROPPED


@dataclass(frozen=True)
class SectionText:
    """A heading and its items as they are written down."""

    key: str
    name_zh: str
    name_en: str
    items: Sequence[ItemText] = field(default_factory=list)


@transaction.atomic
def write_scorecard(
    *,
    key: str,
    channel: str,
    name_zh: str,
    name_en: str,
    pass_share: Decimal,
    sections: Sequence[SectionText],
    actor: User | None,
    at: datetime,
) -> ScorecardVersion:
    """A new scorecard with its first draft."""
    scorecard = Scorecard.objects.create(key=key, channel=channel, name_zh=name_zh, name_en=name_en)
    return draft_version(scorecard, pass_share=pass_share, sections=sections, actor=actor, at=at)


class NotADraft(Exception):
    """A published version is never changed; copy it."""


@transaction.atomic
def draft_version(
    scorecard: Scorecard, *, pass_share: Decimal, sections: Sequence[SectionText], actor: User | None, at: datetime
) -> ScorecardVersion:
    """A new draft with the given sections and items, numbered after the newest."""
    version = _next_version(scorecard, pass_share)
    _write_sections(version, sections)
    record(actor=actor, action="scorecard_version_drafted", subject=version, at=at)
    return version


@transaction.atomic
def rewrite_draft(
    version: ScorecardVersion, *, pass_share: Decimal, sections: Sequence[SectionText], actor: User, at: datetime
) -> ScorecardVersion:
    """Put the given sections and items in the place of the draft's. Raises NotADraft."""
    if ScorecardVersion.objects.select_for_update().get(pk=version.pk).state != ScorecardState.DRAFT:
        raise NotADraft(str(version))
    changes = {} if version.pass_share == pass_share else {"pass_share": (version.pass_share, pass_share)}
    ScorecardVersion.objects.filter(pk=version.pk).update(pass_share=pass_share)
    Section.objects.filter(version=version).delete()
    _write_sections(version, sections)
    record(actor=actor, action="scorecard_version_drafted", subject=version, at=at, changes=changes)
    return ScorecardVersion.objects.select_related("scorecard").get(pk=version.pk)


@transaction.atomic
def describe_scorecard(scorecard: Scorecard, *, name_zh: str, name_en: str, actor: User, at: datetime) -> Scorecard:
    """What the scorecard is called; its key and channel stay."""
    before = (scorecard.name_zh, scorecard.name_en)
    if before != (name_zh, name_en):
        scorecard.name_zh, scorecard.name_en = name_zh, name_en
        scorecard.save(update_fields=["name_zh", "name_en"])
        changes = {"name_zh": (before[0], name_zh), "name_en": (before[1], name_en)}
        record(actor=actor, action="scorecard_described", subject=scorecard, at=at, changes=changes)
    return scorecard


@transaction.atomic
def copy_version(version: ScorecardVersion, *, actor: User, at: datetime) -> ScorecardVersion:
    """A new draft with the same sections and items, to be changed and published in its turn."""
    copy = _next_version(version.scorecard, version.pass_share)
    for section in Section.objects.filter(version=version):
        items = list(Item.objects.filter(section=section))
        section.pk = None
        section.version = copy
        section.save(force_insert=True)
        for item in items:
            item.pk = None
            item.section = section
        Item.objects.bulk_create(items)
    record(actor=actor, action="scorecard_version_drafted", subject=copy, at=at, reason=f"← {version}")
    return copy


@transaction.atomic
def publish_version(
    version: ScorecardVersion,
    *,
    effective_on: date,
    actor: User | None,
    at: datetime,
    published_on: date | None = None,
    is_from_pack: bool = False,
) -> ScorecardVersion:
    """Freeze the version; it judges what takes place from `effective_on`.

    People publish today and give everybody seven days to read it; a content pack (`is_from_pack`) says both days
    itself. Raises ValidationError when the days don't allow it or the scorecard isn't whole, StaleState when somebody
    else published it first.
    """
    published_on = (published_on or effective_on) if is_from_pack else company_day(at)
    _check_days(version, published_on, effective_on, is_from_pack=is_from_pack)
    _check_items(version)
    move(version, SCORECARD_MOVES, ScorecardState.PUBLISHED, published_on=published_on, effective_on=effective_on)
    record(
        actor=actor,
        action="scorecard_version_published",
        subject=version,
        at=at,
        changes={"published_on": (None, published_on), "effective_on": (None, effective_on)},
    )
    return version


def _write_sections(version: ScorecardVersion, sections: Sequence[SectionText]) -> None:
    for place, heading in enumerate(sections):
        section = Section.objects.create(
            version=version, order=place, key=heading.key, name_zh=heading.name_zh, name_en=heading.name_en
        )
        Item.objects.bulk_create(
            Item(section=section, order=number, **vars(item)) for number, item in enumerate(heading.items)
        )


def _next_version(scorecard: Scorecard, pass_share: Decimal) -> ScorecardVersion:
    Scorecard.objects.select_for_update().get(pk=scorecard.pk)  # two new drafts get two numbers
    newest = scorecard.versions.aggregate(newest=Max("number"))["newest"] or 0
    return ScorecardVersion.objects.create(scorecard=scorecard, number=newest + 1, pass_share=pass_share)


def _check_days(version: ScorecardVersion, published_on: date, effective_on: date, *, is_from_pack: bool) -> None:
    earliest = published_on if is_from_pack else earliest_effective_day(published_on)
    if effective_on < earliest:
        raise ValidationError(
            _("A new version is published %(days)s days before it counts: the earliest day is %(earliest)s."),
            code="too_early",
            params={"days": PUBLICATION_DAYS, "earliest": earliest.isoformat()},
        )
    later = version.scorecard.versions.filter(state=ScorecardState.PUBLISHED, effective_on__gt=effective_on)
    if later.exists():
        raise ValidationError(_("A version that takes effect later is published already."), code="later_version")


def _check_items(version: ScorecardVersion) -> None:
    items = items_of(version)
    if not any(item.kind == ItemKind.SCORED for item in items):
        raise ValidationError(_("A scorecard needs at least one scored item."), code="nothing_scored")
    if any(item.kind == ItemKind.FATAL and not item.fatal_class for item in items):
        raise ValidationError(
            _("Each fatal item says whether it is critical to the customer, the business or compliance."),
            code="no_class",
        )
    keys = [item.key for item in items]
    if len(set(keys)) < len(keys):
        raise ValidationError(_("Two items of a scorecard can't have the same key."), code="same_key")
