"""Judgements about pages in two languages and about self-checks. No database, no clock."""

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from courses.catalogue.states import ValidityMode

#: A leap year: it has every day there is.
_LEAP_YEAR = 2024
#: The shortest month: a window as long as the validity would open the renewal on the day of issue.
_DAYS_OF_A_MONTH = 28


def shown_language(available: Collection[str], wanted: str) -> str:
    """The language a page is shown in: the wanted one, else the first of the others. `available` isn't empty."""
    return wanted if wanted in available else min(available)


def in_master_order[K](master: Sequence[K], *others: Iterable[K]) -> list[K]:
    """The source's order first, then what only other languages have, each once."""
    return list(dict.fromkeys([*master, *(key for keys in others for key in keys)]))


def is_right(chosen: Collection[int], right: Collection[int]) -> bool:
    """A self-check is right when exactly the right options were chosen."""
    return bool(chosen) and set(chosen) == set(right)


def next_material_version(live: int, *, is_material: bool) -> int:
    """A draft's material version: one above what readers have now when the change is material, however often the
    draft is saved."""
    return live + 1 if is_material else live


def validity_problems(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, problem) of a track's rules about validity that contradict each other. Fields that couldn't be read are
    missing or None."""
    months, mode = fields.get("validity_months"), fields.get("validity_mode")
    month, day = fields.get("calendar_month"), fields.get("calendar_day")
    window = fields.get("renewal_days")
    problems = []
    if months is not None and months < 1:
        problems.append(("validity_months", "at least one month"))
    if mode == ValidityMode.FIXED_CALENDAR:
        if month is None or day is None:
            problems.append(("calendar_month" if month is None else "calendar_day", "a day is missing"))
        elif not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(_LEAP_YEAR, month)[1]:
            problems.append(("calendar_day", "no such day"))
        if months is not None and months % 12:
            problems.append(("validity_months", "whole years"))
    elif month is not None or day is not None:
        problems.append(("calendar_month" if month is not None else "calendar_day", "no fixed day here"))
    if mode == ValidityMode.FROM_PREVIOUS_EXPIRY and months and window is None:
        problems.append(("renewal_days", "window is missing"))
    if months and window and window >= months * _DAYS_OF_A_MONTH:
        problems.append(("renewal_days", "window too long"))
    return problems
