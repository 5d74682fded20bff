from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from assessments import events
from assessments.assignments.models import Assignment
from assessments.assignments.services import close_assignment
from assessments.evaluations.models import Evaluation
from assessments.evaluations.states import EvaluationState
from assessments.evidence.models import Evidence
from assessments.roleplay import services
from assessments.roleplay.models import HelpEvent, MysteryCall, PointMark
from assessments.roleplay.queries import mystery_results_of
from assessments.roleplay.rules import Obstacle
from assessments.roleplay.states import HelpKind, MysteryCallState, PointOutcome
from assessments.scenarios.models import ScenarioVersion
from assessments.scenarios.services import ScenarioNotReady
from assessments.scorecards.models import Item
from lms.audit.models import AuditEntry
from lms.kernel.states import IllegalMove, StaleState
from lms.notifications.models import Notification
from tests.factories.roleplay import call_assignment, make_call, mark_everything
from tests.factories.scenarios import make_scenario
from tests.factories.scorecards import ItemFactory, ScorecardVersionFactory, SectionFactory

S = MysteryCallState
LATER = timedelta(minutes=30)


def again(call) -> MysteryCall:
    return MysteryCall.objects.get(pk=call.pk)


def point(call, key):
    return call.scenario_version.points.get(key=key)


def item(call, key):
    return Item.objects.get(section__version=call.evaluation.scorecard_version, key=key)


def mark(call, key, outcome, at, *, observed="", advice=""):
    return services.mark_point(
        call, point(call, key), outcome=outcome, observed=observed, advice=advice, actor=call.caller, at=at
    )


@pytest.fixture
def heard():
    """What was announced: (name, call) in order."""
    told = []
    receivers = []
    for name in ("mystery_call_settled", "mystery_call_forfeited"):

        def receive(sender, mystery_call, at, name=name, **kwargs):
            told.append((name, mystery_call.pk))

        getattr(events, name).connect(receive)
        receivers.append((name, receive))
    yield told
    for name, receive in receivers:
        getattr(events, name).disconnect(receive)


# --- planning -----------------------------------------------------------------------------------------------


def test_plan_books_under_the_assignment_and_tells_the_agent_without_the_scenario(cast, at):
    assignment = call_assignment(cast.ana)

    call = services.plan_mystery_call(assignment, planned_for=at + LATER, actor=cast.eva, at=at)

    call = again(call)
    assert (call.state, call.caller, call.agent, call.planned_for) == (S.PLANNED, cast.eva, cast.ana, at + LATER)
    news = Notification.objects.get(recipient=cast.ana, kind="mystery_call_planned")
    assert news.params == {"caller": "伊娃", "when": "2026-03-02 09:30"}
    assert news.url == f"/calls/{call.pk}/"
    entry = AuditEntry.objects.get(action="mystery_call_planned")
    assert (entry.actor, entry.at) == (cast.eva, at)


def test_plan_takes_the_newest_published_script(cast, at):
    first = make_scenario()
    second = make_scenario(scenario=first.scenario)
    make_scenario(scenario=first.scenario, state="draft")

    call = make_call(cast.ana, cast.eva, assignment=call_assignment(cast.ana, first))

    assert call.scenario_version == second


def refusal(assignment, cast, at) -> Obstacle:
    with pytest.raises(services.CannotPlan) as caught:
        services.plan_mystery_call(assignment, planned_for=at, actor=cast.eva, at=at)
    assert caught.value.message
    return caught.value.obstacle


def test_plan_under_a_closed_assignment_is_refused(cast, at):
    assert refusal(call_assignment(cast.ana, closed=True), cast, at) is Obstacle.CLOSED
    assert refusal(call_assignment(cast.ana, closes_at=at), cast, at) is Obstacle.CLOSED
    assert refusal(call_assignment(cast.ana, opens_at=at + LATER), cast, at) is Obstacle.CLOSED


def test_plan_without_a_published_script_is_refused(cast, at):
    assert refusal(call_assignment(cast.ana, make_scenario(state="draft")), cast, at) is Obstacle.NO_SCRIPT


