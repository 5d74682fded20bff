"""The statistics of measuring people: pure, with published worked examples as tests."""

from assessments.statistics.rules import Interval, mean_interval, proportion_interval, share_interval

__all__ = ["Interval", "mean_interval", "proportion_interval", "share_interval"]
