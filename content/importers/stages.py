"""What all kinds of things share while a pack is loaded: who does it, when, with which rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.storage import Storage

from content.exporters.keys import SiteKeys
from content.exporters.present import Present
from content.readers.pack import Pack
from lms.people.models import User
from lms.skills.models import Skill


class Refused(Exception):
    """The site can't take this; the words say why."""


class LeftToPeople(Exception):
    """The pack has news that people decide about; the words say how."""


@dataclass
class Load:
    """One load: the pack, by whom and when. `saved`: the files it has written, for the case that all is taken back."""

    pack: Pack
    actor: User | None
    at: datetime
    keys: SiteKeys
    saved: list[tuple[Storage, str]] = field(default_factory=list)
    _skills: dict[str, Skill] = field(default_factory=dict)

    @property
    def by(self) -> dict[str, Any]:
        return {"actor": self.actor, "at": self.at}

    def skill(self, key: str) -> Skill:
        if key not in self._skills:
            self._skills = {skill.key: skill for skill in Skill.objects.all()}
        return self._skills[key]

    def skills(self, keys: Iterable[str]) -> list[Skill]:
        return [self.skill(key) for key in keys]

    def take_back_files(self) -> None:
        for storage, name in self.saved:
            storage.delete(name)
        self.saved.clear()


@dataclass(frozen=True)
class Wanted:
    """One thing as the pack wants it. `file` and `line`: where the pack says so."""

    key: str
    value: Mapping[str, Any]
    file: str
    line: int
    language: str = ""


class Stage:
    """One kind of thing. `is_remembered` False: what isn't in the pack any more is no news."""

    kind = ""
    is_remembered = True

    def __init__(self, load: Load) -> None:
        self.load = load

    def wanted(self) -> Sequence[Wanted]:
        return [
            Wanted(entry.key, self.in_site_words(entry.value), entry.node.file, entry.node.line)
            for entry in self.load.pack.all(self.kind)
        ]

    def in_site_words(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        return value

    def present(self, wanted: Sequence[Wanted]) -> Mapping[tuple[str, str], Present | None]:
        """(key, language) → what the site says; what isn't there is missing. None: there, but nobody can read it."""
        return {(key, ""): found for key, found in self.now([each.key for each in wanted]).items()}

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        raise NotImplementedError

    def prepare(self, new: Sequence[Wanted]) -> None:
        """Before anything is written: of what is new, whatever others may refer to."""

    def write(self, wanted: Wanted, present: Present | None) -> None:
        """Raises Refused or LeftToPeople."""
        raise NotImplementedError
