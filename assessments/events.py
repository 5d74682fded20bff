"""What measuring announces, inside the transaction that made it true."""

from django.dispatch import Signal

#: attempt: Attempt, at: datetime
attempt_graded = Signal()
#: evaluation: Evaluation, at: datetime – an evaluation of a real call became visible to its agent.
evaluation_released = Signal()
#: mystery_call: MysteryCall, at: datetime
mystery_call_settled = Signal()
#: mystery_call: MysteryCall, at: datetime
mystery_call_forfeited = Signal()
