"""What people type into a ticket, and the filters of the board."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.tickets.models import Ticket
from coaching.tickets.queries import TicketFilter, filter_teams
from coaching.tickets.states import TicketState
from lms.people.models import Team, User
from lms.skills.models import Skill

#: Days to read the lessons, as the form proposes them.
LESSON_DAYS = 7


class DayInput(forms.DateInput):
    """The browser's own date picker, which wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class RemedyForm(forms.Form):
    """Cause and goal as agreed with the agent, the lessons and the day by which they are read."""

    cause = forms.CharField(
        label=_("Cause, as agreed with the agent"),
        help_text=_("Why does it happen? One or two sentences the agent would sign."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "data-autosize": True}),
    )
    goal = forms.CharField(
        label=_("Goal"),
        help_text=_("What will be heard on a call when it is cured?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "data-autosize": True}),
    )
    lessons = forms.TypedMultipleChoiceField(
        label=_("Lessons"), coerce=UUID, error_messages={"required": _("Choose at least one lesson.")}
    )
    due_on = forms.DateField(label=_("To be read by"), widget=DayInput)

    def __init__(
        self, *args: Any, ticket: Ticket, keys: Collection[UUID], chosen: Collection[UUID], today: date, **kwargs: Any
    ) -> None:
        self.today = today
        kwargs["initial"] = {
            "cause": ticket.cause,
            "goal": ticket.goal,
            "due_on": today + timedelta(days=LESSON_DAYS),
            "lessons": [str(key) for key in chosen],
        }
        super().__init__(*args, **kwargs)
        self.fields["lessons"].choices = [(str(key), "") for key in keys]
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()

    @property
    def ticked(self) -> set[str]:
        """The lessons whose boxes are ticked now."""
        return set(self["lessons"].value() or ())

    def clean_due_on(self) -> date:
        return _not_before(self.cleaned_data["due_on"], self.today)


class LessonForm(forms.Form):
    """One lesson for one agent, beside any ticket."""

    lesson = forms.TypedChoiceField(label=_("Lesson"), coerce=UUID)
    due_on = forms.DateField(label=_("To be read by"), widget=DayInput)

    def __init__(self, *args: Any, lessons: Collection[tuple[str, str]], today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, initial={"due_on": today + timedelta(days=LESSON_DAYS)}, **kwargs)
        self.fields["lesson"].choices = lessons
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()

    def clean_due_on(self) -> date:
        return _not_before(self.cleaned_data["due_on"], self.today)


class NoteForm(forms.Form):
    """A coach's note or the agent's comment. Both sides read it."""

    note = forms.CharField(
        label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "data-autosize": True})
    )


class DismissForm(forms.Form):
    """Why no coaching is needed; the agent reads it."""

    reason = forms.CharField(
        label=_("Why is no coaching needed?"),
        help_text=_("The agent reads this, too."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "data-autosize": True}),
    )


class OpenForm(forms.Form):
    """Why a coach opens a ticket without a mark that asks for it."""

    reason = forms.CharField(
        label=_("What did you see?"),
        help_text=_("The agent reads this, too."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "data-autosize": True}),
    )


class TicketFilterForm(forms.Form):
    """The board's filters, kept in the address. What doesn't fit is left out rather than refused."""

    view = forms.ChoiceField(
        required=False, choices=[("board", _("Board")), ("list", _("List"))], widget=forms.HiddenInput
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("All teams")
    )
    skill = forms.ModelChoiceField(
        label=_("Skill"), queryset=Skill.objects.all(), required=False, empty_label=_("All skills"),
        to_field_name="key",
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), ("late", _("Late")), *TicketState.choices],
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = filter_teams(viewer)

    @property
    def wanted(self) -> TicketFilter:
        self.is_valid()
        data = self.cleaned_data
        return TicketFilter(team=data.get("team"), skill=data.get("skill"), state=data.get("state") or "")

    @property
    def count(self) -> int:
        wanted = self.wanted
        return sum(bool(value) for value in (wanted.team, wanted.skill, wanted.state))


def _not_before(day: date, today: date) -> date:
    if day < today:
        raise forms.ValidationError(_("Choose today or a later day."))
    return day
