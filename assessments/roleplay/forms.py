"""Input shapes of planning, marking and the agent's word."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.evaluations.rules import NOT_APPLICABLE
from assessments.roleplay.queries import ScenarioRow
from assessments.roleplay.rules import Exposure, Wish, draw
from assessments.roleplay.states import HelpKind, PointOutcome
from assessments.scenarios.models import Scenario
from assessments.scenarios.states import Direction, LineOfBusiness
from lms.people.models import User
from lms.skills.models import Skill

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


class WishForm(forms.Form):
    """What the scenario has to be; empty: anything."""

    direction = forms.ChoiceField(
        label=_("Direction"), choices=[("", _("Any direction")), *Direction.choices], required=False
    )
    line_of_business = forms.ChoiceField(
        label=_("Line of business"), choices=[("", _("Any line of business")), *LineOfBusiness.choices], required=False
    )
    skill = forms.ModelChoiceField(
        Skill.objects.filter(scenarios__isnull=False).distinct(),
        label=_("Skill"),
        empty_label=_("Any skill"),
        required=False,
    )

    @property
    def wish(self) -> Wish:
        skill = self.cleaned_data.get("skill")
        return Wish(
            self.cleaned_data.get("direction", ""),
            self.cleaned_data.get("line_of_business", ""),
            skill.pk if skill else None,
        )


class WhomForm(WishForm):
    """With whom, and what the scenario has to be."""

    agent = forms.ModelChoiceField(User.objects.none(), label=_("Agent"), empty_label=_("Choose an agent"))

    field_order = ["agent", "direction", "line_of_business", "skill"]

    def __init__(self, *args: Any, agents: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = agents  # type: ignore[attr-defined]


class PlanForm(PlanTimeForm):
    """A new call: which script, when, and why in words for the agent. `proposed`: what the seed draws."""

    scenario = forms.ModelChoiceField(
        Scenario.objects.none(),
        label=_("Scenario"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose a scenario.")},
    )
    why_anyway = forms.CharField(
        label=_("Why this scenario is used again"),
        max_length=300,
        required=False,
        help_text=_("Only for a scenario that the agent or the team knows already. It is kept in the audit log."),
    )
    seed = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason, as the agent reads it"),
        max_length=300,
        required=False,
        help_text=_("Don't give the scenario away."),
    )

    field_order = ["scenario", "why_anyway", "planned_for", "reason", "seed"]

    def __init__(self, *args: Any, rows: Sequence[ScenarioRow], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, at=at, **kwargs)
        self.exposures = {row.scenario.pk: row.exposure for row in rows}
        self.fields["scenario"].queryset = Scenario.objects.filter(pk__in=self.exposures)  # type: ignore[attr-defined]

    @property
    def proposed(self) -> Exposure | None:
        seed = str(self["seed"].value() or "")
        return draw(self.exposures.values(), seed=int(seed) if seed.isdecimal() else 0)

    def clean(self) -> None:
        super().clean()
        scenario = self.cleaned_data.get("scenario")
        if scenario and self.exposures[scenario.pk].clash and not self.cleaned_data.get("why_anyway"):
            self.add_error("why_anyway", _("This scenario is known already: say why it is used again."))

    def to_book(self) -> dict[str, Any]:
        """What the service is told besides whom and what: the seed only where the draw's proposal was taken."""
        data = self.cleaned_data
        is_drawn = self.proposed is not None and self.proposed.scenario_id == data["scenario"].pk
        names = ("planned_for", "reason", "why_anyway")
        return {name: data[name] for name in names} | {"seed": data["seed"] if is_drawn else None}


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
