"""Translations and their source: kept, shown side by side, reported."""

import pytest
from django.urls import reverse
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Locale

from courses.catalogue.models import CoursePage, LessonPage
from courses.catalogue.services import catalogue_root
from courses.receivers import prepare_back_office
from courses.translations.models import TranslationState
from courses.translations.queries import side_by_side, standing_of_page, translation_rows, translations_to_do
from courses.translations.services import make_translation, mark_in_step
from lms.audit.models import AuditEntry
from lms.people.services.groups import sync_groups
from tests.factories.catalogue import in_english, make_course, make_lesson

pytestmark = pytest.mark.django_db

FIRST = {"type": "markdown", "value": {"text": "先说明原因。"}, "id": "b0000000-0000-4000-8000-000000000001"}
SECOND = {"type": "callout", "value": {"tone": "tip", "text": "再静音。"}, "id": "b0000000-0000-4000-8000-000000000002"}


@pytest.fixture
def course():
    return make_course("crm", lessons=0)


@pytest.fixture
def lesson(course):
    return make_lesson(course, "hold", body=[FIRST, SECOND])


@pytest.fixture
def tess(client, cast, course, at):
    prepare_back_office("default")
    for person in cast.people.values():
        sync_groups(person, at=at)
    client.force_login(cast.tess)
    return client


def publish(page, **fields):
    page = page.specific_class.objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return page.specific_class.objects.get(pk=page.pk)


def standing(lesson):
    [row] = translation_rows(keys=[lesson.translation_key])
    return row.standing


def test_a_published_translation_is_in_step_until_its_source_says_something_else(lesson):
    assert standing(lesson) == "in_step"

    publish(lesson)  # the same words once more
    assert standing(lesson) == "in_step"

    publish(lesson, body=[FIRST])
    assert standing(lesson) == "behind"
    assert standing_of_page(in_english(lesson)).standing == "behind"
    assert standing_of_page(lesson) is None

    publish(in_english(lesson))
    assert standing(lesson) == "in_step"


def test_a_draft_of_the_source_changes_nothing(lesson):
    page = lesson.get_latest_revision_as_object()
    page.body = [FIRST]
    page.save_revision()

    assert standing(lesson) == "in_step"


def test_a_page_from_before_stands_by_its_dates(lesson):
    TranslationState.objects.all().delete()
    assert standing(lesson) == "in_step"

    publish(lesson, title="neu")
    assert standing(lesson) == "behind"


def test_an_author_marks_it_as_in_step_and_that_is_on_record(cast, lesson, at):
    publish(lesson, summary="Tippfehler")

    mark_in_step(in_english(lesson), actor=cast.tess, at=at)

    assert standing(lesson) == "in_step"
    entry = AuditEntry.objects.get(action="translation_in_step")
    assert (entry.actor, entry.subject_id) == (cast.tess, str(in_english(lesson).pk))


def test_both_languages_stand_part_by_part_and_the_changed_ones_are_marked(lesson):
    source = publish(lesson, body=[FIRST | {"value": {"text": "先道歉。"}}])

    sides = side_by_side(source, in_english(lesson))

    found = [
        (row.source and row.source.lines, row.translation and row.translation.lines, row.mark) for row in sides.rows
    ]
    assert found == [
        (("课时 hold",), ("Lesson hold",), None),
        (("先道歉。",), ("先说明原因。",), "changed"),
        (None, ("提示", "再静音。") if sides.rows[2].translation.lines[0] == "提示" else ("Tip", "再静音。"), None),
    ]
    assert len(sides.removed) == 1
    assert sides.n_marked == 1


def test_the_page_shows_it_from_either_side_and_marks_it_as_in_step(tess, cast, lesson):
    publish(lesson, body=[FIRST])

    for page in (lesson, in_english(lesson)):
        shown = tess.get(reverse("page-translation", args=[page.pk])).content.decode()
        assert reverse("translation-in-step", args=[lesson.pk]) in shown
        assert "Lesson hold" in shown

    assert tess.post(reverse("translation-in-step", args=[lesson.pk])).status_code == 302
    assert standing(lesson) == "in_step"


