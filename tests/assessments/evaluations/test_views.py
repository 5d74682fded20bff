"""Every door tried by everybody, the marking screen, and what the lists cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import ports
from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.services import start_evaluation
from assessments.scorecards.models import Item
from lms.people.models import User
from tests.factories.calls import FRI_10, CallFactory
from tests.factories.evaluations import EvaluationFactory, mark_all
from tests.factories.people import UserFactory, join
from tests.factories.scorecards import make_scorecard

EVERYBODY = (
    "ana", "abel", "lena", "carl", "eva", "otto", "olga", "quinn", "mona", "tess", "wes", "ada", "stranger",
)  # fmt: skip
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _plain_english(cast):
    User.objects.update(language="en")


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
def released(cast, version, call):
    evaluation = EvaluationFactory(
        scorecard_version=version, call=call, agent=cast.ana, evaluator=cast.eva, released=True
    )
    mark_all(evaluation, restates=3)
    return evaluation


def enter(client, cast, name):
    client.logout()
    if name != "stranger":
        client.force_login(getattr(cast, name))
    return client


def answers(client, cast, visit, expected, *, otherwise):
    """Compare everybody's status code with what is expected of them; the stranger is sent to sign in."""
    wanted = {name: 302 if name == "stranger" else expected.get(name, otherwise) for name in EVERYBODY}
    found = {name: visit(enter(client, cast, name)).status_code for name in EVERYBODY}
    assert found == wanted


def item(key):
    return Item.objects.get(key=key)


def mark_url(evaluation, key):
    return reverse("assessments:evaluation-mark-item", args=[evaluation.pk, item(key).pk])


# --- doors ---------------------------------------------------------------------------------------------------


def test_door_call_list(client, cast):
    allowed = dict.fromkeys(("lena", "carl", "eva", "otto", "quinn", "mona"), 200)

    answers(client, cast, lambda c: c.get(reverse("assessments:call-list")), allowed, otherwise=403)


def test_door_start(client, cast, version, call):
    def start(c):
        response = c.post(reverse("assessments:evaluation-start", args=[call.pk]))
        Evaluation.objects.all().delete()
        return response

    expected = {"eva": 302, "quinn": 302, "lena": 403, "carl": 403, "mona": 403}
    answers(client, cast, start, expected, otherwise=404)


@pytest.mark.parametrize("name", ["mark", "release", "summary", "discard"])
def test_doors_of_a_draft_open_to_its_evaluator_only(client, cast, version, call, at, name):
    def visit(c):
        draft = start_evaluation(call, actor=cast.eva, at=at)
        url = reverse(f"assessments:evaluation-{name}", args=[draft.pk])
        return c.get(url) if name == "mark" else c.post(url)

    eva = {"mark": 200, "release": 302, "summary": 302, "discard": 302}[name]
    answers(client, cast, visit, {"eva": eva}, otherwise=404)


def test_door_mark_item_opens_to_its_evaluator_only(client, cast, draft):
    answers(client, cast, lambda c: c.post(mark_url(draft, "restates"), {"points": "3"}), {"eva": 302}, otherwise=404)


def test_door_of_a_draft_closes_when_the_analyst_no_longer_marks_the_team(client, cast, draft):
    cast.eva.memberships.update(team=cast.team_b)
    client.force_login(cast.eva)

    assert client.get(reverse("assessments:evaluation-mark", args=[draft.pk])).status_code == 403
    assert client.post(mark_url(draft, "restates"), {"points": "3"}).status_code == 403
    assert client.post(reverse("assessments:evaluation-release", args=[draft.pk])).status_code == 403
    assert client.post(reverse("assessments:evaluation-discard", args=[draft.pk])).status_code == 302


def test_door_evaluation_list_is_open_to_all(client, cast):
    answers(client, cast, lambda c: c.get(reverse("assessments:evaluation-list")), {}, otherwise=200)


def test_door_detail(client, cast, released):
    allowed = dict.fromkeys(("ana", "lena", "carl", "eva", "quinn", "mona"), 200)

    url = reverse("assessments:evaluation-detail", args=[released.pk])
    answers(client, cast, lambda c: c.get(url), allowed, otherwise=404)


