"""Reads a content pack – a folder of Markdown and YAML – into frozen values. Touches no database.

The format is described in docs/content-packs.md. Every mistake is collected with its file, so that an author sees all
of them at once.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import frontmatter
import yaml

LANGUAGES = ("zh-hans", "en")
BLOCKS = ("callout", "steps", "dialogue", "say-dont", "metric", "check")
_FENCE = re.compile(r"^```(?P<name>[\w-]+)[ \t]*\n(?P<body>.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


class PackError(Exception):
    """The pack can't be read; `problems` lists every mistake as `file: what is wrong`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Text:
    """One text in both languages."""

    zh: str
    en: str


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
    quizzes: tuple[Mapping[str, Any], ...]
    scorecards: tuple[Mapping[str, Any], ...]
    scenarios: tuple[Mapping[str, Any], ...]
    tracks: tuple[Mapping[str, Any], ...]


def read_pack(folder: Path) -> Pack:
    """Read and check the pack in `folder`. Raises PackError with every mistake found."""
    reader = _Reader(folder)
    pack = reader.read()
    if reader.problems:
        raise PackError(reader.problems)
    return pack


def text(value: Any) -> Text:
    """A mapping `{zh-hans: …, en: …}` as Text; a missing value is empty in both."""
    value = value or {}
    return Text(zh=str(value.get("zh-hans", "") or "").strip(), en=str(value.get("en", "") or "").strip())


def share(value: Any) -> Decimal:
    """A share between 0 and 1. Raises ValueError otherwise."""
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not 0 < number <= 1:
        raise ValueError(f"{value!r} is not a share between 0 and 1")
    return number


@dataclass
class _Reader:
    folder: Path
    problems: list[str] = field(default_factory=list)

    def read(self) -> Pack:
        if not self.folder.is_dir():
            raise PackError([f"{self.folder}: there is no such folder"])
        head = self._yaml(self.folder / "pack.yaml", required=True)
        pack = Pack(
            key=str(head.get("key", "")),
            skills=self._list("skills.yaml", "skills"),
            job_roles=self._list("job_roles.yaml", "job_roles"),
            notice=self._yaml(self.folder / "notice.yaml") or None,
            courses=tuple(sorted(self._courses(), key=lambda course: course.order)),
            questions=tuple(self._each("questions", "questions")),
            quizzes=self._list("quizzes.yaml", "quizzes"),
            scorecards=tuple(self._files("scorecards")),
            scenarios=tuple(self._files("scenarios")),
            tracks=tuple(self._files("tracks")),
        )
        if not pack.key:
            self._problem("pack.yaml", "`key` is missing")
        self._check(pack)
        return pack

    # --- files ----------------------------------------------------------------------------------------------

    def _problem(self, where: str | Path, what: str) -> None:
        name = where.relative_to(self.folder) if isinstance(where, Path) else where
        self.problems.append(f"{name}: {what}")

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

    # --- references -----------------------------------------------------------------------------------------

    def _check(self, pack: Pack) -> None:
        skills = {row["key"] for row in pack.skills}
        courses = {course.key for course in pack.courses}
        quizzes = {row["key"] for row in pack.quizzes}
        scenarios = {row["key"] for row in pack.scenarios}
        tracks = {row["key"] for row in pack.tracks}
        questions = {row["key"]: row for row in pack.questions}
        items = {
            card["key"]: {item["key"] for section in card.get("sections", []) for item in section.get("items", [])}
            for card in pack.scorecards
        }

        def known(where: str, kind: str, key: Any, keys: Any) -> None:
            if key and key not in keys:
                self._problem(where, f"there is no {kind} `{key}`")

        for kind, rows in (
            ("skill", pack.skills), ("job role", pack.job_roles), ("question", pack.questions), ("quiz", pack.quizzes),
        ):  # fmt: skip
            seen: set[str] = set()
            for row in rows:
                if row["key"] in seen:
                    self._problem(row["_where"], f"the {kind} stands twice")
                seen.add(row["key"])
        for row in pack.job_roles:
            known(row["_where"], "track", row.get("track"), tracks)
            for skill in row.get("requirements", {}):
                known(row["_where"], "skill", skill, skills)
        for course in pack.courses:
            for key, lesson in course.lessons.items():
                where = f"courses/{course.key}/{key}"
                for variant in lesson.values():
                    for skill in variant.skills:
                        known(where, "skill", skill, skills)
                    for name, value in variant.blocks:
                        if name == "check":
                            known(where, "question", value.get("question"), questions)
                            if questions.get(value.get("question"), {}).get("use") == "exam":
                                self._problem(where, f"the exam question `{value['question']}` can't be a self-check")
        for row in pack.questions:
            known(row["_where"], "skill", row.get("skill"), skills)
            if not any(option.get("right") for option in row.get("options", [])):
                self._problem(row["_where"], "no option is right")
        for row in pack.quizzes:
            known(row["_where"], "skill", row.get("skill"), skills)
            known(row["_where"], "course", row.get("course"), courses)
            for slot in row.get("slots", []):
                known(row["_where"], "skill", slot.get("skill"), skills)
                known(row["_where"], "question", slot.get("question"), questions)
            try:
                share(row.get("pass_share"))
            except ValueError as error:
                self._problem(row["_where"], f"pass_share: {error}")
        for card in pack.scorecards:
            if not isinstance(card.get("effective_on"), date):
                self._problem(card["_where"], "effective_on must be a date")
            for section in card.get("sections", []):
                for item in section.get("items", []):
                    known(card["_where"], "skill", item.get("skill"), skills)
        for row in pack.scenarios:
            known(row["_where"], "scorecard", row.get("scorecard"), items)
            for skill in row.get("skills", []):
                known(row["_where"], "skill", skill, skills)
            for point in row.get("points", []):
                known(row["_where"], "scorecard item", point.get("item"), items.get(row.get("scorecard"), set()))
        for row in pack.tracks:
            for step in row.get("steps", []):
                keys = {"course": courses, "quiz": quizzes, "mystery_call": scenarios}.get(step.get("kind"))
                if keys is None:
                    self._problem(row["_where"], f"there is no kind of step `{step.get('kind')}`")
                else:
                    known(row["_where"], step["kind"].replace("_", " "), step.get("key"), keys)
