"""The question bank in the back office. Saving calls the services, so that a used wording is never changed."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.edit import ModelFormMixin
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

from assessments.bank.models import Question, QuestionVersion
from assessments.bank.queries import newest_versions
from assessments.bank.rules import OptionWords, Wording
from assessments.bank.services import UnfinishedWording, edit_question, write_question
from assessments.bank.states import QuestionStatus, QuestionUse
from lms.skills.models import Skill


class QuestionForm(WagtailAdminModelForm):
    """A wording with its options, and where its question stands in the bank."""

    key = forms.SlugField(
        label=gettext_lazy("Key"),
        max_length=80,
        help_text=gettext_lazy("Latin letters, digits and hyphens; it names the question in packs and figures."),
    )
    skill = forms.ModelChoiceField(Skill.objects.all(), label=gettext_lazy("Skill"))
    use = forms.ChoiceField(choices=QuestionUse.choices, label=gettext_lazy("Use"))
    status = forms.ChoiceField(
        choices=QuestionStatus.choices,
        label=gettext_lazy("Status"),
        help_text=gettext_lazy("Only ready questions are drawn. Retire a question instead of deleting it."),
    )
    difficulty = forms.IntegerField(label=gettext_lazy("Difficulty"), min_value=1, max_value=5, initial=2)
    tags = forms.CharField(
        label=gettext_lazy("Tags"), required=False, help_text=gettext_lazy("Separated by commas; quizzes draw by them.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.question_id is None:
            return
        question = self.instance.question
        self.fields["key"].disabled = True
        for name in ("key", "skill", "use", "status", "difficulty"):
            self.initial[name] = getattr(question, name)
        self.initial["tags"] = ", ".join(question.tags)

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if self.instance.question_id is None and Question.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another question has this key already."))
        return key

    def clean_tags(self) -> list[str]:
        typed = self.cleaned_data["tags"].replace("，", ",").replace("、", ",").split(",")
        return list(dict.fromkeys(tag.strip() for tag in typed if tag.strip()))

    def filing(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("skill", "use", "status", "difficulty", "tags")}

    def wording(self) -> Wording:
        """What was typed, as a value; the form is valid."""
        rows = self.formsets["options"]
        kept = [row.cleaned_data for row in rows.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]
        kept.sort(key=lambda row: row.get("ORDER") or 0)
        texts = ("kind", "stem_zh", "stem_en", "explanation_zh", "explanation_en")
        names = ("text_zh", "text_en", "is_right", "feedback_zh", "feedback_en")
        return Wording(
            **{name: self.cleaned_data[name] for name in texts},
            options=tuple(OptionWords(**{name: row[name] for name in names}) for row in kept),
        )


class QuestionFilterSet(WagtailFilterSet):
    skill = django_filters.ModelChoiceFilter(
        field_name="question__skill", queryset=Skill.objects.all(), label=gettext_lazy("Skill")
    )
    use = django_filters.ChoiceFilter(
        field_name="question__use", choices=QuestionUse.choices, label=gettext_lazy("Use")
    )
    status = django_filters.ChoiceFilter(
        field_name="question__status", choices=QuestionStatus.choices, label=gettext_lazy("Status")
    )

    class Meta:
        model = QuestionVersion
        fields: list[str] = []


class WordedView(WagtailAdminTemplateMixin):
    """Says what one row is in the author's words: the tables are versions, authors think of the thing itself."""

    noun: Any = ""
    nouns: Any = ""

    def get_page_title(self) -> str:
        return str(self.nouns)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        return [{**item, "label": str(self.nouns)} if item["url"] else item for item in items]


