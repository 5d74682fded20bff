"""Lessons as pages: which may be read, in which language, what they are made of, and what they teach."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from assessments.ports import LessonLink
from courses.catalogue.models import CoursePage, LessonPage
from courses.catalogue.queries.shelf import lessons, parent_path, shelf
from courses.catalogue.rules import shown_language
from courses.catalogue.rules.changes import Block
from lms.kernel.kept import Kept

#: So many lessons are kept in memory at most; one takes some hundred kilobytes.
KEPT_PAGES = 200


def readable_lessons() -> QuerySet[LessonPage]:
    """Live lessons of live courses: what everybody who is signed in may read."""
    live = CoursePage.objects.live().values("path")
    return LessonPage.objects.live().alias(parent_path=parent_path()).filter(parent_path__in=live)


def _lesson_page(pk: int) -> LessonPage | None:
    return readable_lessons().select_related("locale").filter(pk=pk).first()


#: Lessons as pages, with the pictures, recordings, phrases and terms that their blocks choose: those that were opened
#: last in this process. Forgotten whenever one of these, a course or a lesson changes.
lesson_pages = Kept("lesson-pages", lambda: lru_cache(KEPT_PAGES)(_lesson_page))


def forget_pages(**kwargs: Any) -> None:
    """Pages have changed in a way that no saved row tells: moved, or updated in bulk."""
    shelf.forget()
    lesson_pages.forget()


def lesson_in(lesson_key: UUID, language: str) -> LessonPage | None:
    """The lesson's page in the language, or in the other where that is missing; None when it isn't published."""
    pages = readable_lessons().filter(translation_key=lesson_key).select_related("locale")
    by_language = {page.locale.language_code: page for page in pages}
    return by_language[shown_language(by_language, language)] if by_language else None


def lessons_teaching(skill_ids: Sequence[int], language: str) -> dict[int, list[LessonLink]]:
    """For each skill the lessons that teach it, in the order of the tree. Fills `assessments.ports.lessons_by_skill`."""
    taught = LessonPage.skills.through.objects.filter(skill_id__in=skill_ids, lessonpage__live=True)
    pairs = taught.order_by("lessonpage__path").values_list("skill_id", "lessonpage__translation_key")
    keys_of: dict[int, dict[UUID, None]] = {skill_id: {} for skill_id in skill_ids}
    for skill_id, key in pairs:
        keys_of[skill_id][key] = None
    rows = lessons(language, {key for keys in keys_of.values() for key in keys})
    return {
        skill_id: [
            LessonLink(key=str(key), title=rows[key].title, url=rows[key].url, minutes=rows[key].minutes)
            for key in keys
            if key in rows
        ]
        for skill_id, keys in keys_of.items()
    }


def blocks_of(page: LessonPage) -> list[Block]:
    """The body as it is stored; a block without an id has its place instead."""
    return [
        Block(str(raw.get("id") or f"#{place}"), raw["type"], raw["value"])
        for place, raw in enumerate(page.body.raw_data)
    ]
