"""What the ground floor announces, inside the transaction that made it true."""

from django.dispatch import Signal

#: person: User, at: datetime – an account was made.
person_joined = Signal()
#: person: User, at: datetime – somebody entered or left a team or a role.
membership_changed = Signal()
#: person: User, at: datetime – the job role (and with it what is required) is another one.
job_role_changed = Signal()
#: joined, moved, given_jobs: list[User], at: datetime – an import has announced all of its people one by one, each with
#: `is_one_of_many=True`, in this transaction. What does the same for each of them does it here, for all at once.
people_imported = Signal()
#: people: list[int], at: datetime – their days of work are others: a roster was written, a leave began or ended.
availability_changed = Signal()
#: batch: ImportBatch, at: datetime – a long file was confirmed and is to be written by a worker.
import_asked = Signal()
#: notification: Notification, delivery_id: int | None (its mail), at: datetime – somebody is to be told something.
notification_made = Signal()
