"""What has been read, by whom."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.catalogue.queries import LessonRow, minimum_seconds
from courses.progress.models import LessonCompletion, LessonVisit
from courses.progress.rules import Finished, counts_as_done, seconds_left
from lms.people.models import User


@dataclass(frozen=True)
class Reading:
    """One person and one lesson. `was_changed`: finished once, but the lesson matters anew since."""

    is_done: bool = False
    was_changed: bool = False
    completed_at: datetime | None = None  # None: never finished
    last_seen_at: datetime | None = None  # None: never opened
    seconds: int = 0
    place: str = ""

    @property
    def is_begun(self) -> bool:
        return self.last_seen_at is not None and not self.is_done


def readings(person: User, lessons: Collection[LessonRow]) -> dict[UUID, Reading]:
    """The person's standing in each lesson by key; two queries."""
    keys = [lesson.key for lesson in lessons]
    finished: dict[UUID, list[LessonCompletion]] = defaultdict(list)
    for completion in LessonCompletion.objects.filter(person=person, lesson_key__in=keys).order_by("completed_at"):
        finished[completion.lesson_key].append(completion)
    visits = {visit.lesson_key: visit for visit in LessonVisit.objects.filter(person=person, lesson_key__in=keys)}
    return {
        lesson.key: _reading(lesson, finished[lesson.key], visits.get(lesson.key), person.language)
        for lesson in lessons
    }


def _reading(
    lesson: LessonRow, finished: list[LessonCompletion], visit: LessonVisit | None, own_language: str
) -> Reading:
    done = _is_done(lesson, finished, own_language)
    return Reading(
        is_done=done,
        was_changed=bool(finished) and not done,
        completed_at=finished[-1].completed_at if finished else None,
        last_seen_at=visit.last_seen_at if visit else None,
        seconds=visit.seconds if visit else 0,
        place=visit.place if visit else "",
    )


def done_lessons(people: Iterable[User], lessons: Collection[LessonRow]) -> Mapping[int, frozenset[UUID]]:
    """The keys of the lessons each person (by id) has done, in one query whatever the numbers."""
    by_id = {person.pk: person for person in people}
    rows = LessonCompletion.objects.filter(person__in=by_id, lesson_key__in=[lesson.key for lesson in lessons])
    finished: dict[tuple[int, UUID], list[LessonCompletion]] = defaultdict(list)
    for completion in rows:
        finished[completion.person_id, completion.lesson_key].append(completion)
    return {
        pk: frozenset(
            lesson.key for lesson in lessons if _is_done(lesson, finished.get((pk, lesson.key), []), person.language)
        )
        for pk, person in by_id.items()
    }


def time_left(person: User, lesson_key: UUID) -> int:
    """Seconds of the lesson's minimum time that the person has still to read; 0 where there is none. Two queries, one
    where there is none."""
    minimum = minimum_seconds(lesson_key)
    if not minimum:
        return 0
    visits = LessonVisit.objects.filter(person=person, lesson_key=lesson_key)
    return seconds_left(minimum, visits.values_list("seconds", flat=True).first() or 0)


def _is_done(lesson: LessonRow, finished: Iterable[LessonCompletion], own_language: str) -> bool:
    values = [Finished(completion.language, completion.material_version) for completion in finished]
    return counts_as_done(values, live=lesson.versions, own_language=own_language)
