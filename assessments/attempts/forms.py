"""What the learner's browser sends while sitting a quiz."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

#: More saves of one question than any sitting makes by hand.
MOST_SAVES = 100_000


class StartForm(forms.Form):
    seat_is_set = forms.BooleanField(
        label=_("My seat is set to training, or I am not on shift"),
        error_messages={"required": _("Please set your seat to training first, so that no call interrupts you.")},
    )


class AnswerForm(forms.Form):
    """The chosen options of one drawn question, as far as their shape goes; whether they fit is the service's word.

    `sequence` is missing from a plain form without JavaScript. An empty choice takes the answer back.
    """

    sequence = forms.IntegerField(min_value=1, max_value=MOST_SAVES, required=False)

    def __init__(self, data: Any, *, options: Sequence[int]) -> None:
        super().__init__(data)
        self.fields["chosen"] = forms.TypedMultipleChoiceField(
            coerce=int, choices=[(pk, pk) for pk in options], required=False
        )


class FlagForm(forms.Form):
    flagged = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")
