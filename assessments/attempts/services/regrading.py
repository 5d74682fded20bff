"""Correcting scores: a question found faulty, and the regrade that makes it count.

Wordings, their keys and the rules of a quiz are frozen once an attempt has used them, so a regrade never judges by
something else than the attempt saw. What changes a score is a question declared void (the way to correct a wrong key:
full marks for everybody, or not counted; the corrected wording is the question's next version), a void withdrawn, a mark
that was missing, and code that judges better than it did: stored answers are judged again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments import events
from assessments.attempts.models import Attempt, AttemptQuestion, QuestionVoid, Regrade
from assessments.attempts.queries.regrading import JudgedAttempt, RegradePreview, regrade_preview
from assessments.attempts.rules import percent
from assessments.attempts.services.marking import finish_if_marked
from assessments.attempts.states import AttemptState
from assessments.bank.models import QuestionVersion
from assessments.evidence.models import SourceKind
from assessments.evidence.services import Correction, Observation, correct_evidence
from assessments.quizzes.models import Quiz
from lms.audit import services as audit
from lms.kernel.bulk import update_rows
from lms.notifications.services import News, notify_all
from lms.people.models import User

#: Rows of one UPDATE.
BATCH = 500


class AlreadyVoid(ValueError):
    """The wording is void already, by somebody else's word perhaps."""


class ChangedMeanwhile(Exception):
    """A regrade would do something else now than what was looked at. Nothing was written."""


# --- void questions ------------------------------------------------------------------------------------------


