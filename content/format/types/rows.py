"""Lists, and mappings with fields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from content.format.nodes import Node, Problem
from content.format.reading import Reading
from content.format.types.base import WRONG, Schema, Site, Type, shown
from content.format.types.texts import NO_TEXT


@dataclass
class ListOf(Type):
    """`least`: how many at least; `order`: a list without an order of its own is kept in this one."""

    type: Type
    least: int = 0
    most: int = 0
    order: Sequence[Any] = ()
    is_set: bool = False

    @property
    def empty(self) -> Any:  # type: ignore[override]
        return []

    def read(self, node: Node, to: Reading) -> Any:
        if not node.is_list:
            to.wrong(node, f"a list is expected, not {shown(node)}")
            return WRONG
        found = [read for part in node.value if (read := self._part(part, to)) is not WRONG]
        if len(node.value) < self.least:
            to.wrong(node, f"at least {self.least} {'is' if self.least == 1 else 'are'} needed")
        if self.most and len(node.value) > self.most:
            to.wrong(node, f"{len(node.value)} are too many: at most {self.most}")
        if (self.is_set or self.order) and len({str(part) for part in found}) < len(found):
            to.wrong(node, "something stands twice")
        return self.sorted(found)

    def _part(self, node: Node, to: Reading) -> Any:
        if node.value is None:
            to.wrong(node, "an empty entry")
            return WRONG
        return self.type.read(node, to)

    def sorted(self, values: Iterable[Any]) -> list[Any]:
        found = list(values)
        if self.is_set:
            return sorted(found)
        return sorted(found, key=list(self.order).index) if self.order else found

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        return [self.type.write(part, languages) for part in self.sorted(value)]

    def schema(self) -> Schema:
        return {"type": "array", "items": self.type.schema(), **({"minItems": self.least} if self.least else {})}

    def to_site(self, value: Any, site: Site) -> Any:
        return [self.type.to_site(part, site) for part in value]

    def from_site(self, raw: Any, site: Site) -> Any:
        """Wagtail's lists say `{"type": "item", "value": …, "id": …}` of each entry."""
        parts = [part["value"] if isinstance(part, dict) and part.get("type") == "item" else part for part in raw or ()]
        return self.sorted(self.type.from_site(part, site) for part in parts)


@dataclass
class OneOrMore(ListOf):
    """A list whose only entry may stand alone."""

    def read(self, node: Node, to: Reading) -> Any:
        if node.is_list:
            return super().read(node, to)
        found = self._part(node, to)
        return WRONG if found is WRONG else [found]

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        told = super().write(value, languages)
        return told[0] if len(told) == 1 else told

    def schema(self) -> Schema:
        return {"anyOf": [self.type.schema(), super().schema()]}


@dataclass
class MapOf(Type):
    """Any number of keys, each with its value."""

    keys: Type
    values: Type

    @property
    def empty(self) -> Any:  # type: ignore[override]
        return {}

    def read(self, node: Node, to: Reading) -> Any:
        if not node.is_mapping:
            to.wrong(node, f"a mapping is expected, not {shown(node)}")
            return WRONG
        found = {}
        for name, part in node.value.items():
            key = self.keys.read(Node(name, node.file, node.lines[name], name), to)
            value = self.values.read(part, to)
            if key is not WRONG and value is not WRONG:
                found[key] = value
        return found

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        return {key: self.values.write(part, languages) for key, part in sorted(value.items())}

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.values.schema()}


@dataclass(frozen=True)
class Field:
    """One entry of a mapping. `default` is what it means to leave it out; `is_nullable`: null is a value of its own
    (no limit), not the same as leaving it out; `same`: of a lesson block, the same in all languages; `at`: its name
    on the site where that is another one; `says`: one line for whoever writes."""

    name: str
    type: Type
    required: bool = False
    default: Any = None
    is_nullable: bool = False
    same: bool = False
    at: str = ""
    says: str = ""

    @property
    def otherwise(self) -> Any:
        """What it holds when it isn't given."""
        return self.type.empty if self.default is None else self.default

    @property
    def site_name(self) -> str:
        return self.at or self.name


class Row(Type):
    """A mapping with known fields. Its value has all of them."""

    def __init__(self, *fields: Field, judge: Callable[[dict[str, Any], Node, Reading], None] | None = None) -> None:
        self.fields = fields
        self.judge = judge

    def read(self, node: Node, to: Reading) -> Any:
        if not node.is_mapping:
            to.wrong(node, f"a mapping is expected, not {shown(node)}")
            return WRONG
        before = len(to.problems)
        names = {field.name for field in self.fields}
        for name in node.value:
            if name not in names:
                known = ", ".join(field.name for field in self.fields)
                to.wrong(node, f"there is no field `{name}` (known: {known})", line=node.lines[name])
        value = {field.name: self._field(field, node, to) for field in self.fields}
        if self.judge and len(to.problems) == before:
            self.judge(value, node, to)
        return value

    def _field(self, field: Field, node: Node, to: Reading) -> Any:
        told = node.value.get(field.name)
        if told is None or told.value is None:
            if told is not None and field.is_nullable:
                return None
            if field.required:
                to.wrong(node, f"`{field.name}` is missing")
            return field.otherwise
        before = len(to.problems)
        found = field.type.read(told, to)
        for place in range(before, len(to.problems)):  # the way to what is wrong
            problem = to.problems[place]
            to.problems[place] = Problem(problem.file, problem.line, f"{field.name}: {problem.what}")
        if found is WRONG:
            return field.otherwise
        if field.required and found in ("", NO_TEXT, []) and len(to.problems) == before:
            to.wrong(told, f"`{field.name}` is empty")
        return found

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        """Without what says nothing."""
        return {
            field.name: field.type.write(value[field.name], languages)
            for field in self.fields
            if field.required or value[field.name] != field.otherwise
        }

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {field.name: _described(field) for field in self.fields},
            "required": [field.name for field in self.fields if field.required],
            "additionalProperties": False,
        }

    def to_site(self, value: Any, site: Site) -> Any:
        return {field.site_name: field.type.to_site(value[field.name], site) for field in self.fields}

    def from_site(self, raw: Any, site: Site) -> Any:
        """A field that the site doesn't have yet is as if it weren't given."""
        return {
            field.name: field.otherwise
            if raw.get(field.site_name) is None
            else field.type.from_site(raw[field.site_name], site)
            for field in self.fields
        }

    def same(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The part that has to be the same in all languages: how many of what, and the fields that say so."""
        found: dict[str, Any] = {}
        for field in self.fields:
            part = value[field.name]
            if field.same:
                found[field.name] = part
            elif isinstance(field.type, ListOf):
                inner = field.type.type
                found[field.name] = [inner.same(row) for row in part] if isinstance(inner, Row) else len(part)
        return found


def _described(field: Field) -> Schema:
    schema = field.type.schema()
    if not field.required:
        schema = {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "description": field.says} if field.says else schema
