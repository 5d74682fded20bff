"""Questions with a wording and its options. `right` names the places of the right options (0 is the first)."""

import factory

from assessments.bank.models import Option, Question, QuestionVersion
from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse
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
