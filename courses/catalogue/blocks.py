"""The blocks of a lesson. Each has its template in `courses/blocks/`."""

from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from assessments.bank.queries import newest_versions, practice_questions
from lms.kernel.bilingual import in_language
from lms.kernel.markdown import to_html


def practice_choices() -> list[tuple[str, str]]:
    """(key, "key · stem") of every practice question that is ready, for the author to choose from."""
    ready = practice_questions()
    versions = newest_versions(ready).select_related("question").order_by("question__key")
    return [
        (version.question.key, f"{version.question.key} · {Truncator(version.stem).chars(60)}") for version in versions
    ]


class PracticeQuestionBlock(blocks.FieldBlock):
    """The key of a practice question, chosen from those that are ready. Not a ChoiceBlock: that one reads all choices
    each time a lesson is shown."""

    def __init__(self, required: bool = True, help_text: Any = None, **kwargs: Any) -> None:
        self.field = forms.ChoiceField(
            choices=lambda: [("", BLANK_CHOICE_LABEL), *practice_choices()], required=required, help_text=help_text
        )
        super().__init__(**kwargs)

    class Meta:
        icon = "tick"


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


class LineBlock(blocks.StructBlock):
    who = blocks.ChoiceBlock(choices=[("agent", _("Agent")), ("customer", _("Customer"))], label=_("Who speaks"))
    text = blocks.TextBlock(label=pgettext_lazy("dialogue", "Line"))
    why = blocks.TextBlock(required=False, label=_("Why this works"))


class DialogueBlock(blocks.StructBlock):
    """Two voices; lines may say why they work."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    lines = blocks.ListBlock(LineBlock(), min_num=1, label=pgettext_lazy("dialogue", "Lines"))

    class Meta:
        template = "courses/blocks/dialogue.html"
        icon = "openquote"
        label = _("Dialogue")


class PairBlock(blocks.StructBlock):
    say = blocks.TextBlock(label=_("Say"))
    dont = blocks.TextBlock(label=_("Don't say"))
    why = blocks.TextBlock(required=False, label=_("Why"))


class SayDontBlock(blocks.StructBlock):
    """Pairs of what to say and what not to say."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    pairs = blocks.ListBlock(PairBlock(), min_num=1, label=_("Pairs"))

    class Meta:
        template = "courses/blocks/say_dont.html"
        icon = "comment"
        label = _("Say / don't say")


class MetricBlock(blocks.StructBlock):
    """A metric of the trade: what it is, how it is computed, what is usual."""

    name = blocks.CharBlock(label=pgettext_lazy("metric", "Name"))
    definition = blocks.TextBlock(label=_("Definition"))
    formula = blocks.CharBlock(required=False, label=_("Formula"))
    reference = blocks.CharBlock(required=False, label=_("Reference figure"))

    class Meta:
        template = "courses/blocks/metric.html"
        icon = "table"
        label = _("Metric card")


class CheckBlock(blocks.StructBlock):
    """A self-check: one practice question of the bank, not graded."""

    question = PracticeQuestionBlock(label=_("Practice question"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The question comes from the page's context, where all of a lesson's self-checks were read at once."""
        context = super().get_context(value, parent_context=parent_context)
        context["check"] = context.get("checks", {}).get(value["question"])
        return context

    class Meta:
        template = "courses/blocks/check.html"
        icon = "tick"
        label = _("Self-check")


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


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    caption = blocks.CharBlock(required=False, label=_("Caption"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The alternative text in the language the lesson is in."""
        context = super().get_context(value, parent_context=parent_context)
        page = context.get("page")
        language = page.locale.language_code if page else get_language()
        context["alt"] = in_language(value["image"], "alt", language) if value["image"] else ""
        return context

    class Meta:
        template = "courses/blocks/picture.html"
        icon = "image"
        label = _("Image")


class LessonBody(blocks.StreamBlock):
    """What a lesson is made of."""

    text = blocks.RichTextBlock(
        features=["h2", "h3", "bold", "italic", "ol", "ul", "link", "hr"],
        template="courses/blocks/text.html",
        label=_("Text"),
    )
    markdown = MarkdownBlock()
    callout = CalloutBlock()
    steps = StepsBlock()
    dialogue = DialogueBlock()
    say_dont = SayDontBlock()
    metric = MetricBlock()
    check = CheckBlock()
    picture = PictureBlock()
