"""What people choose and type to make an exception."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from assessments.assignments.models import WindowOverride
from assessments.assignments.queries import people_examined, quizzes_to_except
from assessments.assignments.rules import INHERIT, Override
from assessments.quizzes.models import Quiz
from lms.people.forms.directory import TeamField
from lms.people.models import Team, User
from lms.people.queries import examined_teams, people_found

#: A day: longer sittings are a mistake.
MOST_MINUTES = 1440
MOST_ATTEMPTS = 99
#: So many people are offered where a name fits several.
OFFERED = 12

AS_BEFORE, VALUE, UNLIMITED = "inherit", "value", "unlimited"
PERSON, TEAM = "person", "team"


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


def _three(value: Any, unlimited: Any) -> list[tuple[str, Any]]:
    return [(AS_BEFORE, _("As without it")), (VALUE, value), (UNLIMITED, unlimited)]


def _choice(label: Any, value: Any, unlimited: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=_three(value, unlimited), initial=AS_BEFORE, widget=forms.RadioSelect, required=False
    )


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return f"{person.full_name} · {person.employee_no}"


class ExceptionForm(forms.Form):
    """A quiz, a person or a group, and for each part of the window: as it is, another value, or unlimited."""

    quiz = forms.ModelChoiceField(Quiz.objects.none(), label=_("Quiz"), empty_label=_("Choose a quiz"))
    whose = forms.ChoiceField(
        label=_("For whom"),
        choices=[(PERSON, _("One person")), (TEAM, _("A group: a team with everything below it"))],
        initial=PERSON,
        widget=forms.RadioSelect,
    )
    who = forms.CharField(
        label=_("Name, number or pinyin"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "wxw", "autocomplete": "off"}),
    )
    person = PersonChoice(
        User.objects.none(),
        label=_("Whom do you mean?"),
        required=False,
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"invalid_choice": _("Choose one of these people.")},
    )
    team = TeamField(Team.objects.none(), label=_("Group"), required=False, empty_label=_("Choose a team"))
    limit = _choice(_("Time limit"), _("Minutes:"), _("No limit"))
    limit_minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=MOST_MINUTES)
    closes = _choice(pgettext_lazy("quiz", "Closes"), pgettext_lazy("instant", "On:"), _("Never"))
    closes_at = forms.DateTimeField(label=_("Closes on"), required=False, widget=InstantInput)
    opens = _choice(pgettext_lazy("quiz", "Opens"), pgettext_lazy("instant", "On:"), _("At once"))
    opens_at = forms.DateTimeField(label=_("Opens on"), required=False, widget=InstantInput)
    attempts = _choice(_("Attempts"), _("Number:"), _("As many as wanted"))
    attempts_allowed = forms.IntegerField(
        label=_("Number of attempts"), required=False, min_value=1, max_value=MOST_ATTEMPTS
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Those concerned read it, and it stands in the audit log.")
    )

    #: The choice of each part of the window, the input that goes with it, and the part's name in the rules.
    PARTS: Mapping[str, tuple[str, str]] = {
        "limit": ("limit_minutes", "limit_minutes"),
        "closes": ("closes_at", "closes_at"),
        "opens": ("opens_at", "opens_at"),
        "attempts": ("attempts_allowed", "attempts"),
    }

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people_examined(viewer).select_related("site")
        self.fields["quiz"].queryset = quizzes_to_except()  # type: ignore[attr-defined]
        self.fields["team"].queryset = examined_teams(viewer).select_related("site").order_by("path")  # type: ignore[attr-defined]
        found = self._people_typed()
        self.offers_people = found is not None and found.count() > 1  # else there is nobody to choose among
        if found is not None and self.offers_people:
            offered = [person.pk for person in found[:OFFERED]]
            self.fields["person"].queryset = self.people.filter(pk__in=offered)  # type: ignore[attr-defined]
        else:
            del self.fields["person"]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The bound fields of each part of the window, for the page."""
        return [{"choice": self[choice], "value": self[value]} for choice, (value, _part) in self.PARTS.items()]

    def _people_typed(self) -> QuerySet[User] | None:
        """Those of the viewer's people whom the typed words fit; an exact number means one person. None: nothing typed."""
        typed = (self.data.get(self.add_prefix("who")) or "").strip() if self.is_bound else ""
        if not typed:
            return None
        exact = self.people.filter(employee_no__iexact=typed)
        if exact.exists():
            return exact
        matching = people_found(typed).values("pk")
        return self.people.filter(Q(pk__in=matching)).order_by("pinyin", "employee_no")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["to"] = self._clean_person() if data.get("whose") == PERSON else self._clean_team()
        values = {part: self._clean_part(choice, value) for choice, (value, part) in self.PARTS.items()}
        if not self.errors:
            data["override"] = Override(**values)
            self._check(data["override"])
        return data

    def _clean_person(self) -> User | None:
        found = self._people_typed()
        if found is None:
            self.add_error("who", _("Type a name, an employee number or pinyin."))
            return None
        chosen = self.cleaned_data.get("person")
        if chosen is not None or "person" in self.errors:
            return chosen
        people = list(found[: OFFERED + 1])
        if len(people) == 1:
            return people[0]
        if not people:
            self.add_error("who", _("Nobody for whom you run exams is called that."))
        elif len(people) > OFFERED:
            self.add_error("who", _("This fits many people. Type more of the name, or the employee number."))
        else:
            n = len(people)
            words = ngettext("This fits %(n)s person: choose.", "This fits %(n)s people: choose one.", n)
            self.add_error("person", words % {"n": n})
        return None

    def _clean_team(self) -> Team | None:
        team = self.cleaned_data.get("team")
        if team is None and "team" not in self.errors:
            self.add_error("team", _("Choose a team."))
        return team

    def _clean_part(self, choice: str, value: str) -> Any:
        chosen, typed = self.cleaned_data.get(choice) or AS_BEFORE, self.cleaned_data.get(value)
        if chosen == VALUE:
            if typed is None and value not in self.errors:
                self.add_error(value, _("Fill this in, or choose another answer above."))
            return self._in_their_zone(typed) if isinstance(typed, datetime) else typed
        if typed is not None:
            self.add_error(
                choice, _("You typed a value here, but chose something else. Choose the value, or clear it.")
            )
        return None if chosen == UNLIMITED else INHERIT

    def _in_their_zone(self, typed: datetime) -> datetime:
        """Clock time as typed, at the site of whoever it is for."""
        to = self.cleaned_data.get("to")
        if to is None:
            return typed
        zone = to.time_zone if isinstance(to, User) else to.site.time_zone
        return timezone.make_naive(typed).replace(tzinfo=ZoneInfo(zone))

    def _check(self, override: Override) -> None:
        if override == Override():
            raise ValidationError(_("Nothing would be different. Choose another value for at least one part."))
        opens, closes = override.opens_at, override.closes_at
        if isinstance(opens, datetime) and isinstance(closes, datetime) and opens >= closes:
            self.add_error("closes_at", _("It has to close after it opens."))


