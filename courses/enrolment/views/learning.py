"""The learner's pages: what is mine and what is next, a course, a lesson, a track."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.catalogue.blocks.exercise import Sheet, exercise_sheets
from courses.catalogue.models import LessonPage
from courses.catalogue.queries import (
    CourseRow,
    LessonRow,
    check_keys,
    checks,
    course_by_slug,
    courses,
    lesson_pages,
    quiz_cards,
    quiz_keys,
)
from courses.enrolment.queries.progress import learning_of, progress_of
from courses.enrolment.queries.readers import Asked, asked_of, standings
from courses.enrolment.queries.study import study_plan
from courses.enrolment.queries.tracks import (
    comes_before,
    enrolment_in,
    newest_versions,
    planned_blocks,
    track_by_slug,
    track_cards,
)
from courses.progress.forms import answer_in, exercise_in, opened_sign
from courses.progress.queries import Reading, what_changed
from courses.progress.rules import minutes_left, seconds_left
from courses.reference.queries.kept import desk_of, latest_kept
from lms.kernel.bilingual import LANGUAGE_CODES
from lms.people.models import User
from lms.people.permissions import can_author

#: So many things to do stand below the next one.
SHOWN_NEXT = 8
#: So many courses stand on one page of the list.
COURSES_PER_PAGE = 12


@login_required
@require_safe
def course_list(request: HttpRequest) -> HttpResponse:
    """What I have to learn, my tracks, and every course."""
    at, language = timezone.now(), get_language()
    page = Paginator(list(courses(language).values()), COURSES_PER_PAGE).get_page(request.GET.get("page"))
    learning = learning_of(request.user, at=at, lessons=[lesson for course in page for lesson in course.lessons])
    items = learning.items
    context = {
        "next": items[0] if items else None,
        "rest": items[1 : 1 + SHOWN_NEXT],
        "left": len(items) - 1,
        "later": max(0, len(items) - 1 - SHOWN_NEXT),
        "tracks": track_cards(learning.tracks, language, at=at),
        "plan": study_plan(request.user, items, at=at),
        "page": page,
        "courses": standings(request.user, page, completions=learning.completions, visits=learning.visits),
        "kept": latest_kept(request.user, language),
        "language": language,
    }
    return render(request, "courses/course_list.html", context)


@login_required
@require_safe
def course_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A course with its lessons and how far I am in them."""
    course = _course_or_404(slug)
    asked = asked_of(request.user, course_key=course.key)
    standing = standings(request.user, [course])[0].asked_anew(asked.anew_since)
    context = {
        "course": course,
        "standing": standing,
        "rows": standing.rows,
        "crumbs": [*_track_crumbs(asked), {"label": course.title}],
        "language": get_language(),
        "edit_url": _edit_url(request.user, course.pk),
    }
    return render(request, "courses/course_detail.html", context)


