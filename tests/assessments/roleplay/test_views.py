"""Every door of a mystery call, tried by everybody; what reaches whom; the verbs behind the buttons."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.assignments.models import Assignment
from assessments.roleplay import services
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.states import MysteryCallState, PointOutcome
from assessments.scenarios.models import Scenario, ScenarioVersion
from assessments.scorecards.models import Item
from lms.audit.models import AuditEntry
from lms.people.models import User
from tests.factories.assignments import AssignmentFactory
from tests.factories.roleplay import call_assignment, make_call, mark_everything
from tests.factories.scenarios import SECRETS, PointFactory, make_scenario
from tests.factories.scorecards import ItemFactory, ScorecardVersionFactory, SectionFactory

S = MysteryCallState
pytestmark = pytest.mark.django_db

JSON = {"headers": {"accept": "application/json"}}
SECRETS_ZH = ("周敏，赶时间", "标准答案内容", "建议内容", "三月移过一次机", "移机要不要钱", "要点")


def door(name: str, call: MysteryCall, *more: int) -> str:
    return reverse(f"assessments:mystery-call-{name}", args=[call.pk, *more])


def now_in(call: MysteryCall) -> str:
    return MysteryCall.objects.get(pk=call.pk).state


def as_(client, person):
    client.force_login(person)
    return client


# --- who may open what ----------------------------------------------------------------------------------------

PEOPLE = ("ana", "abel", "lena", "carl", "eva", "quinn", "mona", "otto", "olga", "tess", "wes", "ada")
#: 302 for the two sides where they are sent on; everybody else as said. Not named: 404.
BEFORE = {
    "agent": {"ana": 200, "eva": 403, "lena": 403, "carl": 403, "quinn": 403, "mona": 403},
    "console": {"ana": 403, "eva": 200, "lena": 403, "carl": 403, "quinn": 403, "mona": 403},
    "state": {"ana": 200, "eva": 200, "lena": 403, "carl": 403, "quinn": 403, "mona": 403},
    "debrief": {"ana": 302, "eva": 302},
}
AFTER = {
    "agent": {"ana": 302, "eva": 403, "lena": 403, "carl": 403, "quinn": 403, "mona": 403},
    "console": {"ana": 403, "eva": 302, "lena": 403, "carl": 403, "quinn": 403, "mona": 403},
    "debrief": {"ana": 200, "eva": 200, "lena": 200, "carl": 200, "quinn": 200, "mona": 200},
}
VERBS = {
    "announce": {"eva": 302},
    "accept-aloud": {"eva": 302},
    "begin": {"eva": 302},
    "notes": {"eva": 302},
    "help": {"eva": 302},
    "forfeit": {"eva": 302},
    "end": {"eva": 302},
    "show-debrief": {"eva": 302},
    "accept": {"ana": 302},
    "give-up": {"ana": 302},
    "acknowledge": {"ana": 302},
}
KNOW_OF_IT = {"ana", "lena", "carl", "eva", "quinn", "mona"}


@pytest.mark.parametrize("name", list(BEFORE))
def test_doors_before_the_debrief(client, cast, name):
    call = make_call(cast.ana, cast.eva, S.ANNOUNCED)

    found = {who: as_(client, getattr(cast, who)).get(door(name, call)).status_code for who in PEOPLE}

    assert found == {who: BEFORE[name].get(who, 404) for who in PEOPLE}


@pytest.mark.parametrize("name", list(AFTER))
def test_doors_after_the_debrief(client, cast, name):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED)

    found = {who: as_(client, getattr(cast, who)).get(door(name, call)).status_code for who in PEOPLE}

    assert found == {who: AFTER[name].get(who, 404) for who in PEOPLE}


@pytest.mark.parametrize("name", list(VERBS))
def test_doors_of_verbs(client, cast, name):
    call = make_call(cast.ana, cast.eva, S.CANCELLED)  # nothing moves: only the door is tried

    found = {who: as_(client, getattr(cast, who)).post(door(name, call)).status_code for who in PEOPLE}

    assert found == {who: VERBS[name].get(who, 403 if who in KNOW_OF_IT else 404) for who in PEOPLE}


def test_doors_of_marking(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    point = call.scenario_version.points.first()
    solves = Item.objects.get(key="solves")

    for url in (door("point", call, point.pk), door("item", call, solves.pk)):
        found = {who: as_(client, getattr(cast, who)).post(url).status_code for who in PEOPLE}
        assert found == {who: 302 if who == "eva" else 403 if who in KNOW_OF_IT else 404 for who in PEOPLE}


def test_doors_of_cancelling_a_planned_call(client, cast):
    """Whoever marks the team may cancel what is only planned: the caller may be ill."""
    found = {}
    for who in PEOPLE:
        call = make_call(cast.ana, cast.eva)
        found[who] = as_(client, getattr(cast, who)).post(door("cancel", call)).status_code

    assert found == {who: 302 if who in ("eva", "quinn") else 403 if who in KNOW_OF_IT else 404 for who in PEOPLE}


def test_cancel_by_another_analyst_once_announced_is_forbidden(client, cast):
    call = make_call(cast.ana, cast.eva, S.ANNOUNCED)

    assert as_(client, cast.quinn).post(door("cancel", call)).status_code == 403
    assert now_in(call) == S.ANNOUNCED


def test_strangers_are_sent_to_sign_in(client, cast):
    call = make_call(cast.ana, cast.eva)
    urls = [door(name, call) for name in ("agent", "console", "debrief", *VERBS, "cancel")]
    urls += [reverse("assessments:mystery-call-list"), reverse("assessments:mystery-call-plan")]

    for url in urls:
        answer = client.post(url) if url.endswith(tuple(f"/{verb}/" for verb in VERBS)) else client.get(url)
        assert answer.status_code == 302, url
        assert answer["Location"].startswith("/accounts/login/"), url


def test_state_of_a_stranger_moves_the_window_and_says_nothing(client, cast):
    call = make_call(cast.ana, cast.eva)

    answer = client.get(door("state", call))

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"] == "/accounts/login/"


@pytest.mark.parametrize("name", [*VERBS, "cancel"])
def test_verbs_are_posts(client, cast, name):
    call = make_call(cast.ana, cast.eva)
    who = cast.ana if name in ("accept", "give-up", "acknowledge") else cast.eva

    assert as_(client, who).get(door(name, call)).status_code == 405


# --- what reaches the agent -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "state", [S.PLANNED, S.ANNOUNCED, S.ACCEPTED, S.IN_PROGRESS, S.ENDED, S.FORFEITED, S.CANCELLED]
)
def test_nothing_of_the_script_reaches_the_agent_before_the_debrief(client, cast, state, language):
    call = make_call(cast.ana, cast.eva, state)
    cast.ana.language = language
    cast.ana.save()
    as_(client, cast.ana)

    pages = [
        client.get(door("agent", call)),
        client.get(door("state", call)),
        client.get(reverse("assessments:mystery-call-list")),
        client.get(door("debrief", call), follow=True),
    ]

    for page in pages:
        text = page.content.decode()
        for secret in (*SECRETS, *SECRETS_ZH, "Moving house", "Point greets", call.scenario_version.scenario.key):
            assert secret not in text


def test_the_debrief_gives_the_agent_answers_advice_and_score(client, cast):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED, outcomes={"greets": PointOutcome.NOT_MET}, points={"solves": 3})
    cast.ana.language = "en"
    cast.ana.save()

    text = as_(client, cast.ana).get(door("debrief", call)).content.decode()

    for shown in (
        "Moving house",
        "SECRET-ANSWER",
        "SECRET-ADVICE",
        "0:20",
        "heard",
        "75%",
        "Read, which is not agreeing",
    ):
        assert shown in text
    for hidden in (SECRETS[0], SECRETS[2], SECRETS[4]):  # the persona and what to listen for stay with the caller
        assert hidden not in text


def test_the_callers_own_advice_stands_before_the_scripts(client, cast, at):
    call = make_call(cast.ana, cast.eva, S.ENDED)
    greets = call.scenario_version.points.get(key="greets")
    services.mark_point(call, greets, outcome="partly", observed="x", advice="Breathe in first.", actor=cast.eva, at=at)
    services.debrief_mystery_call(call, actor=cast.eva, at=at)

    text = as_(client, cast.ana).get(door("debrief", call)).content.decode()

    assert "Breathe in first." in text
    assert text.count("建议内容") == 2  # of the other two points


def test_notes_are_read_by_the_caller_only(client, cast, at):
    call = make_call(cast.ana, cast.eva, S.ENDED)
    services.write_notes(call, notes="PRIVATE-NOTE", actor=cast.eva, at=at)
    services.debrief_mystery_call(call, actor=cast.eva, at=at)

    assert "PRIVATE-NOTE" in as_(client, cast.eva).get(door("debrief", call)).content.decode()
    for who in (cast.ana, cast.carl, cast.quinn):
        assert "PRIVATE-NOTE" not in as_(client, who).get(door("debrief", call)).content.decode()


def test_the_debrief_of_a_forfeit_explains_and_has_no_score(client, cast, at):
    call = make_call(cast.ana, cast.eva, S.FORFEITED)
    services.debrief_mystery_call(call, actor=cast.eva, at=at)
    cast.ana.language = "en"
    cast.ana.save()

    text = as_(client, cast.ana).get(door("debrief", call)).content.decode()

    assert "This call ended as a forfeit" in text
    assert "Asked a colleague" in text
    assert "Composite score" not in text
    assert "SECRET-ANSWER" not in text  # nothing was played: the same script may be called again


def test_only_the_agent_is_offered_to_acknowledge(client, cast):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED)

    for who, offered in ((cast.ana, True), (cast.eva, False), (cast.carl, False)):
        text = as_(client, who).get(door("debrief", call)).content.decode()
        assert (door("acknowledge", call) in text) is offered


def test_pages_carry_no_inline_style_or_script(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    shown = make_call(cast.abel, cast.eva, S.DEBRIEFED)

    for who, url in (
        (cast.ana, door("agent", call)),
        (cast.eva, door("console", call)),
        (cast.eva, door("debrief", shown)),
    ):
        text = as_(client, who).get(url).content.decode()
        assert " style=" not in text
        assert " onclick" not in text
        assert "<script>" not in text


# --- following each other -------------------------------------------------------------------------------------


def test_state_says_nothing_while_nothing_moved(client, cast):
    call = make_call(cast.ana, cast.eva, S.ANNOUNCED)

    for who in (cast.ana, cast.eva):
        answer = as_(client, who).get(door("state", call), {"seen": "announced"})
        assert (answer.status_code, answer.content) == (204, b"")


def test_state_draws_the_own_panel_when_the_call_moved(client, cast):
    call = make_call(cast.ana, cast.eva, S.ACCEPTED)

    agents = as_(client, cast.ana).get(door("state", call), {"seen": "announced"}).content.decode()
    callers = as_(client, cast.eva).get(door("state", call), {"seen": "announced"}).content.decode()

    assert 'id="call-state"' in agents
    assert "?seen=accepted" in agents
    assert door("begin", call) not in agents
    assert door("begin", call) in callers
    for text in (agents, callers):
        assert "<html" not in text
        assert '"X-Background": "1"' in text
        assert "every 2s" in text


def test_state_tells_the_caller_that_the_agent_gave_up(client, cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    services.give_up(call, actor=cast.ana, at=at)

    answer = as_(client, cast.eva).get(door("state", call), {"seen": "in_progress"})

    text = answer.content.decode()
    assert "toast" in answer["HX-Trigger"]
    assert door("show-debrief", call) in text
    for gone in (door("end", call), door("forfeit", call), door("help", call), "data-timer"):
        assert gone not in text


def test_state_leads_to_the_debrief(client, cast):
    call = make_call(cast.ana, cast.eva, S.DEBRIEFED)

    for who in (cast.ana, cast.eva):
        answer = as_(client, who).get(door("state", call), {"seen": "ended"})
        assert answer["HX-Redirect"] == door("debrief", call)


def test_state_panel_of_the_caller_holds_no_field_that_could_lose_its_words(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    text = as_(client, cast.eva).get(door("state", call)).content.decode()

    assert "<textarea" not in text
    assert 'type="radio"' not in text


# --- a whole call by its buttons --------------------------------------------------------------------------------


def test_a_whole_call_by_its_buttons(client, cast):
    call = make_call(cast.ana, cast.eva)

    as_(client, cast.eva).post(door("announce", call))
    assert now_in(call) == S.ANNOUNCED
    as_(client, cast.ana).post(door("accept", call))
    assert now_in(call) == S.ACCEPTED
    as_(client, cast.eva).post(door("begin", call))
    assert now_in(call) == S.IN_PROGRESS
    for point in call.scenario_version.points.all():
        answer = client.post(door("point", call, point.pk), {"outcome": "met"}, **JSON)
        assert answer.status_code == 200
        assert answer.json()["stamp"] == "0:00"
    answer = client.post(door("item", call, Item.objects.get(key="solves").pk), {"points": "4"}, **JSON)
    assert answer.status_code == 200
    client.post(door("notes", call), {"notes": "good"}, **JSON)
    client.post(door("end", call))
    assert now_in(call) == S.ENDED
    answer = client.post(door("show-debrief", call))
    assert answer["Location"] == door("debrief", call)
    assert now_in(call) == S.DEBRIEFED
    answer = as_(client, cast.ana).post(door("acknowledge", call), {"comment": "谢谢"})
    assert answer["Location"] == door("debrief", call)
    call = MysteryCall.objects.get(pk=call.pk)
    assert (call.state, call.agent_comment, call.notes, call.evaluation.final_score) == (S.SETTLED, "谢谢", "good", 1)


def test_confirmed_aloud_is_ticked_by_the_caller(client, cast):
    call = make_call(cast.ana, cast.eva, S.ANNOUNCED)

    as_(client, cast.eva).post(door("accept-aloud", call))

    assert MysteryCall.objects.get(pk=call.pk).accepted_aloud is True


def test_a_press_that_comes_too_late_is_told_kindly(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    answer = as_(client, cast.eva).post(door("announce", call), follow=True)

    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]
    assert now_in(call) == S.IN_PROGRESS


def test_forfeit_without_help_asks_to_record_it(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    answer = as_(client, cast.eva).post(door("forfeit", call), follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert now_in(call) == S.IN_PROGRESS


def test_help_with_one_tap_draws_its_panel_and_the_way_to_the_forfeit(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    as_(client, cast.eva)
    assert door("forfeit", call) not in client.get(door("console", call)).content.decode()

    answer = client.post(door("help", call), {"kind": "asked"}, headers={"hx-request": "true"})

    text = answer.content.decode()
    assert text.strip().startswith('<section id="help-panel"')
    assert door("forfeit", call) in text
    client.post(door("forfeit", call))
    assert now_in(call) == S.FORFEITED


def test_help_of_an_unknown_kind_is_not_recorded(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    as_(client, cast.eva).post(door("help", call), {"kind": "telepathy"})

    assert call.help_events.count() == 0


def test_show_debrief_with_something_missing_lists_it(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    as_(client, cast.eva).post(door("end", call))

    answer = client.post(door("show-debrief", call), follow=True)

    assert now_in(call) == S.ENDED
    assert len(answer.context["missing"]) == 4
    assert f"#point-{call.scenario_version.points.first().pk}" in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"outcome": "met"}, 200),
        ({"outcome": "", "observed": "words"}, 200),
        ({"outcome": "not_reached"}, 422),
        ({"outcome": "not_reached", "observed": "line dropped"}, 200),
        ({"outcome": "brilliant"}, 422),
    ],
)
def test_marking_a_point_answers_in_json(client, cast, data, status):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    point = call.scenario_version.points.first()

    answer = as_(client, cast.eva).post(door("point", call, point.pk), data, **JSON)

    assert answer.status_code == status
    assert bool(answer.json()["problem"]) is (status != 200)


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("solves", "3", 200),
        ("solves", "", 200),
        ("solves", "5", 422),
        ("solves", "na", 422),
        ("solves", "NaN", 422),
        ("solves", "many", 422),
        ("filler-words", "na", 200),
        ("restates", "4", 422),
    ],
)
def test_marking_an_item_answers_in_json(client, cast, key, value, status):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)

    answer = as_(client, cast.eva).post(door("item", call, Item.objects.get(key=key).pk), {"points": value}, **JSON)

    assert answer.status_code == status


def test_marking_after_the_agent_gave_up_says_so(client, cast):
    call = make_call(cast.ana, cast.eva, S.FORFEITED)
    point = call.scenario_version.points.first()

    answer = as_(client, cast.eva).post(door("point", call, point.pk), {"outcome": "met"}, **JSON)

    assert answer.status_code == 409
    assert answer.json()["problem"]


def test_marking_without_scripts_comes_back_to_the_console(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    point = call.scenario_version.points.first()

    answer = as_(client, cast.eva).post(door("point", call, point.pk), {"outcome": "not_reached"}, follow=True)

    assert answer.redirect_chain == [(door("console", call), 302)]
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_points_and_items_of_another_call_are_not_found(client, cast):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    other = make_scenario().points.first()
    planned = make_call(cast.abel, cast.eva)
    as_(client, cast.eva)

    assert client.post(door("point", call, other.pk), {"outcome": "met"}).status_code == 404
    assert client.post(door("item", planned, Item.objects.get(key="solves").pk), {"points": "1"}).status_code == 404


# --- lists ----------------------------------------------------------------------------------------------------


def test_list_of_the_agent_shows_the_own_booking_and_nothing_of_colleagues(client, cast):
    own = make_call(cast.ana, cast.eva)
    make_call(cast.abel, cast.eva)
    shown = make_call(cast.ana, cast.eva, S.DEBRIEFED)

    context = as_(client, cast.ana).get(reverse("assessments:mystery-call-list")).context

    assert [entry.call for entry in context["to_take"]] == [own]
    assert (context["to_place"], context["of_others"], context["can_plan"]) == ([], [], False)
    assert [entry.call for entry in context["results"]] == [shown]


def test_list_of_the_caller_shows_what_to_place_first(client, cast):
    later = make_call(cast.ana, cast.eva)
    sooner = make_call(cast.abel, cast.eva)
    MysteryCall.objects.filter(pk=sooner.pk).update(planned_for=later.planned_for - timedelta(hours=1))
    of_quinn = make_call(cast.ana, cast.quinn)
    make_call(cast.ana, cast.eva, S.CANCELLED)

    context = as_(client, cast.eva).get(reverse("assessments:mystery-call-list")).context

    assert [entry.call for entry in context["to_place"]] == [sooner, later]
    assert [entry.call for entry in context["of_others"]] == [of_quinn]
    assert [entry.title for entry in context["of_others"]] == [""]


def test_list_of_the_supervisor_shows_the_teams_without_scenarios_or_doors(client, cast):
    make_call(cast.ana, cast.eva)
    make_call(cast.olga, cast.quinn)
    shown = make_call(cast.abel, cast.eva, S.DEBRIEFED)

    answer = as_(client, cast.carl).get(reverse("assessments:mystery-call-list"))

    assert [(entry.call.agent, entry.title, entry.url) for entry in answer.context["of_others"]] == [(cast.ana, "", "")]
    assert [entry.url for entry in answer.context["results"]] == [door("debrief", shown)]
    assert "/calls/plan/" not in answer.content.decode()


@pytest.mark.parametrize("who", ["ana", "eva", "carl"])
def test_list_makes_the_same_queries_for_1_and_3_rows(client, cast, who):
    url = reverse("assessments:mystery-call-list")

    def rows():
        for state in (S.PLANNED, S.SETTLED, S.FORFEITED):
            make_call(cast.ana, cast.eva, state)
        make_call(cast.ana, cast.quinn, S.ACCEPTED)

    rows()
    as_(client, getattr(cast, who)).get(url)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url)
    rows()
    rows()
    with CaptureQueriesContext(connection) as three:
        client.get(url)

    assert len(three) == len(one)


def test_console_and_debrief_make_the_same_queries_for_3_and_9_points(client, cast):
    small = make_scenario()
    large = make_scenario()
    for _n in range(6):
        PointFactory(version=large)
    counts = []
    for script in (small, large):
        call = make_call(cast.ana, cast.eva, S.ENDED, assignment=call_assignment(cast.ana, script))
        as_(client, cast.eva).get(door("console", call))
        with CaptureQueriesContext(connection) as console:
            client.get(door("console", call))
        services.debrief_mystery_call(call, actor=cast.eva, at=timezone.now())
        with CaptureQueriesContext(connection) as debrief:
            client.get(door("debrief", call))
        counts.append((len(console), len(debrief)))

    assert counts[0] == counts[1]


# --- planning -------------------------------------------------------------------------------------------------


def when(days: int = 1) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def test_plan_is_for_those_who_mark(client, cast):
    url = reverse("assessments:mystery-call-plan")

    found = {who: as_(client, getattr(cast, who)).get(url).status_code for who in PEOPLE}

    assert found == {who: 200 if who in ("eva", "quinn") else 403 for who in PEOPLE}


def test_plan_lists_open_assignments_first_and_offers_own_agents_only(client, cast):
    waiting = call_assignment(cast.ana)
    call_assignment(cast.olga)

    context = as_(client, cast.eva).get(reverse("assessments:mystery-call-plan")).context

    assert [entry.pk for entry in context["waiting"]] == [waiting.pk]
    assert set(context["form"].fields["agent"].queryset) == {cast.ana, cast.abel}


def test_plan_a_new_call(client, cast):
    scenario = make_scenario().scenario

    answer = as_(client, cast.eva).post(
        reverse("assessments:mystery-call-plan"),
        {"agent": cast.ana.pk, "scenario": scenario.pk, "planned_for": when(), "reason": ""},
    )

    assert answer["Location"] == reverse("assessments:mystery-call-list")
    call = MysteryCall.objects.get()
    assert (call.agent, call.caller, call.assignment.scenario) == (cast.ana, cast.eva, scenario)


def test_plan_with_another_teams_agent_or_a_draft_or_in_the_past_is_refused(client, cast):
    scenario = make_scenario().scenario
    draft = make_scenario(state="draft").scenario
    good = {"agent": cast.ana.pk, "scenario": scenario.pk, "planned_for": when()}
    as_(client, cast.eva)

    for wrong in ({"agent": cast.olga.pk}, {"scenario": draft.pk}, {"planned_for": when(-1)}, {"planned_for": ""}):
        answer = client.post(reverse("assessments:mystery-call-plan"), {**good, **wrong})
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == list(wrong)

    assert MysteryCall.objects.count() == 0
    assert Assignment.objects.count() == 0


def test_plan_proposes_what_the_team_does_not_know_and_says_why(client, cast):
    known = make_call(cast.abel, cast.eva, S.SETTLED).scenario_version.scenario
    MysteryCall.objects.update(started_at=timezone.now() - timedelta(days=1))
    fresh = make_scenario().scenario
    User.objects.filter(pk=cast.eva.pk).update(language="en")
    url = reverse("assessments:mystery-call-plan")

    answer = as_(client, cast.eva).get(url, {"agent": cast.ana.pk})

    rows = {choice.scenario: choice for choice in answer.context["choices"]}
    assert [choice.scenario for choice in answer.context["choices"] if choice.is_proposed] == [fresh]
    assert rows[fresh].is_chosen
    assert (rows[fresh].remark, rows[known].is_known) == ("not yet played in this team; 0 times in 90 days", True)
    assert rows[known].remark.startswith(f"{cast.abel.full_name} of the same team had it on ")

    data = {"agent": cast.ana.pk, "scenario": known.pk, "planned_for": when(), "seed": "3"}
    refused = client.post(url, data)
    assert list(refused.context["form"].errors) == ["why_anyway"]
    assert [choice.scenario for choice in refused.context["choices"] if choice.is_chosen] == [known]
    assert client.post(url, {**data, "why_anyway": "New tariff"}).status_code == 302
    assert AuditEntry.objects.get(action="scenario_repeated").reason == "New tariff"
    assert not AuditEntry.objects.filter(action="scenario_drawn").exists()
    MysteryCall.objects.filter(state=S.PLANNED).delete()
    assert client.post(url, {**data, "scenario": fresh.pk}).status_code == 302
    assert AuditEntry.objects.get(action="scenario_drawn").changes == {"seed": [None, 3]}


def test_plan_with_wishes_lists_only_what_is_like_that(client, cast):
    make_scenario()
    billing = make_scenario().scenario
    Scenario.objects.filter(pk=billing.pk).update(line_of_business="billing")
    url = reverse("assessments:mystery-call-plan")
    as_(client, cast.eva)

    def listed(**wish):
        return [choice.scenario for choice in client.get(url, {"agent": cast.ana.pk, **wish}).context["choices"]]

    assert listed(line_of_business="billing") == [billing]
    assert listed(direction="outbound") == []
    assert len(listed()) == 2


def test_plan_with_a_seed_that_is_no_number_still_answers(client, cast):
    scenario = make_scenario().scenario
    data = {"agent": cast.ana.pk, "scenario": scenario.pk, "planned_for": when(), "seed": "²"}

    assert as_(client, cast.eva).post(reverse("assessments:mystery-call-plan"), data).status_code == 200


def test_library_shows_how_often_each_was_played_in_the_same_queries_for_1_and_3(client, cast):
    played = make_call(cast.ana, cast.eva, S.SETTLED).scenario_version.scenario
    MysteryCall.objects.update(started_at=timezone.now() - timedelta(days=1))
    make_scenario(state="draft")
    url = reverse("assessments:scenario-list")
    as_(client, cast.tess).get(url)
    with CaptureQueriesContext(connection) as one:
        rows = client.get(url).context["rows"]
    assert [(row.scenario, row.exposure.tally.plays) for row in rows] == [(played, 1)]
    make_scenario()
    make_scenario()

    with CaptureQueriesContext(connection) as three:
        assert len(client.get(url).context["rows"]) == 3

    assert len(three) == len(one)


def test_plan_under_an_assignment(client, cast):
    assignment = call_assignment(cast.ana)
    url = reverse("assessments:mystery-call-plan") + f"?assignment={assignment.pk}"
    as_(client, cast.eva)

    assert "安娜" in client.get(url).content.decode()
    client.post(url, {"planned_for": when()})

    assert MysteryCall.objects.get().assignment == assignment


def test_plan_under_an_assignment_of_another_team_or_of_a_quiz_is_not_found(client, cast):
    foreign = call_assignment(cast.olga)
    quiz = AssignmentFactory(person=cast.ana)
    as_(client, cast.eva)

    for asked in (foreign.pk, quiz.pk, 999_999, "x"):
        url = reverse("assessments:mystery-call-plan") + f"?assignment={asked}"
        assert client.get(url).status_code == 404
        assert client.post(url, {"planned_for": when()}).status_code == 404


def test_plan_twice_under_one_assignment_says_so(client, cast):
    assignment = call_assignment(cast.ana)
    url = reverse("assessments:mystery-call-plan") + f"?assignment={assignment.pk}"
    as_(client, cast.eva).post(url, {"planned_for": when()})

    answer = client.post(url, {"planned_for": when()})

    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]][-1] == "error"
    assert MysteryCall.objects.count() == 1


def test_plan_makes_the_same_queries_for_1_and_3_waiting(client, cast):
    url = reverse("assessments:mystery-call-plan")
    call_assignment(cast.ana)
    as_(client, cast.eva).get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    call_assignment(cast.ana)
    call_assignment(cast.abel)
    with CaptureQueriesContext(connection) as three:
        client.get(url)

    assert len(three) == len(one)


def test_announce_with_a_script_that_no_longer_fits_is_told(client, cast):
    call = make_call(cast.ana, cast.eva)
    newer = ScorecardVersionFactory(scorecard=ScenarioVersion.objects.get().scorecard, effective_on=date(2026, 3, 1))
    ItemFactory(section=SectionFactory(version=newer), key="something-else")

    answer = as_(client, cast.eva).post(door("announce", call), follow=True)

    assert now_in(call) == S.PLANNED
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_console_in_the_end_shows_the_composite_so_far(client, cast, at):
    call = make_call(cast.ana, cast.eva, S.IN_PROGRESS)
    mark_everything(call, at=at, outcomes={"restates": PointOutcome.NOT_MET}, points={"solves": 4})
    services.end_mystery_call(call, actor=cast.eva, at=at)

    context = as_(client, cast.eva).get(door("console", call)).context

    assert (context["missing"], context["score"]) == ([], "62.5%")
