"""Who has read a lesson again since it changed: how many are counted, once each, and who is not."""

from datetime import timedelta

import pytest

from courses.catalogue.models import LessonPage
from courses.insight.queries.rereading import changed_keys, rereadings
from courses.progress.models import MaterialChange, Recheck
from courses.progress.services import complete_lesson
from tests.factories.attempts import sit
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.kept import warm
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course("crm", lessons=0)


@pytest.fixture
def lesson(course):
    return make_lesson(course, "hold")


def change(page, *, quiz=None):
    """As an author does it on the source page."""
    page = LessonPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    page.material_version += int(page.is_source)
    page.recheck_quiz = quiz
    page.save_revision().publish()
    return LessonPage.objects.get(pk=page.pk)


def the_only_row():
    [row] = rereadings(changed_keys(), "zh-hans")
    return row


def test_a_change_counts_who_had_finished_before_and_who_read_it_again(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    complete_lesson(cast.olga, lesson, at=at)
    changed = change(lesson)
    complete_lesson(cast.abel, changed, at=at)  # for the first time: nobody asked
    assert (the_only_row().asked, the_only_row().done) == (2, 0)

    complete_lesson(cast.ana, changed, at=at)

    row = the_only_row()
    assert (row.asked, row.read, row.unchecked, row.is_running) == (2, 1, 0, True)
    assert (row.lesson.key, row.has_recheck) == (lesson.translation_key, False)


def test_a_person_counts_once_in_whatever_languages_and_however_often_it_changed(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    complete_lesson(cast.ana, in_english(lesson), at=at)
    changed = change(lesson)
    complete_lesson(cast.ana, changed, at=at)
    changed = change(changed)

    assert (the_only_row().asked, the_only_row().read) == (1, 0)

    complete_lesson(cast.ana, changed, at=at)
    assert (the_only_row().asked, the_only_row().read, the_only_row().is_running) == (1, 1, False)


def test_whose_language_lacks_the_change_and_who_has_left_is_not_asked(cast, lesson, at):
    cast.abel.language = "en"
    cast.abel.save()
    cast.olga.status = "left"
    cast.olga.save()
    complete_lesson(cast.abel, in_english(lesson), at=at)
    complete_lesson(cast.olga, lesson, at=at)

    change(lesson)
    assert the_only_row().asked == 0

    change(in_english(lesson))
    assert the_only_row().asked == 1


def test_who_owes_the_recheck_has_read_but_is_not_done(cast, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    changed = change(lesson, quiz=make_quiz("recheck", questions=2))
    complete_lesson(cast.ana, changed, at=at)

    row = the_only_row()
    assert (row.has_recheck, row.asked, row.read, row.unchecked, row.is_running) == (True, 1, 1, 1, True)

    sit(Recheck.objects.get().assignment, at=at)
    assert (the_only_row().unchecked, the_only_row().is_running) == (0, False)


def test_the_newest_change_comes_first_and_old_ones_can_be_left_out(course, lesson, at):
    other = change(make_lesson(course, "recall"))
    change(lesson)
    MaterialChange.objects.filter(lesson_key=other.translation_key).update(published_at=at - timedelta(days=100))
    MaterialChange.objects.filter(lesson_key=lesson.translation_key).update(published_at=at)

    assert [row.lesson.slug for row in rereadings(changed_keys(), "zh-hans")] == ["hold", "recall"]
    [row] = changed_keys(since=at - timedelta(days=90))
    assert row["lesson_key"] == lesson.translation_key


@pytest.mark.parametrize("n", [1, 3])
def test_the_count_costs_the_same_for_more_lessons(cast, course, at, django_assert_num_queries, n):
    for number in range(n):
        lesson = make_lesson(course, f"l{number}")
        complete_lesson(cast.ana, lesson, at=at)
        complete_lesson(cast.ana, change(lesson, quiz=make_quiz(f"recheck{number}", questions=2)), at=at)

    warm()
    with django_assert_num_queries(4):
        assert len(rereadings(changed_keys(), "zh-hans")) == n
