"""The trees that courses grow in, who may write there, and what keeps the languages in step."""

import uuid

from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site

from courses.catalogue.models import PACK_NAMESPACE, CataloguePage, LessonPage, TaughtPage
from courses.catalogue.queries.pages import forget_pages
from lms.people.states import AUTHORING

#: The roots of all languages are translations of each other.
ROOT_KEY = uuid.uuid5(PACK_NAMESPACE, "catalogue")
ROOTS = {"zh-hans": ("learn-zh", "课程目录"), "en": ("learn-en", "Catalogue")}

PAGE_RIGHTS = ("add_page", "change_page", "publish_page")
#: Wagtail keeps these on its own models, also where the image and document models are ours.
COLLECTION_RIGHTS = {
    "wagtailimages": ("add_image", "change_image", "choose_image"),
    "wagtaildocs": ("add_document", "change_document", "choose_document"),
}
#: (app, model, codename)
SITE_RIGHTS = (
    ("courses", "coursemedia", "view_coursemedia"),
    ("courses", "coursemedia", "add_coursemedia"),
    ("courses", "coursemedia", "change_coursemedia"),
    ("wagtailadmin", "admin", "access_admin"),
    ("simple_translation", "simpletranslation", "submit_translation"),
    *(
        ("courses", model, f"{right}_{model}")
        for model in ("phrase", "term")
        for right in ("view", "add", "change", "delete")
    ),
)


@transaction.atomic
def catalogue_root(language: str) -> CataloguePage:
    """The root of all courses and tracks in the language; made with its locale, the site and the authors' rights where
    that is missing. The roots stand side by side under Wagtail's root; every slug below is the same in all languages.
    """
    locale, _made = Locale.objects.get_or_create(language_code=language)
    root = CataloguePage.objects.filter(locale=locale, translation_key=ROOT_KEY).first()
    if root is None:
        slug, title = ROOTS[language]
        page = CataloguePage(title=title, slug=slug, locale=locale, translation_key=ROOT_KEY, live=True)
        root = Page.get_first_root_node().add_child(instance=page)
        grant_author_rights()
    if language == settings.LANGUAGE_CODE:
        _serve_from(root)
    return root


def _serve_from(root: CataloguePage) -> None:
    """Wagtail makes addresses only below a site's root page. Its welcome page makes way."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname="localhost", port=80, root_page=root.page_ptr, is_default_site=True)
    elif site.root_page_id != root.pk:
        welcome = site.root_page
        site.root_page = root.page_ptr
        site.save()
        if welcome.specific_class is Page and welcome.is_leaf() and welcome.depth == root.depth:
            welcome.delete()


@transaction.atomic
def grant_author_rights() -> None:
    """Give the groups of everybody who writes courses the back office, the catalogue trees, images and documents.
    Idempotent; grants what exists so far and takes nothing away."""
    for label in ("courses", "wagtailadmin", "wagtailcore", "simple_translation", *COLLECTION_RIGHTS):
        create_permissions(apps.get_app_config(label), verbosity=0)
    site_rights = [
        Permission.objects.get(content_type__app_label=app, content_type__model=model, codename=codename)
        for app, model, codename in SITE_RIGHTS
    ]
    page_rights = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS)
    collection_rights = [
        right
        for app, names in COLLECTION_RIGHTS.items()
        for right in Permission.objects.filter(content_type__app_label=app, codename__in=names)
    ]
    everything = Collection.objects.filter(depth=1).first()
    for role in sorted(AUTHORING):
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.add(*site_rights)
        for root in CataloguePage.objects.filter(translation_key=ROOT_KEY):
            for right in page_rights:
                GroupPagePermission.objects.get_or_create(group=group, page_id=root.pk, permission=right)
        for right in collection_rights if everything else ():
            GroupCollectionPermission.objects.get_or_create(group=group, collection=everything, permission=right)


@transaction.atomic
def keep_slugs_equal(page: TaughtPage) -> None:
    """Give the translations of a source page its slug; a translation's own change was never taken."""
    if page.is_source:
        for translation in page.get_translations():
            translation.specific.save()


def take_over_material_version(lesson: LessonPage) -> None:
    """A translation that is published carries the source's material change from now on."""
    source = lesson.source
    if source.pk != lesson.pk and source.material_version != lesson.material_version:
        LessonPage.objects.filter(pk=lesson.pk).update(material_version=source.material_version)
        forget_pages()
        lesson.material_version = source.material_version
