"""Reading and finishing lessons."""

from datetime import timedelta

import pytest

from courses.catalogue.queries import courses
from courses.enrolment.models import Enrolment
from courses.enrolment.services.lessons import assign_lesson
from courses.events import lesson_completed
from courses.progress.models import LessonCompletion, LessonVisit
from courses.progress.queries import done_lessons, readings
from courses.progress.services import complete_lesson, record_reading
from tests.factories.catalogue import in_english, make_course
from tests.factories.enrolment import lessons_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course("crm", lessons=2)


@pytest.fixture
def lesson(course):
    return lessons_of(course)[0]


@pytest.fixture
def announced():
    """(lesson key, open enrolments at that moment) of every `lesson_completed`."""
    heard = []

    def listen(completion, at, **kwargs):
        heard.append((completion.lesson_key, Enrolment.objects.live().filter(person=completion.person).count()))

    lesson_completed.connect(listen)
    yield heard
    lesson_completed.disconnect(listen)


def test_a_completion_keeps_key_language_revision_version_and_time_spent(cast, lesson, at):
    record_reading(cast.ana, lesson.translation_key, seconds=45, place="", at=at)

    completion = complete_lesson(cast.ana, lesson, at=at)

    assert completion.lesson_key == lesson.translation_key
    assert (completion.language, completion.material_version) == ("zh-hans", 1)
    assert completion.revision == lesson.live_revision
    assert (completion.seconds, completion.completed_at) == (45, at)


def test_what_is_done_in_one_language_is_done(cast, course, lesson, at):
    complete_lesson(cast.ana, in_english(lesson), at=at)

    row = courses("zh-hans")[course.translation_key].lessons[0]
    assert readings(cast.ana, [row])[lesson.translation_key].is_done


def test_finishing_again_writes_nothing_and_is_announced_again(cast, lesson, at, announced):
    first = complete_lesson(cast.ana, lesson, at=at)

    second = complete_lesson(cast.ana, lesson, at=at + timedelta(days=1))

    assert second == first
    assert second.completed_at == at
    assert LessonCompletion.objects.count() == 1
    assert len(announced) == 2


def test_finishing_closes_the_single_assignment_before_the_news_travels_up(cast, lesson, at, announced):
    asked = assign_lesson(
        cast.ana, lesson.translation_key, due_on=None, reason_zh="辅导", reason_en="Coaching", actor=cast.eva, at=at
    )
    other = assign_lesson(
        cast.abel, lesson.translation_key, due_on=None, reason_zh="辅导", reason_en="Coaching", actor=cast.eva, at=at
    )

    complete_lesson(cast.ana, lesson, at=at)

    asked.refresh_from_db()
    other.refresh_from_db()
    assert asked.completed_at == at
    assert other.completed_at is None
    assert announced == [(lesson.translation_key, 0)]


def test_a_lesson_read_before_and_assigned_again_is_asked_for_until_it_is_read_again(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    asked = assign_lesson(
        cast.ana, lesson.translation_key, due_on=None, reason_zh="辅导", reason_en="Coaching", actor=cast.eva, at=at
    )
    assert asked.completed_at is None

    complete_lesson(cast.ana, lesson, at=at + timedelta(days=2))

    asked.refresh_from_db()
    assert asked.completed_at == at + timedelta(days=2)


def test_a_material_change_makes_a_second_completion(cast, course, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    lesson.material_version = 2
    lesson.save_revision().publish()
    lesson.refresh_from_db()
    row = courses("zh-hans")[course.translation_key].lessons[0]
    reading = readings(cast.ana, [row])[row.key]
    assert (reading.is_done, reading.was_changed) == (False, True)

    complete_lesson(cast.ana, lesson, at=at + timedelta(days=1))

    assert readings(cast.ana, [row])[row.key].is_done
    assert LessonCompletion.objects.count() == 2


def test_reading_time_adds_up_and_the_place_is_kept(cast, lesson, at):
    key = lesson.translation_key

    assert record_reading(cast.ana, key, seconds=20, place="a", at=at)
    assert record_reading(cast.ana, key, seconds=20, place="b", at=at + timedelta(seconds=20))
    assert record_reading(cast.ana, key, seconds=5, place="", at=at + timedelta(seconds=40))

    visit = LessonVisit.objects.get()
    assert (visit.seconds, visit.place) == (45, "b")
    assert (visit.first_opened_at, visit.last_seen_at) == (at, at + timedelta(seconds=40))


def test_reading_is_written_at_most_every_fifteen_seconds(cast, lesson, at):
    key = lesson.translation_key
    record_reading(cast.ana, key, seconds=20, place="a", at=at)

    assert not record_reading(cast.ana, key, seconds=14, place="b", at=at + timedelta(seconds=14.9))
    assert LessonVisit.objects.get().place == "a"
    assert record_reading(cast.ana, key, seconds=15, place="c", at=at + timedelta(seconds=15))


def test_done_lessons_of_many_people_take_one_query(cast, course, lesson, at, django_assert_num_queries):
    complete_lesson(cast.ana, lesson, at=at)
    rows = courses("en")[course.translation_key].lessons

    with django_assert_num_queries(1):
        done = done_lessons([cast.ana, cast.abel, cast.olga], rows)

    assert done == {
        cast.ana.pk: frozenset({lesson.translation_key}),
        cast.abel.pk: frozenset(),
        cast.olga.pk: frozenset(),
    }


def test_completions_are_visible_to_whoever_sees_the_record(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)

    seen_by = {name for name, who in cast.people.items() if LessonCompletion.objects.visible_to(who).exists()}
    assert seen_by == {"ana", "lena", "carl", "eva", "quinn", "mona"}
