"""What the learner's browser sends while sitting a quiz, as a script or as a plain form."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.attempts.models import Attempt
from assessments.attempts.queries import DrawnKey
from assessments.attempts.rules import made_at
from assessments.attempts.services import Save
from assessments.bank.states import CHOICE_KINDS, QuestionKind

#: More saves of one question than any sitting makes by hand.
MOST_SAVES = 100_000
#: More than one request carries: every question of a long quiz, several times over.
MOST_IN_ONE = 1_000
_ANCHORS = signing.Signer(salt="attempt-anchor")


class StartForm(forms.Form):
    seat_is_set = forms.BooleanField(
        label=_("My seat is set to training, or I am not on shift"),
        error_messages={"required": _("Please set your seat to training first, so that no call interrupts you.")},
    )


class FlagForm(forms.Form):
    flagged = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")


class Unreadable(ValueError):
    """The request isn't what the player sends."""


def anchor_of(attempt: Attempt, *, at: datetime) -> str:
    """The server's time of this exchange, signed: the browser hands it back with the time that has passed since."""
    return _ANCHORS.sign(f"{attempt.pk}.{int(at.timestamp() * 1000)}")


def instant_made(attempt: Attempt, anchor: Any, elapsed: Any, *, at: datetime) -> datetime:
    """When something was done in the browser, by `rules.made_at`; `at` where the anchor isn't ours or says nothing."""
    try:
        pk, instant = _ANCHORS.unsign(str(anchor)).split(".")
        passed = timedelta(milliseconds=float(elapsed))
        acknowledged_at = datetime.fromtimestamp(int(instant) / 1000, tz=at.tzinfo)
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return at
    if pk != str(attempt.pk):
        return at
    return made_at(acknowledged_at=max(acknowledged_at, attempt.started_at), elapsed=passed, received_at=at)


@dataclass(frozen=True)
class Sent:
    """The saves of one request; `page` is the page that is left with it, if one is."""

    saves: list[Save]
    page: int | None = None


def read_saves(request: HttpRequest, attempt: Attempt, *, at: datetime) -> Sent:
    """The saves that the player's script sent: {"anchor", "saves": [{"q", "sequence", "answer", "elapsed"}], "page"}.

    Raises Unreadable.
    """
    try:
        body = json.loads(request.body)
        rows, anchor, page = body["saves"], body.get("anchor"), body.get("page")
        if not isinstance(rows, list) or len(rows) > MOST_IN_ONE or not isinstance(page, int | None):
            raise Unreadable
        saves = [
            Save(
                order=_whole(row["q"]),
                sequence=_whole(row["sequence"]),
                response=row["answer"],
                made_at=instant_made(attempt, row.get("anchor", anchor), row.get("elapsed"), at=at),
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable from error
    return Sent(saves, page)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_SAVES:
        raise Unreadable
    return value


def answers_in(data: QueryDict, questions: Sequence[DrawnKey]) -> dict[int, Any]:
    """The answers of a plain form to the questions it says it shows (`q`), by their number.

    Field names: `a7` (options, text), `a7-15` (the right side of line 15, or its place in the order), `a7-2` (gap 2).
    """
    shown = set(data.getlist("q"))
    return {
        question.order: _answer(data, question)
        for question in questions
        if str(question.order) in shown and question.key.kind != QuestionKind.SPOKEN
    }


def _answer(data: QueryDict, question: DrawnKey) -> Any:
    name, key = f"a{question.order}", question.key
    if key.kind in CHOICE_KINDS:
        return data.getlist(name)
    if key.kind == QuestionKind.CLOZE:
        values = {
            str(gap.number): data.getlist(f"{name}-{gap.number}")
            if gap.kind in CHOICE_KINDS
            else data.get(f"{name}-{gap.number}", "")
            for gap in key.gaps
        }
        return {number: _chosen(value) for number, value in values.items()}
    lines = {str(pk): data.get(f"{name}-{pk}", "") for pk in question.option_order}
    if key.kind == QuestionKind.MATCHING:
        return {left: right for left, right in lines.items() if right}
    if key.kind == QuestionKind.ORDERING:
        return _order(lines)
    return data.get(name, "")


def _chosen(value: Any) -> Any:
    """A choice in a gap without a choice is sent as an empty text."""
    return [each for each in value if each] if isinstance(value, list) else value


def _order(places: Mapping[str, str]) -> list[str]:
    """The lines by the place each was given; nothing unless each has one (two of the same place: the upper first)."""
    if not all(place.isdecimal() and len(place) < 4 for place in places.values()):
        return []
    return sorted(places, key=lambda pk: int(places[pk]))
