"""What the learner's clock is told, and whether the time is up."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from assessments.attempts.forms.sitting import (
    anchor_of,
)
from assessments.attempts.models import Attempt
from assessments.attempts.rules import last_moment
from assessments.quizzes.states import Overdue

#: How long it is known which window was opened last. Forgotten earlier, nobody is told; nothing else hangs on it.
WINDOW_KEPT = timedelta(days=1)


def open_window(sitting: Attempt, now: datetime) -> int:
    """The window that is drawn now goes on with the sitting, on whatever computer; those opened before are told so in
    their next exchange. Returns what it shows itself by, in the header `X-Quiz-Window`."""
    opened = int(now.timestamp() * 1000)
    cache.set(_window_key(sitting), opened, WINDOW_KEPT.total_seconds())
    return opened


def _is_newest(request: HttpRequest, sitting: Attempt) -> bool:
    opened = request.headers.get("X-Quiz-Window", "")
    if not opened.isdecimal() or len(opened) > 15:
        return True
    return int(opened) >= cache.get(_window_key(sitting), 0)


def _window_key(sitting: Attempt) -> str:
    return f"quiz-window-{sitting.pk}"


def exchange(request: HttpRequest, sitting: Attempt, now: datetime) -> dict[str, Any]:
    """What every answer to the player's script says: about time, and whether a newer window goes on elsewhere."""
    return {
        "is_newest": _is_newest(request, sitting),
        "anchor": anchor_of(sitting, at=now),
        "remaining": _remaining(sitting, now),
        "deadline": clock_time(sitting.deadline_at, now) if sitting.deadline_at else None,
        "total": _total(sitting),
    }


def clock_context(sitting: Attempt, now: datetime) -> dict[str, Any]:
    """What the timer and the words about time need in a window that opens now. `usual_minutes` is everybody's limit."""
    usual, total, last = sitting.quiz_version.time_limit_minutes, _total(sitting), _last_moment(sitting)
    return {
        "attempt": sitting,
        "opened": open_window(sitting, now),
        "anchor": anchor_of(sitting, at=now),
        "remaining": _remaining(sitting, now),
        "total": total,
        "ends": clock_time(sitting.deadline_at, now) if sitting.deadline_at else "",
        "hand_in_until": clock_time(last, now) if last else "",
        "usual_minutes": usual,
        "full_minutes": None if total is None else total // 60,
        "has_other_time": total is not None and usual is not None and total // 60 > usual,
        "overdue": sitting.quiz_version.overdue,
    }


def open_ends(sitting: Attempt | None, now: datetime) -> str:
    return clock_time(sitting.deadline_at, now) if sitting and sitting.deadline_at else ""


def _total(sitting: Attempt) -> int | None:
    """Whole seconds from start to deadline; None without one."""
    if sitting.deadline_at is None:
        return None
    return int((sitting.deadline_at - sitting.started_at).total_seconds())


def _remaining(sitting: Attempt, now: datetime) -> int | None:
    """Whole seconds, rounded up: the browser's clock never ends before the server's. None: no deadline."""
    if sitting.deadline_at is None:
        return None
    return max(0, ceil((sitting.deadline_at - now).total_seconds()))


def is_over(sitting: Attempt, now: datetime) -> bool:
    return sitting.deadline_at is not None and now > sitting.deadline_at


def _last_moment(sitting: Attempt) -> datetime | None:
    version = sitting.quiz_version
    grace = timedelta(minutes=version.grace_minutes)
    return last_moment(deadline_at=sitting.deadline_at, overdue=version.overdue, grace=grace)


def in_grace(sitting: Attempt, now: datetime) -> bool:
    """The time is up, but the quiz still lets it be handed in."""
    end = _last_moment(sitting)
    is_graceful = sitting.quiz_version.overdue == Overdue.GRACE
    return is_graceful and is_over(sitting, now) and end is not None and now <= end


def clock_time(at: datetime, now: datetime | None = None) -> str:
    """The time of day; with the day where that isn't the day of `now`."""
    local = timezone.localtime(at)
    is_other_day = now is not None and local.date() != timezone.localtime(now).date()
    return date_format(local, "SHORT_DATETIME_FORMAT" if is_other_day else "H:i")