def void_question(version: QuestionVersion, *, mode: str, reason: str, actor: User, at: datetime) -> QuestionVoid:
    """Declare a wording faulty: full marks for whoever was asked it, or as if it hadn't been asked.

    It counts so in every grading from now on. Scores that exist change only by a regrade. Sittings that waited for
    nothing but marks of this question are graded. Raises AlreadyVoid, and ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a void question gives its reason")
    try:
        return _void(version, mode=mode, reason=reason.strip(), actor=actor, at=at)
    except IntegrityError as taken:
        raise AlreadyVoid from taken


@transaction.atomic
def _void(version: QuestionVersion, *, mode: str, reason: str, actor: User, at: datetime) -> QuestionVoid:
    void = QuestionVoid.objects.create(
        question_version=version, mode=mode, reason=reason, voided_by=actor, voided_at=at
    )
    audit.record(
        actor=actor, action="question_voided", subject=void, at=at, changes={"mode": (None, mode)}, reason=reason
    )
    waiting = Attempt.objects.filter(
        state=AttemptState.SUBMITTED, questions__question_version=version, questions__share__isnull=True
    )
    locked = Attempt.objects.filter(pk__in=waiting.values("pk")).select_for_update(of=("self",))
    for attempt in locked.select_related("quiz_version__quiz", "assignment__person").order_by("pk"):
        finish_if_marked(attempt, actor=actor, at=at)
    return void


@transaction.atomic
def withdraw_void(void: QuestionVoid, *, actor: User, at: datetime) -> QuestionVoid:
    """Let the wording count again, from the next grading or regrade on. Withdrawing again changes nothing."""
    if not QuestionVoid.objects.filter(pk=void.pk, withdrawn_at__isnull=True).update(withdrawn_at=at):
        void.refresh_from_db(fields=["withdrawn_at"])
        return void
    void.withdrawn_at = at
    audit.record(
        actor=actor, action="question_void_withdrawn", subject=void, at=at, changes={"mode": (void.mode, None)}
    )
    return void


# --- regrading -----------------------------------------------------------------------------------------------


@transaction.atomic
def commit_regrade(quiz: Quiz, *, reason: str, actor: User, at: datetime, expected: str) -> Regrade:
    """Write exactly what `queries.regrade_preview` showed under this fingerprint: shares, scores, evidence (new rows that
    name the old), and the record of every score that changed.

    `attempt_regraded` is announced for each of them, and learners are told whose result is another one. Certificates
    stay issued; whoever announced for takes it from there. Try-outs of authors are scored anew and told to nobody.
    Raises ChangedMeanwhile when it would be something else now, and ValueError without a reason or without a change.
    """
    if not reason.strip():
        raise ValueError("a regrade gives its reason")
    Quiz.objects.select_for_update().get(pk=quiz.pk)  # two regrades: one after the other
    preview = regrade_preview(quiz, for_update=True)
    if preview.fingerprint != expected:
        raise ChangedMeanwhile(quiz.key)
    if not preview.judged:
        raise ValueError("there is nothing to regrade")
    _write(preview.judged)
    regrade = Regrade.objects.create(
        quiz=quiz,
        reason=reason.strip(),
        regraded_by=actor,
        regraded_at=at,
        changes=[
            {
                "attempt": change.attempt.pk,
                "score": [str(change.score[0]), str(change.score[1])],
                "passed": list(change.passed),
                "counts": change.counts,
            }
            for change in preview.changes
        ],
    )
    _record(regrade, preview, actor=actor, at=at)
    _correct(preview.judged, at=at)
    for change in preview.counted:
        attempt = change.attempt
        result = preview.results[attempt.assignment_id]
        events.attempt_regraded.send(
            sender=Attempt,
            attempt=attempt,
            was_passed=result.before.passed,
            is_passed=result.after.passed,
            at=at,
        )
    notify_all(_news(preview, regrade), at=at)
    return regrade


def _write(judged: Sequence[JudgedAttempt]) -> None:
    rows = [(row.pk, row.share, row.void) for each in judged for row in each.rows]
    update_rows(AttemptQuestion, ("share", "void"), rows)
    changed = [each for each in judged if each.has_another_score]
    for each in changed:
        each.attempt.score, each.attempt.passed = each.score, each.passed
    update_rows(Attempt, ("score", "passed"), [(each.attempt.pk, each.score, each.passed) for each in changed])


def _record(regrade: Regrade, preview: RegradePreview, *, actor: User, at: datetime) -> None:
    audit.record(
        actor=actor,
        action="quiz_regraded",
        subject=preview.quiz,
        at=at,
        changes={"attempts": (None, preview.n), "scores": (None, len(preview.changes))},
        reason=regrade.reason,
    )
    audit.record_all(
        (
            audit.Deed(
                "attempt_regraded",
                change.attempt,
                {"score": change.score, "passed": change.passed},
                regrade.reason,
            )
            for change in preview.changes
        ),
        actor=actor,
        at=at,
    )


def _correct(judged: Sequence[JudgedAttempt], *, at: datetime) -> None:
    records = [each for each in judged if not each.attempt.assignment.is_preview]
    for some in batched(records, BATCH):
        correct_evidence(
            [
                Correction(
                    agent=each.attempt.assignment.person,
                    source_id=each.attempt.pk,
                    observations=[Observation(skill_id, share) for skill_id, share in each.shares.items()],
                    version=str(each.attempt.quiz_version),
                    observed_at=each.attempt.submitted_at or at,
                )
                for each in some
            ],
            source_kind=SourceKind.ATTEMPT,
            at=at,
        )


def _news(preview: RegradePreview, regrade: Regrade) -> Iterable[News]:
    """One piece of news for each assignment with another result, not one for each attempt under it."""
    people = {change.attempt.assignment_id: change.attempt.assignment.person for change in preview.counted}
    for pk, result in preview.results.items():
        if pk in people and result.is_another and result.before.score is not None and result.after.score is not None:
            yield News(
                people[pk],
                kind="attempt_regraded",
                url=reverse("assessments:attempt-review", args=[result.shown]),
                params={
                    "quiz_zh": preview.quiz.title_zh,
                    "quiz_en": preview.quiz.title_en,
                    "before": percent(result.before.score),
                    "after": percent(result.after.score),
                    "reason": regrade.reason,
                },
            )
