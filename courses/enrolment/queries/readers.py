"""A reader on a page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from courses.catalogue.models import TrackPage
from courses.catalogue.queries import CourseRow, LessonRow
from courses.enrolment.models import Enrolment, TrackStep
from courses.progress.models import LessonVisit
from courses.progress.queries import Completions, Reading, readings
from lms.people.models import User


@dataclass(frozen=True)
class LessonStanding:
    """A lesson and how far one person is in it."""

    lesson: LessonRow
    reading: Reading


@dataclass(frozen=True)
class CourseStanding:
    """A course and how far one person is in it."""

    course: CourseRow
    rows: list[LessonStanding]

    @property
    def done(self) -> int:
        return sum(row.reading.is_done for row in self.rows)

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def is_done(self) -> bool:
        return self.total > 0 and self.done == self.total

    @property
    def next_lesson(self) -> LessonRow | None:
        """The first lesson that isn't done."""
        return next((row.lesson for row in self.rows if not row.reading.is_done), None)

    @property
    def is_begun(self) -> bool:
        return any(row.reading.is_done or row.reading.is_begun for row in self.rows)

    def asked_anew(self, since: datetime | None) -> Self:
        """As a renewal sees it that was opened at `since`."""
        return replace(self, rows=[replace(row, reading=row.reading.asked_anew(since)) for row in self.rows])


def standings(
    person: User,
    course_rows: Iterable[CourseRow],
    *,
    completions: Completions | None = None,
    visits: Iterable[LessonVisit] | None = None,
) -> list[CourseStanding]:
    """How far the person is in each course; a query for each of the two that isn't given."""
    rows = list(course_rows)
    lessons = [lesson for course in rows for lesson in course.lessons]
    read = readings(person, lessons, completions=completions, visits=visits)
    return [
        CourseStanding(course, [LessonStanding(lesson, read[lesson.key]) for lesson in course.lessons])
        for course in rows
    ]


@dataclass(frozen=True)
class Asked:
    """Why a reader is on a page: the live enrolment that asks for the single lesson, and the oldest live track that
    asks for the course or the lesson (`has_page` tells whether the track's page is published). `anew_since`: a renewal
    among them asks for what was read before this instant once more."""

    lesson: Enrolment | None
    track: Enrolment | None
    anew_since: datetime | None = None


def asked_of(person: User, *, course_key: UUID, lesson_key: UUID | None = None) -> Asked:
    """One query."""
    pages = TrackPage.objects.live().filter(translation_key=OuterRef("track_version__track_key"))
    asks = Q(course_key=course_key) | Q(lesson_key=lesson_key, lesson_key__isnull=False)
    steps = TrackStep.objects.filter(asks, version=OuterRef("track_version"))
    wanted = Q(Exists(steps)) | Q(lesson_key=lesson_key, lesson_key__isnull=False)
    rows = list(
        Enrolment.objects.live()
        .filter(wanted, person=person)
        .annotate(has_page=Exists(pages))
        .select_related("track_version")
        .order_by("created_at", "pk")
    )
    return Asked(
        lesson=next((row for row in rows if row.lesson_key), None),
        track=next((row for row in rows if row.track_version_id), None),
        anew_since=max((row.counts_from for row in rows if row.counts_from), default=None),
    )
