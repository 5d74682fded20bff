"""The statistics of measuring people: pure, with published worked examples as tests."""

from assessments.statistics.rules import (
    Interval,
    alpha_interval,
    correlation_interval,
    cronbach_alpha,
    kurtosis,
    mean_interval,
    point_biserial,
    proportion_interval,
    share_interval,
    skewness,
)

__all__ = [
    "Interval", "alpha_interval", "correlation_interval", "cronbach_alpha", "kurtosis", "mean_interval",
    "point_biserial", "proportion_interval", "share_interval", "skewness",
]  # fmt: skip
