"""Tables of rows inside a form of the back office: options, gaps, sections, slots.

Rows are plain forms, not rows of a table: saving hands values to a service, which decides whether they become the next
version. With JavaScript (`assessments/rows.js`) rows are added, moved and taken away by buttons; without it there are
blank rows, a number for the place and a tick to take a row away.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME, BaseFormSet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import Panel

MOST_ROWS = 60


class RowForm(forms.Form):
    """One row. A row in which nothing of `telling` was entered is no row."""

    telling: ClassVar[tuple[str, ...]] = ()

    @cached_property
    def is_dropped(self) -> bool:
        values = getattr(self, "cleaned_data", {})
        return bool(values.get(DELETION_FIELD_NAME)) or not any(values.get(name) for name in self.telling)


class Rows(BaseFormSet):
    """The rows of one table, with the faults that concern the table as a whole."""

    deletion_widget = forms.CheckboxInput
    ordering_widget = forms.NumberInput

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[ORDERING_FIELD_NAME].label = _("Place")
        form.fields[DELETION_FIELD_NAME].label = _("Take away")

    def kept(self) -> list[RowForm]:
        """The rows that count, in their order; those without a place stand last. The table is valid."""
        rows = [form for form in self.forms if not form.is_dropped]
        return sorted(rows, key=lambda row: _place(row.cleaned_data.get(ORDERING_FIELD_NAME)))

    def add_fault(self, words: Any, *, row: int | None = None) -> None:
        """Say what is wrong with the table, or with one of the rows that count."""
        if row is not None and row < len(self.kept()):
            self.kept()[row].add_error(None, words)
        else:
            self.non_form_errors().append(str(words))


def _place(number: int | None) -> float:
    return float("inf") if number is None else number


def rows_of(form: type[RowForm], *, blank: int = 1, at_least: int = 0) -> type[Rows]:
    """The class of a table of such rows: with so many blank rows under the filled ones, `at_least` rows in all."""
    made = forms.formset_factory(
        form, formset=Rows, extra=blank, can_order=True, can_delete=True, max_num=MOST_ROWS, validate_max=True
    )
    made.at_least = at_least
    return made


class RowsForm(WagtailAdminModelForm):
    """A form with tables under it. `tables` names them; `initial_rows` fills them from the instance."""

    tables: ClassVar[dict[str, type[BaseFormSet]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: What the view has for the panels' templates, which are rendered without the page's context.
        self.shown: dict[str, Any] = {}
        self.rows: dict[str, Any] = {}
        for name, table in self.tables.items():
            form_kwargs = self.row_kwargs(name)
            if self.is_bound:
                self.rows[name] = table(self.data, prefix=name, form_kwargs=form_kwargs)
                continue
            initial = self.initial_rows(name)
            rows = table(prefix=name, initial=initial, form_kwargs=form_kwargs)
            rows.extra = max(rows.extra, rows.at_least - len(initial))
            self.rows[name] = rows

    def initial_rows(self, name: str) -> Sequence[dict[str, Any]]:
        return []

    def row_kwargs(self, name: str) -> dict[str, Any]:
        """What each row of that table is given when it is made."""
        return {}

    def is_valid(self) -> bool:
        are_valid = [rows.is_valid() for rows in self.rows.values()]
        return super().is_valid() and all(are_valid)

    def values(self, name: str) -> list[dict[str, Any]]:
        """What was entered in the rows that count, in their order; the form is valid."""
        return [row.cleaned_data for row in self.rows[name].kept()]


class RowsPanel(Panel):
    """Shows one table of a RowsForm by a template of its own (context: `rows`, `form`, and `form.shown`)."""

    def __init__(self, name: str, template: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name, self.template = name, template

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "name": self.name, "template": self.template}

    class BoundPanel(Panel.BoundPanel):
        @property
        def template_name(self) -> str:
            return self.panel.template

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            rows = self.form.rows[self.panel.name]
            return {**super().get_context_data(parent_context), **self.form.shown, "rows": rows, "form": self.form}


class ShownPanel(Panel):
    """Shows something by a template (context: `form`, `instance` and what the view gave the page); `fields` are
    those that the template renders itself. `on_edit`: only for what was saved before."""

    def __init__(
        self, template: str, *args: Any, fields: Sequence[str] = (), on_edit: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.template, self.fields, self.on_edit = template, fields, on_edit

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "template": self.template, "fields": self.fields, "on_edit": self.on_edit}

    def get_form_options(self) -> dict[str, Any]:
        return {"fields": list(self.fields)}

    class BoundPanel(Panel.BoundPanel):
        @property
        def template_name(self) -> str:
            return self.panel.template

        def is_shown(self) -> bool:
            return self.instance.pk is not None or not self.panel.on_edit

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            return {**context, **self.form.shown, "form": self.form, "instance": self.instance}
