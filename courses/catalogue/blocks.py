"""The blocks of a lesson. Each has its template in `courses/blocks/`."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class CalloutBlock(blocks.StructBlock):
    """A remark set apart: a tip, a warning or a note."""

    tone = blocks.ChoiceBlock(
        choices=[("tip", _("Tip")), ("warning", _("Careful")), ("note", _("Note"))],
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
    text = blocks.TextBlock(label=_("Line"))
    why = blocks.TextBlock(required=False, label=_("Why this works"))


class DialogueBlock(blocks.StructBlock):
    """Two voices; lines may say why they work."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    lines = blocks.ListBlock(LineBlock(), min_num=1, label=_("Lines"))

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

    name = blocks.CharBlock(label=_("Name"))
    definition = blocks.TextBlock(label=_("Definition"))
    formula = blocks.CharBlock(required=False, label=_("Formula"))
    reference = blocks.CharBlock(required=False, label=_("Reference figure"))

    class Meta:
        template = "courses/blocks/metric.html"
        icon = "table"
        label = _("Metric card")


class CheckBlock(blocks.StructBlock):
    """A self-check: one practice question of the bank, not graded."""

    question = blocks.CharBlock(label=_("Key of a practice question"))

    class Meta:
        template = "courses/blocks/check.html"
        icon = "tick"
        label = _("Self-check")


class MarkdownBlock(blocks.StructBlock):
    """Text as Markdown, for tables and for what comes from content packs."""

    text = blocks.TextBlock(label=_("Text"))

    class Meta:
        template = "courses/blocks/markdown.html"
        icon = "doc-full"
        label = _("Markdown")


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    caption = blocks.CharBlock(required=False, label=_("Caption"))

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