def test_door_acknowledge(client, cast, released):
    expected = {"ana": 302, **dict.fromkeys(("lena", "carl", "eva", "quinn", "mona"), 403)}

    url = reverse("assessments:evaluation-acknowledge", args=[released.pk])
    answers(client, cast, lambda c: c.post(url), expected, otherwise=404)


def test_agent_knows_nothing_of_a_draft_or_of_a_call_before_its_release(client, cast, draft):
    client.force_login(cast.ana)

    assert client.get(reverse("assessments:evaluation-detail", args=[draft.pk])).status_code == 404
    assert client.post(reverse("assessments:evaluation-acknowledge", args=[draft.pk])).status_code == 404
    assert b"No evaluations yet" in client.get(reverse("assessments:evaluation-list")).content


def test_nobody_evaluates_the_own_call(client, cast, version):
    """Eva also takes calls in the team she marks."""
    join(cast.eva, cast.team_a)
    own = CallFactory(agent=cast.eva)
    EvaluationFactory(scorecard_version=version, call=own, agent=cast.eva, evaluator=cast.quinn, released=True)
    client.force_login(cast.eva)

    assert client.post(reverse("assessments:evaluation-start", args=[own.pk])).status_code == 403
    assert b"C0" not in client.get(reverse("assessments:call-list")).content.split(b"<tbody>")[-1]


def test_evaluations_of_mystery_calls_have_no_door_here(client, cast, version):
    held = EvaluationFactory(scorecard_version=version, agent=cast.ana, evaluator=cast.eva, held=True)
    begun = EvaluationFactory(scorecard_version=version, agent=cast.ana, evaluator=cast.eva, call=None)

    for person in (cast.eva, cast.ana, cast.quinn):
        client.force_login(person)
        for evaluation in (held, begun):
            assert client.get(reverse("assessments:evaluation-detail", args=[evaluation.pk])).status_code == 404
            assert client.get(reverse("assessments:evaluation-mark", args=[evaluation.pk])).status_code == 404


@pytest.mark.parametrize("name", ["start", "summary", "release", "discard", "acknowledge"])
def test_verbs_are_posts(client, cast, draft, name):
    client.force_login(cast.eva)
    pk = draft.call_id if name == "start" else draft.pk

    assert client.get(reverse(f"assessments:evaluation-{name}", args=[pk])).status_code == 405


# --- the queue -----------------------------------------------------------------------------------------------


def test_queue_shows_own_drafts_then_unmarked_then_evaluated_newest_first(client, cast, version, at):
    calls = {
        name: CallFactory(agent=cast.ana, external_id=name, started_at=FRI_10 + timedelta(hours=hour))
        for hour, name in enumerate(["old", "begun", "done", "new"])
    }
    CallFactory(agent=cast.olga, external_id="other-team")
    EvaluationFactory(
        scorecard_version=version, call=calls["done"], agent=cast.ana, evaluator=cast.quinn, released=True
    )
    start_evaluation(calls["begun"], actor=cast.eva, at=at)
    start_evaluation(calls["new"], actor=cast.quinn, at=at)
    client.force_login(cast.eva)

    response = client.get(reverse("assessments:call-list"))

    assert [row.call.external_id for row in response.context["rows"]] == ["begun", "new", "old", "done"]
    assert (response.context["tally"].evaluated, response.context["tally"].total) == (1, 4)
    assert [row.begun_by for row in response.context["rows"]] == ["", cast.quinn.full_name, "", ""]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["abel-mon", "ana-fri", "done"]),
        ("?unmarked=on", ["abel-mon", "ana-fri"]),
        ("?agent={ana}", ["ana-fri", "done"]),
        ("?agent={olga}", ["abel-mon", "ana-fri", "done"]),
        ("?team={team_a}", ["abel-mon", "ana-fri", "done"]),
        ("?since=2026-03-02", ["abel-mon"]),
        ("?until=2026-02-27", ["ana-fri", "done"]),
        ("?since=nonsense", ["abel-mon", "ana-fri", "done"]),
    ],
)
def test_queue_filters(client, cast, version, query, shown):
    CallFactory(agent=cast.ana, external_id="ana-fri")
    CallFactory(agent=cast.abel, external_id="abel-mon", started_at=FRI_10 + timedelta(days=3))
    done = CallFactory(agent=cast.ana, external_id="done")
    EvaluationFactory(scorecard_version=version, call=done, agent=cast.ana, released=True)
    CallFactory(agent=cast.olga, external_id="other-team")
    client.force_login(cast.eva)

    address = query.format(ana=cast.ana.pk, olga=cast.olga.pk, team_a=cast.team_a.pk)
    response = client.get(reverse("assessments:call-list") + address)

    assert [row.call.external_id for row in response.context["rows"]] == shown


