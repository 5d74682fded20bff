"""Giving somebody a quiz or a mystery call, and taking it back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import events
from assessments.assignments.models import Assignment, WindowOverride
from assessments.assignments.queries import Effects, WindowChange, effects_of
from assessments.assignments.rules import INHERIT, Override, Window
from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from lms.audit import services as audit
from lms.kernel.bulk import update_rows
from lms.notifications.services import News, notify_all
from lms.people.models import Team, User

#: Rows of one INSERT.
BATCH = 500
#: Attempts of an author who tries a quiz out.
MOST_TRIALS = 1000


def assign_quiz(
    person: User,
    quiz: Quiz,
    *,
    reason_zh: str,
    reason_en: str,
    actor: User | None,
    at: datetime,
    due_on: date | None = None,
    closes_at: datetime | None = None,
    attempts_allowed: int | None = None,
    is_required: bool = True,
) -> Assignment:
    """Let the person sit the quiz, and tell them why. Each call makes a new assignment with attempts of its own."""
    assignment = Assignment(
        person=person,
        quiz=quiz,
        reason_zh=reason_zh,
        reason_en=reason_en,
        due_on=due_on,
        closes_at=closes_at,
        attempts_allowed=attempts_allowed,
        is_required=is_required,
    )
    return assign_all([assignment], actor=actor, at=at)[0]


def try_quiz(quiz: Quiz, *, actor: User, at: datetime) -> Assignment:
    """Let an author sit the quiz as learners do, as often as wanted; results under it are nobody's record."""
    before = Assignment.objects.of(actor).filter(quiz=quiz, is_preview=True, closed_at__isnull=True).first()
    if before is not None:
        return before
    trial = Assignment(
        person=actor,
        quiz=quiz,
        reason_zh="试做",
        reason_en="Trying it out",
        attempts_allowed=MOST_TRIALS,
        is_required=False,
        is_preview=True,
    )
    return assign_all([trial], actor=actor, at=at, is_announced=False)[0]


def assign_mystery_call(
    person: User,
    scenario: Scenario,
    *,
    reason_zh: str,
    reason_en: str,
    actor: User | None,
    at: datetime,
    due_on: date | None = None,
    closes_at: datetime | None = None,
    attempts_allowed: int | None = None,
    is_required: bool = True,
) -> Assignment:
    """Have the person take a mystery call. An analyst places and announces it; that announcement is the news."""
    assignment = Assignment(
        person=person,
        scenario=scenario,
        reason_zh=reason_zh,
        reason_en=reason_en,
        due_on=due_on,
        closes_at=closes_at,
        attempts_allowed=attempts_allowed,
        is_required=is_required,
    )
    return assign_all([assignment], actor=actor, at=at)[0]


@transaction.atomic
def assign_all(
    assignments: Sequence[Assignment], *, actor: User | None, at: datetime, is_announced: bool = True
) -> list[Assignment]:
    """Write many new assignments of one giver in few statements: as `assign_quiz` and `assign_mystery_call` for each.

    `is_announced` False: whoever asks tells the people about it in words of their own (a track tells once of all).
    """
    for assignment in assignments:
        assignment.given_by, assignment.created_at = actor, at
    rows = Assignment.objects.bulk_create(assignments, batch_size=BATCH)
    audit.record_all(
        (
            audit.Deed("quiz_assigned" if row.quiz_id else "mystery_call_assigned", row, reason=row.reason_en)
            for row in rows
        ),
        actor=actor,
        at=at,
    )
    if is_announced:
        notify_all((_news_of(row) for row in rows if row.quiz_id), at=at)
    return rows


def _news_of(assignment: Assignment) -> News:
    quiz = assignment.quiz
    return News(
        assignment.person,
        kind="quiz_assigned",
        url=reverse("assessments:quiz-start", args=[assignment.pk]),
        params={
            "quiz_zh": quiz.title_zh,
            "quiz_en": quiz.title_en,
            "reason_zh": assignment.reason_zh,
            "reason_en": assignment.reason_en,
        },
    )


