"""When the deadline of an open sitting moves: another window, another team, extra time after an outage."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from assessments.assignments.queries import windows_of
from assessments.assignments.rules import deadline, moved_deadline
from assessments.attempts.models import Answer, Attempt, ExtraTime
from assessments.attempts.queries.room import newest_extra_time, sittings_in_group
from lms.audit import services as audit
from lms.notifications.services import News, notify_all
from lms.people.models import Team, User

#: Rows of one UPDATE.
BATCH = 500


@transaction.atomic
def recompute_deadlines(which: Q, *, at: datetime) -> int:
    """Give the open attempts that `which` (a condition on Attempt) picks the deadline that holds now. Returns how many
    have another one. A deadline moved into the past ends at `at`: what was answered before stays answered in time."""
    open_rows = Attempt.objects.unfinished().filter(which).select_for_update(of=("self",))
    rows = list(open_rows.select_related("assignment", "quiz_version").order_by("pk"))
    return _move_deadlines(rows, at=at) if rows else 0


def _move_deadlines(rows: Sequence[Attempt], *, at: datetime) -> int:
    windows = windows_of([(row.assignment, row.quiz_version) for row in rows], at=at)
    news = {
        row.pk: deadline(
            started_at=row.started_at,
            window=windows[row.assignment_id],
            extra=timedelta(seconds=row.extra_seconds),
        )
        for row in rows
    }
    answered = _answered_at([row for row in rows if _is_sooner(news[row.pk], row.deadline_at)])
    moved = []
    for row in rows:
        new = moved_deadline(
            row.deadline_at, news[row.pk], at=at, started_at=row.started_at, answered_at=answered.get(row.pk)
        )
        if new != row.deadline_at:
            row.deadline_at = new
            moved.append(row)
    Attempt.objects.bulk_update(moved, ["deadline_at"], batch_size=BATCH)
    return len(moved)


def _is_sooner(new: datetime | None, old: datetime | None) -> bool:
    return new is not None and (old is None or new < old)


def _answered_at(rows: Sequence[Attempt]) -> dict[int, datetime]:
    """When the newest answer of each (by its id) was made; in one query, or none."""
    if not rows:
        return {}
    made = Answer.objects.filter(attempt_question__attempt__in=rows).order_by()
    return dict(made.values_list("attempt_question__attempt").annotate(newest=Max("made_at")))


class AlreadyGiven(ValueError):
    """More time was given meanwhile to the team, or to one above or below it: `given` is the newest."""

    def __init__(self, given: ExtraTime) -> None:
        super().__init__(str(given))
        self.given = given


@transaction.atomic
def give_extra_time(
    team: Team, *, minutes: int, reason: str, actor: User, at: datetime, seen: int | None = None
) -> ExtraTime:
    """Give every open sitting of the people in the team and below it more time, in one deed, and tell them. The
    learners' clocks follow. Sittings without a deadline need none and are left out, and so are the giver's own.

    `seen` is the newest gift the giver knows of (0: none): raises AlreadyGiven when there is a newer one, so that
    pressing twice gives once. None: it doesn't matter.
    """
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    newest = newest_extra_time(team)
    if seen is not None and newest is not None and newest.pk > seen:
        raise AlreadyGiven(newest)
    row = ExtraTime.objects.create(team=team, minutes=minutes, reason=reason, given_by=actor, given_at=at)
    attempts = list(
        sittings_in_group(team, at=at, without=actor)
        .filter(deadline_at__isnull=False)
        .select_for_update(of=("self",))
        .select_related("assignment__person", "quiz_version__quiz")
        .order_by("pk")
    )
    for attempt in attempts:
        attempt.extra_seconds += minutes * 60
        attempt.deadline_at = (attempt.deadline_at or at) + timedelta(minutes=minutes)  # those without are left out
    Attempt.objects.bulk_update(attempts, ["extra_seconds", "deadline_at"], batch_size=BATCH)
    row.attempts.set(attempts)
    audit.record(
        actor=actor,
        action="extra_time_given",
        subject=row,
        at=at,
        changes={"minutes": (None, minutes), "attempts": (None, len(attempts))},
        reason=reason,
    )
    notify_all((_news_of(attempt, row) for attempt in attempts), at=at)
    return row


def _news_of(attempt: Attempt, given: ExtraTime) -> News:
    quiz, person = attempt.quiz_version.quiz, attempt.assignment.person
    return News(
        person,
        kind="extra_time_given",
        url=reverse("assessments:attempt", args=[attempt.pk]),
        params={
            "quiz_zh": quiz.title_zh,
            "quiz_en": quiz.title_en,
            "minutes": given.minutes,
            "until": timezone.localtime(attempt.deadline_at, ZoneInfo(person.time_zone)).strftime("%H:%M"),
            "reason": given.reason,
        },
    )
