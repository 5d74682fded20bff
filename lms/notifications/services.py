"""Telling people. The row is written with the deed; mail waits for the commit."""

from datetime import datetime
from typing import Any

from django.db import transaction

from lms import events
from lms.notifications.models import MailDelivery, Notification
from lms.people.models import User


@transaction.atomic
def notify(
    recipient: User, *, kind: str, at: datetime, url: str = "", params: dict[str, Any] | None = None
) -> Notification:
    """Write the news and, where the person has an address, the mail that is due; `lms.receivers` enqueues it."""
    notification = Notification.objects.create(
        recipient=recipient, kind=kind, params=params or {}, url=url, created_at=at
    )
    if recipient.email:
        MailDelivery.objects.create(notification=notification, due_at=at)
    events.notification_made.send(sender=Notification, notification=notification, at=at)
    return notification


def mark_read(notifications, *, at: datetime) -> int:
    """Mark the unread among the given notifications as read; returns how many."""
    return notifications.unread().update(read_at=at)
