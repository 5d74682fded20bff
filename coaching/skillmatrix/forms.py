"""The filters of the skill matrix, kept in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.skillmatrix.queries import MatrixFilter
from coaching.tickets.queries import filter_teams
from lms.people.models import Team, User
from lms.skills.models import Skill


class MatrixFilterForm(forms.Form):
    """What doesn't fit is left out rather than refused."""

    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("All teams")
    )
    kind = forms.ChoiceField(
        label=_("Kind of skill"), required=False, choices=[("", _("All kinds")), *Skill.Kind.choices]
    )
    gaps = forms.BooleanField(label=_("Only gaps"), required=False)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = filter_teams(viewer)

    @property
    def wanted(self) -> MatrixFilter:
        self.is_valid()
        data = self.cleaned_data
        return MatrixFilter(team=data.get("team"), kind=data.get("kind") or "", only_gaps=bool(data.get("gaps")))

    @property
    def count(self) -> int:
        wanted = self.wanted
        return sum(bool(value) for value in (wanted.team, wanted.kind, wanted.only_gaps))
