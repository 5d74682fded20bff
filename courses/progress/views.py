"""What a reader's browser reports: the lesson is done, time was spent in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.catalogue.queries import courses, readable_lessons
from courses.progress.forms import BeatForm, DoneForm
from courses.progress.queries import time_left, unchecked
from courses.progress.services import TooSoon, complete_lesson, record_reading


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


def _too_soon(seconds_left: int) -> str:
    minutes = -(-seconds_left // 60)
    return ngettext(
        "Not yet: this lesson asks for about %(n)d more minute of reading. Your time so far is kept.",
        "Not yet: this lesson asks for about %(n)d more minutes of reading. Your time so far is kept.",
        minutes,
    ) % {"n": minutes}
