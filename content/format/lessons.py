"""Lesson files: front matter, Markdown, and fences that hold blocks.

```` ```steps ```` begins a block, the same number of backticks (or more) ends it. Fences without a name are Markdown's own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from content.format.blocks import BY_NAME, MARKDOWN, Block, available, read_block
from content.format.nodes import Misread, Node, Problem, read_yaml
from content.format.reading import Reading
from content.format.types import Field, ListOf, Ref, Row, Whole, Words, Yes, clean
from content.format.writing import to_yaml


def _front(value: dict[str, Any], node: Node, to: Reading) -> None:
    if value["minimum_minutes"] > value["minutes"]:
        to.wrong(
            node.get("minimum_minutes") or node, "minimum_minutes: this is longer than the lesson takes (`minutes`)"
        )


FRONT = Row(
    Field("title", Words(255, is_line=True), required=True),
    Field("summary", Words()),
    Field("minutes", Whole(1, 600), default=5, same=True),
    Field("skills", ListOf(Ref(kind="skill"), is_set=True), same=True, says="Decides to whom coaching offers it."),
    Field(
        "minimum_minutes",
        Whole(0, 600),
        default=0,
        same=True,
        says="Who has read for less can't mark it as done yet.",
    ),
    Field(
        "recheck_quiz",
        Ref(kind="course quiz"),
        same=True,
        says="Who had read it passes this quiz, too, when `material` is raised.",
    ),
    Field("material", Whole(1, 9999), default=1, same=True, says="Raise it and everybody is asked to read it again."),
    Field("differs", Yes(), says="This language is built otherwise on purpose."),
    Field("untranslated", Yes(), says="The other languages don't have this lesson yet."),
    judge=_front,
)
#: What the file says about itself and the site doesn't keep.
ABOUT_THE_FILE = ("differs", "untranslated")
_OPENING = re.compile(r"^(?P<fence>`{3,})[ \t]*(?P<name>[^`]*?)[ \t]*$")
_TICKS = re.compile(r"^`{3,}", re.MULTILINE)

#: A block with its value.
Placed = tuple[Block, dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson's body; `name` "" is Markdown between blocks. `line` is where its text begins."""

    name: str
    text: str
    line: int
    is_open: bool = False


def parts(body: str, first_line: int = 1) -> Iterator[Part]:
    """The body cut at its fences."""
    lines = body.split("\n")
    plain: list[str] = []
    plain_line = place = 0
    while place < len(lines):
        opening = _OPENING.match(lines[place])
        if not opening:
            if not plain:
                plain_line = place
            plain.append(lines[place])
            place += 1
            continue
        end = _end(lines, place + 1, opening["fence"])
        if not opening["name"]:  # a fence of Markdown itself: what is in it is text
            if not plain:
                plain_line = place
            plain += lines[place : end + 1]
        else:
            yield from _plain(plain, first_line + plain_line)
            plain = []
            text = "\n".join(lines[place + 1 : end])
            yield Part(opening["name"], text, first_line + place + 1, is_open=end == len(lines))
        place = end + 1
    yield from _plain(plain, first_line + plain_line)


def _end(lines: Sequence[str], place: int, fence: str) -> int:
    while place < len(lines):
        stripped = lines[place].rstrip()
        if stripped.startswith(fence) and not stripped.strip("`"):
            return place
        place += 1
    return place


def _plain(lines: Sequence[str], line: int) -> Iterator[Part]:
    text = "\n".join(lines)
    if clean(text).strip():
        skipped = len(text) - len(text.lstrip("\n"))
        yield Part("", clean(text), line + skipped)


@dataclass(frozen=True)
class LessonText:
    """One lesson in one language. `shape` is the part of it that has to be the same in all languages."""

    front: dict[str, Any]
    blocks: tuple[Placed, ...]
    file: str = ""
    #: of each block, where it begins
    lines: tuple[int, ...] = ()

    @property
    def value(self) -> dict[str, Any]:
        """What the site keeps of it."""
        told = {name: part for name, part in self.front.items() if name not in ABOUT_THE_FILE}
        return told | {"blocks": self.blocks}


