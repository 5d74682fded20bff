"""Sitting a quiz: start, save, flag, hand in, and the sweep for those who stay away."""

import logging
from collections.abc import Sequence
from datetime import datetime
from random import Random, SystemRandom
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import events
from assessments.assignments.models import Assignment
from assessments.attempts.models import Answer, Attempt, AttemptQuestion
from assessments.attempts.queries import counting_answers, times_seen
from assessments.attempts.rules import GradedAnswer, is_in_time, percent, shares_by_skill, sitting, verdict
from assessments.attempts.states import ATTEMPT_MOVES, AttemptState
from assessments.bank.models import Option, QuestionVersion
from assessments.bank.queries import newest_versions
from assessments.bank.rules import grade, takes_several
from assessments.evidence.models import SourceKind
from assessments.evidence.services import Observation, append_evidence
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.queries import demands_of, drawable_questions, published_version
from assessments.quizzes.rules import fill_slots
from lms.audit import services as audit
from lms.kernel.states import IllegalMove, StaleState, move
from lms.notifications.services import notify
from lms.people.models import User

logger = logging.getLogger(__name__)


class CannotStart(Exception):
    """No sitting can begin; `words` says why, to the learner."""

    words: Any = ""


class NotOpen(CannotStart):
    words = _("This quiz is not open for you now.")


class NoAttemptsLeft(CannotStart):
    words = _("You have used all attempts of this quiz.")


class NothingToSit(CannotStart):
    words = _("This quiz can't be sat at the moment: it is being revised. Please tell your training specialist.")


class NotKept(Exception):
    """An answer came too late to be kept: the time was up, or the quiz was handed in already."""


class TimeIsUp(NotKept):
    """It came after the deadline."""

    def __init__(self, deadline_at: datetime) -> None:
        super().__init__(f"the time was up at {deadline_at:%H:%M:%S}")
        self.deadline_at = deadline_at


class HandedIn(NotKept):
    """It came after the quiz was handed in."""


class UnknownOption(ValueError):
    """The answer names options that this question doesn't offer, or more than it takes."""


class SequenceTaken(ValueError):
    """Another window saved a different answer under this sequence number; `newest` is the highest one there is."""

    def __init__(self, newest: int) -> None:
        super().__init__(f"sequence number taken; the newest is {newest}")
        self.newest = newest


# --- starting ------------------------------------------------------------------------------------------------


