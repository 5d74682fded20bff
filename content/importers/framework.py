"""Skills, the notice and job roles."""

from collections.abc import Mapping, Sequence
from typing import Any

from content.exporters import framework
from content.exporters.present import Present
from content.format.types import pair
from content.importers.stages import LeftToPeople, Stage, Wanted
from courses.enrolment.models import RequiredTrack
from lms.people.models import JobRole
from lms.people.services.framework import define_job_role, publish_notice
from lms.skills.models import SkillLevel
from lms.skills.services import define_skill, require_levels


class Skills(Stage):
    kind = "skill"

    def wanted(self) -> Sequence[Wanted]:
        """With their place; a skill after the one it is a part of."""
        told = [
            Wanted(
                entry.key,
                {**entry.value, "levels": _sorted(entry.value), "place": place},
                entry.node.file,
                entry.node.line,
            )
            for place, entry in enumerate(self.load.pack.all("skill"))
        ]
        parents = {each.key: each.value["parent"] for each in told}
        return sorted(told, key=lambda each: _depth(each.key, parents))

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return framework.skills(keys)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        words: dict[str, Any] = {
            "kind": value["kind"],
            "order": value["place"],
            **pair("name", value["name"]),
            **pair("description", value["description"]),
        }
        if value["parent"] or (present and present.value["parent"]):
            words["parent"] = self.load.skill(value["parent"]) if value["parent"] else None
        levels = {row["level"]: pair("behaviour", row["behaviour"]) for row in value["levels"]}
        skill = define_skill(wanted.key, words=words, levels=levels, **self.load.by)
        if present:
            SkillLevel.objects.filter(skill=skill).exclude(level__in=levels).delete()


def _sorted(value: Mapping[str, Any]) -> list[Any]:
    return sorted(value["levels"], key=lambda row: row["level"])


def _depth(key: str, parents: Mapping[str, str]) -> int:
    return 1 + _depth(parents[key], parents) if parents.get(key) else 0


class Notices(Stage):
    """A notice that was published never changes; a new version is a new notice."""

    kind = "notice"
    is_remembered = False

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return framework.notices()

    def write(self, wanted: Wanted, present: Present | None) -> None:
        version = wanted.value["version"]
        newest = max((int(number) for number in framework.notices()), default=0)
        if present:
            raise LeftToPeople(f"version {version} is published and never changes; raise `version`")
        if newest > version:
            raise LeftToPeople(f"version {newest} is published already")
        words = {**pair("title", wanted.value["title"]), **pair("body", wanted.value["body"])}
        publish_notice(version, **words, **self.load.by)


class JobRoles(Stage):
    kind = "job role"

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return framework.job_roles(self.load.keys, keys)

    def prepare(self, new: Sequence[Wanted]) -> None:
        """Tracks say whom they are for."""
        for each in new:
            self._define(each)

    def _define(self, wanted: Wanted) -> JobRole:
        value = wanted.value
        return define_job_role(wanted.key, role=value["role"], **pair("name", value["name"]), **self.load.by)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        role = self._define(wanted)
        levels = {self.load.skill(key): level for key, level in value["requirements"].items()}
        require_levels(role, levels, **self.load.by)
        tracks = [self.load.keys.translation_key("track", key) for key in value["track"]]
        for key in tracks:
            RequiredTrack.objects.get_or_create(job_role=role, track_key=key)
        if present:
            gone = set(present.value["track"]) - set(value["track"])
            lifted = [self.load.keys.translation_key("track", key) for key in gone]
            RequiredTrack.objects.filter(job_role=role, track_key__in=lifted).delete()
