"""When somebody can study: the next rostered training slot, what fits into it, and how the week went so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from courses.progress.queries import Studied, studied_of_each
from courses.progress.rules import fitting
from lms.people.models import RosterShift, User
from lms.people.states import Activity

#: A slot further away than this says nothing about today.
SLOT_DAYS = 7


class Doable(Protocol):
    """Something to do: its title and how long it takes (0: not known)."""

    @property
    def title(self) -> str: ...

    @property
    def minutes(self) -> int: ...


@dataclass(frozen=True)
class TrainingSlot:
    """A rostered stretch for training, in the clock of the person's site, and what fits into what is left of it."""

    on: date
    begins: str
    ends: str
    is_now: bool
    is_today: bool
    is_tomorrow: bool
    minutes: int
    fits: list[str]


@dataclass(frozen=True)
class StudyPlan:
    """What a learner's page says about time. `slot` None: none is rostered in the next week."""

    slot: TrainingSlot | None
    week: Studied


def study_plan(person: User, items: Sequence[Doable], *, at: datetime) -> StudyPlan:
    """The next training slot with what is next, and what was read since Monday; one query."""
    today = at.astimezone(ZoneInfo(person.time_zone)).date()
    slots = RosterShift.objects.filter(
        person=OuterRef("pk"),
        activity=Activity.TRAINING,
        ends_at__gt=at,
        starts_at__lt=at + timedelta(days=SLOT_DAYS),
    ).order_by("starts_at", "pk")
    found = (
        User.objects.filter(pk=person.pk)
        .order_by()
        .values(starts_at=Subquery(slots.values("starts_at")[:1]), ends_at=Subquery(slots.values("ends_at")[:1]))
        .annotate(**studied_of_each(first=today - timedelta(days=today.weekday()), last=today))
        .get()
    )
    starts_at, ends_at = found.pop("starts_at"), found.pop("ends_at")
    slot = _slot(starts_at, ends_at, items, ZoneInfo(person.time_zone), at) if starts_at else None
    return StudyPlan(slot=slot, week=Studied(**found))


def _slot(
    starts_at: datetime, ends_at: datetime, items: Sequence[Doable], zone: ZoneInfo, at: datetime
) -> TrainingSlot:
    today = at.astimezone(zone).date()
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    left = int((ends_at - max(starts_at, at)).total_seconds() // 60)
    fits = fitting([item.minutes for item in items], available=left)
    return TrainingSlot(
        on=begins.date(),
        begins=begins.strftime("%H:%M"),
        ends=ends.strftime("%H:%M"),
        is_now=starts_at <= at,
        is_today=begins.date() == today,
        is_tomorrow=begins.date() == today + timedelta(days=1),
        minutes=left,
        fits=[item.title for item in items[:fits]],
    )
