"""Questions with a wording and its options. `right` names the places of the right options (0 is the first)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import factory

from assessments.bank.models import Option, Question, QuestionVersion
from assessments.bank.rules import AnswerKey, GapWords, OptionKey, OptionWords, Wording
from assessments.bank.states import CHOICE_KINDS, QuestionKind, QuestionStatus, QuestionUse
from tests.conftest import MON_9
from tests.factories.skills import SkillFactory


class QuestionFactory(factory.django.DjangoModelFactory):
    """Ready for exams, with a first wording of single choice: four options, the first one right.

    `QuestionFactory(version=False)` has no wording; `QuestionFactory(version__kind="multiple", version__right=(0, 2))`.
    """

    class Meta:
        model = Question
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(status=QuestionStatus.DRAFT)
        retired = factory.Trait(status=QuestionStatus.RETIRED)
        practice = factory.Trait(use=QuestionUse.PRACTICE)

    key = factory.Sequence(lambda n: f"question-{n}")
    skill = factory.SubFactory(SkillFactory)
    use = QuestionUse.EXAM
    status = QuestionStatus.READY
    tags = factory.LazyFunction(list)

    @factory.post_generation
    def version(question, create, extracted, **fields):
        if create and extracted is not False:
            QuestionVersionFactory(question=question, **fields)


class QuestionVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QuestionVersion
        skip_postgeneration_save = True

    class Params:
        used = factory.Trait(used_at=MON_9)

    question = factory.SubFactory(QuestionFactory, version=False)
    number = factory.LazyAttribute(lambda version: version.question.versions.count() + 1)
    kind = QuestionKind.SINGLE
    stem_zh = factory.LazyAttribute(lambda version: f"题目 {version.question.key}")
    stem_en = factory.LazyAttribute(lambda version: f"Stem {version.question.key}")
    explanation_zh = "解析"
    explanation_en = "Because."
    created_at = MON_9

    @factory.post_generation
    def right(version, create, extracted, **_fields):
        """Places of the right options; the first one unless told."""
        if not create:
            return
        places = (0,) if extracted is None else tuple(extracted)
        count = 2 if version.kind == QuestionKind.TRUE_FALSE else 4
        for place in range(count):
            OptionFactory(version=version, order=place, is_right=place in places)


class OptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Option

    version = factory.SubFactory(QuestionVersionFactory)
    order = 0
    text_zh = factory.LazyAttribute(lambda option: f"选项 {option.order}")
    text_en = factory.LazyAttribute(lambda option: f"Option {option.order}")
    feedback_zh = factory.LazyAttribute(lambda option: f"反馈 {option.order}")
    feedback_en = factory.LazyAttribute(lambda option: f"Feedback {option.order}")
    is_right = False


def right_ids(version: QuestionVersion) -> list[int]:
    """The ids of the right options: what a perfect learner chooses."""
    return [option.pk for option in version.options.all() if option.is_right]


def wrong_ids(version: QuestionVersion) -> list[int]:
    """One wrong option."""
    return [option.pk for option in version.options.all() if not option.is_right][:1]


# --- every kind ----------------------------------------------------------------------------------------------

#: The smallest options, gaps and rules with which a question of each kind can be asked.
_LINES: dict[str, tuple[OptionWords, ...]] = {
    QuestionKind.SINGLE: (OptionWords("原因", "Reason", is_right=True), OptionWords("等一下", "Wait")),
    QuestionKind.MULTIPLE: (
        OptionWords("原因", "Reason", is_right=True),
        OptionWords("时长", "Length", is_right=True),
        OptionWords("等一下", "Wait"),
    ),
    QuestionKind.TRUE_FALSE: (OptionWords("对", "True", is_right=True), OptionWords("错", "False")),
    QuestionKind.MATCHING: (
        OptionWords("工单", "Work order", match_zh="任务", match_en="Task"),
        OptionWords("弹屏", "Screen pop", match_zh="资料", match_en="Record"),
        OptionWords("", "", match_zh="多余", match_en="Extra"),
    ),
    QuestionKind.ORDERING: (
        OptionWords("听完", "Listen"),
        OptionWords("道歉", "Apologise"),
        OptionWords("处理", "Act"),
    ),
    QuestionKind.NUMERIC: (
        OptionWords("345", "345", is_right=True, tolerance=Decimal(5)),
        OptionWords("300", "300", credit=Decimal("0.5"), feedback_zh="漏了话后", feedback_en="No wrap-up"),
    ),
    QuestionKind.SHORT_TEXT: (
        OptionWords("静音等待", "hold", is_right=True),
        OptionWords("*等待*", "*wait*", credit=Decimal("0.5")),
    ),
    QuestionKind.CLOZE: (
        OptionWords("90", "90", is_right=True, gap=1),
        OptionWords("达到", "meets", gap=2),
        OptionWords("未达到", "is below", is_right=True, gap=2),
    ),
    QuestionKind.WRITTEN: (OptionWords("写清楚", "Is clear", credit=Decimal(4)),),
    QuestionKind.SPOKEN: (
        OptionWords("语气", "Tone", credit=Decimal(2)),
        OptionWords("内容", "Content", credit=Decimal(3)),
    ),
}


def complete_wording(kind: str, **changes: Any) -> Wording:
    """A wording of that kind that can be asked, in both languages."""
    mark = " [[1]], [[2]]" if kind == QuestionKind.CLOZE else ""
    gaps = (GapWords(1, "numeric", unit="%"), GapWords(2, "single", Decimal(2))) if mark else ()
    unit = "s" if kind == QuestionKind.NUMERIC else ""
    wording = Wording(
        kind=kind, stem_zh=f"题目{mark}", stem_en=f"Stem{mark}", options=_LINES[kind], unit=unit, gaps=gaps
    )
    return replace(wording, **changes)


def make_question(kind: str, *, used: bool = False, wording: Wording | None = None, **fields: Any) -> Question:
    """A ready exam question of that kind; `fields` are the question's own."""
    wording = wording or complete_wording(kind)
    question = QuestionFactory(version=False, **fields)
    version = QuestionVersion.objects.create(
        question=question,
        number=1,
        created_at=MON_9,
        used_at=MON_9 if used else None,
        gaps=[
            {"number": gap.number, "kind": gap.kind, "weight": str(gap.weight), "unit": gap.unit}
            for gap in wording.gaps
        ],
        **{name: getattr(wording, name) for name in ("kind", "stem_zh", "stem_en", "explanation_zh", "explanation_en")},
        **{name: getattr(wording, name) for name in ("partial_credit", "match_case", "unit")},
    )
    for order, words in enumerate(wording.options):
        Option.objects.create(version=version, order=order, **vars(words))
    return question


def right_answer(key: AnswerKey) -> Any:
    """What a perfect learner answers, for any kind that grades itself."""
    if key.kind == QuestionKind.CLOZE:
        return {str(gap.number): _right_line(gap.kind, gap.options) for gap in key.gaps}
    if key.kind == QuestionKind.MATCHING:
        return {str(option.pk): option.match for option in key.options if option.match is not None}
    if key.kind == QuestionKind.ORDERING:
        return [option.pk for option in key.options]
    return _right_line(key.kind, key.options)


def _right_line(kind: str, options: Sequence[OptionKey]) -> Any:
    if kind in CHOICE_KINDS:
        return [option.pk for option in options if option.is_right]
    return next(
        option.accepted[0] for option in options if (option.is_right if option.credit is None else option.credit >= 1)
    )
