"""What the ground floor does when something is announced."""

from functools import partial

from django.db import transaction
from django.dispatch import receiver

from lms import events, tasks
from lms.notifications.queries import UNREAD, unread_of_each
from lms.people.queries import read_alongside
from lms.people.services.groups import sync_groups, sync_groups_of

read_alongside(UNREAD, unread_of_each())


@receiver(events.notification_made, dispatch_uid="lms.enqueue_mail")
def enqueue_mail(sender, notification, at, delivery_id=None, **kwargs) -> None:
    """The mail goes to a worker once the deed is committed. A broker that is down loses nothing: the sweep asks the
    table, so its error is logged and not shown to whoever did the deed."""
    if delivery_id is not None:
        transaction.on_commit(partial(tasks.send_notification_mail.delay, delivery_id), robust=True)


@receiver(events.import_asked, dispatch_uid="lms.enqueue_import")
def enqueue_import(sender, batch, at, **kwargs) -> None:
    """A worker writes it once it is committed that somebody asked; the sweep asks the table."""
    transaction.on_commit(partial(tasks.write_import.delay, batch.pk), robust=True)


@receiver([events.person_joined, events.membership_changed], dispatch_uid="lms.sync_groups")
def follow_roles_with_groups(sender, person, at, is_one_of_many=False, **kwargs) -> None:
    """The back office opens and shuts with the role, in the same transaction."""
    if not is_one_of_many:
        sync_groups(person, at=at)


@receiver(events.people_imported, dispatch_uid="lms.sync_groups_of_many")
def follow_imported_roles_with_groups(sender, joined, moved, at, **kwargs) -> None:
    sync_groups_of({person.pk: person for person in [*joined, *moved]}.values(), at=at)
