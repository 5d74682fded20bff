"""Words: text, call-outs, steps."""

from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

from lms.kernel.markdown import to_html


class MarkdownBlock(blocks.StructBlock):
    """Text as Markdown, for tables and for what comes from content packs."""

    text = blocks.TextBlock(label=_("Text"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Tables scroll by themselves on a phone; the box takes the focus so that the keyboard reaches its end."""
        context = super().get_context(value, parent_context=parent_context)
        html = to_html(value["text"])
        html = html.replace("<table>", '<div class="table-scroll" tabindex="0"><table>').replace(
            "</table>", "</table></div>"
        )
        context["html"] = mark_safe(html)
        return context

    class Meta:
        template = "courses/blocks/markdown.html"
        icon = "doc-full"
        label = _("Markdown")


class CalloutBlock(blocks.StructBlock):
    """A remark set apart: a tip, a warning or a note."""

    tone = blocks.ChoiceBlock(
        choices=[("tip", _("Tip")), ("warning", _("Careful")), ("note", pgettext_lazy("call-out", "Note"))],
        default="tip",
        label=_("Tone"),
    )
    title = blocks.CharBlock(required=False, label=_("Title"))
    text = blocks.TextBlock(label=_("Text"))

    class Meta:
        template = "courses/blocks/callout.html"
        icon = "help"
        label = _("Call-out")


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(required=False, label=_("Text"))


class StepsBlock(blocks.StructBlock):
    """What to do, one after the other."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    steps = blocks.ListBlock(StepBlock(), min_num=1, label=_("Steps"))

    class Meta:
        template = "courses/blocks/steps.html"
        icon = "list-ol"
        label = _("Step list")
