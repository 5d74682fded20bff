"""How it sounds: dialogues, pairs of wordings, cards of the phrase book."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks.choosers import PhraseChooserBlock
from courses.catalogue.blocks.samples import PHRASING, SampledBlock
from courses.catalogue.models.words import Phrase
from courses.catalogue.states import PhraseKind
from lms.kernel.bilingual import suffix


class LineBlock(blocks.StructBlock):
    who = blocks.ChoiceBlock(choices=[("agent", _("Agent")), ("customer", _("Customer"))], label=_("Who speaks"))
    text = blocks.TextBlock(label=pgettext_lazy("dialogue", "Line"))
    why = blocks.TextBlock(required=False, label=_("Why this works"))


class DialogueBlock(SampledBlock):
    """Two voices; lines may say why they work."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    lines = blocks.ListBlock(LineBlock(), min_num=1, label=pgettext_lazy("dialogue", "Lines"))

    def sample(self) -> dict[str, Any]:
        return {
            "title": gettext("A hold, announced well"),
            "lines": [
                {
                    "who": "agent",
                    "text": gettext("I'll look up the bill, about a minute. May I put you on hold?"),
                    "why": gettext("Reason, length, question: the customer decides."),
                },
                {"who": "customer", "text": gettext("Yes, go ahead."), "why": ""},
            ],
        }

    class Meta:
        template = "courses/blocks/dialogue.html"
        icon = "comment"
        label = _("Dialogue")
        group = PHRASING
        description = _("Agent and customer in turn; a line may say why it works.")


class PairBlock(blocks.StructBlock):
    say = blocks.TextBlock(label=_("Say"))
    dont = blocks.TextBlock(label=_("Don't say"))
    why = blocks.TextBlock(required=False, label=_("Why"))


class SayDontBlock(SampledBlock):
    """Pairs of what to say and what not to say."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    pairs = blocks.ListBlock(PairBlock(), min_num=1, label=_("Pairs"))

    def sample(self) -> dict[str, Any]:
        return {
            "pairs": [
                {
                    "say": gettext("Thank you for waiting. I have your bill here."),
                    "dont": gettext("Hello? Are you still there?"),
                    "why": gettext("The customer waited for you, not the other way round."),
                }
            ]
        }

    class Meta:
        template = "courses/blocks/say_dont.html"
        icon = "thumbtack"
        label = _("Say / don't say")
        group = PHRASING
        description = _("One wording put in the place of another, and why.")


class PhraseBlock(SampledBlock):
    """A card of the phrase book: both languages, when it is said, how it sounds."""

    phrase = PhraseChooserBlock(label=_("Phrase"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        phrase = value["phrase"]
        return {**context, "phrase": phrase, "sides": _sides(phrase) if phrase else []}

    def sample(self) -> dict[str, Any]:
        return {
            "phrase": Phrase(
                key="sample",
                kind=PhraseKind.TABOO,
                text_zh="这不归我管。",
                text_en="That's not my department.",
                note_zh="客户听到的是：没有人会管我。",
                note_en="What the customer hears: nobody will take care of me.",
                instead_zh="我帮您转给负责的同事，并把情况告诉他。",
                instead_en="I'll pass you on to the colleague who can do this, and tell him what happened.",
            )
        }

    class Meta:
        template = "courses/blocks/phrase.html"
        icon = "openquote"
        label = _("Phrase card")
        group = PHRASING
        description = _("A phrase of the phrase book in both languages, with its recordings.")


def _sides(phrase: Phrase) -> list[dict[str, Any]]:
    """The wording in the lesson's language, then in the other one; an empty one is left out."""
    own = suffix(get_language())
    return [
        {
            "language": "en" if side == "en" else "zh-hans",
            "text": getattr(phrase, f"text_{side}"),
            "instead": getattr(phrase, f"instead_{side}"),
            "source": _door(getattr(phrase, f"audio_{side}")),
        }
        for side in (own, "zh" if own == "en" else "en")
        if getattr(phrase, f"text_{side}")
    ]


def _door(recording: Any) -> str:
    return reverse("private-file", args=["course-media", recording.pk]) if recording else ""
