"""What measuring announces, inside the transaction that made it true."""

from django.dispatch import Signal

#: attempt: Attempt, at: datetime
attempt_graded = Signal()
#: attempt: Attempt, was_passed: bool, is_passed: bool, at: datetime – a graded attempt has another score; the two say
#: whether the assignment's result (by the rule of which attempt counts) was passed before and is now.
attempt_regraded = Signal()
#: quiz: Quiz, at: datetime – an exception was given or withdrawn.
window_changed = Signal()
#: evaluation: Evaluation, at: datetime – an evaluation of a real call became visible to its agent.
evaluation_released = Signal()
#: mystery_call: MysteryCall, at: datetime
mystery_call_settled = Signal()
#: mystery_call: MysteryCall, at: datetime
mystery_call_forfeited = Signal()
