"""Asking people to take tracks."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments.assignments.models import Assignment
from assessments.assignments.services import assign_all
from courses.catalogue.states import StepKind
from courses.enrolment.models import Enrolment, EnrolmentStep, TrackStep, TrackVersion
from courses.enrolment.queries.dates import due_days_of
from courses.enrolment.services.completing import complete_what_is_met
from lms.audit import services as audit
from lms.kernel.bilingual import in_language
from lms.notifications.services import News, notify_all
from lms.people.models import User

#: People of one read, rows of one INSERT.
BATCH = 500


@dataclass(frozen=True)
class RenewalWish:
    """What sets a renewal apart: for which track it is taken, at whose wish that was asked for in the first place (None:
    by the job role), until when it makes sense, and what else its news says. Lessons read before don't count for it."""

    for_track_key: UUID
    given_by_id: int | None
    due_limit_on: date | None
    params: Mapping[str, str]


@dataclass(frozen=True)
class Wish:
    """One person who is to take one track, and why; as a renewal of a certificate or for the first time."""

    person: User
    track_version: TrackVersion
    reason_zh: str
    reason_en: str
    renewal: RenewalWish | None = None

    @property
    def key(self) -> tuple[int, UUID]:
        return self.person.pk, self.track_version.track_key


def enrol_in_track(
    person: User, track_version: TrackVersion, *, reason_zh: str, reason_en: str, actor: User | None, at: datetime
) -> Enrolment:
    """Ask the person to take the track: a row with its due day for each step, an assignment for each quiz and mystery
    call, and a notification. Who takes the track already (in any version) keeps that enrolment, which is returned."""
    return enrol_all([Wish(person, track_version, reason_zh, reason_en)], actor=actor, at=at)[0]


@transaction.atomic
def enrol_all(wishes: Sequence[Wish], *, actor: User | None, at: datetime) -> list[Enrolment]:
    """As `enrol_in_track` for each wish, in few statements however many there are."""
    steps: dict[int, list[TrackStep]] = {}
    found: dict[tuple[int, UUID], Enrolment] = {}
    for some in batched(wishes, BATCH):
        found |= _live_in({wish.key for wish in some})
        new = {wish.key: wish for wish in some if wish.key not in found}
        for version_id in {wish.track_version.pk for wish in new.values()} - steps.keys():
            own = TrackStep.objects.filter(version=version_id).select_related("quiz", "scenario")
            steps[version_id] = list(own.order_by("order"))
        try:
            with transaction.atomic():
                found |= _enrol(list(new.values()), steps, actor=actor, at=at)
        except IntegrityError:  # somebody else enrolled one of them at the same moment
            found |= _live_in(set(new))
            late = [wish for key, wish in new.items() if key not in found]
            found |= _enrol(late, steps, actor=actor, at=at)
    return [found[wish.key] for wish in wishes]


def _enrol(
    wishes: Sequence[Wish], steps: Mapping[int, Sequence[TrackStep]], *, actor: User | None, at: datetime
) -> dict[tuple[int, UUID], Enrolment]:
    enrolments = [_enrolment_of(wish, actor=actor, at=at) for wish in wishes]
    due = due_days_of([(row, steps[row.track_version.pk]) for row in enrolments], at=at)
    for enrolment, days in zip(enrolments, due, strict=True):
        enrolment.due_on = max(days.values(), default=None)
    Enrolment.objects.bulk_create(enrolments, batch_size=BATCH)
    rows = [
        EnrolmentStep(
            enrolment=enrolment,
            step=step,
            due_on=days[step.pk],
            assignment=_assignment_of(enrolment, step, due_on=days[step.pk]),
        )
        for enrolment, days in zip(enrolments, due, strict=True)
        for step in steps[enrolment.track_version.pk]
    ]
    assign_all([row.assignment for row in rows if row.assignment], actor=actor, at=at, is_announced=False)
    for row in rows:
        row.assignment = row.assignment  # it has its id by now
    EnrolmentStep.objects.bulk_create(rows, batch_size=BATCH)
    audit.record_all(
        (audit.Deed("enrolled_in_track", row, reason=row.reason_en) for row in enrolments), actor=actor, at=at
    )
    notify_all((_news_of(row, wish) for row, wish in zip(enrolments, wishes, strict=True)), at=at)
    # What was read before counts: a track of courses only may be complete on its first day. Quizzes and mystery calls
    # have begun anew with their assignment.
    readable = {pk for pk, own in steps.items() if all(step.kind == StepKind.COURSE for step in own)}
    complete_what_is_met([row for row in enrolments if row.track_version.pk in readable], at=at)
    return {wish.key: enrolment for wish, enrolment in zip(wishes, enrolments, strict=True)}


def _enrolment_of(wish: Wish, *, actor: User | None, at: datetime) -> Enrolment:
    enrolment = Enrolment(
        person=wish.person,
        track_version=wish.track_version,
        reason_zh=wish.reason_zh,
        reason_en=wish.reason_en,
        given_by=actor,
        started_on=today_of(wish.person, at),
        created_at=at,
    )
    if wish.renewal:
        enrolment.given_by_id = wish.renewal.given_by_id
        enrolment.counts_from = at
        enrolment.for_track_key = wish.renewal.for_track_key
        enrolment.due_limit_on = wish.renewal.due_limit_on
    return enrolment


def _assignment_of(enrolment: Enrolment, step: TrackStep, *, due_on: date) -> Assignment | None:
    if step.kind == StepKind.COURSE:
        return None
    return Assignment(
        person=enrolment.person,
        quiz=step.quiz,
        scenario=step.scenario,
        reason_zh=enrolment.track_version.title_zh,
        reason_en=enrolment.track_version.title_en,
        due_on=due_on,
    )


def _news_of(enrolment: Enrolment, wish: Wish) -> News:
    person, version = enrolment.person, enrolment.track_version
    return News(
        person,
        kind="renewal_opened" if wish.renewal else "enrolled_in_track",
        url=reverse("courses:track-detail", args=[version.slug]),
        params={
            "track": in_language(version, "title", person.language),
            "reason": in_language(enrolment, "reason", person.language),
            **(wish.renewal.params if wish.renewal else {}),
        },
    )


def _live_in(keys: Set[tuple[int, UUID]]) -> dict[tuple[int, UUID], Enrolment]:
    """The live enrolment of each (person's id, track), where there is one."""
    people, tracks = {person for person, _track in keys}, {track for _person, track in keys}
    rows = Enrolment.objects.live().filter(person__in=people, track_version__track_key__in=tracks)
    found = {(row.person_id, row.track_version.track_key): row for row in rows.select_related("track_version")}
    return {key: found[key] for key in keys & found.keys()}


def today_of(person: User, at: datetime) -> date:
    return at.astimezone(ZoneInfo(person.time_zone)).date()
