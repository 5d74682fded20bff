"""What this app adds to the back office."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.widgets import Button
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

from courses.catalogue.models import CoursePage, LessonPage, TaughtPage
from courses.catalogue.viewsets import (
    CourseMediaViewSet,
    FilmChooserViewSet,
    PhraseChooserViewSet,
    RecordingChooserViewSet,
    TermChooserViewSet,
)
from courses.enrolment.queries.records import is_kept
from courses.findings import views as findings
from courses.findings.queries.uses import places_of
from courses.reference.viewsets import WordsGroup
from courses.reviews import views as reviews
from courses.reviews.permissions import can_set_publishing_rule
from courses.reviews.queries import needs_review
from courses.translations import views as translations
from courses.translations.queries import standing_of_page
from courses.translations.states import Standing
from lms.people.permissions import can_author

# Our own news tell both sides of a review, in their language, in the app and by mail with retries. Wagtail's mails would
# be the same news once more, in the language of the site.
for _signal, _sender, _uid in (
    (task_submitted, TaskState, "group_approval_task_submitted_email_notification"),
    (workflow_submitted, WorkflowState, "workflow_state_submitted_email_notification"),
    (workflow_approved, WorkflowState, "workflow_state_approved_email_notification"),
    (workflow_rejected, WorkflowState, "workflow_state_rejected_email_notification"),
):
    _signal.disconnect(sender=_sender, dispatch_uid=_uid)

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


@hooks.register("insert_global_admin_css")
def our_look() -> str:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("courses/back_office.css"))


@hooks.register("construct_main_menu")
def only_what_works_without_the_internet(request: HttpRequest, menu_items: list[Any]) -> None:
    """Wagtail's help leads to its maker's site; call-center floors have no internet."""
    menu_items[:] = [item for item in menu_items if item.name != "help"]


# --- reviews, translations, reports ------------------------------------------------------------------------------


@hooks.register("register_admin_urls")
def back_office_pages() -> list[URLPattern]:
    return [
        path("publishing-rule/", reviews.publishing_rule, name="publishing-rule"),
        path("translation/<int:pk>/", translations.page_translation, name="page-translation"),
        path("translation/<int:pk>/in-step/", translations.translation_in_step, name="translation-in-step"),
        path("translation/<int:pk>/make/", translations.translation_make, name="translation-make"),
        path("reports/translations/", findings.translations_report, name="translations-report"),
        path("reports/rights/", findings.rights_report, name="rights-report"),
        path("reports/links/", findings.links_report, name="links-report"),
        path("reports/where-used/", findings.uses_report, name="uses-report"),
        path("reports/where-used/<str:label>/<int:pk>/", findings.where_used, name="where-used"),
    ]


class AuthorsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_author(request.user)


@hooks.register("register_reports_menu_item")
def translations_menu_item() -> MenuItem:
    return AuthorsMenuItem(_("Translations"), reverse_lazy("translations-report"), icon_name="globe", order=10)


@hooks.register("register_reports_menu_item")
def links_menu_item() -> MenuItem:
    return AuthorsMenuItem(_("Broken links"), reverse_lazy("links-report"), icon_name="link", order=20)


@hooks.register("register_reports_menu_item")
def rights_menu_item() -> MenuItem:
    return AuthorsMenuItem(_("Rights missing"), reverse_lazy("rights-report"), icon_name="image", order=30)


@hooks.register("register_reports_menu_item")
def uses_menu_item() -> MenuItem:
    return AuthorsMenuItem(_("Where used"), reverse_lazy("uses-report"), icon_name="search", order=40)


class PublishingRuleMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_set_publishing_rule(request.user)


@hooks.register("register_settings_menu_item")
def publishing_rule_menu_item() -> MenuItem:
    return PublishingRuleMenuItem(_("Publishing"), reverse_lazy("publishing-rule"), icon_name="upload", order=10)


@hooks.register("register_page_header_buttons")
def page_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """From a page to its other language, and to what uses it."""
    if page.pk and isinstance(page.specific, TaughtPage) and can_author(user):
        yield Button(_("Side by side"), reverse("page-translation", args=[page.pk]), icon_name="globe", priority=60)
        if isinstance(page.specific, CoursePage | LessonPage):
            label = page.specific._meta.label_lower
            yield Button(_("Where used"), reverse("where-used", args=[label, page.pk]), icon_name="search", priority=61)


@hooks.register("before_edit_page")
def say_what_an_author_should_know(request: HttpRequest, page: Any) -> None:
    """Above the editor: the source of this translation has changed; publishing needs a review."""
    if request.method != "GET" or not isinstance(page, TaughtPage):
        return
    row = standing_of_page(page)
    if row is not None and row.standing == Standing.BEHIND:
        seen = messages.button(reverse("page-translation", args=[page.pk]), gettext("Side by side"))
        messages.warning(
            request,
            gettext("The source has changed since this translation was brought in step with it."),
            buttons=[seen],
        )
    _say_that_a_review_is_needed(request, page)


@hooks.register("construct_page_action_menu")
def what_a_reviewer_came_for_is_first(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Approving is the button itself for whoever may approve; Wagtail has it behind an arrow, fourth of five."""
    menu_items.sort(key=lambda item: item.name != "approve" or item.launch_modal)  # without a comment


@hooks.register("before_create_page")
def say_it_for_new_pages(request: HttpRequest, parent_page: Any, page_class: Any) -> None:
    if request.method == "GET" and issubclass(page_class, TaughtPage):
        _say_that_a_review_is_needed(request, parent_page)


def _say_that_a_review_is_needed(request: HttpRequest, page: Any) -> None:
    if needs_review() and not page.permissions_for_user(request.user).can_publish():
        messages.info(
            request, gettext("Publishing needs a review here: submit the page, and another author looks at it.")
        )


@hooks.register("before_delete_page")
def say_what_uses_it(request: HttpRequest, page: Any) -> None:
    """Deleting is asked for: what would break is told first."""
    thing = page.specific
    if request.method != "GET" or not isinstance(thing, CoursePage | LessonPage):
        return
    n = len(places_of(thing))
    if n:
        seen = messages.button(reverse("where-used", args=[thing._meta.label_lower, thing.pk]), gettext("Where used"))
        words = ngettext(
            "It is used in %(n)d place, which would then lead nowhere.",
            "It is used in %(n)d places, which would then lead nowhere.",
            n,
        )
        messages.warning(request, words % {"n": n}, buttons=[seen])


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
