"""Marks that people give to written and spoken answers. Written once; the last one that was needed ends the sitting."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from assessments.attempts.models import AnswerMark, Attempt, AttemptQuestion, QuestionVoid
from assessments.attempts.permissions import can_settle
from assessments.attempts.rules import agreed_share, percent, rubric_share
from assessments.attempts.services.ending import finish_attempt, mark_by_key, tell_learner
from assessments.attempts.states import AttemptState
from assessments.bank.models import Option
from assessments.bank.states import MARKED_KINDS
from lms.audit import services as audit
from lms.people.models import User


class CannotMark(Exception):
    """The answer takes no mark of this person; `words` says why, to the marker."""

    words: Any = ""


class NotWaiting(CannotMark):
    words = _(
        "This answer needs no mark any more: somebody else finished it meanwhile, or the question was declared void."
    )


class MarkedBefore(CannotMark):
    words = _("You have marked this answer already; your first mark stands.")


class OthersDisagree(CannotMark):
    words = _("Two others have marked this answer meanwhile, too far apart. A QC lead or training specialist decides.")


def mark_answer(
    question: AttemptQuestion, *, points: Mapping[int, Decimal], comment: str, actor: User, at: datetime
) -> AnswerMark:
    """Give a written or spoken answer its points by the rubric (id of the criterion → points).

    When this was the last mark that the answer needed, it has its share (`rules.agreed_share`); when no answer of the
    sitting waits any more, the sitting is graded as at handing in, and the learner is told. An answer of a sitting that
    is graded already (its question was void until the void was withdrawn) keeps the share for the next regrade.
    Raises UnfitMarks, and NotWaiting, MarkedBefore or OthersDisagree where somebody was faster.
    """
    try:
        return _mark(question, points=points, comment=comment, actor=actor, at=at)
    except IntegrityError as taken:
        raise MarkedBefore from taken


@transaction.atomic
def _mark(
    question: AttemptQuestion, *, points: Mapping[int, Decimal], comment: str, actor: User, at: datetime
) -> AnswerMark:
    # Two markers at once: one after the other.
    attempts = Attempt.objects.select_for_update(of=("self",))
    attempt = attempts.select_related("quiz_version__quiz", "assignment__person").get(pk=question.attempt_id)
    row = AttemptQuestion.objects.select_related("question_version").get(pk=question.pk)
    given = _given(row)
    if any(mark.marker_id == actor.pk for mark in given):
        raise MarkedBefore
    if not _waits(row, attempt):
        raise NotWaiting
    if len(given) >= 2 and not can_settle(actor, row):
        raise OthersDisagree
    worth = Option.objects.filter(version=row.question_version).values_list("pk", "credit")
    share = rubric_share(points, rubric={pk: credit or Decimal(0) for pk, credit in worth})
    mark = AnswerMark.objects.create(
        attempt_question=row,
        marker=actor,
        points={str(pk): f"{value.normalize():f}" for pk, value in points.items()},
        share=share,
        comment=comment.strip(),
        marked_at=at,
    )
    audit.record(
        actor=actor,
        action="answer_marked",
        subject=mark,
        at=at,
        changes={"share": (None, share), "mark": (None, len(given) + 1)},
    )
    agreement = agreed_share(
        [*(mark.share for mark in given), share], needs_second=attempt.quiz_version.needs_second_marker
    )
    if agreement.share is not None:
        AttemptQuestion.objects.filter(pk=row.pk).update(share=agreement.share)
        finish_if_marked(attempt, actor=actor, at=at)
    return mark


def _given(row: AttemptQuestion) -> list[AnswerMark]:
    return list(row.marks.all())


def _waits(row: AttemptQuestion, attempt: Attempt) -> bool:
    return (
        row.share is None
        and row.question_version.kind in MARKED_KINDS
        and attempt.state in (AttemptState.SUBMITTED, AttemptState.GRADED)
        and not QuestionVoid.objects.filter(
            question_version=row.question_version_id, withdrawn_at__isnull=True
        ).exists()
    )


def finish_if_marked(attempt: Attempt, *, actor: User, at: datetime) -> bool:
    """Grade a sitting that is being marked when none of its answers waits any more, and tell the learner. Returns
    whether it did. Inside the caller's transaction, which holds the sitting's row."""
    if attempt.state != AttemptState.SUBMITTED:
        return False
    drawn = list(attempt.questions.select_related("question_version__question"))
    if not mark_by_key(attempt, drawn):
        return False
    finish_attempt(attempt, drawn, actor=actor, at=at)
    if not attempt.assignment.is_preview:
        tell_learner(attempt, "attempt_marked", at=at, percent=percent(attempt.score or Decimal(0)))
    return True
