"""What the back office's lists and forms of versions share."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic.edit import ModelFormMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

NOT_SAVED = _("Not saved yet. Please put this right; what you entered is still here.")


class WordedView(WagtailAdminTemplateMixin):
    """Says what one row is in the author's words: the tables are versions, authors think of the thing itself."""

    nouns: Any = ""
    crumb: Any = ""  # where one is, if the back office's own word doesn't fit

    def get_page_title(self) -> str:
        return str(self.nouns)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        items = [{**item, "label": str(self.nouns)} if item["url"] else item for item in items]
        return [*items[:-1], {**items[-1], "label": str(self.crumb)}] if self.crumb else items


class RefusingView(ModelFormMixin):
    """Shows why a service refused as errors of the form, next to what they concern where the form knows how; what was
    typed stays."""

    refusals: tuple[Any, ...] = ()

    def form_valid(self, form: forms.ModelForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except self.refusals as refusal:
            if hasattr(form, "add_refusal"):
                form.add_refusal(refusal)
            else:
                for fault in refusal.faults:
                    form.add_error(None, fault)
            self.produced_error_message = NOT_SAVED
            return self.form_invalid(form)


class AuthoringViewSet(ModelViewSet):
    """List, add and edit by services. Nothing is deleted, and the audit log keeps the history."""

    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        absent = {"history_url_name": None, "usage_url_name": None, "delete_url_name": None}
        return super().get_common_view_kwargs(**{**kwargs, **absent})

    def get_urlpatterns(self) -> list[URLPattern]:
        conv = self.pk_path_converter
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path(f"edit/<{conv}:pk>/", self.edit_view, name="edit"),
        ]