def read_lesson(text: str, file: str, to: Reading) -> LessonText | None:
    """None after what is wrong was told."""
    before = len(to.problems)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((place for place, line in enumerate(lines) if place and line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        to.wrong_at(file, "the file begins with `---`, `title: …` and another `---`", line=1)
        return None
    try:
        head = read_yaml("\n".join(lines[1:end]), file, first_line=2)
    except Misread as error:
        to.problems += error.problems
        head = None
    front = FRONT.read(head or Node({}, file, 1), to) if head or len(to.problems) == before else {}
    blocks: list[Placed] = []
    places: list[int] = []
    for part in parts("\n".join(lines[end + 1 :]), end + 2):
        if found := _read_part(part, file, to):
            blocks.append(found)
            places.append(part.line)
    if len(to.problems) > before:
        return None
    return LessonText(front, tuple(blocks), file, tuple(places))


def _read_part(part: Part, file: str, to: Reading) -> Placed | None:
    if part.is_open:
        to.wrong_at(file, f"the block `{part.name}` has no end", line=part.line - 1)
        return None
    if not part.name:
        return MARKDOWN, {"text": part.text}
    block = available().get(part.name)
    if block is None:
        if part.name in BY_NAME:
            to.wrong_at(file, f"this site has no block `{part.name}`", line=part.line - 1)
        else:
            known = ", ".join(available())
            to.wrong_at(file, f"there is no block `{part.name}` (known: {known})", line=part.line - 1)
        return None
    if block.raw:
        node: Node | None = Node(part.text, file, part.line, part.text)
    else:
        try:
            node = read_yaml(part.text, file, first_line=part.line)
        except Misread as error:
            to.problems += [Problem(file, wrong.line, f"{part.name}: {wrong.what}") for wrong in error.problems]
            return None
    value = read_block(block, node or Node({}, file, part.line), to)
    return None if value is None else (block, value)


def write_lesson(lesson: LessonText, language: str) -> str:
    front = to_yaml(FRONT.write(lesson.front, [language]))
    return f"---\n{front}---\n" + "".join(f"\n{words}" for words in _bodies(lesson.blocks, language))


def _bodies(blocks: Sequence[Placed], language: str) -> Iterator[str]:
    after_markdown = False
    for block, value in blocks:
        is_plain = block is MARKDOWN and not after_markdown and _stays(value["text"])
        yield value["text"] + "\n" if is_plain else _fenced(block, value, language)
        after_markdown = is_plain


def _stays(text: str) -> bool:
    """Written without a fence, the text would be read as it is, and so would a block after it."""
    return [(part.name, part.text) for part in parts(f"{text}\n\n```x\n```\n")] == [("", text), ("x", "")]


def _fenced(block: Block, value: dict[str, Any], language: str) -> str:
    body = value[block.raw] + "\n" if block.raw else to_yaml(block.row.write(value, [language]))
    longest = max((len(ticks) for ticks in _TICKS.findall(body)), default=0) if block.raw else 0
    fence = "`" * max(3, longest + 1)
    return f"{fence}{block.name}\n{body}{fence}\n"


def shape(lesson: LessonText) -> list[tuple[str, Any]]:
    """What is compared between the languages, block by block; the first entry is of the front matter."""
    front = {field.name: lesson.front[field.name] for field in FRONT.fields if field.same}
    return [("", front), *((block.name, block.row.same(value)) for block, value in lesson.blocks)]


def plain_value(value: dict[str, Any], language: str) -> dict[str, Any]:
    """What the site keeps of a lesson as plain data, to be compared; without what says nothing, so that a new field of
    the format is no change."""
    silent = {field.name: field.otherwise for field in FRONT.fields}
    told = {
        name: part for name, part in value.items() if name != "blocks" and not (name in silent and part == silent[name])
    }
    return told | {"blocks": [[block.name, block.row.write(part, [language])] for block, part in value["blocks"]]}
