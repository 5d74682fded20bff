"""Exercises on the metrics, with figures of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks import samples
from courses.catalogue.blocks.calculator import metric_choices
from courses.simulators.exercises import (
    Exercise,
    Judgement,
    Outcome,
    Unreadable,
    draw,
    judge,
    pick,
    question,
    read_answer,
)
from courses.simulators.metrics import FAMILIES, METRICS, Metric, Unit, metrics_of, shown

#: Nobody practises one metric more often in a sitting; a longer number in an address is somebody playing.
MOST_TURNS = 999

ASKED_IN: dict[Unit, Any] = {
    Unit.PERCENT: _("In per cent, one place after the point."),
    Unit.SECONDS: _("In whole seconds, or as minutes:seconds."),
    Unit.RINGS: _("One place after the point."),
    Unit.PER_HOUR: _("One place after the point."),
    Unit.MONEY: _("Two places after the point."),
    Unit.CALLS: _("A whole number."),
}
UNREADABLE: dict[Unreadable, Any] = {
    Unreadable.EMPTY: _("Type your answer first."),
    Unreadable.NO_NUMBER: _("That can't be read as a number. Digits are enough."),
    Unreadable.OTHER_UNIT: _("That is in another unit than the one asked for. Digits are enough."),
}


def family_choices() -> list[tuple[str, str]]:
    return [(family.value, words.in_language(get_language() or "")) for family, words in FAMILIES.items()]


@dataclass(frozen=True)
class AskedExercise:
    """What a reader's address asks of one exercise: which turn, and what was typed (None: nothing yet)."""

    block_id: str
    turn: int = 1
    typed: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One exercise as a reader sees it."""

    key: str
    title: str
    turn: int
    has_several: bool
    exercise: Exercise
    language: str
    typed: str
    problem: Any
    judgement: Judgement | None

    @property
    def metric(self) -> Metric:
        return self.exercise.metric

    @property
    def name(self) -> str:
        return self.metric.name.in_language(self.language)

    @property
    def definition(self) -> str:
        return self.metric.definition.in_language(self.language)

    @property
    def counted(self) -> str:
        return self.metric.counted.in_language(self.language)

    @property
    def rows(self) -> list[tuple[str, str]]:
        return question(self.exercise, self.language)

    @property
    def asked_in(self) -> Any:
        return ASKED_IN[self.metric.unit]

    @property
    def steps(self) -> tuple[str, ...]:
        return self.metric.steps(self.exercise.figures, self.language)

    @property
    def result(self) -> str:
        return self.metric.result(self.exercise.figures, self.language)

    @property
    def slip(self) -> str:
        return self.judgement.words.in_language(self.language) if self.judgement and self.judgement.words else ""

    @property
    def answer(self) -> str:
        """What was typed, as it was understood."""
        return shown(self.judgement.answer, self.metric.unit, self.language) if self.judgement else ""

    @property
    def is_right(self) -> bool:
        return self.judgement is not None and self.judgement.outcome == Outcome.RIGHT

    @property
    def is_close(self) -> bool:
        return self.judgement is not None and self.judgement.outcome == Outcome.CLOSE

    @property
    def next_turn(self) -> int:
        return self.turn % MOST_TURNS + 1


def exercise_sheets(body: Any, *, reader: str, asked: AskedExercise | None = None) -> Mapping[str, Sheet]:
    """The exercises of a lesson by their block's id, with the figures of this reader, in the active language. No query."""
    return {
        block.id: sheet
        for block in body
        if block.block_type == "exercise" and (sheet := _sheet(block.value, block.id or "", reader, asked))
    }


class ExerciseBlock(blocks.StructBlock):
    """Metrics to work out with figures drawn for each reader; checked with tolerance, explained, not graded."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    metrics = blocks.MultipleChoiceBlock(
        choices=metric_choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("Metrics")
    )
    family = blocks.ChoiceBlock(
        choices=family_choices,
        required=False,
        label=_("… and a whole family"),
        help_text=_("“Another one” walks through them."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        if not cleaned["metrics"] and not cleaned["family"]:
            words = gettext("Choose at least one metric, or a family.")
            raise blocks.StructBlockValidationError(block_errors={"metrics": ValidationError(words)})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The reader's own sheet comes from the page's context, as self-checks do; in a preview, which has no reader,
        everybody sees the same figures. Without `sheet`: an unfinished draft."""
        context = super().get_context(value, parent_context=parent_context)
        block_id = getattr(context.get("block"), "id", None) or ""
        context["sheet"] = context.get("exercises", {}).get(block_id) or _sheet(value, block_id, "", None)
        return context

    class Meta:
        template = "courses/blocks/exercise.html"
        group = samples.FIGURES
        icon = "edit"
        label = _("Exercise")
        preview_value = {"metrics": ["service_level"], "family": ""}
        description = _("A metric to work out with figures of one's own; wrong answers are explained")


def _sheet(value: Any, block_id: str, reader: str, asked: AskedExercise | None) -> Sheet | None:
    metrics = _metrics(value)
    if not metrics:
        return None
    asked = asked if asked is not None and asked.block_id == block_id else AskedExercise(block_id)
    turn = asked.turn if 1 <= asked.turn <= MOST_TURNS else 1
    exercise = draw(pick(metrics, f"{reader}/{block_id}", turn), f"{reader}/{block_id}/{turn}")
    answer = None if asked.typed is None else read_answer(asked.typed, exercise.metric.unit)
    is_unreadable = isinstance(answer, Unreadable)
    return Sheet(
        key=block_id,
        title=value.get("title") or "",
        turn=turn,
        has_several=len(metrics) > 1,
        exercise=exercise,
        language=get_language() or "",
        typed=asked.typed or "",
        problem=UNREADABLE[answer] if is_unreadable else "",
        judgement=None if answer is None or is_unreadable else judge(exercise, answer),
    )


def _metrics(value: Any) -> list[Metric]:
    """The metrics named and those of the family, each once, in the order of the handbook."""
    keys = {*(value.get("metrics") or ()), *(metric.key for metric in metrics_of(value.get("family") or ""))}
    return [metric for key, metric in METRICS.items() if key in keys]
