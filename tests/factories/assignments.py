"""Who may or must take a quiz."""

import factory

from assessments.assignments.models import Assignment
from tests.conftest import MON_9
from tests.factories.people import UserFactory
from tests.factories.quizzes import make_quiz


class AssignmentFactory(factory.django.DjangoModelFactory):
    """Of a published quiz with five questions, unless a quiz (or `quiz=None, scenario=…`) is given."""

    class Meta:
        model = Assignment

    class Params:
        closed = factory.Trait(closed_at=MON_9)

    person = factory.SubFactory(UserFactory)
    quiz = factory.LazyAttributeSequence(lambda _assignment, n: make_quiz(f"assigned-quiz-{n}"))
    reason_zh = "入职培训"
    reason_en = "Onboarding"
    created_at = MON_9
