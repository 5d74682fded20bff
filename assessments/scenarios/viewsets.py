"""Scripts of mystery calls in the back office: the newest version of each. Saving calls the services, so that a used
script is never changed."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import ContextMixin
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView

from assessments.bank.viewsets import AuthoringViewSet, RefusingView, WordedView
from assessments.scenarios.models import Scenario, ScenarioVersion
from assessments.scenarios.queries import gaps_of, items_to_feed, newest_versions
from assessments.scenarios.services import (
    ScenarioNotReady,
    describe_scenario,
    publish_scenario,
    save_version,
    write_scenario,
)
from assessments.scenarios.states import Direction, LineOfBusiness, ScenarioState
from assessments.scorecards.queries import company_day
from lms.skills.models import Skill

#: Fields of the scenario itself; they don't touch what is played.
IDENTITY = ("title_zh", "title_en", "difficulty", "direction", "line_of_business", "skills")


class ScenarioForm(WagtailAdminModelForm):
    """A version's texts and points, and what its scenario is called."""

    key = forms.SlugField(
        label=gettext_lazy("key"),
        max_length=80,
        help_text=gettext_lazy("Latin letters, digits and hyphens; it names the scenario in packs and evidence."),
    )
    title_zh = forms.CharField(label=gettext_lazy("title (Chinese)"), max_length=160)
    title_en = forms.CharField(label=gettext_lazy("title (English)"), max_length=160)
    difficulty = forms.IntegerField(label=gettext_lazy("difficulty"), min_value=1, max_value=5, initial=2)
    direction = forms.ChoiceField(choices=Direction.choices, label=gettext_lazy("direction"))
    line_of_business = forms.ChoiceField(choices=LineOfBusiness.choices, label=gettext_lazy("line of business"))
    skills = forms.ModelMultipleChoiceField(
        Skill.objects.all(),
        required=False,
        label=gettext_lazy("skills"),
        help_text=gettext_lazy("What the call shows; scenarios are found by them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.scenario_id is None:
            return
        scenario = self.instance.scenario
        self.fields["key"].disabled = True
        self.initial["key"] = scenario.key
        for name in IDENTITY:
            self.initial[name] = list(scenario.skills.all()) if name == "skills" else getattr(scenario, name)

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if self.instance.scenario_id is None and Scenario.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another scenario has this key already."))
        return key

    def clean(self) -> dict[str, Any]:
        """Each point has a key of its own: marks and evidence are kept under it."""
        data = super().clean()
        points = self.formsets["points"]
        typed = [form["key"].value() for form in points.forms if not form["DELETE"].value()]
        for key in sorted({key for key in typed if key and typed.count(key) > 1}):
            self.add_error(None, _("Two points have the key “%(key)s”. Give each its own.") % {"key": key})
        return data

    def identity(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in IDENTITY}

    def changes_script(self) -> bool:
        """Something was changed that is played, not only the title."""
        own = set(self.changed_data) - {"key", *IDENTITY}
        return bool(own) or any(formset.has_changed() for formset in self.formsets.values())


class ScenarioFilterSet(WagtailFilterSet):
    skills = django_filters.ModelChoiceFilter(
        field_name="scenario__skills", queryset=Skill.objects.all(), label=gettext_lazy("skill")
    )
    direction = django_filters.ChoiceFilter(
        field_name="scenario__direction", choices=Direction.choices, label=gettext_lazy("direction")
    )
    line_of_business = django_filters.ChoiceFilter(
        field_name="scenario__line_of_business", choices=LineOfBusiness.choices, label=gettext_lazy("line of business")
    )
    state = django_filters.ChoiceFilter(choices=ScenarioState.choices, label=gettext_lazy("state"))

    class Meta:
        model = ScenarioVersion
        fields: list[str] = []


class ScenarioIndexView(WordedView, IndexView):
    nouns = gettext_lazy("Scenarios")
    add_item_label = gettext_lazy("Add scenario")

    def get_base_queryset(self) -> QuerySet[ScenarioVersion]:
        return newest_versions().order_by("scenario__key")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return IndexView.get_breadcrumbs_items(self)

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label=_("Scenario"), accessor="scenario.title", get_url=self.get_edit_url),
            Column("key", label=_("key"), accessor="scenario.key", sort_key="scenario__key"),
            Column(
                "difficulty", label=_("difficulty"), accessor="scenario.difficulty", sort_key="scenario__difficulty"
            ),
            Column("line_of_business", label=_("line of business"), accessor="scenario.get_line_of_business_display"),
            Column("scorecard", label=_("scorecard"), accessor="scorecard.name", sort_key="scorecard__key"),
            Column("number", label=_("version"), accessor="number"),
            Column("state", label=_("state"), accessor="get_state_display", sort_key="state"),
            Column("sheet", label=_("Caller's sheet"), accessor=_link_to_sheet),
        ]


def _link_to_sheet(version: ScenarioVersion) -> SafeString:
    url = reverse("assessments:scenario-sheet", args=[version.pk])
    return format_html('<a href="{}">{}</a>', url, _("Open"))


class ScriptView(ContextMixin):
    """What adding and editing share: the items a point may name, and the button beside "save" that publishes."""

    request: Any
    action: str

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        items = items_to_feed(company_day(timezone.now()))
        return {**super().get_context_data(**kwargs), "scorecard_items": items}

    def faults_of(self, version: ScenarioVersion) -> list[str]:
        """What keeps the saved script from being played today, in words."""
        return ScenarioNotReady(gaps_of(version, company_day(timezone.now()))).faults

    def publish(self, version: ScenarioVersion) -> ScenarioVersion:
        if self.action == "publish" and version.state == ScenarioState.DRAFT:
            return publish_scenario(version, actor=self.request.user, at=timezone.now())
        return version


