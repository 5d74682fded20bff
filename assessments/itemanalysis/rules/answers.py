"""What was typed, and what was right line by line: questions that aren't answered by choosing an option."""

import numpy as np

from assessments.itemanalysis.rules.columns import Columns, mean_share, number
from assessments.itemanalysis.rules.values import (
    MOST_ANSWERS,
    AnswerFigures,
    Floats,
    Given,
    Ints,
    PartFigures,
    Parts,
    TypedFigures,
)
from assessments.statistics import proportion_interval


def answers_given(given: Given, columns: Columns) -> dict[int, TypedFigures]:
    """By question: the MOST_ANSWERS most frequent answers, of equally frequent ones the one that stands first."""
    of, k = given.of_question, given.of_question.size
    counts = columns.asked[given.sittings, of[given.answers]] if k else np.zeros(0, np.bool_)
    rows, answers = given.sittings[counts], given.answers[counts]
    rest = columns.rest[rows, of[answers]]
    has_rest = ~np.isnan(rest)
    n = np.bincount(answers, minlength=k)
    rest_n = np.bincount(answers[has_rest], minlength=k)
    rest_sum = np.bincount(answers[has_rest], weights=rest[has_rest], minlength=k)
    is_blank = columns.asked.copy()
    is_blank[rows, of[answers]] = False
    in_order = np.lexsort((-n, of))
    borders = np.searchsorted(of[in_order], np.stack([given.questions, given.questions + 1]))
    found = {}
    for place, j in enumerate(given.questions.tolist()):
        asked = int(columns.n[j])
        if asked == 0:
            continue
        own = in_order[borders[0, place] : borders[1, place]]
        own = own[n[own] > 0]
        top, others = own[:MOST_ANSWERS], own[MOST_ANSWERS:]
        blank_rest = columns.rest[is_blank[:, j], j]
        found[j] = TypedFigures(
            top=tuple(_figures(n, rest_sum, rest_n, np.array([each]), asked, int(each)) for each in top),
            others=_figures(n, rest_sum, rest_n, others, asked) if others.size else None,
            blank=AnswerFigures(
                n=int(blank_rest.size),
                share=proportion_interval(int(blank_rest.size), asked),
                rest_mean=_mean(np.nansum(blank_rest), int((~np.isnan(blank_rest)).sum())),
                distinct=0,
            ),
        )
    return found


def _figures(
    n: Ints, rest_sum: Floats, rest_n: Ints, places: Ints, asked: int, answer: int | None = None
) -> AnswerFigures:
    together = int(n[places].sum())
    return AnswerFigures(
        n=together,
        share=proportion_interval(together, asked),
        rest_mean=_mean(rest_sum[places].sum(), int(rest_n[places].sum())),
        answer=answer,
        distinct=int(places.size),
    )


def _mean(total: float, n: int) -> float | None:
    return number(total / n) if n else None


def parts_right(parts: Parts, columns: Columns) -> tuple[dict[int, tuple[PartFigures, ...]], dict[int, int]]:
    """(The figures of the parts, how many left all of them blank) by question. A part that is left blank is worth nothing."""
    of = parts.of_question
    counts = columns.asked[parts.sittings, of[parts.parts]] if of.size else np.zeros(0, np.bool_)
    rows, filled, worth = parts.sittings[counts], parts.parts[counts], parts.worth[counts]
    shares = np.zeros((columns.asked.shape[0], of.size))
    shares[rows, filled] = worth
    n = np.bincount(filled, minlength=of.size)
    is_answered = np.zeros(columns.asked.shape, np.bool_)
    is_answered[rows, of[filled]] = True
    found: dict[int, list[PartFigures]] = {}
    for place, j in enumerate(of.tolist()):
        asked = columns.asked[:, j]
        share = mean_share(shares[asked, place]) if asked.any() else None
        found.setdefault(j, []).append(PartFigures(share, blank=int(columns.n[j] - n[place])))
    blank = {j: int(columns.n[j] - is_answered[:, j].sum()) for j in found}
    return {j: tuple(rows) for j, rows in found.items()}, blank
