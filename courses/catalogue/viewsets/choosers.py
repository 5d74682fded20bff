"""Windows to choose from: recordings, films, phrases, terms."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView, CreateView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from courses.catalogue.models import CourseMedia, Phrase, Term
from courses.catalogue.services.media import save_course_media
from courses.catalogue.states import MediaKind
from courses.catalogue.viewsets.media import FilmForm, RecordingForm


class WordsFilterForm(BaseFilterForm):
    """Finds rows by a part of their words: Chinese has no spaces to search by."""

    q = forms.CharField(label=_("Search term"), required=False)
    #: The columns that are looked into; each window has its own form.
    columns: tuple[str, ...] = ()

    def filter(self, objects: QuerySet) -> QuerySet:
        words = self.cleaned_data.get("q")
        if not words:
            return objects
        self.is_searching, self.search_query = True, words
        found = Q()
        for column in self.columns:
            found |= Q(**{f"{column}__icontains": words})
        return objects.filter(found)


def searching(*names: str) -> type[WordsFilterForm]:
    return type("FilterForm", (WordsFilterForm,), {"columns": names})


class MediaFound:
    filter_form_class = searching("title", "key", "transcript_zh", "transcript_en")

    @property
    def columns(self) -> list[Column]:
        return [*super().columns, Column("seconds", label=_("Seconds"))]  # type: ignore[misc]


class MediaChooseView(MediaFound, ChooseView):
    pass


class MediaResultsView(MediaFound, ChooseResultsView):
    pass


class MediaCreateView(CreateView):
    def save_form(self, form: Any) -> CourseMedia:
        return save_course_media(form.save(commit=False), actor=self.request.user, at=timezone.now())


class MediaChooserViewSet(ChooserViewSet):
    """What is uploaded from a lesson keeps the rules of the library."""

    model = CourseMedia
    icon = "media"
    create_action_label = _("Upload")
    creation_tab_label = _("Upload")
    choose_view_class = MediaChooseView
    choose_results_view_class = MediaResultsView
    create_view_class = MediaCreateView
    kind = MediaKind.AUDIO

    def get_object_list(self) -> QuerySet[CourseMedia]:
        return CourseMedia.objects.filter(kind=self.kind)


class RecordingChooserViewSet(MediaChooserViewSet):
    """Also what a form shows for a key to CourseMedia: phrases have recordings."""

    name = "recording_chooser"
    creation_form_class = RecordingForm
    choose_one_text = _("Choose a recording")
    choose_another_text = _("Choose another recording")
    edit_item_text = _("Edit this recording")


class FilmChooserViewSet(MediaChooserViewSet):
    name = "film_chooser"
    creation_form_class = FilmForm
    register_widget = False
    kind = MediaKind.VIDEO
    choose_one_text = _("Choose a film")
    choose_another_text = _("Choose another film")
    edit_item_text = _("Edit this film")


class PhraseFound:
    filter_form_class = searching("key", "text_zh", "text_en")

    @property
    def columns(self) -> list[Column]:
        return [
            self.title_column,  # type: ignore[attr-defined]
            Column("kind", label=_("Class"), accessor="get_kind_display"),
            Column("key", label=_("Key")),
        ]


class PhraseChooseView(PhraseFound, ChooseView):
    pass


class PhraseResultsView(PhraseFound, ChooseResultsView):
    pass


class PhraseChooserViewSet(ChooserViewSet):
    model = Phrase
    name = "phrase_chooser"
    icon = "openquote"
    choose_view_class = PhraseChooseView
    choose_results_view_class = PhraseResultsView
    choose_one_text = _("Choose a phrase")
    choose_another_text = _("Choose another phrase")
    edit_item_text = _("Edit this phrase")


class TermFound:
    filter_form_class = searching("key", "name_zh", "name_en", "also_zh", "also_en")

    @property
    def columns(self) -> list[Column]:
        return [self.title_column, Column("key", label=_("Key"))]  # type: ignore[attr-defined]


class TermChooseView(TermFound, ChooseView):
    pass


class TermResultsView(TermFound, ChooseResultsView):
    pass


class TermChooserViewSet(ChooserViewSet):
    model = Term
    name = "term_chooser"
    icon = "clipboard-list"
    choose_view_class = TermChooseView
    choose_results_view_class = TermResultsView
    choose_one_text = _("Choose a term")
    choose_another_text = _("Choose another term")
    edit_item_text = _("Edit this term")
