"""Writing the framework. Content packs call these; running them again with the same words changes nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from lms.audit.services import record
from lms.people.models import JobRole
from lms.skills.models import Requirement, Skill, SkillLevel


@transaction.atomic
def define_skill(
    key: str, *, words: Mapping[str, Any], levels: Mapping[int, Mapping[str, str]], actor: Any, at: datetime
) -> Skill:
    """Write a skill and the behaviour of its levels. `words`: kind, order, name_zh, name_en, description_zh,
    description_en; `levels`: level → {"behaviour_zh": …, "behaviour_en": …}."""
    skill, is_new = Skill.objects.get_or_create(key=key, defaults=dict(words))
    changes = {} if is_new else _update(skill, words)
    for level, behaviour in levels.items():
        row, level_is_new = SkillLevel.objects.get_or_create(skill=skill, level=level, defaults=dict(behaviour))
        if not level_is_new:
            changes |= {f"level {level} {name}": value for name, value in _update(row, behaviour).items()}
    if is_new or changes:
        record(actor=actor, action="skill_defined", subject=skill, at=at, changes=changes)
    return skill


@transaction.atomic
def require_levels(job_role: JobRole, levels: Mapping[Skill, int], *, actor: Any, at: datetime) -> None:
    """Lay down which level of which skill the job role needs; requirements that aren't named any more are lifted."""
    before = {row.skill: row.level for row in job_role.requirements.select_related("skill")}
    if before == dict(levels):
        return
    job_role.requirements.all().delete()
    Requirement.objects.bulk_create(
        Requirement(job_role=job_role, skill=skill, level=level) for skill, level in levels.items()
    )
    changes = {
        skill.key: (before.get(skill), levels.get(skill))
        for skill in {*before, *levels}
        if before.get(skill) != levels.get(skill)
    }
    record(actor=actor, action="requirements_changed", subject=job_role, at=at, changes=changes)


def _update(row: Any, words: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Write the fields that differ; returns what changed as field → (from, to)."""
    changes = {name: (getattr(row, name), value) for name, value in words.items() if getattr(row, name) != value}
    if changes:
        for name, (_before, value) in changes.items():
            setattr(row, name, value)
        row.save(update_fields=list(changes))
    return changes
