"""Questions: the list of the newest wordings, the form for each kind, and the wordings before."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import Media, Script
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView, InspectView
from wagtail.admin.widgets.button import HeaderButton

from assessments import ports
from assessments.bank.models import Question, QuestionMedia, QuestionVersion
from assessments.bank.queries import newest_versions, tags_by_question
from assessments.bank.services import UnfinishedWording, edit_question, write_question
from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse
from assessments.bank.viewsets.authoring import NOT_SAVED, AuthoringViewSet, RefusingView, WordedView
from assessments.bank.viewsets.forms import QuestionForm
from assessments.bank.viewsets.rows import RowsPanel, ShownPanel
from lms.people.models import User
from lms.skills.models import Skill

#: So many of the newest pictures and recordings can be put into the text from the form itself.
MEDIA_AT_HAND = 24


class QuestionFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(choices=QuestionKind.choices, label=gettext_lazy("Type of question"))
    skill = django_filters.ModelChoiceFilter(
        field_name="question__skill", queryset=Skill.objects.all(), label=gettext_lazy("Skill")
    )
    use = django_filters.ChoiceFilter(
        field_name="question__use", choices=QuestionUse.choices, label=gettext_lazy("Use")
    )
    status = django_filters.ChoiceFilter(
        field_name="question__status", choices=QuestionStatus.choices, label=gettext_lazy("Status")
    )
    tag = django_filters.ChoiceFilter(method="with_tag", label=gettext_lazy("Tag"))
    difficulty = django_filters.ChoiceFilter(
        field_name="question__difficulty", choices=[(n, str(n)) for n in range(1, 6)], label=gettext_lazy("Difficulty")
    )
    owner = django_filters.ModelChoiceFilter(
        field_name="question__owner",
        queryset=lambda request: User.objects.filter(pk__in=Question.objects.values("owner")).order_by("employee_no"),
        label=pgettext_lazy("question", "Owner"),
    )

    class Meta:
        model = QuestionVersion
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tags = tags_by_question()
        tags = sorted({tag for tags in self.tags.values() for tag in tags})
        self.filters["tag"].extra["choices"] = [(tag, tag) for tag in tags]

    def with_tag(self, versions: QuerySet, name: str, tag: str) -> QuerySet:
        return versions.filter(question__in=[pk for pk, tags in self.tags.items() if tag in tags])


class QuestionIndexView(WordedView, IndexView):
    nouns = gettext_lazy("Question bank")
    verbose_name_plural = gettext_lazy("questions")
    add_item_label = gettext_lazy("Add question")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            *super().header_buttons,
            HeaderButton(_("Import"), url=reverse("questions-import"), icon_name="upload"),
            HeaderButton(_("Export"), url=reverse("questions-export"), icon_name="download"),
        ]

    def get_base_queryset(self) -> QuerySet[QuestionVersion]:
        return newest_versions().select_related("question__skill", "question__owner").order_by("question__key")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return IndexView.get_breadcrumbs_items(self)

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title(
                "stem",
                label=_("Question"),
                accessor=lambda version: Truncator(version.stem).chars(70) or version.question.key,
                get_url=self.get_edit_url,
                width="28%",
            ),
            Column("key", label=_("Key"), accessor="question.key", sort_key="question__key"),
            Column("kind", label=_("Type of question"), accessor="get_kind_display", sort_key="kind"),
            Column("skill", label=_("Skill"), accessor="question.skill", sort_key="question__skill"),
            Column("use", label=_("Use"), accessor="question.get_use_display", sort_key="question__use"),
            Column("status", label=_("Status"), accessor="question.get_status_display", sort_key="question__status"),
            Column(
                "difficulty", label=_("Difficulty"), accessor="question.difficulty", sort_key="question__difficulty"
            ),
            Column("tags", label=_("Tags"), accessor=lambda version: ", ".join(version.question.tags)),
            Column(
                "owner",
                label=pgettext_lazy("question", "Owner"),
                accessor=lambda version: version.question.owner or "–",
            ),
            Column("number", label=_("Version"), accessor="number"),
        ]


class QuestionFormView:
    """What adding and editing share: the script and style of the form, and the media at hand."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["media"] += Media(
            js=[Script("assessments/rows.js", type="module"), Script("assessments/question_form.js", type="module")],
            css={"all": ["assessments/rows.css"]},
        )
        self.form.shown["media_at_hand"] = QuestionMedia.objects.all()[:MEDIA_AT_HAND]
        return context

    error_message = NOT_SAVED

    def get_success_url(self) -> str:
        """Back to the form: there the saved question is shown as learners see it."""
        return self.get_edit_url()

    def get_success_buttons(self) -> list[Any]:
        return []


