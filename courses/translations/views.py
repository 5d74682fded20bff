"""The back-office pages about translations."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.models import Page

from courses.catalogue.models import TaughtPage
from courses.translations.permissions import can_make_translation, can_see_side_by_side
from courses.translations.queries import side_by_side, translation_rows
from courses.translations.services import make_translation, mark_in_step
from courses.translations.states import Standing
from lms.kernel.permissions import require


@require_safe
def page_translation(request: HttpRequest, pk: int) -> HttpResponse:
    """Both languages of a page, part by part."""
    source, translation, row = _pair(pk)
    require(can_see_side_by_side(request.user, source))
    title = _("Side by side: %(page)s") % {"page": source.title}
    context = {
        "header_title": title,
        "page_title": title,
        "header_icon": "globe",
        "breadcrumbs_items": _crumbs(source, title),
        "source": source,
        "translation": translation,
        "row": row,
        "sides": side_by_side(source, translation),
        "is_behind": row.standing == Standing.BEHIND,
        "may_make": translation is None and can_make_translation(request.user, source),
    }
    return render(request, "courses/back_office/page_translation.html", context)


@require_POST
def translation_in_step(request: HttpRequest, pk: int) -> HttpResponse:
    """The translation needs no change."""
    source, translation, _row = _pair(pk)
    require(can_see_side_by_side(request.user, source))
    if translation is None:
        raise Http404
    require(can_see_side_by_side(request.user, translation))
    mark_in_step(translation, actor=request.user, at=timezone.now())
    messages.success(request, _("Marked as in step with its source."))
    return redirect("page-translation", source.pk)


@require_POST
def translation_make(request: HttpRequest, pk: int) -> HttpResponse:
    """The missing translation, as a draft to be worked on."""
    source, _translation, row = _pair(pk)
    require(can_make_translation(request.user, source))
    page = make_translation(source, row.language, actor=request.user, at=timezone.now())
    messages.success(request, _("The draft begins as a copy. Write over it, then publish it."))
    return redirect("wagtailadmin_pages:edit", page.pk)


def _pair(pk: int) -> tuple[TaughtPage, TaughtPage | None, Any]:
    """(source, translation or None, how it stands) for either page of a pair."""
    page = get_object_or_404(Page, pk=pk).specific
    if not isinstance(page, TaughtPage):
        raise Http404
    rows = translation_rows(keys=[page.translation_key])
    row = next((row for row in rows if row.page_pk == pk), next(iter(rows), None))
    if row is None:
        raise Http404
    source = page if page.pk == row.source_pk else page.source
    translation = None if row.page_pk is None else (page if page.pk == row.page_pk else _page(source, row.page_pk))
    return source, translation, row


def _page(source: TaughtPage, pk: int) -> TaughtPage:
    return type(source).objects.get(pk=pk)


def _crumbs(source: TaughtPage, title: str) -> list[dict[str, str]]:
    return [
        {"url": reverse("wagtailadmin_explore", args=[source.get_parent().pk]), "label": _("Pages")},
        {"url": reverse("wagtailadmin_pages:edit", args=[source.pk]), "label": source.title},
        {"url": "", "label": title},
    ]
