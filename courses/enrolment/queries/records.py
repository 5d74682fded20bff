"""What is part of somebody's record."""

from django.db.models import Q
from wagtail.models import Page

from courses.catalogue.models import LessonPage, TrackPage, TrackPagePrerequisite, TrackPageStep
from courses.enrolment.models import Enrolment
from courses.progress.models import LessonCompletion


def is_kept(page: Page) -> bool:
    """Whether the page, or one below it, is part of somebody's record: a lesson that was finished in this language, a
    course or lesson that a track asks for, a track that somebody was enrolled in or that comes before another. Such a page is unpublished, never deleted."""
    below = {"path__startswith": page.path}
    read = LessonCompletion.objects.filter(
        lesson_key__in=LessonPage.objects.filter(**below).values("translation_key"),
        language=page.locale.language_code,
    )
    asked = TrackPageStep.objects.filter(Q(course__path__startswith=page.path) | Q(lesson__path__startswith=page.path))
    before = TrackPagePrerequisite.objects.filter(track__path__startswith=page.path)
    taken = Enrolment.objects.filter(
        track_version__track_key__in=TrackPage.objects.filter(**below).values("translation_key")
    )
    return read.exists() or asked.exists() or before.exists() or taken.exists()