class QuestionCreateView(QuestionFormView, WordedView, RefusingView, CreateView):
    nouns = gettext_lazy("Question bank")
    page_subtitle = gettext_lazy("New question")
    crumb = gettext_lazy("New question")
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


class QuestionEditView(QuestionFormView, WordedView, RefusingView, EditView):
    nouns = gettext_lazy("Question bank")
    refusals = (UnfinishedWording,)
    success_message = gettext_lazy("Question saved.")
    template_name = "assessments/question_edit.html"

    def get_object(self, queryset: QuerySet | None = None) -> QuestionVersion:
        """The newest wording, also where an older one was asked for: only it can be worked at."""
        asked = super().get_object(queryset)
        version = newest_versions([asked.question_id]).select_related("question").get()
        self.saved_stem = version.stem  # the form writes what was typed into the instance, saved or not
        return version

    def get_page_subtitle(self) -> str:
        return f"{self.object.question.key} · {Truncator(self.saved_stem).chars(60)}"

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = [HeaderButton(_("Add question"), url=reverse("questions:add"), icon_name="plus")]
        if address := ports.where_used_url(self.object.question):
            buttons.append(HeaderButton(_("Where used"), url=address, icon_name="search"))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        wordings = QuestionVersion.objects.filter(question=self.object.question_id).select_related("author")
        self.form.shown["wordings"] = wordings.order_by("-number")
        return context

    def save_instance(self) -> QuestionVersion:
        return edit_question(
            Question.objects.get(pk=self.object.question_id),
            self.form.wording(),
            **self.form.filing(),
            actor=self.request.user,
            at=timezone.now(),
        )


class QuestionVersionView(WordedView, InspectView):
    """One wording, to be read: what was asked stays as it was."""

    nouns = gettext_lazy("Question bank")
    template_name = "assessments/question_version.html"

    def get_page_subtitle(self) -> str:
        return _("%(key)s · version %(number)s") % {"key": self.object.question.key, "number": self.object.number}


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

    def get_urlpatterns(self) -> list[URLPattern]:
        version = self.construct_view(
            QuestionVersionView, **self.get_inspect_view_kwargs(template_name=QuestionVersionView.template_name)
        )
        return [*super().get_urlpatterns(), path(f"version/<{self.pk_path_converter}:pk>/", version, name="version")]

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
                    ShownPanel("assessments/question_kind_help.html"),
                    FieldRowPanel([FieldPanel("stem_zh"), FieldPanel("stem_en")]),
                    FieldRowPanel([FieldPanel("audio_zh"), FieldPanel("audio_en")]),
                    FieldPanel("unit", classname="only for-numeric"),
                ],
                heading=gettext_lazy("Question"),
            ),
            ShownPanel(
                "assessments/question_media_at_hand.html",
                heading=gettext_lazy("Pictures and recordings"),
                classname="collapsed",
            ),
            RowsPanel(
                "gaps",
                "assessments/question_gaps.html",
                heading=gettext_lazy("Gaps in the text"),
                classname="only for-cloze",
            ),
            RowsPanel("options", "assessments/question_lines.html", heading=gettext_lazy("Answers")),
            MultiFieldPanel(
                [
                    FieldPanel(
                        "partial_credit",
                        help_text=gettext_lazy(
                            "What is partly right brings a part of the points. Without it only a wholly right answer counts."
                        ),
                        classname="only for-multiple for-matching for-ordering for-cloze",
                    ),
                    FieldPanel(
                        "match_case",
                        help_text=gettext_lazy("Width, script, spaces and punctuation never count."),
                        classname="only for-short_text for-cloze",
                    ),
                    FieldRowPanel([FieldPanel("explanation_zh"), FieldPanel("explanation_en")]),
                ],
                heading=gettext_lazy("Grading, and the explanation shown with the result"),
            ),
            ShownPanel("assessments/question_as_shown.html", heading=gettext_lazy("As learners see it"), on_edit=True),
            ShownPanel("assessments/question_wordings.html", heading=gettext_lazy("Versions"), on_edit=True),
        ],
        base_form_class=QuestionForm,
    )
