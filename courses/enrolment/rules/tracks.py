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
class ValidityRules:
    """How long a certificate holds, how it is renewed, and by which days its due days count. The names are those of the
    columns."""

    validity_months: int | None
    validity_mode: str
    calendar_month: int | None
    calendar_day: int | None
    renewal_days: int | None
    refresher_key: UUID | None
    counts_rostered_days: bool


@dataclass(frozen=True)
class TrackRules:
    """Everything a certificate depends on. Titles are words, not rules."""

    validity: ValidityRules
    steps: tuple[StepRule, ...]
