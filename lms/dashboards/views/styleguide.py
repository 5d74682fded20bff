"""The design system on one page: tokens, type, every component in each of its states, with sample data only."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

COLOURS = [
    "paper", "surface", "sunken", "ink", "quiet", "faint", "line", "line-strong",
    "accent", "accent-strong", "accent-tint", "accent-line", "focus", "mark",
    "good", "good-fill", "good-tint", "attention", "attention-fill", "attention-tint",
    "bad", "bad-fill", "bad-tint", "neutral", "neutral-tint",
]  # fmt: skip


def _(text: str) -> Any:  # a lazy string
    return pgettext_lazy("style guide", text)


SPRITE = Path(__file__).resolve().parents[2] / "static" / "vendor" / "bootstrap-icons" / "icons.svg"


@cache
def icon_names() -> list[str]:
    """The names in the sprite, as `{% icon %}` takes them."""
    return re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8"))


class SampleForm(forms.Form):
    """Every kind of widget once; two fields come back with errors."""

    title = forms.CharField(label=_("Title"), help_text=_("As agents will read it."))
    team = forms.ChoiceField(label=_("Team"), choices=[("a", _("Morning team")), ("b", _("Evening team"))])
    due_on = forms.DateField(label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3, "data-autosize": True}))
    recording = forms.FileField(label=_("Recording"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        widget=forms.RadioSelect,
        choices=[("booked", _("Booked assessment")), ("spot", _("Spot check"))],
    )
    tell = forms.BooleanField(label=_("Tell the agents by message"), required=False)


class SampleFilter(forms.Form):
    """What a list is narrowed by."""

    q = forms.CharField(label=_("Search"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False, choices=[("", _("All teams")), ("a", _("Morning team"))])


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Shows nothing of anybody: no sign-in needed."""
    wrong = SampleForm({"title": "", "minutes": "0", "team": "b", "kind": "spot", "reason": "…"})
    wrong.is_valid()
    return render(
        request,
        "dashboards/styleguide.html",
        {
            "colours": COLOURS,
            "icons": icon_names(),
            "states": ["good", "attention", "bad", "neutral"],
            "form": SampleForm(initial={"kind": "booked", "tell": True}, auto_id="plain_%s"),
            "wrong_form": wrong,
            "filter_form": SampleFilter({"q": "", "team": "a"}, auto_id="filter_%s"),
            "page": Paginator(range(482), 25).get_page(request.GET.get("page", 7)),
            "crumbs": [
                SimpleNamespace(label=_("Learn"), url="#"),
                SimpleNamespace(label=_("Onboarding"), url="#"),
                SimpleNamespace(label=_("Hold and call back"), url=""),
            ],
            "tabs": [
                SimpleNamespace(label=_("Open"), url="#tabs", is_current=True, count=12),
                SimpleNamespace(label=_("Waiting for me"), url="#tabs", is_current=False, count=3),
                SimpleNamespace(label=_("Closed"), url="#tabs", is_current=False, count=None),
            ],
            "day": dt.date(2026, 12, 4),
            "at": dt.datetime(2026, 12, 4, 2, 42, tzinfo=dt.UTC),
        },
    )
