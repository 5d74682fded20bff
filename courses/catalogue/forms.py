"""What an author fills in on top of a page's own fields."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Page

from assessments.quizzes.states import QuizPurpose, VersionState
from courses.catalogue.rules import next_material_version, validity_problems


class CatalogueForm(WagtailAdminPageForm):
    """Addresses are the same in every language: set on the source page, free in all trees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_source and "slug" in self.fields:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = _("Set on the page in the source language.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        slug = cleaned.get("slug")
        if slug and self.instance.is_source and self._is_taken_elsewhere(slug):
            self.add_error("slug", ValidationError(_("A page in another language has this address already.")))
        return cleaned

    def _is_taken_elsewhere(self, slug: str) -> bool:
        """Another page has the slug in another language's tree: the address would mean two things."""
        parent = self.parent_page or self.instance.get_parent()
        paths = parent.get_translations().values_list("path", flat=True)
        others = Page.objects.filter(slug=slug).exclude(translation_key=self.instance.translation_key)
        return any(others.filter(path__startswith=path, depth=parent.depth + 1).exists() for path in paths)


class LessonForm(CatalogueForm):
    """`is_material` raises the lesson's material version when it is published."""

    is_material = forms.BooleanField(
        required=False,
        label=_("Ask everybody to read it again"),
        help_text=_("For a change that matters on the phone. Who finished the lesson is asked to read it once more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quiz = self.fields.get("recheck_quiz")
        if quiz is not None:
            self._ask_for_quiz(quiz)
        field = self.fields.get("is_material")
        if field is None:
            return
        field.initial = self.instance.material_version > self._live_version()
        if not self.instance.is_source:
            field.disabled = True
            field.help_text = _("Decided on the page in the source language; taken over when this page is published.")

    def _ask_for_quiz(self, field: forms.ModelChoiceField) -> None:
        """A quiz that can be sat. One that was chosen before stays, so that saving a draft loses nothing."""
        published = Q(versions__state=VersionState.PUBLISHED, purpose=QuizPurpose.COURSE)
        chosen = Q(pk=self.instance.recheck_quiz_id)
        field.queryset = field.queryset.filter(published | chosen).distinct()
        field.help_text = _(
            "Who had finished the lesson passes this quiz, too, after reading the change. Without one, reading is enough."
        )
        if not self.instance.is_source:
            field.disabled = True
            field.help_text = _("Chosen on the page in the source language.")

    def _live_version(self) -> int:
        """What readers have now: the row holds the published version, a draft is a revision beside it."""
        row = type(self.instance).objects.filter(pk=self.instance.pk).values_list("material_version", flat=True)
        return row.first() or 1

    def save(self, commit: bool = True) -> Any:
        if self.instance.is_source and "is_material" in self.cleaned_data:
            self.instance.material_version = next_material_version(
                self._live_version(), is_material=bool(self.instance.pk) and self.cleaned_data["is_material"]
            )
        return super().save(commit=commit)


#: The rules about certificates and due days, which are edited on the source page.
VALIDITY_FIELDS = (
    "validity_months",
    "validity_mode",
    "calendar_month",
    "calendar_day",
    "renewal_days",
    "refresher",
    "counts_rostered_days",
)
#: Offered for a new track.
RENEWAL_DAYS = 30
_VALIDITY_WORDS = {
    "at least one month": _("Give at least one month, or leave it empty."),
    "no such day": _("There is no such day in a year."),
    "a day is missing": _("Give month and day."),
    "no fixed day here": _("Only a validity to a fixed day has a month and a day."),
    "whole years": _("With a fixed day the validity is in whole years: 12, 24, 36 … months."),
    "window is missing": _("Say how long before the end it may be renewed: that is what “in time” means."),
    "window too long": _("The renewal opens after the certificate was issued: choose fewer days."),
}


class TrackForm(CatalogueForm):
    """The rules of a track are edited on its source page only: a translation carries words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_source:
            self.formsets.pop("steps", None)
            for name in VALIDITY_FIELDS:
                self.fields.pop(name, None)
        elif self.instance.pk is None and "renewal_days" in self.fields:
            self.initial["renewal_days"] = RENEWAL_DAYS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "validity_mode" in self.fields:
            for field, message in validity_problems(cleaned):
                self.add_error(field, ValidationError(_VALIDITY_WORDS[message]))
        refresher = cleaned.get("refresher")
        if refresher is not None and refresher.translation_key == self.instance.translation_key:
            self.add_error("refresher", ValidationError(_("Leave this empty where the track itself is taken again.")))
        return cleaned
