"""The exam room: who is sitting now, extra time for a group, late answers."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.assignments.rules import Override
from assessments.assignments.services import give_override
from assessments.attempts.models import Answer, Attempt, ExtraTime
from assessments.attempts.queries.room import late_answers_examined, open_sittings, sittings_examined
from assessments.attempts.services import give_extra_time, save_answer, start_attempt, submit_attempt
from lms.people.models import User
from lms.people.states import Role
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.bank import right_ids
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
NOW = MON_9 + 5 * MINUTE
ROOM, GIVE, LATE = (reverse(f"assessments:{name}") for name in ("exam-room", "extra-time-give", "exam-late"))


@pytest.fixture(autouse=True)
def _plain_english(cast):
    User.objects.update(language="en")


@pytest.fixture(autouse=True)
def _it_is_five_past_nine(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def quiz(db):
    return make_quiz()  # 15 minutes, five questions


@pytest.fixture
def sits(quiz):
    def start(person, *, quiz=quiz, at=MON_9, **more):
        return start_attempt(AssignmentFactory(person=person, quiz=quiz, **more), at=at)

    return start


@pytest.fixture
def carl(client, cast):
    client.force_login(cast.carl)
    return client


def page_of(response):
    return " ".join(response.content.decode().split())


def answer(attempt, order, *, at, sequence=1, made=None, response=None):
    drawn = attempt.questions.get(order=order)
    chosen = right_ids(drawn.question_version) if response is None else response
    return save_answer(drawn, sequence=sequence, response=chosen, at=at, made_at=made)


def shown(viewer, at=NOW):
    rows = sittings_examined(viewer, at=at).select_related("assignment__person", "quiz_version__quiz").order_by("pk")
    return open_sittings(list(rows), viewer=viewer, at=at)


# --- who is shown ------------------------------------------------------------------------------------------------------


def test_sittings_examined_are_the_open_ones_of_the_own_teams(cast, sits):
    ana, olga = sits(cast.ana), sits(cast.olga)
    submit_attempt(sits(cast.abel), actor=cast.abel, at=NOW)
    lena, _trial, carl = sits(cast.lena), sits(cast.eva, is_preview=True), sits(cast.carl)

    def seen(viewer):
        return set(sittings_examined(viewer, at=NOW))

    assert seen(cast.carl) == {ana, lena}  # without the own one
    assert seen(cast.otto) == {olga}
    assert seen(cast.mona) == seen(cast.tess) == seen(cast.quinn) == {ana, olga, lena, carl}
    assert seen(cast.eva) == seen(cast.lena) == seen(cast.ada) == set()


def test_sittings_go_with_the_person_to_another_team(cast, sits):
    ana = sits(cast.ana)
    cast.ana.memberships.update(to_on=date(2026, 3, 2))
    join(cast.ana, cast.team_b, Role.AGENT, from_on=date(2026, 3, 2))

    assert list(sittings_examined(cast.carl, at=NOW)) == []
    assert list(sittings_examined(cast.otto, at=NOW)) == [ana]


def test_a_sitting_says_how_far_it_is(cast, sits):
    attempt = sits(cast.ana)
    answer(attempt, 1, at=MON_9 + MINUTE)
    answer(attempt, 2, at=MON_9 + MINUTE)
    answer(attempt, 2, at=MON_9 + 2 * MINUTE, sequence=2, response=[])  # taken back

    (row,) = shown(cast.carl)

    assert (row.answered, row.n, row.remaining, row.late, row.team) == (1, 5, 10, 0, cast.team_a)
    assert (row.minutes, row.has_other_time, row.extra_minutes, row.until) == (15, False, 0, None)


@pytest.mark.parametrize(("seconds", "remaining"), [(0, 15), (1, 15), (60, 14), (899, 1), (900, 0), (950, 0)])
def test_remaining_minutes_are_rounded_up(cast, sits, seconds, remaining):
    sits(cast.ana)

    (row,) = shown(cast.carl, at=MON_9 + seconds * SECOND)

    assert (row.remaining, row.is_over) == (remaining, remaining == 0)


def test_a_sitting_without_a_deadline(cast, sits):
    sits(cast.ana, quiz=make_quiz("free", time_limit_minutes=None))

    (row,) = shown(cast.carl)

    assert (row.remaining, row.is_over, row.until, row.minutes, row.has_other_time) == (None, False, None, None, False)


def test_a_sitting_in_its_grace_period_says_until_when(cast, sits):
    sits(cast.ana, quiz=make_quiz("grace", overdue="grace", grace_minutes=5))

    (row,) = shown(cast.carl, at=MON_9 + 16 * MINUTE)

    assert (row.is_over, row.until) == (True, MON_9 + 20 * MINUTE)


def test_other_time_and_extra_time_show(cast, sits, quiz):
    sits(cast.ana)
    give_override(quiz, Override(limit_minutes=20), to=cast.ana, reason="R", actor=cast.mona, at=MON_9)
    give_extra_time(cast.team_a, minutes=10, reason="R", actor=cast.carl, at=MON_9)

    (row,) = shown(cast.carl)

    assert (row.minutes, row.has_other_time, row.extra_minutes) == (30, True, 10)


# --- the page ----------------------------------------------------------------------------------------------------------


def test_room_shows_who_sits_what_and_how_long(carl, cast, sits):
    answer(sits(cast.ana), 1, at=MON_9 + MINUTE)
    sits(cast.olga)

    page = page_of(carl.get(ROOM))

    for words in (
        "1 open sitting",
        "安娜",
        "一组",
        "Quiz crm-quiz",
        "10 min",
        "until 09:15",
        "1 of 5",
        "as of 09:05:00",
    ):
        assert words in page
    assert "奥尔加" not in page


def test_room_puts_whoever_has_least_time_on_top(carl, cast, sits):
    sits(cast.abel, quiz=make_quiz("free", time_limit_minutes=None))
    sits(cast.ana, at=MON_9 + MINUTE)
    sits(cast.lena)

    assert [row.attempt.assignment.person for row in carl.get(ROOM).context["rows"]] == [cast.lena, cast.ana, cast.abel]


def test_room_asks_again_in_the_background_with_its_filters(carl, cast, sits, quiz):
    sits(cast.ana)
    sits(cast.abel, quiz=make_quiz("other"))
    address = f"{ROOM}?quiz={quiz.pk}"

    page = page_of(carl.get(address))
    part = page_of(carl.get(address, headers={"HX-Request": "true", "X-Background": "1"}))

    assert f'hx-get="{address}" hx-trigger="every 10s"' in page
    assert "X-Background" in page
    assert part.startswith('<div id="sittings"')
    assert ("安娜" in part, "阿贝" in part, "<html" in part) == (True, False, False)


def test_room_of_a_quiz_nobody_sits_any_more_shows_all(carl, cast, sits):
    sits(cast.ana)

    assert "安娜" in page_of(carl.get(ROOM, {"quiz": make_quiz("other").pk}))


def test_room_by_team(client, cast, sits):
    sits(cast.ana)
    sits(cast.olga)
    client.force_login(cast.mona)

    page = page_of(client.get(ROOM, {"team": cast.team_b.pk}))

    assert ("安娜" in page, "奥尔加" in page) == (False, True)
    assert f"{GIVE}?team={cast.team_b.pk}" in page


def test_room_with_nobody(carl):
    assert "Nobody in your teams is sitting a quiz now" in page_of(carl.get(ROOM))


def test_room_asks_the_same_number_of_queries_for_3_and_60_sittings(carl, cast, sits):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert carl.get(ROOM).status_code == 200
        return len(queries)

    def more(n):
        for _n in range(n):
            join(person := UserFactory(), cast.team_a)
            answer(sits(person), 1, at=MON_9 + MINUTE)

    more(3)
    cost()
    few = cost()
    more(57)

    assert cost() == few
    assert len(carl.get(ROOM).context["rows"]) == 60


# --- extra time --------------------------------------------------------------------------------------------------------


def gift(cast, **more):
    return {"team": cast.team_a.pk, "minutes": "10", "reason": "The network was down"} | more


def test_extra_time_shows_first_whom_it_reaches(carl, cast, sits):
    sits(cast.ana)
    sits(cast.abel, quiz=make_quiz("free", time_limit_minutes=None))

    page = page_of(carl.post(GIVE, gift(cast)))

    assert "1 open sitting gets another deadline at once" in page
    assert "March 2, 2026 09:15</time> → <strong>09:25</strong>" in page
    assert "1 sitting has no deadline and needs no extra time." in page
    assert not ExtraTime.objects.exists()


def test_extra_time_after_a_look(carl, cast, sits):
    attempt = sits(cast.ana)
    look = carl.post(GIVE, gift(cast))

    response = carl.post(GIVE, gift(cast, seen=look.context["seen"]), follow=True)

    attempt.refresh_from_db()
    assert attempt.deadline_at == MON_9 + 25 * MINUTE
    page = page_of(response)
    assert "1 sitting has 10 more minutes." in page
    for words in ("The network was down", "10 min", "卡尔", "10 min extra"):
        assert words in page


def test_extra_time_pressed_twice_is_given_once(carl, cast, sits):
    attempt = sits(cast.ana)
    sent = gift(cast, seen=carl.post(GIVE, gift(cast)).context["seen"])

    carl.post(GIVE, sent)
    second = carl.post(GIVE, sent)

    attempt.refresh_from_db()
    assert attempt.deadline_at == MON_9 + 25 * MINUTE
    assert "卡尔 has given 10 minutes meanwhile. Nothing more was given" in page_of(second)
    carl.post(GIVE, gift(cast, seen=second.context["seen"]))  # looked at, and wanted
    attempt.refresh_from_db()
    assert attempt.deadline_at == MON_9 + 35 * MINUTE


@pytest.mark.parametrize("change", [{"minutes": "20"}, {"seen": ""}, {"seen": "x.y"}, {"seen": "1-10.99999999999999"}])
def test_extra_time_that_was_not_looked_at_is_shown_first(carl, cast, sits, change):
    sits(cast.ana)
    look = carl.post(GIVE, gift(cast))

    carl.post(GIVE, gift(cast, seen=look.context["seen"]) | change)

    assert not ExtraTime.objects.exists()


def test_extra_time_to_nobody_is_not_written(carl, cast):
    look = carl.post(GIVE, gift(cast))

    response = carl.post(GIVE, gift(cast, seen=look.context["seen"]))

    assert "there is nothing to give" in page_of(response)
    assert not ExtraTime.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"minutes": "481"}, "less than or equal to 480"),
        ({"reason": ""}, "This field is required."),
        ({"team": "other"}, "Select a valid choice."),
    ],
)
def test_extra_time_that_does_not_fit(carl, cast, sits, change, words):
    sits(cast.ana)
    if "team" in change:
        change = {"team": cast.team_b.pk}

    assert words in page_of(carl.post(GIVE, gift(cast) | change))
    assert not ExtraTime.objects.exists()


def test_extra_time_asks_the_same_number_of_queries_for_3_and_30(carl, cast, sits):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert carl.post(GIVE, gift(cast)).context["reached"]
        return len(queries)

    def more(n):
        for _n in range(n):
            join(person := UserFactory(), cast.team_a)
            sits(person)

    more(3)
    cost()
    few = cost()
    more(27)

    assert cost() == few


# --- late answers ------------------------------------------------------------------------------------------------------

END = MON_9 + 15 * MINUTE


@pytest.fixture
def late(cast, sits):
    """Ana's third answer, made a second before the deadline, received twenty after it."""
    attempt = sits(cast.ana)
    answer(attempt, 1, at=END)
    answer(attempt, 3, at=END + 20 * SECOND, made=END - SECOND)
    return attempt


