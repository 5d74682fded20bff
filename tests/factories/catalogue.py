"""Courses, lessons and tracks as published pages, in both languages unless told otherwise.

Slugs are the same in all languages; a Chinese title is `课时 <slug>`, an English one `Lesson <slug>`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from modelcluster.models import ClusterableModel
from wagtail.models import Page, Revision
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.signals import page_published

from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from courses.catalogue.models import CoursePage, LessonPage, TrackPage, TrackPageStep
from courses.catalogue.services import catalogue_root
from courses.catalogue.states import StepKind
from lms.skills.models import Skill

BOTH = ("zh-hans", "en")

TEXT = [{"type": "markdown", "value": {"text": "先说明原因，再静音。"}, "id": "0a8a1f6e-6a4d-4a5e-9a55-2f6b4b1f0001"}]


def _title(kind_zh: str, kind_en: str, slug: str, language: str) -> str:
    return f"{kind_en} {slug}" if language == "en" else f"{kind_zh} {slug}"


def _add(parent: Any, page: Any, key: UUID | None, *, live: bool) -> Any:
    """The page with its first revision, published at once: the rows and the signal of `save_revision().publish()`,
    without its sixty queries a page. Tests about publishing itself publish a changed page as the editor does."""
    if key:
        page.translation_key = key
    page.locale = parent.locale
    page.live = live
    page.draft_title = page.title
    siblings = Page.objects.filter(path__startswith=parent.path, depth=parent.depth + 1)
    last = siblings.order_by("-path").values_list("path", flat=True).first()
    page.path = Page._get_path(parent.path, parent.depth + 1, Page._str2int(last[-Page.steplen :]) + 1 if last else 1)
    page.depth, page.numchild = parent.depth + 1, 0
    page.url_path = f"{parent.url_path}{page.slug}/"
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + 1)
    if live:
        page.first_published_at = page.last_published_at = timezone.now()
    with disable_reference_index_auto_update():
        ClusterableModel.save(page)
    if live:
        revision = Revision.objects.create(
            content_object=page,
            base_content_type=page.get_base_content_type(),
            content=page.serializable_data(),
            object_str=str(page),
        )
        page.live_revision = page.latest_revision = revision
        Page.objects.filter(pk=page.pk).update(live_revision=revision, latest_revision=revision)
        page_published.send(sender=type(page), instance=page, revision=revision)
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
) -> LessonPage:
    """A lesson below the course's page in each of the languages; returns the one in the first language."""
    parents = {page.locale.language_code: page for page in course.get_translations(inclusive=True)}
    pages: list[LessonPage] = []
    for language in languages:
        page = LessonPage(
            title=_title("课时", "Lesson", slug, language),
            slug=slug,
            minutes=minutes,
            body=TEXT if body is None else body,
        )
        page.skills = list(skills)
        _add(parents[language], page, pages[0].translation_key if pages else None, live=live)
        pages.append(page)
    return LessonPage.objects.get(pk=pages[0].pk)


def make_track(
    slug: str = "onboarding",
    steps: Sequence[CoursePage | Quiz | Scenario] = (),
    *,
    languages: Sequence[str] = BOTH,
    live: bool = True,
    validity_months: int | None = 12,
    due_days: int = 10,
) -> TrackPage:
    """A track whose steps are due 10, 20, … days after joining; publishing it makes its first TrackVersion."""
    pages: list[TrackPage] = []
    for language in languages:
        page = TrackPage(
            title=_title("路径", "Track", slug, language), slug=slug, validity_months=validity_months, summary=""
        )
        page.steps = [_step(thing, number, due_days) for number, thing in enumerate(steps, 1)]
        _add(catalogue_root(language), page, pages[0].translation_key if pages else None, live=live)
        pages.append(page)
    return TrackPage.objects.get(pk=pages[0].pk)


def _step(thing: CoursePage | Quiz | Scenario, number: int, due_days: int) -> TrackPageStep:
    kind, name = {
        CoursePage: (StepKind.COURSE, "course"),
        Quiz: (StepKind.QUIZ, "quiz"),
        Scenario: (StepKind.MYSTERY_CALL, "scenario"),
    }[type(thing)]
    return TrackPageStep(kind=kind, due_days=number * due_days, sort_order=number, **{name: thing})


def in_english(page: Any) -> Any:
    """The English translation of a page."""
    return type(page).objects.get(translation_key=page.translation_key, locale__language_code="en")
