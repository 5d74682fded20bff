"""Reads a content pack – a folder of Markdown and YAML – into frozen values. Touches no database.

The format is described in docs/content-packs.md. Every mistake is collected with its file, so that an author sees all
of them at once.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from django.utils import translation

from assessments.bank.rules import Wording
from assessments.bank.rules.media import MOST_MEDIA_BYTES, media_type
from assessments.quizzes.services import QuizRules
from content.readers.checks import check_references
from content.readers.questions import read_rules, read_wording
from content.readers.words import Text, text

LANGUAGES = ("zh-hans", "en")
BLOCKS = ("callout", "steps", "dialogue", "say-dont", "metric", "check", "staffing")
_FENCE = re.compile(r"^```(?P<name>[\w-]+)[ \t]*\n(?P<body>.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


class PackError(Exception):
    """The pack can't be read; `problems` lists every mistake as `file: what is wrong`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class LessonText:
    """One lesson in one language; `blocks` are (block name, value), Markdown between fences as ("markdown", text)."""

    title: str
    summary: str
    minutes: int
    skills: tuple[str, ...]
    blocks: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Course:
    key: str
    order: int
    title: Text
    summary: Text
    skills: tuple[str, ...]
    #: lesson key → language → text
    lessons: Mapping[str, Mapping[str, LessonText]]


@dataclass(frozen=True)
class Pack:
    """Everything a pack holds, checked: every reference leads somewhere."""

    key: str
    skills: tuple[Mapping[str, Any], ...]
    job_roles: tuple[Mapping[str, Any], ...]
    notice: Mapping[str, Any] | None
    courses: tuple[Course, ...]
    questions: tuple[Mapping[str, Any], ...]
    #: question key → what it says
    wordings: Mapping[str, Wording]
    #: file name → its bytes, in the folder `media`
    media: Mapping[str, bytes]
    quizzes: tuple[Mapping[str, Any], ...]
    #: quiz key → its rules
    rules: Mapping[str, QuizRules]
    scorecards: tuple[Mapping[str, Any], ...]
    scenarios: tuple[Mapping[str, Any], ...]
    tracks: tuple[Mapping[str, Any], ...]


def read_pack(folder: Path) -> Pack:
    """Read and check the pack in `folder`. Raises PackError with every mistake found."""
    reader = _Reader(folder)
    with translation.override("en"):  # what is said about packs is English, the bank's faults too
        pack = reader.read()
    if reader.problems:
        raise PackError(reader.problems)
    return pack


