"""The phrase book and the glossary in the back office. Saving a row brings the search index up to date."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import DeleteView, IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import ReferenceIndex

from courses.catalogue.models import Phrase, Term
from courses.catalogue.states import PhraseKind
from lms.skills.models import Skill


class UsedStaysView(DeleteView):
    """What a lesson shows is not deleted from under its readers."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if ReferenceIndex.get_references_to(self.object).exists():
            messages.error(request, _("A lesson shows this. Take it out there first."))
            return redirect(self.usage_url)
        return super().post(request, *args, **kwargs)


class WordsViewSet(ModelViewSet):
    """Searched by parts of words: Chinese has no spaces to search by."""

    add_to_admin_menu = False
    copy_view_enabled = False
    inspect_view_enabled = False
    search_backend_name = None
    list_per_page = 50
    delete_view_class = UsedStaysView


class PhraseFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(choices=PhraseKind.choices, label=gettext_lazy("class"))
    skills = django_filters.ModelChoiceFilter(queryset=Skill.objects.all(), label=gettext_lazy("skill"))

    class Meta:
        model = Phrase
        fields: list[str] = []


class PhraseIndexView(IndexView):
    def get_base_queryset(self) -> QuerySet[Phrase]:
        return Phrase.objects.order_by("kind", "order", "key")

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("text_zh", label=_("wording (Chinese)"), get_url=self.get_edit_url, sort_key="text_zh"),
            Column("text_en", label=_("wording (English)"), sort_key="text_en"),
            Column("kind", label=_("class"), accessor="get_kind_display", sort_key="kind"),
            Column("order", label=_("place in its class"), sort_key="order"),
            Column("key", label=_("key"), sort_key="key"),
        ]


class PhraseViewSet(WordsViewSet):
    model = Phrase
    name = "phrases"
    icon = "openquote"
    menu_label = gettext_lazy("Phrases")
    index_view_class = PhraseIndexView
    filterset_class = PhraseFilterSet
    search_fields = ["text_zh", "text_en", "instead_zh", "instead_en", "note_zh", "note_en", "key"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("kind"), FieldPanel("order"), FieldPanel("key")]),
            MultiFieldPanel(
                [
                    FieldPanel("text_zh"), FieldPanel("note_zh"), FieldPanel("instead_zh"), FieldPanel("audio_zh"),
                ],
                heading=gettext_lazy("Chinese"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("text_en"), FieldPanel("note_en"), FieldPanel("instead_en"), FieldPanel("audio_en"),
                ],
                heading=gettext_lazy("English"),
            ),
            FieldPanel("skills"),
        ]
    )  # fmt: skip


class TermIndexView(IndexView):
    def get_base_queryset(self) -> QuerySet[Term]:
        return Term.objects.order_by("key")

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name_zh", label=_("term (Chinese)"), get_url=self.get_edit_url, sort_key="name_zh"),
            Column("name_en", label=_("term (English)"), sort_key="name_en"),
            Column("key", label=_("key"), sort_key="key"),
        ]


class TermViewSet(WordsViewSet):
    model = Term
    name = "terms"
    icon = "tag"
    menu_label = gettext_lazy("Glossary")
    index_view_class = TermIndexView
    search_fields = ["name_zh", "name_en", "also_zh", "also_en", "definition_zh", "definition_en", "key"]
    edit_handler = ObjectList(
        [
            FieldPanel("key"),
            MultiFieldPanel(
                [FieldPanel("name_zh"), FieldPanel("also_zh"), FieldPanel("definition_zh")],
                heading=gettext_lazy("Chinese"),
            ),
            MultiFieldPanel(
                [FieldPanel("name_en"), FieldPanel("also_en"), FieldPanel("definition_en")],
                heading=gettext_lazy("English"),
            ),
        ]
    )


class WordsGroup(ViewSetGroup):
    menu_label = gettext_lazy("Phrases and terms")
    menu_icon = "openquote"
    menu_order = 205
    items = (PhraseViewSet, TermViewSet)
