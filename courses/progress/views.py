"""What a reader's browser reports: the lesson is done, time was spent in it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.catalogue.blocks.exercise import exercise_sheets
from courses.catalogue.models import LessonPage
from courses.catalogue.queries import check_keys, checks, courses, lessons, readable_lessons
from courses.progress.forms import BeatForm, DoneForm, answer_in, exercise_in
from courses.progress.queries import time_left, unchecked
from courses.progress.services import TooSoon, complete_lesson, record_reading, record_try


@login_required
@require_POST
def lesson_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the lesson as done and go on to the next one; after the last one back to the course."""
    lesson = get_object_or_404(readable_lessons().select_related("locale"), pk=pk)
    at = timezone.now()
    [course] = courses(get_language(), keys=[lesson.get_parent().translation_key]).values()
    seconds, is_measured = DoneForm(request.POST).spent(request.user.pk, lesson.pk, at=at)
    try:
        completion = complete_lesson(request.user, lesson, at=at, seconds=seconds, is_measured=is_measured)
    except TooSoon as early:
        messages.warning(request, _too_soon(early.seconds_left))
        return redirect(next(row.url for row in course.lessons if row.key == lesson.translation_key))
    recheck = unchecked([completion]).get(completion.pk)
    if recheck is not None:
        messages.info(request, _("Read. The lesson counts as done once you pass this quiz."))
        return redirect("assessments:quiz-start", recheck.pk)
    _before, after = course.neighbours_of(lesson.translation_key)
    if after is None:
        messages.success(request, _("“%(lesson)s” is done.") % {"lesson": lesson.title})
    return redirect(after.url if after else course.url)


@login_required
@require_POST
def lesson_heartbeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Add reading time. Sent by the page while somebody reads; not an act of the reader (`X-Background`)."""
    lesson = get_object_or_404(readable_lessons(), pk=pk)
    form = BeatForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    beat = form.cleaned_data
    record_reading(
        request.user,
        lesson.translation_key,
        seconds=beat["active_seconds"],
        place=beat["place"],
        at=timezone.now(),
    )
    left = time_left(request.user, lesson.translation_key)
    return HttpResponse(status=204, headers={"X-Seconds-Left": str(left)})


@login_required
@require_POST
def check_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a try at a self-check or an exercise, and show what comes of it: htmx gets the part alone, a plain form the
    lesson at the address that shows the same answer again."""
    page = get_object_or_404(readable_lessons().select_related("locale"), pk=pk)
    with translation.override(page.locale.language_code):
        kind, part = _tried(request, page)
        if request.htmx and part is None:
            raise Http404
        lesson = lessons(page.locale.language_code, [page.translation_key])[page.translation_key]
        if request.htmx:
            context = {"lesson": lesson, "check" if kind == "check" else "sheet": part}
            return render(request, f"courses/blocks/{kind}.html", context)
    asked = [(name, value) for name in _ASKED for value in request.POST.getlist(name)]
    if page.locale.language_code != get_language():
        asked.append(("in", page.locale.language_code))
    return redirect(f"{lesson.url}?{urlencode(asked)}#{kind}-{request.POST.get(kind, '')}")


#: What an address says of an answer.
_ASKED = ("check", "answer", "chosen", "exercise", "try", "result")


def _tried(request: HttpRequest, page: LessonPage) -> tuple[str, Any]:
    """(kind of block, what the reader sees of it), with the try kept. What can't be read and what wasn't chosen is no
    try; None: the lesson has no such question (any more)."""
    at = timezone.now()
    if "exercise" in request.POST:
        sheets: Mapping[str, Any] = exercise_sheets(
            page.body, reader=str(request.user.pk), asked=exercise_in(request.POST)
        )
        sheet = sheets.get(request.POST["exercise"])
        if sheet is not None and sheet.judgement is not None:
            record_try(request.user, page, question=sheet.key, metric=sheet.metric.key, is_right=sheet.is_right, at=at)
        return "exercise", sheet
    check = checks(check_keys(page), **answer_in(request.POST)).get(request.POST.get("check", ""))
    if check is not None and check.is_answered:
        record_try(request.user, page, question=check.key, is_right=check.is_right, at=at)
    return "check", check


def _too_soon(seconds_left: int) -> str:
    minutes = -(-seconds_left // 60)
    return ngettext(
        "Not yet: this lesson asks for about %(n)d more minute of reading. Your time so far is kept.",
        "Not yet: this lesson asks for about %(n)d more minutes of reading. Your time so far is kept.",
        minutes,
    ) % {"n": minutes}
