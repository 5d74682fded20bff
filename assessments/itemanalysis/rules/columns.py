"""Sums over the columns of an array in which NaN says: not there."""

from dataclasses import dataclass

import numpy as np

from assessments.itemanalysis.rules.values import DIGITS, Bools, Floats, Ints, Sittings
from assessments.statistics import Interval, proportion_interval, share_interval


@dataclass(frozen=True, eq=False)
class Columns:
    """What the figures of questions and of single answers share, all over those who were asked. `rest` (n × k): the
    share of the points of all other questions; `upper` and `lower` (n × k): who is in the thirds by it."""

    asked: Bools
    n: Ints
    rest: Floats
    rest_n: Ints
    rest_mean: Floats
    rest_variance: Floats
    upper: Bools
    lower: Bools


def means(values: Floats) -> Floats:
    """Of each column, without NaN; NaN for an empty one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nansum(values, axis=0) / (~np.isnan(values)).sum(axis=0)


def covariances(left: Floats, right: Floats) -> Floats:
    """Sample covariance (n − 1) of each pair of columns; both are NaN in the same cells, or in as many at the end."""
    n = (~np.isnan(left)).sum(axis=0)
    products = (left - means(left)) * (right - means(right))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(n > 1, np.nansum(products, axis=0) / (n - 1), np.nan)


def column_correlations(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """(Covariance, correlation) of each pair of columns; NaN where one of them doesn't vary."""
    covariance = covariances(left, right)
    spread = np.sqrt(covariances(left, left) * covariances(right, right))
    with np.errstate(invalid="ignore", divide="ignore"):
        return covariance, np.where(np.round(spread, DIGITS) > 0, covariance / spread, np.nan)


def medians(values: Floats) -> Floats:
    """Of each column, without NaN; NaN for an empty one. (np.nanmedian walks over the columns.)"""
    n = (~np.isnan(values)).sum(axis=0)
    in_order = np.sort(values, axis=0)  # NaN last
    columns = np.arange(values.shape[1])
    low = in_order[np.maximum((n - 1) // 2, 0), columns]
    high = in_order[np.minimum(n // 2, values.shape[0] - 1), columns]
    return np.where(n > 0, (low + high) / 2, np.nan)


def number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def brought(sittings: Sittings) -> Floats:
    """What each question brought to the share of the points won (n × k); the rows add up to that share."""
    points = np.where(np.isnan(sittings.shares), np.nan, sittings.points)
    return sittings.shares * points / np.nansum(points, axis=1, keepdims=True).clip(min=1e-9)


def mean_share(shares: Floats) -> Interval | None:
    """The mean with its interval: Wilson's where everybody was right or wrong, else by Student's t."""
    if bool(np.isin(shares, (0.0, 1.0)).all()):
        return proportion_interval(int(shares.sum()), int(shares.size))
    return share_interval(shares) if shares.size > 1 else None  # type: ignore[arg-type]
