"""What a reader of "where used" looks for, and the shape in which reports are shown and handed out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from courses.findings.queries.uses import BY_LABEL


@dataclass(frozen=True)
class Cell:
    """A text; `url` leads on from it, `tone` (warning, critical) sets a state apart – always beside its word."""

    text: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """One report: the same rows on the page and in the workbook. `key` says one of several tables of a page."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str
    key: str = ""
    intro: str = ""


class UsesForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=lambda: [(label, capfirst(str(model._meta.verbose_name_plural))) for label, model in BY_LABEL.items()],
        initial=next(iter(BY_LABEL)),
    )
    words = forms.CharField(label=_("Name contains"), required=False, max_length=100)
