"""Intervals for means and shares. Pure functions on NumPy/SciPy; all raise ValueError for input they can't judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Interval:
    """An estimate between two bounds, from n observations."""

    estimate: float
    low: float
    high: float
    n: int


def mean_interval(scores: Sequence[float], confidence: float = 0.95, population: int | None = None) -> Interval:
    """Mean with its two-sided interval by Student's t.

    `scores`: one-dimensional, at least two values, no NaN. `population`: how many there are in all; when given, the
    standard error takes the finite-population factor sqrt((N − n)/(N − 1)).
    Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2; Cochran, Sampling Techniques, 2.4.
    """
    values = np.asarray(scores, dtype=float)
    if values.ndim != 1 or values.size < 2:
        raise ValueError("an interval of a mean needs at least two scores")
    if np.isnan(values).any():
        raise ValueError("scores must not contain NaN")
    _check_confidence(confidence)
    n = int(values.size)
    error = float(values.std(ddof=1)) / sqrt(n)
    if population is not None:
        if population < n:
            raise ValueError("the population is smaller than the sample")
        error *= sqrt((population - n) / (population - 1)) if population > 1 else 0.0
    margin = float(stats.t.ppf(0.5 + confidence / 2, n - 1)) * error
    mean = float(values.mean())
    return Interval(mean, mean - margin, mean + margin, n)


def proportion_interval(successes: int, n: int, confidence: float = 0.95, method: str = "wilson") -> Interval:
    """A share with its two-sided interval: `wilson` (score interval) or `exact` (Clopper–Pearson).

    Source: Wilson, JASA 22 (1927) 209–212; Clopper & Pearson, Biometrika 26 (1934) 404–413.
    """
    if n <= 0:
        raise ValueError("a share needs at least one observation")
    if not 0 <= successes <= n:
        raise ValueError("successes must lie between 0 and n")
    _check_confidence(confidence)
    share = successes / n
    if method == "exact":
        tail = (1 - confidence) / 2
        low = 0.0 if successes == 0 else float(stats.beta.ppf(tail, successes, n - successes + 1))
        high = 1.0 if successes == n else float(stats.beta.ppf(1 - tail, successes + 1, n - successes))
        return Interval(share, low, high, n)
    if method != "wilson":
        raise ValueError(f"unknown method {method!r}; use 'wilson' or 'exact'")
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    margin = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else centre - margin
    high = 1.0 if successes == n else centre + margin
    return Interval(share, low, high, n)


def share_interval(shares: Sequence[float], confidence: float = 0.95) -> Interval:
    """Mean of shares between 0 and 1, by `mean_interval`, cut to [0, 1]. Needs at least two."""
    values = np.asarray(shares, dtype=float)
    if values.size and (np.nanmin(values) < 0 or np.nanmax(values) > 1):
        raise ValueError("shares lie between 0 and 1")
    found = mean_interval(shares, confidence)
    return Interval(found.estimate, max(0.0, found.low), min(1.0, found.high), found.n)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie strictly between 0 and 1")
