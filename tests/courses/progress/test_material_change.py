"""A change that matters: who is asked to read again, what is marked, and the re-check."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from assessments.assignments.models import Assignment
from courses.catalogue.models import LessonPage
from courses.catalogue.queries import lessons
from courses.enrolment.queries.progress import progress_of, to_learn
from courses.events import lesson_completed
from courses.progress.models import LessonCompletion, MaterialChange, Recheck
from courses.progress.queries import (
    Completions,
    changed_lessons,
    completion_rows,
    done_lessons,
    readings,
    what_changed,
)
from courses.progress.services import complete_lesson
from lms.notifications.models import Notification
from tests.factories.attempts import sit
from tests.factories.catalogue import in_english, make_course, make_lesson, make_track
from tests.factories.enrolment import enrol
from tests.factories.kept import warm
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db

FIRST = {"type": "markdown", "value": {"text": "先说明原因。"}, "id": "b0000000-0000-4000-8000-000000000001"}
SECOND = {"type": "markdown", "value": {"text": "再静音。"}, "id": "b0000000-0000-4000-8000-000000000002"}
THIRD = {"type": "callout", "value": {"tone": "tip", "text": "回来道谢"}, "id": "b0000000-0000-4000-8000-000000000003"}


def changed_for(person):
    return changed_lessons(person, Completions.of(completion_rows([person.pk], [], with_changed=True)))


@pytest.fixture
def course():
    return make_course("crm", lessons=0)


@pytest.fixture
def lesson(course):
    return make_lesson(course, "hold", body=[FIRST, SECOND])


@pytest.fixture
def quiz():
    return make_quiz("recheck", questions=2)


def publish(page, *, body=None, is_material=True, quiz=None):
    """As an author does it on the source page, or by publishing the translation."""
    page = LessonPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    if body is not None:
        page.body = body
    if page.is_source:
        page.material_version += int(is_material)
        page.recheck_quiz = quiz
    page.save_revision().publish()
    return LessonPage.objects.get(pk=page.pk)


def news_of(person):
    return list(Notification.objects.filter(recipient=person, kind="lesson_changed"))


def is_done(person, lesson):
    row = lessons(person.language, [lesson.translation_key])[lesson.translation_key]
    return lesson.translation_key in done_lessons([person], [row])[person.pk]


def test_who_finished_the_lesson_is_told_once_and_nobody_else(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)

    changed = publish(lesson, body=[FIRST])
    publish(changed, body=[FIRST, THIRD], is_material=False)

    [news] = news_of(cast.ana)
    assert news.url == "/learn/courses/crm/hold/"
    assert news_of(cast.abel) == []
    assert MaterialChange.objects.filter(language="zh-hans").count() == 1
    assert [row.lesson.key for row in changed_for(cast.ana)] == [lesson.translation_key]
    assert changed_for(cast.abel) == []


def test_a_small_change_asks_nobody(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)

    publish(lesson, body=[FIRST], is_material=False)

    assert news_of(cast.ana) == []
    assert not MaterialChange.objects.exists()


def test_a_reader_is_asked_once_the_own_language_has_the_change(cast, lesson, at):
    cast.abel.language = "en"
    cast.abel.save()
    complete_lesson(cast.ana, lesson, at=at)
    complete_lesson(cast.abel, in_english(lesson), at=at)

    publish(lesson, body=[FIRST])
    assert (len(news_of(cast.ana)), len(news_of(cast.abel))) == (1, 0)

    publish(in_english(lesson))
    assert (len(news_of(cast.ana)), len(news_of(cast.abel))) == (1, 1)


def test_who_has_left_is_told_nothing(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    cast.ana.status = "left"
    cast.ana.save()

    publish(lesson, body=[FIRST])

    assert news_of(cast.ana) == []


def test_a_page_that_is_only_scheduled_asks_nobody(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    page = lesson.get_latest_revision_as_object()
    page.material_version = 2
    page.go_live_at = at + timedelta(days=365 * 50)
    page.save_revision().publish()

    assert news_of(cast.ana) == []


# --- what is marked ----------------------------------------------------------------------------------------------


def test_only_the_changed_parts_are_marked(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    changed = publish(lesson, body=[FIRST | {"value": {"text": "先道歉。"}}, THIRD])

    found = what_changed(cast.ana, changed)

    assert found.is_known
    assert dict(found.marks) == {FIRST["id"]: "changed", THIRD["id"]: "new"}
    assert len(found.removed) == 1
    assert "再静音。" in found.removed[0]


def test_what_was_read_in_the_other_language_is_compared_there(cast, lesson, at):
    english = in_english(lesson)
    complete_lesson(cast.ana, english, at=at)
    publish(lesson, body=[FIRST, SECOND, THIRD])
    publish(english, body=[FIRST | {"value": {"text": "Say sorry first."}}, SECOND])

    found = what_changed(cast.ana, LessonPage.objects.get(pk=lesson.pk))

    assert dict(found.marks) == {FIRST["id"]: "changed"}


def test_without_the_revision_nothing_is_marked_and_the_page_says_so(client, cast, lesson, at):
    completion = complete_lesson(cast.ana, lesson, at=at)
    LessonCompletion.objects.filter(pk=completion.pk).update(revision=None)
    changed = publish(lesson, body=[FIRST])
    client.force_login(cast.ana)

    assert not what_changed(cast.ana, changed).is_known
    shown = client.get("/learn/courses/crm/hold/").content.decode()
    assert "lesson-changes" in shown
    assert "lesson-block-marked" not in shown


def test_the_page_marks_the_changed_block_until_it_is_read_again(client, cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    changed = publish(lesson, body=[FIRST, SECOND | {"value": {"text": "再按静音键。"}}])
    client.force_login(cast.ana)

    shown = client.get("/learn/courses/crm/hold/").content.decode()
    assert shown.count("lesson-block-marked") == 1
    assert "data-next-change" in shown

    complete_lesson(cast.ana, changed, at=at + timedelta(days=1))
    assert "lesson-block-marked" not in client.get("/learn/courses/crm/hold/").content.decode()


# --- the re-check ------------------------------------------------------------------------------------------------


@pytest.fixture
def announced():
    heard = []

    def listen(completion, at, **kwargs):
        heard.append(completion.material_version)

    lesson_completed.connect(listen)
    yield heard
    lesson_completed.disconnect(listen)


def test_the_lesson_counts_again_once_it_is_read_and_the_quiz_is_passed(cast, lesson, quiz, at, announced):
    complete_lesson(cast.ana, lesson, at=at)
    changed = publish(lesson, body=[FIRST], quiz=quiz)
    assert not is_done(cast.ana, lesson)

    complete_lesson(cast.ana, changed, at=at)
    recheck = Recheck.objects.get()
    assert recheck.assignment.quiz == quiz
    assert not is_done(cast.ana, lesson)
    assert announced == [1]
    assert changed_for(cast.ana)[0].reading.recheck == recheck.assignment

    sit(recheck.assignment, at=at, right=0)
    assert not is_done(cast.ana, lesson)
    sit(recheck.assignment, at=at + timedelta(hours=1))
    assert is_done(cast.ana, lesson)
    assert announced == [1, 2]
    assert changed_for(cast.ana) == []


def test_reading_once_more_gives_no_second_quiz(cast, lesson, quiz, at):
    complete_lesson(cast.ana, lesson, at=at)
    changed = publish(lesson, body=[FIRST], quiz=quiz)

    for _time in range(2):
        complete_lesson(cast.ana, changed, at=at)

    assert Assignment.objects.filter(person=cast.ana, quiz=quiz).count() == 1


def test_who_reads_the_lesson_for_the_first_time_is_not_rechecked(cast, lesson, quiz, at):
    changed = publish(lesson, body=[FIRST], quiz=quiz)

    complete_lesson(cast.abel, changed, at=at)

    assert is_done(cast.abel, lesson)
    assert not Recheck.objects.exists()


def test_the_quiz_of_a_change_stays_the_one_it_was_published_with(cast, lesson, quiz, at):
    complete_lesson(cast.ana, lesson, at=at)
    changed = publish(lesson, body=[FIRST], quiz=quiz)
    publish(in_english(lesson))
    publish(changed, is_material=False, quiz=None)

    assert [change.quiz for change in MaterialChange.objects.order_by("pk")] == [quiz, quiz]
    complete_lesson(cast.ana, LessonPage.objects.get(pk=lesson.pk), at=at)
    assert Recheck.objects.get().assignment.quiz == quiz


def test_the_track_says_what_is_missing_and_leads_to_the_quiz(cast, course, lesson, quiz, at):
    track = make_track("onboarding", [course])
    enrolment = enrol(cast.ana, track, at=at)
    complete_lesson(cast.ana, lesson, at=at)
    enrolment.refresh_from_db()
    assert enrolment.completed_at is not None
    again = enrol(cast.olga, track, at=at)
    LessonCompletion.objects.create(
        person=cast.olga, lesson_key=lesson.translation_key, language="zh-hans", material_version=0, completed_at=at
    )
    changed = publish(lesson, body=[FIRST], quiz=quiz)
    complete_lesson(cast.olga, changed, at=at)

    with translation.override("en"):
        [step] = progress_of([again], at=at)[again.pk].steps
    assert not step.done
    assert "re-check" in step.detail
    [item] = to_learn(cast.olga, at=at)
    assert item.url == reverse("assessments:quiz-start", args=[Recheck.objects.get().assignment_id])
    assert item.title == quiz.title


@pytest.mark.parametrize("n", [1, 3])
def test_changed_lessons_take_the_same_queries_however_many(cast, course, quiz, at, django_assert_num_queries, n):
    for number in range(n):
        page = make_lesson(course, f"more-{number}", body=[FIRST, SECOND])
        complete_lesson(cast.ana, page, at=at)
        complete_lesson(cast.ana, publish(page, body=[FIRST], quiz=quiz), at=at)

    warm()
    with django_assert_num_queries(3):
        assert len(changed_for(cast.ana)) == n


def test_a_reader_goes_from_reading_to_the_quiz(client, cast, lesson, quiz, at):
    complete_lesson(cast.ana, lesson, at=at)
    changed = publish(lesson, body=[FIRST], quiz=quiz)
    client.force_login(cast.ana)

    answer = client.post(f"/learn/lessons/{changed.pk}/complete/")

    assignment = Recheck.objects.get().assignment
    assert answer.status_code == 302
    assert str(assignment.pk) in answer["Location"]
    row = lessons("zh-hans", [lesson.translation_key])[lesson.translation_key]
    assert readings(cast.ana, [row])[row.key].recheck == assignment
    assert answer["Location"] in client.get("/learn/courses/crm/hold/").content.decode()
