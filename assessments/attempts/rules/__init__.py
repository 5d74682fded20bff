"""Judgements about a sitting: which answer counts, what the whole is worth, when it is over."""

from assessments.attempts.rules.giving import attention, given_state, is_late
from assessments.attempts.rules.marking import UnfitMarks, blind_order, rubric_share
from assessments.attempts.rules.scoring import (
    Agreement,
    GradedAnswer,
    Outcome,
    SectionResult,
    Standing,
    Verdict,
    agreed_share,
    counted_answers,
    percent,
    right_needed,
    shares_by_skill,
    shown_share,
    standing,
    verdict,
)
from assessments.attempts.rules.timing import (
    TOLERANCE,
    Ending,
    SavedAnswer,
    counting,
    ending,
    is_in_time,
    is_synced_late,
    last_moment,
    made_at,
    seconds_spent,
)

__all__ = [
    "TOLERANCE", "Agreement", "Ending", "GradedAnswer", "Outcome", "SavedAnswer", "SectionResult", "Standing",
    "UnfitMarks", "Verdict", "agreed_share", "attention", "blind_order", "counted_answers", "counting", "ending", "given_state", "is_in_time",
    "is_late", "is_synced_late", "last_moment", "made_at", "percent", "right_needed", "rubric_share", "seconds_spent", "shares_by_skill", "shown_share", "standing", "verdict",
]  # fmt: skip
