"""The 23 operating metrics of a call center as calculators. Pure functions and the registry `METRICS`.

Definitions and reference figures are those of the project's handbook of the trade (DOMAIN.md, section 4). Where centers
define a metric differently, the other definition stands here as a metric of its own that names the first
(`variant_of`), and each metric says in `counted` what its definition counts.

The texts are pairs, Chinese and English side by side, not gettext: they are trade content which is read and approved as a
pair, they are shown in the language of the *lesson*, and this package knows nothing of Django.

Amounts are from 0 up. A division by 0 is answered NotDefined, with the reason in words, never with a number; so are
figures that contradict each other (more calls answered in time than came in).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from courses.simulators.metrics.access import ACCESS
from courses.simulators.metrics.figures import FIGURES, MEASURES, Unit, Words, plain, shown, shown_unit
from courses.simulators.metrics.handling import HANDLING
from courses.simulators.metrics.quality import QUALITY
from courses.simulators.metrics.resources import RESOURCES
from courses.simulators.metrics.shapes import (
    CONTRADICTION,
    FAMILIES,
    NOTHING_TO_DIVIDE_BY,
    Amount,
    Family,
    Good,
    Metric,
    NotDefined,
    WrongPath,
    fractions,
)

__all__ = [
    "CONTRADICTION",
    "FAMILIES",
    "FIGURES",
    "MEASURES",
    "METRICS",
    "NOTHING_TO_DIVIDE_BY",
    "Amount",
    "Family",
    "Good",
    "Metric",
    "NotDefined",
    "Unit",
    "Words",
    "WrongPath",
    "fractions",
    "metrics_of",
    "plain",
    "shown",
    "shown_unit",
]  # fmt: skip

#: key → metric, in the order of the handbook; a second definition follows the first.
METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {
        metric.key: metric
        for metric in sorted(
            (*ACCESS, *HANDLING, *QUALITY, *RESOURCES), key=lambda it: (it.number, bool(it.variant_of))
        )
    }
)


def metrics_of(family: str) -> Iterator[Metric]:
    """The metrics of a family, in the order of the handbook, without other definitions of the same."""
    return (metric for metric in METRICS.values() if metric.family == family and not metric.variant_of)