def test_supervisor_sees_the_queue_without_buttons(client, cast, version, call):
    client.force_login(cast.carl)

    content = client.get(reverse("assessments:call-list")).content.decode()

    assert cast.ana.full_name in content
    assert reverse("assessments:evaluation-start", args=[call.pk]) not in content


def test_start_on_an_evaluated_call_says_so(client, cast, released):
    client.force_login(cast.eva)

    response = client.post(reverse("assessments:evaluation-start", args=[released.call_id]), follow=True)

    assert "evaluated already" in response.content.decode()
    assert Evaluation.objects.count() == 1


def test_start_without_scorecard_says_so(client, cast, call):
    client.force_login(cast.eva)

    response = client.post(reverse("assessments:evaluation-start", args=[call.pk]), follow=True)

    assert "No scorecard was in effect" in response.content.decode()


# --- marking -------------------------------------------------------------------------------------------------


def test_marking_screen_has_fatal_items_on_top_and_the_first_open_item_current(client, cast, draft):
    mark_all(draft)
    Mark.objects.filter(item__key__in=["solves"]).delete()
    client.force_login(cast.eva)

    response = client.get(reverse("assessments:evaluation-mark", args=[draft.pk]))

    groups = response.context["groups"]
    assert [[row.item.key for row in group.rows] for group in groups] == [
        ["accuracy"],
        ["restates", "solves", "filler-words", "extra-mile"],
    ]
    assert response.context["current"] == item("solves").pk
    assert [outcome.value for outcome in groups[1].rows[0].outcomes] == ["0", "1", "2", "3", "4", "na"]
    assert [outcome.value for outcome in groups[1].rows[1].outcomes] == ["0", "1", "2", "3", "4"]
    assert [outcome.value for outcome in groups[0].rows[0].outcomes] == ["1", "0"]


@pytest.mark.parametrize(
    ("key", "data", "points", "second"),
    [
        ("restates", {"points": "3", "comment": "好", "moment": "1:05"}, 3, 65),
        ("restates", {"points": "0", "comment": "没有复述", "moment": "20"}, 0, 20),
        ("restates", {"points": "na"}, None, None),
        ("accuracy", {"points": "1"}, 1, None),
    ],
)
def test_mark_is_saved_and_the_score_comes_back(client, cast, draft, key, data, points, second):
    client.force_login(cast.eva)

    response = client.post(mark_url(draft, key), data, headers=HX)

    mark = Mark.objects.get()
    assert (mark.points, mark.comment, mark.at_second, mark.is_judged) == (
        points,
        data.get("comment", ""),
        second,
        True,
    )
    assert response.status_code == 200
    assert response["X-Saved-At"]
    assert b"<html" not in response.content
    assert b"1/3" in response.content


def test_score_follows_the_marks(client, cast, draft):
    client.force_login(cast.eva)
    client.post(mark_url(draft, "restates"), {"points": "3"}, headers=HX)

    assert b"75%" in client.post(mark_url(draft, "restates"), {"points": "3"}, headers=HX).content
    assert b"87.5%" in client.post(mark_url(draft, "solves"), {"points": "4"}, headers=HX).content
    assert b"fatal item failed" in client.post(mark_url(draft, "accuracy"), {"points": "0"}, headers=HX).content


