"""What markers and authors type: points by a rubric, a void question, a regrade."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.attempts.queries import Criterion
from assessments.attempts.states import VoidMode

#: Points are given in hundredths at the finest.
DECIMAL_PLACES = 2


class MarkForm(forms.Form):
    """The points of each criterion (`points-ID`) and a word to the learner."""

    comment = forms.CharField(
        label=_("Comment to the learner"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(
            attrs={"rows": 3, "data-key": "c", "data-key-label": pgettext_lazy("help of a key", "Write a comment")}
        ),
    )

    def __init__(self, *args: Any, rubric: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        for criterion in rubric:
            self.fields[f"points-{criterion.pk}"] = forms.DecimalField(
                label=f"{strip_tags(criterion.text)} · {_('Points, 0 to %(most)s') % {'most': criterion.most}}",
                min_value=Decimal(0),
                max_value=Decimal(criterion.most),
                max_digits=12,
                decimal_places=max(DECIMAL_PLACES, -int(criterion.points.normalize().as_tuple().exponent)),
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", "autocomplete": "off"}),
                error_messages={
                    "required": _("Give points here, 0 if there is nothing."),
                    "invalid": _("Type a number, like 1 or 0.5."),
                    "min_value": _("No fewer than 0 points."),
                    "max_value": _("No more than %(limit_value)s points."),
                },
            )

    def rows(self) -> Iterator[tuple[Criterion, forms.BoundField]]:
        """Each criterion with its field."""
        for criterion in self.rubric:
            yield criterion, self[f"points-{criterion.pk}"]

    @property
    def points(self) -> dict[int, Decimal]:
        """By the criterion's id; the form is valid."""
        return {criterion.pk: self.cleaned_data[f"points-{criterion.pk}"] for criterion in self.rubric}


class VoidForm(forms.Form):
    mode = forms.ChoiceField(
        label=_("What becomes of the question"),
        choices=VoidMode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the question.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("What is wrong with the question. It is kept, and stands beside every score that changes by it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what is wrong with the question.")},
    )


class RegradeForm(forms.Form):
    """`expected` names what was looked at; nothing else is committed."""

    expected = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Learners whose result changes read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the scores are corrected.")},
    )
