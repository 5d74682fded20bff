"""The quiz as a whole."""

from math import sqrt

import numpy as np

from assessments.itemanalysis.rules.columns import brought
from assessments.itemanalysis.rules.values import BARS, DIGITS, LEAST_FOR_CORRELATIONS, Bar, Floats, Sittings, Summary
from assessments.statistics import (
    Interval,
    alpha_interval,
    cronbach_alpha,
    kurtosis,
    proportion_interval,
    share_interval,
    skewness,
)


def summarise(sittings: Sittings) -> Summary:
    scores, n = np.round(sittings.scores, DIGITS), sittings.n
    is_flat = bool(np.ptp(scores) == 0)
    sd = float(scores.std(ddof=1))
    parts, is_by_place = alpha_parts(sittings)
    alpha = _alpha(parts)
    ratio = None if alpha is None else sqrt(1 - alpha.estimate)
    return Summary(
        n=n,
        mean=share_interval(scores),  # type: ignore[arg-type]
        median=float(np.median(scores)),
        sd=0.0 if is_flat else sd,
        skewness=None if is_flat else skewness(scores),
        kurtosis=None if is_flat else kurtosis(scores),
        passed=proportion_interval(int(sittings.passed.sum()), n),
        alpha=alpha,
        alpha_parts=parts.shape[1] if alpha else 0,
        is_by_place=is_by_place,
        error_ratio=None if ratio is None else 100 * ratio,
        standard_error=None if ratio is None else sd * ratio,
        bars=histogram(scores),
    )


def alpha_parts(sittings: Sittings) -> tuple[Floats, bool]:
    """(What each part brought to the score, persons × parts without NaN; whether the parts are places.)

    Parts are the questions where everybody was asked the same ones. Where questions are drawn at random, the places are
    the parts, as in the Moodle quiz statistics: the first question of each learner, the second … Differences in
    difficulty between the draws then count as error, as they are for the learner. Learners with a void question are left
    out there.
    """
    parts = brought(sittings)
    asked = ~np.isnan(parts)
    live = asked.any(axis=0)
    if asked[:, live].all():
        return parts[:, live], False
    rows, columns = np.nonzero(asked)
    places = sittings.places[rows, columns].astype(np.int64) - 1
    by_place = np.full((sittings.n, int(places.max(initial=-1)) + 1), np.nan)
    by_place[rows, places] = parts[rows, columns]
    filled = ~np.isnan(by_place)
    by_place = by_place[:, filled.any(axis=0)]
    return by_place[~np.isnan(by_place).any(axis=1)], True


def _alpha(parts: Floats) -> Interval | None:
    n, k = parts.shape
    if n < LEAST_FOR_CORRELATIONS or k < 2 or np.ptp(np.round(parts.sum(axis=1), DIGITS)) == 0:
        return None
    return alpha_interval(cronbach_alpha(parts), n=n, k=k)


def histogram(scores: Floats, bars: int = BARS) -> tuple[Bar, ...]:
    """Scores of 0–1 counted in bars of equal width; a score on a border belongs to the bar above it, 1 to the last."""
    places = np.clip(np.floor(np.round(scores * bars, DIGITS - 3)), 0, bars - 1).astype(np.int64)
    counts = np.bincount(places, minlength=bars)
    return tuple(Bar(place / bars, (place + 1) / bars, int(n)) for place, n in enumerate(counts))
