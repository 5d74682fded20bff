"""Reads a content pack – a folder or zip of Markdown and YAML – into frozen values. Touches no database.

The format is described in docs/content-packs.md and, for programs, in content/format/. Every mistake is collected with
its file and line, so that an author sees all of them at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from django.utils import translation

from content.format.kinds import COURSE, FILES, PACK, Kind
from content.format.lessons import LessonText, read_lesson
from content.format.nodes import Misread, Node, Problem, read_yaml
from content.format.reading import Reading
from content.format.types import WRONG, Text
from content.readers.checks import check
from content.readers.files import MOST_MEDIA, MOST_TEXT, NoPack, PackFiles, opened
from lms.kernel.bilingual import LANGUAGE_CODES

#: Besides those of kinds.py; anything else that looks like content is a mistake, so that no typing error hides a file.
_OTHERS = ("pack.yaml", "courses/*/course.yaml", "courses/*/*.md", "media/*")
_CONTENT = (".yaml", ".yml", ".md")
_FREE = ("README", "LICENSE", "CHANGELOG", "NOTICE")


class PackError(Exception):
    """The pack can't be loaded; `problems` lists every mistake with its place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Entry:
    """One thing of a pack with the place where it is described."""

    key: str
    value: Mapping[str, Any]
    node: Node


@dataclass(frozen=True)
class Pack:
    """Everything a pack holds, checked: every reference leads somewhere."""

    key: str
    version: int
    title: Text
    #: those that the site shows
    languages: tuple[str, ...]
    #: kind → entries in their order
    entries: Mapping[str, tuple[Entry, ...]]
    #: lesson key → language → text
    lessons: Mapping[str, Mapping[str, LessonText]]
    #: lesson key → course key
    course_of: Mapping[str, str]
    #: file name → its bytes, in the folder `media`
    media: Mapping[str, bytes]
    #: what is worth knowing and no mistake
    notes: tuple[Problem, ...] = ()

    def all(self, kind: str) -> tuple[Entry, ...]:
        return self.entries.get(kind, ())


def read_pack(path: Path) -> Pack:
    """Read and check the pack in the folder or zip. Raises PackError with every mistake found."""
    with translation.override("en"):  # what is said about packs is English, the bank's faults too
        try:
            with opened(path) as files:
                reader = _Reader(files)
                pack = reader.read()
        except NoPack as error:
            raise PackError([Problem(path.name, 0, str(error))]) from error
    if reader.to.problems:
        told = dict.fromkeys(reader.to.problems)
        raise PackError(sorted(told, key=lambda problem: (problem.file, problem.line)))
    return pack


