from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.roleplay import services
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.queries import (
    agents_to_call,
    assignments_awaiting_a_call,
    debrief_of,
    mystery_results_of,
    plays_around,
    scenarios_for,
    script_of,
    tallies,
)
from assessments.roleplay.rules import Clash, Wish
from assessments.roleplay.states import MysteryCallState, PointOutcome
from tests.factories.roleplay import call_assignment, make_call
from tests.factories.scenarios import make_scenario

S = MysteryCallState


def test_mystery_results_of_every_stage(cast):
    empty = call_assignment(cast.ana)
    planned = make_call(cast.ana, cast.eva, S.PLANNED)
    shown = make_call(cast.ana, cast.eva, S.DEBRIEFED)
    passed = make_call(cast.ana, cast.eva, S.SETTLED)
    failed = make_call(cast.ana, cast.eva, S.SETTLED, points={"solves": 0})
    cancelled = make_call(cast.ana, cast.eva, S.CANCELLED)

    results = mystery_results_of([empty, *(call.assignment for call in (planned, shown, passed, failed, cancelled))])

    found = {pk: (result.passed, result.last, result.score) for pk, result in results.items()}
    assert found == {
        empty.pk: (False, None, None),
        planned.assignment_id: (False, planned, None),
        shown.assignment_id: (False, shown, None),
        passed.assignment_id: (True, passed, Decimal(1)),
        failed.assignment_id: (False, failed, Decimal("0.5")),
        cancelled.assignment_id: (False, None, None),
    }


def test_mystery_results_of_several_calls_takes_the_best_and_the_newest(cast):
    assignment = call_assignment(cast.ana)
    for solves in (2, 0):
        make_call(cast.ana, cast.eva, S.SETTLED, assignment=assignment, points={"solves": solves})
    last = make_call(cast.ana, cast.eva, S.FORFEITED, assignment=assignment)

    result = mystery_results_of([assignment])[assignment.pk]

    assert (result.passed, result.last, result.score) == (False, last, Decimal("0.75"))


def test_mystery_results_of_many_is_one_query(cast, django_assert_num_queries):
    assignments = [make_call(cast.ana, cast.eva, S.SETTLED).assignment for _n in range(3)]

    with django_assert_num_queries(1):
        mystery_results_of(assignments)


def test_assignments_awaiting_a_call_are_those_of_my_agents_not_called_and_not_passed(cast, at):
    waiting = call_assignment(cast.ana)
    due = call_assignment(cast.abel, due_on=at.date())
    failed = make_call(cast.ana, cast.eva, S.SETTLED, points={"solves": 0}).assignment
    forfeited = make_call(cast.ana, cast.eva, S.FORFEITED).assignment
    call_assignment(cast.olga)  # another team
    call_assignment(cast.ana, closed=True)
    make_call(cast.ana, cast.eva, S.PLANNED)
    make_call(cast.ana, cast.eva, S.SETTLED)

    found = list(assignments_awaiting_a_call(cast.eva, at=at))

    assert set(found) == {waiting, due, failed, forfeited}
    assert list(assignments_awaiting_a_call(cast.carl, at=at)) == []


def test_agents_to_call(cast):
    assert set(agents_to_call(cast.eva)) == {cast.ana, cast.abel}
    assert set(agents_to_call(cast.quinn)) == {cast.ana, cast.abel, cast.olga}
    assert list(agents_to_call(cast.carl)) == []


def test_script_of_a_planned_call_is_what_would_be_played_now(cast, at):
    call = make_call(cast.ana, cast.eva)
    newer = make_scenario(scenario=call.scenario_version.scenario)
    announced = make_call(cast.abel, cast.eva, S.ANNOUNCED, assignment=call_assignment(cast.abel, newer))
    make_scenario(scenario=newer.scenario)

    assert script_of(MysteryCall.objects.get(pk=announced.pk)) == newer
    assert script_of(call).number == 3


