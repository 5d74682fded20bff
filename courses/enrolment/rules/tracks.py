"""What a track asks for."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class StepRule:
    """What a track asks for at one place; two versions with the same rules in the same order are one."""

    kind: str
    course_key: UUID | None
    quiz_id: int | None
    scenario_id: int | None
    due_days: int


@dataclass(frozen=True)
class TrackRules:
    """Everything a certificate depends on. Titles are words, not rules."""

    validity_months: int | None
    steps: tuple[StepRule, ...]
