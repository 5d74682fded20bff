"""Courses, lessons and tracks as published pages, in both languages unless told otherwise.

Slugs are the same in all languages; a Chinese title is `课时 <slug>`, an English one `Lesson <slug>`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from wagtail.signal_handlers import disable_reference_index_auto_update

from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from courses.catalogue.models import (
    CoursePage,
    LessonPage,
    TrackPage,
    TrackPageAudience,
    TrackPageGroup,
    TrackPagePrerequisite,
    TrackPageStep,
)
from courses.catalogue.services import catalogue_root
from courses.catalogue.states import StepKind
from lms.skills.models import Skill

BOTH = ("zh-hans", "en")

TEXT = [{"type": "markdown", "value": {"text": "先说明原因，再静音。"}, "id": "0a8a1f6e-6a4d-4a5e-9a55-2f6b4b1f0001"}]


def _title(kind_zh: str, kind_en: str, slug: str, language: str) -> str:
    return f"{kind_en} {slug}" if language == "en" else f"{kind_zh} {slug}"


def _add(parent: Any, page: Any, key: UUID | None, *, live: bool) -> Any:
    """Through a revision, as the editor does, so that completions have one to point to and signals are sent."""
    if key:
        page.translation_key = key
    page.locale = parent.locale
    page.live = False
    parent.refresh_from_db()
    with disable_reference_index_auto_update():  # half of the time, and nobody here asks for it
        parent.add_child(instance=page)
        if live:
            page.save_revision().publish()
            page.refresh_from_db()
    return page


def make_course(
    slug: str = "crm-basics",
    *,
    lessons: int = 2,
    languages: Sequence[str] = BOTH,
    live: bool = True,
    lesson_languages: Sequence[str] | None = None,
) -> CoursePage:
    """A course with lessons `<slug>-1`, `<slug>-2`, …; returns the page in the first language."""
    pages: list[CoursePage] = []
    for language in languages:
        page = CoursePage(
            title=_title("课程", "Course", slug, language),
            slug=slug,
            summary="About it." if language == "en" else "内容简介。",
        )
        _add(catalogue_root(language), page, pages[0].translation_key if pages else None, live=live)
        pages.append(page)
    for number in range(1, lessons + 1):
        make_lesson(pages[0], f"{slug}-{number}", languages=lesson_languages or languages, live=live)
    return CoursePage.objects.get(pk=pages[0].pk)


def make_lesson(
    course: CoursePage,
    slug: str,
    *,
    languages: Sequence[str] = BOTH,
    live: bool = True,
    skills: Sequence[Skill] = (),
    body: list[dict] | None = None,
    minutes: int = 5,
    minimum_minutes: int = 0,
) -> LessonPage:
    """A lesson below the course's page in each of the languages; returns the one in the first language."""
    parents = {page.locale.language_code: page for page in course.get_translations(inclusive=True)}
    pages: list[LessonPage] = []
    for language in languages:
        page = LessonPage(
            title=_title("课时", "Lesson", slug, language),
            slug=slug,
            minutes=minutes,
            minimum_minutes=0 if pages else minimum_minutes,
            body=TEXT if body is None else body,
        )
        page.skills = list(skills)
        _add(parents[language], page, pages[0].translation_key if pages else None, live=live)
        pages.append(page)
    return LessonPage.objects.get(pk=pages[0].pk)


type Thing = CoursePage | LessonPage | Quiz | Scenario


def make_track(
    slug: str = "onboarding",
    steps: Sequence[Thing | tuple[Thing, str]] = (),
    *,
    languages: Sequence[str] = BOTH,
    live: bool = True,
    validity_months: int | None = 12,
    due_days: int = 10,
    groups: Mapping[str, int] = MappingProxyType({}),
    is_ordered: bool = False,
    before: Sequence[TrackPage] = (),
    audience: Sequence[Mapping[str, Any]] = (),
) -> TrackPage:
    """A track whose steps are due 10, 20, … days after joining; publishing it makes its first TrackVersion.

    A step of an elective group comes with its letter; `groups` says how many of each are to be chosen."""
    pages: list[TrackPage] = []
    for language in languages:
        page = TrackPage(
            title=_title("路径", "Track", slug, language),
            slug=slug,
            validity_months=validity_months,
            summary="",
            is_ordered=is_ordered,
        )
        page.steps = [_step(thing, number, due_days) for number, thing in enumerate(steps, 1)]
        if not pages:
            page.groups = [
                TrackPageGroup(key=key, choose=n, title_zh=f"选修{key}", title_en=f"Electives {key}", sort_order=order)
                for order, (key, n) in enumerate(groups.items())
            ]
            page.prerequisites = [TrackPagePrerequisite(track=track) for track in before]
            page.audience = [TrackPageAudience(**row) for row in audience]
        _add(catalogue_root(language), page, pages[0].translation_key if pages else None, live=live)
        pages.append(page)
    return TrackPage.objects.get(pk=pages[0].pk)


def _step(thing: Thing | tuple[Thing, str], number: int, due_days: int) -> TrackPageStep:
    thing, group = thing if isinstance(thing, tuple) else (thing, "")
    kind, name = {
        CoursePage: (StepKind.COURSE, "course"),
        LessonPage: (StepKind.LESSON, "lesson"),
        Quiz: (StepKind.QUIZ, "quiz"),
        Scenario: (StepKind.MYSTERY_CALL, "scenario"),
    }[type(thing)]
    return TrackPageStep(kind=kind, due_days=number * due_days, sort_order=number, group_key=group, **{name: thing})


def in_english(page: Any) -> Any:
    """The English translation of a page."""
    return type(page).objects.get(translation_key=page.translation_key, locale__language_code="en")
