"""The blocks of a lesson, each described once.

To add a block: write a `Block` below – its name in the pack, and a `Field` for each field of the StreamField block –,
say in docs/content-packs.md what it is for, and run `manage.py export_pack --schema docs/content-pack.schema.json`. Reading
with file and line, checking, writing back, the comparison between the languages and the JSON schema follow. Two tests
tell when a block or a field of `LessonBody` has no description here, or the schema file is old.

- `Field(name, type, required=…, default=…, same=True, at="name_on_the_site", says="one line for authors")`; `same` is for
  what must be the same in all languages, `at` where the StreamField calls it otherwise.
- Types stand in types.py: Words, Whole, Number, Yes, OneOf, ListOf(Row(…)), and what leads elsewhere: `Ref` by key
  (`Ref(kind="phrase", by_pk=True)` where the site keeps the row's id), `File(kind="image")` for a file of media.yaml.
- `judge` says what else must hold, `more` takes over a checker that answers sentences about the mapping.
- A block that is declared here before the site has it is refused with words, not dropped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from content.format import table
from content.format.html import RichText
from content.format.nodes import Node
from content.format.reading import Reading
from content.format.table import Column
from content.format.types import (
    WRONG,
    Field,
    File,
    Key,
    ListOf,
    OneOf,
    Ref,
    Row,
    Schema,
    Site,
    Type,
    Whole,
    Words,
    Yes,
)  # fmt: skip
from courses.catalogue.blocks import LessonBody
from courses.simulators.rules import MOST_ANSWER_WITHIN_S, SLIDERS


@dataclass(frozen=True)
class Block:
    """`raw`: the field that is the whole body of the fence, not YAML. `is_bare`: the site keeps that field alone, not
    a mapping."""

    name: str
    row: Row
    at: str = ""
    raw: str = ""
    is_bare: bool = False
    #: Where the site keeps the value otherwise than field by field: a module with `to_site` and `from_site`.
    keeps: Any = None

    @property
    def site_name(self) -> str:
        return self.at or self.name.replace("-", "_")

    def to_site(self, value: dict[str, Any], site: Site) -> Any:
        if self.keeps:
            return self.keeps.to_site(value, site)
        found = self.row.to_site(value, site)
        return found[self.raw] if self.is_bare else found

    def from_site(self, raw: Any, site: Site) -> dict[str, Any]:
        if self.keeps:
            kept: dict[str, Any] = self.keeps.from_site(raw, site)
            return kept
        found: dict[str, Any] = self.row.from_site({self.raw: raw} if self.is_bare else raw, site)
        return found


class Verbatim(Type):
    """Everything between the fences as it stands."""

    empty = ""

    def read(self, node: Node, to: Reading) -> Any:
        return node.raw

    def schema(self) -> Schema:
        return {"type": "string"}

    def from_site(self, raw: Any, site: Site) -> Any:
        return str(raw or "").replace("\r\n", "\n").replace("\r", "\n")


LINE = Words(is_line=True)
TEXT = Words()
TITLE = Field("title", LINE, says="Heading of the block.")
#: Texts that differ from language to language stand as they are; what both share says `same=True`.
MARKDOWN = Block("markdown", Row(Field("text", Verbatim(), required=True)), raw="text")


def more(module: str, table: str, name: str) -> Callable[[dict[str, Any], Node, Reading], None]:
    """A block's own checker where the app has one: a function from the mapping to sentences, by name in a table."""

    def judge(value: dict[str, Any], node: Node, to: Reading) -> None:
        checkers: Mapping[str, Callable[[Any], list[str]]] = getattr(import_module(module), table, {})
        for words in checkers[name](_given(value)) if name in checkers else ():
            to.wrong(node, words)

    return judge


def _given(value: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in value.items() if part not in (None, "", [])}


def _slider(name: str, *, required: bool = True) -> Field:
    return Field(name, Whole(SLIDERS[name].least, SLIDERS[name].most), required=required, same=True)