@dataclass
class _Reader:
    folder: Path
    problems: list[str] = field(default_factory=list)

    def read(self) -> Pack:
        if not self.folder.is_dir():
            raise PackError([f"{self.folder}: there is no such folder"])
        head = self._yaml(self.folder / "pack.yaml", required=True)
        media = dict(self._media())
        questions = tuple(self._each("questions", "questions"))
        quizzes = self._list("quizzes.yaml", "quizzes")
        pack = Pack(
            key=str(head.get("key", "")),
            skills=self._list("skills.yaml", "skills"),
            job_roles=self._list("job_roles.yaml", "job_roles"),
            notice=self._yaml(self.folder / "notice.yaml") or None,
            courses=tuple(sorted(self._courses(), key=lambda course: course.order)),
            questions=questions,
            wordings={row["key"]: read_wording(row, media, self._at(row)) for row in questions},
            media=media,
            quizzes=quizzes,
            rules={row["key"]: read_rules(row, self._at(row)) for row in quizzes},
            scorecards=tuple(self._files("scorecards")),
            scenarios=tuple(self._files("scenarios")),
            tracks=tuple(self._files("tracks")),
        )
        if not pack.key:
            self._problem("pack.yaml", "`key` is missing")
        check_references(pack, self._problem)
        return pack

    # --- files ----------------------------------------------------------------------------------------------

    def _problem(self, where: str | Path, what: str) -> None:
        name = where.relative_to(self.folder) if isinstance(where, Path) else where
        self.problems.append(f"{name}: {what}")

    def _at(self, row: Mapping[str, Any]) -> Callable[[str], None]:
        """Reports what is wrong with this entry."""
        return partial(self._problem, row["_where"])

    def _media(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted((self.folder / "media").glob("*")):
            content = path.read_bytes()
            if len(content) > MOST_MEDIA_BYTES:
                self._problem(path, "the file is larger than 20 MB")
            elif media_type(content) is None:
                self._problem(path, "only PNG, JPEG, GIF and WebP pictures and MP3, M4A, Ogg, WebM and WAV recordings")
            yield path.name, content

    def _yaml(self, path: Path, *, required: bool = False) -> dict[str, Any]:
        if not path.exists():
            if required:
                self._problem(path, "the file is missing")
            return {}
        try:
            value = yaml.safe_load(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            self._problem(path, "the file is not UTF-8")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self._problem(path, f"line {mark.line + 1 if mark else '?'}: {getattr(error, 'problem', error)}")
        else:
            if isinstance(value, dict):
                return value
            self._problem(path, "a mapping is expected")
        return {}

    def _list(self, name: str, key: str) -> tuple[Mapping[str, Any], ...]:
        rows = self._yaml(self.folder / name).get(key, [])
        return tuple(self._keyed(rows, name))

    def _each(self, folder: str, key: str) -> Iterator[Mapping[str, Any]]:
        for path in sorted((self.folder / folder).glob("*.yaml")):
            yield from self._keyed(self._yaml(path).get(key, []), f"{folder}/{path.name}")

    def _files(self, folder: str) -> Iterator[Mapping[str, Any]]:
        for path in sorted((self.folder / folder).glob("*.yaml")):
            yield from self._keyed([self._yaml(path)], f"{folder}/{path.name}")

    def _keyed(self, rows: Any, where: str) -> Iterator[Mapping[str, Any]]:
        for number, row in enumerate(rows or [], start=1):
            if isinstance(row, dict) and row.get("key"):
                yield {**row, "_where": f"{where}, {row['key']}"}
            else:
                self._problem(where, f"entry {number} has no `key`")

    def _courses(self) -> Iterator[Course]:
        for path in sorted((self.folder / "courses").glob("*/course.yaml")):
            row = self._yaml(path)
            lessons = {key: self._lesson(path.parent, key) for key in row.get("lessons", [])}
            yield Course(
                key=str(row.get("key", path.parent.name)),
                order=int(row.get("order", 0)),
                title=text(row.get("title")),
                summary=text(row.get("summary")),
                skills=tuple(row.get("skills", [])),
                lessons=lessons,
            )

    def _lesson(self, folder: Path, key: str) -> dict[str, LessonText]:
        found: dict[str, LessonText] = {}
        for language in LANGUAGES:
            path = folder / f"{key}.{language}.md"
            if not path.exists():
                self._problem(path, "the file is missing")
                continue
            try:
                post = frontmatter.loads(path.read_text(encoding="utf-8"))
            except (UnicodeDecodeError, yaml.YAMLError) as error:
                self._problem(path, f"can't be read: {error}")
                continue
            found[language] = LessonText(
                title=str(post.get("title", "")),
                summary=str(post.get("summary", "")),
                minutes=int(post.get("minutes", 5)),
                skills=tuple(post.get("skills", [])),
                blocks=tuple(self._blocks(path, post.content)),
            )
        if len(found) == 2:
            names = {language: [name for name, _value in lesson.blocks] for language, lesson in found.items()}
            if names["zh-hans"] != names["en"]:
                self._problem(folder / f"{key}.en.md", "the blocks differ from those of the Chinese lesson")
        return found

    def _blocks(self, path: Path, body: str) -> Iterator[tuple[str, Any]]:
        position = 0
        for fence in _FENCE.finditer(body):
            if before := body[position : fence.start()].strip():
                yield "markdown", before
            position = fence.end()
            name = fence["name"]
            if name not in BLOCKS:
                self._problem(path, f"there is no block `{name}` (known: {', '.join(BLOCKS)})")
                continue
            line = body[: fence.start()].count("\n") + 1
            try:
                value = yaml.safe_load(fence["body"])
            except yaml.YAMLError as error:
                self._problem(path, f"block `{name}` near body line {line}: {getattr(error, 'problem', error)}")
                continue
            yield name, value
        if rest := body[position:].strip():
            yield "markdown", rest
