"""Work that waits for the commit, and sweeps. A task takes ids, calls one service, and may run twice without harm."""

from datetime import timedelta

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from lms.notifications.queries import late_mail
from lms.notifications.services import deliver_mail
from lms.people.models import ImportBatch
from lms.people.services.imports import finish_import, give_import_back
from lms.people.services.leaves import follow_leaves as follow
from lms.people.services.signing import forget_dead_sessions
from lms.people.states import ImportSetback

#: So many at a time; the next sweep takes the rest.
SWEEP_SIZE = 500
#: The longest file there may be is written in this time; who still waits has been forgotten.
IMPORT_TIME = timedelta(minutes=5)
#: Something in the file kills its worker each time.
IMPORT_PATIENCE = timedelta(hours=1)


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
def write_import(batch_id: int) -> None:
    """A long file of people or roster lines, if it still waits."""
    finish_import(batch_id, at=timezone.now())


@shared_task
def write_late_imports() -> int:
    """Enqueue again the confirmed files that a queue lost or whose worker died; give back what is hopeless."""
    now = timezone.now()
    for batch_id in ImportBatch.objects.asked_before(now - IMPORT_PATIENCE).values_list("pk", flat=True):
        give_import_back(batch_id, ImportSetback.FAILED)
    late = list(ImportBatch.objects.asked_before(now - IMPORT_TIME).values_list("pk", flat=True))
    for batch_id in late:
        write_import.delay(batch_id)
    return len(late)


@shared_task
def clear_expired_sessions() -> None:
    """Sessions past their time, and the rows that listed them."""
    call_command("clearsessions")
    forget_dead_sessions()


@shared_task
def follow_leaves() -> int:
    """Keep the days of leaves that no import has told of; returns whose days are others."""
    return len(follow(at=timezone.now()))
