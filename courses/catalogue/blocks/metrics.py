"""Figures of the trade."""

from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks.samples import FIGURES, SampledBlock


class MetricBlock(SampledBlock):
    """A metric of the trade: what it is, how it is computed, what is usual."""

    name = blocks.CharBlock(label=pgettext_lazy("metric", "Name"))
    definition = blocks.TextBlock(label=_("Definition"))
    formula = blocks.CharBlock(required=False, label=_("Formula"))
    reference = blocks.CharBlock(required=False, label=_("Reference figure"))

    def sample(self) -> dict[str, Any]:
        return {
            "name": gettext("Average handling time"),
            "definition": gettext("How long one call keeps an agent busy, after-call work included."),
            "formula": gettext("(talk + hold + after-call work) ÷ calls handled"),
            "reference": gettext("depends on the service: compare with your own past months"),
        }

    class Meta:
        template = "courses/blocks/metric.html"
        icon = "decimal"
        label = _("Metric card")
        group = FIGURES
        description = _("A figure of the trade: what it means, its formula, what is usual.")
