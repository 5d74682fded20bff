"""The shapes of what readers look for, keep and say."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.reference.states import CommentKind

#: Words that a reader writes beside a lesson: pages of them, not books.
MOST_CHARACTERS = 20_000


class BlockField(forms.RegexField):
    """The id of a block; empty for the lesson as a whole."""

    def __init__(self) -> None:
        super().__init__(regex=r"^[\w-]*$", max_length=36, required=False)


class NoteForm(forms.Form):
    block = BlockField()
    text = forms.CharField(
        label=pgettext_lazy("beside a lesson", "Note"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea,
    )
    edition = forms.IntegerField(min_value=0, required=False)

    def clean_edition(self) -> int:
        return self.cleaned_data["edition"] or 0


class BookmarkForm(forms.Form):
    block = BlockField()
    is_wanted = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")


class RatingForm(forms.Form):
    is_helpful = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")


class CommentForm(forms.Form):
    block = BlockField()
    kind = forms.ChoiceField(choices=CommentKind.choices, label=_("What is it?"))
    text = forms.CharField(label=_("In your words"), required=False, max_length=MOST_CHARACTERS, widget=forms.Textarea)

    def clean(self) -> dict:
        """ "Unclear" says enough by itself; a question doesn't."""
        cleaned = super().clean() or {}
        says_nothing = not cleaned.get("text", "").strip()
        if says_nothing and cleaned.get("kind") in (CommentKind.QUESTION, CommentKind.MISTAKE):
            self.add_error("text", _("Say it in a sentence, so that the author can answer."))
        return cleaned
