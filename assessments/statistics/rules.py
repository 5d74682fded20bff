"""Intervals for means, shares, correlations and reliability; the shape of a distribution. Pure functions on NumPy/SciPy;
all raise ValueError for input they can't judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
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


def skewness(scores: ArrayLike) -> float:
    """How lopsided a distribution is: the adjusted Fisher–Pearson coefficient G1, 0 for a symmetrical one, negative for
    a tail to the left.

    `scores`: one-dimensional, at least three values that aren't all the same, no NaN. G1 = k3 / k2^(3/2) with Fisher's
    k-statistics, the definition of Excel's SKEW, SPSS and the Moodle quiz statistics.
    Source: Joanes & Gill, The Statistician 47 (1998) 183–189.
    """
    values = _sample(scores, least=3)
    return float(stats.skew(values, bias=False))


def kurtosis(scores: ArrayLike) -> float:
    """How heavy the tails of a distribution are: the bias-corrected sample excess kurtosis G2, 0 for a normal one.

    `scores`: one-dimensional, at least four values that aren't all the same, no NaN. G2 = k4 / k2² with Fisher's
    k-statistics, the definition of Excel's KURT, SPSS and the Moodle quiz statistics.
    Source: Joanes & Gill, The Statistician 47 (1998) 183–189.
    """
    values = _sample(scores, least=4)
    return float(stats.kurtosis(values, fisher=True, bias=False))


def cronbach_alpha(marks: ArrayLike) -> float:
    """Internal consistency: the share of the variance of the sums that the parts have in common, at most 1. For parts
    that are right or wrong it is Kuder–Richardson's formula 20.

    `marks`: persons × parts, at least two of each, no NaN, sums that differ. Sample variances (n − 1) throughout.
    Alpha = k/(k − 1) · (1 − sum of the parts' variances / variance of the sums); it can be negative.
    Source: Cronbach, Psychometrika 16 (1951) 297–334; Lord & Novick, Statistical Theories of Mental Test Scores (1968)
    4.4.
    """
    table = np.asarray(marks, dtype=float)
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 2:
        raise ValueError("alpha needs at least two persons and two parts")
    if np.isnan(table).any():
        raise ValueError("marks must not contain NaN")
    sums = table.sum(axis=1)
    if not _differs(sums):
        raise ValueError("alpha needs sums that differ")
    k = table.shape[1]
    parts = float(table.var(axis=0, ddof=1).sum())
    return min(1.0, k / (k - 1) * (1 - parts / float(sums.var(ddof=1))))


def alpha_interval(alpha: float, *, n: int, k: int, confidence: float = 0.95) -> Interval:
    """Cronbach's alpha of n persons and k parts with its two-sided interval: (1 − α)/(1 − alpha) follows F with n − 1 and
    (n − 1)(k − 1) degrees of freedom.

    Source: Feldt, Psychometrika 30 (1965) 357–370; Feldt, Woodruff & Salih, Applied Psychological Measurement 11 (1987)
    93–103, formulas 6 and 7.
    """
    if n < 2 or k < 2:
        raise ValueError("alpha needs at least two persons and two parts")
    if not alpha <= 1:
        raise ValueError("alpha is at most 1")
    _check_confidence(confidence)
    tail = (1 - confidence) / 2
    degrees = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - alpha) * float(stats.f.ppf(1 - tail, *degrees))
    high = 1 - (1 - alpha) * float(stats.f.ppf(tail, *degrees))
    return Interval(alpha, low, high, n)


def correlation_interval(correlation: float, n: int, confidence: float = 0.95) -> Interval:
    """A correlation of n pairs with its two-sided interval by Fisher's z; at least four pairs.

    Source: Fisher, Metron 1 (1921) 3–32; exact for normal pairs, else an approximation.
    """
    if n < 4:
        raise ValueError("an interval of a correlation needs at least four pairs")
    if not -1 <= correlation <= 1:
        raise ValueError("a correlation lies between −1 and 1")
    _check_confidence(confidence)
    if abs(correlation) == 1:
        return Interval(correlation, correlation, correlation, n)
    margin = float(stats.norm.ppf(0.5 + confidence / 2)) / sqrt(n - 3)
    z = float(np.arctanh(correlation))
    return Interval(correlation, float(np.tanh(z - margin)), float(np.tanh(z + margin)), n)


def point_biserial(chosen: ArrayLike, scores: ArrayLike) -> float:
    """The correlation of a choice (made or not) with a score, between −1 and 1: positive where choosers score higher.

    `chosen`: booleans, `scores`: as many numbers, at least two, no NaN; some choose and some don't, and scores differ.
    Source: Allen & Yen, Introduction to Measurement Theory (1979) 2.5; Lord & Novick (1968) 15.5.
    """
    choice, values = np.asarray(chosen, dtype=float), _sample(scores, least=2)
    if choice.shape != values.shape:
        raise ValueError("one score is given for each choice")
    if not _differs(choice):
        raise ValueError("some choose and some don't")
    return float(np.clip(np.corrcoef(choice, values)[0, 1], -1, 1))


def _sample(scores: ArrayLike, *, least: int) -> NDArray[np.float64]:
    values = np.asarray(scores, dtype=float)
    if values.ndim != 1 or values.size < least:
        raise ValueError(f"at least {least} scores are needed")
    if np.isnan(values).any():
        raise ValueError("scores must not contain NaN")
    if not _differs(values):
        raise ValueError("scores that are all the same have no shape")
    return values


def _differs(values: NDArray[np.float64]) -> bool:
    """Not all the same, but for what rounding does."""
    return float(np.ptp(values)) > 1e-12 * max(1.0, float(np.abs(values).max()))


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie strictly between 0 and 1")
