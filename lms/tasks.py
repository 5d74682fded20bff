"""Work that waits for the commit, and sweeps. A task takes ids, calls one service, and may run twice without harm."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from lms.notifications.queries import late_mail
from lms.notifications.services import deliver_mail
from lms.people.services.signing import forget_dead_sessions

#: So many at a time; the next sweep takes the rest.
SWEEP_SIZE = 500


@shared_task
def send_notification_mail(delivery_id: int) -> None:
    """The mail of one notification, if it is still due."""
    deliver_mail(delivery_id, at=timezone.now())


@shared_task
def send_late_mail() -> int:
    """Enqueue again what a queue lost or a mail server refused; returns how many."""
    late = list(late_mail(at=timezone.now()).values_list("pk", flat=True)[:SWEEP_SIZE])
    for delivery_id in late:
        send_notification_mail.delay(delivery_id)
    return len(late)


@shared_task
def clear_expired_sessions() -> None:
    """Sessions past their time, and the rows that listed them."""
    call_command("clearsessions")
    forget_dead_sessions()
