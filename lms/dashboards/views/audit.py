"""The audit log, for administrators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from assessments.roleplay.states import HelpKind
from lms.audit.models import AuditEntry
from lms.audit.queries import actions_in_use, entries
from lms.audit.states import field_label_of, label_of
from lms.kernel.permissions import require
from lms.people.permissions import can_read_audit

PER_PAGE = 50
#: What a subject is, where its model has no name in both languages.
_KINDS = {"importbatch": _("Import"), "callimport": _("Import")}
_DAY = re.compile(r"\d{4}-\d\d-\d\d($|[T ])")


class AuditFilter(forms.Form):
    """What the log is narrowed by; days are days at the reader's site."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=100)
    action = forms.ChoiceField(label=_("What"), required=False)
    subject = forms.CharField(label=_("Concerning"), required=False, max_length=100)
    since = forms.DateField(label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actions: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = sorted((label_of(action), action) for action in actions)
        self.fields["action"].choices = [("", _("Everything")), *((action, label) for label, action in labels)]

    def wanted(self) -> dict[str, Any]:
        """Arguments for `entries`; what isn't understood narrows nothing, and its field says so."""
        found = {name: value for name, value in self.cleaned_data.items() if value}
        if "since" in found:
            found["since"] = _midnight(found["since"])
        if "until" in found:
            found["until"] = _midnight(found["until"] + timedelta(days=1))
        return found


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class AuditRow:
    """One deed as it is shown."""

    entry: AuditEntry
    action: str
    kind: str
    changes: list[tuple[str, str, str]]


def _choices_of(entry: AuditEntry, name: str) -> dict[Any, Any]:
    """The words of a field that has a list of values, such as a state."""
    if name == "help":  # a row of its own, said of the mystery call
        return dict(HelpKind.choices)
    model = entry.subject_type.model_class()
    field = next((field for field in model._meta.get_fields() if field.name == name), None) if model else None
    return dict(getattr(field, "choices", None) or ())


def _in_words(value: Any, choices: Mapping[Any, Any]) -> str:
    """A value of the log as people read it: states by their words, instants and days in the reader's time and language,
    yes, no, nothing."""
    if value is None or value == "":
        return "–"
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, str) and _DAY.match(value):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        if len(value) == 10:
            return date_format(at, "DATE_FORMAT")
        local = timezone.localtime(at) if timezone.is_aware(at) else at
        return f"{date_format(local, 'DATE_FORMAT')} {date_format(local, 'H:i')}"
    return str(value)


@login_required
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    require(can_read_audit(request.user))
    form = AuditFilter(request.GET or None, actions=actions_in_use())
    form.is_valid()
    wanted = form.wanted() if form.is_bound else {}
    page = Paginator(entries(**wanted), PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        AuditRow(
            entry,
            label_of(entry.action),
            str(_KINDS.get(entry.subject_type.model, entry.subject_type.name)),
            [
                (field_label_of(name), _in_words(before, choices), _in_words(after, choices))
                for name, (before, after) in entry.changes.items()
                for choices in [_choices_of(entry, name)]
            ],
        )
        for entry in page
    ]
    return render(
        request, "dashboards/audit_log.html", {"form": form, "page": page, "rows": rows, "narrowed_by": len(wanted)}
    )
