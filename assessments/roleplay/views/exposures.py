"""How much a scenario is known already, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.roleplay.queries import ScenarioRow
from assessments.roleplay.rules import Clash, Exposure, Play
from assessments.scenarios.models import Scenario


@dataclass(frozen=True)
class ScenarioChoice:
    """One scenario of the planning page. `is_known`: it breaks a rule, as the remark says."""

    scenario: Scenario
    remark: str
    is_known: bool
    is_proposed: bool
    is_chosen: bool


def scenario_choices(
    rows: Sequence[ScenarioRow], *, proposed: Exposure | None, chosen: Any, at: datetime
) -> list[ScenarioChoice]:
    """The proposed one first, then the least played, those that break a rule last. What was chosen stays chosen."""
    proposed_id = proposed.scenario_id if proposed else None
    kept = str(chosen or proposed_id or "")
    found = [
        ScenarioChoice(
            scenario=row.scenario,
            remark=exposure_words(row.exposure, at=at),
            is_known=row.exposure.clash is not None,
            is_proposed=row.scenario.pk == proposed_id,
            is_chosen=str(row.scenario.pk) == kept,
        )
        for row in sorted(rows, key=lambda row: (row.exposure.clash is not None, row.exposure.tally.plays))
    ]
    return sorted(found, key=lambda choice: not choice.is_proposed)


def exposure_words(exposure: Exposure, *, at: datetime) -> str:
    """“Ana had it on 3 March”, or why nothing stands against it."""
    if exposure.by:
        return _clash_words(exposure.clash, exposure.by, at=at)
    if exposure.in_team:
        team = _("last in this team on %(day)s") % {"day": _day(exposure.in_team.at)}
    else:
        team = _("not yet played in this team")
    return _("%(team)s; %(often)s") % {"team": team, "often": plays_words(exposure.tally.plays)}


def plays_words(plays: int) -> str:
    return ngettext("%(n)s time in 90 days", "%(n)s times in 90 days", plays) % {"n": plays}


def _clash_words(clash: Clash | None, play: Play, *, at: datetime) -> str:
    told = {"name": play.name, "day": _day(play.at)}
    is_booked = play.at > at
    if clash is Clash.OWN:
        return (_("%(name)s is booked for it on %(day)s") if is_booked else _("%(name)s had it on %(day)s")) % told
    if is_booked:
        return _("%(name)s of the same team is booked for it on %(day)s") % told
    return _("%(name)s of the same team had it on %(day)s") % told


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATE_FORMAT")
