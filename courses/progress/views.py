"""What a reader's browser reports: the lesson is done, time was spent in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.catalogue.queries import courses, readable_lessons
from courses.progress.forms import BeatForm
from courses.progress.queries import unchecked
from courses.progress.services import complete_lesson, record_reading


@login_required
@require_POST
def lesson_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the lesson as done and go on to the next one; after the last one back to the course."""
    lesson = get_object_or_404(readable_lessons().select_related("locale"), pk=pk)
    completion = complete_lesson(request.user, lesson, at=timezone.now())
    recheck = unchecked([completion]).get(completion.pk)
    if recheck is not None:
        messages.info(request, _("Read. The lesson counts as done once you pass this quiz."))
        return redirect("assessments:quiz-start", recheck.pk)
    [course] = courses(get_language(), keys=[lesson.get_parent().translation_key]).values()
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
    return HttpResponse(status=204)
