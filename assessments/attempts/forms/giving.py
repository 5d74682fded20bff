"""What people choose and type to give a quiz by hand, and to take it back."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from assessments.assignments.forms import MOST_ATTEMPTS, InstantInput
from assessments.assignments.queries import quizzes_to_except
from assessments.attempts.queries.giving import GiveOrder, people_to_give
from assessments.quizzes.models import Quiz
from assessments.quizzes.queries import published_version
from lms.people.forms.directory import TeamField
from lms.people.forms.numbers import NumbersField, people_typed
from lms.people.models import Team, User
from lms.people.queries import examined_teams

TEAM, PEOPLE = "team", "people"


class GiveForm(forms.Form):
    """A quiz, a team or single people, why, and where it differs from what the quiz says."""

    quiz = forms.ModelChoiceField(Quiz.objects.none(), label=_("Quiz"), empty_label=_("Choose a quiz"))
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
    due_on = forms.DateField(
        label=_("Due day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Overdue from the midnight after it."),
    )
    opens_at = forms.DateTimeField(
        label=pgettext_lazy("quiz", "Opens"),
        required=False,
        widget=InstantInput,
        help_text=_("Empty: as the quiz says."),
    )
    closes_at = forms.DateTimeField(
        label=pgettext_lazy("quiz", "Closes"),
        required=False,
        widget=InstantInput,
        help_text=_("Empty: as the quiz says."),
    )
    attempts_allowed = forms.IntegerField(
        label=_("Attempts allowed"),
        required=False,
        min_value=1,
        max_value=MOST_ATTEMPTS,
        help_text=_("Empty: as the quiz says."),
    )

    def __init__(self, *args: Any, viewer: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.at = viewer, at
        self.fields["quiz"].queryset = quizzes_to_except()  # type: ignore[attr-defined]
        self.fields["team"].queryset = examined_teams(viewer).select_related("site").order_by("path")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        by_number = data.get("whose") == PEOPLE
        people = self._people() if by_number else ()
        team = None if by_number else self._clean_team()
        reason_zh, reason_en = data.get("reason_zh", ""), data.get("reason_en", "")
        if not (reason_zh or reason_en or {"reason_zh", "reason_en"} & set(self.errors)):
            self.add_error("reason_zh", _("Say why, in Chinese or in English: those who get it read it."))
        if data.get("quiz"):
            order = GiveOrder(
                quiz=data["quiz"],
                reason_zh=reason_zh or reason_en,
                reason_en=reason_en or reason_zh,
                team=team,
                people=people,
                due_on=data.get("due_on"),
                opens_at=data.get("opens_at"),
                closes_at=data.get("closes_at"),
                attempts_allowed=data.get("attempts_allowed"),
            )
            self._check(order)
            data["order"] = order
        return data

    def _clean_team(self) -> Team | None:
        team = self.cleaned_data.get("team")
        if team is None and "team" not in self.errors:
            self.add_error("team", _("Choose a team."))
        return team

    def _people(self) -> tuple[User, ...]:
        return people_typed(
            self,
            find=lambda numbers: people_to_give(self.viewer, numbers),
            unknown=ngettext_lazy(
                "Nobody for whom you run exams has this number: %(numbers)s",
                "Nobody for whom you run exams has these %(n)s numbers: %(numbers)s",
                "n",
            ),
        )

    def _check(self, order: GiveOrder) -> None:
        """Nobody gets a quiz that can't be sat, or that is due when it can't be."""
        version = published_version(order.quiz)
        if version is None:
            return
        window, today = order.window(version), timezone.localdate(self.at)
        if order.opens_at is not None and order.opens_at <= self.at:
            self.add_error("opens_at", _("This has passed. Leave it empty to open at once."))
        if window.closes_at is not None and window.closes_at <= self.at:
            if order.closes_at is not None:
                self.add_error("closes_at", _("This has passed already."))
            else:
                words = _("The quiz itself closed on %(day)s. Say until when it is open for those who get it now.")
                self.add_error("closes_at", words % {"day": _day(window.closes_at)})
        elif window.opens_at and window.closes_at and window.opens_at >= window.closes_at:
            words = _("It would open on %(opens)s and close on %(closes)s: it has to close after it opens.")
            self.add_error("closes_at", words % {"opens": _day(window.opens_at), "closes": _day(window.closes_at)})
        if order.due_on is None:
            return
        if order.due_on < today:
            self.add_error("due_on", _("This day has passed."))
        elif window.closes_at is not None and order.due_on > timezone.localdate(window.closes_at):
            words = _("It closes on %(day)s, before it is due.")
            self.add_error("due_on", words % {"day": _day(window.closes_at)})
        elif window.opens_at is not None and order.due_on < timezone.localdate(window.opens_at):
            words = _("It opens on %(day)s, after it is due.")
            self.add_error("due_on", words % {"day": _day(window.opens_at)})


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATE_FORMAT')} {date_format(local, 'H:i')}"


class GivenFilter(forms.Form):
    """What the list of quizzes given by hand shows."""

    quiz = forms.ModelChoiceField(Quiz.objects.none(), required=False, label=_("Quiz"), empty_label=_("All quizzes"))
    team = TeamField(Team.objects.none(), required=False, label=_("Team"), empty_label=_("All teams"))

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quiz"].queryset = quizzes_to_except()  # type: ignore[attr-defined]
        self.fields["team"].queryset = examined_teams(viewer).order_by("path")  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in force; what can't be read filters nothing."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class TakeBackForm(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Those concerned read it, and it stands in the audit log.")
    )
