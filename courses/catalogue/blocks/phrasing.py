"""How it sounds: dialogues, pairs of wordings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks


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