class ScenarioCreateView(WordedView, RefusingView, ScriptView, CreateView):
    nouns = gettext_lazy("Scenarios")
    refusals = (ScenarioNotReady,)
    template_name = "assessments/scenario_form.html"
    page_subtitle = gettext_lazy("scenario")
    actions = ["create", "publish"]
    success_message = gettext_lazy("Scenario saved.")

    def save_instance(self) -> ScenarioVersion:
        version = write_scenario(
            self.form.save(commit=False),
            key=self.form.cleaned_data["key"],
            **self.form.identity(),
            actor=self.request.user,
            at=timezone.now(),
        )
        return self.publish(version)


class ScenarioEditView(WordedView, RefusingView, ScriptView, EditView):
    nouns = gettext_lazy("Scenarios")
    refusals = (ScenarioNotReady,)
    template_name = "assessments/scenario_form.html"
    actions = ["edit", "publish", "draft"]
    success_message = gettext_lazy("Scenario saved.")

    def get_object(self, queryset: QuerySet | None = None) -> ScenarioVersion:
        """The newest version, also where an older one was asked for: only it can be worked at."""
        asked = super().get_object(queryset)
        return newest_versions().get(scenario=asked.scenario_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stored = ScenarioVersion.objects.get(pk=self.object.pk)
        return {**super().get_context_data(**kwargs), "faults": self.faults_of(stored)}

    def get_page_subtitle(self) -> str:
        return f"{self.object.scenario.title} · {self.object.number}"

    def save_instance(self) -> ScenarioVersion:
        who: dict[str, Any] = {"actor": self.request.user, "at": timezone.now()}
        describe_scenario(Scenario.objects.get(pk=self.object.scenario_id), **self.form.identity(), **who)
        version = self.form.instance
        if self.form.changes_script() or (self.action == "draft" and version.used_at):
            version = save_version(self.form.save(commit=False), **who)
        return self.publish(version)

    def get_success_url(self) -> str:
        """Back to the form: a used script has become a new version, whose number the page says."""
        return self.get_edit_url()


class ScenarioViewSet(AuthoringViewSet):
    model = ScenarioVersion
    name = "scenarios"
    icon = "openquote"
    menu_label = gettext_lazy("Scenarios")
    menu_order = 220
    add_to_admin_menu = True
    index_view_class = ScenarioIndexView
    add_view_class = ScenarioCreateView
    edit_view_class = ScenarioEditView
    filterset_class = ScenarioFilterSet
    search_fields = ["scenario__key", "scenario__title_zh", "scenario__title_en"]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("key"),
                    FieldRowPanel([FieldPanel("title_zh"), FieldPanel("title_en")]),
                    FieldRowPanel([FieldPanel("difficulty"), FieldPanel("direction"), FieldPanel("line_of_business")]),
                    FieldPanel("skills"),
                ],
                heading=gettext_lazy("Scenario"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("scorecard", heading=gettext_lazy("scorecard")), FieldPanel("minutes")]),
                    FieldRowPanel([FieldPanel("persona_zh"), FieldPanel("persona_en")]),
                    FieldRowPanel([FieldPanel("mood_zh"), FieldPanel("mood_en")]),
                    FieldRowPanel([FieldPanel("opening_line_zh"), FieldPanel("opening_line_en")]),
                    FieldRowPanel([FieldPanel("knows_zh"), FieldPanel("knows_en")]),
                ],
                heading=gettext_lazy("The customer"),
            ),
            InlinePanel(
                "branches",
                [
                    FieldRowPanel([FieldPanel("when_zh"), FieldPanel("when_en")]),
                    FieldRowPanel([FieldPanel("say_zh"), FieldPanel("say_en")]),
                ],
                heading=gettext_lazy("Branches: if the agent … the caller says"),
                label=gettext_lazy("Branch"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("traps_zh"), FieldPanel("traps_en")]),
                    FieldRowPanel([FieldPanel("documents_zh"), FieldPanel("documents_en")]),
                    FieldPanel("closed_book"),
                ],
                heading=gettext_lazy("Traps and documents"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("announcement_zh"), FieldPanel("announcement_en")]),
                    FieldRowPanel([FieldPanel("closing_zh"), FieldPanel("closing_en")]),
                ],
                heading=gettext_lazy("Read out before and after"),
            ),
            InlinePanel(
                "points",
                [
                    FieldRowPanel([FieldPanel("text_zh"), FieldPanel("text_en")]),
                    FieldRowPanel([FieldPanel("standard_answer_zh"), FieldPanel("standard_answer_en")]),
                    FieldRowPanel([FieldPanel("listen_for_zh"), FieldPanel("listen_for_en")]),
                    FieldRowPanel([FieldPanel("advice_zh"), FieldPanel("advice_en")]),
                    FieldRowPanel(
                        [
                            FieldPanel("key"),
                            FieldPanel("item_key", widget=forms.TextInput(attrs={"list": "scorecard-items"})),
                            FieldPanel("weight"),
                        ]
                    ),
                    FieldPanel("is_fatal"),
                ],
                heading=gettext_lazy("Points to cover"),
                label=gettext_lazy("Point to cover"),
                help_text=gettext_lazy(
                    "Each point feeds one item of the scorecard; several points of an item are weighed against each other."
                ),
                min_num=1,
            ),
        ],
        base_form_class=ScenarioForm,
    )
