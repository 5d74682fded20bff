"""Reading and finishing lessons."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from courses import events
from courses.catalogue.models import LessonPage
from courses.progress.models import LessonCompletion, LessonVisit
from courses.progress.rules import SECONDS_BETWEEN_WRITES, credited_seconds
from lms.people.models import User


@transaction.atomic
def complete_lesson(person: User, lesson: LessonPage, *, at: datetime) -> LessonCompletion:
    """Keep for good that the person finished the page as it is published now, and announce it.

    Once per material version: finishing again writes no second row, but is announced again, because a lesson may have
    been assigned once more (a coaching ticket asks for a lesson that was read before).
    """
    visit = LessonVisit.objects.filter(person=person, lesson_key=lesson.translation_key).first()
    completion, _made = LessonCompletion.objects.get_or_create(
        person=person,
        lesson_key=lesson.translation_key,
        material_version=lesson.material_version,
        defaults={
            "language": lesson.locale.language_code,
            "revision_id": lesson.live_revision_id,
            "seconds": visit.seconds if visit else 0,
            "completed_at": at,
        },
    )
    # First what this app itself makes of it (enrolments close), then the news that travels up.
    events.lesson_read.send(sender=LessonCompletion, completion=completion, at=at)
    events.lesson_completed.send(sender=LessonCompletion, completion=completion, at=at)
    return completion


@transaction.atomic
def record_reading(person: User, lesson_key: UUID, *, seconds: int, place: str, at: datetime) -> bool:
    """Add reading time and keep the place, at most once in 15 seconds; False when nothing was written.

    `seconds` is what the browser claims since its last beat; more than has passed is not believed."""
    visit = LessonVisit.objects.filter(person=person, lesson_key=lesson_key).first()
    if visit is None:
        _visit, made = LessonVisit.objects.get_or_create(
            person=person,
            lesson_key=lesson_key,
            defaults={
                "first_opened_at": at,
                "last_seen_at": at,
                "seconds": credited_seconds(seconds, since_last=None),
                "place": place,
            },
        )
        return made
    since_last = (at - visit.last_seen_at).total_seconds()
    if since_last < SECONDS_BETWEEN_WRITES:
        return False
    # Compare and set: of two tabs that beat at once, one is believed.
    return bool(
        LessonVisit.objects.filter(pk=visit.pk, last_seen_at=visit.last_seen_at).update(
            last_seen_at=at,
            seconds=visit.seconds + credited_seconds(seconds, since_last=since_last),
            place=place or visit.place,
        )
    )
