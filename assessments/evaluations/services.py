"""Filling in, releasing and acknowledging evaluations."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import events
from assessments.calls.models import Call
from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.queries import judged_marks, marked_item, score_of
from assessments.evaluations.rules import ItemToCheck, MissingPiece, missing_before_release, observations
from assessments.evaluations.states import EVALUATION_MOVES, VISIBLE_TO_AGENT, EvaluationState
from assessments.evidence.models import SourceKind
from assessments.evidence.services import Observation, append_evidence
from assessments.scorecards.models import Item, ScorecardVersion
from assessments.scorecards.queries import company_day, items_of, version_for_channel
from assessments.scorecards.rules import kept
from assessments.scorecards.states import YES_OR_NO, NotApplicable
from lms.audit.services import record
from lms.kernel.states import StaleState, move
from lms.notifications.services import notify
from lms.people.models import User


class NoScorecardInEffect(Exception):
    """No published scorecard was in effect for the channel when the call took place."""


class AlreadyEvaluated(Exception):
    """The call has a released evaluation; a second one would count the same call twice."""


class NotReadyToRelease(Exception):
    """Items that must be marked or explained aren't; `missing` names them."""

    def __init__(self, missing: Sequence[MissingPiece]) -> None:
        super().__init__(", ".join(f"{piece.key}: {piece.gap.value}" for piece in missing))
        self.missing = list(missing)


@transaction.atomic
def start_evaluation(call: Call, *, actor: User, at: datetime) -> Evaluation:
    """The actor's draft for the call: the one begun before, or a new one under the scorecard that was in effect when
    the call took place. Raises AlreadyEvaluated and NoScorecardInEffect."""
    draft = Evaluation.objects.filter(call=call, evaluator=actor, state=EvaluationState.DRAFT).first()
    if draft:
        return draft
    if is_evaluated(call):
        raise AlreadyEvaluated(str(call))
    version = version_for_channel(call.channel, company_day(call.started_at))
    if version is None:
        raise NoScorecardInEffect(str(call))
    evaluation, is_new = Evaluation.objects.get_or_create(
        call=call,
        evaluator=actor,
        state=EvaluationState.DRAFT,
        defaults={"scorecard_version": version, "agent": call.agent, "created_at": at},
    )
    if is_new:
        record(actor=actor, action="evaluation_started", subject=evaluation, at=at)
    return evaluation


@transaction.atomic
def start_held_evaluation(agent: User, scorecard_version: ScorecardVersion, *, actor: User, at: datetime) -> Evaluation:
    """A draft without a customer call, for a mystery call that will show and count it."""
    evaluation = Evaluation.objects.create(
        scorecard_version=scorecard_version, agent=agent, evaluator=actor, created_at=at
    )
    record(actor=actor, action="evaluation_started", subject=evaluation, at=at)
    return evaluation


@transaction.atomic
def mark_item(
    evaluation: Evaluation,
    item: Item,
    *,
    points: Decimal | int | None,
    comment: str,
    at_second: int | None,
    actor: User,
    at: datetime,
) -> Mark:
    """Write the item's outcome; `points` None means that it doesn't apply. The newest outcome stands.

    Raises ValidationError when the item doesn't allow the outcome, StaleState when the evaluation is no draft.
    """
    _check_is_draft(evaluation)
    _check_item(evaluation, item)
    _check_points(item, points)
    mark, _is_new = Mark.objects.update_or_create(
        evaluation=evaluation,
        item=item,
        defaults={"points": points, "comment": comment, "at_second": at_second, "is_judged": True},
    )
    return mark


@transaction.atomic
def note_on_item(
    evaluation: Evaluation, item: Item, *, comment: str, at_second: int | None, actor: User, at: datetime
) -> Mark:
    """Keep a comment and a moment without an outcome, so that what is typed first isn't lost. An outcome given before
    stays. Raises StaleState when the evaluation is no draft."""
    _check_is_draft(evaluation)
    _check_item(evaluation, item)
    mark, _is_new = Mark.objects.update_or_create(
        evaluation=evaluation,
        item=item,
        defaults={"comment": comment, "at_second": at_second},
        create_defaults={"comment": comment, "at_second": at_second, "is_judged": False},
    )
    return mark


@transaction.atomic
def write_summary(evaluation: Evaluation, *, summary: str, actor: User, at: datetime) -> Evaluation:
    """What the agent reads first. Raises StaleState when the evaluation is no draft."""
    _check_is_draft(evaluation)
    evaluation.summary = summary
    evaluation.save(update_fields=["summary"])
    return evaluation


