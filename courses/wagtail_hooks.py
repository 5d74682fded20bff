"""What this app adds to the back office."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from courses.catalogue.viewsets import (
    CourseMediaViewSet,
    FilmChooserViewSet,
    PhraseChooserViewSet,
    RecordingChooserViewSet,
    TermChooserViewSet,
)
from courses.enrolment.queries.records import is_kept
from courses.reference.viewsets import WordsGroup

_KEPT = _(
    "This is part of somebody's record and can't be deleted. Unpublish it instead: then nobody finds it any more."
)


@hooks.register("before_serve_document")
def documents_are_for_who_is_signed_in(document: Any, request: HttpRequest) -> HttpResponse | None:
    """What is handed out with a lesson is read by whoever may read lessons; Wagtail would serve it to anybody."""
    return None if request.user.is_authenticated else redirect_to_login(request.get_full_path())


@hooks.register("before_delete_page")
def what_is_on_record_is_kept(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Somebody learnt from it: the page is unpublished instead."""
    if not is_kept(page):
        return None
    messages.error(request, _KEPT)
    return redirect("wagtailadmin_pages:unpublish" if page.live else "wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def what_is_on_record_is_kept_in_bulk(
    request: HttpRequest, action_type: str, objects: Any, action_class_instance: Any
) -> HttpResponse | None:
    pages = [thing for thing in objects if isinstance(thing, Page)]
    if action_type != "delete" or not any(is_kept(page) for page in pages):
        return None
    messages.error(request, _KEPT)
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


@hooks.register("construct_main_menu")
def only_what_works_without_the_internet(request: HttpRequest, menu_items: list[Any]) -> None:
    """Wagtail's help leads to its maker's site; call-center floors have no internet."""
    menu_items[:] = [item for item in menu_items if item.name != "help"]


@hooks.register("register_admin_viewset")
def media_and_choosers() -> list[Any]:
    """The library of recordings and films, and the windows that blocks choose from."""
    return [
        CourseMediaViewSet(),
        RecordingChooserViewSet(),
        FilmChooserViewSet(),
        PhraseChooserViewSet(),
        TermChooserViewSet(),
    ]


@hooks.register("register_admin_viewset")
def phrases_and_terms() -> WordsGroup:
    return WordsGroup()
