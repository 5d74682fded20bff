"""What goes along while a pack is read: its languages, what is wrong with it, what it refers to."""

from dataclasses import dataclass, field

from content.format.nodes import Node, Problem
from lms.kernel.bilingual import LANGUAGE_CODES


@dataclass(frozen=True)
class Reference:
    """A key that must lead somewhere in the pack."""

    kind: str
    key: str
    node: Node


@dataclass
class Reading:
    """`languages`: of the pack, also those that the site doesn't show; `media`: the names of its files in `media/`."""

    languages: tuple[str, ...] = LANGUAGE_CODES
    media: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    def wrong(self, node: Node, what: str, *, line: int | None = None) -> None:
        self.problems.append(Problem(node.file, node.line if line is None else line, what))

    def wrong_at(self, file: str, what: str, *, line: int = 0) -> None:
        self.problems.append(Problem(file, line, what))

    def note_at(self, file: str, what: str, *, line: int = 0) -> None:
        self.notes.append(Problem(file, line, what))

    def refer(self, kind: str, key: str, node: Node) -> None:
        self.references.append(Reference(kind, key, node))

    @property
    def shown(self) -> tuple[str, ...]:
        """The languages of the pack that the site shows, in the site's order."""
        return tuple(language for language in LANGUAGE_CODES if language in self.languages)