@pytest.mark.parametrize("state", [S.PLANNED, S.ANNOUNCED, S.ACCEPTED, S.IN_PROGRESS, S.ENDED])
def test_plan_beside_an_open_call_is_refused(cast, at, state):
    call = make_call(cast.ana, cast.eva, state)

    assert refusal(call.assignment, cast, at) is Obstacle.ALREADY_PLANNED


def test_plan_after_a_pass_is_refused(cast, at):
    assert refusal(make_call(cast.ana, cast.eva, S.SETTLED).assignment, cast, at) is Obstacle.ALREADY_PASSED


def test_plan_after_a_fail_goes_on_as_often_as_the_assignment_allows(cast, at):
    assignment = call_assignment(cast.ana, attempts_allowed=2)
    failed = {"fee": PointOutcome.NOT_MET}
    make_call(cast.ana, cast.eva, S.SETTLED, assignment=assignment, outcomes=failed)
    make_call(cast.ana, cast.eva, S.SETTLED, assignment=assignment, outcomes=failed)

    assert refusal(assignment, cast, at) is Obstacle.NONE_LEFT


@pytest.mark.parametrize("state", [S.FORFEITED, S.CANCELLED])
def test_plan_after_a_forfeit_or_a_cancelled_call_is_free_and_takes_no_attempt(cast, at, state):
    assignment = call_assignment(cast.ana, attempts_allowed=1)
    make_call(cast.ana, cast.eva, state, assignment=assignment)

    call = services.plan_mystery_call(assignment, planned_for=at, actor=cast.eva, at=at)

    assert call.state == S.PLANNED
    assignment.refresh_from_db()
    assert assignment.closed_at is None


def test_two_open_calls_under_one_assignment_are_impossible_in_the_database(cast, at):
    call = make_call(cast.ana, cast.eva)

    with pytest.raises(IntegrityError), transaction.atomic():
        MysteryCall.objects.create(
            assignment=call.assignment, scenario_version=call.scenario_version, caller=cast.quinn, planned_for=at
        )


def test_plan_new_makes_an_assignment_with_the_reason(cast, at):
    scenario = make_scenario().scenario

    call = services.plan_new_mystery_call(
        cast.ana, scenario, planned_for=at, reason="New tariff", actor=cast.eva, at=at
    )

    made = Assignment.objects.get()
    assert call.assignment == made
    assert (made.person, made.scenario, made.given_by, made.is_required) == (cast.ana, scenario, cast.eva, False)
    assert (made.reason_zh, made.reason_en) == ("New tariff", "New tariff")


def test_plan_new_without_a_reason_says_it_in_both_languages(cast, at):
    services.plan_new_mystery_call(cast.ana, make_scenario().scenario, planned_for=at, actor=cast.eva, at=at)

    made = Assignment.objects.get()
    assert (made.reason_zh, made.reason_en) == services.planning.DEFAULT_REASON


def test_plan_new_picks_the_open_assignment_of_the_track(cast, at):
    assignment = call_assignment(cast.ana)
    call_assignment(cast.abel)

    call = services.plan_new_mystery_call(cast.ana, assignment.scenario, planned_for=at, actor=cast.eva, at=at)

    assert call.assignment == assignment


def test_plan_new_beside_a_passed_assignment_makes_another_one(cast, at):
    passed = make_call(cast.ana, cast.eva, S.SETTLED).assignment

    call = services.plan_new_mystery_call(
        cast.ana, passed.scenario, planned_for=at, why_anyway="Certification", actor=cast.eva, at=at
    )

    assert call.assignment != passed


def test_plan_new_with_a_scenario_the_person_or_the_team_knows_needs_a_reason(cast, at):
    scenario = make_call(cast.ana, cast.eva, S.SETTLED).scenario_version.scenario
    soon = {"planned_for": at, "actor": cast.eva, "at": at + timedelta(days=1)}

    for person in (cast.ana, cast.abel):
        with pytest.raises(services.CannotPlan) as refused:
            services.plan_new_mystery_call(person, scenario, **soon)
        assert refused.value.obstacle is Obstacle.EXPOSED
    services.plan_new_mystery_call(cast.olga, scenario, **soon)
    services.plan_new_mystery_call(cast.abel, scenario, why_anyway="New tariff", seed=7, **soon)

    entry = AuditEntry.objects.get(action="scenario_repeated")
    assert (entry.actor, entry.reason, entry.changes) == (cast.eva, "New tariff", {"clash": [None, "neighbour"]})
    assert AuditEntry.objects.get(action="scenario_drawn").changes == {"seed": [None, 7]}


