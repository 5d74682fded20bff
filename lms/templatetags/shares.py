"""How a share (0–1) is shown: as a percentage with one place, rounded down, so that a fail never reads as a pass."""

from decimal import ROUND_CEILING, ROUND_DOWN, Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def percent(share: Decimal | float | str | None) -> str:
    """`82.5%`; whole percents without a decimal; an en dash for nothing."""
    return _shown(share, ROUND_DOWN)


@register.filter
def percent_up(share: Decimal | float | str | None) -> str:
    """As `percent`, rounded up: the upper end of an interval, so that the one shown contains the one computed."""
    return _shown(share, ROUND_CEILING)


def _shown(share: Decimal | float | str | None, rounding: str) -> str:
    if share is None or share == "":
        return "–"
    tenths = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), rounding=rounding)
    return number_format(tenths.to_integral_value() if tenths == tenths.to_integral_value() else tenths) + "%"
