"""Reads that span evaluations, marks, items, calls and people."""

from assessments.evaluations.queries.cards import evaluation_read, marking_groups, plain, score_so_far
from assessments.evaluations.queries.lists import (
    calls_in_queue,
    evaluations_of_others,
    mean_score,
    own_evaluations,
    queue_rows,
    tally,
    team_names,
)
from assessments.evaluations.queries.marks import evaluations_visible_to, judged_marks, marked_item, score_of

__all__ = [
    "calls_in_queue", "evaluation_read", "evaluations_of_others", "evaluations_visible_to", "judged_marks",
    "marked_item", "marking_groups", "mean_score", "own_evaluations", "plain", "queue_rows", "score_of",
    "score_so_far", "tally", "team_names",
]  # fmt: skip