class RefusingView(ModelFormMixin):
    """Shows why a service refused as errors of the form; what was typed stays."""

    refusals: tuple[Any, ...] = ()

    def form_valid(self, form: forms.ModelForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except self.refusals as refusal:
            for fault in refusal.faults:
                form.add_error(None, fault)
            self.produced_error_message = _("Not saved yet. Please put this right; what you entered is still here.")
            return self.form_invalid(form)


class QuestionIndexView(WordedView, IndexView):
    nouns = gettext_lazy("Question bank")
    verbose_name_plural = gettext_lazy("questions")
    add_item_label = gettext_lazy("Add question")

    def get_base_queryset(self) -> QuerySet[QuestionVersion]:
        return newest_versions().select_related("question__skill").order_by("question__key")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return IndexView.get_breadcrumbs_items(self)

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title(
                "stem",
                label=_("Question"),
                accessor=lambda version: Truncator(version.stem).chars(70),
                get_url=self.get_edit_url,
            ),
            Column("key", label=_("Key"), accessor="question.key", sort_key="question__key"),
            Column("skill", label=_("Skill"), accessor="question.skill", sort_key="question__skill"),
            Column("kind", label=_("Type of question"), accessor="get_kind_display", sort_key="kind"),
            Column("use", label=_("Use"), accessor="question.get_use_display", sort_key="question__use"),
            Column("status", label=_("Status"), accessor="question.get_status_display", sort_key="question__status"),
            Column("number", label=_("Version"), accessor="number"),
        ]


class QuestionCreateView(WordedView, RefusingView, CreateView):
    nouns = gettext_lazy("Question bank")
    page_subtitle = gettext_lazy("question")
    refusals = (UnfinishedWording,)
    success_message = gettext_lazy("Question saved.")

    def save_instance(self) -> QuestionVersion:
        question = write_question(
            key=self.form.cleaned_data["key"],
            wording=self.form.wording(),
            **self.form.filing(),
            actor=self.request.user,
            at=timezone.now(),
        )
        return question.versions.get()


class QuestionEditView(WordedView, RefusingView, EditView):
    nouns = gettext_lazy("Question bank")
    refusals = (UnfinishedWording,)
    success_message = gettext_lazy("Question saved.")
    template_name = "assessments/question_edit.html"

    def get_object(self, queryset: QuerySet | None = None) -> QuestionVersion:
        """The newest wording, also where an older one was asked for: only it can be worked at."""
        asked = super().get_object(queryset)
        return newest_versions([asked.question_id]).select_related("question").get()

    def get_page_subtitle(self) -> str:
        return f"{self.object.question.key} · {Truncator(self.object.stem).chars(60)}"

    def save_instance(self) -> QuestionVersion:
        return edit_question(
            Question.objects.get(pk=self.object.question_id),
            self.form.wording(),
            **self.form.filing(),
            actor=self.request.user,
            at=timezone.now(),
        )


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


class QuestionViewSet(AuthoringViewSet):
    model = QuestionVersion
    name = "questions"
    icon = "help"
    menu_label = gettext_lazy("Question bank")
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    edit_view_class = QuestionEditView
    filterset_class = QuestionFilterSet
    search_fields = ["stem_zh", "stem_en", "question__key"]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("key"), FieldPanel("skill")]),
                    FieldRowPanel([FieldPanel("use"), FieldPanel("status"), FieldPanel("difficulty")]),
                    FieldPanel("tags"),
                ],
                heading=gettext_lazy("In the bank"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("kind"),
                    FieldRowPanel([FieldPanel("stem_zh"), FieldPanel("stem_en")]),
                ],
                heading=gettext_lazy("Question"),
            ),
            InlinePanel(
                "options",
                [
                    FieldRowPanel([FieldPanel("text_zh"), FieldPanel("text_en")]),
                    FieldPanel("is_right"),
                    FieldRowPanel([FieldPanel("feedback_zh"), FieldPanel("feedback_en")]),
                ],
                heading=gettext_lazy("Options"),
                label=gettext_lazy("Option"),
                min_num=2,
                max_num=9,
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("explanation_zh"), FieldPanel("explanation_en")])],
                heading=gettext_lazy("Explanation, shown with the result"),
            ),
        ],
        base_form_class=QuestionForm,
    )
