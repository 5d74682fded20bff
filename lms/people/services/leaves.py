"""Keeping the days of a leave, which the status alone doesn't know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from lms import events
from lms.kernel.bulk import update_rows
from lms.people.models import Leave, User
from lms.people.queries import local_day_of
from lms.people.states import PersonStatus

BATCH = 500


@transaction.atomic
def follow_leaves(*, at: datetime, among: Collection[int] | None = None) -> list[int]:
    """Begin the leave of whoever's status says so, end that of whoever is back or has left; the days are those at the
    person's site. Returns whose days are others (ids), and announces them as `availability_changed`. Idempotent.

    `among`: only these people (ids)."""
    people = User.objects.select_related("site")
    open_leaves = Leave.objects.filter(to_on__isnull=True)
    if among is not None:
        people, open_leaves = people.filter(pk__in=among), open_leaves.filter(person__in=among)
    beginning = list(
        people.filter(~Exists(open_leaves.filter(person=OuterRef("pk"))), status=PersonStatus.LEAVE).order_by("pk")
    )
    Leave.objects.bulk_create(
        (Leave(person=person, from_on=local_day_of(person, at=at)) for person in beginning), batch_size=BATCH
    )
    ending = list(
        open_leaves.exclude(person__status=PersonStatus.LEAVE).select_related("person__site").order_by("person")
    )
    update_rows(Leave, ["to_on"], [(row.pk, max(row.from_on, local_day_of(row.person, at=at))) for row in ending])
    changed = [*(person.pk for person in beginning), *(row.person_id for row in ending)]
    if changed:
        events.availability_changed.send(sender=Leave, people=changed, at=at)
    return changed
