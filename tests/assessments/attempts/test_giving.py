"""Giving a quiz by hand, how it stands, and taking it back."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from assessments.assignments.models import Assignment
from assessments.assignments.rules import Override
from assessments.assignments.services import close_assignment, give_override
from assessments.attempts.queries import to_sit
from assessments.attempts.queries.giving import GiveOrder, giving_in_detail, givings_examined, plan_of
from assessments.attempts.rules import attention, given_state, is_late
from assessments.attempts.services import start_attempt
from assessments.attempts.services.giving import PlanChanged, give_quiz, take_back
from assessments.attempts.states import GivenState, SkipReason
from assessments.quizzes.models import QuizVersion
from lms.audit.models import AuditEntry
from lms.notifications.models import Notification
from lms.people.models import Membership, User
from lms.people.states import PersonStatus
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import AttemptFactory, sit
from tests.factories.kept import warm
from tests.factories.marking import hand_in, make_open_quiz
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LIST, NEW = reverse("assessments:given-list"), reverse("assessments:given-new")


@pytest.fixture
def quiz(db):
    return make_quiz()  # 15 minutes, two attempts


@pytest.fixture
def order(quiz, cast):
    def make(**values):
        return GiveOrder(
            **{"quiz": quiz, "reason_zh": "上岗认证", "reason_en": "Certification", "team": cast.team_a} | values
        )

    return make


@pytest.fixture
def give(order, cast):
    """Give it, having looked at it."""

    def deed(actor=None, *, at=MON_9, **values):
        wanted, actor = order(**values), actor or cast.carl
        return give_quiz(wanted, actor=actor, at=at, seen=plan_of(wanted, actor=actor, at=at).fingerprint)

    return deed


def having(quiz):
    return {row.person.employee_no for row in Assignment.objects.filter(quiz=quiz).select_related("person")}


def states_of(entry, viewer, *, at=MON_9):
    return {row.person.employee_no: row.state for row in giving_in_detail(entry, viewer, at=at).rows}


# --- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, GivenState.NOT_BEGUN),
        ({"is_taken_back": True}, GivenState.TAKEN_BACK),
        ({"n_attempts": 1}, GivenState.NOT_PASSED),
        ({"n_attempts": 1, "is_taken_back": True}, GivenState.TAKEN_BACK),
        ({"n_attempts": 2, "is_being_sat": True, "is_taken_back": True}, GivenState.SITTING),
        ({"n_attempts": 1, "is_being_marked": True, "is_taken_back": True}, GivenState.BEING_MARKED),
        ({"n_attempts": 2, "is_being_sat": True, "is_passed": True}, GivenState.PASSED),
        ({"n_attempts": 1, "is_passed": True, "is_taken_back": True}, GivenState.PASSED),
    ],
)
def test_state_of_what_was_given(facts, expected):
    usual = dict.fromkeys(("is_passed", "is_being_sat", "is_being_marked", "is_taken_back"), False)

    assert given_state(**{"n_attempts": 0, **usual, **facts}) == expected


@pytest.mark.parametrize(
    ("state", "due_on", "closes_at", "expected"),
    [
        (GivenState.NOT_BEGUN, None, None, False),
        (GivenState.NOT_BEGUN, date(2026, 3, 2), None, False),
        (GivenState.NOT_BEGUN, date(2026, 3, 1), None, True),
        (GivenState.NOT_PASSED, None, MON_9, True),
        (GivenState.NOT_PASSED, None, MON_9 + MINUTE, False),
        (GivenState.PASSED, date(2026, 3, 1), MON_9, False),
        (GivenState.TAKEN_BACK, date(2026, 3, 1), MON_9, False),
        (GivenState.BEING_MARKED, date(2026, 3, 1), MON_9, False),
    ],
)
def test_late_is_what_can_still_be_done_after_its_day(state, due_on, closes_at, expected):
    assert is_late(state, due_on=due_on, closes_at=closes_at, today=date(2026, 3, 2), at=MON_9) is expected


def test_who_needs_attention_comes_first():
    overdue = attention(GivenState.NOT_BEGUN, is_overdue=True, may_go_on=True)
    used_up = attention(GivenState.NOT_PASSED, is_overdue=False, may_go_on=False)
    others = [attention(state, is_overdue=False, may_go_on=True) for state in (
        GivenState.NOT_PASSED, GivenState.NOT_BEGUN, GivenState.SITTING, GivenState.BEING_MARKED, GivenState.TAKEN_BACK,
        GivenState.PASSED,
    )]  # fmt: skip

    assert [overdue, used_up, *others] == sorted({overdue, used_up, *others})


# --- giving ----------------------------------------------------------------------------------------------------------


def test_a_team_gets_it_with_everybody_below_it(cast, quiz, give):
    entry = give(
        cast.tess, team=cast.site_node, due_on=date(2026, 3, 9), opens_at=MON_9 + DAY, closes_at=MON_9 + 9 * DAY,
        attempts_allowed=1,
    )  # fmt: skip

    rows = Assignment.objects.filter(quiz=quiz).select_related("person")
    assert {row.person.employee_no for row in rows} == {"ANA", "ABEL", "OLGA"}
    for row in rows:
        assert (row.reason_zh, row.reason_en, row.given_by, row.created_at) == (
            "上岗认证", "Certification", cast.tess, MON_9,
        )  # fmt: skip
        assert (row.due_on, row.opens_at, row.closes_at, row.attempts_allowed, row.is_required) == (
            date(2026, 3, 9), MON_9 + DAY, MON_9 + 9 * DAY, 1, True,
        )  # fmt: skip
    assert (entry.action, entry.actor, entry.subject_label, entry.reason) == (
        "quiz_given", cast.tess, str(quiz), "Certification",
    )  # fmt: skip
    assert (entry.changes["team"], entry.changes["people"]) == ([None, "上海"], [None, 3])


def test_everybody_is_told_once_and_it_is_audited(cast, give):
    give()

    news = Notification.objects.filter(kind="quiz_assigned")
    assert sorted(news.values_list("recipient__employee_no", flat=True)) == ["ABEL", "ANA"]
    assert {row.params["reason_zh"] for row in news} == {"上岗认证"}
    assert AuditEntry.objects.filter(action="quiz_assigned", actor=cast.carl, at=MON_9).count() == 2
    assert AuditEntry.objects.filter(action="quiz_given").count() == 1


def test_single_people(cast, quiz, give):
    entry = give(team=None, people=(cast.abel,))

    assert having(quiz) == {"ABEL"}
    assert "team" not in entry.changes


def test_nobody_gives_a_quiz_to_themselves(cast, order):
    join(cast.carl, cast.team_a)

    plan = plan_of(order(), actor=cast.carl, at=MON_9)

    assert cast.carl not in plan.people


def test_who_has_left_or_has_it_is_left_out_and_who_is_on_leave_is_noted(cast, quiz, order):
    AssignmentFactory(person=cast.ana, quiz=quiz)
    gone, away = UserFactory(status=PersonStatus.LEFT), UserFactory(status=PersonStatus.LEAVE)
    join(gone, cast.team_a)
    join(away, cast.team_a)

    plan = plan_of(order(), actor=cast.carl, at=MON_9)

    assert {(row.person, row.why) for row in plan.skipped} == {(cast.ana, SkipReason.HAS_IT), (gone, SkipReason.LEFT)}
    assert set(plan.people) == {cast.abel, away}
    assert plan.on_leave == [away]


def _passed(ana, quiz):
    sit(AssignmentFactory(person=ana, quiz=quiz))


def _used_up(ana, quiz):
    row = AssignmentFactory(person=ana, quiz=quiz, attempts_allowed=1)
    sit(row, right=0)


def _closed(ana, quiz):
    AssignmentFactory(person=ana, quiz=quiz, closed=True)


def _over(ana, quiz):
    AssignmentFactory(person=ana, quiz=quiz, closes_at=MON_9)


def _trial(ana, quiz):
    AssignmentFactory(person=ana, quiz=quiz, is_preview=True)


def _another(ana, quiz):
    AssignmentFactory(person=ana)


@pytest.mark.parametrize("before", [_passed, _used_up, _closed, _over, _trial, _another])
def test_what_is_over_does_not_keep_anybody_from_getting_it_again(cast, quiz, order, before):
    before(cast.ana, quiz)

    assert cast.ana in plan_of(order(), actor=cast.carl, at=MON_9 + DAY).people


def _failed_once(ana, quiz):
    sit(AssignmentFactory(person=ana, quiz=quiz), right=0)


def _begun(ana, quiz):
    start_attempt(AssignmentFactory(person=ana, quiz=quiz, attempts_allowed=1), at=MON_9)


def _later(ana, quiz):
    AssignmentFactory(person=ana, quiz=quiz, opens_at=MON_9 + 9 * DAY)


def _longer_by_exception(ana, quiz):
    AssignmentFactory(person=ana, quiz=quiz, closes_at=MON_9)
    give_override(quiz, Override(closes_at=None), to=ana, reason="Ill", actor=ana, at=MON_9)


@pytest.mark.parametrize("before", [_failed_once, _begun, _later, _longer_by_exception])
def test_what_can_still_be_sat_is_not_given_twice(cast, quiz, order, before):
    before(cast.ana, quiz)

    plan = plan_of(order(), actor=cast.carl, at=MON_9 + MINUTE)

    assert [(row.person, row.why) for row in plan.skipped] == [(cast.ana, SkipReason.HAS_IT)]


def test_what_is_being_marked_is_not_given_twice(cast, order):
    quiz = make_open_quiz()
    hand_in(cast.ana, quiz)

    assert [row.person for row in plan_of(order(quiz=quiz), actor=cast.carl, at=MON_9 + DAY).skipped] == [cast.ana]


def test_pressing_twice_gives_once(cast, quiz, order):
    seen = plan_of(order(), actor=cast.carl, at=MON_9).fingerprint
    first = give_quiz(order(), actor=cast.carl, at=MON_9, seen=seen)

    again = give_quiz(order(), actor=cast.carl, at=MON_9 + timedelta(seconds=2), seen=seen)

    assert again == first
    assert Assignment.objects.filter(quiz=quiz).count() == 2
    assert Notification.objects.filter(kind="quiz_assigned").count() == 2


def test_giving_to_nobody_a_day_later_is_no_second_press(cast, order, give):
    give()
    seen = plan_of(order(), actor=cast.carl, at=MON_9 + DAY).fingerprint

    with pytest.raises(PlanChanged):
        give_quiz(order(), actor=cast.carl, at=MON_9 + DAY, seen=seen)


def test_two_givers_do_not_give_it_twice(cast, quiz, order, give):
    """Carl has looked; Tess gives it to Ana before he presses."""
    seen = plan_of(order(), actor=cast.carl, at=MON_9).fingerprint
    give(cast.tess, team=None, people=(cast.ana,))

    with pytest.raises(PlanChanged) as changed:
        give_quiz(order(), actor=cast.carl, at=MON_9, seen=seen)

    assert changed.value.plan.people == [cast.abel]
    assert having(quiz) == {"ANA"}


def test_plan_asks_the_same_number_of_queries_for_3_and_60(cast, quiz, order):
    def more(n):
        for number in range(n):
            join(person := UserFactory(), cast.team_a)
            if number % 2:
                AssignmentFactory(person=person, quiz=quiz)

    def cost():
        warm()
        with CaptureQueriesContext(connection) as queries:
            plan_of(order(), actor=cast.carl, at=MON_9)
        return len(queries)

    give_override(quiz, Override(limit_minutes=20), to=cast.team_a, reason="x", actor=cast.carl, at=MON_9)
    more(3)
    few = cost()
    more(57)

    assert cost() == few <= 10


def test_giving_asks_the_same_number_of_queries_for_3_and_60(cast, order, give):
    def cost(at):
        warm()
        with CaptureQueriesContext(connection) as queries:
            give(at=at, quiz=make_quiz(f"quiz-{at:%H%M}"))
        return len(queries)

    join(UserFactory(), cast.team_a)
    cost(MON_9)  # warm
    few = cost(MON_9 + MINUTE)
    for _n in range(57):
        join(UserFactory(), cast.team_a)

    assert cost(MON_9 + 2 * MINUTE) == few


# --- how it stands ---------------------------------------------------------------------------------------------------


def test_how_it_stands_with_each(cast, quiz, give):
    people = [UserFactory(employee_no=name, full_name=name) for name in ("PASS", "FAIL", "SITS", "BACK")]
    for person in people:
        join(person, cast.team_a)
    entry = give(due_on=date(2026, 3, 9))
    rows = {
        row.person.employee_no: row for row in Assignment.objects.filter(quiz=quiz).select_related("person", "quiz")
    }
    sit(rows["PASS"], right=4)
    sit(rows["FAIL"], right=1)
    start_attempt(rows["SITS"], at=MON_9)
    take_back([rows["BACK"]], reason="x", actor=cast.carl, at=MON_9)

    giving = giving_in_detail(entry, cast.carl, at=MON_9 + MINUTE)

    assert [(row.person.employee_no, row.state) for row in giving.rows] == [
        ("FAIL", "not_passed"), ("ABEL", "not_begun"), ("ANA", "not_begun"), ("SITS", "sitting"), ("BACK", "taken_back"),
        ("PASS", "passed"),
    ]  # fmt: skip
    best = giving.rows[-1]
    assert (best.result.score, best.n, best.review.pk) == (Decimal("0.8"), 5, best.result.best.pk)
    assert (giving.begun, giving.passed, giving.not_passed, giving.overdue, giving.taken_back) == (3, 1, 1, 0, 1)
    late = giving_in_detail(entry, cast.carl, at=MON_9 + 8 * DAY)
    assert {row.person.employee_no for row in late.rows if row.is_overdue} == {"FAIL", "ABEL", "ANA", "SITS"}
    assert late.rows[0].is_overdue


def test_only_what_was_sat_under_it_counts(cast, quiz, give):
    sit(AssignmentFactory(person=cast.ana, quiz=quiz))

    entry = give()

    assert states_of(entry, cast.carl) == {"ANA": "not_begun", "ABEL": "not_begun"}


def test_a_training_specialist_sees_the_score_but_no_link_to_the_record(cast, quiz, give):
    entry = give(cast.tess)
    sit(Assignment.objects.get(quiz=quiz, person=cast.ana))

    row = next(row for row in giving_in_detail(entry, cast.tess, at=MON_9).rows if row.person == cast.ana)

    assert (row.result.score, row.n, row.review) == (1, 5, None)


def test_everybody_sees_the_part_of_their_own_people(cast, give):
    entry = give(cast.tess, team=cast.site_node)

    seen = {
        viewer.employee_no: set(states_of(entry, viewer)) if entry in givings_examined(viewer) else None
        for viewer in (cast.tess, cast.mona, cast.carl, cast.otto, cast.lena, cast.ana, cast.ada)
    }

    assert seen == {
        "TESS": {"ANA", "ABEL", "OLGA"}, "MONA": {"ANA", "ABEL", "OLGA"}, "CARL": {"ANA", "ABEL"}, "OTTO": {"OLGA"},
        "LENA": None, "ANA": None, "ADA": None,
    }  # fmt: skip


def test_what_was_given_to_others_is_not_there(cast, give):
    entry = give(cast.otto, team=cast.team_b)

    assert entry not in givings_examined(cast.carl)


def test_assignments_of_tracks_and_tickets_are_not_given_by_hand(cast, quiz):
    AssignmentFactory(person=cast.ana, quiz=quiz, given_by=cast.carl)

    assert not givings_examined(cast.carl).exists()


def test_two_deeds_of_one_quiz_stay_apart(cast, give):
    first = give(team=None, people=(cast.ana,))
    second = give(team=None, people=(cast.abel,), at=MON_9 + MINUTE)

    assert list(givings_examined(cast.carl)) == [second, first]
    assert (set(states_of(first, cast.carl)), set(states_of(second, cast.carl))) == ({"ANA"}, {"ABEL"})


# --- taking back -----------------------------------------------------------------------------------------------------


def test_taking_back_closes_audits_and_tells(cast, quiz, give):
    give()
    row = Assignment.objects.get(quiz=quiz, person=cast.ana)

    taken = take_back([row], reason="Wrong team", actor=cast.carl, at=MON_9 + MINUTE)

    row.refresh_from_db()
    assert (taken, row.closed_at) == ([row], MON_9 + MINUTE)
    entry = AuditEntry.objects.get(action="assignment_closed")
    assert (entry.actor, entry.reason, entry.subject_id) == (cast.carl, "Wrong team", str(row.pk))
    news = Notification.objects.get(kind="quiz_taken_back")
    assert (news.recipient, news.params["reason"], news.url) == (cast.ana, "Wrong team", "/quizzes/")
    assert to_sit(cast.ana, at=MON_9 + MINUTE) == []


def test_taking_back_again_changes_nothing(cast, quiz, give):
    give()
    rows = list(Assignment.objects.filter(quiz=quiz))
    take_back(rows, reason="x", actor=cast.carl, at=MON_9)

    assert take_back(rows, reason="y", actor=cast.carl, at=MON_9 + MINUTE) == []
    assert Notification.objects.filter(kind="quiz_taken_back").count() == 2


def test_what_is_passed_is_not_taken_back_and_what_is_being_sat_may_be_finished(cast, quiz, give):
    give()
    ana, abel = (Assignment.objects.get(quiz=quiz, person=who) for who in (cast.ana, cast.abel))
    sit(ana)
    sitting = start_attempt(abel, at=MON_9)

    assert take_back([ana, abel], reason="x", actor=cast.carl, at=MON_9 + MINUTE) == [abel]
    sitting.refresh_from_db()
    assert sitting.is_in_progress


def test_taking_back_only_what_is_not_begun(cast, quiz, give):
    entry = give()
    sit(Assignment.objects.get(quiz=quiz, person=cast.ana), right=0)

    taken = take_back(
        list(Assignment.objects.filter(quiz=quiz)), reason="x", actor=cast.carl, at=MON_9, only_unbegun=True
    )

    assert [row.person for row in taken] == [cast.abel]
    assert states_of(entry, cast.carl) == {"ANA": "not_passed", "ABEL": "taken_back"}


def test_who_had_it_taken_back_can_get_it_again(cast, quiz, give, order):
    give()
    take_back(list(Assignment.objects.filter(quiz=quiz)), reason="x", actor=cast.carl, at=MON_9)

    assert set(plan_of(order(), actor=cast.carl, at=MON_9).people) == {cast.ana, cast.abel}


def test_closing_one_is_as_before(cast, quiz):
    row = AssignmentFactory(person=cast.ana, quiz=quiz)

    close_assignment(row, actor=None, at=MON_9)
    close_assignment(row, actor=None, at=MON_9 + DAY)

    assert row.closed_at == Assignment.objects.get(pk=row.pk).closed_at == MON_9
    assert AuditEntry.objects.filter(action="assignment_closed").count() == 1


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def now(monkeypatch, cast):
    """It is Monday until the test moves the clock; everybody reads English."""
    User.objects.update(language="en")
    clock = {"at": MON_9}
    monkeypatch.setattr(timezone, "now", lambda: clock["at"])
    return clock


@pytest.fixture
def carl(client, cast, now):
    client.force_login(cast.carl)
    return client


def page_of(response):
    return " ".join(response.content.decode().split())


def fields(quiz, **more):
    return {"quiz": quiz.pk, "whose": "people", "numbers": "ANA", "reason_en": "Certification"} | more


def post_twice(client, sent):
    """Look, and give what was looked at."""
    look = client.post(NEW, sent)
    assert look.context["plan"], page_of(look)
    return client.post(NEW, sent | {"seen": look.context["plan"].fingerprint}, follow=True)


def test_new_shows_first_who_gets_it_and_saves_nothing(carl, cast, quiz):
    AssignmentFactory(person=cast.abel, quiz=quiz)

    page = page_of(carl.post(NEW, fields(quiz, whose="team", numbers="", team=cast.team_a.pk)))

    assert "1 person gets it" in page
    assert "1 person is left out" in page
    assert "has it to sit already" in page
    assert "Give it to 1 person" in page
    assert having(quiz) == {"ABEL"}


def test_new_gives_what_was_looked_at(carl, cast, quiz):
    response = post_twice(carl, fields(quiz, numbers="ana，ABEL", due_on="2026-03-09", attempts_allowed="1"))

    assert "Given to 2 people, who were told." in page_of(response)
    row = Assignment.objects.get(quiz=quiz, person=cast.ana)
    assert (row.reason_zh, row.reason_en, row.due_on, row.attempts_allowed) == (
        "Certification", "Certification", date(2026, 3, 9), 1,
    )  # fmt: skip


def test_new_takes_instants_in_the_givers_time_zone(carl, cast, quiz):
    post_twice(carl, fields(quiz, opens_at="2026-03-03T09:00", closes_at="2026-03-04T09:00"))

    row = Assignment.objects.get(quiz=quiz)
    assert (row.opens_at, row.closes_at) == (MON_9 + DAY, MON_9 + 2 * DAY)


def test_new_pressed_twice_leads_to_the_same_deed(carl, quiz, now):
    look = carl.post(NEW, fields(quiz))
    sent = fields(quiz, seen=look.context["plan"].fingerprint)
    first = carl.post(NEW, sent)
    now["at"] = MON_9 + timedelta(seconds=1)

    assert carl.post(NEW, sent)["Location"] == first["Location"]
    assert Assignment.objects.filter(quiz=quiz).count() == 1


def test_new_shows_again_what_is_not_what_was_looked_at(carl, quiz):
    look = carl.post(NEW, fields(quiz))

    page = page_of(carl.post(NEW, fields(quiz, numbers="ANA ABEL", seen=look.context["plan"].fingerprint)))

    assert "This is not what you looked at" in page
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("separator", ["\r\n", ",", "，", "、", ";", "；", " ", " \n, "])
def test_new_reads_numbers_as_people_type_them(carl, quiz, separator):
    response = carl.post(NEW, fields(quiz, numbers=separator.join(["ＡＮＡ", "abel", "ANA"])))

    assert {person.employee_no for person in response.context["plan"].people} == {"ANA", "ABEL"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"numbers": ""}, "Type at least one employee number."),
        ({"numbers": "ANA, NOBODY, OLGA"}, "these 2 numbers: NOBODY, OLGA"),
        ({"numbers": "CARL"}, "has this number: CARL"),
        ({"numbers": " ".join(f"N{n}" for n in range(501))}, "These are 501 numbers"),
        ({"whose": "team"}, "Choose a team."),
        ({"reason_en": ""}, "Say why, in Chinese or in English"),
        ({"due_on": "2026-03-01"}, "This day has passed."),
        ({"closes_at": "2026-03-02T09:00"}, "This has passed already."),
        ({"opens_at": "2026-03-02T08:00"}, "This has passed."),
        ({"opens_at": "2026-03-04T09:00", "closes_at": "2026-03-03T09:00"}, "it has to close after it opens"),
        ({"due_on": "2026-03-05", "closes_at": "2026-03-04T09:00"}, "It closes on March 4, 2026 09:00, before it is due."),
        ({"due_on": "2026-03-03", "opens_at": "2026-03-04T09:00"}, "It opens on March 4, 2026 09:00, after it is due."),
        ({"attempts_allowed": "0"}, "greater than or equal to 1"),
        ({"quiz": "0"}, "Select a valid choice."),
    ],
)  # fmt: skip
def test_new_says_what_can_not_be_given_and_keeps_what_was_typed(carl, quiz, sent, words):
    typed = fields(quiz) | sent

    response = carl.post(NEW, typed)

    assert words in page_of(response)
    assert response.context["plan"] is None
    assert response.context["form"]["numbers"].value() == typed["numbers"]
    assert not Assignment.objects.exists()


def test_new_of_a_quiz_that_has_closed_asks_until_when(carl):
    quiz = make_quiz(closes_at=MON_9 - DAY)

    assert "The quiz itself closed on March 1, 2026 09:00." in page_of(carl.post(NEW, fields(quiz)))
    assert carl.post(NEW, fields(quiz, closes_at="2026-03-09T18:00")).context["plan"].people


def test_new_says_who_has_left(carl, cast, quiz):
    Membership.objects.filter(person=cast.abel).update(to_on=date(2026, 2, 1))
    User.objects.filter(pk=cast.abel.pk).update(status=PersonStatus.LEFT)

    plan = carl.post(NEW, fields(quiz, numbers="ANA ABEL")).context["plan"]

    assert [(row.person, row.why) for row in plan.skipped] == [(cast.abel, SkipReason.LEFT)]


def test_new_offers_published_quizzes_and_own_teams_only(carl, cast, quiz):
    draft = make_quiz("draft", published=False)

    form = carl.get(NEW, {"quiz": quiz.pk, "team": cast.team_a.pk}).context["form"]

    assert list(form.fields["quiz"].queryset) == [quiz]
    assert draft not in form.fields["quiz"].queryset
    assert list(form.fields["team"].queryset) == [cast.team_a]
    assert (form["quiz"].value(), form["team"].value()) == (str(quiz.pk), str(cast.team_a.pk))


def test_list_counts_and_filters(carl, cast, quiz, give, now):
    give(due_on=date(2026, 3, 3), reason_en="First")
    sit(Assignment.objects.get(quiz=quiz, person=cast.ana))
    give(quiz=make_quiz("other"), at=MON_9 + MINUTE, team=None, people=(cast.ana,), reason_en="Second")
    now["at"] = MON_9 + 2 * DAY
    carl.force_login(cast.carl)  # idle for so long is signed out

    response = carl.get(LIST)

    second, first = response.context["rows"]
    assert (first.begun, first.passed, first.not_passed, first.overdue, first.taken_back) == (1, 1, 0, 1, 0)
    assert (first.to, second.to) == ("一组", "")
    assert (len(first.rows), len(second.rows)) == (2, 1)
    assert [row.quiz for row in carl.get(LIST, {"quiz": quiz.pk}).context["rows"]] == [quiz]
    assert len(carl.get(LIST, {"team": cast.team_a.pk}).context["rows"]) == 2
    assert len(carl.get(LIST, {"team": cast.team_b.pk}).context["rows"]) == 2  # not Carl's: filters nothing


def test_list_filtered_by_team_counts_that_team(client, cast, give, now):
    give(cast.tess, team=cast.site_node)
    client.force_login(cast.tess)

    rows = {team.name: client.get(LIST, {"team": team.pk}).context["rows"] for team in (cast.team_a, cast.team_b)}

    assert {name: [len(row.rows) for row in found] for name, found in rows.items()} == {"一组": [2], "二组": [1]}


@pytest.mark.parametrize("name", ["exam-room", "override-list"])
def test_the_list_is_reached_from_the_exam_room_and_the_exceptions(carl, name):
    assert f'href="{LIST}"' in carl.get(reverse(f"assessments:{name}")).content.decode()


def test_list_without_any_says_what_to_do(carl):
    page = page_of(carl.get(LIST))

    assert "No quiz was given by hand yet" in page
    assert NEW in page


def test_list_and_detail_ask_the_same_number_of_queries_for_3_and_60(carl, cast, order, give, now):
    def costs(entry):
        found = []
        for address in (LIST, reverse("assessments:given-detail", args=[entry.pk])):
            warm()
            with CaptureQueriesContext(connection) as queries:
                assert carl.get(address).status_code == 200
            found.append(len(queries))
        return found

    def given_and_sat(key, at):
        quiz = make_quiz(key)
        entry = give(quiz=quiz, at=at)
        version = QuizVersion.objects.get(quiz=quiz)
        for row in Assignment.objects.filter(quiz=quiz)[::2]:
            AttemptFactory(assignment=row, quiz_version=version, graded=True)
        return entry

    join(UserFactory(), cast.team_a)
    first = given_and_sat("q1", MON_9)
    costs(first)
    few = costs(first)
    for _n in range(57):
        join(UserFactory(), cast.team_a)
    given_and_sat("q2", MON_9 + MINUTE)
    many = costs(given_and_sat("q3", MON_9 + 2 * MINUTE))

    assert many == few


def test_detail_names_scores_and_links_to_the_result(carl, cast, quiz, give):
    entry = give()
    attempt = sit(Assignment.objects.get(quiz=quiz, person=cast.ana), right=4)

    page = page_of(carl.get(reverse("assessments:given-detail", args=[entry.pk])))

    assert "80%" in page
    assert "5 questions" in page
    assert reverse("assessments:attempt-review", args=[attempt.pk]) in page
    assert "Take back from the 1 who has not begun" in page


def test_detail_as_a_workbook(carl, cast, quiz, give):
    entry = give(due_on=date(2026, 3, 9))
    sit(Assignment.objects.get(quiz=quiz, person=cast.ana), right=4)
    User.objects.filter(pk=cast.abel.pk).update(full_name="=1+1")

    response = carl.get(reverse("assessments:given-xlsx", args=[entry.pk]))

    assert response["Content-Disposition"] == 'attachment; filename="crm-quiz-2026-03-02.xlsx"'
    lines = CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert [line[:9] for line in lines[1:]] == [
        ["ABEL", "=1+1", "一组", "Not begun", "", "", "", 0, 2],
        ["ANA", "安娜", "一组", "Passed", "", 0.8, 5, 1, 1],
    ]
    assert lines[1][9] == date(2026, 3, 9)


def test_take_back_shows_first_and_asks_why(carl, cast, quiz, give):
    entry = give()
    ana = Assignment.objects.get(quiz=quiz, person=cast.ana)
    start_attempt(ana, at=MON_9)
    door = reverse("assessments:given-take-back", args=[entry.pk])

    page = page_of(carl.get(door, {"who": ana.pk}))
    assert "From 1 person" in page
    assert "1 person is sitting it now and may finish." in page
    assert "This field is required." in page_of(carl.post(door, {"who": ana.pk, "reason": ""}))
    assert not Assignment.objects.filter(closed_at__isnull=False).exists()

    response = carl.post(door, {"who": ana.pk, "reason": "Wrong quiz"}, follow=True)
    assert "Taken back from 1 person, who was told." in page_of(response)
    assert list(Assignment.objects.filter(closed_at__isnull=False)) == [ana]


def test_take_back_from_all_who_have_not_begun(carl, cast, quiz, give):
    entry = give()
    sit(Assignment.objects.get(quiz=quiz, person=cast.ana), right=0)
    door = reverse("assessments:given-take-back", args=[entry.pk])

    carl.post(door, {"who": "not-begun", "reason": "Postponed"})

    assert Assignment.objects.get(closed_at__isnull=False).person == cast.abel
    again = carl.post(door, {"who": "not-begun", "reason": "Postponed"}, follow=True)
    assert "Nobody is left from whom it could be taken back." in page_of(again)


def test_take_back_from_nobody_says_so(carl, give):
    door = reverse("assessments:given-take-back", args=[give().pk])

    assert "Choose people first." in page_of(carl.get(door, follow=True))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_in_both_languages(client, cast, quiz, give, now, language):
    User.objects.update(language=language)
    cast.tess.refresh_from_db()
    client.force_login(cast.tess)
    entry = give()
    args = [entry.pk]

    pages = [
        client.get(LIST),
        client.get(NEW),
        client.post(NEW, fields(quiz, numbers="OLGA")),
        client.get(reverse("assessments:given-detail", args=args)),
        client.get(reverse("assessments:given-xlsx", args=args)),
        client.get(reverse("assessments:given-take-back", args=args), {"who": "not-begun"}),
    ]

    assert [page.status_code for page in pages] == [200] * 6


# --- the learner -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "reason"), [("zh-hans", "上岗认证"), ("en", "Certification")])
def test_the_learner_reads_the_reason_in_the_own_language(client, cast, give, now, language, reason):
    give()
    User.objects.filter(pk=cast.ana.pk).update(language=language)
    cast.ana.refresh_from_db()
    client.force_login(cast.ana)

    for address in ("/", "/quizzes/"):
        assert reason in page_of(client.get(address))


def test_a_quiz_that_opens_later_is_no_step_for_today(client, cast, give, now):
    give(opens_at=MON_9 + DAY)
    client.force_login(cast.ana)

    assert "Certification" not in page_of(client.get("/"))
    quizzes = page_of(client.get("/quizzes/"))
    assert "Opens later" in quizzes
    assert "March 3, 2026 09:00" in quizzes
    now["at"] = MON_9 + DAY
    client.force_login(cast.ana)  # idle for so long is signed out
    assert "Certification" in page_of(client.get("/"))
    assert "Opens later" not in page_of(client.get("/quizzes/"))


def test_a_quiz_that_was_taken_back_is_gone(client, cast, quiz, give, now):
    give()
    take_back(list(Assignment.objects.filter(quiz=quiz)), reason="x", actor=cast.carl, at=MON_9)
    client.force_login(cast.ana)

    assert "Certification" not in page_of(client.get("/"))
    assert "Certification" not in page_of(client.get("/quizzes/"))