def test_comment_without_outcome_is_saved_and_is_not_counted(client, cast, draft):
    client.force_login(cast.eva)

    response = client.post(mark_url(draft, "restates"), {"points": "", "comment": "先写"}, headers=HX)

    assert b"0/3" in response.content
    assert Mark.objects.get().is_judged is False


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("restates", {"points": "5"}),
        ("restates", {"points": "many"}),
        ("restates", {"points": "NaN"}),
        ("restates", {"points": "3", "moment": "soon"}),
        ("restates", {"points": "3", "comment": "x" * 2001}),
        ("solves", {"points": "na"}),
    ],
)
def test_what_can_not_be_saved_is_refused_with_the_reason(client, cast, draft, key, data):
    client.force_login(cast.eva)

    response = client.post(mark_url(draft, key), data, headers=HX)

    assert response.status_code == 422
    assert response["Content-Type"].startswith("text/plain")
    assert response.content
    assert not Mark.objects.exists()


def test_marking_works_as_a_plain_form(client, cast, draft):
    client.force_login(cast.eva)

    response = client.post(mark_url(draft, "restates"), {"points": "3"})

    assert response["Location"].endswith(f"/mark/#item-{item('restates').pk}")
    bad = client.post(mark_url(draft, "restates"), {"points": "7"}, follow=True)
    assert "0 to 4 points are possible" in bad.content.decode()
    assert Mark.objects.get().points == 3


def test_item_of_another_scorecard_is_not_found(client, cast, draft):
    other = make_scorecard().sections.get().items.first()
    client.force_login(cast.eva)

    url = reverse("assessments:evaluation-mark-item", args=[draft.pk, other.pk])
    assert client.post(url, {"points": "1"}).status_code == 404


def test_summary_is_saved(client, cast, draft):
    client.force_login(cast.eva)

    client.post(reverse("assessments:evaluation-summary", args=[draft.pk]), {"summary": "开场很好"}, headers=HX)

    draft.refresh_from_db()
    assert draft.summary == "开场很好"


def test_release_names_what_is_missing(client, cast, draft):
    mark_all(draft, solves=0)
    Mark.objects.filter(item__key="solves").update(comment="")
    Mark.objects.filter(item__key="restates").delete()
    client.force_login(cast.eva)

    response = client.post(reverse("assessments:evaluation-release", args=[draft.pk]), follow=True)

    assert response.redirect_chain == [(reverse("assessments:evaluation-mark", args=[draft.pk]) + "?missing=1", 302)]
    assert [(row.key, gap) for row, gap in response.context["missing"]] == [
        ("restates", "not marked yet"),
        ("solves", "needs a comment"),
    ]
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_release_tells_and_leads_back_to_the_queue(client, cast, draft):
    mark_all(draft)
    client.force_login(cast.eva)

    response = client.post(reverse("assessments:evaluation-release", args=[draft.pk]), follow=True)

    assert response.redirect_chain == [(reverse("assessments:call-list"), 302)]
    assert cast.ana.full_name in response.content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.final_score) == ("released", 1)


def test_release_pressed_twice_is_one_release(client, cast, draft):
    mark_all(draft)
    client.force_login(cast.eva)
    client.post(reverse("assessments:evaluation-release", args=[draft.pk]))

    response = client.post(reverse("assessments:evaluation-release", args=[draft.pk]), follow=True)

    assert response.status_code == 200
    assert "released already" in response.content.decode()


def test_marks_after_release_are_a_conflict(client, cast, released):
    client.force_login(cast.eva)

    response = client.post(mark_url(released, "restates"), {"points": "0"}, headers=HX)

    assert response.status_code == 409
    assert Mark.objects.get(item__key="restates").points == 3
    assert client.get(reverse("assessments:evaluation-mark", args=[released.pk])).status_code == 302


def test_discard_deletes_the_draft_but_never_a_released_one(client, cast, draft, released):
    draft.refresh_from_db()
    client.force_login(cast.eva)

    client.post(reverse("assessments:evaluation-discard", args=[draft.pk]))
    response = client.post(reverse("assessments:evaluation-discard", args=[released.pk]), follow=True)

    assert list(Evaluation.objects.all()) == [released]
    assert "can&#x27;t be discarded" in response.content.decode()


