"""The shapes of what a reader's browser sends: heartbeats, and answers to what a lesson asks."""

from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict

from courses.catalogue.blocks.exercise import MOST_TURNS, AskedExercise


class BeatForm(forms.Form):
    """Seconds of active reading since the last beat, and the block at the top of the window."""

    active_seconds = forms.IntegerField(min_value=0)
    place = forms.RegexField(regex=r"^[\w-]*$", max_length=36, required=False)


#: How long a page that was opened can still be marked as done from.
OPENED_AT_MOST = 24 * 60 * 60
_SALT = "lesson-opened"


def opened_sign(person_pk: int, lesson_pk: int, *, at: datetime) -> str:
    """Says when the page was given out, for browsers that count no time."""
    return signing.dumps([person_pk, lesson_pk, int(at.timestamp())], salt=_SALT)


class DoneForm(forms.Form):
    """What goes with *mark as done*: the seconds that the browser hasn't sent yet, or – where it counts none – the sign
    of when the page was opened. What can't be read counts nothing."""

    active_seconds = forms.IntegerField(min_value=0, required=False)
    opened = forms.CharField(required=False)

    def spent(self, person_pk: int, lesson_pk: int, *, at: datetime) -> tuple[int, bool]:
        """(seconds, whether the browser measured them)."""
        measured = self.cleaned_data.get("active_seconds") if self.is_valid() else None
        if measured is not None:
            return measured, True
        try:
            person, lesson, opened = signing.loads(self.data.get("opened", ""), salt=_SALT, max_age=OPENED_AT_MOST)
        except (signing.BadSignature, ValueError):
            return 0, True
        is_this = (person, lesson) == (person_pk, lesson_pk)
        return (max(0, int(at.timestamp()) - opened) if is_this else 0), False


def answer_in(data: QueryDict) -> dict[str, Any]:
    """The self-check that an address or a form answers, if any, as `checks` asks for it."""
    if "answer" not in data:
        return {}
    chosen = {int(value) for value in data.getlist("chosen") if value.isdecimal()}
    return {"answered": data.get("check"), "chosen": chosen}


def exercise_in(data: QueryDict) -> AskedExercise | None:
    """The exercise that an address or a form asks for or answers, if any."""
    if "exercise" not in data:
        return None
    turn = data.get("try", "")
    return AskedExercise(
        block_id=data["exercise"],
        turn=int(turn) if turn.isascii() and turn.isdigit() and len(turn) <= len(str(MOST_TURNS)) else 1,
        typed=data.get("result"),
    )