def start_attempt(assignment: Assignment, *, at: datetime, chance: Random | None = None) -> Attempt:
    """Begin a sitting, or return the one that is open: two tabs get one sitting.

    The draw, the order of options and the deadline are fixed now. Raises NotOpen, NoAttemptsLeft or NothingToSit.
    `chance` is for repeatable draws; without it the system's randomness is used.
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
    row = Assignment.objects.select_for_update().get(pk=assignment.pk)
    going_on = open_attempt_of(row)
    if going_on is not None:
        return going_on
    if row.quiz is None or not row.is_open(at):
        raise NotOpen
    version = published_version(row.quiz)
    if version is None:
        raise NothingToSit
    used = row.attempts.count()
    allowed = version.attempts_allowed if row.attempts_allowed is None else row.attempts_allowed
    if used >= allowed:
        raise NoAttemptsLeft
    times = sitting(
        at=at,
        limit_minutes=version.time_limit_minutes,
        extra_minutes=row.extra_minutes,
        closes_at=row.closes_at,
    )
    attempt = Attempt.objects.create(
        assignment=row, quiz_version=version, number=used + 1, started_at=at, deadline_at=times.deadline_at
    )
    _draw(attempt, version, chance=chance, at=at)
    audit.record(actor=row.person, action="attempt_started", subject=attempt, at=at)
    return attempt


def _draw(attempt: Attempt, version: QuizVersion, *, chance: Random, at: datetime) -> None:
    """Freeze which questions are asked, in which order, with their options in which order."""
    demands = demands_of(version)
    seen = times_seen(attempt.assignment.person)
    bank = drawable_questions()
    chance.shuffle(bank)
    bank.sort(key=lambda question: seen.get(question.pk, 0))  # stable: chance decides among the equally often seen
    filled = fill_slots(demands, bank)
    if not demands or any(len(given) < demand.count for demand, given in zip(demands, filled, strict=True)):
        raise NothingToSit
    for given in filled:
        chance.shuffle(given)
    asked = [pk for given in filled for pk in given]
    # Locked before their options are read: an author who edits an unused wording now has to wait, and then
    # finds it used.
    versions = {row.question_id: row for row in newest_versions(asked).select_for_update(of=("self",))}
    options: dict[int, list[int]] = {row.pk: [] for row in versions.values()}
    for pk, version_id in Option.objects.filter(version__in=options).order_by("pk").values_list("pk", "version"):
        options[version_id].append(pk)
    for order in options.values():
        chance.shuffle(order)
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            order=place,
            question_version=versions[question_id],
            option_order=options[versions[question_id].pk],
        )
        for place, question_id in enumerate(asked, start=1)
    )
    QuestionVersion.objects.filter(pk__in=options, used_at__isnull=True).update(used_at=at)


# --- answering -----------------------------------------------------------------------------------------------


def save_answer(
    attempt_question: AttemptQuestion, *, sequence: int | None, chosen: Sequence[int], at: datetime
) -> Answer:
    """Append an answer (an empty one takes the answer back) and return it; `at` is when the server received it.

    The same answer under the same number is kept once. `sequence` None is a plain form's save: it takes the next
    number, unless it repeats the newest answer. Raises TimeIsUp, HandedIn, UnknownOption, SequenceTaken.
    """
    try:
        return _save(attempt_question, sequence=sequence, chosen=list(chosen), at=at)
    except IntegrityError:  # the same save came twice at once: the other one is the first now
        return _save(attempt_question, sequence=sequence, chosen=list(chosen), at=at)


@transaction.atomic
def _save(attempt_question: AttemptQuestion, *, sequence: int | None, chosen: list[int], at: datetime) -> Answer:
    attempt = Attempt.objects.select_for_update().get(pk=attempt_question.attempt_id)
    _check_options(attempt_question, chosen)
    newest = attempt_question.answers.order_by("-sequence").first()
    if sequence is None:
        if newest is not None and newest.chosen == chosen:
            return newest
        sequence = newest.sequence + 1 if newest is not None else 1
    before = attempt_question.answers.filter(sequence=sequence).first()
    if before is not None:
        if before.chosen == chosen:
            return before
        raise SequenceTaken(newest.sequence if newest is not None else sequence)
    if attempt.state != AttemptState.IN_PROGRESS:
        raise HandedIn if is_in_time(at, attempt.deadline_at) else TimeIsUp(attempt.deadline_at)
    if not is_in_time(at, attempt.deadline_at):
        raise TimeIsUp(attempt.deadline_at)
    return Answer.objects.create(attempt_question=attempt_question, sequence=sequence, chosen=chosen, received_at=at)


def _check_options(attempt_question: AttemptQuestion, chosen: list[int]) -> None:
    if not set(chosen) <= set(attempt_question.option_order) or len(set(chosen)) != len(chosen):
        raise UnknownOption(f"{chosen} are not options of question {attempt_question.order}")
    if len(chosen) > 1 and not takes_several(attempt_question.question_version.kind):
        raise UnknownOption(f"question {attempt_question.order} takes one answer")


@transaction.atomic
def set_flag(attempt_question: AttemptQuestion, *, is_flagged: bool) -> AttemptQuestion:
    """Mark the question for another look before handing in. Raises HandedIn."""
    open_rows = AttemptQuestion.objects.filter(pk=attempt_question.pk, attempt__state=AttemptState.IN_PROGRESS)
    if not open_rows.update(is_flagged=is_flagged):
        raise HandedIn
    attempt_question.is_flagged = is_flagged
    return attempt_question


# --- handing in ----------------------------------------------------------------------------------------------


def submit_attempt(attempt: Attempt, *, actor: User | None, at: datetime) -> Attempt:
    """Hand in and grade at once. Evidence for each skill is kept, `attempt_graded` is announced.

    Handed in after the deadline it counts as handed in at the deadline. Handing in again changes nothing.
    """
    return _hand_in(attempt, actor=actor, at=at, by_sweep=False)[0]


def close_overdue_attempts(*, at: datetime) -> int:
    """Hand in what absent learners left open past its deadline, and tell them. Returns how many this call closed.

    May run twice and at the same time: each sitting is graded once. One that fails doesn't hold up the others.
    """
    closed = 0
    for attempt in Attempt.objects.unfinished().due_by(at).order_by("deadline_at"):
        try:
            closed += _hand_in(attempt, actor=None, at=at, by_sweep=True)[1]
        except Exception:  # each sitting is its own transaction; the next sweep tries again
            logger.exception("attempt %s could not be handed in", attempt.pk)
    return closed


def _hand_in(attempt: Attempt, *, actor: User | None, at: datetime, by_sweep: bool) -> tuple[Attempt, bool]:
    """The graded attempt, and whether it was this call that graded it."""
    try:
        return _grade(attempt, actor=actor, at=at, by_sweep=by_sweep), True
    except (IllegalMove, StaleState):
        attempt.refresh_from_db()
        return attempt, False


@transaction.atomic
def _grade(attempt: Attempt, *, actor: User | None, at: datetime, by_sweep: bool) -> Attempt:
    Attempt.objects.select_for_update().get(pk=attempt.pk)  # a save that is on its way is in, or out
    drawn = list(attempt.questions.select_related("question_version__question"))
    answers = counting_answers(attempt)
    right: dict[int, set[int]] = {row.question_version_id: set() for row in drawn}
    for pk, version_id in Option.objects.filter(version__in=right, is_right=True).values_list("pk", "version"):
        right[version_id].add(pk)
    graded = []
    for row in drawn:
        chosen = answers[row.pk].chosen if row.pk in answers else ()
        row.share = grade(row.question_version.kind, right=right[row.question_version_id], chosen=chosen)
        graded.append(GradedAnswer(row.question_version.question.skill_id, row.share))
    result = verdict(graded, pass_share=attempt.quiz_version.pass_share)
    submitted_at = min(at, attempt.deadline_at)
    move(
        attempt,
        ATTEMPT_MOVES,
        AttemptState.GRADED,
        submitted_at=submitted_at,
        handed_in_by_sweep=by_sweep,
        score=result.score,
        passed=result.passed,
    )
    AttemptQuestion.objects.bulk_update(drawn, ["share"])
    person = attempt.assignment.person
    append_evidence(
        person,
        [Observation(skill_id, share) for skill_id, share in shares_by_skill(graded).items()],
        source_kind=SourceKind.ATTEMPT,
        source_id=attempt.pk,
        version=str(attempt.quiz_version),
        observed_at=submitted_at,
        at=at,
    )
    audit.record(
        actor=actor,
        action="attempt_graded",
        subject=attempt,
        at=at,
        changes={
            "state": (AttemptState.IN_PROGRESS, AttemptState.GRADED),
            "score": (None, result.score),
            "passed": (None, result.passed),
        },
    )
    if by_sweep:
        notify(
            person,
            kind="attempt_handed_in",
            at=at,
            url=reverse("assessments:attempt-review", args=[attempt.pk]),
            params={
                "quiz_zh": attempt.quiz_version.quiz.title_zh,
                "quiz_en": attempt.quiz_version.quiz.title_en,
                "percent": percent(result.score),
            },
        )
    events.attempt_graded.send(sender=Attempt, attempt=attempt, at=at)
    return attempt
