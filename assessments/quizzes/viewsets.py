"""Quizzes in the back office: the newest version of each, saved as a draft or published. Saving calls the services."""

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView

from assessments.bank.viewsets import AuthoringViewSet, RefusingView, WordedView
from assessments.quizzes.models import Quiz, QuizVersion
from assessments.quizzes.queries import newest_versions
from assessments.quizzes.services import (
    CannotPublish,
    QuizRules,
    SlotPlan,
    describe_quiz,
    publish_quiz,
    revise_quiz,
    write_quiz,
)
from assessments.quizzes.states import QuizPurpose, VersionState
from lms.skills.models import Skill

HUNDRED = Decimal(100)


class QuizForm(WagtailAdminModelForm):
    """A version's rules and slots, and what its quiz is called."""

    key = forms.SlugField(
        label=gettext_lazy("Key"),
        max_length=80,
        help_text=gettext_lazy("Latin letters, digits and hyphens; it names the quiz in packs and evidence."),
    )
    title_zh = forms.CharField(label=gettext_lazy("Title (Chinese)"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("Title (English)"), max_length=160)
    description_zh = forms.CharField(
        label=gettext_lazy("Description (Chinese)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    description_en = forms.CharField(
        label=gettext_lazy("Description (English)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    purpose = forms.ChoiceField(choices=QuizPurpose.choices, label=gettext_lazy("Purpose"))
    skill = forms.ModelChoiceField(
        Skill.objects.all(),
        required=False,
        label=gettext_lazy("Skill"),
        help_text=gettext_lazy("A re-test asks about one skill. Leave it empty where the quiz asks about several."),
    )
    pass_percent = forms.DecimalField(
        label=gettext_lazy("Pass share (%)"),
        min_value=1,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        initial=80,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.quiz_id is None:
            return
        quiz = self.instance.quiz
        self.fields["key"].disabled = True
        for name in ("key", "title_zh", "title_en", "description_zh", "description_en", "purpose", "skill"):
            self.initial[name] = getattr(quiz, name)
        self.initial["pass_percent"] = (self.instance.pass_share * HUNDRED).quantize(Decimal("0.1"))

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if self.instance.quiz_id is None and Quiz.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another quiz has this key already."))
        return key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("purpose") == QuizPurpose.RETEST and not cleaned.get("skill"):
            self.add_error("skill", _("A re-test needs the skill it asks about."))
        return cleaned

    def description(self) -> dict[str, Any]:
        names = ("title_zh", "title_en", "description_zh", "description_en", "purpose", "skill")
        return {name: self.cleaned_data[name] for name in names}

    def rules(self) -> QuizRules:
        return QuizRules(
            pass_share=self.cleaned_data["pass_percent"] / HUNDRED,
            time_limit_minutes=self.cleaned_data["time_limit_minutes"],
            attempts_allowed=self.cleaned_data["attempts_allowed"],
        )

    def slots(self) -> list[SlotPlan]:
        """What was typed, as values; the form is valid."""
        rows = self.formsets["slots"]
        kept = [row.cleaned_data for row in rows.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]
        kept.sort(key=lambda row: row.get("ORDER") or 0)
        return [
            SlotPlan(question=row["question"], skill=row["skill"], tag=row["tag"], count=row["count"]) for row in kept
        ]


class QuizFilterSet(WagtailFilterSet):
    skill = django_filters.ModelChoiceFilter(
        field_name="quiz__skill", queryset=Skill.objects.all(), label=gettext_lazy("Skill")
    )
    purpose = django_filters.ChoiceFilter(
        field_name="quiz__purpose", choices=QuizPurpose.choices, label=gettext_lazy("Purpose")
    )
    state = django_filters.ChoiceFilter(choices=VersionState.choices, label=gettext_lazy("State"))

    class Meta:
        model = QuizVersion
        fields: list[str] = []


class QuizIndexView(WordedView, IndexView):
    nouns = gettext_lazy("Quizzes")
    verbose_name_plural = gettext_lazy("quizzes")
    add_item_label = gettext_lazy("Add quiz")

    def get_base_queryset(self) -> QuerySet[QuizVersion]:
        return newest_versions().select_related("quiz__skill").order_by("quiz__key")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return IndexView.get_breadcrumbs_items(self)

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label=_("Quiz"), accessor="quiz.title", get_url=self.get_edit_url),
            Column("key", label=_("Key"), accessor="quiz.key", sort_key="quiz__key"),
            Column("purpose", label=_("Purpose"), accessor="quiz.get_purpose_display", sort_key="quiz__purpose"),
            Column("skill", label=_("Skill"), accessor="quiz.skill", sort_key="quiz__skill"),
            Column("minutes", label=_("Time limit (minutes)"), accessor="time_limit_minutes"),
            Column("number", label=_("Version"), accessor="number"),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        ]


class PublishingView:
    """The button beside "save" that publishes."""

    action: str
    request: HttpRequest

    def publish(self, version: QuizVersion) -> QuizVersion:
        if self.action != "publish":
            return version
        if version.state == VersionState.PUBLISHED:
            raise CannotPublish([_("This version is published already, and nothing in it has been changed.")])
        return publish_quiz(version, actor=self.request.user, at=timezone.now())


class QuizCreateView(WordedView, RefusingView, PublishingView, CreateView):
    nouns = gettext_lazy("Quizzes")
    page_subtitle = gettext_lazy("quiz")
    refusals = (CannotPublish,)
    actions = ["create", "publish"]
    template_name = "assessments/quiz_form.html"
    success_message = gettext_lazy("Quiz saved.")

    def save_instance(self) -> QuizVersion:
        version = write_quiz(
            key=self.form.cleaned_data["key"],
            **self.form.description(),
            rules=self.form.rules(),
            slots=self.form.slots(),
            actor=self.request.user,
            at=timezone.now(),
        )
        return self.publish(version)


class QuizEditView(WordedView, RefusingView, PublishingView, EditView):
    nouns = gettext_lazy("Quizzes")
    refusals = (CannotPublish,)
    actions = ["edit", "publish"]
    template_name = "assessments/quiz_form.html"
    success_message = gettext_lazy("Quiz saved.")

    def get_object(self, queryset: QuerySet | None = None) -> QuizVersion:
        """The newest version, also where an older one was asked for: only it can be worked at."""
        asked = super().get_object(queryset)
        return newest_versions().select_related("quiz").get(quiz=asked.quiz_id)

    def get_page_subtitle(self) -> str:
        return f"{self.object.quiz.title} · {self.object.number}"

    def save_instance(self) -> QuizVersion:
        quiz = Quiz.objects.get(pk=self.object.quiz_id)
        now = timezone.now()
        describe_quiz(quiz, **self.form.description(), actor=self.request.user, at=now)
        version = revise_quiz(quiz, rules=self.form.rules(), slots=self.form.slots(), actor=self.request.user, at=now)
        return self.publish(version)


class QuizViewSet(AuthoringViewSet):
    model = QuizVersion
    name = "quizzes"
    icon = "list-ol"
    menu_label = gettext_lazy("Quizzes")
    index_view_class = QuizIndexView
    add_view_class = QuizCreateView
    edit_view_class = QuizEditView
    filterset_class = QuizFilterSet
    search_fields = ["quiz__key", "quiz__title_zh", "quiz__title_en"]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("key"),
                    FieldRowPanel([FieldPanel("title_zh"), FieldPanel("title_en")]),
                    FieldRowPanel([FieldPanel("description_zh"), FieldPanel("description_en")]),
                    FieldRowPanel([FieldPanel("purpose"), FieldPanel("skill")]),
                ],
                heading=gettext_lazy("Quiz"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel(
                        [FieldPanel("pass_percent"), FieldPanel("time_limit_minutes"), FieldPanel("attempts_allowed")]
                    )
                ],
                heading=gettext_lazy("Rules"),
            ),
            InlinePanel(
                "slots",
                [
                    FieldPanel("question"),
                    FieldRowPanel([FieldPanel("skill"), FieldPanel("tag"), FieldPanel("count")]),
                ],
                heading=gettext_lazy("Slots"),
                label=gettext_lazy("Slot"),
                help_text=gettext_lazy(
                    "A fixed question, or a random draw of so many ready exam questions by skill, by tag, or both."
                ),
                min_num=1,
            ),
        ],
        base_form_class=QuizForm,
    )
