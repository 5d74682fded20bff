"""Appending evidence. Callers are inside the transaction of what was measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.evidence.models import Evidence
from lms.people.models import User


@dataclass(frozen=True)
class Observation:
    """One share (0–1) of one skill; `item_key` names the scorecard item or point it was seen on."""

    skill_id: int
    share: Decimal
    weight: Decimal = Decimal(1)
    item_key: str = ""


def append_evidence(
    agent: User,
    observations: Iterable[Observation],
    *,
    source_kind: str,
    source_id: int,
    version: str,
    observed_at: datetime,
    at: datetime,
) -> list[Evidence]:
    """Append one row per observation and return them."""
    return Evidence.objects.bulk_create(
        Evidence(
            agent=agent,
            skill_id=seen.skill_id,
            share=seen.share.quantize(Decimal("0.00001")),
            weight=seen.weight,
            source_kind=source_kind,
            source_id=source_id,
            version=version,
            item_key=seen.item_key,
            observed_at=observed_at,
            recorded_at=at,
        )
        for seen in observations
    )
