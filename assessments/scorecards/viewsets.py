"""Scorecards in the back office: drafts are edited and published, published versions are read and copied."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateInput

from assessments.scorecards.models import Scorecard, ScorecardVersion
from assessments.scorecards.permissions import can_edit_scorecards
from assessments.scorecards.queries import company_day, sections_of
from assessments.scorecards.rules import earliest_effective_day
from assessments.scorecards.services import (
    ItemText,
    SectionText,
    copy_version,
    describe_scorecard,
    publish_version,
    rewrite_draft,
    write_scorecard,
)
from assessments.scorecards.states import YES_OR_NO, Channel, ScorecardState

HUNDRED = Decimal(100)


class ScorecardForm(WagtailAdminModelForm):
    """A draft's pass share, sections and items, and what its scorecard is called."""

    key = forms.SlugField(
        label=gettext_lazy("key"),
        max_length=80,
        help_text=gettext_lazy("Latin letters, digits and hyphens; it names the scorecard in packs and evidence."),
    )
    channel = forms.ChoiceField(choices=Channel.choices, label=gettext_lazy("channel"))
    name_zh = forms.CharField(label=gettext_lazy("name (Chinese)"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("name (English)"), max_length=120)
    pass_percent = forms.DecimalField(
        label=gettext_lazy("pass share (%)"), min_value=1, max_value=100, max_digits=4, decimal_places=1, initial=80
    )
    in_effect_from = forms.DateField(
        label=gettext_lazy("in effect from"),
        required=False,
        widget=AdminDateInput,
        help_text=gettext_lazy(
            "Needed for publishing. Everybody has seven days to read a new version: publish it that much earlier."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("in_effect_from", earliest_effective_day(company_day(timezone.now())))
        if self.instance.scorecard_id is None:
            return
        for name in ("key", "channel"):
            self.fields[name].disabled = True
        for name in ("key", "channel", "name_zh", "name_en"):
            self.initial[name] = getattr(self.instance.scorecard, name)
        self.initial["pass_percent"] = (self.instance.pass_share * HUNDRED).quantize(Decimal("0.1"))

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if self.instance.scorecard_id is None and Scorecard.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another scorecard has this key already."))
        return key

    def pass_share(self) -> Decimal:
        return self.cleaned_data["pass_percent"] / HUNDRED

    def sections(self) -> list[SectionText]:
        """What was typed, as values; the form is valid."""
        return [
            SectionText(
                key=row.cleaned_data["key"],
                name_zh=row.cleaned_data["name_zh"],
                name_en=row.cleaned_data["name_en"],
                items=[_item_text(item.cleaned_data) for item in _kept(row.formsets["items"])],
            )
            for row in _kept(self.formsets["sections"])
        ]


def _kept(formset: Any) -> list[Any]:
    """The rows that weren't removed, in the order in which they stand on the screen."""
    rows = [row for row in formset.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]
    return sorted(rows, key=lambda row: row.cleaned_data.get("ORDER") or 0)


def _item_text(data: dict[str, Any]) -> ItemText:
    names = (
        "key", "kind", "skill", "name_zh", "name_en", "guidance_zh", "guidance_en", "fatal_class", "weight",
        "not_applicable",
    )  # fmt: skip
    points = 1 if data["kind"] in YES_OR_NO else data["points_possible"]
    return ItemText(**{name: data[name] for name in names}, points_possible=points)


class ScorecardIndexView(IndexView):
    add_item_label = gettext_lazy("Add scorecard")

    def get_page_title(self) -> str:
        return _("Scorecards")

    def get_base_queryset(self) -> QuerySet[ScorecardVersion]:
        return ScorecardVersion.objects.select_related("scorecard").order_by("scorecard__key", "-number")

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name", label=_("Scorecard"), accessor="scorecard.name", get_url=self.get_edit_url),
            Column("channel", label=_("channel"), accessor="scorecard.get_channel_display"),
            Column("number", label=_("version"), accessor="number"),
            Column("state", label=_("state"), accessor="get_state_display"),
            Column("published_on", label=_("published on"), accessor="published_on"),
            Column("effective_on", label=_("in effect from"), accessor="effective_on"),
        ]


class WritingView:
    """Saves a draft, or saves and publishes it. What a service refuses becomes an error of the form."""

    def form_valid(self, form: ScorecardForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as refusal:
            form.add_error("in_effect_from" if refusal.code == "too_early" else None, refusal)
            self.produced_error_message = _("Not saved yet. Please put this right; what you entered is still here.")
            return self.form_invalid(form)

    def published(self, version: ScorecardVersion) -> ScorecardVersion:
        if self.action != "publish":
            return version
        day = self.form.cleaned_data["in_effect_from"]
        if day is None:
            raise ValidationError(_("Say from which day the version is in effect."), code="too_early")
        return publish_version(version, effective_on=day, actor=self.request.user, at=timezone.now())


class ScorecardCreateView(WritingView, CreateView):
    page_title = gettext_lazy("Scorecards")
    page_subtitle = gettext_lazy("scorecard")
    actions = ["create", "publish"]
    template_name = "assessments/scorecard_form.html"
    success_message = gettext_lazy("Scorecard saved.")

    def save_instance(self) -> ScorecardVersion:
        data = self.form.cleaned_data
        version = write_scorecard(
            key=data["key"],
            channel=data["channel"],
            name_zh=data["name_zh"],
            name_en=data["name_en"],
            pass_share=self.form.pass_share(),
            sections=self.form.sections(),
            actor=self.request.user,
            at=timezone.now(),
        )
        return self.published(version)


class ScorecardEditView(WritingView, EditView):
    page_title = gettext_lazy("Scorecards")
    actions = ["edit", "publish"]
    template_name = "assessments/scorecard_form.html"
    success_message = gettext_lazy("Scorecard saved.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A published version is only read."""
        published = ScorecardVersion.objects.filter(pk=kwargs["pk"], state=ScorecardState.PUBLISHED)
        if can_edit_scorecards(request.user) and published.exists():
            return redirect("scorecards:inspect", kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return f"{self.object.scorecard.name} · {self.object.number}"

    def save_instance(self) -> ScorecardVersion:
        data, now = self.form.cleaned_data, timezone.now()
        scorecard = Scorecard.objects.get(pk=self.object.scorecard_id)
        describe_scorecard(scorecard, name_zh=data["name_zh"], name_en=data["name_en"], actor=self.request.user, at=now)
        version = rewrite_draft(
            ScorecardVersion.objects.select_related("scorecard").get(pk=self.object.pk),
            pass_share=self.form.pass_share(),
            sections=self.form.sections(),
            actor=self.request.user,
            at=now,
        )
        return self.published(version)


class ScorecardInspectView(InspectView):
    page_title = gettext_lazy("Scorecards")
    template_name = "assessments/scorecard_inspect.html"

    def get_page_subtitle(self) -> str:
        return f"{self.object.scorecard.name} · {self.object.number}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, sections=sections_of(self.object), can_copy=True)


@require_POST
def new_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with the same sections and items as the version."""
    if not can_edit_scorecards(request.user):
        raise PermissionDenied
    version = get_object_or_404(ScorecardVersion.objects.select_related("scorecard"), pk=pk)
    draft = copy_version(version, actor=request.user, at=timezone.now())
    messages.success(request, _("This is a new draft. The published version stays in effect until you publish it."))
    return redirect(reverse("scorecards:edit", args=[draft.pk]))


class ScorecardViewSet(ModelViewSet):
    """List, read, add, edit and publish by services. Nothing is deleted; the audit log keeps the history."""

    model = ScorecardVersion
    name = "scorecards"
    icon = "tasks"
    menu_label = gettext_lazy("Scorecards")
    menu_order = 230
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    search_backend_name = None
    search_fields = ["scorecard__key", "scorecard__name_zh", "scorecard__name_en"]
    index_view_class = ScorecardIndexView
    add_view_class = ScorecardCreateView
    edit_view_class = ScorecardEditView
    inspect_view_class = ScorecardInspectView
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("key"), FieldPanel("channel")]),
                    FieldRowPanel([FieldPanel("name_zh"), FieldPanel("name_en")]),
                    FieldRowPanel([FieldPanel("pass_percent"), FieldPanel("in_effect_from")]),
                ],
                heading=gettext_lazy("Scorecard"),
            ),
            InlinePanel(
                "sections",
                [
                    FieldPanel("key"),
                    FieldRowPanel([FieldPanel("name_zh"), FieldPanel("name_en")]),
                    InlinePanel(
                        "items",
                        [
                            FieldRowPanel([FieldPanel("key"), FieldPanel("skill")]),
                            FieldRowPanel([FieldPanel("name_zh"), FieldPanel("name_en")]),
                            FieldRowPanel([FieldPanel("kind"), FieldPanel("fatal_class")]),
                            FieldRowPanel(
                                [FieldPanel("points_possible"), FieldPanel("weight"), FieldPanel("not_applicable")]
                            ),
                            FieldRowPanel([FieldPanel("guidance_zh"), FieldPanel("guidance_en")]),
                        ],
                        heading=gettext_lazy("Items"),
                        label=gettext_lazy("Scorecard item"),
                        min_num=1,
                    ),
                ],
                heading=gettext_lazy("Sections"),
                label=gettext_lazy("Section"),
                min_num=1,
            ),
        ],
        base_form_class=ScorecardForm,
    )

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
            path(f"inspect/<{conv}:pk>/", self.inspect_view, name="inspect"),
            path(f"draft/<{conv}:pk>/", new_draft, name="draft"),
        ]
