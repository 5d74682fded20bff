"""Marks by a rubric, and the order in which a marker meets the answers."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_DOWN, Decimal
from hashlib import sha256

from assessments.attempts.rules.scoring import STEP, ZERO


class UnfitMarks(ValueError):
    """A criterion has no points, or more or fewer than it can have."""


def rubric_share(points: Mapping[int, Decimal], *, rubric: Mapping[int, Decimal]) -> Decimal:
    """The points of all criteria as a share of what they are worth, rounded down.

    Both map the criterion's id to points; `rubric` says how many are possible. Raises UnfitMarks.
    """
    if set(points) != set(rubric) or not rubric:
        raise UnfitMarks("every criterion of the rubric takes points")
    if any(not value.is_finite() or not 0 <= value <= rubric[pk] for pk, value in points.items()):
        raise UnfitMarks("points lie between nothing and what the criterion is worth")
    return (sum(points.values(), ZERO) / sum(rubric.values(), ZERO)).quantize(STEP, ROUND_DOWN)


def blind_order(answers: Iterable[int], *, marker: int) -> list[int]:
    """The answers (by id) in an order that tells nothing about who handed in when: another one for each marker, but
    always the same for the same one, also when answers come and go."""
    return sorted(answers, key=lambda pk: sha256(f"{marker}:{pk}".encode()).digest())
