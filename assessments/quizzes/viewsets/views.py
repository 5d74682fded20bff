"""The list of quizzes and the form for one of them."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import Media, Script
from django.http import HttpRequest, JsonResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton

from assessments import ports
from assessments.bank.models import Question
from assessments.bank.queries import tags_by_question
from assessments.bank.viewsets import NOT_SAVED, AuthoringViewSet, RefusingView, RowsPanel, ShownPanel, WordedView
from assessments.quizzes.models import Quiz, QuizVersion
from assessments.quizzes.queries import drawable_questions, newest_versions, published_version
from assessments.quizzes.rules import full_review
from assessments.quizzes.services import CannotPublish, Shortfall, describe_quiz, publish_quiz, revise_quiz, write_quiz
from assessments.quizzes.states import QuizPurpose, ReviewPart, ReviewTime, VersionState
from assessments.quizzes.viewsets.forms import QuizForm, SlotForm
from lms.skills.models import Skill


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
            Column("skill", label=_("Skill"), accessor=lambda version: version.quiz.skill or "–"),
            Column(
                "minutes",
                label=_("Time limit (minutes)"),
                accessor=lambda version: version.time_limit_minutes or _("none"),
            ),
            Column("number", label=_("Version"), accessor="number"),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        ]


def presets() -> list[tuple[Any, str]]:
    """Sensible review policies: what each is called, and the ticks it sets."""
    everything = full_review()
    marks = {time.value: [ReviewPart.MARKS.value] for time in ReviewTime if time != ReviewTime.DURING}
    during = {time.value: [part.value for part in ReviewPart] for time in ReviewTime}
    policies: list[tuple[Any, dict[str, list[str]]]] = [
        (_("Everything after handing in"), everything),
        (_("The score at once, the answers after closing"), {**marks, "after_close": everything["after_close"]}),
        (_("The score only"), marks),
        (_("Practice: each answer can be checked at once"), during),
        (_("Nothing"), {}),
    ]
    return [(label, " ".join(f"{time}:{part}" for time in kept for part in kept[time])) for label, kept in policies]


class QuizFormView:
    """What adding and editing share: the button beside "save" that publishes, and what the form's template needs."""

    action: str
    request: HttpRequest
    error_message = NOT_SAVED

    def publish(self, version: QuizVersion) -> QuizVersion:
        if self.action != "publish":
            return version
        if version.state == VersionState.PUBLISHED:
            raise CannotPublish(
                [Shortfall(_("This version is published already, and nothing in it has been changed."))]
            )
        return publish_quiz(version, actor=self.request.user, at=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["media"] += Media(
            js=[Script("assessments/rows.js", type="module"), Script("assessments/quiz_form.js", type="module")],
            css={"all": ["assessments/rows.css"]},
        )
        self.form.shown = {
            "question_keys": sorted(self.form.questions),
            "question_tags": sorted({tag for tags in tags_by_question().values() for tag in tags}),
            "review_times": list(ReviewTime),
            "review_parts": list(ReviewPart),
            "review_presets": presets(),
        }
        return context

    def get_success_url(self) -> str:
        """Back to the form, which says what became of it: a draft, or published."""
        return self.get_edit_url()

    def get_success_buttons(self) -> list[Any]:
        return []


class QuizCreateView(QuizFormView, WordedView, RefusingView, CreateView):
    nouns = gettext_lazy("Quizzes")
    page_subtitle = gettext_lazy("New quiz")
    crumb = gettext_lazy("New quiz")
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


class QuizEditView(QuizFormView, WordedView, RefusingView, EditView):
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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        published = published_version(self.object.quiz)
        return {**super().get_context_data(**kwargs), "published": published}

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        published = published_version(self.object.quiz)
        buttons = []
        if address := ports.where_used_url(self.object.quiz):
            buttons.append(HeaderButton(_("Where used"), url=address, icon_name="search"))
        if published is None:
            return buttons
        if address := figures_url(published):
            buttons.append(HeaderButton(_("Quiz figures"), url=address, icon_name="view"))
        give = f"{reverse('assessments:given-new')}?quiz={published.quiz_id}"
        return [*buttons, HeaderButton(_("Give this quiz"), url=give, icon_name="group")]

    def save_instance(self) -> QuizVersion:
        quiz = Quiz.objects.get(pk=self.object.quiz_id)
        now = timezone.now()
        describe_quiz(quiz, **self.form.description(), actor=self.request.user, at=now)
        version = revise_quiz(quiz, rules=self.form.rules(), slots=self.form.slots(), actor=self.request.user, at=now)
        return self.publish(version)


def figures_url(version: QuizVersion) -> str:
    """Where the figures of its questions stand, for those who have that page."""
    try:
        return reverse("assessments:item-analysis", args=[version.pk])
    except NoReverseMatch:
        return ""


class FittingView(PermissionCheckedMixin, View):
    """How many ready exam questions fit a slot as it is being typed."""

    model = QuizVersion
    any_permission_required = ["add", "change"]

    def get(self, request: HttpRequest) -> JsonResponse:
        questions = {}
        if key := request.GET.get("slot-question", ""):
            questions = {row.key: row for row in Question.objects.filter(key=key)}
        row = SlotForm(request.GET, prefix="slot", skills=list(Skill.objects.all()), questions=questions)
        demand = row.demand()
        fitting = [question for question in drawable_questions([demand]) if demand.fits(question)] if demand else []
        return JsonResponse({"fitting": len(fitting) if demand else None})


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

    def get_urlpatterns(self) -> list[URLPattern]:
        fitting = self.construct_view(FittingView)
        return [*super().get_urlpatterns(), path("fitting/", fitting, name="fitting")]

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
            RowsPanel(
                "sections",
                "assessments/quiz_sections.html",
                heading=gettext_lazy("Sections"),
                help_text=gettext_lazy(
                    "Optional. A section with a pass share of its own has to be passed by itself, besides the whole."
                ),
            ),
            RowsPanel(
                "slots",
                "assessments/quiz_slots.html",
                heading=gettext_lazy("Slots"),
                help_text=gettext_lazy(
                    "Each slot is one fixed question, or a random draw of ready exam questions by skill, tag and difficulty. Give a draw half as many questions again as it takes."
                ),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel(
                        [
                            FieldPanel("pass_percent"),
                            FieldPanel("time_limit_minutes", help_text=gettext_lazy("Empty: no limit.")),
                        ]
                    ),
                    FieldRowPanel([FieldPanel("per_page"), FieldPanel("navigation")]),
                    FieldRowPanel(
                        [
                            FieldPanel("attempts_allowed", help_text=gettext_lazy("Empty: as many as wanted.")),
                            FieldPanel("wait_minutes"),
                            FieldPanel("counting"),
                        ]
                    ),
                    FieldPanel(
                        "needs_second_marker",
                        help_text=gettext_lazy(
                            "Only for answers that people mark; a third person decides if they lie far apart."
                        ),
                    ),
                ],
                heading=gettext_lazy("Rules"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel(
                        [
                            FieldPanel("opens_at", help_text=gettext_lazy("Empty: open at once.")),
                            FieldPanel("closes_at", help_text=gettext_lazy("Empty: never closes.")),
                        ]
                    ),
                    FieldRowPanel([FieldPanel("overdue"), FieldPanel("grace_minutes")]),
                ],
                heading=gettext_lazy("Window, and when the time is up"),
            ),
            ShownPanel(
                "assessments/quiz_review.html",
                heading=gettext_lazy("What learners see, and when"),
                fields=["review"],
            ),
        ],
        base_form_class=QuizForm,
    )
