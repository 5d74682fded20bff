"""What a field of a pack can hold. Each type reads a node (saying what is wrong with it), writes the value back as
plain YAML, describes itself for editors, and knows how a lesson block keeps the value on the site.

`read` returns WRONG after it has said why. Values are plain: str, int, bool, Decimal, date, datetime, Text, list, dict.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from content.format.nodes import Node, Problem
from content.format.reading import Reading
from lms.kernel.bilingual import LANGUAGE_CODES

#: What `read` answers after it has reported a mistake.
WRONG: Any = object()

Schema = dict[str, Any]
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_MEDIA = re.compile(r"\]\(media/(?P<name>[^\s)]+)")


@dataclass(frozen=True)
class Text:
    """One text in both languages of the site; a language in which it isn't written is empty."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def of(self, language: str) -> str:
        return self.en if language == "en" else self.zh


NO_TEXT = Text()


def text_of(words: Mapping[str, str]) -> Text:
    return Text(zh=words.get("zh-hans", ""), en=words.get("en", ""))


def pair(name: str, value: Text) -> dict[str, str]:
    """The text under the two field names of the database."""
    return {f"{name}_zh": value.zh, f"{name}_en": value.en}


def text_in(row: Any, name: str) -> Text:
    """The text of the two fields of a row, as a pack says it."""
    return Text(clean(getattr(row, f"{name}_zh")), clean(getattr(row, f"{name}_en")))


def clean(words: str) -> str:
    """Plain line ends, nothing but the text: the only form in which texts are compared and written."""
    return words.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def plain_number(value: Decimal) -> str:
    """The shortest way to write it: 0.8, not 0.800; 100, not 1E+2."""
    return f"{value.normalize():f}" if value else "0"


class Site(Protocol):
    """Translates between the keys of a pack and the rows of this site, for lesson blocks."""

    def pk(self, kind: str, key: str) -> int: ...

    def key(self, kind: str, pk: Any) -> str: ...

    def links_out(self, html: str) -> str: ...

    def links_in(self, html: str) -> str: ...


class Type:
    """The base: a value that is the same in the pack and on the site."""

    #: What a field holds that isn't given and has no default of its own.
    empty: Any = None

    def read(self, node: Node, to: Reading) -> Any:
        raise NotImplementedError

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        return value

    def schema(self) -> Schema:
        raise NotImplementedError

    def to_site(self, value: Any, site: Site) -> Any:
        return value

    def from_site(self, raw: Any, site: Site) -> Any:
        return self.empty if raw is None else raw


def _no_scalar(node: Node, to: Reading, expected: str) -> bool:
    if node.is_mapping or node.is_list:
        to.wrong(node, f"{expected} is expected here, not a {'mapping' if node.is_mapping else 'list'}")
        return True
    return False


@dataclass
class Words(Type):
    """A text in one language, as it is typed: 12:30 and yes stay words. `most` is what the site can keep."""

    most: int = 0
    is_line: bool = False
    empty: str = ""

    def read(self, node: Node, to: Reading) -> Any:
        if _no_scalar(node, to, "a text"):
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
        return {**_SCALAR, **({"maxLength": self.most} if self.most else {})}

    def from_site(self, raw: Any, site: Site) -> Any:
        return clean(str(raw or ""))


@dataclass
class Key(Type):
    """What identifies a thing across versions and sites."""

    most: int = 80
    empty: str = ""
    _shape = re.compile(r"[-\w]+")

    def read(self, node: Node, to: Reading) -> Any:
        if _no_scalar(node, to, "a key"):
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
        if _no_scalar(node, to, "the name of a file"):
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
        to.wrong(node, f"{_shown(node)} is none of {', '.join(self.choices)}")
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
            to.wrong(node, f"{_shown(node)} is not a whole number")
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
            to.wrong(node, f"{_shown(node)} is not a number")
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
        to.wrong(node, f"{_shown(node)} is neither true nor false")
        return WRONG

    def schema(self) -> Schema:
        return {"type": "boolean"}


class Day(Type):
    def read(self, node: Node, to: Reading) -> Any:
        if isinstance(node.value, date) and not isinstance(node.value, datetime):
            return node.value
        to.wrong(node, f"{_shown(node)} is not a date such as 2026-03-02, without quotes")
        return WRONG

    def schema(self) -> Schema:
        return {"type": "string", "format": "date"}


