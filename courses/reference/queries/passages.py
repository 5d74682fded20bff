"""What stands in a lesson, block by block, as plain text."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from wagtail import blocks

from courses.catalogue.blocks.text import MarkdownBlock
from courses.catalogue.models import CourseDocument, CourseMedia, LessonPage, Phrase, Term
from courses.reference.rules import Passage
from lms.kernel.bilingual import in_language
from lms.kernel.markdown import to_html

_SPACES = re.compile(r"\s+")
#: Where a tag ends a cell, a paragraph or a line, so do its words; emphasis and links stand within a run.
_BREAKS = re.compile(r"<(?!/?(?:strong|em|b|i|a|s|code)\b)")
QUOTE_LENGTH = 160


def passages_of(page: LessonPage) -> list[Passage]:
    """The blocks of a lesson that have words, in order."""
    language = page.locale.language_code
    found = [Passage(block.id or "", _flat(_words(block.block, block.value, language))) for block in page.body]
    return [passage for passage in found if passage.text]


def quote_of(page: LessonPage, block: str) -> str:
    """How a block begins; empty for the lesson as a whole and for a block without words."""
    text = next((passage.text for passage in passages_of(page) if passage.block == block), "") if block else ""
    return text if len(text) <= QUOTE_LENGTH else f"{text[: QUOTE_LENGTH - 1]}…"


def _flat(texts: Iterator[str]) -> str:
    return _SPACES.sub(" ", " ".join(texts)).strip()


def _words(block: blocks.Block, value: Any, language: str) -> Iterator[str]:
    """Every text of a value, however deep; what is chosen from a list of kinds is no text."""
    if value is None:
        return
    if isinstance(block, MarkdownBlock):
        yield _plain(to_html(value["text"]))
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from _words(child, value.get(name), language)
    elif isinstance(block, blocks.ListBlock):
        for each in value:
            yield from _words(block.child_block, each, language)
    elif isinstance(block, blocks.StreamBlock):
        for each in value:
            yield from _words(each.block, each.value, language)
    elif isinstance(block, blocks.RichTextBlock):
        yield _plain(value.source)
    elif isinstance(value, Phrase):
        yield from (in_language(value, name, language) for name in ("text", "note", "instead"))
    elif isinstance(value, Term):
        yield from (in_language(value, name, language) for name in ("name", "definition"))
    elif isinstance(value, CourseMedia):
        yield from (value.title, in_language(value, "transcript", language))
    elif isinstance(value, CourseDocument):
        yield value.title
    elif isinstance(block, blocks.CharBlock | blocks.TextBlock):
        yield str(value)
    elif not isinstance(block, blocks.FieldBlock):
        yield from (str(text) for text in block.get_searchable_content(value))  # tables and what comes later


def _plain(html: str) -> str:
    return unescape(strip_tags(_BREAKS.sub(" <", html)))
