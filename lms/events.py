"""What the ground floor announces, inside the transaction that made it true."""

from django.dispatch import Signal

#: person: User, at: datetime – an account was made.
person_joined = Signal()
#: person: User, at: datetime – somebody entered or left a team or a role.
membership_changed = Signal()
#: person: User, at: datetime – the job role (and with it what is required) is another one.
job_role_changed = Signal()
#: notification: Notification, at: datetime – somebody is to be told something.
notification_made = Signal()
