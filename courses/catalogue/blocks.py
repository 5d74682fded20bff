"""The blocks of a lesson. Each has its template in `courses/blocks/`."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from assessments.bank.queries import newest_versions, practice_questions
from courses.simulators.erlang import UNSTABLE, Unstable
from courses.simulators.rules import MOST_ANSWER_WITHIN_S, SLIDERS, Floor, Plan, floor, need, one_late
from lms.kernel.bilingual import in_language
from lms.kernel.markdown import to_html
from lms.templatetags.shares import percent


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


#: What a plan's figures are called, and how one is written.
FIGURES: dict[str, tuple[Any, Any]] = {
    "calls": (_("Calls in the half-hour"), "{n}"),
    "aht_s": (_("Average handling time"), _("{n} s")),
    "agents": (_("Agents on the phones"), "{n}"),
    "service_level_percent": (_("Target: answered in time"), "{n}%"),
    "shrinkage_percent": (_("Shrinkage"), "{n}%"),
    "patience_s": (_("Callers' patience"), _("{n} s")),
}


NEED_WORDS = gettext_noop(
    "{target}% within {within} s takes {agents} people on the phones, "
    "and {rostered} on the roster with a shrinkage of {shrinkage}%."
)


def _figure(name: str, default: int | None) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(
        default=default,
        min_value=SLIDERS[name].least,
        max_value=SLIDERS[name].most,
        required=default is not None,
        label=FIGURES[name][0],
        help_text={
            "aht_s": _("In seconds, after-call work included."),
            "service_level_percent": _("In per cent of the calls."),
            "shrinkage_percent": _("In per cent of the rostered time: breaks, training, leave, sickness."),
            "patience_s": _("In seconds on average. Left empty, nobody hangs up (Erlang C instead of Erlang A)."),
        }.get(name, ""),
    )


class StaffingBlock(blocks.StructBlock):
    """A calculator of one half-hour at the phones: the learner moves sliders, and takes one colleague away."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    task = blocks.TextBlock(label=_("Task"), help_text=_("What to find out with it."))
    calls = _figure("calls", 60)
    aht_s = _figure("aht_s", 240)
    agents = _figure("agents", 11)
    service_level_percent = _figure("service_level_percent", 80)
    answer_within_s = blocks.IntegerBlock(
        default=20, min_value=0, max_value=MOST_ANSWER_WITHIN_S, label=_("… within how many seconds")
    )
    shrinkage_percent = _figure("shrinkage_percent", 25)
    patience_s = _figure("patience_s", None)
    sliders = blocks.MultipleChoiceBlock(
        choices=[(name, label) for name, (label, _text) in FIGURES.items()],
        default=["calls", "aht_s", "agents"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Learners may move"),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if "patience_s" in cleaned["sliders"] and cleaned["patience_s"] is None:
            words = _("Give the callers a patience to start from, or don't let learners move it.")
            raise blocks.StructBlockValidationError(block_errors={"patience_s": ValidationError(words)})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the start values come to, for readers without JavaScript too. Without `plan`: a draft that lacks figures."""
        context = super().get_context(value, parent_context=parent_context)
        figures = {name: value.get(name) for name in Plan.__dataclass_fields__}
        if any(figure is None for name, figure in figures.items() if name != "patience_s"):
            return context
        plan = Plan(**figures)
        columns = {"before": floor(plan), "after": floor(one_late(plan))}
        return context | {
            "plan": plan,
            "plan_json": json.dumps(asdict(plan)),
            "figures": [
                {
                    "name": name,
                    "label": label,
                    "text": text,
                    "shown": text.format(n=figures[name]),
                    "value": figures[name],
                    "least": SLIDERS[name].least,
                    "end": SLIDERS[name].end(figures[name]),
                    "may_move": name in (value.get("sliders") or ()),
                }
                for name, (label, text) in FIGURES.items()
                if figures[name] is not None
            ],
            "columns": columns,
            "rows": _rows(columns, plan),
            "need_words": gettext(NEED_WORDS).format(
                target=plan.service_level_percent,
                within=plan.answer_within_s,
                agents=need(plan).on_phones,
                rostered=need(plan).rostered,
                shrinkage=plan.shrinkage_percent,
            ),
            "need_template": gettext(NEED_WORDS),
        }

    class Meta:
        template = "courses/blocks/staffing.html"
        icon = "sliders"
        label = _("Staffing calculator")


def _rows(columns: dict[str, Floor], plan: Plan) -> list[dict[str, Any]]:
    """The table's lines: a name, and a text for each column."""
    shapes = {
        "service_level": (gettext("Answered within {n} s").format(n=plan.answer_within_s), percent),
        "average_speed_of_answer": (gettext("Average wait"), _seconds),
        "abandonment": (gettext("Callers who hang up"), percent),
        "occupancy": (gettext("Agents busy (occupancy)"), percent),
    }
    return [
        {
            "name": name,
            "label": label,
            "cells": [
                {"column": column, "shown": _or_unstable(getattr(found, name), shape), "is_met": found.is_target_met}
                for column, found in columns.items()
            ],
        }
        for name, (label, shape) in shapes.items()
        if name != "abandonment" or plan.patience_s is not None
    ]


def _or_unstable(value: float | Unstable, shape: Callable[[float], str]) -> str:
    return gettext("unstable") if value is UNSTABLE else shape(value)


def _seconds(value: float) -> str:
    if value < 600:
        return gettext("{n} s").format(n=round(value))
    return gettext("{n} min").format(n=round(value / 60))


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
    staffing = StaffingBlock()