@dataclass
class _Reader:
    files: PackFiles
    to: Reading = field(default_factory=Reading)
    seen: set[str] = field(default_factory=set)

    def read(self) -> Pack:
        head = self._head()
        self.to.languages = tuple(head["languages"]) or LANGUAGE_CODES
        media = {name.removeprefix("media/"): name for name in self._named("media/*")}
        self.to.media = frozenset(media)
        self._languages()
        entries = {kind.name: tuple(self._entries(kind)) for kind in FILES if kind.name != "course"}
        courses = tuple(self._courses())
        entries["course"] = tuple(sorted(courses, key=lambda entry: entry.value["order"]))
        lessons: dict[str, dict[str, LessonText]] = {}
        course_of: dict[str, str] = {}
        for course in courses:
            self._lessons(course, lessons, course_of)
        self._unknown_files()
        pack = Pack(
            key=head["key"],
            version=head["version"],
            title=head["title"],
            languages=self.to.shown,
            entries=entries,
            lessons=lessons,
            course_of=course_of,
            media={name: self._bytes(file) for name, file in media.items()},
        )
        check(pack, self.to)
        return Pack(**{**vars(pack), "notes": tuple(self.to.notes)})

    # --- files ----------------------------------------------------------------------------------------------

    def _named(self, pattern: str) -> list[str]:
        found = [name for name in self.files.names if fnmatch(name, pattern) and name.count("/") == pattern.count("/")]
        self.seen.update(found)
        return found

    def _bytes(self, name: str) -> bytes:
        if self.files.size(name) > MOST_MEDIA:
            self.to.wrong_at(name, "the file is larger than 500 MB")
            return b""
        return self.files.read(name)

    def _text(self, name: str) -> str | None:
        if self.files.size(name) > MOST_TEXT:
            self.to.wrong_at(name, "the file is larger than 4 MB")
            return None
        content = self.files.read(name)
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.to.wrong_at(name, "the file is not UTF-8", line=line)
            return None

    def _yaml(self, name: str) -> Node | None:
        text = self._text(name)
        if text is None:
            return None
        try:
            return read_yaml(text, name)
        except Misread as error:
            self.to.problems += error.problems
            return None

    def _unknown_files(self) -> None:
        for name in self.files.names:
            last = name.rsplit("/", 1)[-1]
            if name in self.seen or last.split(".")[0].upper() in _FREE or not last.endswith(_CONTENT):
                continue
            known = ", ".join(sorted([*_OTHERS, *(filter(None, map(_pattern, FILES)))]))
            self.to.wrong_at(name, f"nothing is read from a file of this name (known: {known})")

    # --- entries --------------------------------------------------------------------------------------------

    def _head(self) -> Mapping[str, Any]:
        if not self._named("pack.yaml"):
            self.to.wrong_at("pack.yaml", "the file is missing")
            return {field.name: field.otherwise for field in PACK.fields}
        self.to.languages = LANGUAGE_CODES
        node = self._yaml("pack.yaml") or Node({}, "pack.yaml", 1)
        told = node.get("languages")
        if told and told.is_list:  # its own title is written in them
            self.to.languages = tuple(part.raw for part in told.value if part.raw) or LANGUAGE_CODES
        found = PACK.read(node, self.to)
        return {field.name: field.otherwise for field in PACK.fields} if found is WRONG else found

    def _languages(self) -> None:
        others = [language for language in self.to.languages if language not in LANGUAGE_CODES]
        if not self.to.shown:
            self.to.wrong_at("pack.yaml", f"this site shows {' and '.join(LANGUAGE_CODES)}; the pack has neither")
        elif others:
            shown = " and ".join(LANGUAGE_CODES)
            self.to.note_at(
                "pack.yaml", f"this site shows {shown}: what is written in {', '.join(others)} is checked and left out"
            )

    def _entries(self, kind: Kind) -> Iterator[Entry]:
        for name in self._named(_pattern(kind)):
            node = self._yaml(name)
            if node is None:
                continue
            if not kind.list_in:
                yield from self._entry(kind, node)
            elif not node.is_mapping or set(node.value) != {kind.list_name} or not self._is_list(node, kind):
                self.to.wrong(node, f"the file holds `{kind.list_name}:` and its list, nothing else")
            else:
                for row in node.value[kind.list_name].value or ():
                    yield from self._entry(kind, row)

    def _is_list(self, node: Node, kind: Kind) -> bool:
        rows = node.value[kind.list_name]
        return rows.is_list or rows.value is None

    def _entry(self, kind: Kind, node: Node) -> Iterator[Entry]:
        """Also of an entry with mistakes, so that others that refer to it aren't called mistaken."""
        found = kind.row.read(node, self.to)
        if found is not WRONG and found[kind.key]:
            yield Entry(str(found[kind.key]), found, node)

    def _courses(self) -> Iterator[Entry]:
        for name in self._named("courses/*/course.yaml"):
            node = self._yaml(name)
            found = COURSE.read(node, self.to) if node else WRONG
            if node is None or found is WRONG:
                continue
            folder = name.split("/")[1]
            if found["key"] and found["key"] != folder:
                self.to.wrong(node.get("key") or node, f"key: the folder is called `{folder}`, the course otherwise")
            yield Entry(folder, {**found, "key": folder}, node)

    def _lessons(self, course: Entry, lessons: dict[str, dict[str, LessonText]], course_of: dict[str, str]) -> None:
        told = course.node.get("lessons")
        for place, key in enumerate(course.value["lessons"]):
            at = told.value[place] if told and place < len(told.value) else course.node
            if key in course_of:
                self.to.wrong(at, f"lessons: the lesson `{key}` stands twice, also in the course `{course_of[key]}`")
                continue
            course_of[key] = course.key
            lessons[key] = self._lesson(f"courses/{course.key}", key, at)

    def _lesson(self, folder: str, key: str, at: Node) -> dict[str, LessonText]:
        found: dict[str, LessonText] = {}
        missing, is_read = [], True
        for language in self.to.languages:
            name = f"{folder}/{key}.{language}.md"
            if name not in self.files.names:
                missing.append(name)
                continue
            self.seen.add(name)
            text = self._text(name)
            lesson = None if text is None else read_lesson(text, name, self.to)
            is_read = is_read and lesson is not None
            if lesson:
                found[language] = lesson
        is_untranslated = any(lesson.front["untranslated"] for lesson in found.values())
        for name in missing if len(missing) == len(self.to.languages) or (not is_untranslated and is_read) else ():
            self.to.wrong(at, f"lessons: the file {name} is missing")
        return {language: lesson for language, lesson in found.items() if language in LANGUAGE_CODES or is_read}


def _pattern(kind: Kind) -> str:
    return kind.list_in or kind.alone_in or (f"{kind.each_in}/*.yaml" if kind.each_in else "")