def test_debrief_begins_with_strengths(cast):
    call = make_call(
        cast.ana,
        cast.eva,
        S.DEBRIEFED,
        outcomes={"greets": PointOutcome.PARTLY},
        points={"extra-mile": 1, "filler-words": 1},
    )

    debrief = debrief_of(MysteryCall.objects.get(pk=call.pk))

    assert debrief.strengths == ["要点 restates", "要点 fee", "评分项 solves", "评分项 extra-mile"]
    assert [row.point.key for row in debrief.points] == ["greets", "restates", "fee"]


def test_debrief_parts_sum_up_to_the_score(cast):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED, outcomes={"restates": PointOutcome.PARTLY}, points={"solves": 3})

    debrief = debrief_of(MysteryCall.objects.get(pk=call.pk))

    stored = MysteryCall.objects.get(pk=call.pk).evaluation
    assert sum(row.gained for row in debrief.parts if row.gained) == debrief.score.final == stored.final_score
    assert sum(row.gained + row.lost for row in debrief.parts if row.gained is not None) == 1


def test_debrief_of_a_forfeit_shows_only_what_was_played(cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    services.mark_point(
        call,
        call.scenario_version.points.get(key="greets"),
        outcome="met",
        observed="",
        advice="",
        actor=cast.eva,
        at=at,
    )
    services.give_up(call, actor=cast.ana, at=at + timedelta(minutes=3))
    services.debrief_mystery_call(call, actor=cast.eva, at=at + timedelta(minutes=4))

    debrief = debrief_of(MysteryCall.objects.get(pk=call.pk))

    assert [row.point.key for row in debrief.points] == ["greets"]
    assert (debrief.score, debrief.parts) == (None, [])
    assert [event.kind for event in debrief.help_events] == ["gave_up"]


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("ana", True),
        ("abel", False),
        ("lena", True),
        ("carl", True),
        ("eva", True),
        ("otto", False),
        ("olga", False),
        ("quinn", True),
        ("mona", True),
        ("tess", False),
        ("wes", False),
        ("ada", False),
    ],
)
def test_visible_to(cast, name, sees):
    make_call(cast.ana, cast.eva)

    assert MysteryCall.objects.visible_to(getattr(cast, name)).exists() is sees


def test_tallies_count_what_was_heard_or_is_booked_in_the_last_90_days(cast, at):
    script = make_scenario()
    for state in (S.SETTLED, S.FORFEITED, S.PLANNED, S.CANCELLED):
        make_call(cast.ana, cast.eva, state, assignment=call_assignment(cast.ana, script))
    old = make_call(cast.olga, cast.quinn, S.SETTLED, assignment=call_assignment(cast.olga, script))
    MysteryCall.objects.filter(pk=old.pk).update(started_at=at - timedelta(days=91))

    found = tallies(at=at + timedelta(minutes=1))

    assert {scenario: tally.plays for scenario, tally in found.items()} == {script.scenario_id: 3}
    assert found[script.scenario_id].last_at == at + timedelta(minutes=1)


def test_plays_around_are_those_of_the_person_and_the_present_team(cast, at):
    script = make_scenario()
    for person in (cast.ana, cast.abel, cast.olga):
        make_call(person, cast.quinn, S.SETTLED, assignment=call_assignment(person, script))

    assert {play.person_id for play in plays_around(cast.ana, at=at)} == {cast.ana.pk, cast.abel.pk}


def test_scenarios_for_a_person_in_a_fixed_number_of_queries(cast, at, django_assert_num_queries):
    known = make_call(cast.abel, cast.eva, S.SETTLED).scenario_version.scenario
    make_scenario(state="draft")
    with CaptureQueriesContext(connection) as one:
        assert [row.exposure.clash for row in scenarios_for(cast.ana, Wish(), at=at)] == [Clash.NEIGHBOUR]
    other = make_scenario().scenario
    make_call(cast.ana, cast.eva, S.SETTLED)

    with django_assert_num_queries(len(one)):
        rows = {row.scenario: row.exposure.clash for row in scenarios_for(cast.ana, Wish(), at=at)}

    assert (rows[known], rows[other]) == (Clash.NEIGHBOUR, None)
    assert sorted(rows.values(), key=str) == [Clash.NEIGHBOUR, Clash.OWN, None]
