"""The doors of quizzes: sitting one, and what others do about it (`staff` marks and corrects, `room` runs the exam)."""

from assessments.attempts.views.saving import attempt_check, attempt_flag, attempt_record, attempt_save
from assessments.attempts.views.sitting import (
    attempt,
    attempt_clock,
    attempt_list,
    attempt_review,
    attempt_submit,
    quiz_start,
    quiz_try,
)

__all__ = [
    "attempt", "attempt_check", "attempt_clock", "attempt_flag", "attempt_list", "attempt_record", "attempt_review",
    "attempt_save", "attempt_submit", "quiz_start", "quiz_try",
]  # fmt: skip
