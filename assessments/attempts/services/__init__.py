"""Sitting a quiz: start, save, flag, hand in, the sweep for those who stay away; and what people do about it."""

from assessments.attempts.services.answering import (
    MOST_RECORDING_BYTES,
    MOST_RECORDINGS,
    HandedIn,
    NotKept,
    Save,
    Saved,
    TimeIsUp,
    TooManyRecordings,
    UnfitRecording,
    check_answer,
    keep_recording,
    save_answer,
    save_answers,
    set_flag,
)
from assessments.attempts.services.ending import close_overdue_attempts, submit_attempt
from assessments.attempts.services.marking import (
    CannotMark,
    MarkedBefore,
    NotWaiting,
    OthersDisagree,
    mark_answer,
)
from assessments.attempts.services.regrading import (
    AlreadyVoid,
    ChangedMeanwhile,
    commit_regrade,
    void_question,
    withdraw_void,
)
from assessments.attempts.services.sitting import (
    CannotStart,
    NoAttemptsLeft,
    NothingToSit,
    NotOpen,
    WaitFirst,
    open_attempt_of,
    start_attempt,
)
from assessments.attempts.services.timing import give_extra_time, recompute_deadlines

__all__ = [
    "MOST_RECORDINGS", "MOST_RECORDING_BYTES", "AlreadyVoid", "CannotMark", "CannotStart", "ChangedMeanwhile", "HandedIn",
    "MarkedBefore", "NoAttemptsLeft", "NotKept", "NotOpen", "NotWaiting", "NothingToSit", "OthersDisagree", "Save",
    "Saved", "TimeIsUp", "TooManyRecordings", "UnfitRecording", "WaitFirst", "check_answer", "close_overdue_attempts", "commit_regrade",
    "give_extra_time", "keep_recording", "mark_answer", "open_attempt_of", "recompute_deadlines", "save_answer",
    "save_answers", "set_flag", "start_attempt", "submit_attempt", "void_question", "withdraw_void",
]  # fmt: skip
