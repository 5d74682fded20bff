"""Who would be enrolled in a track by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_language

from courses.catalogue.queries import track_pages
from courses.enrolment.models import Enrolment, TrackVersion
from courses.enrolment.queries.prerequisites import holders_of
from courses.enrolment.queries.tracks import newest_versions
from lms.people.models import Team, User
from lms.people.queries import agents_of, local_day_of, planned_teams
from lms.people.states import PersonStatus


@dataclass(frozen=True)
class EnrolOrder:
    """Which track is to be taken, by whom and why. `team` None: by the `people`."""

    version: TrackVersion
    reason_zh: str
    reason_en: str
    team: Team | None = None
    people: tuple[User, ...] = ()


@dataclass(frozen=True)
class EnrolPlan:
    """Who would be enrolled now, who takes the track already or holds it, and who of the new ones has to complete
    another track before anything opens."""

    order: EnrolOrder
    people: list[User]
    takes: list[User]
    holds: list[User]
    waits: list[User]

    @property
    def on_leave(self) -> list[User]:
        return [person for person in self.people if person.status == PersonStatus.LEAVE]

    @cached_property
    def fingerprint(self) -> str:
        """What somebody looked at before enrolling."""
        order = self.order
        values = (order.version.pk, order.reason_zh, order.reason_en, [person.pk for person in self.people])
        return sha256(repr(values).encode()).hexdigest()[:24]


def people_planned(viewer: Any) -> QuerySet[User]:
    """The agents whose learning the viewer plans, without the viewer."""
    return agents_of(planned_teams(viewer)).exclude(pk=viewer.pk)


def people_to_enrol(viewer: Any, numbers: Iterable[str]) -> dict[str, User]:
    """Those of them with these employee numbers, by number in lower case."""
    found = people_planned(viewer).annotate(lower_no=Lower("employee_no"))
    wanted = found.filter(lower_no__in=[number.lower() for number in numbers])
    return {person.employee_no.lower(): person for person in wanted.select_related("site")}


def plan_of(order: EnrolOrder, *, actor: User, at: datetime) -> EnrolPlan:
    """A fixed number of queries, one more for each track that comes before. Nobody enrols themselves."""
    chosen = people_planned(actor).select_related("site").order_by("pinyin", "employee_no")
    if order.team is not None:
        chosen = chosen.filter(pk__in=agents_of(Team.objects.filter(path__startswith=order.team.path)).values("pk"))
    else:
        chosen = chosen.filter(pk__in=[person.pk for person in order.people])
    everybody = list(chosen)
    today_of = {person.pk: local_day_of(person, at=at) for person in everybody}
    key = order.version.track_key
    live = Enrolment.objects.live().filter(person__in=everybody, track_version__track_key=key)
    taking = set(live.values_list("person", flat=True))
    holding = holders_of(everybody, key, today_of=today_of) - taking
    new = [person for person in everybody if person.pk not in taking | holding]
    ready = {person.pk for person in new}
    for before in order.version.prerequisites.values_list("track_key", flat=True):
        ready &= holders_of(new, before, today_of=today_of)
    return EnrolPlan(
        order,
        people=new,
        takes=[person for person in everybody if person.pk in taking],
        holds=[person for person in everybody if person.pk in holding],
        waits=[person for person in new if person.pk not in ready],
    )


def tracks_to_take() -> list[tuple[str, str]]:
    """(translation key, title) of the published tracks that can be taken, in the order of the tree."""
    pages = track_pages(get_language() or "zh-hans")
    versions = newest_versions(pages.keys())
    return [(str(key), page["title"]) for key, page in pages.items() if key in versions]
