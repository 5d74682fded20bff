"""Question by question: how hard, how telling, and who chose what."""

from dataclasses import replace
from math import sqrt

import numpy as np

from assessments.itemanalysis.rules.answers import answers_given, parts_right
from assessments.itemanalysis.rules.columns import (
    Columns,
    brought,
    column_correlations,
    covariances,
    mean_share,
    means,
    medians,
    number,
)
from assessments.itemanalysis.rules.flags import findings
from assessments.itemanalysis.rules.values import (
    DIGITS,
    LEAST_FOR_CORRELATIONS,
    Bools,
    Floats,
    Given,
    Ints,
    OptionFigures,
    Parts,
    Picks,
    QuestionFigures,
    Sittings,
)
from assessments.statistics import Interval, correlation_interval, proportion_interval


def question_figures(sittings: Sittings, picks: Picks, given: Given, parts: Parts) -> list[QuestionFigures]:
    """The figures of each of the k questions, with what is worth a second look."""
    shares = sittings.shares
    columns = _columns(sittings)
    with_rest = np.where(np.isnan(columns.rest), np.nan, shares)
    covariance, correlation = column_correlations(with_rest, columns.rest)
    most = covariances(np.sort(with_rest, axis=0), np.sort(columns.rest, axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        efficiency = np.where(np.round(most, DIGITS) > 0, covariance / most, np.nan)
    variance = covariances(shares, shares)
    intended, effective = _weights(sittings, columns)
    seconds = np.where(columns.asked, sittings.seconds, np.nan)
    timed, middle = (~np.isnan(seconds)).sum(axis=0), medians(seconds)
    with np.errstate(invalid="ignore", divide="ignore"):
        was_asked = ~np.isnan(sittings.places)
        places = np.nansum(sittings.places, axis=0) / was_asked.sum(axis=0)
    options, blank = _options(picks, columns)
    typed = answers_given(given, columns)
    lines, blank_lines = parts_right(parts, columns)
    blank |= blank_lines | {j: answers.blank.n for j, answers in typed.items()}
    found = []
    for j in range(shares.shape[1]):
        n = int(columns.n[j])
        if n == 0:
            found.append(QuestionFigures(int(was_asked[:, j].sum()), bool(sittings.is_void[j]), float(places[j])))
            continue
        enough = columns.rest_n[j] >= LEAST_FOR_CORRELATIONS
        figures = QuestionFigures(
            n=n,
            is_void=bool(sittings.is_void[j]),
            place=float(places[j]),
            facility=mean_share(shares[columns.asked[:, j], j]),
            sd=sqrt(variance[j]) if n > 1 else None,
            intended_weight=float(intended[j]),
            effective_weight=number(effective[j]) if enough else None,
            discrimination=_correlation(correlation[j], int(columns.rest_n[j])),
            efficiency=number(efficiency[j]) if enough else None,
            median_seconds=number(middle[j]),
            timed=int(timed[j]),
            blank=blank.get(j),
            upper_n=int(columns.upper[:, j].sum()),
            lower_n=int(columns.lower[:, j].sum()),
            options=options.get(j, ()),
            typed=typed.get(j),
            parts=lines.get(j, ()),
        )
        chance = float(sittings.chance[j])
        found.append(replace(figures, findings=findings(figures, chance=chance)))
    return found


def _columns(sittings: Sittings) -> Columns:
    asked = ~np.isnan(sittings.shares)
    points = np.where(asked, sittings.points, 0.0)
    won = np.where(asked, sittings.shares * sittings.points, 0.0)
    out_of = points.sum(axis=1, keepdims=True) - points
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = (won.sum(axis=1, keepdims=True) - won) / out_of
    rest = np.where(asked & (out_of > 0), np.round(rest, DIGITS), np.nan)
    rest_n = (~np.isnan(rest)).sum(axis=0)
    mean = means(rest)
    lower, upper = _thirds(rest, rest_n)
    return Columns(asked, asked.sum(axis=0), rest, rest_n, mean, covariances(rest, rest), upper, lower)


def _thirds(rest: Floats, n: Ints) -> tuple[Bools, Bools]:
    """Who is in the lower and in the upper third of each column. Those with the score at the border are in, so that
    nobody's place decides; no thirds where both borders are the same score."""
    k = rest.shape[1]
    third = np.maximum(1, -(-n // 3))
    in_order = np.sort(rest, axis=0)  # NaN last
    last = max(rest.shape[0] - 1, 0)
    low = in_order[np.minimum(third - 1, last), np.arange(k)]
    high = in_order[np.clip(n - third, 0, last), np.arange(k)]
    is_apart = low < high
    return (rest <= low) & is_apart, (rest >= high) & is_apart


def _weights(sittings: Sittings, columns: Columns) -> tuple[Floats, Floats]:
    """(Intended, effective) weight of each question, shares that add up to 1.

    Intended: its share of the points, in the mean over all learners. Effective: the square root of the covariance of
    what it brought with the whole, of the sum of these roots; times the share of learners who were asked where
    questions are drawn. A negative covariance has no root: NaN, and nothing in the sum (Moodle does the same).
    """
    points = np.where(columns.asked, sittings.points, 0.0)
    totals = points.sum(axis=1, keepdims=True).clip(min=1e-9)
    intended = (points / totals).sum(axis=0) / max(1, int((totals > 1e-9).sum()))
    parts = brought(sittings)
    whole = np.where(columns.asked, np.nansum(parts, axis=1, keepdims=True), np.nan)
    covariance = np.round(covariances(parts, whole), DIGITS)
    roots = np.sqrt(np.where(covariance > 0, covariance, 0.0)) * columns.n / max(1, sittings.n)
    total = roots.sum()
    effective = roots / total if total > 0 else np.full_like(roots, np.nan)
    return intended, np.where(covariance < 0, np.nan, effective)


def _correlation(value: float, n: int) -> Interval | None:
    if n < LEAST_FOR_CORRELATIONS or np.isnan(value):
        return None
    return correlation_interval(float(np.clip(value, -1, 1)), n)


def _options(picks: Picks, columns: Columns) -> tuple[dict[int, tuple[OptionFigures, ...]], dict[int, int]]:
    """(The options' figures, how many left it blank) by question; only questions that are answered by choosing.

    The point-biserial correlation is that of choosing the option with the rest of the quiz; who left the question blank
    chose none of them.
    """
    of, k = picks.of_question, picks.of_question.size
    rows, chosen = picks.sittings, picks.options
    counts = columns.asked[rows, of[chosen]] if chosen.size else np.zeros(0, np.bool_)
    rows, chosen = rows[counts], chosen[counts]
    questions = of[chosen]
    rest = columns.rest[rows, questions]
    has_rest = ~np.isnan(rest)
    picked = np.bincount(chosen, minlength=k)
    picked_rest = np.bincount(chosen[has_rest], minlength=k)
    rest_sum = np.bincount(chosen[has_rest], weights=rest[has_rest], minlength=k)
    upper = np.bincount(chosen[columns.upper[rows, questions]], minlength=k)
    lower = np.bincount(chosen[columns.lower[rows, questions]], minlength=k)
    is_answered = np.zeros(columns.asked.shape, np.bool_)
    is_answered[rows, questions] = True
    n_answered = is_answered.sum(axis=0)
    n = columns.rest_n[of]
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = (rest_sum - picked_rest * columns.rest_mean[of]) / (n - 1)
        spread = np.sqrt(picked_rest * (1 - picked_rest / n) / (n - 1) * columns.rest_variance[of])
        biserial = np.where(np.round(spread, DIGITS) > 0, covariance / spread, np.nan)
        rest_means = np.where(picked_rest > 0, rest_sum / picked_rest, np.nan)
        upper_share = upper / columns.upper.sum(axis=0)[of]
        lower_share = lower / columns.lower.sum(axis=0)[of]
    found: dict[int, list[OptionFigures]] = {}
    for place in range(k):
        j = int(of[place])
        asked = int(columns.n[j])
        found.setdefault(j, []).append(
            OptionFigures(
                is_right=bool(picks.is_right[place]),
                share=proportion_interval(int(picked[place]), asked) if asked else None,
                n=int(picked[place]),
                rest_mean=number(rest_means[place]),
                point_biserial=_correlation(biserial[place], int(n[place])),
                upper=number(upper_share[place]),
                lower=number(lower_share[place]),
            )
        )
    blank = {j: int(columns.n[j] - n_answered[j]) for j in found}
    return {j: tuple(rows) for j, rows in found.items()}, blank
