"""A file of GIFT cut into its questions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assessments.bank.formats.gift.signs import masked, unmasked
from assessments.bank.formats.records import MOST_LINES

_ID = re.compile(r"\[id:((?:\\\]|[^\]\x00-\x1f])+)\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]\x00-\x1f])+)\]")
CATEGORY = "$CATEGORY:"


@dataclass(frozen=True)
class Chunk:
    """The text of one question, escaped signs masked, with what its comments say. `line` is its first one."""

    line: int
    text: str
    key: str
    tags: tuple[str, ...]
    category: tuple[str, ...]


def chunks(text: str) -> Iterator[Chunk]:
    """Blank lines part questions; one inside the braces of an answer doesn't, where the braces close later on."""
    category: tuple[str, ...] = ()
    lines: list[str] = []
    comments: list[str] = []
    begins = closes_at = 0
    blocks = masked(text).split("\n")
    for number, line in enumerate([*blocks, ""], start=1):
        bare = line.strip()
        if bare.startswith("//"):
            comments.append(unmasked(bare))
        elif bare.upper().startswith(CATEGORY) and not lines:
            category = tuple(
                name.strip() for name in unmasked(bare[len(CATEGORY) :]).split("/") if _is_own(name.strip())
            )
        elif bare:
            begins = begins or number
            lines.append(line)
        elif not lines:
            comments = []  # a heading of its own
        elif number < closes_at or (closes_at := _closes_at(lines, blocks, number)):
            lines.append(line)
        else:
            yield _chunk(lines, comments, begins, category)
            lines, comments, begins = [], [], 0


def _is_own(name: str) -> bool:
    return bool(name) and name != "top" and not name[0] == "$" == name[-1]


def _closes_at(lines: list[str], blocks: list[str], number: int) -> int:
    """The line further down that closes a brace left open so far, before another one opens; 0 when there is none."""
    if sum(line.count("{") - line.count("}") for line in lines) <= 0:
        return 0
    for further, line in enumerate(blocks[number : number + MOST_LINES], start=number + 1):
        if line.strip().startswith("//"):
            continue
        opens, closes = line.find("{"), line.find("}")
        if closes >= 0 and (opens < 0 or closes < opens):
            return further
        if opens >= 0 or line.lstrip().startswith("::"):
            return 0
    return 0


def _chunk(lines: list[str], comments: list[str], begins: int, category: tuple[str, ...]) -> Chunk:
    said = "\n".join(comments)
    key = _ID.search(said)
    return Chunk(
        line=begins,
        text="\n".join(lines).strip(),
        key=key.group(1).replace("\\]", "]").strip() if key else "",
        tags=tuple(tag.replace("\\]", "]").strip() for tag in _TAG.findall(said)),
        category=category,
    )
