"""YAML that remembers where it stands, so that every mistake is told with its file and line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS = yaml.constructor.SafeConstructor()


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a pack, or worth knowing about it. `line` 0: the file as a whole."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


@dataclass(slots=True)
class Node:
    """A value of a file with its place. Mappings and lists hold nodes; `raw` is a scalar as it was typed."""

    value: Any
    file: str
    line: int
    raw: str = ""
    #: of a mapping: the line of each name
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def get(self, name: str) -> "Node | None":
        """The entry of a mapping; None where it is missing or null."""
        found = self.value.get(name) if self.is_mapping else None
        return None if found is None or found.value is None else found


class Misread(Exception):
    """The text isn't YAML, or uses what packs don't."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def read_yaml(text: str, file: str, *, first_line: int = 1) -> Node | None:
    """The tree of the text, None for an empty one; `first_line` is where it begins in its file. Raises Misread with
    every problem: of the syntax the first one only, YAML knows no more."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        told = getattr(error, "problem", None) or str(error).splitlines()[0]
        line = min(mark.line, text.rstrip("\n").count("\n")) if mark else 0  # what is missing at the end is told there
        raise Misread([Problem(file, first_line + line, f"this isn't YAML: {told}")]) from error
    except RecursionError as error:
        raise Misread([Problem(file, first_line, "this is nested too deeply")]) from error
    if root is None:
        return None
    tree = _Tree(file, first_line)
    found = tree.node(root)
    if tree.problems:
        raise Misread(tree.problems)
    return found


class _Tree:
    def __init__(self, file: str, first_line: int) -> None:
        self.file, self.first_line = file, first_line
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def line(self, node: yaml.Node) -> int:
        return int(self.first_line + node.start_mark.line)

    def wrong(self, node: yaml.Node, what: str) -> None:
        self.problems.append(Problem(self.file, self.line(node), what))

    def node(self, node: yaml.Node) -> Node:
        found = Node(None, self.file, self.line(node))
        if id(node) in self.seen:  # an alias: a few lines of them can stand for gigabytes
            self.wrong(node, "anchors and aliases (`&`, `*`) aren't used in packs")
            return found
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            found.value = dict(self._entries(node, found))
        elif isinstance(node, yaml.SequenceNode):
            found.value = [self.node(part) for part in node.value]
        elif isinstance(node, yaml.ScalarNode):
            found.raw = node.value
            try:
                found.value = _SCALARS.construct_object(node)
            except (yaml.YAMLError, ValueError) as error:
                told = getattr(error, "problem", None) or error
                self.wrong(node, f"{node.value!r} can't be read: {told}")
        return found

    def _entries(self, node: yaml.MappingNode, found: Node) -> Iterator[tuple[str, Node]]:
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(key, "a name is expected before the colon")
                continue
            name = str(key.value)
            if name in found.lines:
                self.wrong(key, f"`{name}` stands twice, first in line {found.lines[name]}")
                continue
            found.lines[name] = self.line(key)
            yield name, self.node(value)
