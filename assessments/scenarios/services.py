"""Writing, publishing and using scripts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from assessments.scenarios.models import Branch, Point, Scenario, ScenarioVersion
from assessments.scenarios.queries import gaps_of, published_version
from assessments.scenarios.rules import Finding, Gap
from assessments.scenarios.states import SCENARIO_MOVES, ScenarioState
from assessments.scorecards.queries import company_day
from lms.audit.services import record
from lms.kernel.states import move
from lms.people.models import User
from lms.skills.models import Skill


class ScenarioNotReady(Exception):
    """The script can't be played as it stands; `findings` say why, `faults` in the active language."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            ", ".join(f"{found.gap.value} {found.point_key} {found.item_key}".strip() for found in findings)
        )
        self.findings = list(findings)

    @property
    def faults(self) -> list[str]:
        return [_in_words(found) for found in self.findings]


@transaction.atomic
def write_scenario(
    version: ScenarioVersion,
    *,
    key: str,
    title_zh: str,
    title_en: str,
    difficulty: int,
    direction: str,
    line_of_business: str,
    skills: Iterable[Skill],
    actor: User | None,
    at: datetime,
) -> ScenarioVersion:
    """Begin a new scenario; `version` holds the texts, branches and points of its first draft in memory."""
    scenario = Scenario.objects.create(
        key=key,
        title_zh=title_zh,
        title_en=title_en,
        difficulty=difficulty,
        direction=direction,
        line_of_business=line_of_business,
    )
    scenario.skills.set(skills)
    record(actor=actor, action="scenario_written", subject=scenario, at=at)
    version.scenario = scenario
    return save_version(version, actor=actor, at=at)


@transaction.atomic
def describe_scenario(
    scenario: Scenario,
    *,
    title_zh: str,
    title_en: str,
    difficulty: int,
    direction: str,
    line_of_business: str,
    skills: Iterable[Skill],
    actor: User | None,
    at: datetime,
) -> Scenario:
    """Change what the scenario is called and filed under, in all its versions: that doesn't touch what is played."""
    wanted = {
        "title_zh": title_zh,
        "title_en": title_en,
        "difficulty": difficulty,
        "direction": direction,
        "line_of_business": line_of_business,
    }
    changes = {
        name: (getattr(scenario, name), value) for name, value in wanted.items() if getattr(scenario, name) != value
    }
    for name, (_before, value) in changes.items():
        setattr(scenario, name, value)
    before, after = set(scenario.skills.all()), set(skills)
    if before != after:
        scenario.skills.set(after)
        changes["skills"] = (_keys(before), _keys(after))
    if changes:
        scenario.save(update_fields=wanted)
        record(actor=actor, action="scenario_described", subject=scenario, at=at, changes=changes)
    return scenario


@transaction.atomic
def save_version(version: ScenarioVersion, *, actor: User | None, at: datetime) -> ScenarioVersion:
    """Keep what an author wrote; `version` holds texts, branches and points in memory.

    A version that a mystery call has used stays as it was: the edit becomes a new draft, which is returned. A published
    version that nobody has used yet stays published; raises ScenarioNotReady when the edit would break it.
    """
    _lock(version.scenario_id)
    stored = ScenarioVersion.objects.filter(pk=version.pk).first() if version.pk else None
    if stored is None or stored.used_at:
        return _save_as_new_draft(version, actor=actor, at=at)
    if stored.state == ScenarioState.PUBLISHED:
        require_ready(version, at)
    version.state = stored.state
    version.save()
    record(actor=actor, action="scenario_version_edited", subject=version, at=at)
    return version


@transaction.atomic
def publish_scenario(version: ScenarioVersion, *, actor: User | None, at: datetime) -> ScenarioVersion:
    """Make this version the one that is played from now on.

    Raises ScenarioNotReady when a point names an item that the scorecard in effect doesn't have, StaleState when
    somebody else published it first, IllegalMove when it is published already.
    """
    require_ready(version, at)
    move(version, SCENARIO_MOVES, ScenarioState.PUBLISHED)
    record(
        actor=actor,
        action="scenario_published",
        subject=version,
        at=at,
        changes={"state": (ScenarioState.DRAFT.value, ScenarioState.PUBLISHED.value)},
    )
    return version


@transaction.atomic
def use_scenario(scenario: Scenario, *, at: datetime) -> ScenarioVersion:
    """The version that is played now, final from this moment.

    Raises ScenarioNotReady when the scorecard has changed meanwhile and no longer fits the script, and
    ScenarioVersion.DoesNotExist when nothing is published.
    """
    _lock(scenario.pk)
    version = published_version(scenario)
    if version is None:
        raise ScenarioVersion.DoesNotExist(f"{scenario.key} has no published version")
    require_ready(version, at)
    if version.used_at is None:
        version.used_at = at
        version.save(update_fields=["used_at"])
    return version


def _lock(scenario_id: int) -> None:
    """An edit and a call that begins to use the script come one after the other."""
    Scenario.objects.select_for_update().get(pk=scenario_id)


def _save_as_new_draft(version: ScenarioVersion, *, actor: User | None, at: datetime) -> ScenarioVersion:
    """Writes the texts, branches and points in memory under the next number; the row they came from is not touched."""
    newest = ScenarioVersion.objects.filter(scenario_id=version.scenario_id).aggregate(newest=Max("number"))["newest"]
    draft = ScenarioVersion(**_texts(version, besides={"number", "state", "created_at", "used_at"}))
    draft.number = (newest or 0) + 1
    draft.created_at = at
    draft.branches.set([Branch(**_texts(branch, besides={"version_id"})) for branch in version.branches.all()])
    draft.points.set([Point(**_texts(point, besides={"version_id"})) for point in version.points.all()])
    draft.save()
    record(actor=actor, action="scenario_version_drafted", subject=draft, at=at)
    return draft


def _texts(row: Model, *, besides: set[str]) -> dict[str, Any]:
    """The row's columns, without its id and the named ones."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.attname not in besides
    }


def require_ready(version: ScenarioVersion, at: datetime) -> None:
    """Raises ScenarioNotReady when the script can't be marked on the scorecard that is in effect at the instant."""
    findings = gaps_of(version, company_day(at))
    if findings:
        raise ScenarioNotReady(findings)


def _keys(skills: Iterable[Skill]) -> str:
    return ", ".join(sorted(skill.key for skill in skills))


def _in_words(found: Finding) -> str:
    if found.gap is Gap.NO_SCORECARD:
        return _("No version of this scorecard is in effect today. Publish the scorecard first, or choose another one.")
    if found.gap is Gap.NO_POINTS:
        return _("The script has no points yet. Add at least one, with its standard answer.")
    if found.gap is Gap.UNKNOWN_ITEM:
        return _(
            "Point “%(point)s” names the item “%(item)s”, which the scorecard in effect doesn't have. Choose one of its items."
        ) % {"point": found.point_key, "item": found.item_key}
    return _(
        "Point “%(point)s” is fatal, but “%(item)s” is not a fatal item of the scorecard. Choose a fatal item, or make the point an ordinary one."
    ) % {"point": found.point_key, "item": found.item_key}
