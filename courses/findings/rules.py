"""What a field of a lesson points to. No database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from wagtail import blocks

from courses.catalogue.blocks.leaves import Leaf

PAGE = "wagtailcore.page"
DOCUMENT = "courses.coursedocument"
IMAGE = "courses.courseimage"
#: These are named by their keys.
QUESTION = "assessments.question"
QUIZ = "assessments.quiz"
#: An address outside of this product, and one inside of it.
EXTERNAL, INTERNAL = "external", "internal"

_TAG = re.compile(r"<(?:a|embed)\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
#: Ends at what can't be in an address, and before punctuation that ends a sentence – in either language.
_ADDRESS = re.compile(r"https?://[^\s<>\"'()（），。；、]+", re.IGNORECASE)
_MARKDOWN = re.compile(r"\]\(\s*<?(/[^)\s>]*)")
_LINKTYPES = {"page": PAGE, "document": DOCUMENT, "image": IMAGE}


@dataclass(frozen=True)
class Target:
    """What is pointed to: `kind` is a model's label (lower case), EXTERNAL or INTERNAL; `ref` its id, key or address."""

    kind: str
    ref: str


def targets_of(leaf: Leaf) -> Iterator[Target]:
    """Everything the field points to: choosers, keys, links in rich text and in Markdown, addresses written out."""
    block, value = leaf.block, leaf.value
    if isinstance(block, blocks.ChooserBlock):
        yield Target(_label_of(block), str(value))
    elif points_to := getattr(block, "points_to", None):
        yield Target(points_to, str(value))
    elif isinstance(block, blocks.RichTextBlock):
        yield from _in_rich_text(str(value))
    elif isinstance(block, blocks.URLBlock):
        yield Target(EXTERNAL, str(value))
    elif isinstance(block, blocks.CharBlock | blocks.TextBlock):
        yield from _in_text(str(value))


def _label_of(block: blocks.ChooserBlock) -> str:
    model = block.model_class if not isinstance(block, blocks.PageChooserBlock) else None
    return model._meta.label_lower if model else PAGE


def _in_rich_text(html: str) -> Iterator[Target]:
    for tag in _TAG.findall(html):
        found = dict(_ATTRIBUTE.findall(tag))
        kind = _LINKTYPES.get(found.get("linktype") or found.get("embedtype") or "")
        if kind and found.get("id"):
            yield Target(kind, found["id"])
        elif href := unescape(found.get("href", "")):
            if href.startswith(("http://", "https://", "//")):
                yield Target(EXTERNAL, href)
            elif href.startswith("/"):
                yield Target(INTERNAL, href)


def _in_text(text: str) -> Iterator[Target]:
    for address in _ADDRESS.findall(text):
        yield Target(EXTERNAL, address.rstrip(".,;:!?"))
    for address in _MARKDOWN.findall(text):
        yield Target(INTERNAL, address)
