"""Single people, named by their employee numbers."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from unicodedata import normalize

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.models import User

#: Whoever types more means a team.
MOST_NUMBERS = 500
#: So many unknown numbers are named; the others are counted.
NAMED = 20
_BETWEEN = re.compile(r"[\s,;、]+")  # after NFKC: full-width commas are plain ones


class NumbersField(forms.CharField):
    """Employee numbers as they are pasted; `people_typed` says whose they are."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Employee numbers"),
            required=False,
            max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
            help_text=_("One on each line, or with commas between them."),
            **kwargs,
        )


def people_typed(
    form: forms.Form, *, find: Callable[[Collection[str]], Mapping[str, User]], unknown: Any
) -> tuple[User, ...]:
    """The people of the form's field `numbers`, each once, whatever the case of a number; what is wrong becomes an error
    of the field.

    `find` answers by number in small letters. `unknown` is a lazy plural over `n` that names the `numbers` it doesn't
    know.
    """
    if "numbers" in form.errors:
        return ()
    typed = normalize("NFKC", form.cleaned_data.get("numbers") or "")
    numbers = list({number.lower(): number for number in _BETWEEN.split(typed) if number}.values())
    if not numbers:
        form.add_error("numbers", _("Type at least one employee number."))
        return ()
    if len(numbers) > MOST_NUMBERS:
        words = _("These are %(n)s numbers; at most %(most)s go in one go. For more, choose a team.")
        form.add_error("numbers", words % {"n": len(numbers), "most": MOST_NUMBERS})
        return ()
    found = find(numbers)
    strange = [number for number in numbers if number.lower() not in found]
    if strange:
        named = ", ".join(strange[:NAMED]) + (" …" if len(strange) > NAMED else "")
        form.add_error("numbers", unknown % {"n": len(strange), "numbers": named})
    return tuple(found.values())