def set_due_days(due_on: Mapping[int, date]) -> None:
    """Other due days for open assignments, by id, in few statements. Whoever asked for them writes down why."""
    still_open = Assignment.objects.filter(pk__in=due_on, closed_at__isnull=True).values_list("pk", flat=True)
    update_rows(Assignment, ["due_on"], [(pk, due_on[pk]) for pk in still_open])


@transaction.atomic
def close_assignment(assignment: Assignment, *, actor: User | None, at: datetime) -> Assignment:
    """Nothing new can be begun under it. A sitting that is going on may be finished. Closing again changes nothing."""
    if not close_all([assignment], actor=actor, at=at):
        assignment.refresh_from_db(fields=["closed_at"])
    return assignment


@transaction.atomic
def close_all(
    assignments: Sequence[Assignment], *, actor: User | None, at: datetime, reason: str = ""
) -> list[Assignment]:
    """As `close_assignment` for each, in few statements. Returns those that were still open."""
    among = Assignment.objects.filter(pk__in=[row.pk for row in assignments], closed_at__isnull=True)
    still_open = set(among.order_by("pk").select_for_update().values_list("pk", flat=True))
    rows = [row for row in assignments if row.pk in still_open]
    Assignment.objects.filter(pk__in=still_open).update(closed_at=at)
    for row in rows:
        row.closed_at = at
    deeds = (audit.Deed("assignment_closed", row, {"closed_at": (None, at)}, reason) for row in rows)
    audit.record_all(deeds, actor=actor, at=at)
    return rows


# --- exceptions ----------------------------------------------------------------------------------------------


class OverrideExists(ValueError):
    """Somebody else has just given this person or team another exception on this quiz."""


class EmptyOverride(ValueError):
    """An exception that changes nothing."""


def give_override(
    quiz: Quiz, override: Override, *, to: User | Team, reason: str, actor: User, at: datetime
) -> WindowOverride:
    """Let a person, or a team with everything below it, sit the quiz by another window. The one given before is
    withdrawn; open attempts get their new deadline at once, and those whose window is another one are told.

    Raises EmptyOverride and OverrideExists.
    """
    if override == Override():
        raise EmptyOverride
    return _give_override(quiz, override, to=to, reason=reason, actor=actor, at=at)


