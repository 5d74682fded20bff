"""Pictures and recordings of questions: uploaded, seen, and put into a text by their Markdown."""

from typing import Any

import django_filters
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.forms import Media, Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from assessments.bank.models import QuestionMedia
from assessments.bank.rules.media import MOST_MEDIA_BYTES
from assessments.bank.services import UnfitMedia, keep_media
from assessments.bank.states import MediaKind
from assessments.bank.viewsets.authoring import AuthoringViewSet, WordedView


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleans to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    files = FilesField(
        label=gettext_lazy("Files"),
        allow_empty_file=True,  # refused like every file that can't be shown, in the same words
        help_text=gettext_lazy("PNG, JPEG, GIF, WebP; MP3, M4A, Ogg, WebM, WAV; up to 20 MB each."),
        widget=FilesInput(attrs={"multiple": True, "accept": "image/png,image/jpeg,image/gif,image/webp,audio/*"}),
    )


class PreviewColumn(BaseColumn):
    """The picture, or a player for the recording."""

    cell_template_name = "assessments/question_media_cell.html"


class CodeColumn(BaseColumn):
    """The Markdown that shows it, with a button that copies it."""

    cell_template_name = "assessments/question_media_code.html"


class MediaFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(choices=MediaKind.choices, label=gettext_lazy("Kind"))

    class Meta:
        model = QuestionMedia
        fields: list[str] = []


class MediaIndexView(WordedView, IndexView):
    nouns = gettext_lazy("Pictures and recordings")
    verbose_name_plural = gettext_lazy("pictures and recordings")
    add_item_label = gettext_lazy("Upload")

    def get_base_queryset(self) -> QuerySet[QuestionMedia]:
        return (
            QuestionMedia.objects.select_related("uploaded_by")
            .annotate(uses=Count("versions__question", distinct=True))
            .order_by("-uploaded_at", "-pk")
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return IndexView.get_breadcrumbs_items(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["media"] += Media(
            js=[Script("assessments/rows.js", type="module")], css={"all": ["assessments/rows.css"]}
        )
        return context

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            PreviewColumn("preview", label=_("Preview")),
            Column("name", label=_("File"), sort_key="name"),
            CodeColumn("code", label=_("Put this into a text")),
            Column("uses", label=_("In questions"), sort_key="uses"),
            DateColumn("uploaded_at", label=_("Uploaded"), sort_key="uploaded_at"),
            Column("uploaded_by", label=_("By"), accessor=lambda media: media.uploaded_by or "–"),
        ]


class MediaUploadView(PermissionCheckedMixin, WordedView, WagtailAdminTemplateMixin, FormView):
    """Takes several files at once. Each is kept or refused by itself: those refused are named with the reason."""

    model = QuestionMedia
    permission_required = "add"
    nouns = gettext_lazy("Pictures and recordings")
    page_subtitle = gettext_lazy("Upload")
    form_class = UploadForm
    template_name = "assessments/question_media_upload.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *WagtailAdminTemplateMixin.get_breadcrumbs_items(self),
            {"url": reverse("question-media:index"), "label": str(self.nouns)},
            {"url": "", "label": _("Upload")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form_media = Media(js=[Script("assessments/rows.js", type="module")], css={"all": ["assessments/rows.css"]})
        return {"kept": [], "refused": [], **super().get_context_data(**kwargs), "media": form_media}

    def form_valid(self, form: UploadForm) -> HttpResponse:
        kept, refused = keep_all(form.cleaned_data["files"], self.request)
        words = ngettext("%(n)s file is in the bank.", "%(n)s files are in the bank.", len(kept)) % {"n": len(kept)}
        if kept:
            messages.success(self.request, words)
        if refused:
            return self.render_to_response(self.get_context_data(form=UploadForm(), kept=kept, refused=refused))
        return redirect("question-media:index")


def keep_all(files: list[UploadedFile], request: HttpRequest) -> tuple[list[QuestionMedia], list[tuple[str, Any]]]:
    """Put the files into the bank; returns what was kept, and the names of the others with the reason."""
    kept, refused = [], []
    for file in files:
        try:
            content = file.read(MOST_MEDIA_BYTES + 1)  # one byte too many tells that it is too large
            kept.append(keep_media(content, name=file.name, actor=request.user, at=timezone.now()))
        except UnfitMedia as error:
            refused.append((file.name, error.words))
    return kept, refused


class QuestionMediaViewSet(AuthoringViewSet):
    model = QuestionMedia
    name = "question-media"
    icon = "image"
    menu_label = gettext_lazy("Pictures and recordings")
    form_fields = ("name",)
    index_view_class = MediaIndexView
    filterset_class = MediaFilterSet
    search_fields = ["name", "key"]

    @property
    def add_view(self) -> Any:
        return self.construct_view(MediaUploadView)

    def get_urlpatterns(self) -> list[URLPattern]:
        """No editing: what was asked must stay readable."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
        ]
