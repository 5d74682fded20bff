"""Figures of the trade."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks


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
