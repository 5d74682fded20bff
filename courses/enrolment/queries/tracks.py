"""Tracks as they are published, and as somebody takes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.catalogue.models import TrackPage
from courses.catalogue.queries import courses, lessons, track_pages
from courses.catalogue.states import StepKind
from courses.enrolment.models import Enrolment, TrackVersion
from courses.enrolment.queries.steps import TrackProgress, call_title
from courses.enrolment.rules.dates import is_overdue
from courses.enrolment.rules.tracks import blocks_of
from lms.people.models import User


def newest_versions(keys: Iterable[UUID]) -> dict[UUID, TrackVersion]:
    """The newest version of each track by translation key, in one query."""
    newest = TrackVersion.objects.filter(track_key=OuterRef("track_key")).order_by("-number").values("pk")[:1]
    versions = TrackVersion.objects.filter(track_key__in=list(keys), pk=Subquery(newest))
    return {version.track_key: version for version in versions}


def enrolment_in(person: User, track_key: UUID) -> Enrolment | None:
    """The person's enrolment in any version of the track that counts now: the newest that wasn't ended."""
    return (
        Enrolment.objects.filter(person=person, track_version__track_key=track_key, ended_at__isnull=True)
        .select_related("person__site", "track_version")
        .order_by("-created_at", "-pk")
        .first()
    )


@dataclass(frozen=True)
class PlannedStep:
    """A step of a track as it is published, for somebody who isn't enrolled."""

    kind: str
    title: str
    url: str
    due_days: int
    language: str = ""
    group: str = ""


@dataclass(frozen=True)
class PlannedBlock:
    """One required step, or an elective group (`title`) of whose steps `choose` are asked for."""

    steps: list[PlannedStep]
    title: str = ""
    choose: int = 1


def planned_blocks(version: TrackVersion) -> list[PlannedBlock]:
    """The planned steps as a track page shows them; one query more."""
    steps = planned_steps(version)
    groups = {group.key: group for group in version.groups.all()}
    blocks = blocks_of([step.group for step in steps], {key: group.choose for key, group in groups.items()})
    return [
        PlannedBlock(
            steps=[steps[place] for place in block.places],
            title=groups[block.group].title if block.group else "",
            choose=block.needed,
        )
        for block in blocks
    ]


def planned_steps(version: TrackVersion) -> list[PlannedStep]:
    """What the track asks for, in the active language; quizzes and mystery calls open only under an assignment."""
    language = get_language() or "zh-hans"
    steps = list(version.steps.select_related("quiz", "scenario").order_by("order"))
    read = {
        **courses(language, keys={step.course_key for step in steps if step.course_key}),
        **lessons(language, {step.lesson_key for step in steps if step.lesson_key}),
    }
    planned = []
    for step in steps:
        page = read.get(step.course_key or step.lesson_key)
        if step.scenario:
            title = call_title(step.scenario)
        elif thing := page or step.quiz:
            title = thing.title
        elif step.kind == StepKind.LESSON:
            title = _("A lesson that is no longer published")
        else:
            title = _("A course that is no longer published")
        planned.append(
            PlannedStep(
                kind=step.kind,
                title=title,
                url=page.url if page else "",
                due_days=step.due_days,
                language=page.language if page else "",
                group=step.group_key,
            )
        )
    return planned


def comes_before(version: TrackVersion, language: str) -> list[dict[str, str]]:
    """The tracks (`title`, `url`) to be completed before this one, for somebody who isn't enrolled; those that are
    published. Two queries, one where there are none."""
    keys = list(version.prerequisites.values_list("track_key", flat=True))
    pages = track_pages(language, keys=keys) if keys else {}
    return [
        {"title": pages[key]["title"], "url": reverse("courses:track-detail", args=[pages[key]["slug"]])}
        for key in keys
        if key in pages
    ]


def track_by_slug(slug: str, language: str) -> tuple[UUID, dict[str, Any]] | None:
    """(translation key, page) of the live track at this address; the reader's language wins where a slug is twice."""
    keys = TrackPage.objects.live().filter(slug=slug).values_list("translation_key", flat=True)
    found = list(track_pages(language, keys=set(keys)).items())
    return next((pair for pair in found if pair[1]["language"] == language), next(iter(found), None))


@dataclass(frozen=True)
class TrackCard:
    """One of my tracks in a list. `url` is empty while the track's page isn't published."""

    title: str
    url: str
    progress: TrackProgress
    due_on: date | None
    is_overdue: bool
    completed_at: datetime | None


def track_cards(tracks: Iterable[tuple[Enrolment, TrackProgress]], language: str, *, at: datetime) -> list[TrackCard]:
    """My tracks as a list shows them; one query. A track that was taken twice is shown by its live or newest row."""
    newest = {
        enrolment.track_version.track_key: (enrolment, progress) for enrolment, progress in reversed(list(tracks))
    }
    pages = track_pages(language, keys=newest.keys())
    return [
        TrackCard(
            title=pages[key]["title"] if key in pages else enrolment.track_version.title,
            url=reverse("courses:track-detail", args=[pages[key]["slug"]]) if key in pages else "",
            progress=progress,
            due_on=enrolment.due_on,
            is_overdue=enrolment.completed_at is None
            and is_overdue(enrolment.due_on, at.astimezone(ZoneInfo(enrolment.person.time_zone)).date()),
            completed_at=enrolment.completed_at,
        )
        for key, (enrolment, progress) in reversed(newest.items())
    ]
