"""One word, key, figure, day or file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from content.format.nodes import Node
from content.format.reading import Reading
from content.format.types.base import SCALAR, WRONG, Schema, Site, Type, no_scalar, shown


def clean(words: str) -> str:
    """Plain line ends, nothing but the text: the only form in which texts are compared and written."""
    return words.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def plain_number(value: Decimal) -> str:
    """The shortest way to write it: 0.8, not 0.800; 100, not 1E+2."""
    return f"{value.normalize():f}" if value else "0"


@dataclass
class Words(Type):
    """A text in one language, as it is typed: 12:30 and yes stay words. `most` is what the site can keep."""

    most: int = 0
    is_line: bool = False
    empty: str = ""

    def read(self, node: Node, to: Reading) -> Any:
        if no_scalar(node, to, "a text"):
            return WRONG
        words = clean(node.raw)
        if self.most and len(words) > self.most:
            to.wrong(node, f"{len(words)} characters are too many: at most {self.most}")
            return WRONG
        if self.is_line and "\n" in words:
            to.wrong(node, "one line is expected")
            return WRONG
        return words

    def schema(self) -> Schema:
        return {**SCALAR, **({"maxLength": self.most} if self.most else {})}

    def from_site(self, raw: Any, site: Site) -> Any:
        return clean(str(raw or ""))


@dataclass
class Key(Type):
    """What identifies a thing across versions and sites."""

    most: int = 80
    empty: str = ""
    _shape = re.compile(r"[-\w]+")

    def read(self, node: Node, to: Reading) -> Any:
        if no_scalar(node, to, "a key"):
            return WRONG
        if not self._shape.fullmatch(node.raw) or len(node.raw) > self.most:
            to.wrong(node, f"`{node.raw}` is no key: letters, digits, - and _, at most {self.most}")
            return WRONG
        return node.raw

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"^[-\w]+$", "maxLength": self.most}


@dataclass
class Ref(Key):
    """The key of another thing of the pack; `kind` as in kinds.py. `by_pk`: lesson blocks keep the row's id."""

    kind: str = ""
    most: int = 120
    by_pk: bool = False

    def read(self, node: Node, to: Reading) -> Any:
        key = super().read(node, to)
        if key is not WRONG:
            to.refer(self.kind, key, node)
        return key

    def to_site(self, value: Any, site: Site) -> Any:
        return (site.pk(self.kind, value) if value else None) if self.by_pk else value

    def from_site(self, raw: Any, site: Site) -> Any:
        return (site.key(self.kind, raw) if raw else "") if self.by_pk else (raw or "")


@dataclass
class File(Type):
    """The name of a file in `media/`. With `kind` (image, audio, video, document) it has an entry in media.yaml, and
    lesson blocks keep its row."""

    kind: str = ""
    empty: str = ""
    _shape = re.compile(r"[\w.-]{1,120}")

    def read(self, node: Node, to: Reading) -> Any:
        if no_scalar(node, to, "the name of a file"):
            return WRONG
        name = node.raw.removeprefix("media/")
        if not self._shape.fullmatch(name) or name.startswith("."):
            to.wrong(node, f"`{name}` is no file name: letters, digits, dots, - and _, at most 120")
            return WRONG
        if name not in to.media:
            to.wrong(node, f"there is no file `media/{name}`")
            return WRONG
        if self.kind:
            to.refer(f"media:{self.kind}", name, node)
        return name

    def schema(self) -> Schema:
        return {"type": "string"}

    def to_site(self, value: Any, site: Site) -> Any:
        return site.pk(self.kind, value) if value else None

    def from_site(self, raw: Any, site: Site) -> Any:
        return site.key(self.kind, raw) if raw else ""


@dataclass
class OneOf(Type):
    choices: Sequence[str]
    empty: str = ""

    def read(self, node: Node, to: Reading) -> Any:
        if node.raw in self.choices and not node.is_mapping and not node.is_list:
            return node.raw
        to.wrong(node, f"{shown(node)} is none of {', '.join(self.choices)}")
        return WRONG

    def schema(self) -> Schema:
        return {"enum": list(self.choices)}

    def from_site(self, raw: Any, site: Site) -> Any:
        return str(raw or "")


@dataclass
class Whole(Type):
    least: int = 0
    most: int = 2_147_483_647

    def read(self, node: Node, to: Reading) -> Any:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int):
            to.wrong(node, f"{shown(node)} is not a whole number")
        elif value < self.least:
            to.wrong(node, f"{value} is less than {self.least}")
        elif value > self.most:
            to.wrong(node, f"{value} is more than {self.most}")
        else:
            return value
        return WRONG

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass
class Number(Type):
    """A decimal, written in quotes so that nothing reads it as a binary fraction. `above` and `most`: its bounds."""

    above: Decimal | None = None
    most: Decimal | None = None
    #: as the database keeps it: digits in all, of them behind the point
    digits: int = 20
    places: int = 6

    def read(self, node: Node, to: Reading) -> Any:
        is_figure = isinstance(node.value, str | int | float) and not isinstance(node.value, bool)
        try:
            found = Decimal(node.raw) if is_figure else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite():
            to.wrong(node, f"{shown(node)} is not a number")
        elif self.above is not None and found <= self.above:
            to.wrong(node, f"{node.raw} is not more than {self.above}")
        elif self.most is not None and found > self.most:
            to.wrong(node, f"{node.raw} is more than {self.most}")
        elif found != round(found, self.places) or abs(found) >= 10 ** (self.digits - self.places):
            to.wrong(node, f"{node.raw} has too many digits: at most {self.places} behind the point")
        else:
            return found
        return WRONG

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        return None if value is None else plain_number(value)

    def schema(self) -> Schema:
        return {"type": ["string", "number"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}


def share(places: int = 3) -> Number:
    """A share above 0, up to 1."""
    return Number(above=Decimal(0), most=Decimal(1), digits=places + 1, places=places)


@dataclass
class Yes(Type):
    """true or false; the word "false" in quotes would count as true."""

    empty: bool = False

    def read(self, node: Node, to: Reading) -> Any:
        if isinstance(node.value, bool):
            return node.value
        to.wrong(node, f"{shown(node)} is neither true nor false")
        return WRONG

    def schema(self) -> Schema:
        return {"type": "boolean"}


class Day(Type):
    def read(self, node: Node, to: Reading) -> Any:
        if isinstance(node.value, date) and not isinstance(node.value, datetime):
            return node.value
        to.wrong(node, f"{shown(node)} is not a date such as 2026-03-02, without quotes")
        return WRONG

    def schema(self) -> Schema:
        return {"type": "string", "format": "date"}


class Instant(Type):
    def read(self, node: Node, to: Reading) -> Any:
        if isinstance(node.value, datetime) and node.value.tzinfo is not None:
            return node.value.astimezone(UTC)
        to.wrong(node, f"{shown(node)} is not an instant with its time zone, such as 2026-03-02 09:00:00+08:00")
        return WRONG

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        return None if value is None else value.astimezone(UTC)

    def schema(self) -> Schema:
        return {"type": "string"}
