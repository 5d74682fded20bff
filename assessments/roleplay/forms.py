"""Input shapes of planning, marking and the agent's word."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.evaluations.rules import NOT_APPLICABLE
from assessments.roleplay.states import HelpKind, PointOutcome
from assessments.scenarios.models import Scenario
from lms.people.models import User

#: A call may be booked for "now", however long the form was open.
TOLERANCE = timedelta(minutes=15)


class PlanTimeForm(forms.Form):
    """When the call is placed, under an assignment that exists."""

    planned_for = forms.DateTimeField(
        label=_("Date and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_planned_for(self) -> datetime:
        planned_for = self.cleaned_data["planned_for"]
        if planned_for < self.at - TOLERANCE:
            raise ValidationError(_("This time is already past."))
        return planned_for


class PlanForm(PlanTimeForm):
    """A new call: with whom, which script, when, and why in words for the agent."""

    agent = forms.ModelChoiceField(User.objects.none(), label=_("Agent"), empty_label=_("Choose an agent"))
    scenario = forms.ModelChoiceField(Scenario.objects.none(), label=_("Scenario"), empty_label=_("Choose a scenario"))
    reason = forms.CharField(
        label=_("Reason, as the agent reads it"),
        max_length=300,
        required=False,
        help_text=_("Don't give the scenario away."),
    )

    field_order = ["agent", "scenario", "planned_for", "reason"]

    def __init__(
        self, *args: Any, agents: QuerySet[User], scenarios: QuerySet[Scenario], at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, at=at, **kwargs)
        self.fields["agent"].queryset = agents  # type: ignore[attr-defined]
        self.fields["scenario"].queryset = scenarios  # type: ignore[attr-defined]


class PointForm(forms.Form):
    """One point's outcome with the caller's words; no outcome keeps the words only."""

    outcome = forms.ChoiceField(choices=[("", ""), *PointOutcome.choices], required=False)
    observed = forms.CharField(required=False, max_length=2000)
    advice = forms.CharField(required=False, max_length=4000)


class ItemForm(forms.Form):
    """One item's points with a comment; no points keeps the comment only."""

    points = forms.CharField(required=False, max_length=6)
    comment = forms.CharField(required=False, max_length=4000)

    def clean_points(self) -> Decimal | str:
        """A number, NOT_APPLICABLE, or empty: not judged."""
        points = self.cleaned_data["points"]
        if points in ("", NOT_APPLICABLE):
            return points
        try:
            number = Decimal(points)
        except InvalidOperation as error:
            raise ValidationError(_("Choose one of the outcomes.")) from error
        if not number.is_finite():
            raise ValidationError(_("Choose one of the outcomes."))
        return number.quantize(Decimal("0.01"))


class NotesForm(forms.Form):
    notes = forms.CharField(required=False, max_length=10_000)


class HelpForm(forms.Form):
    kind = forms.ChoiceField(choices=HelpKind.choices)


class AcknowledgeForm(forms.Form):
    comment = forms.CharField(
        label=_("Your comment"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you want to add; the caller and your leaders read it."),
    )
