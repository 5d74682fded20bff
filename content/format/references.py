"""What a thing of a pack refers to, told by its description."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from content.format.html import RichText
from content.format.kinds import BY_NAME, STEPS
from content.format.lessons import FRONT
from content.format.types import File, ListOf, MapOf, PerLanguage, Ref, Row, Type

_PAGE = re.compile(r'\bpage="(?P<kind>\w+):(?P<key>[-\w]+)"')
_DOCUMENT = re.compile(r'\bdocument="(?P<key>[^"]+)"')

#: (kind, key); files of media.yaml are of the kind "media".
Place = tuple[str, str]


def references_of(kind: str, value: Mapping[str, Any]) -> list[Place]:
    if kind == "lesson":
        found = list(_in(FRONT, value))
        for block, part in value["blocks"]:
            found += _in(block.row, part)
        return found
    found = list(_in(BY_NAME[kind].row, value))
    return found + ([(STEPS[step["kind"]], step["key"]) for step in value["steps"]] if kind == "track" else [])


def _in(type_: Type, value: Any) -> Iterator[Place]:
    if not value:
        return
    if isinstance(type_, Row):
        for field in type_.fields:
            yield from _in(field.type, value.get(field.name))
    elif isinstance(type_, Ref):
        yield type_.kind.removeprefix("practice ").removeprefix("course "), value
    elif isinstance(type_, File):
        if type_.kind:
            yield "media", value
    elif isinstance(type_, ListOf):
        for part in value:
            yield from _in(type_.type, part)
    elif isinstance(type_, MapOf):
        for key in value:
            yield from _in(type_.keys, key)
    elif isinstance(type_, PerLanguage):
        for part in (value.zh, value.en):
            yield from _in(type_.type, part)
    elif isinstance(type_, RichText):
        yield from ((match["kind"], match["key"]) for match in _PAGE.finditer(value))
        yield from (("media", match["key"]) for match in _DOCUMENT.finditer(value))
