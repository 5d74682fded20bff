"""Questions inside a lesson."""

from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.bank.queries import newest_versions, practice_questions


def practice_choices() -> list[tuple[str, str]]:
    """(key, "key · stem") of every practice question that is ready, for the author to choose from."""
    ready = practice_questions()
    versions = newest_versions(ready).select_related("question").order_by("question__key")
    return [
        (version.question.key, f"{version.question.key} · {Truncator(version.stem).chars(60)}") for version in versions
    ]


class PracticeQuestionBlock(blocks.FieldBlock):
    """The key of a practice question, chosen from those that are ready. Not a ChoiceBlock: that one reads all choices
    each time a lesson is shown."""

    #: What the value names: the reports on uses and broken links can't see it otherwise.
    points_to = "assessments.question"

    def __init__(self, required: bool = True, help_text: Any = None, **kwargs: Any) -> None:
        self.field = forms.ChoiceField(
            choices=lambda: [("", BLANK_CHOICE_LABEL), *practice_choices()], required=required, help_text=help_text
        )
        super().__init__(**kwargs)

    class Meta:
        icon = "tick"


class CheckBlock(blocks.StructBlock):
    """A self-check: one practice question of the bank, not graded."""

    question = PracticeQuestionBlock(label=_("Practice question"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The question comes from the page's context, where all of a lesson's self-checks were read at once."""
        context = super().get_context(value, parent_context=parent_context)
        context["check"] = context.get("checks", {}).get(value["question"])
        return context

    class Meta:
        template = "courses/blocks/check.html"
        icon = "tick"
        label = _("Self-check")
