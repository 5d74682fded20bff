"""A body as it is stored, read along its blocks: what each field says and what it points to, without the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.text import Truncator
from wagtail import blocks


@dataclass(frozen=True)
class Leaf:
    """One field of a body: its block, and its value as it is stored."""

    block: blocks.Block
    value: Any


def leaves(block: blocks.Block, raw: Any) -> Iterator[Leaf]:
    """Every field below a block, in order. What isn't shaped as the block expects (a body from older days) is left out."""
    if isinstance(block, blocks.StreamBlock):
        for child in raw or ():
            if child.get("type") in block.child_blocks:
                yield from leaves(block.child_blocks[child["type"]], child.get("value"))
    elif isinstance(block, blocks.ListBlock):
        for child in raw or ():
            is_row = isinstance(child, dict) and child.get("type") == "item"
            yield from leaves(block.child_block, child["value"] if is_row else child)
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from leaves(child, (raw or {}).get(name))
    elif raw not in (None, "", []):
        yield Leaf(block, raw)


def words_of(leaf: Leaf) -> str:
    """What a reader of the field reads; empty for figures and choosers."""
    if isinstance(leaf.block, blocks.RichTextBlock):
        return "\n".join(line for line in (part.strip() for part in _lines(leaf.value)) if line)
    if isinstance(leaf.block, blocks.ChoiceBlock):
        return str(dict(leaf.block.field.choices).get(leaf.value, leaf.value))
    if isinstance(leaf.block, blocks.CharBlock | blocks.TextBlock):
        return str(leaf.value)
    return ""


def _lines(html: str) -> list[str]:
    for tag in ("</p>", "</li>", "</h2>", "</h3>", "<br/>", "<hr/>"):
        html = html.replace(tag, tag + "\n")
    return unescape(strip_tags(html)).split("\n")


def first_words(body: blocks.StreamBlock, kind: str, content: Any, *, characters: int = 30) -> str:
    """`Text “First tell why …”`: a block in a few words."""
    block = body.child_blocks.get(kind)
    if block is None:
        return kind
    texts = (words_of(leaf) for leaf in leaves(block, content) if not isinstance(leaf.block, blocks.ChoiceBlock))
    text = " ".join(next((text for text in texts if text), "").split())
    return f"{block.label} “{Truncator(text).chars(characters)}”" if text else str(block.label)
