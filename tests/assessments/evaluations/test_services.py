from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from assessments import events
from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.services import (
    AlreadyEvaluated,
    NoScorecardInEffect,
    NotReadyToRelease,
    acknowledge_evaluation,
    discard_evaluation,
    hold_evaluation,
    mark_item,
    note_on_item,
    release_evaluation,
    start_evaluation,
    start_held_evaluation,
    write_summary,
)
from assessments.evaluations.states import EVALUATION_MOVES, EvaluationState
from assessments.evidence.models import Evidence, SourceKind
from assessments.scorecards.models import Item
from lms.audit.models import AuditEntry
from lms.kernel.states import IllegalMove, StaleState, move
from lms.notifications.models import Notification
from tests.factories.calls import CallFactory
from tests.factories.evaluations import EvaluationFactory, mark_all
from tests.factories.scorecards import ScorecardVersionFactory, make_scorecard


@pytest.fixture
def version(db):
    return make_scorecard()


@pytest.fixture
def call(cast):
    return CallFactory(agent=cast.ana)


@pytest.fixture
def draft(cast, version, call, at):
    return start_evaluation(call, actor=cast.eva, at=at)


@pytest.fixture
def announced():
    """What `evaluation_released` was sent with."""
    sent = []

    def receiver(sender, **kwargs):
        sent.append(kwargs)

    events.evaluation_released.connect(receiver)
    yield sent
    events.evaluation_released.disconnect(receiver)


def item(key):
    return Item.objects.get(key=key)


# --- start ---------------------------------------------------------------------------------------------------


def test_start_makes_a_draft_under_the_version_in_effect_when_the_call_took_place(cast, version, call, at):
    ScorecardVersionFactory(effective_on=date(2026, 3, 1))  # in effect today, not on 27 February

    evaluation = start_evaluation(call, actor=cast.eva, at=at)

    assert evaluation.scorecard_version == version
    assert (evaluation.agent, evaluation.evaluator, evaluation.state) == (cast.ana, cast.eva, "draft")
    assert evaluation.created_at == at


def test_start_again_continues_the_draft(cast, call, draft, at):
    assert start_evaluation(call, actor=cast.eva, at=at) == draft
    assert AuditEntry.objects.filter(action="evaluation_started").count() == 1