def _needs_patience(value: dict[str, Any], node: Node, to: Reading) -> None:
    if "patience_s" in value["sliders"] and value["patience_s"] is None:
        to.wrong(node, "sliders: give `patience_s` a value to start from")


PER_CENT = Whole(0, 100)
STAFFING = (
    _slider("calls"),
    _slider("aht_s"),
    _slider("agents"),
    _slider("service_level_percent"),
    Field("answer_within_s", Whole(0, MOST_ANSWER_WITHIN_S), required=True, same=True),
    _slider("shrinkage_percent"),
    _slider("patience_s", required=False),
)

BLOCKS = (
    MARKDOWN,
    Block("html", Row(Field("text", RichText(), required=True)), at="text", raw="text", is_bare=True),
    Block(
        "callout",
        Row(
            Field("tone", OneOf(["tip", "warning", "note"]), default="tip", same=True),
            TITLE,
            Field("text", TEXT, required=True, says="Inline Markdown."),
        ),
    ),
    Block(
        "steps",
        Row(
            TITLE,
            Field("steps", ListOf(Row(Field("title", LINE, required=True), Field("text", TEXT)), 1), required=True),
        ),
    ),
    Block(
        "dialogue",
        Row(
            TITLE,
            Field(
                "lines",
                ListOf(
                    Row(
                        Field("who", OneOf(["agent", "customer"]), required=True, same=True),
                        Field("text", TEXT, required=True),
                        Field("why", TEXT, says="Why this works; opens at the line."),
                    ),
                    1,
                ),
                required=True,
            ),
        ),
    ),
    Block(
        "say-dont",
        Row(
            TITLE,
            Field(
                "pairs",
                ListOf(
                    Row(Field("dont", TEXT, required=True), Field("say", TEXT, required=True), Field("why", TEXT)),
                    1,
                ),
                required=True,
            ),
        ),
    ),
    Block(
        "metric",
        Row(
            Field("name", LINE, required=True),
            Field("definition", TEXT, required=True),
            Field("formula", LINE),
            Field("reference", LINE),
        ),
    ),
    Block(
        "check",
        Row(Field("question", Ref(kind="practice question"), required=True, same=True, says="A practice question.")),
    ),
    Block(
        "staffing",
        Row(
            TITLE,
            Field("task", TEXT, required=True, says="What to find out with it."),
            *STAFFING,
            Field(
                "sliders",
                ListOf(OneOf(list(SLIDERS)), order=list(SLIDERS)),
                default=["calls", "aht_s", "agents"],
                same=True,
                says="What learners may move.",
            ),
            judge=_needs_patience,
        ),
    ),
    # --- seen and heard -----------------------------------------------------------------------------------------
    Block(
        "picture",
        Row(
            Field("image", File(kind="image"), required=True, same=True),
            Field("caption", LINE),
            Field("alt", LINE, says="Only where this lesson needs another text than the picture's own."),
            Field("decorative", Yes(), default=False, same=True, at="is_decorative"),
        ),
    ),
    Block(
        "audio",
        Row(Field("recording", File(kind="audio"), required=True, same=True), TITLE, Field("caption", TEXT)),
    ),
    Block(
        "video",
        Row(
            Field("film", File(kind="video"), required=True, same=True),
            TITLE,
            Field("caption", TEXT),
            Field("poster", File(kind="image"), same=True),
        ),
    ),
    Block(
        "screen-tour",
        Row(
            TITLE,
            Field("image", File(kind="image"), required=True, same=True),
            Field("alt", LINE),
            Field(
                "points",
                ListOf(
                    Row(
                        Field("x", PER_CENT, required=True, same=True, says="Per cent from the left."),
                        Field("y", PER_CENT, required=True, same=True, says="Per cent from the top."),
                        Field("title", LINE, required=True),
                        Field("text", TEXT),
                    ),
                    1,
                ),
                required=True,
            ),
        ),
    ),
    Block(
        "document",
        Row(Field("document", File(kind="document"), required=True, same=True), Field("note", TEXT)),
    ),
    Block(
        "table",
        Row(
            Field("caption", LINE, required=True),
            Field(
                "columns", ListOf(Column(), 1), required=True, says="A head, or {head: …, kind: figure} for numbers."
            ),
            Field("row_heads", Yes(), default=True, same=True, says="The first cell of each row is its head."),
            Field("rows", ListOf(ListOf(TEXT)), required=True),
            Field("source", LINE),
            judge=table.is_even,
        ),
        keeps=table,
    ),
    Block("phrase", Row(Field("phrase", Ref(kind="phrase", by_pk=True), required=True, same=True))),
    Block("term", Row(Field("term", Ref(kind="term", by_pk=True), required=True, same=True))),
    Block("quiz", Row(Field("quiz", Ref(kind="quiz"), required=True, same=True), Field("note", TEXT))),
    # --- the trade's figures ------------------------------------------------------------------------------------
    Block(
        "calculator",
        Row(
            TITLE,
            Field("task", TEXT),
            Field("metric", Key(), required=True, same=True),
            Field(
                "start",
                ListOf(
                    Row(
                        Field("figure", Key(), required=True, same=True),
                        Field("value", Whole(0), required=True, same=True),
                    )
                ),
            ),
            judge=more("courses.simulators.rules", "BLOCK_PROBLEMS", "calculator"),
        ),
    ),
    Block(
        "exercise",
        Row(
            TITLE,
            Field("metrics", ListOf(Key()), same=True),
            Field("family", Key(), same=True),
            judge=more("courses.simulators.rules", "BLOCK_PROBLEMS", "exercise"),
        ),
    ),
    Block(
        "shrinkage",
        Row(
            TITLE,
            Field("task", TEXT),
            Field("paid_hours", Whole(1, 10_000), required=True, same=True),
            *(
                Field(f"{name}_percent", Whole(0, 60), required=True, same=True)
                for name in ("leave", "sickness", "training", "meetings", "breaks")
            ),
            Field("needed", Whole(1, 1000), required=True, same=True),
            judge=more("courses.simulators.rules", "BLOCK_PROBLEMS", "shrinkage"),
        ),
    ),
    Block(
        "forecast",
        Row(
            TITLE,
            Field("task", TEXT),
            Field(
                "weeks",
                ListOf(
                    Row(
                        Field("calls", Whole(0, 5000), required=True, same=True),
                        Field("day_calls", Whole(0, 1_000_000), same=True),
                        Field("note", LINE),
                    ),
                    3,
                    12,
                ),
                required=True,
            ),
            Field("aht_s", Whole(10, 1800), required=True, same=True),
            Field("service_level_percent", Whole(1, 99), required=True, same=True),
            Field("answer_within_s", Whole(0, 600), required=True, same=True),
            Field("shrinkage_percent", Whole(0, 60), required=True, same=True),
            judge=more("courses.simulators.rules", "BLOCK_PROBLEMS", "forecast"),
        ),
    ),
)

BY_NAME = {block.name: block for block in BLOCKS}
BY_SITE_NAME = {block.site_name: block for block in BLOCKS}


@cache
def available() -> Mapping[str, Block]:
    """The blocks that this site has, by their name in the pack."""
    return {block.name: block for block in BLOCKS if block.site_name in LessonBody.base_blocks}


def read_block(block: Block, node: Node, to: Reading) -> dict[str, Any] | None:
    """The block's value; None after what is wrong was told."""
    before = len(to.problems)
    if block.raw:
        (field,) = block.row.fields
        found = field.type.read(node, to)
        value = None if found is WRONG else {block.raw: found}
    else:
        value = block.row.read(node, to)
    for place in range(before, len(to.problems)):
        problem = to.problems[place]
        to.problems[place] = type(problem)(problem.file, problem.line, f"{block.name}: {problem.what}")
    return None if len(to.problems) > before else value
