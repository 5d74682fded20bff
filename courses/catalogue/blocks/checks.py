"""Questions and quizzes inside a lesson."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.bank.queries import newest_versions, practice_questions
from assessments.bank.states import CHOICE_KINDS
from assessments.quizzes.models import Quiz
from assessments.quizzes.states import VersionState
from courses.catalogue.blocks.samples import PRACTICE, SampledBlock


def practice_choices() -> list[tuple[str, str]]:
    """(key, "key · stem") of every practice question that is ready and answered by choosing, for the author to choose
    from: a self-check can draw no other."""
    ready = newest_versions(practice_questions()).filter(kind__in=CHOICE_KINDS)
    versions = ready.select_related("question").order_by("question__key")
    return [
        (version.question.key, f"{version.question.key} · {Truncator(version.stem).chars(60)}") for version in versions
    ]


def quiz_choices() -> list[tuple[str, str]]:
    """(key, "title · key") of every published quiz, for the author to choose from."""
    published = Quiz.objects.filter(versions__state=VersionState.PUBLISHED).distinct()
    return [(quiz.key, f"{quiz.title} · {quiz.key}") for quiz in published]


class KeyBlock(blocks.FieldBlock):
    """The key of something, chosen from a list. Not a ChoiceBlock: that one reads all choices each time a lesson is
    shown."""

    choices: Callable[[], list[tuple[str, str]]]

    #: What the value names: the reports on uses and broken links can't see it otherwise.
    points_to: str

    #: What is told to who saves a key that isn't among the choices (any more).
    refusal: Any

    def __init__(self, required: bool = True, help_text: Any = None, **kwargs: Any) -> None:
        self.field = forms.ChoiceField(
            choices=lambda: [("", BLANK_CHOICE_LABEL), *type(self).choices()],
            required=required,
            help_text=help_text,
            error_messages={"invalid_choice": self.refusal},
        )
        super().__init__(**kwargs)

    class Meta:
        icon = "circle-check"


class PracticeQuestionBlock(KeyBlock):
    """The key of a practice question that is ready, and answered by choosing."""

    choices = staticmethod(practice_choices)
    points_to = "assessments.question"
    refusal = _(
        "A self-check shows practice questions that are ready and answered by choosing: single choice, multiple choice, true "
        "or false. Choose another one; numbers, gaps, matching and putting in order belong in a quiz."
    )


class PublishedQuizBlock(KeyBlock):
    """The key of a published quiz."""

    choices = staticmethod(quiz_choices)
    points_to = "assessments.quiz"
    refusal = _("This quiz isn’t published. Choose another one.")


class CheckBlock(SampledBlock):
    """A self-check: one practice question of the bank, not graded."""

    question = PracticeQuestionBlock(label=_("Practice question"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The question comes from the page's context, where all of a lesson's self-checks were read at once."""
        context = super().get_context(value, parent_context=parent_context)
        context["check"] = context.get("checks", {}).get(value["question"])
        return context

    def sample(self) -> dict[str, Any]:
        return {"question": "sample"}

    def sample_context(self) -> dict[str, Any]:
        """A question as `catalogue.queries.Check` has it."""
        options = (gettext("“One moment.” And press the key."), gettext("Say why and how long, and wait for a yes."))
        return {
            "checks": {
                "sample": {
                    "key": "sample",
                    "stem": mark_safe(f"<p>{gettext('How do you put somebody on hold?')}</p>"),
                    "takes_several": False,
                    "options": [{"pk": number, "text": text} for number, text in enumerate(options, 1)],
                }
            }
        }

    class Meta:
        template = "courses/blocks/check.html"
        icon = "circle-check"
        label = _("Self-check")
        group = PRACTICE
        description = _("One practice question of the bank, with an answer at once; it isn't graded.")


class QuizBlock(SampledBlock):
    """A quiz of the bank with its rules; whoever has it to sit starts here."""

    quiz = PublishedQuizBlock(label=_("Quiz"))
    note = blocks.TextBlock(required=False, label=_("Note"), help_text=_("What it is for, and when to sit it."))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The quiz comes from the page's context, where all of a lesson's quizzes were read at once."""
        context = super().get_context(value, parent_context=parent_context)
        return {**context, "quiz": context.get("quizzes", {}).get(value["quiz"])}

    def sample(self) -> dict[str, Any]:
        return {"quiz": "sample"}

    def sample_context(self) -> dict[str, Any]:
        """A quiz as `catalogue.queries.QuizCard` has it."""
        facts = {"key": "sample", "n": 20, "time_limit_minutes": 15, "pass_share": 0.8, "start_url": ""}
        return {"quizzes": {"sample": {"title": gettext("Final quiz: phrasing"), "description": "", **facts}}}

    class Meta:
        template = "courses/blocks/quiz.html"
        icon = "form"
        label = _("Quiz")
        group = PRACTICE
        description = _("A published quiz with its rules. Whoever has it to sit starts it here.")
