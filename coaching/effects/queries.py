"""Folding evidence into figures."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import QuerySet

from assessments.evidence.models import Evidence
from coaching.effects.rules import WINDOW_DAYS, Figure, Occasion, Seen, figure_of, occasions
from lms.people.models import User
from lms.skills.models import Skill


def occasions_by_agent_and_skill(evidence: QuerySet[Evidence]) -> dict[tuple[int, int], list[Occasion]]:
    """(agent id, skill id) → what was observed, oldest first; one query. Superseded and withdrawn rows don't count."""
    rows: dict[tuple[int, int], list[Seen]] = defaultdict(list)
    fields = ("agent", "skill", "source_kind", "source_id", "share", "weight", "observed_at")
    for agent, skill, *seen in evidence.counting().order_by().values_list(*fields):
        rows[agent, skill].append(Seen(*seen))
    return {key: occasions(group) for key, group in rows.items()}


def recent_figures(
    agent: User, skills: list[int], *, at: datetime, since: dict[int, datetime] | None = None
) -> dict[int, Figure]:
    """The figure of each skill (by id) over the last WINDOW_DAYS; for a skill in `since` from that instant only."""
    begin = at - timedelta(days=WINDOW_DAYS)
    evidence = Evidence.objects.filter(agent=agent, skill__in=skills).between(begin, None)
    found = occasions_by_agent_and_skill(evidence)
    figures = {}
    for skill in skills:
        start = (since or {}).get(skill, begin)
        seen = [occasion.share for occasion in found.get((agent.pk, skill), []) if occasion.observed_at >= start]
        figures[skill] = figure_of(seen)
    return figures


def recent_figure(agent: User, skill: Skill, *, at: datetime) -> Figure:
    """The figure of one skill over the last WINDOW_DAYS."""
    return recent_figures(agent, [skill.pk], at=at)[skill.pk]
