"""Filled-in scorecards. Traits are named after states; the marks are made by `mark_all`."""

from datetime import UTC, datetime
from decimal import Decimal

import factory

from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.states import EvaluationState
from assessments.scorecards.models import Item
from assessments.scorecards.states import ItemKind
from tests.factories.calls import CallFactory
from tests.factories.people import UserFactory
from tests.factories.scorecards import ScorecardVersionFactory

#: Friday, 15:00 in Shanghai.
FRI_15 = datetime(2026, 2, 27, 7, 0, tzinfo=UTC)


class EvaluationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Evaluation

    class Params:
        released = factory.Trait(
            state=EvaluationState.RELEASED,
            released_at=FRI_15,
            computed_score=Decimal("0.875"),
            final_score=Decimal("0.875"),
            passed=True,
        )
        acknowledged = factory.Trait(released=True, state=EvaluationState.ACKNOWLEDGED, acknowledged_at=FRI_15)
        held = factory.Trait(state=EvaluationState.HELD, call=None)

    scorecard_version = factory.SubFactory(ScorecardVersionFactory)
    agent = factory.SubFactory(UserFactory)
    call = factory.SubFactory(CallFactory, agent=factory.SelfAttribute("..agent"))
    evaluator = factory.SubFactory(UserFactory)
    created_at = FRI_15


def mark_all(evaluation: Evaluation, **points) -> list[Mark]:
    """Mark every scored and fatal item: full points, or those given by key (`solves=1`, `restates=None` for N/A;
    `_` stands for `-`). A failed item gets a comment. Other items are marked only where points are given."""
    given = {key.replace("_", "-"): value for key, value in points.items()}
    marks = []
    for item in Item.objects.filter(section__version=evaluation.scorecard_version):
        if item.key not in given and item.kind not in (ItemKind.SCORED, ItemKind.FATAL):
            continue
        value = given.get(item.key, item.points_possible)
        marks.append(
            Mark.objects.create(
                evaluation=evaluation, item=item, points=value, comment="原因" if value == 0 else "", at_second=20
            )
        )
    return marks
