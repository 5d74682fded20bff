"""The staffing calculator."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks.samples import FIGURES as FIGURES_GROUP
from courses.catalogue.blocks.samples import SampledBlock
from courses.simulators.erlang import UNSTABLE, Unstable
from courses.simulators.rules import MOST_ANSWER_WITHIN_S, SLIDERS, Floor, Plan, floor, need, one_late
from lms.templatetags.shares import percent

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


class StaffingBlock(SampledBlock):
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
        if self.is_deferred_validation:
            return cleaned
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

    def sample(self) -> dict[str, Any]:
        return {"task": gettext("Let one colleague come late, and watch the wait.")}

    class Meta:
        template = "courses/blocks/staffing.html"
        icon = "sliders"
        label = _("Staffing calculator")
        group = FIGURES_GROUP
        description = _("One half-hour at the phones: the learner moves sliders and takes a colleague away.")


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