def test_plan_new_after_the_rest_is_over_is_free_for_neighbours_and_never_for_the_person(cast, at, settings):
    settings.SCENARIO_REST_DAYS = 3
    scenario = make_call(cast.ana, cast.eva, S.SETTLED).scenario_version.scenario
    later = {"planned_for": at + timedelta(days=4), "actor": cast.eva, "at": at + timedelta(days=4)}

    services.plan_new_mystery_call(cast.abel, scenario, **later)
    with pytest.raises(services.CannotPlan):
        services.plan_new_mystery_call(cast.ana, scenario, **later)


# --- announcing, accepting, beginning -------------------------------------------------------------------------


def test_announce_freezes_the_newest_script(cast, at):
    call = make_call(cast.ana, cast.eva)
    newer = make_scenario(scenario=call.scenario_version.scenario)

    services.announce_mystery_call(call, actor=cast.eva, at=at + LATER)

    call = again(call)
    assert (call.state, call.announced_at, call.scenario_version) == (S.ANNOUNCED, at + LATER, newer)
    newer.refresh_from_db()
    assert newer.used_at == at + LATER
    assert ScenarioVersion.objects.get(number=1).used_at is None
    assert AuditEntry.objects.get(action="mystery_call_announced").changes == {"state": ["planned", "announced"]}


def test_announce_under_an_assignment_that_was_closed_meanwhile_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva)
    close_assignment(call.assignment, actor=None, at=at)

    with pytest.raises(services.CannotPlan):
        services.announce_mystery_call(call, actor=cast.eva, at=at)

    assert again(call).state == S.PLANNED


def test_announce_with_a_scorecard_that_changed_is_refused_and_writes_nothing(cast, at):
    call = make_call(cast.ana, cast.eva)
    newer = ScorecardVersionFactory(scorecard=call.scenario_version.scorecard, effective_on=date(2026, 3, 1))
    ItemFactory(section=SectionFactory(version=newer), key="something-else")

    with pytest.raises(ScenarioNotReady):
        services.announce_mystery_call(call, actor=cast.eva, at=at)

    assert again(call).state == S.PLANNED
    assert again(call).scenario_version.used_at is None


def test_accept_on_the_own_screen_and_aloud(cast, at):
    own = make_call(cast.ana, cast.eva, S.ANNOUNCED)
    aloud = make_call(cast.abel, cast.eva, S.ANNOUNCED)

    services.accept_rules(own, actor=cast.ana, at=at)
    services.accept_rules(aloud, actor=cast.eva, at=at, aloud=True)

    assert (again(own).state, again(own).accepted_at, again(own).accepted_aloud) == (S.ACCEPTED, at, False)
    assert (again(aloud).state, again(aloud).accepted_aloud) == (S.ACCEPTED, True)


def test_accept_pressed_by_both_at_once_counts_once(cast, at):
    call = make_call(cast.ana, cast.eva, S.ANNOUNCED)
    stale = again(call)
    services.accept_rules(call, actor=cast.ana, at=at)

    with pytest.raises(StaleState):
        services.accept_rules(stale, actor=cast.eva, at=at, aloud=True)

    assert again(call).accepted_aloud is False
    assert AuditEntry.objects.filter(action="mystery_call_accepted").count() == 1


def test_begin_starts_the_clock_and_a_draft_of_the_scorecard_in_effect(cast, at):
    call = make_call(cast.ana, cast.eva, S.ACCEPTED)
    ScorecardVersionFactory(scorecard=call.scenario_version.scorecard, effective_on=date(2026, 4, 1))

    services.begin_mystery_call(call, actor=cast.eva, at=at)

    call = again(call)
    assert (call.state, call.started_at) == (S.IN_PROGRESS, at)
    assert (call.evaluation.state, call.evaluation.agent, call.evaluation.evaluator, call.evaluation.call) == (
        EvaluationState.DRAFT,
        cast.ana,
        cast.eva,
        None,
    )
    assert call.evaluation.scorecard_version.number == 1


