"""How a share (0–1) is shown: as a percentage with one place, rounded down, so that a fail never reads as a pass."""

from decimal import ROUND_DOWN, Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def percent(share: Decimal | float | str | None) -> str:
    """`82.5%`; whole percents without a decimal; an en dash for nothing."""
    if share is None or share == "":
        return "–"
    tenths = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return number_format(tenths.to_integral_value() if tenths == tenths.to_integral_value() else tenths) + "%"
