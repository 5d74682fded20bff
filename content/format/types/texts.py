"""Texts in the languages of the pack."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from content.format.nodes import Node
from content.format.reading import Reading
from content.format.types.base import SCALAR, WRONG, Schema, Type
from content.format.types.scalars import Words, clean
from lms.kernel.bilingual import LANGUAGE_CODES

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


def pair(name: str, value: Text) -> dict[str, Any]:
    """The text under the two field names of the database."""
    return {f"{name}_zh": value.zh, f"{name}_en": value.en}


def text_in(row: Any, name: str) -> Text:
    """The text of the two fields of a row, as a pack says it."""
    return Text(clean(getattr(row, f"{name}_zh")), clean(getattr(row, f"{name}_en")))


def media_names(words: str) -> list[str]:
    """The files that a Markdown text shows."""
    return [match["name"] for match in _MEDIA.finditer(words)]


def with_media(words: str, name: Callable[[str], str]) -> str:
    """The text with other addresses in the place of `media/…`."""
    return _MEDIA.sub(lambda match: f"]({name(match['name'])}", words)


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
        names = dict.fromkeys(LANGUAGE_CODES, one)
        return {"anyOf": [SCALAR, {"type": "object", "properties": names, "additionalProperties": one}]}


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


def line(model: Any, name: str) -> Bilingual:
    """A text in one line, as long as the column takes."""
    return Bilingual(model._meta.get_field(f"{name}_zh").max_length or 0, is_line=True)