def test_late_answers_are_listed_with_both_instants(carl, cast, late):
    page = page_of(carl.get(LATE))

    for words in ("安娜", "Quiz crm-quiz", '<td class="num">3</td>', "09:14:59", "09:15:00", "09:15:20"):
        assert words in page
    assert len(carl.get(LATE).context["page"]) == 1


def test_late_answers_of_ones_own_teams_only(cast, late):
    def seen(viewer):
        return late_answers_examined(viewer, at=NOW).count()

    assert {name: seen(who) for name, who in cast.people.items() if seen(who)} == {
        "carl": 1, "quinn": 1, "mona": 1, "tess": 1,
    }  # fmt: skip


def test_a_late_answer_is_late_no_more_when_time_was_given(carl, cast, late):
    give_extra_time(cast.team_a, minutes=10, reason="R", actor=cast.carl, at=END + 30 * SECOND)

    assert "No late answers" in page_of(carl.get(LATE))


def test_late_answers_stay_listed_when_the_sitting_has_ended_and_show_in_the_room_before(carl, cast, late):
    (row,) = shown(cast.carl, at=END + 30 * SECOND)
    assert row.late == 1
    assert "1 answer synced late" in page_of(carl.get(ROOM))

    submit_attempt(late, actor=cast.ana, at=END + 30 * SECOND)

    assert "安娜" in page_of(carl.get(LATE))


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({}, 1),
        ({"since": "2026-03-02", "until": "2026-03-02"}, 1),
        ({"since": "2026-03-03"}, 0),
        ({"until": "2026-03-01"}, 0),
        ({"since": "never"}, 1),
        ({"quiz": "other"}, 0),
    ],
)
def test_late_answers_by_quiz_and_date(carl, late, query, n):
    if "quiz" in query:
        query = {"quiz": make_quiz("other").pk}

    assert len(carl.get(LATE, query).context["page"]) == n


def test_late_answers_newest_first_in_the_same_number_of_queries(carl, cast, sits, late):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert carl.get(LATE).status_code == 200
        return len(queries)

    cost()
    few = cost()
    for seconds in (30, 40):
        answer(sits(cast.abel), 1, at=END + seconds * SECOND, made=END)
        Attempt.objects.filter(assignment__person=cast.abel, state="in_progress").update(
            state="abandoned", submitted_at=END
        )

    assert cost() == few
    received = [row.received_at for row in carl.get(LATE).context["page"]]
    assert received == sorted(Answer.objects.filter(is_synced_late=True).values_list("received_at", flat=True))[::-1]
    assert len(received) == 3
