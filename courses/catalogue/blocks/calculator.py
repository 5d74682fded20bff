"""The metric calculator: one of the 23 metrics, with figures to play with."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks import samples
from courses.simulators.formulas import read
from courses.simulators.metrics import (
    CONTRADICTION,
    FAMILIES,
    FIGURES,
    MEASURES,
    METRICS,
    NOTHING_TO_DIVIDE_BY,
    Metric,
    NotDefined,
    Unit,
    shown,
    shown_unit,
)

#: The most that any figure may start with.
MOST = max(measure.most for measure in MEASURES.values())


def metric_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every metric under its family, in the author's language."""
    language = get_language() or ""
    return [
        (
            words.in_language(language),
            [
                (key, f"{metric.number} · {metric.name.in_language(language)}")
                for key, metric in METRICS.items()
                if metric.family == family
            ],
        )
        for family, words in FAMILIES.items()
    ]


def figure_choices() -> list[tuple[str, str]]:
    """Every figure that some metric needs."""
    language = get_language() or ""
    needed = {given.name for metric in METRICS.values() for given in metric.inputs}
    return [(name, figure.label.in_language(language)) for name, figure in FIGURES.items() if name in needed]


class StartFigureBlock(blocks.StructBlock):
    """One figure that a calculator starts from."""

    figure = blocks.ChoiceBlock(choices=figure_choices, label=pgettext_lazy("calculator", "Figure"))
    value = blocks.FloatBlock(min_value=0, max_value=MOST, label=_("Value"))


class CalculatorBlock(blocks.StructBlock):
    """One metric to compute: the learner changes its figures and sees formula and result change."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    task = blocks.TextBlock(required=False, label=_("Task"), help_text=_("What to find out with it."))
    metric = blocks.ChoiceBlock(choices=metric_choices, label=_("Metric"))
    start = blocks.ListBlock(
        StartFigureBlock(label=_("Start figure")),
        default=[],
        label=_("Start figures"),
        help_text=_("What isn't given starts with the worked example's figures."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        metric, names = METRICS[cleaned["metric"]], [row["figure"] for row in cleaned["start"]]
        known = {given.name: given.figure.label.in_language(get_language() or "") for given in metric.inputs}
        if set(names) - known.keys() or len(set(names)) < len(names):
            words = gettext("Give each figure once, and only figures of this metric: %(figures)s.")
            error = ValidationError(words % {"figures": ", ".join(known.values())})
            raise blocks.StructBlockValidationError(
                block_errors={"start": blocks.ListBlockValidationError(non_block_errors=[error])}
            )
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the start figures, for readers without JavaScript too. Without `metric`: an unfinished draft."""
        context = super().get_context(value, parent_context=parent_context)
        metric = METRICS.get(value.get("metric") or "")
        if metric is None:
            return context
        start = {row["figure"]: Decimal(str(row["value"])) for row in value["start"] if row.get("value") is not None}
        return context | _drawn(metric, {given.name: start.get(given.name, given.example) for given in metric.inputs})

    class Meta:
        template = "courses/blocks/calculator.html"
        group = samples.FIGURES
        icon = "decimal"
        label = _("Metric calculator")
        preview_value = {"metric": "service_level", "start": []}
        description = _("One of the 23 metrics with figures to change, its formula and its reference figure")


def verdict_words() -> dict[str, str]:
    """What is said of a result beside its reference figure."""
    return {"met": gettext("within the reference figure"), "missed": gettext("outside the reference figure")}


def _drawn(metric: Metric, amounts: Mapping[str, Decimal]) -> dict[str, Any]:
    language = get_language() or ""
    exact = metric.exact(amounts)
    is_defined = not isinstance(exact, NotDefined)
    steps = metric.steps(amounts, language)
    reference = metric.reference
    return {
        "metric": {
            "name": metric.name.in_language(language),
            "definition": metric.definition.in_language(language),
            "counted": metric.counted.in_language(language),
            "reading": metric.reading.in_language(language),
            "reference": reference.words.in_language(language),
            "formula": steps[0],
            "is_comparable": reference.is_comparable,
        },
        "figures": [
            {
                "name": given.name,
                "label": given.figure.label.in_language(language),
                "shown": shown(amounts[given.name], given.figure.unit, language),
                "unit": shown_unit(given.figure.unit, language),
                "value": f"{amounts[given.name].normalize():f}",
                "step": f"{Decimal(1).scaleb(-MEASURES[given.figure.unit].typed_places):f}",
                "end": f"{_end(amounts[given.name], given.figure.unit):f}",
                "most": MEASURES[given.figure.unit].most,
            }
            for given in metric.inputs
        ],
        "filled_in": steps[1],
        "result": metric.result(amounts, language),
        "is_defined": is_defined,
        "is_met": is_defined and reference.is_comparable and reference.is_met(exact),
        "verdicts": verdict_words(),
        "data": json.dumps(_data(metric, language), ensure_ascii=False),
    }


def _end(amount: Decimal, unit: Unit) -> Decimal:
    """How far the slider goes: twice the start figure, at least 20."""
    return min(Decimal(MEASURES[unit].most), max(Decimal(20), 2 * amount)).quantize(Decimal(1))


def _data(metric: Metric, language: str) -> dict[str, Any]:
    """What the browser computes with."""
    return {
        "formula": metric.formula,
        "limits": [[read(side) for side in limit] for limit in metric.limits],
        "labels": {given.name: given.figure.label.in_language(language) for given in metric.inputs},
        "rounding": metric.rounding,
        "places": metric.places,
        "is_percent": metric.unit == Unit.PERCENT,
        "shown": MEASURES[metric.unit].shown.in_language(language),
        "least": None if metric.reference.least is None else str(metric.reference.least),
        "most": None if metric.reference.most is None else str(metric.reference.most),
        "zero": NOTHING_TO_DIVIDE_BY.in_language(language),
        "contradiction": CONTRADICTION.in_language(language),
    }
