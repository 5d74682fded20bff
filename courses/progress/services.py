"""Reading and finishing lessons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from courses import events
from courses.catalogue.models import LessonPage
from courses.catalogue.queries import minimum_seconds
from courses.progress.models import LessonCompletion, LessonVisit, SelfCheckAnswer, StudyDay
from courses.progress.queries import planned_around
from courses.progress.rules import (
    SECONDS_BETWEEN_WRITES,
    SECONDS_PER_BEAT,
    credited_seconds,
    seconds_left,
    whose_time,
)
from lms.kernel.bulk import add_to_row
from lms.people.models import User
from lms.people.permissions import can_author
from lms.people.queries import local_day_of


class TooSoon(Exception):
    """The lesson's minimum time isn't over. `seconds_left` says how long it takes still."""

    def __init__(self, seconds_left: int) -> None:
        super().__init__(seconds_left)
        self.seconds_left = seconds_left


def complete_lesson(
    person: User, lesson: LessonPage, *, at: datetime, seconds: int = 0, is_measured: bool = True
) -> LessonCompletion:
    """Keep for good that the person finished the page as it is published now, and announce it.

    Once per material version: finishing again writes no second row, but is announced again, because a lesson may have
    been assigned once more (a coaching ticket asks for a lesson that was read before).

    `seconds` were spent since the browser's last beat; not `is_measured`: it counts none, and all the time since the
    page was opened is believed. Raises TooSoon before the lesson's minimum time is over; the time spent is kept.
    """
    read = _keep_time(person, lesson.translation_key, seconds=seconds, is_measured=is_measured, at=at)
    if left := seconds_left(minimum_seconds(lesson.translation_key), read):
        raise TooSoon(left)
    return _complete(person, lesson, seconds=read, at=at)


@transaction.atomic
def _complete(person: User, lesson: LessonPage, *, seconds: int, at: datetime) -> LessonCompletion:
    completion, _made = LessonCompletion.objects.get_or_create(
        person=person,
        lesson_key=lesson.translation_key,
        material_version=lesson.material_version,
        round=1,
        defaults=_as_published(lesson) | {"seconds": seconds, "completed_at": at},
    )
    # First what this app itself makes of it (enrolments close), then the news that travels up.
    events.lesson_read.send(sender=LessonCompletion, completion=completion, lesson=lesson, at=at)
    events.lesson_completed.send(sender=LessonCompletion, completion=completion, at=at)
    return completion


def _as_published(lesson: LessonPage) -> dict[str, Any]:
    return {"language": lesson.locale.language_code, "revision_id": lesson.live_revision_id}


@transaction.atomic
def _keep_time(person: User, lesson_key: UUID, *, seconds: int, is_measured: bool, at: datetime) -> int:
    """Add what was spent since the last beat, and return what is believed in all."""
    visit = LessonVisit.objects.filter(person=person, lesson_key=lesson_key).first()
    most = SECONDS_PER_BEAT if is_measured else seconds
    since_last = (at - visit.last_seen_at).total_seconds() if visit else None
    more = credited_seconds(seconds, since_last=since_last, most=most)
    if visit is None and more:
        LessonVisit.objects.get_or_create(
            person=person,
            lesson_key=lesson_key,
            defaults={"first_opened_at": at, "last_seen_at": at, "seconds": more},
        )
    elif visit is not None and more:
        # Compare and set: of two tabs at once, one is believed.
        LessonVisit.objects.filter(pk=visit.pk, last_seen_at=visit.last_seen_at).update(
            last_seen_at=at, seconds=visit.seconds + more
        )
    return (visit.seconds if visit else 0) + more


@transaction.atomic
def record_reading(person: User, lesson_key: UUID, *, seconds: int, place: str, at: datetime) -> bool:
    """Add reading time and keep the place, at most once in 15 seconds; False when nothing was written.

    `seconds` is what the browser claims since its last beat; more than has passed is not believed. What is believed is
    added to the day's study, too."""
    visit = LessonVisit.objects.filter(person=person, lesson_key=lesson_key).first()
    if visit is None:
        believed = credited_seconds(seconds, since_last=None)
        _visit, made = LessonVisit.objects.get_or_create(
            person=person,
            lesson_key=lesson_key,
            defaults={"first_opened_at": at, "last_seen_at": at, "seconds": believed, "place": place},
        )
        if made:
            add_study(person, believed, at=at)
        return made
    since_last = (at - visit.last_seen_at).total_seconds()
    if since_last < SECONDS_BETWEEN_WRITES:
        return False
    believed = credited_seconds(seconds, since_last=since_last)
    # Compare and set: of two tabs that beat at once, one is believed.
    is_believed = LessonVisit.objects.filter(pk=visit.pk, last_seen_at=visit.last_seen_at).update(
        last_seen_at=at, seconds=visit.seconds + believed, place=place or visit.place
    )
    if is_believed:
        add_study(person, believed, at=at)
    return bool(is_believed)


def add_study(person: User, seconds: int, *, at: datetime) -> None:
    """Add what was read just now to the person's day, in whose time it was. One read, one write."""
    if seconds <= 0:
        return
    day = local_day_of(person, at=at)
    column = whose_time(planned_around(person, day), at=at, day=day)
    add_to_row(StudyDay, {"person": person.pk, "on": day}, {column: seconds})


@transaction.atomic
def finish_again(completion: LessonCompletion, lesson: LessonPage, *, at: datetime) -> LessonCompletion:
    """Keep that a lesson that was finished before was finished once more, as it is published now."""
    own = LessonCompletion.objects.filter(person=completion.person_id, lesson_key=completion.lesson_key)
    last = own.filter(material_version=lesson.material_version).order_by("-round").first()
    again, _made = LessonCompletion.objects.get_or_create(
        person=completion.person,
        lesson_key=completion.lesson_key,
        material_version=lesson.material_version,
        round=last.round + 1 if last else 1,
        defaults=_as_published(lesson) | {"seconds": 0, "completed_at": at},
    )
    return again


@transaction.atomic
def record_try(
    person: User, lesson: LessonPage, *, question: str, metric: str = "", is_right: bool, at: datetime
) -> SelfCheckAnswer | None:
    """Keep that somebody tried a self-check or an exercise; only the person's first try at it is marked as such. None
    for authors, who try out what they write: they are no readers."""
    if can_author(person):
        return None
    what = {"person": person, "lesson_key": lesson.translation_key, "question": question, "metric": metric}
    facts = {"language": lesson.locale.language_code, "is_right": is_right, "answered_at": at}
    answer, is_made = SelfCheckAnswer.objects.get_or_create(**what, is_first=True, defaults=facts)
    return answer if is_made else SelfCheckAnswer.objects.create(**what, **facts, is_first=False)
