"""Who sees which evaluation, and what its marks add up to."""

from typing import Any

from django.db.models import Q, QuerySet

from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.states import VISIBLE_TO_AGENT, EvaluationState
from assessments.scorecards.models import Item
from assessments.scorecards.rules import CardScore, MarkedItem, score_card
from lms.people.models import User


def evaluations_visible_to(viewer: Any, *, among: QuerySet[Evaluation]) -> QuerySet[Evaluation]:
    """See `EvaluationQuerySet.visible_to`. What was filled in for a mystery call is shown by that call only."""
    if not viewer.is_authenticated:
        return among.none()
    own_draft = Q(evaluator=viewer, state=EvaluationState.DRAFT)
    released = Q(state__in=VISIBLE_TO_AGENT, agent__in=User.objects.visible_to(viewer))
    return among.filter(own_draft | released, call__isnull=False)


def marked_item(item: Item, mark: Mark) -> MarkedItem:
    """A mark as the rules of scorecards read it."""
    return MarkedItem(
        key=item.key,
        kind=item.kind,
        points=mark.points,
        points_possible=item.points_possible,
        weight=item.weight,
        not_applicable=item.not_applicable,
    )


def judged_marks(evaluation: Evaluation) -> list[Mark]:
    """The marks that have an outcome, with their items, in reading order."""
    return list(
        evaluation.marks.filter(is_judged=True)
        .select_related("item", "item__skill")
        .order_by("item__section__order", "item__section__pk", "item__order", "item__pk")
    )


def score_of(evaluation: Evaluation, marks: list[Mark]) -> CardScore:
    """The score of the given marks of the evaluation: so far, while it is a draft."""
    return score_card(
        [marked_item(mark.item, mark) for mark in marks],
        pass_share=evaluation.scorecard_version.pass_share,
    )
