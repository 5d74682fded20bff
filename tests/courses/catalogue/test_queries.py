"""What is taught, in the reader's language or in the other one."""

import pytest

from assessments import ports
from courses.catalogue.models import CoursePage
from courses.catalogue.queries import (
    check_keys,
    checks,
    course_by_slug,
    courses,
    lesson_in,
    lessons,
    lessons_teaching,
    readable_lessons,
    track_pages,
)
from tests.factories.bank import QuestionFactory, QuestionVersionFactory, right_ids, wrong_ids
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.kept import warm
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db


def test_courses_are_in_the_readers_language_with_their_lessons_in_order():
    course = make_course("crm", lessons=3)
    make_course("draft", live=False)

    [row] = courses("en").values()

    assert (row.key, row.title, row.language) == (course.translation_key, "Course crm", "en")
    assert [lesson.title for lesson in row.lessons] == ["Lesson crm-1", "Lesson crm-2", "Lesson crm-3"]
    assert row.minutes == 15
    assert row.lessons[0].url == "/learn/courses/crm/crm-1/"


def test_a_course_that_is_missing_in_my_language_is_shown_in_the_other():
    make_course("crm", languages=["zh-hans"])

    [row] = courses("en").values()

    assert (row.title, row.language) == ("课程 crm", "zh-hans")
    assert {lesson.language for lesson in row.lessons} == {"zh-hans"}


def test_a_lesson_that_is_missing_in_my_language_keeps_its_place_in_the_course():
    course = make_course("crm", lessons=1)
    make_lesson(course, "crm-2", languages=["zh-hans"])
    make_lesson(course, "crm-3")

    [row] = courses("en").values()

    assert [(lesson.slug, lesson.language) for lesson in row.lessons] == [
        ("crm-1", "en"),
        ("crm-2", "zh-hans"),
        ("crm-3", "en"),
    ]


def test_an_unpublished_lesson_is_not_listed_but_its_translation_is():
    course = make_course("crm", lessons=2)
    lesson = course.get_children().get(slug="crm-1").specific
    lesson.unpublish()

    assert [row.language for row in courses("zh-hans")[course.translation_key].lessons] == ["en", "zh-hans"]

    in_english(lesson).unpublish()

    assert [row.slug for row in courses("zh-hans")[course.translation_key].lessons] == ["crm-2"]


def test_neighbours_and_place_of_a_lesson():
    course = make_course("crm", lessons=3)

    row = courses("en")[course.translation_key]
    first, second, third = row.lessons

    assert row.place_of(second.key) == 2
    assert row.neighbours_of(second.key) == (first, third)
    assert row.neighbours_of(first.key) == (None, second)
    assert row.neighbours_of(third.key) == (second, None)


def test_course_by_slug_prefers_the_readers_language_where_a_slug_is_twice():
    make_course("hold", languages=["zh-hans"])
    english = make_course("hold", languages=["en"])

    assert course_by_slug("hold", "en").key == english.translation_key
    assert course_by_slug("hold", "zh-hans").title == "课程 hold"
    assert course_by_slug("nothing", "en") is None


def test_courses_are_read_once_whatever_their_number_and_anew_when_one_changes(django_assert_num_queries):
    key = make_course("one", lessons=1).get_children().get().translation_key
    with django_assert_num_queries(3):
        courses("en")
        courses("zh-hans")
        lessons("en", [key])
        track_pages("en")

    for number in range(3):
        make_course(f"more-{number}", lessons=3)
    with django_assert_num_queries(3):
        assert len(courses("en")) == 4


def test_a_course_that_was_moved_or_deleted_is_seen_at_its_new_place_or_no_more():
    for slug in ("one", "two"):
        make_course(slug, lessons=1, languages=["zh-hans"])
    assert [row.slug for row in courses("en").values()] == ["one", "two"]

    first, second = CoursePage.objects.order_by("path")
    second.move(first, pos="left")
    assert [row.slug for row in courses("en").values()] == ["two", "one"]

    CoursePage.objects.get(slug="two").delete()
    assert [row.slug for row in courses("en").values()] == ["one"]


