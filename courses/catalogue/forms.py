"""What an author fills in on top of a page's own fields."""

from collections import defaultdict
from itertools import count
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.models import register_form_field_override
from wagtail.models import Page

from assessments.quizzes.states import QuizPurpose, VersionState
from courses.catalogue.rules import next_material_version, validity_problems
from lms.people.models import Team, User


class CatalogueForm(WagtailAdminPageForm):
    """Addresses are the same in every language: set on the source page, free in all trees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slug = self.fields.get("slug")
        if slug is None:
            return
        slug.required = False
        slug.help_text = _("The last part of the page's address. Left empty, it is made from the title.")
        if not self.instance.is_source:
            slug.disabled = True
            slug.help_text = _("Set on the page in the source language.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        slug = cleaned.get("slug")
        if slug == "" and self.instance.is_source:
            cleaned["slug"] = self._slug_of(cleaned.get("title") or "")
        elif slug and self.instance.is_source and self._is_taken_elsewhere(slug):
            self.add_error("slug", ValidationError(_("A page in another language has this address already.")))
        return cleaned

    def _slug_of(self, title: str) -> str:
        """A free address. The editor makes one while the title is typed, not when it is pasted; its field is on another tab."""
        made, parent = slugify(title, allow_unicode=True), self.parent_page or self.instance.get_parent()
        candidates = (f"{made}-{number}" if number > 1 else made for number in count(1))
        return next(
            slug
            for slug in candidates
            if Page._slug_is_available(slug, parent, self.instance) and not self._is_taken_elsewhere(slug)
        )

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
        if not self.instance.is_source:
            self.fields.pop("minimum_minutes", None)
        elif "minimum_minutes" in self.fields:
            self.fields["minimum_minutes"].required = False
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        least, minutes = cleaned.get("minimum_minutes"), cleaned.get("minutes")
        if "minimum_minutes" in self.fields and least is None and "minimum_minutes" not in self.errors:
            cleaned["minimum_minutes"] = 0
        if least and minutes is not None and least > minutes:
            self.add_error("minimum_minutes", _("This is longer than the lesson takes to read."))
        return cleaned

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


class TeamChoiceField(forms.ModelChoiceField):
    """A team by its site and name: two sites may each have a first team."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset.select_related("site"), **kwargs)

    def label_from_instance(self, team: Team) -> str:
        return str(team.site) if team.kind == Team.Kind.SITE else f"{team.site} / {team}"


register_form_field_override(models.ForeignKey, to=Team, override={"form_class": TeamChoiceField})


#: Before what was typed and is nobody's number.
UNKNOWN = "?"


class EmployeeNumberInput(forms.TextInput):
    """A person by the employee number: nobody scrolls through three thousand names."""

    def format_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return User.objects.filter(pk=value).values_list("employee_no", flat=True).first()
        return (value or "").removeprefix(UNKNOWN)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The person's id; what names nobody is marked, so that a number isn't taken for an id, and refused."""
        typed = (super().value_from_datadict(data, files, name) or "").strip()
        found = User.objects.filter(employee_no__iexact=typed).values_list("pk", flat=True).first() if typed else None
        return found if found is not None else (f"{UNKNOWN}{typed}" if typed else "")


class TrackForm(CatalogueForm):
    """The rules of a track are edited on its source page only: a translation carries words."""

    #: What is edited on the source page only.
    RULES = (*VALIDITY_FIELDS, "is_ordered")
    ROWS = ("steps", "groups", "prerequisites", "audience")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_source:
            for name in self.ROWS:
                self.formsets.pop(name, None)
            for name in self.RULES:
                self.fields.pop(name, None)
            return
        if self.instance.pk is None and "renewal_days" in self.fields:
            self.initial["renewal_days"] = RENEWAL_DAYS
        if "audience" in self.formsets:
            person = self.formsets["audience"].form.base_fields["person"]
            person.error_messages["invalid_choice"] = _("Nobody has this employee number.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "validity_mode" in self.fields:
            for field, message in validity_problems(cleaned):
                self.add_error(field, ValidationError(_VALIDITY_WORDS[message]))
        refresher = cleaned.get("refresher")
        if refresher is not None and refresher.translation_key == self.instance.translation_key:
            self.add_error("refresher", ValidationError(_("Leave this empty where the track itself is taken again.")))
        return cleaned

    def is_valid(self) -> bool:
        """What spans several rows is judged when each of them is right by itself."""
        if not super().is_valid():
            return False
        if self.formsets.keys() >= set(self.ROWS):
            self._check_groups()
            self._check_prerequisites()
        return not self.errors and all(formset.is_valid() for formset in self.formsets.values())

    def _rows(self, name: str) -> list[forms.ModelForm]:
        """The rows that will be there after saving."""
        formset = self.formsets[name]
        gone = formset.deleted_forms
        return [row for row in formset.forms if row not in gone and row.cleaned_data]

    def _check_groups(self) -> None:
        """Every letter is one group's, each group has steps enough, and no step names a group that isn't there."""
        steps: dict[str, list[forms.ModelForm]] = defaultdict(list)
        for row in self._rows("steps"):
            steps[row.cleaned_data["group_key"]].append(row)
        letters = set()
        for row in self._rows("groups"):
            letter, choose = row.cleaned_data["key"], row.cleaned_data["choose"]
            n = len(steps[letter])
            if letter in letters:
                row.add_error("key", _("Another group has this letter."))
            elif choose > n:
                words = ngettext(
                    "Only %(n)d step has this group’s letter.", "Only %(n)d steps have this group’s letter.", n
                )
                row.add_error("choose", words % {"n": n})
            letters.add(letter)
        for letter in steps.keys() - letters - {""}:
            for row in steps[letter]:
                row.add_error("group_key", _("There is no group with this letter."))

    def _check_prerequisites(self) -> None:
        from courses.catalogue.queries import ways_round

        rows = {row: row.cleaned_data["track"].translation_key for row in self._rows("prerequisites")}
        self.instance.title = self.cleaned_data.get("title") or self.instance.title
        ways = ways_round(self.instance, set(rows.values()))
        for row, key in rows.items():
            if list(rows.values()).count(key) > 1:
                row.add_error("track", _("This track stands here twice."))
            elif key == self.instance.translation_key:
                row.add_error("track", _("A track can’t come before itself."))
            elif key in ways:
                words = _("Nobody could ever begin: %(way)s.")
                row.add_error("track", words % {"way": " → ".join(ways[key])})
