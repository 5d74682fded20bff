"""Rich text written in the back office, as packs carry it: HTML with a few tags, links to pages by key."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from content.format.nodes import Node
from content.format.reading import Reading
from content.format.types import WRONG, Schema, Site, Type

#: tag → the attributes it may carry: what the editor of the text block writes.
TAGS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("h2", "h3", "p", "b", "strong", "i", "em", "ol", "ul", "li", "br", "hr"), frozenset()),
    "a": frozenset({"href", "linktype", "page", "document"}),
}
PAGE_KINDS = ("course", "lesson", "track")
_SCHEMES = ("http:", "https:", "mailto:", "tel:", "#", "/")
_BLOCK_KEY = re.compile(r'\s+data-block-key="[^"]*"')
_LINK = re.compile(r"<a\b(?P<attributes>[^>]*)>(?P<words>.*?)</a>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


class RichText(Type):
    """The body of an `html` block. What scripts or styles could ride on is refused."""

    empty = ""

    def read(self, node: Node, to: Reading) -> Any:
        checker = _Checker(node, to)
        checker.feed(node.raw)
        checker.close()
        return node.raw if checker.is_fine else WRONG

    def schema(self) -> Schema:
        return {"type": "string"}

    def to_site(self, value: Any, site: Site) -> Any:
        return site.links_in(value)

    def from_site(self, raw: Any, site: Site) -> Any:
        return site.links_out(_BLOCK_KEY.sub("", str(raw or "").replace("\r\n", "\n")))


class _Checker(HTMLParser):
    def __init__(self, node: Node, to: Reading) -> None:
        super().__init__(convert_charrefs=False)
        self.node, self.to, self.is_fine = node, to, True

    def wrong(self, what: str) -> None:
        self.is_fine = False
        self.to.wrong(self.node, what, line=self.node.line + self.getpos()[0] - 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong(f"`<{tag}>` isn't allowed here (known: {', '.join(sorted(TAGS))})")
            return
        for name, value in attrs:
            if name not in TAGS[tag]:
                self.wrong(f"`<{tag}>` takes no `{name}` here")
            elif name == "href" and not (value or "").lower().startswith(_SCHEMES):
                self.wrong(f"`{value}` is no address that can be linked to")
            elif name == "page":
                kind, _colon, key = (value or "").partition(":")
                if kind in PAGE_KINDS and key:
                    self.to.refer(kind, key, self.node)
                else:
                    self.wrong(f"page: `{value}` is not one of {', '.join(kind + ':KEY' for kind in PAGE_KINDS)}")
            elif name == "document" and value:
                self.to.refer("media:document", value, self.node)

    def handle_decl(self, decl: str) -> None:
        self.wrong("only text and tags are allowed here")

    def handle_comment(self, data: str) -> None:
        self.wrong("comments aren't allowed here")

    def unknown_decl(self, data: str) -> None:
        self.wrong("only text and tags are allowed here")

    def handle_pi(self, data: str) -> None:
        self.wrong("only text and tags are allowed here")


def links_out(html: str, page: Callable[[int], str], document: Callable[[int], str]) -> str:
    """Links to pages and documents by key in the place of their ids. `page(5)` is "lesson:key"; where it is "", the link
    leads nowhere on another site and only its words stay."""

    def link(match: re.Match[str]) -> str:
        told = dict(_ATTRIBUTE.findall(match["attributes"]))
        if told.get("linktype") == "page":
            key = page(int(told.get("id") or 0))
            return f'<a linktype="page" page="{key}">{match["words"]}</a>' if key else match["words"]
        if told.get("linktype") == "document":
            key = document(int(told.get("id") or 0))
            return f'<a linktype="document" document="{key}">{match["words"]}</a>' if key else match["words"]
        return match[0]

    return _LINK.sub(link, html)


def links_in(html: str, page: Callable[[str, str], int], document: Callable[[str], int]) -> str:
    """The other way round."""

    def link(match: re.Match[str]) -> str:
        told = dict(_ATTRIBUTE.findall(match["attributes"]))
        if told.get("page"):
            kind, _colon, key = told["page"].partition(":")
            return f'<a id="{page(kind, key)}" linktype="page">{match["words"]}</a>'
        if told.get("document"):
            return f'<a id="{document(told["document"])}" linktype="document">{match["words"]}</a>'
        return match[0]

    return _LINK.sub(link, html)