def test_the_editor_of_the_translation_says_that_its_source_has_changed(tess, lesson):
    edit = reverse("wagtailadmin_pages:edit", args=[in_english(lesson).pk])
    side = reverse("page-translation", args=[in_english(lesson).pk])
    words = "source has changed since this translation"
    tess.cookies["django_language"] = "en"
    before = tess.get(edit).content.decode()

    publish(lesson, body=[FIRST])
    after = tess.get(edit).content.decode()

    assert side in before
    assert (before.count("w-status--critical"), words in before) == (after.count("w-status--critical"), False)
    assert after.count(side) == before.count(side) + 1


def test_a_missing_translation_is_begun_with_one_press(tess, cast):
    course = make_course("new", languages=["zh-hans"], lessons=1)
    lesson = LessonPage.objects.child_of(course).get()
    assert (
        reverse("translation-make", args=[lesson.pk])
        in tess.get(reverse("page-translation", args=[lesson.pk])).content.decode()
    )

    answer = tess.post(reverse("translation-make", args=[lesson.pk]))

    english = in_english(lesson)
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[english.pk])
    assert (english.live, english.slug, english.get_parent().slug) == (False, lesson.slug, "new")
    assert standing(lesson) == "draft"
    assert AuditEntry.objects.filter(action="translation_made", actor=cast.tess).count() == 2  # its course, too
    tess.post(reverse("translation-make", args=[lesson.pk]))
    assert LessonPage.objects.filter(translation_key=lesson.translation_key).count() == 2


def test_making_it_twice_gives_the_page_that_is_there(cast, lesson, at):
    assert make_translation(lesson, "en", actor=cast.tess, at=at) == in_english(lesson)
    assert not AuditEntry.objects.filter(action="translation_made").exists()


def test_a_lesson_brings_its_course_along_as_a_page_that_can_be_written_in(cast, at):
    course = make_course("outbound", lessons=0, languages=["zh-hans"])
    lesson = make_lesson(course, "opening", languages=["zh-hans"])

    page = make_translation(lesson, "en", actor=cast.tess, at=at)

    above = page.get_parent().specific
    assert (above.translation_key, above.locale.language_code) == (course.translation_key, "en")
    assert (above.alias_of_id, above.live, page.live) == (None, False, False)
    assert [row.standing for row in translation_rows(keys=[course.translation_key, lesson.translation_key])] == [
        "draft", "draft",
    ]  # fmt: skip


def test_an_alias_becomes_the_translation(cast, at):
    """Wagtail's own way to translate a lesson leaves one of the course."""
    course = make_course("outbound", lessons=0, languages=["zh-hans"])
    english = Locale.objects.get(language_code="en")
    alias = CreatePageAliasAction(
        course, parent=catalogue_root("en"), update_locale=english, reset_translation_key=False
    ).execute(skip_permission_checks=True)

    page = make_translation(course, "en", actor=cast.tess, at=at)

    assert (page.pk, page.alias_of_id) == (alias.pk, None)
    assert [row.page_pk for row in translation_rows(keys=[course.translation_key])] == [page.pk]


@pytest.mark.parametrize("who", ["ana", "carl", "eva", "mona", "ada"])
def test_translations_are_for_authors(tess, cast, lesson, who):
    tess.force_login(getattr(cast, who))

    assert tess.get(reverse("page-translation", args=[lesson.pk])).status_code in (302, 403)
    tess.post(reverse("translation-in-step", args=[lesson.pk]))
    tess.post(reverse("translation-make", args=[lesson.pk]))

    assert not AuditEntry.objects.filter(action__startswith="translation").exists()


def test_what_is_to_do_comes_with_the_most_urgent_first(course, lesson):
    make_lesson(course, "only-zh", languages=["zh-hans"])
    publish(lesson, body=[FIRST])
    draft = in_english(make_lesson(course, "drafted"))
    draft.unpublish()

    assert [(row.title, row.standing) for row in translations_to_do()] == [
        ("课时 hold", "behind"),
        ("课时 drafted", "draft"),
        ("课时 only-zh", "missing"),
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_takes_one_query_however_many_pages(course, django_assert_num_queries, n):
    for number in range(n):
        make_lesson(course, f"l{number}", languages=["zh-hans"])
    translations_to_do()  # content types are kept

    with django_assert_num_queries(1):
        assert len(translations_to_do()) == n


def test_courses_are_in_the_list_too(course):
    publish(course, summary="anders")

    assert [row.title for row in translations_to_do()] == [CoursePage.objects.get(pk=course.pk).title]
