"""Whom the directory shows, and in which order."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.people.models import Membership, Team, User
from lms.people.queries import people_found
from lms.people.states import PersonStatus

EVERYBODY = "everybody"
ORDERS = {"pinyin": ("pinyin", "employee_no"), "number": ("employee_no",)}


class TeamField(forms.ModelChoiceField):
    """Teams as a tree: what is below stands further in."""

    def label_from_instance(self, team: Team) -> str:
        return "\u3000" * (team.depth - 1) + team.name


class DirectoryForm(forms.Form):
    """A search as an address: every field may be left out."""

    q = forms.CharField(
        label=_("Name, number or pinyin"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "wxw", "type": "search"}),
    )
    team = TeamField(
        label=_("Team"), required=False, queryset=Team.objects.order_by("path"), empty_label=_("All teams")
    )
    status = forms.ChoiceField(label=_("Status"), required=False)
    sort = forms.ChoiceField(
        label=pgettext_lazy("sorting", "Order"),
        required=False,
        choices=[("", _("By name (pinyin)")), ("number", _("By employee number"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            ("", _("Everybody who works here")),
            *PersonStatus.choices,
            (EVERYBODY, _("Also who has left")),
        ]

    @property
    def filters_in_force(self) -> int:
        return sum(1 for name in ("q", "team", "status") if self.cleaned_data.get(name)) if self.is_valid() else 0

    def people(self, *, on: Any) -> QuerySet[User]:
        """Whoever fits what was chosen. A choice that doesn't exist chooses nothing."""
        chosen = self.cleaned_data if self.is_valid() else {}
        found = people_found(chosen.get("q", ""))
        status = chosen.get("status", "")
        if status and status != EVERYBODY:
            found = found.filter(status=status)
        elif not status:
            found = found.exclude(status=PersonStatus.LEFT)
        if chosen.get("team"):
            below = Membership.objects.on(on).filter(person=OuterRef("pk"), team__path__startswith=chosen["team"].path)
            found = found.filter(Exists(below))
        return found.order_by(*ORDERS[chosen.get("sort") or "pinyin"])