@transaction.atomic
def release_evaluation(evaluation: Evaluation, *, actor: User, at: datetime) -> Evaluation:
    """Make the marks final and visible to the agent, who is told. Evidence of each skill is kept from now on.

    Raises NotReadyToRelease, AlreadyEvaluated when somebody else released theirs of the call first, and StaleState or
    IllegalMove when the evaluation is no draft.
    """
    _check_is_draft(evaluation)
    Call.objects.select_for_update().get(pk=evaluation.call_id)  # two analysts release one after the other
    if is_evaluated(evaluation.call):
        raise AlreadyEvaluated(str(evaluation.call))
    missing = missing_in(evaluation)
    if missing:
        raise NotReadyToRelease(missing)
    marks = judged_marks(evaluation)
    move(evaluation, EVALUATION_MOVES, EvaluationState.RELEASED, released_at=at, **_scores(evaluation, marks))
    _keep_evidence(evaluation, marks, at=at)
    record(
        actor=actor,
        action="evaluation_released",
        subject=evaluation,
        at=at,
        changes={"state": (EvaluationState.DRAFT.value, EvaluationState.RELEASED.value)},
    )
    notify(
        evaluation.agent,
        kind="evaluation_released",
        at=at,
        url=reverse("assessments:evaluation-detail", args=[evaluation.pk]),
        params={"call": _call_time(evaluation)},
    )
    events.evaluation_released.send(sender=Evaluation, evaluation=evaluation, at=at)
    return evaluation


@transaction.atomic
def hold_evaluation(evaluation: Evaluation, *, actor: User, at: datetime) -> Evaluation:
    """Compute the score for the mystery call that owns it, and close it. It is never released and gives no evidence
    by itself; items without an outcome count as if they hadn't been on the card."""
    move(evaluation, EVALUATION_MOVES, EvaluationState.HELD, **_scores(evaluation, judged_marks(evaluation)))
    record(actor=actor, action="evaluation_held", subject=evaluation, at=at)
    return evaluation


@transaction.atomic
def acknowledge_evaluation(evaluation: Evaluation, *, actor: User, at: datetime) -> Evaluation:
    """The agent has read it, which is not agreeing. Raises StaleState or IllegalMove when it can't be."""
    move(evaluation, EVALUATION_MOVES, EvaluationState.ACKNOWLEDGED, acknowledged_at=at)
    record(actor=actor, action="evaluation_acknowledged", subject=evaluation, at=at)
    return evaluation


@transaction.atomic
def discard_evaluation(evaluation: Evaluation, *, actor: User, at: datetime) -> None:
    """Throw a draft away with its marks; the audit log remembers that there was one."""
    _check_is_draft(evaluation)
    record(actor=actor, action="evaluation_discarded", subject=evaluation, at=at)
    evaluation.delete()


def is_evaluated(call: Call) -> bool:
    """Somebody has released an evaluation of the call."""
    return Evaluation.objects.filter(call=call, state__in=VISIBLE_TO_AGENT).exists()


def missing_in(evaluation: Evaluation) -> list[MissingPiece]:
    """What keeps the evaluation from being released, in reading order, fatal or not."""
    marks = {mark.item_id: mark for mark in evaluation.marks.all()}
    checks = []
    for item in items_of(evaluation.scorecard_version):
        mark = marks.get(item.pk)
        judged = marked_item(item, mark) if mark and mark.is_judged else None
        checks.append(ItemToCheck(item.key, item.kind, judged, mark.comment if mark else ""))
    return missing_before_release(checks)


def _check_is_draft(evaluation: Evaluation) -> None:
    """Locks the row, so that no mark slips in behind a release."""
    state = Evaluation.objects.select_for_update().values_list("state", flat=True).get(pk=evaluation.pk)
    if state != EvaluationState.DRAFT:
        raise StaleState(f"Evaluation {evaluation.pk} is {state}")


def _check_item(evaluation: Evaluation, item: Item) -> None:
    if item.section.version_id != evaluation.scorecard_version_id:
        raise ValidationError(_("This item belongs to another scorecard."), code="other_scorecard")


def _check_points(item: Item, points: Decimal | int | None) -> None:
    if points is None:
        if item.not_applicable == NotApplicable.NOT_ALLOWED:
            raise ValidationError(_("This item always applies."), code="always_applies")
    elif not 0 <= points <= item.points_possible:
        raise ValidationError(
            _("0 to %(most)s points are possible."), code="out_of_range", params={"most": item.points_possible}
        )
    elif item.kind in YES_OR_NO and points not in (0, 1):
        raise ValidationError(_("This item is either in order or failed."), code="yes_or_no")


def _scores(evaluation: Evaluation, marks: list[Mark]) -> dict:
    score = score_of(evaluation, marks)
    return {
        "computed_score": kept(score.computed),
        "final_score": kept(score.final),
        "passed": score.passed,
        "has_fatal_failure": score.has_fatal_failure,
    }


def _keep_evidence(evaluation: Evaluation, marks: list[Mark], *, at: datetime) -> None:
    skills = {mark.item.key: mark.item.skill_id for mark in marks}
    append_evidence(
        evaluation.agent,
        [
            Observation(skills[seen.key], seen.share, seen.weight, seen.key)
            for seen in observations([marked_item(mark.item, mark) for mark in marks])
        ],
        source_kind=SourceKind.EVALUATION,
        source_id=evaluation.pk,
        version=str(evaluation.scorecard_version),
        observed_at=evaluation.call.started_at,
        at=at,
    )


def _call_time(evaluation: Evaluation) -> str:
    """When the call began, on the clock of the agent's site; digits read the same in both languages."""
    return f"{evaluation.call.started_at.astimezone(ZoneInfo(evaluation.agent.time_zone)):%Y-%m-%d %H:%M}"
