"""Beginning a sitting: may it begin, until when, and with which questions."""

from datetime import datetime
from random import Random, SystemRandom
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from assessments.assignments.models import Assignment
from assessments.assignments.queries import window_of
from assessments.assignments.rules import deadline, may_start_again_at
from assessments.assignments.services import lock_windows
from assessments.attempts.models import Attempt, AttemptQuestion
from assessments.attempts.queries import times_seen
from assessments.bank.models import Option, QuestionVersion
from assessments.bank.queries import newest_versions
from assessments.bank.states import QuestionKind
from assessments.quizzes.models import QuizVersion, Slot
from assessments.quizzes.queries import demand_of, drawable_questions, published_version
from assessments.quizzes.rules import fill_slots
from lms.audit import services as audit


class CannotStart(Exception):
    """No sitting can begin; `words` says why, to the learner."""

    words: Any = ""


class NotOpen(CannotStart):
    words = _("This quiz is not open for you now.")


class NoAttemptsLeft(CannotStart):
    words = _("You have used all attempts of this quiz.")


class WaitFirst(CannotStart):
    """The waiting time after the last attempt isn't over; `until` is when it is."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until
        self.words = _("The next attempt can begin on %(time)s.") % {
            "time": date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")
        }


class NothingToSit(CannotStart):
    words = _("This quiz can't be sat at the moment: it is being revised. Please tell your training specialist.")


def start_attempt(assignment: Assignment, *, at: datetime, chance: Random | None = None) -> Attempt:
    """Begin a sitting, or return the one that is open: two tabs get one sitting.

    The draw, the order of options and the deadline are fixed now. Raises NotOpen, NoAttemptsLeft, WaitFirst or
    NothingToSit. `chance` is for repeatable draws; without it the system's randomness is used.
    """
    try:
        return _start(assignment, at=at, chance=chance or SystemRandom())
    except IntegrityError:
        winner = open_attempt_of(assignment)
        if winner is None:
            raise
        return winner


def open_attempt_of(assignment: Assignment) -> Attempt | None:
    return assignment.attempts.unfinished().first()


@transaction.atomic
def _start(assignment: Assignment, *, at: datetime, chance: Random) -> Attempt:
    if assignment.quiz_id is not None:
        lock_windows(assignment.quiz_id, is_shared=True)
    row = Assignment.objects.select_for_update(of=("self",)).select_related("quiz", "person").get(pk=assignment.pk)
    made = list(row.attempts.order_by("number"))
    going_on = next((attempt for attempt in made if attempt.is_in_progress), None)
    if going_on is not None:
        return going_on
    if row.quiz is None or row.closed_at is not None:
        raise NotOpen
    version = published_version(row.quiz)
    if version is None:
        raise NothingToSit
    window = window_of(row, version, at=at)
    if not window.is_open(at):
        raise NotOpen
    if window.attempts is not None and len(made) >= window.attempts:
        raise NoAttemptsLeft
    last_end = made[-1].submitted_at if made else None
    until = may_start_again_at(last_end=last_end, wait_minutes=version.wait_minutes)
    if until is not None and at < until:
        raise WaitFirst(until)
    attempt = Attempt.objects.create(
        assignment=row,
        quiz_version=version,
        number=len(made) + 1,
        started_at=at,
        deadline_at=deadline(started_at=at, window=window),
    )
    _draw(attempt, version, chance=chance, at=at)
    audit.record(actor=row.person, action="attempt_started", subject=attempt, at=at)
    return attempt


def _draw(attempt: Attempt, version: QuizVersion, *, chance: Random, at: datetime) -> None:
    """Freeze which questions are asked, in which order, with their options in which order."""
    slots = list(version.slots.all())
    seen = times_seen(attempt.assignment.person)
    demands = [demand_of(slot) for slot in slots]
    bank = drawable_questions(demands)
    chance.shuffle(bank)
    bank.sort(key=lambda question: seen.get(question.pk, 0))  # stable: chance decides among the equally often seen
    filled = fill_slots(demands, bank)
    if not slots or any(len(given) < slot.count for slot, given in zip(slots, filled, strict=True)):
        raise NothingToSit
    asked: list[tuple[Slot, int]] = []
    for slot, given in zip(slots, filled, strict=True):
        chance.shuffle(given)
        asked += [(slot, pk) for pk in given]
    # Locked before their options are read: an author who edits an unused wording now has to wait, and then
    # finds it used.
    newest = newest_versions([pk for _slot, pk in asked])
    versions = {row.question_id: row for row in newest.select_for_update(of=("self",))}
    options: dict[int, list[int]] = {row.pk: [] for row in versions.values()}
    for pk, version_id in Option.objects.filter(version__in=options).order_by("pk").values_list("pk", "version"):
        options[version_id].append(pk)
    for row in versions.values():
        _shuffle(options[row.pk], row, chance)
    per_page = version.per_page or len(asked)
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            order=place,
            page=(place - 1) // per_page + 1,
            section=slot.section,
            points=slot.points,
            is_must_pass=slot.is_must_pass,
            question_version=versions[question_id],
            option_order=options[versions[question_id].pk],
        )
        for place, (slot, question_id) in enumerate(asked, start=1)
    )
    QuestionVersion.objects.filter(pk__in=options, used_at__isnull=True).update(used_at=at)


def _shuffle(order: list[int], version: QuestionVersion, chance: Random) -> None:
    """True comes before false for everybody; items to be ordered never stand in their right order already."""
    if version.kind == QuestionKind.TRUE_FALSE:
        return
    right = list(order)
    chance.shuffle(order)
    if version.kind == QuestionKind.ORDERING and order == right:
        order.append(order.pop(0))