def initial_of(row: WindowOverride) -> dict[str, Any]:
    """What the form shows when an exception is to be changed."""
    zone = ZoneInfo(row.person.time_zone if row.person else row.team.site.time_zone)  # type: ignore[union-attr]
    value = row.as_value()
    initial: dict[str, Any] = {
        "quiz": row.quiz_id,
        "whose": PERSON if row.person else TEAM,
        "who": row.person.employee_no if row.person else "",
        "team": row.team_id,
        "reason": row.reason,
    }
    for choice, (field, part) in ExceptionForm.PARTS.items():
        held = getattr(value, part)
        initial[choice] = AS_BEFORE if held is INHERIT else (UNLIMITED if held is None else VALUE)
        if initial[choice] == VALUE:
            initial[field] = held.astimezone(zone).replace(tzinfo=None) if isinstance(held, datetime) else held
    return initial


class ExceptionFilter(forms.Form):
    """Which exceptions the list shows."""

    q = forms.CharField(
        label=_("Name, number or pinyin"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "wxw"}),
    )
    quiz = forms.ModelChoiceField(Quiz.objects.none(), required=False, label=_("Quiz"), empty_label=_("All quizzes"))
    team = TeamField(Team.objects.none(), required=False, label=_("Team"), empty_label=_("All teams"))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Those that hold")), ("withdrawn", _("Withdrawn")), ("all", _("All"))],
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quiz"].queryset = quizzes_to_except()  # type: ignore[attr-defined]
        self.fields["team"].queryset = examined_teams(viewer).order_by("path")  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in force; what can't be read filters nothing."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}

    def rows(self, among: QuerySet[WindowOverride]) -> QuerySet[WindowOverride]:
        """Those that fit, the newest on top. A team means its own exceptions and those of the people in it."""
        chosen = self.chosen
        if chosen.get("state", "") != "all":
            among = among.filter(withdrawn_at__isnull=chosen.get("state") != "withdrawn")
        if "quiz" in chosen:
            among = among.filter(quiz=chosen["quiz"])
        if "q" in chosen:
            among = among.filter(person__in=people_found(chosen["q"]).values("pk"))
        if "team" in chosen:
            path = chosen["team"].path
            among = among.filter(
                Q(team__path__startswith=path) | Q(person__memberships__team__path__startswith=path)
            ).distinct()
        return among.select_related("quiz", "person", "team", "given_by").order_by("-given_at", "-pk")