# --- reading -------------------------------------------------------------------------------------------------


def test_own_list_shows_own_released_evaluations_newest_first(client, cast, version):
    rows = [
        EvaluationFactory(
            scorecard_version=version, agent=cast.ana, released=True, released_at=FRI_10 + timedelta(hours=hour)
        )
        for hour in range(3)
    ]
    EvaluationFactory(scorecard_version=version, agent=cast.abel, released=True)
    EvaluationFactory(scorecard_version=version, agent=cast.ana)
    EvaluationFactory(scorecard_version=version, agent=cast.ana, held=True)
    client.force_login(cast.ana)

    response = client.get(reverse("assessments:evaluation-list"))

    assert list(response.context["page"]) == rows[::-1]


def test_mean_says_how_many_more_it_needs(client, cast, released, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: FRI_10 + timedelta(days=3))
    client.force_login(cast.ana)

    response = client.get(reverse("assessments:evaluation-list"))

    assert (response.context["mean"].n, response.context["mean"].value, response.context["mean"].needed) == (1, None, 1)
    assert "not enough calls yet" in response.content.decode()


def test_mean_comes_with_n_and_interval_and_counts_corrections_once(client, cast, version, monkeypatch):
    now = FRI_10 + timedelta(days=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    old = FRI_10 - timedelta(days=90)
    scores = {"first": "0.70", "second": "0.90", "wrong": "0.10", "long-ago": "0.20"}
    rows = {
        name: EvaluationFactory(
            scorecard_version=version,
            agent=cast.ana,
            released=True,
            final_score=Decimal(score),
            call__started_at=old if name == "long-ago" else FRI_10,
        )
        for name, score in scores.items()
    }
    EvaluationFactory(
        scorecard_version=version,
        agent=cast.ana,
        call=rows["wrong"].call,
        corrects=rows["wrong"],
        released=True,
        final_score=Decimal("0.80"),
    )
    client.force_login(cast.ana)

    mean = client.get(reverse("assessments:evaluation-list")).context["mean"]

    # 0.7, 0.9, 0.8: mean 0.8, s = 0.1, t(2) = 4.3027, margin 0.2484
    assert (mean.n, mean.value, mean.low, mean.high) == (3, Decimal("0.800"), Decimal("0.551"), Decimal("1.000"))


def test_team_list_shows_released_ones_and_own_drafts_on_top(client, cast, version, released, at):
    mine = start_evaluation(CallFactory(agent=cast.abel), actor=cast.eva, at=at)
    start_evaluation(CallFactory(agent=cast.abel), actor=cast.quinn, at=at)
    EvaluationFactory(scorecard_version=version, agent=cast.olga, released=True)
    client.force_login(cast.eva)

    response = client.get(reverse("assessments:evaluation-list"))

    assert list(response.context["page"]) == [mine, released]


def test_detail_puts_strengths_first_and_sorts_weaknesses_by_what_they_cost(client, cast, version, call):
    evaluation = EvaluationFactory(
        scorecard_version=version, call=call, agent=cast.ana, evaluator=cast.eva, released=True
    )
    section = version.sections.get()
    from tests.factories.scorecards import ItemFactory

    ItemFactory(section=section, key="greets", skill=item("solves").skill, weight=1)
    mark_all(evaluation, restates=3, solves=1, greets=4, accuracy=0, filler_words=0, extra_mile=1)
    client.force_login(cast.ana)

    response = client.get(reverse("assessments:evaluation-detail", args=[evaluation.pk]))

    read = response.context["read"]
    assert [row.item.key for row in read.fatal_failures] == ["accuracy"]
    assert [row.item.key for row in read.strengths] == ["extra-mile", "greets"]
    assert [row.item.key for row in read.weaknesses] == ["solves", "restates"]
    assert [row.item.key for row in read.warnings] == ["filler-words"]
    content = response.content.decode()
    assert content.index("What went well") < content.index("What would gain most")
    assert "0:20" in content


def test_detail_offers_lessons_for_what_was_weak(client, cast, released, monkeypatch):
    asked = []

    def lessons(skill_ids, language):
        asked.append(skill_ids)
        return {pk: [ports.LessonLink("k", "复述问题", "/learn/x/", 8)] for pk in skill_ids}

    monkeypatch.setattr(ports, "lessons_by_skill", lessons)
    client.force_login(cast.ana)

    content = client.get(reverse("assessments:evaluation-detail", args=[released.pk])).content.decode()

    assert asked == [[item("restates").skill_id]]
    assert content.count('href="/learn/x/"') == 1


def test_acknowledge_is_reading(client, cast, released):
    client.force_login(cast.ana)
    url = reverse("assessments:evaluation-acknowledge", args=[released.pk])

    part = client.post(url, headers=HX)
    again = client.post(url)

    released.refresh_from_db()
    assert released.state == "acknowledged"
    assert "Reading is not agreeing" in part.content.decode()
    assert b"<html" not in part.content
    assert again.status_code == 302


def test_recording_can_be_heard_by_whom_the_call_is_shown_to(client, cast, released, at):
    from assessments.calls.services import add_recording

    add_recording(released.call, SimpleUploadedFile("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt "), actor=cast.eva, at=at)
    allowed = dict.fromkeys(("ana", "lena", "carl", "eva", "quinn", "mona"), 200)

    url = reverse("private-file", args=["recording", released.call_id])
    answers(client, cast, lambda c: c.get(url), allowed, otherwise=404)


def test_recording_is_closed_to_the_agent_before_release(client, cast, draft, at):
    from assessments.calls.services import add_recording

    add_recording(draft.call, SimpleUploadedFile("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt "), actor=cast.eva, at=at)
    client.force_login(cast.ana)

    assert client.get(reverse("private-file", args=["recording", draft.call_id])).status_code == 404


# --- what it costs -------------------------------------------------------------------------------------------


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


def more_rows(cast, version, number):
    """Calls of new agents: unmarked, evaluated, and begun by Eva, `number` of each."""
    for _row in range(number):
        for traits in (None, {"released": True}, {}):
            agent = UserFactory()
            join(agent, cast.team_a)
            call = CallFactory(agent=agent)
            if traits is not None:
                evaluation = EvaluationFactory(
                    scorecard_version=version, call=call, agent=agent, evaluator=cast.eva, **traits
                )
                mark_all(evaluation)


@pytest.mark.parametrize("name", ["call-list", "evaluation-list"])
def test_lists_ask_the_same_number_of_queries_for_one_and_three_rows(client, cast, version, name):
    url = reverse(f"assessments:{name}")
    client.force_login(cast.eva)
    client.get(url)
    more_rows(cast, version, 1)
    one = queries_of(client, url)

    more_rows(cast, version, 2)

    assert queries_of(client, url) == one


def test_own_list_asks_the_same_number_of_queries_for_one_and_three_rows(client, cast, version):
    url = reverse("assessments:evaluation-list")
    client.force_login(cast.ana)
    client.get(url)
    EvaluationFactory(scorecard_version=version, agent=cast.ana, released=True)
    one = queries_of(client, url)

    for _row in range(2):
        EvaluationFactory(scorecard_version=version, agent=cast.ana, released=True)

    assert queries_of(client, url) == one


@pytest.mark.parametrize("name", ["mark", "detail"])
def test_screens_ask_the_same_number_of_queries_for_one_and_three_more_items(client, cast, version, call, name):
    from tests.factories.scorecards import ItemFactory
    from tests.factories.skills import SkillFactory

    evaluation = EvaluationFactory(
        scorecard_version=version, call=call, agent=cast.ana, evaluator=cast.eva, released=name == "detail"
    )
    url = reverse(f"assessments:evaluation-{name}", args=[evaluation.pk])
    client.force_login(cast.eva)
    mark_all(evaluation, restates=1)  # a weak item asks for lessons
    client.get(url)
    before = queries_of(client, url)

    section = version.sections.get()
    for number in range(3):
        added = ItemFactory(section=section, skill=SkillFactory(key=f"more-{number}"))
        Mark.objects.create(evaluation=evaluation, item=added, points=1)

    assert queries_of(client, url) == before
