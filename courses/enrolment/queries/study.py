"""When somebody can study: the next rostered training slot, what fits into it, and how the week went so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from courses.progress.queries import Studied, studied
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
    """The next training slot with what is next, and what was read since Monday; two queries."""
    today = at.astimezone(ZoneInfo(person.time_zone)).date()
    return StudyPlan(
        slot=_next_slot(person, items, today, at),
        week=studied(person, first=today - timedelta(days=today.weekday()), last=today),
    )


def _next_slot(person: User, items: Sequence[Doable], today: date, at: datetime) -> TrainingSlot | None:
    stretch = (
        RosterShift.objects.filter(
            person=person,
            activity=Activity.TRAINING,
            ends_at__gt=at,
            starts_at__lt=at + timedelta(days=SLOT_DAYS),
        )
        .order_by("starts_at")
        .first()
    )
    if stretch is None:
        return None
    zone = ZoneInfo(person.time_zone)
    begins, ends = stretch.starts_at.astimezone(zone), stretch.ends_at.astimezone(zone)
    left = int((stretch.ends_at - max(stretch.starts_at, at)).total_seconds() // 60)
    fits = fitting([item.minutes for item in items], available=left)
    return TrainingSlot(
        on=begins.date(),
        begins=begins.strftime("%H:%M"),
        ends=ends.strftime("%H:%M"),
        is_now=stretch.starts_at <= at,
        is_today=begins.date() == today,
        is_tomorrow=begins.date() == today + timedelta(days=1),
        minutes=left,
        fits=[item.title for item in items[:fits]],
    )
