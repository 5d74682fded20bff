"""Judgements about questions: is a wording complete, when are two texts the same, what is an answer worth."""

from assessments.bank.rules.folding import fold, is_accepted, read_number
from assessments.bank.rules.grading import (
    AnswerKey,
    GapKey,
    MalformedAnswer,
    OptionKey,
    checked,
    grade,
    is_blank,
)
from assessments.bank.rules.wording import (
    GAP,
    Fault,
    GapWords,
    OptionWords,
    Wording,
    faults,
    gaps_in,
    media_in,
    placed_faults,
    takes_several,
)

__all__ = [
    "GAP", "AnswerKey", "Fault", "GapKey", "GapWords", "MalformedAnswer", "OptionKey", "OptionWords", "Wording", "checked", "faults",
    "fold", "gaps_in", "grade", "is_accepted", "is_blank", "media_in", "placed_faults",
    "read_number", "takes_several",
]  # fmt: skip