@transaction.atomic
def _give_override(
    quiz: Quiz, override: Override, *, to: User | Team, reason: str, actor: User, at: datetime
) -> WindowOverride:
    lock_windows(quiz.pk)
    row = unsaved_override(quiz, override, to=to, actor=actor)
    row.reason, row.given_at = reason, at
    effects = effects_of(quiz, to, row, at=at)
    before = effects.replaces
    if before is not None:
        WindowOverride.objects.live().filter(pk=before.pk).update(withdrawn_at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:
        raise OverrideExists from taken
    audit.record(
        actor=actor,
        action="override_given",
        subject=row,
        at=at,
        changes=_changes(before.as_value() if before else Override(), override),
        reason=reason,
    )
    events.window_changed.send(sender=WindowOverride, quiz=quiz, at=at)
    _tell(effects, at=at, reason=reason)
    return row


@transaction.atomic
def withdraw_override(override: WindowOverride, *, actor: User, at: datetime) -> WindowOverride:
    """Let the window hold again that would hold without it, and tell those for whom it is another one. What was
    answered in the longer time counts. Again changes nothing."""
    lock_windows(override.quiz_id)
    effects = effects_of(override.quiz, override.to, None, at=at)
    if not WindowOverride.objects.live().filter(pk=override.pk).update(withdrawn_at=at):
        override.refresh_from_db(fields=["withdrawn_at"])
        return override
    override.withdrawn_at = at
    audit.record(
        actor=actor,
        action="override_withdrawn",
        subject=override,
        at=at,
        changes=_changes(override.as_value(), Override()),
    )
    events.window_changed.send(sender=WindowOverride, quiz=override.quiz, at=at)
    _tell(effects, at=at)
    return override


def unsaved_override(quiz: Quiz, override: Override, *, to: User | Team, actor: User) -> WindowOverride:
    """The row it would be: to look at what it does."""
    whose = {"person": to} if isinstance(to, User) else {"team": to}
    return WindowOverride(quiz=quiz, **whose, **_columns(override), given_by=actor)


#: The name of the lock in the database; the quiz's id goes with it.
_WINDOWS = 7401


def lock_windows(quiz_id: int, *, is_shared: bool = False) -> None:
    """Until the end of the transaction exceptions of the quiz wait for those who are starting it, and the other way
    round: else somebody who starts at that moment would keep the old deadline. `is_shared` lets many start at once.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        name = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {name}(%s, %s)", [_WINDOWS, quiz_id])


_COLUMNS = {
    "opens_at": ("opens_at", "opens_at_once"),
    "closes_at": ("closes_at", "never_closes"),
    "limit_minutes": ("limit_minutes", "has_no_limit"),
    "attempts": ("attempts_allowed", "has_unlimited_attempts"),
}


def _columns(override: Override) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, (column, unlimited) in _COLUMNS.items():
        value = getattr(override, name)
        columns[column] = None if value is INHERIT else value
        columns[unlimited] = value is None
    return columns


def _changes(before: Override, after: Override) -> dict[str, tuple[Any, Any]]:
    """For the log: nothing for a field that inherits."""

    def plain(value: Any) -> Any:
        return "unlimited" if value is None else (None if value is INHERIT else value)

    pairs = {name: (plain(getattr(before, name)), plain(getattr(after, name))) for name in _COLUMNS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _tell(effects: Effects, *, at: datetime, reason: str = "") -> None:
    """Tell everybody whose window is another one, each once, with the newest of their assignments."""
    newest = {
        change.assignment.person_id: change for change in sorted(effects.changed, key=lambda row: row.assignment.pk)
    }
    notify_all((_news_of_change(change, effects, reason) for change in newest.values()), at=at)


def _news_of_change(change: WindowChange, effects: Effects, reason: str) -> News:
    person, quiz = change.assignment.person, effects.quiz
    return News(
        person,
        kind="window_changed",
        url=reverse("assessments:quiz-start", args=[change.assignment.pk]),
        params={
            "quiz_zh": quiz.title_zh,
            "quiz_en": quiz.title_en,
            "what_zh": _said("zh-hans", change, effects.usual, person, reason),
            "what_en": _said("en", change, effects.usual, person, reason),
        },
    )


def _said(language: str, change: WindowChange, usual: Window, person: User, reason: str) -> str:
    """What is another one, in sentences of that language; instants in the person's own time."""
    before, after = change.before, change.after
    with translation.override(language), timezone.override(person.time_zone):
        said = []
        if before.limit_minutes != after.limit_minutes:
            said.append(_limit_said(after.limit_minutes, usual.limit_minutes))
        if before.opens_at != after.opens_at:
            said.append(
                _("It is open from now on.") if after.opens_at is None else _("It opens on %s.") % _when(after.opens_at)
            )
        if before.closes_at != after.closes_at:
            said.append(
                _("It doesn’t close.") if after.closes_at is None else _("It closes on %s.") % _when(after.closes_at)
            )
        if before.attempts != after.attempts:
            said.append(_attempts_said(after.attempts))
        if reason:
            said.append(_("Why: %(reason)s") % {"reason": reason})
        return (" " if language == "en" else "").join(said)


def _limit_said(minutes: int | None, usual: int | None) -> str:
    if minutes is None and usual is None:
        return _("You have no time limit.")
    if minutes is None:
        return _("You have no time limit (others have one: %(usual)s min).") % {"usual": usual}
    if usual is None:
        return _("You have %(minutes)s min (others have no time limit).") % {"minutes": minutes}
    if usual == minutes:
        return _("You have %(minutes)s min, like everybody.") % {"minutes": minutes}
    return _("You have %(minutes)s min (%(usual)s for others).") % {"minutes": minutes, "usual": usual}


def _attempts_said(attempts: int | None) -> str:
    if attempts is None:
        return _("You may sit it as often as you like.")
    return ngettext("You may sit it %(n)s time.", "You may sit it %(n)s times.", attempts) % {"n": attempts}


def _when(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATE_FORMAT')} {date_format(local, 'H:i')}"
