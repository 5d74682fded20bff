"""Sums over the columns of an array in which NaN says: not there."""

import numpy as np

from assessments.itemanalysis.rules.values import DIGITS, Floats, Sittings


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
