"""All that is published, kept in memory: pages change seldom and every learner's page needs them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Length, Substr

from courses.catalogue.models import CoursePage, LessonPage, TrackPage
from courses.catalogue.queries.rows import CourseRow, LessonRow, PageValues, by_key, course_row, lesson_row
from courses.catalogue.rules import shown_language
from lms.kernel.kept import Kept

_FIELDS = ("pk", "path", "slug", "title", "summary", "translation_key", "locale__language_code")


@dataclass(frozen=True)
class Shown:
    """What readers of one language find, by translation key: courses in the order of the tree, lessons, tracks."""

    courses: Mapping[UUID, CourseRow]
    lessons: Mapping[UUID, LessonRow]
    tracks: Mapping[UUID, dict[str, Any]]


@dataclass(frozen=True)
class Shelf:
    """Live courses and tracks of all languages in the order of the tree, and the lessons of these courses, drafts
    among them: they keep their place."""

    courses: Sequence[PageValues]
    lessons: Sequence[PageValues]
    tracks: Sequence[PageValues]
    _shown: dict[str, Shown] = field(default_factory=dict)

    def shown(self, language: str) -> Shown:
        """Made when a language is first asked for."""
        if language not in self._shown:
            self._shown[language] = Shown(
                courses=self._course_rows(language),
                lessons=self._lesson_rows(language),
                tracks=self._track_rows(language),
            )
        return self._shown[language]

    def courses_at(self, slug: str) -> set[UUID]:
        """The courses that have this slug in some language."""
        return {page["translation_key"] for page in self.courses if page["slug"] == slug}

    def _course_rows(self, language: str) -> dict[UUID, CourseRow]:
        lessons_of: dict[str, list[PageValues]] = defaultdict(list)
        for lesson in self.lessons:
            lessons_of[lesson["parent_path"]].append(lesson)
        return {key: course_row(versions, lessons_of, language) for key, versions in by_key(self.courses).items()}

    def _lesson_rows(self, language: str) -> dict[UUID, LessonRow]:
        slugs = {page["path"]: page["slug"] for page in self.courses}
        rows = {}
        for key, versions in by_key(lesson for lesson in self.lessons if lesson["live"]).items():
            shown = versions[shown_language(versions.keys(), language)]
            rows[key] = lesson_row(versions, slugs[shown["parent_path"]], language)
        return rows

    def _track_rows(self, language: str) -> dict[UUID, dict[str, Any]]:
        rows = {}
        for key, versions in by_key(self.tracks).items():
            shown = shown_language(versions.keys(), language)
            rows[key] = {**versions[shown], "language": shown}
        return rows


def parent_path() -> Substr:
    """The tree path of the page above."""
    return Substr("path", 1, Length(F("path")) - LessonPage.steplen)


def _read() -> Shelf:
    """Three queries."""
    courses = list(CoursePage.objects.live().order_by("path").values(*_FIELDS))
    paths = {course["path"] for course in courses}
    return Shelf(
        courses=courses,
        lessons=[lesson for lesson in _lesson_pages() if lesson["parent_path"] in paths],
        tracks=list(TrackPage.objects.live().order_by("path").values(*_FIELDS)),
    )


def _lesson_pages() -> QuerySet[LessonPage, dict[str, Any]]:
    pages = LessonPage.objects.annotate(parent_path=parent_path()).order_by("path")
    return pages.values(*_FIELDS, "parent_path", "minutes", "minimum_minutes", "material_version", "live")


#: Forgotten whenever a course, lesson or track is saved, moved or deleted.
shelf = Kept("courses", _read)


def courses(language: str, *, keys: Collection[UUID] | None = None) -> dict[UUID, CourseRow]:
    """The live courses by translation key, in the order of the tree."""
    rows = shelf().shown(language).courses
    return {key: row for key, row in rows.items() if keys is None or key in keys}


def course_by_slug(slug: str, language: str) -> CourseRow | None:
    """The course at this address. Where two languages use a slug for different courses, the reader's language wins."""
    found = shelf()
    keys = found.courses_at(slug)
    rows = [row for key, row in found.shown(language).courses.items() if key in keys]
    return next((row for row in rows if row.language == language), next(iter(rows), None))


def lessons(language: str, keys: Collection[UUID]) -> dict[UUID, LessonRow]:
    """The live lessons with these translation keys."""
    rows = shelf().shown(language).lessons if keys else {}
    return {key: rows[key] for key in keys if key in rows}


def track_pages(language: str, *, keys: Collection[UUID] | None = None) -> dict[UUID, dict[str, Any]]:
    """The live track pages (`slug`, `title`, `summary`, `language`) by translation key, in the order of the tree."""
    rows = shelf().shown(language).tracks
    return {key: row for key, row in rows.items() if keys is None or key in keys}
