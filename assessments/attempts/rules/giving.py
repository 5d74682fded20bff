"""How a quiz that was given by hand stands with somebody, and who needs attention first."""

from datetime import date, datetime

from assessments.attempts.states import GivenState

#: Time can run out for these only.
TO_DO = frozenset({GivenState.NOT_BEGUN, GivenState.SITTING, GivenState.NOT_PASSED})
_ORDER = (
    GivenState.NOT_PASSED,
    GivenState.NOT_BEGUN,
    GivenState.SITTING,
    GivenState.BEING_MARKED,
    GivenState.TAKEN_BACK,
    GivenState.PASSED,
)


def given_state(
    *, n_attempts: int, is_passed: bool, is_being_sat: bool, is_being_marked: bool, is_taken_back: bool
) -> GivenState:
    """A pass stands whatever came after it, and a sitting that was open when the quiz was taken back may be finished."""
    if is_passed:
        return GivenState.PASSED
    if is_being_sat:
        return GivenState.SITTING
    if is_being_marked:
        return GivenState.BEING_MARKED
    if is_taken_back:
        return GivenState.TAKEN_BACK
    return GivenState.NOT_PASSED if n_attempts else GivenState.NOT_BEGUN


def is_late(state: GivenState, *, due_on: date | None, closes_at: datetime | None, today: date, at: datetime) -> bool:
    """The due day has passed, or the quiz has closed, before it was passed."""
    has_ended = (due_on is not None and due_on < today) or (closes_at is not None and closes_at <= at)
    return state in TO_DO and has_ended


def attention(state: GivenState, *, is_overdue: bool, may_go_on: bool) -> int:
    """The smaller, the sooner somebody should look: who is late, then whose attempts are used up."""
    if is_overdue:
        return 0
    if state == GivenState.NOT_PASSED and not may_go_on:
        return 1
    return 2 + _ORDER.index(state)
