"""Django groups follow roles, so that the back office and `can_…` agree. Apps give the groups their rights."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group
from django.db import transaction

from lms.people.models import Membership, User
from lms.people.states import ADMINISTRATORS, PersonStatus, Role

#: Groups of other names are left alone.
KEPT = frozenset({*Role.values, ADMINISTRATORS})


@transaction.atomic
def sync_groups(person: User, *, at: datetime) -> None:
    """Put the person into exactly the groups of the roles held on the day; who has left is in none. Idempotent."""
    wanted: set[str] = set()
    if person.is_active and person.status != PersonStatus.LEFT:
        day = at.astimezone(ZoneInfo(person.time_zone)).date()
        wanted.update(Membership.objects.on(day).filter(person=person).values_list("role", flat=True))
        if person.is_administrator:
            wanted.add(ADMINISTRATORS)
    held = set(person.groups.filter(name__in=KEPT).values_list("name", flat=True))
    if held != wanted:
        person.groups.remove(*Group.objects.filter(name__in=held - wanted))
        person.groups.add(*(Group.objects.get_or_create(name=name)[0] for name in sorted(wanted - held)))
