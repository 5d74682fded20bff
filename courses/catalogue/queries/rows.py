"""Courses and lessons as a list shows them, in the reader's language or – where that is missing – in the other one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.urls import reverse

from courses.catalogue.rules import in_master_order, shown_language

#: A page of one language as it is read: the fields of the query by name.
type PageValues = Mapping[str, Any]


@dataclass(frozen=True)
class LessonRow:
    """A lesson as a list shows it. `versions` are the material versions readers have now, by language."""

    key: UUID
    pk: int
    slug: str
    course_slug: str
    title: str
    summary: str
    minutes: int
    language: str
    versions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    #: How long it has to be read before it can be marked as done.
    minimum_seconds: int = 0

    @cached_property
    def url(self) -> str:
        return reverse("courses:lesson-detail", args=[self.course_slug, self.slug])


@dataclass(frozen=True)
class CourseRow:
    """A course with its lessons in order."""

    key: UUID
    pk: int
    slug: str
    title: str
    summary: str
    language: str
    lessons: tuple[LessonRow, ...] = ()

    @cached_property
    def url(self) -> str:
        return reverse("courses:course-detail", args=[self.slug])

    @cached_property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    def place_of(self, key: UUID) -> int:
        """The lesson's number in the course, from 1. Raises StopIteration for a lesson of another course."""
        return next(number for number, lesson in enumerate(self.lessons, 1) if lesson.key == key)

    def neighbours_of(self, key: UUID) -> tuple[LessonRow | None, LessonRow | None]:
        """The lessons before and after."""
        place = self.place_of(key) - 1
        before = self.lessons[place - 1] if place else None
        after = self.lessons[place + 1] if place + 1 < len(self.lessons) else None
        return before, after


def by_key(pages: Iterable[PageValues]) -> dict[UUID, dict[str, PageValues]]:
    """{translation key: {language: page}} in the order of the pages."""
    grouped: dict[UUID, dict[str, PageValues]] = {}
    for page in pages:
        grouped.setdefault(page["translation_key"], {})[page["locale__language_code"]] = page
    return grouped


def _source_first(versions: Mapping[str, PageValues]) -> list[PageValues]:
    return sorted(versions.values(), key=lambda page: page["pk"])


def course_row(
    versions: Mapping[str, PageValues], lessons_of: Mapping[str, Sequence[PageValues]], language: str
) -> CourseRow:
    shown = shown_language(versions.keys(), language)
    course = versions[shown]
    # Drafts count for the order only: what is unpublished in the source keeps its place where a translation is live.
    below = (lesson for page in versions.values() for lesson in lessons_of.get(page["path"], ()))
    grouped = by_key(lesson for lesson in below if lesson["live"])
    order = in_master_order(
        *(
            [lesson["translation_key"] for lesson in lessons_of.get(page["path"], ())]
            for page in _source_first(versions)
        )
    )
    return CourseRow(
        key=course["translation_key"],
        pk=course["pk"],
        slug=course["slug"],
        title=course["title"],
        summary=course["summary"],
        language=shown,
        lessons=tuple(lesson_row(grouped[key], course["slug"], language) for key in order if key in grouped),
    )


def lesson_row(versions: Mapping[str, PageValues], course_slug: str, language: str) -> LessonRow:
    shown = shown_language(versions.keys(), language)
    lesson = versions[shown]
    return LessonRow(
        key=lesson["translation_key"],
        pk=lesson["pk"],
        slug=lesson["slug"],
        course_slug=course_slug,
        title=lesson["title"],
        summary=lesson["summary"],
        minutes=lesson["minutes"],
        language=shown,
        versions=MappingProxyType({code: page["material_version"] for code, page in versions.items()}),
        minimum_seconds=60 * max(page["minimum_minutes"] for page in versions.values()),  # the source page has it
    )