def test_lessons_by_key_need_a_live_course():
    live, draft = make_course("crm", lessons=1), make_course("wfm", lessons=1)
    keys = [course.get_children().get().translation_key for course in (live, draft)]
    draft.unpublish()
    in_english(draft).unpublish()

    rows = lessons("en", keys)

    assert list(rows) == keys[:1]
    assert rows[keys[0]].url == "/learn/courses/crm/crm-1/"


def test_lesson_in_falls_back_to_the_other_language():
    course = make_course("crm", lessons=1)
    lesson = make_lesson(course, "only-chinese", languages=["zh-hans"])

    assert lesson_in(lesson.translation_key, "en") == lesson
    both = course.get_children().get(slug="crm-1")
    assert lesson_in(both.translation_key, "en").title == "Lesson crm-1"
    lesson.unpublish()
    assert lesson_in(lesson.translation_key, "en") is None


def test_readable_lessons_leave_out_drafts_and_lessons_of_unpublished_courses():
    course = make_course("crm", lessons=1, languages=["zh-hans"])
    make_lesson(course, "draft", languages=["zh-hans"], live=False)
    hidden = make_course("wfm", lessons=1, languages=["zh-hans"])
    hidden.unpublish()

    assert [lesson.slug for lesson in readable_lessons()] == ["crm-1"]


def test_lessons_teaching_gives_each_skill_its_lessons_in_tree_order(django_assert_num_queries):
    phrasing, product, empty = (SkillFactory(key=key) for key in ("phrasing", "product", "wfm"))
    course = make_course("crm", lessons=0)
    make_lesson(course, "hold", skills=[phrasing], minutes=8)
    make_lesson(course, "both", skills=[product, phrasing])
    make_lesson(course, "draft", skills=[phrasing], live=False)

    warm()
    with django_assert_num_queries(1):
        links = lessons_teaching([phrasing.pk, product.pk, empty.pk], "en")

    assert [link.title for link in links[phrasing.pk]] == ["Lesson hold", "Lesson both"]
    assert [link.url for link in links[product.pk]] == ["/learn/courses/crm/both/"]
    assert links[phrasing.pk][0].minutes == 8
    assert links[empty.pk] == []


def test_the_port_of_measuring_is_filled():
    assert ports.lessons_by_skill is lessons_teaching


def test_checks_show_practice_questions_that_are_ready_and_nothing_else():
    QuestionFactory(key="practice", practice=True)
    QuestionFactory(key="exam")
    QuestionFactory(key="retired", practice=True, retired=True)

    assert list(checks(["practice", "exam", "retired", "unknown"])) == ["practice"]


def test_checks_take_the_newest_wording(settings):
    question = QuestionFactory(key="practice", practice=True)
    QuestionVersionFactory(question=question, stem_zh="新题干", stem_en="New stem")

    assert "新题干" in checks(["practice"])["practice"].stem


def test_an_answered_check_knows_right_from_wrong():
    question = QuestionFactory(key="practice", practice=True)
    version = question.versions.get()

    right = checks(["practice"], answered="practice", chosen=set(right_ids(version)))["practice"]
    wrong = checks(["practice"], answered="practice", chosen=set(wrong_ids(version)))["practice"]
    silent = checks(["practice"], answered="practice")["practice"]

    assert (right.is_answered, right.is_right) == (True, True)
    assert (wrong.is_answered, wrong.is_right) == (True, False)
    assert (silent.was_asked, silent.is_answered, silent.is_right) == (True, False, False)


def test_checks_take_one_query_whatever_their_number(django_assert_num_queries):
    for number in range(3):
        QuestionFactory(key=f"practice-{number}", practice=True)

    with django_assert_num_queries(1):
        assert len(checks([f"practice-{number}" for number in range(3)])) == 3


def test_check_keys_are_those_of_the_lessons_blocks():
    course = make_course("crm", lessons=0)
    body = [{"type": "check", "value": {"question": key}} for key in ("one", "two")]
    lesson = make_lesson(course, "checks", body=body)

    assert check_keys(lesson) == ["one", "two"]
