"""Telling people. The row is written with the deed; mail waits for the commit."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation

from lms import events
from lms.notifications.kinds import words
from lms.notifications.models import MailDelivery, Notification
from lms.notifications.queries import MAX_MAIL_ATTEMPTS
from lms.people.models import User

logger = logging.getLogger(__name__)

#: While one worker sends a mail, no other touches it for so long; a worker that died in between is then forgotten.
LEASE = timedelta(minutes=5)
#: Rows of one INSERT.
BATCH = 500


@dataclass(frozen=True)
class News:
    """One of many pieces of news that are written together: as in `notify`."""

    recipient: User
    kind: str
    url: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def notify(
    recipient: User, *, kind: str, at: datetime, url: str = "", params: dict[str, Any] | None = None
) -> Notification:
    """Write the news and, where the person has an address, the mail that is due; `lms.receivers` enqueues it."""
    return notify_all([News(recipient, kind, url, params or {})], at=at)[0]


@transaction.atomic
def notify_all(news: Iterable[News], *, at: datetime) -> list[Notification]:
    """As `notify` for each, in few statements; every notification is announced."""
    notifications = Notification.objects.bulk_create(
        (
            Notification(recipient=each.recipient, kind=each.kind, params=each.params, url=each.url, created_at=at)
            for each in news
        ),
        batch_size=BATCH,
    )
    deliveries = MailDelivery.objects.bulk_create(
        (MailDelivery(notification=row, due_at=at) for row in notifications if row.recipient.email), batch_size=BATCH
    )
    mail = {delivery.notification_id: delivery.pk for delivery in deliveries}
    for row in notifications:
        events.notification_made.send(sender=Notification, notification=row, delivery_id=mail.get(row.pk), at=at)
    return notifications


def mark_read(notifications, *, at: datetime) -> int:
    """Mark the unread among the given notifications as read; returns how many."""
    return notifications.unread().update(read_at=at)


def deliver_mail(delivery_id: int, *, at: datetime) -> bool:
    """Send one due mail in its reader's language; True when this call sent it. Two workers send once: whoever counts
    the try up first holds it for `LEASE`. A failure is counted and kept in words, and tried again later and later by
    the sweep; it is not raised."""
    mine = MailDelivery.objects.filter(
        Q(attempts=0) | Q(due_at__lte=at), pk=delivery_id, done_at__isnull=True, attempts__lt=MAX_MAIL_ATTEMPTS
    )
    delivery = mine.select_related("notification__recipient").first()
    if delivery is None or not mine.filter(attempts=delivery.attempts).update(
        attempts=F("attempts") + 1, due_at=at + LEASE
    ):
        return False
    recipient = delivery.notification.recipient
    outcome: dict[str, Any] = {"done_at": at, "last_error": ""}
    is_sent = False
    try:
        if recipient.email and recipient.is_active:
            _mail_of(delivery.notification, recipient).send()
            is_sent = True
        else:
            outcome["last_error"] = "no address"
    except Exception as error:  # a mail server fails in many ways; each of them means: later
        logger.warning("Mail %s could not be sent", delivery_id, exc_info=True)
        later = at + timedelta(minutes=2**delivery.attempts)
        outcome = {"due_at": later, "last_error": f"{type(error).__name__}: {error}"[:300]}
    MailDelivery.objects.filter(pk=delivery_id, done_at__isnull=True).update(**outcome)
    return is_sent


def _mail_of(notification: Notification, recipient: User) -> EmailMessage:
    with translation.override(recipient.language):
        title, body = words(notification.kind, notification.params, in_mail=True)
        url = urljoin(settings.WAGTAILADMIN_BASE_URL, notification.url) if notification.url else ""
        text = render_to_string(
            "notifications/mail.txt", {"recipient": recipient, "title": title, "body": body, "url": url}
        )
    return EmailMessage(subject=" ".join(title.split()), body=text, to=[recipient.email])
