"""Self-checks of a lesson: practice questions of the bank."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from assessments.bank.models import Option, QuestionVersion
from assessments.bank.queries import newest_versions, practice_questions
from assessments.bank.rules import takes_several
from assessments.bank.states import CHOICE_KINDS
from courses.catalogue.models import LessonPage
from courses.catalogue.rules import is_right
from lms.kernel.markdown import to_html


@dataclass(frozen=True)
class CheckOption:
    """One answer of a self-check; whether it is right is only shown after answering."""

    pk: int
    text: str
    feedback: str
    is_chosen: bool
    is_right: bool


@dataclass(frozen=True)
class Check:
    """One practice question in a lesson, with what the reader chose just now."""

    key: str
    stem: SafeString
    explanation: SafeString
    takes_several: bool
    options: tuple[CheckOption, ...]
    was_asked: bool = False

    @cached_property
    def is_answered(self) -> bool:
        return any(option.is_chosen for option in self.options)

    @cached_property
    def is_right(self) -> bool:
        return is_right(
            {option.pk for option in self.options if option.is_chosen},
            {option.pk for option in self.options if option.is_right},
        )


def check_keys(page: LessonPage) -> list[str]:
    """The practice questions that a lesson's blocks name."""
    return [block.value["question"] for block in page.body if block.block_type == "check"]


def checks(keys: Collection[str], *, answered: str | None = None, chosen: Collection[int] = ()) -> dict[str, Check]:
    """The self-checks of a lesson by key, in the active language; one query. Only practice questions that are ready and
    have options are found, so the key of an exam question in a page shows nothing. `answered` names the one just answered."""
    if not keys:
        return {}
    asked = practice_questions().filter(key__in=keys)
    options: dict[QuestionVersion, list[Option]] = defaultdict(list)
    for option in (
        Option.objects.filter(version__in=newest_versions(asked).filter(kind__in=CHOICE_KINDS))
        .select_related("version__question")
        .order_by("order", "pk")
    ):
        options[option.version].append(option)
    return {
        version.question.key: _check(version, given, answered=answered, chosen=chosen)
        for version, given in options.items()
    }


def _check(
    version: QuestionVersion, options: Iterable[Option], *, answered: str | None, chosen: Collection[int]
) -> Check:
    was_asked = version.question.key == answered
    return Check(
        key=version.question.key,
        stem=to_html(version.stem),
        explanation=to_html(version.explanation),
        takes_several=takes_several(version.kind),
        options=tuple(
            CheckOption(
                pk=option.pk,
                text=option.text,
                feedback=option.feedback,
                is_chosen=was_asked and option.pk in chosen,
                is_right=option.is_right,
            )
            for option in options
        ),
        was_asked=was_asked,
    )
