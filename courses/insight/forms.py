"""Filters in the address, and the author's answer."""

from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from courses.catalogue.queries import courses
from courses.insight.rules import PERIOD, PERIODS
from courses.reference.forms import MOST_CHARACTERS
from courses.reference.states import CommentKind, CommentState


def _course_choices() -> list[tuple[str, Any]]:
    return [("", _("All")), *((course.slug, course.title) for course in courses(get_language() or "").values())]


def period_words(days: int) -> str:
    return ngettext("last %(n)d day", "last %(n)d days", days) % {"n": days}


class FilterForm(forms.Form):
    """What is wrong in an address is left out: the page opens."""

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class InsightFilter(FilterForm):
    days = forms.TypedChoiceField(
        label=_("Period"), required=False, coerce=int, choices=lambda: [(n, period_words(n)) for n in PERIODS]
    )
    course = forms.ChoiceField(label=_("Course"), required=False, choices=_course_choices)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__({**{name: data[name] for name in data}, "days": data.get("days") or PERIOD})

    @property
    def days_chosen(self) -> int:
        return self.chosen.get("days", PERIOD)


class CommentFilter(FilterForm):
    """Open ones unless another state, or `all`, is asked for."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *CommentKind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[*CommentState.choices, ("all", _("All"))])
    course = forms.ChoiceField(label=_("Course"), required=False, choices=_course_choices)

    def __init__(self, data: Any) -> None:
        super().__init__({**{name: data[name] for name in data}, "state": data.get("state") or CommentState.OPEN})

    @property
    def wanted(self) -> dict[str, Any]:
        chosen = {"state": CommentState.OPEN, **self.chosen}
        return {**chosen, "state": "" if chosen["state"] == "all" else chosen["state"]}

    @property
    def count(self) -> int:
        return sum(1 for name, value in self.chosen.items() if (name, value) != ("state", CommentState.OPEN))


class AnswerForm(forms.Form):
    """Words to the reader. Closing asks for none; what is said is sent all the same."""

    text = forms.CharField(required=False, max_length=MOST_CHARACTERS, widget=forms.Textarea)
    verdict = forms.ChoiceField(choices=[("answer", "answer"), ("close", "close")])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == "answer" and not cleaned.get("text", "").strip():
            self.add_error("text", _("An answer has words. To put it away without any, choose “Close”."))
        return cleaned
