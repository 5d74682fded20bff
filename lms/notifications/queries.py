"""Reads of news and of the mail that is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from lms.notifications.kinds import words
from lms.notifications.models import MailDelivery, Notification
from lms.people.models import User

#: Under this name the number of unread news stands on the person who opens a page.
UNREAD = "unread_news"
#: After so many failed tries a mail is given up; the news itself stays in the app.
MAX_MAIL_ATTEMPTS = 8
#: A mail that a worker was told about should be on its way by then; later than this, the sweep tells one again.
LATE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class NewsRow:
    """One line of the list, in the active language."""

    pk: int
    title: str
    body: str
    created_at: datetime
    is_unread: bool
    leads_on: bool


def news_rows(notifications: Iterable[Notification]) -> list[NewsRow]:
    rows = []
    for notification in notifications:
        title, body = words(notification.kind, notification.params)
        rows.append(
            NewsRow(
                pk=notification.pk,
                title=title,
                body=body,
                created_at=notification.created_at,
                is_unread=notification.read_at is None,
                leads_on=bool(notification.url),
            )
        )
    return rows


def unread_count(person: User) -> int:
    """As it was when the person was read, where it was read alongside."""
    known = getattr(person, UNREAD, None)
    return Notification.objects.visible_to(person).unread().count() if known is None else known


def unread_of_each() -> Combinable:
    """The same as an expression over users."""
    unread = Notification.objects.unread().filter(recipient=OuterRef("pk")).order_by().values("recipient")
    return Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0)


def late_mail(*, at: datetime) -> QuerySet[MailDelivery]:
    """What a queue has lost, and what has failed and may be tried again."""
    return MailDelivery.objects.filter(
        done_at__isnull=True, due_at__lt=at - LATE_AFTER, attempts__lt=MAX_MAIL_ATTEMPTS
    ).order_by("due_at")
