"""Django groups follow roles, so that the back office and `can_…` agree. Apps give the groups their rights."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import batched
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group
from django.db import transaction

from lms.people.models import Membership, User
from lms.people.states import ADMINISTRATORS, PersonStatus, Role

#: Groups of other names are left alone.
KEPT = frozenset({*Role.values, ADMINISTRATORS})
BATCH = 500


def sync_groups(person: User, *, at: datetime) -> None:
    """Put the person into exactly the groups of the roles held on the day; who has left is in none. Idempotent."""
    sync_groups_of([person], at=at)


@transaction.atomic
def sync_groups_of(people: Iterable[User], *, at: datetime) -> None:
    """As `sync_groups` for each, in a few queries for every five hundred people."""
    for some in batched(people, BATCH):
        wanted = _wanted(some, at=at)
        held: defaultdict[int, set[str]] = defaultdict(set)
        kept = User.groups.through.objects.filter(user__in=wanted, group__name__in=KEPT)
        for person_id, name in kept.values_list("user_id", "group__name"):
            held[person_id].add(name)
        gone = [(pk, name) for pk, names in wanted.items() for name in held[pk] - names]
        new = [(pk, name) for pk, names in wanted.items() for name in sorted(names - held[pk])]
        _write(gone, new)


def _wanted(people: Iterable[User], *, at: datetime) -> dict[int, set[str]]:
    """{person's id: names of groups}. It isn't the same day at every site."""
    wanted: dict[int, set[str]] = {}
    by_day: defaultdict[date, list[int]] = defaultdict(list)
    for person in people:
        wanted[person.pk] = set()
        if person.is_active and person.status != PersonStatus.LEFT:
            by_day[at.astimezone(ZoneInfo(person.time_zone)).date()].append(person.pk)
            if person.is_administrator:
                wanted[person.pk].add(ADMINISTRATORS)
    for day, ids in by_day.items():
        for person_id, role in Membership.objects.on(day).filter(person__in=ids).values_list("person_id", "role"):
            wanted[person_id].add(role)
    return wanted


def _write(gone: list[tuple[int, str]], new: list[tuple[int, str]]) -> None:
    through = User.groups.through
    for name in {name for _pk, name in gone}:
        through.objects.filter(user__in=[pk for pk, other in gone if other == name], group__name=name).delete()
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in sorted({name for _pk, name in new})}
    through.objects.bulk_create(
        [through(user_id=pk, group=groups[name]) for pk, name in new],
        ignore_conflicts=True,  # the same role given twice at the same moment is one membership of the group
    )
