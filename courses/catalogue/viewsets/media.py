"""Recordings and films for lessons: uploaded once, chosen wherever they are used."""

from typing import Any

import django_filters
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import UploadedFile
from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.models import ReferenceIndex

from assessments.bank.viewsets.authoring import NOT_SAVED, AuthoringViewSet, WordedView
from courses.catalogue.blocks.media import WANTS_FILM, WANTS_RECORDING
from courses.catalogue.models import CourseMedia
from courses.catalogue.rules.media import UnfitMedia, checked_captions, recognise
from courses.catalogue.services.media import save_course_media
from courses.catalogue.states import MediaKind

NOUNS = gettext_lazy("Recordings and films")


class PrivateFileInput(forms.ClearableFileInput):
    """Shows the file there is by the door that streams it: private files have no address of their own."""

    template_name = "courses/back_office/private_file_input.html"

    def __init__(self, door: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.door = door

    def is_initial(self, value: Any) -> bool:
        return bool(value and getattr(value, "_committed", False))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if self.is_initial(value):
            context["widget"]["url"] = reverse("private-file", args=[self.door, value.instance.pk])
            context["widget"]["file_name"] = value.name.rpartition("/")[2]
        return context


class CourseMediaForm(WagtailAdminModelForm):
    """What the file is, is told by its bytes; what must come with it follows from that."""

    class Meta:
        model = CourseMedia
        fields = (
            "title", "file", "seconds", "transcript_zh", "transcript_en", "captions_zh", "captions_en", "rights",
        )  # fmt: skip
        widgets = {
            "transcript_zh": AdminAutoHeightTextInput,
            "transcript_en": AdminAutoHeightTextInput,
            "file": PrivateFileInput("course-media", {"accept": "audio/*,video/mp4,video/webm"}),
            "captions_zh": PrivateFileInput("course-captions-zh", {"accept": ".vtt,text/vtt"}),
            "captions_en": PrivateFileInput("course-captions-en", {"accept": ".vtt,text/vtt"}),
        }
        help_texts = {
            "file": gettext_lazy("MP3, M4A, Ogg, WebM, WAV up to 20 MB; MP4, WebM films up to 200 MB."),
            "seconds": gettext_lazy("Left empty, it is read from the file where the file tells it."),
            "transcript_zh": gettext_lazy("What is said, word by word. A recording needs it in one language at least."),
            "captions_zh": gettext_lazy("A WebVTT file (.vtt). A film needs one in one language at least."),
            "rights": gettext_lazy("Who made it and what it may be used for. It is shown below the player."),
        }

    #: What is wanted where the form is opened from a lesson; None: either.
    wanted: MediaKind | None = None

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            try:
                self.instance.kind = recognise(file, file.size).kind
            except UnfitMedia as unfit:
                raise forms.ValidationError(unfit.words) from unfit
            if self.wanted not in (None, self.instance.kind):
                is_film = self.instance.kind == MediaKind.VIDEO
                raise forms.ValidationError(WANTS_RECORDING if is_film else WANTS_FILM)
        return file

    def clean_captions_zh(self) -> Any:
        return self._captions("captions_zh")

    def clean_captions_en(self) -> Any:
        return self._captions("captions_en")

    def _captions(self, name: str) -> Any:
        file = self.cleaned_data[name]
        if isinstance(file, UploadedFile):
            try:
                checked_captions(file.read())
            except UnfitMedia as unfit:
                raise forms.ValidationError(unfit.words) from unfit
            file.seek(0)
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("file"):
            return cleaned
        is_recording = self.instance.kind == MediaKind.AUDIO
        said = [name for name in ("transcript_zh", "transcript_en") if (cleaned.get(name) or "").strip()]
        shown = [name for name in ("captions_zh", "captions_en") if cleaned.get(name) or name in self.errors]
        if is_recording and not said:
            self.add_error(
                "transcript_zh", _("Write down what is said, in Chinese or in English: not everybody can listen.")
            )
        if not is_recording and not shown:
            self.add_error("captions_zh", _("Add captions in Chinese or in English: not everybody can listen."))
        return cleaned


class RecordingForm(CourseMediaForm):
    """Captions belong to films."""

    wanted = MediaKind.AUDIO

    class Meta(CourseMediaForm.Meta):
        exclude = ("captions_zh", "captions_en")


class FilmForm(CourseMediaForm):
    wanted = MediaKind.VIDEO


class PlayColumn(BaseColumn):
    """A player for the recording or the film."""

    cell_template_name = "courses/back_office/media_cell.html"


class CourseMediaFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(choices=MediaKind.choices, label=gettext_lazy("Kind"))

    class Meta:
        model = CourseMedia
        fields: list[str] = []


class CourseMediaIndexView(WordedView, IndexView):
    nouns = NOUNS
    add_item_label = gettext_lazy("Upload")

    def get_base_queryset(self) -> QuerySet[CourseMedia]:
        """With the number of lessons and phrases that show each."""
        places = (
            ReferenceIndex.objects.filter(
                to_content_type=ContentType.objects.get_for_model(CourseMedia),
                to_object_id=Cast(OuterRef("pk"), CharField()),
            )
            .values("to_object_id")
            .annotate(n=Count("object_id", distinct=True))
            .values("n")
        )
        return CourseMedia.objects.annotate(uses=Coalesce(Subquery(places), 0)).order_by("-created_at", "-pk")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return IndexView.get_breadcrumbs_items(self)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label=_("Title"), sort_key="title", get_url=self.get_edit_url),
            PlayColumn("play", label=_("Listen or watch")),
            Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
            Column("uses", label=_("Used in"), sort_key="uses"),
            DateColumn("created_at", label=_("Uploaded"), sort_key="created_at"),
        ]


class CourseMediaCreateView(WordedView, CreateView):
    nouns = NOUNS
    page_subtitle = gettext_lazy("Upload")
    crumb = gettext_lazy("Upload")
    success_message = gettext_lazy("“%(object)s” is kept.")
    error_message = NOT_SAVED

    def save_instance(self) -> CourseMedia:
        return save_course_media(self.form.save(commit=False), actor=self.request.user, at=timezone.now())


class CourseMediaEditView(WordedView, EditView):
    nouns = NOUNS
    success_message = gettext_lazy("“%(object)s” is kept.")
    error_message = NOT_SAVED

    def save_instance(self) -> CourseMedia:
        return save_course_media(self.form.save(commit=False), actor=self.request.user, at=timezone.now())


class CourseMediaViewSet(AuthoringViewSet):
    model = CourseMedia
    name = "course-media"
    icon = "media"
    menu_label = NOUNS
    menu_order = 410  # after Wagtail's images and documents
    add_to_admin_menu = True
    search_fields = ["title", "key", "transcript_zh", "transcript_en"]
    index_view_class = CourseMediaIndexView
    add_view_class = CourseMediaCreateView
    edit_view_class = CourseMediaEditView
    filterset_class = CourseMediaFilterSet
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("file"), FieldPanel("seconds")]),
            MultiFieldPanel(
                [FieldPanel("transcript_zh"), FieldPanel("transcript_en")],
                heading=pgettext_lazy("media", "What is said"),
            ),
            FieldRowPanel([FieldPanel("captions_zh"), FieldPanel("captions_en")], heading=gettext_lazy("Captions")),
            FieldPanel("rights"),
        ],
        base_form_class=CourseMediaForm,
    )
