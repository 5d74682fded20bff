"""What a load did, or would do."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from content.format.nodes import Problem
from content.importers.judging import Outcome


@dataclass(frozen=True)
class Line:
    """One thing of the pack; `words` say why where it isn't plain."""

    kind: str
    key: str
    outcome: Outcome
    language: str = ""
    words: str = ""
    file: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        return f"{self.kind} {self.key}" + (f" ({self.language})" if self.language else "")


@dataclass
class Report:
    pack: str
    version: int
    is_dry_run: bool = False
    lines: list[Line] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def of(self, outcome: Outcome) -> list[Line]:
        return [line for line in self.lines if line.outcome == outcome]

    @property
    def conflicts(self) -> list[Line]:
        return self.of(Outcome.CONFLICT)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """kind → outcome → how many, in the order of loading."""
        found: dict[str, Counter[str]] = {}
        for line in self.lines:
            found.setdefault(line.kind, Counter())[line.outcome.value] += 1
        return {kind: dict(counter) for kind, counter in found.items()}

    def as_json(self) -> dict[str, Any]:
        return {
            "pack": self.pack,
            "version": self.version,
            "dry_run": self.is_dry_run,
            "counts": self.counts,
            "items": [
                {
                    "kind": line.kind, "key": line.key, "language": line.language, "outcome": line.outcome.value,
                    "words": line.words, "file": line.file, "line": line.line,
                }
                for line in self.lines
                if line.outcome != Outcome.UNCHANGED
            ],
            "notes": [vars(note) for note in self.notes],
            "mistakes": [],
        }  # fmt: skip
