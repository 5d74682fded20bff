from decimal import Decimal

import pytest

from assessments.attempts.models import AttemptQuestion
from lms.kernel import bulk
from lms.kernel.bulk import update_rows
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(cast):
    attempt = sit(AssignmentFactory(person=cast.ana, quiz=make_quiz(questions=4)), submit=False)
    return list(attempt.questions.all())


def test_update_rows_writes_each_row_its_own_values(drawn, django_assert_num_queries):
    rows = [
        (row.pk, Decimal("0.25") * place, "full" if place else "", place or None) for place, row in enumerate(drawn[:3])
    ]

    with django_assert_num_queries(1):
        update_rows(AttemptQuestion, ("share", "void", "seconds"), rows)

    assert list(AttemptQuestion.objects.order_by("order").values_list("share", "void", "seconds")) == [
        (0, "", None), (Decimal("0.25"), "full", 1), (Decimal("0.5"), "full", 2), (None, "", None),
    ]  # fmt: skip


def test_update_rows_knows_the_type_of_a_column_of_nulls(drawn):
    update_rows(AttemptQuestion, ("share", "checked_at"), [(row.pk, None, None) for row in drawn])

    assert not AttemptQuestion.objects.exclude(share=None, checked_at=None).exists()


def test_update_rows_in_parts(drawn, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(bulk, "BATCH", 4)

    with django_assert_num_queries(2):
        update_rows(AttemptQuestion, ("seconds",), [(row.pk, row.order) for row in drawn])

    assert list(AttemptQuestion.objects.order_by("order").values_list("seconds", flat=True)) == [1, 2, 3, 4]


def test_update_rows_of_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        update_rows(AttemptQuestion, ("seconds",), [])