class Instant(Type):
    def read(self, node: Node, to: Reading) -> Any:
        if isinstance(node.value, datetime) and node.value.tzinfo is not None:
            return node.value.astimezone(UTC)
        to.wrong(node, f"{_shown(node)} is not an instant with its time zone, such as 2026-03-02 09:00:00+08:00")
        return WRONG

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        return None if value is None else value.astimezone(UTC)

    def schema(self) -> Schema:
        return {"type": "string"}


@dataclass
class Bilingual(Type):
    """A mapping with a text for each language of the pack; a bare text is the same in all of them. An empty text says
    that it isn't written in that language yet. `shows_media`: Markdown that may show files of `media/`."""

    most: int = 0
    is_line: bool = False
    shows_media: bool = False
    empty: Text = NO_TEXT

    def read(self, node: Node, to: Reading) -> Any:
        words = Words(self.most, self.is_line)
        if not node.is_mapping:
            found = words.read(node, to)
            if found is WRONG:
                return WRONG
            self._check_media(node, found, to)
            return text_of(dict.fromkeys(to.shown, found))
        told = {name: part for name, part in node.value.items() if name in to.languages}
        for name in node.value:
            if name not in to.languages:
                to.wrong(node, f"there is no language `{name}` in this pack", line=node.lines[name])
        for name in to.languages:
            if name not in told:
                to.wrong(node, f'`{name}` is missing (write `{name}: ""` where there is no such text yet)')
        found = {}
        for name, part in told.items():
            read = "" if part.value is None else words.read(part, to)
            if read is not WRONG:
                self._check_media(part, read, to)
                found[name] = read
        return text_of(found)

    def _check_media(self, node: Node, words: str, to: Reading) -> None:
        for name in media_names(words) if self.shows_media else ():
            if name not in to.media:
                to.wrong(node, f"there is no file `media/{name}`")

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        told = [value.of(language) for language in languages]
        return told[0] if len(set(told)) == 1 else dict(zip(languages, told, strict=True))

    def schema(self) -> Schema:
        one: Schema = {"type": ["string", "number", "boolean", "null"]}
        names = {language: one for language in LANGUAGE_CODES}
        return {"anyOf": [_SCALAR, {"type": "object", "properties": names, "additionalProperties": one}]}


@dataclass
class PerLanguage(Type):
    """One value for all languages, or one for some of them: a recording that is spoken."""

    type: Type
    empty: Text = NO_TEXT

    def read(self, node: Node, to: Reading) -> Any:
        if not node.is_mapping:
            found = self.type.read(node, to)
            return WRONG if found is WRONG else text_of(dict.fromkeys(to.shown, found))
        found = {}
        for name, part in node.value.items():
            if name not in to.languages:
                to.wrong(node, f"there is no language `{name}` in this pack", line=node.lines[name])
            elif part.value is not None and (read := self.type.read(part, to)) is not WRONG:
                found[name] = read
        return text_of(found)

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        told = {language: value.of(language) for language in languages if value.of(language)}
        if len(told) == len(languages) and len(set(told.values())) == 1:
            return told[languages[0]]
        return told

    def schema(self) -> Schema:
        one = self.type.schema()
        return {"anyOf": [one, {"type": "object", "additionalProperties": one}]}


@dataclass
class Label(Words):
    """A name in one language; of a mapping with several the first counts, the site keeps one."""

    def read(self, node: Node, to: Reading) -> Any:
        if node.is_mapping and node.value:
            for name in node.value:
                if name not in to.languages:
                    to.wrong(node, f"there is no language `{name}` in this pack", line=node.lines[name])
            return super().read(next(iter(node.value.values())), to)
        return super().read(node, to)

    def schema(self) -> Schema:
        return {"anyOf": [super().schema(), {"type": "object", "additionalProperties": {"type": "string"}}]}


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
            to.wrong(node, f"a list is expected, not {_shown(node)}")
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
            to.wrong(node, f"a mapping is expected, not {_shown(node)}")
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
            to.wrong(node, f"a mapping is expected, not {_shown(node)}")
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


def media_names(words: str) -> list[str]:
    """The files that a Markdown text shows."""
    return [match["name"] for match in _MEDIA.finditer(words)]


def with_media(words: str, name: Callable[[str], str]) -> str:
    """The text with other addresses in the place of `media/…`."""
    return _MEDIA.sub(lambda match: f"]({name(match['name'])}", words)


def _shown(node: Node) -> str:
    if node.is_mapping:
        return "a mapping"
    if node.is_list:
        return "a list"
    return repr(node.raw[:60])
