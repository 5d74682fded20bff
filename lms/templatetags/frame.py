"""What every page draws dozens of times: icons, and the parts that are the same for everybody."""

from functools import cache

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """`{% icon "bell" %}`: an id of the sprite (see /styleguide/); decorative without `label`. Sizes: "sm", "lg"."""
    return _icon(str(name), str(label), size)


@cache
def _icon(name: str, label: str, size: str) -> SafeString:
    return format_html(
        '<svg class="icon{}"{} focusable="false"><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "",
        format_html(' role="img" aria-label="{}"', label) if label else SafeString(' aria-hidden="true"'),
        static("vendor/bootstrap-icons/icons.svg"),
        name,
    )


class KeptNode(template.Node):
    """Its content, drawn once in each language and kept as long as the template is."""

    def __init__(self, content: NodeList) -> None:
        self.content = content
        self._drawn: dict[str, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language() or ""
        if language not in self._drawn:
            self._drawn[language] = self.content.render(context.new({}))
        return self._drawn[language]


@register.tag
def keep(parser: Parser, token: Token) -> KeptNode:
    """`{% keep %}…{% endkeep %}` around what depends on the language alone. The page's variables are not to be had
    inside: nothing of one reader can reach the next."""
    content = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeptNode(content)