def test_begin_pressed_twice_starts_one_clock_and_one_draft(cast, at):
    call = make_call(cast.ana, cast.eva, S.ACCEPTED)
    stale = again(call)
    services.begin_mystery_call(call, actor=cast.eva, at=at)

    with pytest.raises(StaleState):
        services.begin_mystery_call(stale, actor=cast.eva, at=at + LATER)

    assert again(call).started_at == at
    assert Evaluation.objects.count() == 1


def test_begin_after_midnight_with_another_scorecard_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva, S.ACCEPTED)
    newer = ScorecardVersionFactory(scorecard=call.scenario_version.scorecard, effective_on=date(2026, 3, 3))
    ItemFactory(section=SectionFactory(version=newer), key="something-else")

    with pytest.raises(ScenarioNotReady):
        services.begin_mystery_call(call, actor=cast.eva, at=at + timedelta(days=1))

    assert again(call).state == S.ACCEPTED
    assert Evaluation.objects.count() == 0


def test_begin_without_the_rules_confirmed_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva, S.ANNOUNCED)

    with pytest.raises(IllegalMove):
        services.begin_mystery_call(call, actor=cast.eva, at=at)

    assert Evaluation.objects.count() == 0


@pytest.mark.parametrize("state", [S.PLANNED, S.ANNOUNCED, S.ACCEPTED])
def test_cancel_before_the_call_has_begun_tells_the_agent(cast, at, state):
    call = make_call(cast.ana, cast.eva, state)

    services.cancel_mystery_call(call, actor=cast.eva, at=at)

    assert again(call).state == S.CANCELLED
    assert Notification.objects.filter(recipient=cast.ana, kind="mystery_call_cancelled").count() == 1


def test_cancel_of_a_call_that_goes_on_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    with pytest.raises(IllegalMove):
        services.cancel_mystery_call(call, actor=cast.eva, at=at)


# --- marking ------------------------------------------------------------------------------------------------


def test_mark_point_stamps_the_first_outcome_by_the_servers_clock(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)  # begun at 1:00

    mark(call, "greets", "met", at + timedelta(seconds=80))
    mark(call, "greets", "partly", at + timedelta(seconds=200), observed="no number")

    kept = PointMark.objects.get()
    assert (kept.outcome, kept.at_second, kept.observed) == ("partly", 20, "no number")


