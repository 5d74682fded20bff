"""Quizzes with a version. `make_quiz` gives a published one with questions of its own in the bank."""

from decimal import Decimal

import factory

from assessments.quizzes.models import Quiz, QuizSection, QuizVersion, Slot
from assessments.quizzes.states import QuizPurpose, VersionState
from lms.skills.models import Skill
from tests.conftest import MON_9
from tests.factories.bank import QuestionFactory
from tests.factories.skills import SkillFactory


class QuizFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Quiz

    class Params:
        retest = factory.Trait(purpose=QuizPurpose.RETEST, skill=factory.SubFactory(SkillFactory))

    key = factory.Sequence(lambda n: f"quiz-{n}")
    title_zh = factory.LazyAttribute(lambda quiz: f"测验 {quiz.key}")
    title_en = factory.LazyAttribute(lambda quiz: f"Quiz {quiz.key}")


class QuizVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QuizVersion

    class Params:
        published = factory.Trait(state=VersionState.PUBLISHED, published_at=MON_9)

    quiz = factory.SubFactory(QuizFactory)
    number = factory.LazyAttribute(lambda version: version.quiz.versions.count() + 1)
    pass_share = Decimal("0.8")
    time_limit_minutes = 15
    attempts_allowed = 2
    created_at = MON_9


class QuizSectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QuizSection

    version = factory.SubFactory(QuizVersionFactory)
    order = factory.LazyAttribute(lambda section: section.version.sections.count())
    title_zh = "第一部分"
    title_en = "Part one"


class SlotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Slot

    version = factory.SubFactory(QuizVersionFactory)
    order = factory.LazyAttribute(lambda slot: slot.version.slots.count())


def make_quiz(
    key: str = "crm-quiz",
    *,
    questions: int = 5,
    skill: Skill | None = None,
    published: bool = True,
    retest: bool = False,
    **version_fields,
) -> Quiz:
    """A quiz of one random draw that takes all `questions` of its own tag; a re-test of `skill` with `retest`."""
    skill = skill or SkillFactory()
    quiz = QuizFactory(
        key=key, purpose=QuizPurpose.RETEST if retest else QuizPurpose.COURSE, skill=skill if retest else None
    )
    version = QuizVersionFactory(quiz=quiz, published=published, **version_fields)
    for number in range(questions):
        QuestionFactory(key=f"{key}-q{number}", skill=skill, tags=[key])
    SlotFactory(version=version, tag=key, count=questions)
    return quiz
