"""The trees, the authors' rights, languages in step."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page, Site

from courses.catalogue.models import CataloguePage, CoursePage
from courses.catalogue.services import catalogue_root, grant_author_rights
from courses.receivers import prepare_back_office
from lms.people.states import AUTHORING, Role
from tests.factories.catalogue import in_english, make_course, make_lesson

pytestmark = pytest.mark.django_db


def test_the_roots_are_made_once_and_are_translations_of_each_other():
    chinese, english = catalogue_root("zh-hans"), catalogue_root("en")

    assert (catalogue_root("zh-hans"), catalogue_root("en")) == (chinese, english)
    assert CataloguePage.objects.count() == 2
    assert (chinese.slug, english.slug) == ("learn-zh", "learn-en")
    assert chinese.get_translation(english.locale) == english
    assert chinese.get_parent() == english.get_parent() == Page.get_first_root_node()


def test_the_site_stands_on_the_chinese_root():
    root = catalogue_root("zh-hans")

    site = Site.objects.get()
    assert (site.root_page, site.is_default_site) == (root.page_ptr, True)


def test_wagtails_welcome_page_makes_way():
    CataloguePage.objects.all().delete()
    Site.objects.all().delete()
    welcome = Page.get_first_root_node().add_child(instance=Page(title="Welcome", slug="home"))
    Site.objects.create(hostname="localhost", root_page=welcome, is_default_site=True)

    root = catalogue_root("zh-hans")

    assert Site.objects.get().root_page == root.page_ptr
    assert not Page.objects.filter(slug="home").exists()


def test_every_migrate_prepares_the_back_office_and_may_run_again(django_assert_max_num_queries):
    CataloguePage.objects.all().delete()

    prepare_back_office("default")
    rights = GroupPagePermission.objects.count()
    prepare_back_office("default")

    assert CataloguePage.objects.count() == 2
    assert GroupPagePermission.objects.count() == rights == 2 * 3 * len(AUTHORING)


def test_without_wagtails_root_page_nothing_is_prepared():
    Page.objects.all().delete()

    prepare_back_office("default")

    assert not Page.objects.exists()


def test_authors_get_the_editor_the_trees_images_documents_and_translation():
    catalogue_root("zh-hans")
    grant_author_rights()

    for role in AUTHORING:
        group = Group.objects.get(name=role)
        assert {"access_admin", "submit_translation"} <= set(group.permissions.values_list("codename", flat=True))
        collections = GroupCollectionPermission.objects.filter(group=group)
        assert collections.filter(permission__codename="choose_image").exists()
        assert collections.filter(permission__codename="add_document").exists()
    assert not GroupPagePermission.objects.filter(group__name=Role.AGENT).exists()


def test_a_new_slug_of_the_source_goes_to_its_translations(django_capture_on_commit_callbacks):
    course = make_course("crm", lessons=1)
    with django_capture_on_commit_callbacks(execute=True):
        course.slug = "customer-records"
        course.save_revision().publish()

    english = in_english(course)
    assert english.slug == "customer-records"
    assert english.get_children().get().url_path == "/learn-en/customer-records/crm-1/"


def test_a_translation_keeps_the_slug_of_its_source():
    course = make_course("crm", lessons=0)
    english = in_english(course)

    english.slug = "something-else"
    english.save_revision().publish()

    english.refresh_from_db()
    assert english.slug == "crm"
    assert CoursePage.objects.get(pk=course.pk).slug == "crm"


def test_a_translation_takes_over_a_material_change_when_it_is_published():
    lesson = make_lesson(make_course("crm", lessons=0), "hold")
    english = in_english(lesson)
    lesson.material_version = 2
    lesson.save_revision().publish()
    english.refresh_from_db()
    assert english.material_version == 1

    english.save_revision().publish()

    english.refresh_from_db()
    lesson.refresh_from_db()
    assert (lesson.material_version, english.material_version) == (2, 2)


def test_the_source_does_not_take_over_from_its_translation():
    lesson = make_lesson(make_course("crm", lessons=0), "hold")
    type(lesson).objects.filter(pk=in_english(lesson).pk).update(material_version=5)

    lesson.save_revision().publish()

    lesson.refresh_from_db()
    assert lesson.material_version == 1


def test_pages_link_to_our_doors():
    course = make_course("crm", lessons=1)

    assert course.url == "/learn/courses/crm/"
    assert in_english(course).url == "/learn/courses/crm/"
    assert course.get_children().get().specific.url == "/learn/courses/crm/crm-1/"