def test_mark_point_words_without_an_outcome_are_kept_and_not_timed(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    mark(call, "greets", "", at + timedelta(seconds=80), observed="typed first")
    mark(call, "greets", "met", at + timedelta(seconds=90), observed="typed first")

    kept = PointMark.objects.get()
    assert (kept.outcome, kept.at_second, kept.observed) == ("met", 30, "typed first")


def test_mark_point_after_the_call_has_no_time(cast, at):
    call = make_call(cast.ana, cast.eva, S.ENDED)
    PointMark.objects.all().delete()

    mark(call, "greets", "met", at + timedelta(seconds=400))

    assert PointMark.objects.get().at_second is None


def test_mark_point_not_reached_needs_a_reason(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    with pytest.raises(ValidationError):
        mark(call, "greets", "not_reached", at, observed=" ")
    mark(call, "greets", "not_reached", at, observed="line dropped")

    assert PointMark.objects.get().outcome == "not_reached"


def test_mark_point_of_another_script_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    other = make_scenario().points.first()

    with pytest.raises(ValidationError):
        services.mark_point(call, other, outcome="met", observed="", advice="", actor=cast.eva, at=at)


@pytest.mark.parametrize("state", [S.PLANNED, S.ANNOUNCED, S.ACCEPTED, S.DEBRIEFED, S.SETTLED, S.FORFEITED])
def test_nothing_is_marked_outside_the_call(cast, at, state):
    call = make_call(cast.ana, cast.eva, state)
    before = list(PointMark.objects.values())

    with pytest.raises(StaleState):
        mark(call, "greets", "not_met", at)

    assert list(PointMark.objects.values()) == before


def test_mark_other_item_is_stamped_once(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    solves = item(call, "solves")

    services.note_on_other_item(call, solves, comment="first words", actor=cast.eva, at=at + timedelta(seconds=70))
    services.mark_other_item(call, solves, points=3, comment="", actor=cast.eva, at=at + timedelta(seconds=90))
    services.mark_other_item(call, solves, points=4, comment="well", actor=cast.eva, at=at + timedelta(seconds=200))

    kept = call.evaluation.marks.get()
    assert (kept.points, kept.comment, kept.at_second) == (4, "well", 30)


def test_mark_other_item_that_points_feed_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    with pytest.raises(ValidationError):
        services.mark_other_item(call, item(call, "restates"), points=4, comment="", actor=cast.eva, at=at)
    with pytest.raises(ValidationError):
        services.note_on_other_item(call, item(call, "restates"), comment="x", actor=cast.eva, at=at)


def test_mark_other_item_after_the_debrief_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED)

    with pytest.raises(StaleState):
        services.mark_other_item(call, item(call, "solves"), points=0, comment="", actor=cast.eva, at=at)


def test_write_notes_until_the_debrief(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    shown = make_call(cast.abel, cast.eva, S.DEBRIEFED)

    services.write_notes(call, notes="calm voice", actor=cast.eva, at=at)
    with pytest.raises(StaleState):
        services.write_notes(shown, notes="late", actor=cast.eva, at=at)

    assert (again(call).notes, again(shown).notes) == ("calm voice", "")


# --- help and forfeit -----------------------------------------------------------------------------------------


def test_record_help_is_appended_and_does_not_end_the_call(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    services.record_help(call, kind=HelpKind.ASKED, actor=cast.eva, at=at)
    services.record_help(call, kind=HelpKind.LEFT_SEAT, actor=cast.eva, at=at + LATER)

    assert [(event.kind, event.at, event.recorded_by) for event in HelpEvent.objects.all()] == [
        ("asked", at, cast.eva),
        ("left_seat", at + LATER, cast.eva),
    ]
    assert again(call).state == S.IN_PROGRESS
    assert AuditEntry.objects.filter(action="mystery_call_help_recorded").count() == 2


@pytest.mark.parametrize("state", [S.PLANNED, S.ENDED, S.DEBRIEFED, S.FORFEITED])
def test_record_help_outside_the_live_call_is_refused(cast, at, state):
    call = make_call(cast.ana, cast.eva, state)
    before = HelpEvent.objects.count()

    with pytest.raises(StaleState):
        services.record_help(call, kind=HelpKind.ASKED, actor=cast.eva, at=at)

    assert HelpEvent.objects.count() == before


def test_forfeit_without_recorded_help_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    with pytest.raises(services.HelpNotRecorded):
        services.forfeit_mystery_call(call, actor=cast.eva, at=at)

    assert again(call).state == S.IN_PROGRESS


def test_forfeit_has_no_score_and_no_evidence_and_leaves_the_assignment_open(cast, at, heard):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    mark_everything(call, at=at + LATER)
    services.record_help(call, kind=HelpKind.ASKED, actor=cast.eva, at=at + LATER)

    services.forfeit_mystery_call(call, actor=cast.eva, at=at + LATER)
    services.debrief_mystery_call(call, actor=cast.eva, at=at + LATER)
    services.acknowledge_mystery_call(call, comment="", actor=cast.ana, at=at + LATER)

    call = again(call)
    assert (call.state, call.was_forfeited, call.evaluation, call.ended_at) == (S.SETTLED, True, None, at + LATER)
    assert Evaluation.objects.count() == 0
    assert Evidence.objects.count() == 0
    assert PointMark.objects.count() == 3  # what was seen stays
    assert heard == [("mystery_call_forfeited", call.pk)]
    result = mystery_results_of([call.assignment])[call.assignment_id]
    assert (result.passed, result.last, result.score) == (False, call, None)
    assert call.assignment.closed_at is None


@pytest.mark.parametrize("state", [S.ANNOUNCED, S.ACCEPTED, S.IN_PROGRESS])
def test_give_up_is_the_agents_word_and_a_forfeit(cast, at, state, heard):
    call = make_call(cast.ana, cast.eva, state)

    services.give_up(call, actor=cast.ana, at=at + LATER)

    assert (again(call).state, again(call).was_forfeited) == (S.FORFEITED, True)
    event = HelpEvent.objects.get()
    assert (event.kind, event.recorded_by) == (HelpKind.GAVE_UP, cast.ana)
    assert heard == [("mystery_call_forfeited", call.pk)]


@pytest.mark.parametrize("state", [S.PLANNED, S.ENDED, S.DEBRIEFED, S.SETTLED])
def test_give_up_before_or_after_the_call_is_refused(cast, at, state):
    call = make_call(cast.ana, cast.eva, state)

    with pytest.raises(StaleState):
        services.give_up(call, actor=cast.ana, at=at)

    assert HelpEvent.objects.count() == 0


def test_give_up_while_the_caller_ends_the_call_is_one_or_the_other(cast, at, heard):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    agents = again(call)
    services.end_mystery_call(call, actor=cast.eva, at=at + LATER)

    with pytest.raises(StaleState):
        services.give_up(agents, actor=cast.ana, at=at + LATER)

    assert (again(call).state, again(call).was_forfeited) == (S.ENDED, False)
    assert HelpEvent.objects.count() == 0
    assert heard == []


def test_forfeit_pressed_twice_is_announced_once(cast, at, heard):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    services.record_help(call, kind=HelpKind.ASKED, actor=cast.eva, at=at)
    stale = again(call)
    services.forfeit_mystery_call(call, actor=cast.eva, at=at)

    with pytest.raises(StaleState):
        services.forfeit_mystery_call(stale, actor=cast.eva, at=at)

    assert len(heard) == 1


# --- ending, debrief, settling --------------------------------------------------------------------------------


def test_end_stops_the_clock(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)  # begun at 1:00

    services.end_mystery_call(call, actor=cast.eva, at=at + timedelta(seconds=185))

    assert again(call).state == S.ENDED
    assert again(call).seconds_at(at + LATER) == 125


def test_debrief_with_something_unmarked_names_it_and_shows_nothing(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    mark(call, "greets", "met", at)
    mark(call, "fee", "", at, observed="only words")
    services.end_mystery_call(call, actor=cast.eva, at=at)

    with pytest.raises(services.NotReadyForDebrief) as caught:
        services.debrief_mystery_call(call, actor=cast.eva, at=at)

    missing = caught.value.missing
    assert missing.points == ("restates", "fee")
    assert [piece.key for piece in missing.items] == ["solves"]  # warning and bonus may be left alone
    assert again(call).state == S.ENDED
    assert not Notification.objects.filter(kind="mystery_call_debriefed").exists()


def test_debrief_of_a_failed_other_item_needs_a_word(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    mark_everything(call, at=at)
    services.mark_other_item(call, item(call, "solves"), points=0, comment="", actor=cast.eva, at=at)
    services.end_mystery_call(call, actor=cast.eva, at=at)

    with pytest.raises(services.NotReadyForDebrief):
        services.debrief_mystery_call(call, actor=cast.eva, at=at)


def test_debrief_computes_the_composite_from_the_points_and_closes_the_card(cast, at):
    """greets not met (weight 1), restates met (weight 3): 3 of 4; solves 2 of 4: 5/8."""
    call = make_call(
        cast.ana, cast.eva, S.ENDED, outcomes={"greets": PointOutcome.NOT_MET}, points={"solves": 2, "extra-mile": 0}
    )

    services.debrief_mystery_call(call, actor=cast.eva, at=at + LATER)

    call = again(call)
    assert (call.state, call.debriefed_at) == (S.DEBRIEFED, at + LATER)
    card = call.evaluation
    assert (card.state, card.computed_score, card.final_score, card.passed) == (
        EvaluationState.HELD,
        Decimal("0.625"),
        Decimal("0.625"),
        False,
    )
    assert {mark.item.key: mark.points for mark in card.marks.select_related("item")} == {
        "restates": Decimal(3),
        "accuracy": Decimal(1),
        "solves": Decimal(2),
        "extra-mile": Decimal(0),
    }
    assert card.marks.get(item__key="restates").at_second == 20
    news = Notification.objects.get(recipient=cast.ana, kind="mystery_call_debriefed")
    assert news.url == f"/calls/{call.pk}/debrief/"


def test_debrief_with_the_fatal_point_not_met_fails(cast, at):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED, outcomes={"fee": PointOutcome.NOT_MET})

    card = again(call).evaluation
    assert (card.computed_score, card.final_score, card.passed, card.has_fatal_failure) == (1, 0, False, True)


def test_debrief_leaves_points_that_were_not_reached_out_of_the_card(cast, at):
    call = make_call(
        cast.ana,
        cast.eva,
        S.DEBRIEFED,
        outcomes=dict.fromkeys(("greets", "restates", "fee"), PointOutcome.NOT_REACHED),
        points={"solves": 3},
    )

    card = again(call).evaluation
    assert (card.final_score, card.passed) == (Decimal("0.75"), False)
    assert [mark.item.key for mark in card.marks.select_related("item")] == ["solves"]


def test_debrief_pressed_twice_is_shown_once(cast, at):
    call = make_call(cast.ana, cast.eva, S.ENDED)
    stale = again(call)
    services.debrief_mystery_call(call, actor=cast.eva, at=at)

    with pytest.raises(StaleState):
        services.debrief_mystery_call(stale, actor=cast.eva, at=at)

    assert Notification.objects.filter(kind="mystery_call_debriefed").count() == 1


def test_debrief_of_a_call_that_goes_on_is_refused(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    with pytest.raises(IllegalMove):
        services.debrief_mystery_call(call, actor=cast.eva, at=at)


def test_acknowledge_settles_at_once_with_evidence_by_skill(cast, at, heard):
    call = make_call(
        cast.ana,
        cast.eva,
        S.DEBRIEFED,
        outcomes={"greets": PointOutcome.PARTLY, "fee": PointOutcome.NOT_REACHED},
        points={"solves": 3, "filler-words": 0, "extra-mile": 1},
    )

    services.acknowledge_mystery_call(call, comment=" I see. ", actor=cast.ana, at=at + LATER)

    call = again(call)
    assert (call.state, call.acknowledged_at, call.settled_at, call.agent_comment) == (
        S.SETTLED,
        at + LATER,
        at + LATER,
        "I see.",
    )
    assert [
        (row.skill.key, row.item_key, row.share, row.weight) for row in Evidence.objects.select_related("skill")
    ] == [
        ("restates", "greets", Decimal("0.5"), Decimal("0.25")),
        ("restates", "restates", Decimal(1), Decimal("0.75")),
        ("solves", "solves", Decimal("0.75"), Decimal(1)),
    ]
    row = Evidence.objects.first()
    assert (row.agent, row.source_kind, row.source_id, row.observed_at) == (
        cast.ana,
        "mystery_call",
        call.pk,
        call.started_at,
    )
    assert row.version == str(call.scenario_version)
    assert heard == [("mystery_call_settled", call.pk)]
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")][-2:] == [
        "mystery_call_acknowledged",
        "mystery_call_settled",
    ]
    assert Notification.objects.filter(recipient=cast.eva, kind="mystery_call_acknowledged").count() == 1


def test_acknowledge_pressed_twice_gives_evidence_once(cast, at, heard):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED)
    stale = again(call)
    services.acknowledge_mystery_call(call, comment="", actor=cast.ana, at=at)
    rows = Evidence.objects.count()

    with pytest.raises(StaleState):
        services.acknowledge_mystery_call(stale, comment="again", actor=cast.ana, at=at)
    with pytest.raises(IllegalMove):
        services.acknowledge_mystery_call(call, comment="again", actor=cast.ana, at=at)

    assert Evidence.objects.count() == rows
    assert again(call).agent_comment == ""
    assert len(heard) == 1


def test_acknowledge_fails_with_a_receiver_that_fails(cast, at):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED)

    def refuse(**kwargs):
        raise RuntimeError

    events.mystery_call_settled.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            services.acknowledge_mystery_call(call, comment="", actor=cast.ana, at=at)
    finally:
        events.mystery_call_settled.disconnect(refuse)

    assert again(call).state == S.DEBRIEFED
    assert Evidence.objects.count() == 0
