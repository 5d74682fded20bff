"""What people choose and type on the screens of evaluations."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.calls.rules import seconds_of
from assessments.evaluations.rules import NOT_APPLICABLE
from lms.people.models import Team, User
from lms.people.queries import agents_of, seen_teams


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class PeopleFilter(forms.Form):
    """Whose: a team, an agent, between two days. Offers only what the viewer may see."""

    team = forms.ModelChoiceField(Team.objects.none(), required=False, label=_("Team"), empty_label=_("All teams"))
    agent = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Agent"), empty_label=_("All agents"))
    since = forms.DateField(required=False, label=pgettext_lazy("period", "From"), widget=DateInput)
    until = forms.DateField(required=False, label=pgettext_lazy("period", "To"), widget=DateInput)

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = seen_teams(viewer)
        self.fields["team"].queryset = teams.exclude(kind=Team.Kind.SITE).order_by("path")
        self.fields["agent"].queryset = agents_of(teams).exclude(pk=viewer.pk).order_by("pinyin", "employee_no")

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in force; what can't be read filters nothing."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class QueueFilter(PeopleFilter):
    unmarked = forms.BooleanField(required=False, label=_("Not evaluated yet"))


class MarkForm(forms.Form):
    """One item's outcome. Empty `points` with a comment keeps the comment only."""

    points = forms.CharField(required=False, max_length=8)
    comment = forms.CharField(required=False, max_length=2000)
    moment = forms.CharField(required=False, max_length=10)

    def clean_points(self) -> Decimal | str | None:
        """A number, NOT_APPLICABLE, or None while nothing is chosen."""
        text = self.cleaned_data["points"]
        if text in ("", NOT_APPLICABLE):
            return text or None
        try:
            points = Decimal(text)
        except InvalidOperation:
            points = Decimal("NaN")
        if not points.is_finite():
            raise forms.ValidationError(_("Choose one of the outcomes."))
        return points

    def clean_moment(self) -> int | None:
        text = self.cleaned_data["moment"]
        if not text:
            return None
        seconds = seconds_of(text)
        if seconds is None:
            raise forms.ValidationError(_("Write the moment as minutes and seconds, such as 3:05."))
        return seconds


class SummaryForm(forms.Form):
    summary = forms.CharField(required=False, max_length=4000)
