"""What the ground floor does when something is announced."""

from functools import partial

from django.db import transaction
from django.dispatch import receiver

from lms import events, tasks
from lms.notifications.models import MailDelivery
from lms.people.services.groups import sync_groups


@receiver(events.notification_made, dispatch_uid="lms.enqueue_mail")
def enqueue_mail(sender, notification, at, **kwargs) -> None:
    """The mail goes to a worker once the deed is committed. A broker that is down loses nothing: the sweep asks the
    table, so its error is logged and not shown to whoever did the deed."""
    if not notification.recipient.email:
        return
    delivery = MailDelivery.objects.filter(notification=notification).values_list("pk", flat=True).first()
    if delivery is not None:
        transaction.on_commit(partial(tasks.send_notification_mail.delay, delivery), robust=True)


@receiver([events.person_joined, events.membership_changed], dispatch_uid="lms.sync_groups")
def follow_roles_with_groups(sender, person, at, **kwargs) -> None:
    """The back office opens and shuts with the role, in the same transaction."""
    sync_groups(person, at=at)
