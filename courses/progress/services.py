"""Reading and finishing lessons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from assessments.assignments.models import Assignment
from assessments.assignments.services import assign_quiz
from courses import events
from courses.catalogue.models import LessonPage
from courses.catalogue.queries import lessons, minimum_seconds
from courses.progress.models import (
    LessonCompletion,
    LessonVisit,
    MaterialChange,
    Recheck,
    SelfCheckAnswer,
    StudyDay,
)
from courses.progress.queries import planned_around, readers_to_ask, unchecked
from courses.progress.rules import (
    SECONDS_BETWEEN_WRITES,
    SECONDS_PER_BEAT,
    credited_seconds,
    seconds_left,
    whose_time,
)
from lms.kernel.bulk import add_to_row
from lms.notifications.services import News, notify_all
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

    Who had finished the lesson before a material change with a re-check gets the quiz; the completion counts, and is
    announced, once that is passed (`settle_recheck`).
    """
    read = _keep_time(person, lesson.translation_key, seconds=seconds, is_measured=is_measured, at=at)
    if left := seconds_left(minimum_seconds(lesson.translation_key), read):
        raise TooSoon(left)
    return _complete(person, lesson, seconds=read, at=at)


@transaction.atomic
def _complete(person: User, lesson: LessonPage, *, seconds: int, at: datetime) -> LessonCompletion:
    completion, is_new = LessonCompletion.objects.get_or_create(
        person=person,
        lesson_key=lesson.translation_key,
        material_version=lesson.material_version,
        round=1,
        defaults=_as_published(lesson) | {"seconds": seconds, "completed_at": at},
    )
    if is_new:
        _ask_for_recheck(completion, lesson, at=at)
    if completion.pk not in unchecked([completion]):
        _announce(completion, lesson, at=at)
    return completion


def _announce(completion: LessonCompletion, lesson: LessonPage | None, *, at: datetime) -> None:
    """First what this app itself makes of it (enrolments close), then the news that travels up. `lesson` None: nothing was
    read just now, a re-check was passed."""
    events.lesson_read.send(sender=LessonCompletion, completion=completion, lesson=lesson, at=at)
    events.lesson_completed.send(sender=LessonCompletion, completion=completion, at=at)


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


# --- a change that matters -------------------------------------------------------------------------------------


@transaction.atomic
def publish_material_change(lesson: LessonPage, *, actor: User | None, at: datetime) -> MaterialChange | None:
    """Keep that the lesson's material version is published in its language, once, and tell those who had finished an
    older one and whose own language has it now. None for a first version, which nobody has to read *again*.
    """
    if not lesson.live or lesson.material_version < 2:
        return None
    language = lesson.locale.language_code
    change, is_new = MaterialChange.objects.get_or_create(
        lesson_key=lesson.translation_key,
        language=language,
        material_version=lesson.material_version,
        defaults={
            "quiz_id": lesson.source.recheck_quiz_id if lesson.is_source else _quiz_of(lesson),
            "published_by": actor,
            "published_at": at,
        },
    )
    if is_new:
        _tell_readers(change, at=at)
    return change


def _quiz_of(lesson: LessonPage) -> int | None:
    """What the same change asks for in the other language; it came out there first."""
    same = MaterialChange.objects.filter(
        lesson_key=lesson.translation_key, material_version=lesson.material_version
    ).order_by("pk")
    return same.values_list("quiz_id", flat=True).first()


def _tell_readers(change: MaterialChange, *, at: datetime) -> None:
    people = readers_to_ask(change)
    rows = {
        code: lessons(code, [change.lesson_key]).get(change.lesson_key) for code in {who.language for who in people}
    }
    note = {"quiz_note_zh": "", "quiz_note_en": ""}
    if change.quiz:
        note = {
            "quiz_note_zh": f"之后请做一个小测验：{change.quiz.title_zh}。",
            "quiz_note_en": f"A short quiz follows: {change.quiz.title_en}.",
        }
    notify_all(
        (
            News(who, "lesson_changed", row.url, {"lesson": row.title, **note})
            for who in people
            if (row := rows[who.language])
        ),
        at=at,
    )


def _ask_for_recheck(completion: LessonCompletion, lesson: LessonPage, *, at: datetime) -> None:
    """The newest quiz among the changes since the person finished it last; nobody else is asked."""
    read_before = LessonCompletion.objects.filter(
        person=completion.person_id,
        lesson_key=completion.lesson_key,
        material_version__lt=completion.material_version,
    )
    last = read_before.order_by("-material_version").values_list("material_version", flat=True).first()
    if last is None:
        return
    changes = MaterialChange.objects.filter(
        lesson_key=completion.lesson_key,
        material_version__gt=last,
        material_version__lte=completion.material_version,
        quiz__isnull=False,
    )
    change = changes.select_related("quiz").order_by("-material_version", "pk").first()
    if change is None or change.quiz is None:
        return
    titles = dict(
        LessonPage.objects.filter(translation_key=completion.lesson_key).values_list("locale__language_code", "title")
    )
    assignment = assign_quiz(
        completion.person,
        change.quiz,
        reason_zh=f"课时有重要变更：{titles.get('zh-hans', lesson.title)}"[:300],
        reason_en=f"A lesson has changed: {titles.get('en', lesson.title)}"[:300],
        actor=None,
        at=at,
    )
    Recheck.objects.create(completion=completion, assignment=assignment)


@transaction.atomic
def settle_recheck(assignment: Assignment, *, at: datetime) -> bool:
    """The assignment was graded: where it is a re-check and passed, the lesson counts from now on and that is announced.
    Announced again when it is graded again; what listens takes that."""
    recheck = Recheck.objects.filter(assignment=assignment).select_related("completion__person").first()
    if recheck is None or recheck.completion_id in unchecked([recheck.completion]):
        return False
    _announce(recheck.completion, None, at=at)
    return True


# --- self-checks ------------------------------------------------------------------------------------------------


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