def test_one_draft_per_call_and_evaluator_holds_in_the_database(cast, call, draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        EvaluationFactory(call=call, agent=cast.ana, evaluator=cast.eva)


def test_start_without_a_scorecard_in_effect(cast, call, at):
    ScorecardVersionFactory(effective_on=date(2026, 2, 28))
    ScorecardVersionFactory(draft=True)

    with pytest.raises(NoScorecardInEffect):
        start_evaluation(call, actor=cast.eva, at=at)


def test_start_on_a_call_that_is_evaluated(cast, version, call, at):
    EvaluationFactory(call=call, agent=cast.ana, evaluator=cast.quinn, released=True)

    with pytest.raises(AlreadyEvaluated):
        start_evaluation(call, actor=cast.eva, at=at)


# --- mark ----------------------------------------------------------------------------------------------------


def test_newest_outcome_of_an_item_stands(cast, draft, at):
    for points in (1, 3):
        mark_item(draft, item("restates"), points=points, comment="好", at_second=20, actor=cast.eva, at=at)

    mark = Mark.objects.get()
    assert (mark.points, mark.comment, mark.at_second, mark.is_judged) == (3, "好", 20, True)


def test_comment_typed_first_is_kept_and_is_no_outcome(cast, draft, at):
    note_on_item(draft, item("restates"), comment="先写", at_second=5, actor=cast.eva, at=at)

    mark = Mark.objects.get()
    assert (mark.points, mark.comment, mark.at_second, mark.is_judged) == (None, "先写", 5, False)


def test_note_leaves_the_outcome_alone(cast, draft, at):
    mark_item(draft, item("restates"), points=2, comment="", at_second=None, actor=cast.eva, at=at)

    note_on_item(draft, item("restates"), comment="后补", at_second=None, actor=cast.eva, at=at)

    mark = Mark.objects.get()
    assert (mark.points, mark.comment, mark.is_judged) == (2, "后补", True)


@pytest.mark.parametrize(
    ("key", "points", "code"),
    [
        ("restates", 5, "out_of_range"),
        ("restates", -1, "out_of_range"),
        ("solves", None, "always_applies"),
        ("accuracy", 2, "out_of_range"),
        ("accuracy", Decimal("0.5"), "yes_or_no"),
        ("filler-words", Decimal("0.5"), "yes_or_no"),
    ],
)
def test_outcome_that_the_item_does_not_know(cast, draft, at, key, points, code):
    with pytest.raises(ValidationError) as refused:
        mark_item(draft, item(key), points=points, comment="", at_second=None, actor=cast.eva, at=at)

    assert refused.value.code == code
    assert not Mark.objects.exists()


def test_item_of_another_scorecard(cast, draft, at):
    other = make_scorecard().sections.get().items.first()

    for write in (
        lambda: mark_item(draft, other, points=1, comment="", at_second=None, actor=cast.eva, at=at),
        lambda: note_on_item(draft, other, comment="x", at_second=None, actor=cast.eva, at=at),
    ):
        with pytest.raises(ValidationError) as refused:
            write()
        assert refused.value.code == "other_scorecard"


def test_nothing_is_written_after_release(cast, draft, at):
    mark_all(draft)
    stale = Evaluation.objects.get(pk=draft.pk)
    release_evaluation(draft, actor=cast.eva, at=at)

    for write in (
        lambda: mark_item(stale, item("restates"), points=0, comment="", at_second=None, actor=cast.eva, at=at),
        lambda: note_on_item(stale, item("restates"), comment="x", at_second=None, actor=cast.eva, at=at),
        lambda: write_summary(stale, summary="x", actor=cast.eva, at=at),
        lambda: discard_evaluation(stale, actor=cast.eva, at=at),
        lambda: release_evaluation(stale, actor=cast.eva, at=at),
    ):
        with pytest.raises(StaleState):
            write()

    assert Mark.objects.get(item__key="restates").points == 4


def test_summary_is_kept(cast, draft, at):
    write_summary(draft, summary="开场很好", actor=cast.eva, at=at)

    draft.refresh_from_db()
    assert draft.summary == "开场很好"


# --- release -------------------------------------------------------------------------------------------------


def test_release_computes_the_score_and_keeps_evidence_of_each_skill(cast, draft, call, at):
    mark_all(draft, restates=1, solves=4)

    release_evaluation(draft, actor=cast.eva, at=at)

    draft.refresh_from_db()
    assert (draft.state, draft.released_at) == ("released", at)
    assert (draft.computed_score, draft.final_score) == (Decimal("0.625"), Decimal("0.625"))
    assert (draft.passed, draft.has_fatal_failure) == (False, False)
    rows = Evidence.objects.order_by("skill__key").values_list("skill__key", "item_key", "share")
    assert list(rows) == [
        ("accuracy", "accuracy", 1),
        ("restates", "restates", Decimal("0.25")),
        ("solves", "solves", 1),
    ]
    seen = Evidence.objects.first()
    assert (seen.agent, seen.source_kind, seen.source_id) == (cast.ana, SourceKind.EVALUATION, draft.pk)
    assert (seen.version, seen.observed_at, seen.recorded_at) == ("voice 1", call.started_at, at)


def test_failed_fatal_item_makes_it_zero_and_is_evidence_of_zero(cast, draft, at):
    mark_all(draft, accuracy=0)

    release_evaluation(draft, actor=cast.eva, at=at)

    draft.refresh_from_db()
    assert (draft.computed_score, draft.final_score, draft.passed, draft.has_fatal_failure) == (1, 0, False, True)
    assert Evidence.objects.get(item_key="accuracy").share == 0


def test_warning_bonus_and_items_that_did_not_apply_are_no_evidence(cast, draft, at):
    mark_all(draft, restates=None, filler_words=0, extra_mile=1)

    release_evaluation(draft, actor=cast.eva, at=at)

    assert set(Evidence.objects.values_list("item_key", flat=True)) == {"solves", "accuracy"}


def test_release_tells_the_agent_the_log_and_those_above(cast, draft, at, announced):
    mark_all(draft)

    release_evaluation(draft, actor=cast.eva, at=at)

    notification = Notification.objects.get()
    assert (notification.recipient, notification.kind) == (cast.ana, "evaluation_released")
    assert notification.url == f"/quality/evaluations/{draft.pk}/"
    assert notification.params == {"call": "2026-02-27 10:00"}
    assert AuditEntry.objects.get(action="evaluation_released").actor == cast.eva
    assert [(news["evaluation"], news["at"]) for news in announced] == [(draft, at)]


@pytest.mark.parametrize(
    ("unmark", "missing"),
    [
        ({"key": "restates"}, [("restates", "not_marked")]),
        ({"key": "accuracy"}, [("accuracy", "not_marked")]),
    ],
)
def test_release_needs_scored_and_fatal_items(cast, draft, at, announced, unmark, missing):
    mark_all(draft)
    Mark.objects.filter(item__key=unmark["key"]).delete()

    with pytest.raises(NotReadyToRelease) as refused:
        release_evaluation(draft, actor=cast.eva, at=at)

    assert [(piece.key, piece.gap.value) for piece in refused.value.missing] == missing
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert not Evidence.objects.exists()
    assert announced == []


def test_release_needs_an_outcome_where_only_a_comment_stands(cast, draft, at):
    mark_all(draft)
    Mark.objects.filter(item__key="restates").update(points=None, is_judged=False, comment="只有评语")

    with pytest.raises(NotReadyToRelease) as refused:
        release_evaluation(draft, actor=cast.eva, at=at)

    assert [piece.gap.value for piece in refused.value.missing] == ["not_marked"]


def test_release_needs_a_word_on_what_failed(cast, draft, at):
    mark_all(draft, solves=0, accuracy=0, filler_words=0)
    Mark.objects.update(comment="")

    with pytest.raises(NotReadyToRelease) as refused:
        release_evaluation(draft, actor=cast.eva, at=at)

    assert [(piece.key, piece.gap.value) for piece in refused.value.missing] == [
        ("solves", "no_comment"),
        ("accuracy", "no_comment"),
        ("filler-words", "no_comment"),
    ]


def test_second_analyst_is_too_late(cast, version, call, draft, at):
    other = start_evaluation(call, actor=cast.quinn, at=at)
    for evaluation in (draft, other):
        mark_all(evaluation)
    release_evaluation(draft, actor=cast.eva, at=at)

    with pytest.raises(AlreadyEvaluated):
        release_evaluation(other, actor=cast.quinn, at=at)

    assert Evidence.objects.filter(source_id=other.pk).count() == 0
    discard_evaluation(other, actor=cast.quinn, at=at)
    assert list(Evaluation.objects.all()) == [draft]
    assert AuditEntry.objects.get(action="evaluation_discarded").actor == cast.quinn


# --- mystery calls -------------------------------------------------------------------------------------------


def test_held_evaluation_has_a_score_and_gives_no_evidence(cast, version, at, announced):
    held = start_held_evaluation(cast.ana, version, actor=cast.eva, at=at)
    mark_item(held, item("restates"), points=Decimal("2.5"), comment="", at_second=1, actor=cast.eva, at=at)
    mark_item(held, item("solves"), points=4, comment="", at_second=1, actor=cast.eva, at=at)

    hold_evaluation(held, actor=cast.eva, at=at)

    held.refresh_from_db()
    assert (held.state, held.call, held.released_at) == ("held", None, None)
    assert held.final_score == Decimal("0.8125")
    assert held.passed is True
    assert not Evidence.objects.exists()
    assert not Notification.objects.exists()
    assert announced == []


def test_several_held_evaluations_can_be_open_at_once(cast, version, at):
    first = start_held_evaluation(cast.ana, version, actor=cast.eva, at=at)
    second = start_held_evaluation(cast.abel, version, actor=cast.eva, at=at)

    assert first.pk != second.pk


# --- acknowledge, and all moves ------------------------------------------------------------------------------


def test_acknowledged_says_when(cast, version, call, at):
    evaluation = EvaluationFactory(call=call, agent=cast.ana, released=True)

    acknowledge_evaluation(evaluation, actor=cast.ana, at=at)

    evaluation.refresh_from_db()
    assert (evaluation.state, evaluation.acknowledged_at) == ("acknowledged", at)
    assert AuditEntry.objects.get(action="evaluation_acknowledged").actor == cast.ana


S = EvaluationState
ALLOWED = {(S.DRAFT, S.RELEASED), (S.DRAFT, S.HELD), (S.RELEASED, S.ACKNOWLEDGED)}


@pytest.mark.parametrize("begin", S)
@pytest.mark.parametrize("end", S)
def test_moves(cast, version, call, at, begin, end):
    evaluation = EvaluationFactory(call=call, agent=cast.ana, state=begin, released_at=at)

    if (begin, end) in ALLOWED:
        assert move(evaluation, EVALUATION_MOVES, end).state == end
    else:
        with pytest.raises(IllegalMove):
            move(evaluation, EVALUATION_MOVES, end)


def test_mark_without_outcome_has_no_points_in_the_database(cast, draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(evaluation=draft, item=item("restates"), points=1, is_judged=False)
