"""Skills, job roles and the notice."""

from collections import defaultdict
from collections.abc import Collection

from content.exporters.keys import SiteKeys
from content.exporters.present import Present
from content.format.types import text_in
from courses.enrolment.models import RequiredTrack
from lms.people.models import JobRole, Notice
from lms.skills.models import Skill


def skills(only: Collection[str] | None = None) -> dict[str, Present]:
    """`place` is where it stands: packs say it by their order."""
    rows = Skill.objects.select_related("parent").prefetch_related("levels").order_by("order", "key")
    return {
        skill.key: Present(
            {
                "key": skill.key,
                "kind": skill.kind,
                "parent": skill.parent.key if skill.parent else "",
                "name": text_in(skill, "name"),
                "description": text_in(skill, "description"),
                "levels": [
                    {"level": row.level, "behaviour": text_in(row, "behaviour")}
                    for row in sorted(skill.levels.all(), key=lambda row: row.level)
                ],
                "place": skill.order,
            }
        )
        for skill in (rows if only is None else rows.filter(key__in=only))
    }


def job_roles(keys: SiteKeys, only: Collection[str] | None = None) -> dict[str, Present]:
    tracks: dict[int, list[str]] = defaultdict(list)
    for pk, key in RequiredTrack.objects.order_by("pk").values_list("job_role", "track_key"):
        if name := keys.page_keys.get(("track", key)):
            tracks[pk].append(name)
    rows = JobRole.objects.prefetch_related("requirements__skill").order_by("pk")
    return {
        role.key: Present(
            {
                "key": role.key,
                "role": role.role,
                "name": text_in(role, "name"),
                "track": tracks[role.pk],
                "requirements": {row.skill.key: row.level for row in role.requirements.all()},
            }
        )
        for role in (rows if only is None else rows.filter(key__in=only))
    }


def notices() -> dict[str, Present]:
    """By version; the newest first."""
    return {
        str(notice.version): Present(
            {"version": notice.version, "title": text_in(notice, "title"), "body": text_in(notice, "body")}
        )
        for notice in Notice.objects.order_by("-version")
    }