@login_required
@require_safe
def lesson_detail(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """The lesson player. With `?check=…` a self-check's answer is looked at, with `?exercise=…` an exercise's; to keep
    them is `check_answer`'s. `?in=…` asks for the page of another language than the reader's: what search has found there
    stands on it only."""
    course_row = _course_or_404(course, _language_in(request))
    lesson = next((row for row in course_row.lessons if row.slug == slug), None)
    if lesson is None:
        raise Http404
    page = lesson_pages()(lesson.pk)
    if page is None:
        raise Http404
    with translation.override(lesson.language):
        shown = checks(check_keys(page), **answer_in(request.GET))
        sheets = exercise_sheets(page.body, reader=str(request.user.pk), asked=exercise_in(request.GET))
    if request.htmx and "check" in request.GET:
        return _check_alone(request, lesson, shown)
    if request.htmx and "exercise" in request.GET:
        return _exercise_alone(request, lesson, sheets)
    with translation.override(lesson.language):
        quizzes = quiz_cards(quiz_keys(page), reader=request.user, at=timezone.now())
    asked = asked_of(request.user, course_key=course_row.key, lesson_key=lesson.key)
    standing = standings(request.user, [course_row])[0].asked_anew(asked.anew_since)
    reading = next(row.reading for row in standing.rows if row.lesson.key == lesson.key)
    place, total = course_row.place_of(lesson.key), len(course_row.lessons)
    before, after = course_row.neighbours_of(lesson.key)
    context = {
        "page": page,
        "course": course_row,
        "lesson": lesson,
        "reading": reading,
        "asked": asked.lesson,
        "minutes_left": minutes_left(lesson.minutes, reading.seconds),
        **_minimum_time(request.user, lesson, reading),
        "resume": _place_in(page, reading),
        "place": place,
        "total": total,
        "before": before,
        "after": after,
        "checks": shown,
        "quizzes": quizzes,
        "exercises": sheets,
        "changed": what_changed(request.user, page) if reading.was_changed and not reading.recheck else None,
        "crumbs": [
            *_track_crumbs(asked),
            {"label": course_row.title, "url": course_row.url},
            {"label": _("Lesson %(place)d of %(total)d") % {"place": place, "total": total}},
        ],
        "desk": desk_of(request.user, page),
        "desk_open": request.GET.get("desk", ""),
        "other_language": lesson.language if "in" in request.GET and lesson.language != get_language() else "",
        "language": get_language(),
        "edit_url": _edit_url(request.user, page.pk),
    }
    return render(request, "courses/lesson_detail.html", context)


@login_required
@require_safe
def track_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A track: my steps with due days and what is missing; for others what it asks for."""
    at, language = timezone.now(), get_language()
    found = track_by_slug(slug, language)
    version = newest_versions([found[0]]).get(found[0]) if found else None
    if found is None or version is None:
        raise Http404
    key, page = found
    enrolment = enrolment_in(request.user, key)
    progress = progress_of([enrolment], at=at)[enrolment.pk] if enrolment else None
    context = {
        "track": page,
        "enrolment": enrolment,
        "progress": progress,
        "next": progress.next_step if progress else None,
        "blocks": progress.blocks if progress else planned_blocks(version),
        "is_ordered": (enrolment.track_version if enrolment else version).is_ordered,
        "before": progress.waits_for if progress else comes_before(version, language),
        "version": version,
        "crumbs": [{"label": _("Learning"), "url": reverse("courses:course-list")}, {"label": page["title"]}],
        "language": language,
        "edit_url": _edit_url(request.user, page["pk"]),
    }
    return render(request, "courses/track_detail.html", context)


def _course_or_404(slug: str, language: str | None = None) -> CourseRow:
    course = course_by_slug(slug, language or get_language())
    if course is None:
        raise Http404
    return course


def _language_in(request: HttpRequest) -> str:
    asked = request.GET.get("in", "")
    return asked if asked in LANGUAGE_CODES else get_language()


def _track_crumbs(asked: Asked) -> list[dict[str, Any]]:
    """The oldest of my live tracks that asks for the course, or the list of everything."""
    if asked.track is None:
        return [{"label": _("Learning"), "url": reverse("courses:course-list")}]
    version = asked.track.track_version
    url = reverse("courses:track-detail", args=[version.slug]) if asked.track.has_page else ""
    return [{"label": version.title, "url": url}]


def _minimum_time(person: User, lesson: LessonRow, reading: Reading) -> dict[str, Any]:
    """What the button *mark as done* needs to know."""
    left = seconds_left(lesson.minimum_seconds, reading.seconds)
    opened = opened_sign(person.pk, lesson.pk, at=timezone.now())
    return {"seconds_left": left, "wait_minutes": -(-left // 60), "opened": opened}


def _place_in(page: LessonPage, reading: Reading) -> str:
    """The block where the reader left off; empty when the lesson is done or the block is gone (or is another
    language's)."""
    is_there = any(block.id == reading.place for block in page.body)
    return reading.place if is_there and not reading.is_done else ""


def _check_alone(request: HttpRequest, lesson: Any, shown: dict[str, Any]) -> HttpResponse:
    """One self-check for htmx, in the lesson's language."""
    check = shown.get(request.GET["check"])
    if check is None:
        raise Http404
    with translation.override(lesson.language):
        return render(request, "courses/blocks/check.html", {"check": check, "lesson": lesson})


def _exercise_alone(request: HttpRequest, lesson: Any, sheets: Mapping[str, Sheet]) -> HttpResponse:
    """One exercise for htmx, in the lesson's language."""
    sheet = sheets.get(request.GET["exercise"])
    if sheet is None:
        raise Http404
    with translation.override(lesson.language):
        return render(request, "courses/blocks/exercise.html", {"sheet": sheet, "lesson": lesson})


def _edit_url(person: User, pk: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[pk]) if can_author(person) else ""
