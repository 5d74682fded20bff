"""Markdown to HTML that is safe to show: rendered without raw HTML, then sanitised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "h2", "h3", "h4",
    "table", "thead", "tbody", "tr", "th", "td", "a", "img", "audio",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "audio": {"src", "controls", "preload", "aria-label"},
}
_MEDIA = "media:"


@dataclass(frozen=True)
class Medium:
    """What `![words](media:KEY)` shows: an image, or an audio player."""

    url: str
    is_audio: bool = False


class _Renderer(RendererHTML):
    """Shows named media; everything else as usual."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        source = str(token.attrGet("src") or "")
        if not source.startswith(_MEDIA):
            return super().image(tokens, idx, options, env)
        words = self.renderInlineAsText(token.children or [], options, env)
        medium = env.get("media", {}).get(source.removeprefix(_MEDIA))
        if medium is None:
            return escape(f"[{words}]")
        if medium.is_audio:
            return f'<audio controls preload="none" src="{escape(medium.url)}" aria-label="{escape(words)}"></audio>'
        token.attrSet("src", medium.url)
        return super().image(tokens, idx, options, env)


_PARSER = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable(["table", "strikethrough"])


def to_html(text: str, *, media: Mapping[str, Medium] | None = None, inline: bool = False) -> SafeString:
    """Sanitised HTML of a Markdown text. Links keep http(s), mailto and site paths only.

    `media` are those that the text may show by key. `inline`: no paragraph around it, for a label.
    """
    env = {"media": media or {}}
    raw = _PARSER.renderInline(text, env) if inline else _PARSER.render(text, env)
    html = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"})
    return mark_safe(html)
