"""What those who follow others' learning choose and type."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from courses.enrolment.queries.enrolling import EnrolOrder, people_to_enrol, tracks_to_take
from courses.enrolment.queries.following import tracks_followed
from courses.enrolment.queries.tracks import newest_versions
from courses.enrolment.rules.evidence import MOST_BYTES, EvidenceFile, UnfitEvidence, evidence_file
from lms.people.forms.directory import TeamField
from lms.people.forms.numbers import NumbersField, people_typed
from lms.people.models import Team, User
from lms.people.queries import followed_teams, planned_teams

TEAM, PEOPLE = "team", "people"

OVERDUE, SOON, NOT_BEGUN, COMPLETED = "overdue", "soon", "not-begun", "completed"


class FollowingFilter(forms.Form):
    """Whose learning is listed. What can't be read filters nothing, except a team: somebody else's isn't there."""

    q = forms.CharField(
        label=_("Name, number or pinyin"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "wxw", "type": "search"}),
    )
    team = TeamField(Team.objects.none(), required=False, label=_("Team"), empty_label=_("All teams"))
    track = forms.ChoiceField(required=False, label=_("Track"))
    only = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("learning", "Show"),
        choices=[
            ("", _("Everything asked for now")),
            (OVERDUE, _("Overdue")),
            (SOON, _("Due soon")),
            (NOT_BEGUN, _("No step done yet")),
            (COMPLETED, _("Completed tracks")),
        ],
    )
    sort = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("sorting", "Order"),
        choices=[
            ("", _("Overdue first")),
            ("name", _("By name (pinyin)")),
            ("track", _("By track")),
            ("progress", _("Least done first")),
            ("-progress", _("Most done first")),
            ("activity", _("Longest without activity first")),
        ],
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = followed_teams(viewer).order_by("path")  # type: ignore[attr-defined]
        self.fields["track"].choices = [("", _("All tracks")), *tracks_followed(viewer)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in force."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}

    @property
    def asks_for_strange_team(self) -> bool:
        self.is_valid()
        return "team" in self.errors

    @property
    def track_key(self) -> UUID | None:
        track = self.chosen.get("track")
        return UUID(track) if track else None


class EnrolForm(forms.Form):
    """A track, a team or single people, and why."""

    track = forms.ChoiceField(label=_("Track"))
    whose = forms.ChoiceField(
        label=_("For whom"),
        choices=[(TEAM, _("A team with everything below it")), (PEOPLE, _("Single people, by employee number"))],
        initial=TEAM,
        widget=forms.RadioSelect,
    )
    team = TeamField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("Choose a team"))
    numbers = NumbersField()
    reason_zh = forms.CharField(label=_("Reason (Chinese)"), required=False, max_length=300)
    reason_en = forms.CharField(label=_("Reason (English)"), required=False, max_length=300)

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["track"].choices = [("", _("Choose a track")), *tracks_to_take()]  # type: ignore[attr-defined]
        self.fields["team"].queryset = planned_teams(viewer).order_by("path")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        by_number = data.get("whose") == PEOPLE
        people = self._people() if by_number else ()
        team = None if by_number else data.get("team")
        if not by_number and team is None and "team" not in self.errors:
            self.add_error("team", _("Choose a team."))
        reason_zh, reason_en = data.get("reason_zh", ""), data.get("reason_en", "")
        if not (reason_zh or reason_en or {"reason_zh", "reason_en"} & set(self.errors)):
            self.add_error("reason_zh", _("Say why, in Chinese or in English: those who get it read it."))
        if data.get("track"):
            key = UUID(data["track"])
            data["order"] = EnrolOrder(
                version=newest_versions([key])[key],
                reason_zh=reason_zh or reason_en,
                reason_en=reason_en or reason_zh,
                team=team,
                people=people,
            )
        return data

    def _people(self) -> tuple[User, ...]:
        return people_typed(
            self,
            find=lambda numbers: people_to_enrol(self.viewer, numbers),
            unknown=ngettext_lazy(
                "Nobody whose learning you plan has this number: %(numbers)s",
                "Nobody whose learning you plan has these %(n)s numbers: %(numbers)s",
                "n",
            ),
        )


class ExtendForm(forms.Form):
    """Until when, and why."""

    due_on = forms.DateField(label=_("New due day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The person reads it."))


class WaiveForm(forms.Form):
    """Why the step need not be done, and what shows it."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The person reads it; it stands beside the step.")
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "What shows that the person can do it: a certificate with its number, a test, a day on the floor with a name."
        ),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx,.pptx"}),
        help_text=_(
            "For example a scanned certificate: PDF, picture, Word, Excel or PowerPoint, 10 MB at most. Only those who "
            "follow the person’s learning can open it."
        ),
    )

    def clean_file(self) -> EvidenceFile | None:
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        try:
            return evidence_file(upload.name, upload.read(MOST_BYTES + 1))
        except UnfitEvidence as error:
            raise forms.ValidationError(error.words) from error


class WithdrawForm(forms.Form):
    """Why the step is to be done after all."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The person reads it."))
