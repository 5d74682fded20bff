"""Appending evidence. Callers are inside the transaction of what was measured."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.evidence.models import Evidence
from lms.people.models import User

#: Rows of one INSERT.
BATCH = 500


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


@dataclass(frozen=True)
class Correction:
    """What one source says of an agent's skills after all: everything that holds now, not only what has changed."""

    agent: User
    source_id: int
    observations: Sequence[Observation]
    version: str
    observed_at: datetime


def correct_evidence(corrections: Iterable[Correction], *, source_kind: str, at: datetime) -> list[Evidence]:
    """Append what supersedes the evidence of each source, and return the new rows: one that names the old row where
    the share of a skill has changed, a withdrawal where the skill is no longer seen, a first row where it wasn't seen
    before. What is the same stays. One read and a few inserts, whatever the number of sources."""
    wanted = list(corrections)
    newest: dict[int, dict[tuple[int, str], Evidence]] = defaultdict(dict)
    known = Evidence.objects.filter(
        source_kind=source_kind, source_id__in=[each.source_id for each in wanted], superseded_by__isnull=True
    )
    for row in known:
        newest[row.source_id][row.skill_id, row.item_key] = row
    rows = []
    for correction in wanted:
        seen = {(each.skill_id, each.item_key): each for each in correction.observations}
        before = newest[correction.source_id]
        for place in sorted({*seen, *before}):
            observation, old = seen.get(place), before.get(place)
            share = None if observation is None else observation.share.quantize(Decimal("0.00001"))
            if old is not None and old.share == share:
                continue
            rows.append(
                Evidence(
                    agent=correction.agent,
                    skill_id=place[0],
                    share=share,
                    weight=observation.weight if observation else old.weight if old else Decimal(1),
                    source_kind=source_kind,
                    source_id=correction.source_id,
                    version=correction.version,
                    item_key=place[1],
                    observed_at=old.observed_at if old else correction.observed_at,
                    recorded_at=at,
                    supersedes=old,
                )
            )
    return Evidence.objects.bulk_create(rows, batch_size=BATCH)
