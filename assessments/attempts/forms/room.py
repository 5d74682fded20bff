"""What people choose and type in the exam room."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.attempts.models import Answer, Attempt
from assessments.attempts.queries.room import quizzes_being_sat
from assessments.quizzes.models import Quiz
from assessments.quizzes.states import VersionState
from lms.people.forms.directory import TeamField
from lms.people.models import Membership, Team
from lms.people.queries import examined_teams

#: A shift: more is a new window, which is an exception's work.
MOST_EXTRA_MINUTES = 480


class RoomFilter(forms.Form):
    """Which sittings the exam room shows."""

    team = TeamField(Team.objects.none(), required=False, label=_("Team"), empty_label=_("All teams"))
    quiz = forms.ModelChoiceField(Quiz.objects.none(), required=False, label=_("Quiz"), empty_label=_("All quizzes"))

    def __init__(self, *args: Any, viewer: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = examined_teams(viewer).order_by("path")  # type: ignore[attr-defined]
        self.fields["quiz"].queryset = quizzes_being_sat(viewer, at=at)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in force; what can't be read (a quiz that nobody sits any more) filters nothing."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}

    def rows(self, among: QuerySet[Attempt], *, on: Any) -> QuerySet[Attempt]:
        chosen = self.chosen
        if "team" in chosen:
            members = Membership.objects.on(on).filter(team__path__startswith=chosen["team"].path)
            among = among.filter(assignment__person__in=members.values("person"))
        if "quiz" in chosen:
            among = among.filter(quiz_version__quiz=chosen["quiz"])
        return among


class LateFilter(forms.Form):
    """Which late answers are listed."""

    quiz = forms.ModelChoiceField(Quiz.objects.none(), required=False, label=_("Quiz"), empty_label=_("All quizzes"))
    since = forms.DateField(
        required=False,
        label=pgettext_lazy("period", "From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        required=False,
        label=pgettext_lazy("period", "To"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sat = Quiz.objects.filter(versions__state=VersionState.PUBLISHED).distinct()
        self.fields["quiz"].queryset = sat  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in force; what can't be read filters nothing."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}

    def rows(self, among: QuerySet[Answer]) -> QuerySet[Answer]:
        """Days are those of the reader's time zone."""
        chosen = self.chosen
        within = Q()
        if "quiz" in chosen:
            within &= Q(attempt_question__attempt__quiz_version__quiz=chosen["quiz"])
        if "since" in chosen:
            within &= Q(received_at__date__gte=chosen["since"])
        if "until" in chosen:
            within &= Q(received_at__date__lte=chosen["until"])
        return among.filter(within)


class ExtraTimeForm(forms.Form):
    """More minutes for everybody in a group who is sitting a quiz now."""

    team = TeamField(
        Team.objects.none(),
        label=_("Group"),
        empty_label=_("Choose a team"),
        help_text=_("The team with everything below it."),
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MOST_EXTRA_MINUTES)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Those concerned read it, and it stands in the audit log.")
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = examined_teams(viewer).order_by("path")  # type: ignore[attr-defined]
