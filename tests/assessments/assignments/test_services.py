from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from assessments.assignments import services
from assessments.assignments.models import Assignment, WindowOverride
from assessments.assignments.permissions import can_give_override, can_sit
from assessments.assignments.rules import Override
from assessments.assignments.services import (
    EmptyOverride,
    OverrideExists,
    assign_mystery_call,
    assign_quiz,
    close_assignment,
    give_override,
    withdraw_override,
)
from assessments.attempts.models import Attempt
from assessments.attempts.services import start_attempt
from assessments.events import window_changed
from assessments.scenarios.models import Scenario
from lms.audit.models import AuditEntry
from lms.notifications.kinds import words
from lms.notifications.models import Notification
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db


def test_assign_quiz_tells_the_person_why(cast, at):
    quiz = make_quiz()

    assignment = assign_quiz(
        cast.ana, quiz, reason_zh="辅导单", reason_en="From your coaching ticket", actor=cast.eva, at=at,
        due_on=at.date() + timedelta(days=3), attempts_allowed=1,
    )  # fmt: skip

    assert (assignment.person, assignment.quiz, assignment.given_by) == (cast.ana, quiz, cast.eva)
    assert (assignment.attempts_allowed, assignment.is_required, assignment.closed_at) == (1, True, None)
    news = Notification.objects.get()
    assert (news.recipient, news.kind, news.url) == (cast.ana, "quiz_assigned", f"/quizzes/{assignment.pk}/")
    with translation.override("en"):
        assert words(news.kind, news.params) == ("New quiz: Quiz crm-quiz", "Why: From your coaching ticket")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.reason) == ("quiz_assigned", cast.eva, "From your coaching ticket")


def test_assign_quiz_again_makes_another_assignment(cast, at):
    quiz = make_quiz()
    why = {"reason_zh": "复训", "reason_en": "Refresher", "actor": None, "at": at}

    first, second = assign_quiz(cast.ana, quiz, **why), assign_quiz(cast.ana, quiz, **why)

    assert first.pk != second.pk


def test_assign_mystery_call(cast, at):
    scenario = Scenario.objects.create(key="s", title_zh="宽带迁移", title_en="Moving house")

    assignment = assign_mystery_call(
        cast.ana, scenario, reason_zh="上岗考核", reason_en="Before the phones", actor=cast.quinn, at=at
    )

    assert (assignment.scenario, assignment.quiz) == (scenario, None)
    assert AuditEntry.objects.get().action == "mystery_call_assigned"
    assert not Notification.objects.exists()


def test_close_assignment_twice_closes_once(cast, at):
    assignment = AssignmentFactory(person=cast.ana)
    same = Assignment.objects.get(pk=assignment.pk)

    close_assignment(assignment, actor=cast.eva, at=at)
    close_assignment(same, actor=cast.eva, at=at + timedelta(hours=1))

    assert assignment.closed_at == same.closed_at == at
    assert AuditEntry.objects.get().action == "assignment_closed"


def test_open_at(cast, at):
    hour = timedelta(hours=1)
    quiz = make_quiz()
    rows = {
        "plain": AssignmentFactory(quiz=quiz),
        "begun": AssignmentFactory(quiz=quiz, opens_at=at, closes_at=at + hour),
        "early": AssignmentFactory(quiz=quiz, opens_at=at + hour),
        "late": AssignmentFactory(quiz=quiz, closes_at=at),
        "closed": AssignmentFactory(quiz=quiz, closed=True),
    }

    assert set(Assignment.objects.open_at(at)) == {rows["plain"], rows["begun"]}
    assert {name for name, row in rows.items() if row.is_open(at)} == {"plain", "begun"}


def test_an_assignment_is_of_one_thing(cast, at):
    scenario = Scenario.objects.create(key="s", title_zh="宽带迁移", title_en="Moving house")

    with pytest.raises(IntegrityError, match="an_assignment_is_of_a_quiz_or_a_mystery_call"):
        AssignmentFactory(person=cast.ana, quiz=make_quiz(), scenario=scenario)


def test_visible_to_and_can_sit(cast):
    assignment = AssignmentFactory(person=cast.ana, quiz=make_quiz())

    seeing = {name for name, who in cast.people.items() if Assignment.objects.visible_to(who).exists()}
    sitting = {name for name, who in cast.people.items() if can_sit(who, assignment)}

    assert seeing == {"ana", "lena", "carl", "eva", "quinn", "mona"}
    assert sitting == {"ana"}


# --- exceptions ----------------------------------------------------------------------------------------------

MINUTE = timedelta(minutes=1)
WHY = {"reason": "Reads with a screen reader"}


@pytest.fixture
def quiz(db):
    return make_quiz()  # 15 minutes, two attempts, no dates


@pytest.fixture
def ana_sits(cast, quiz, at):
    return start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)


@pytest.fixture
def olga_sits(cast, quiz, at):
    return start_attempt(AssignmentFactory(person=cast.olga, quiz=quiz), at=at)


def minutes_of(attempt):
    attempt.refresh_from_db()
    return None if attempt.deadline_at is None else (attempt.deadline_at - attempt.started_at) / MINUTE


def test_give_override_is_written_and_audited(cast, quiz, at):
    row = give_override(quiz, Override(limit_minutes=20, closes_at=None), to=cast.ana, actor=cast.carl, at=at, **WHY)

    assert (row.person, row.team, row.limit_minutes, row.has_no_limit, row.never_closes) == (
        cast.ana, None, 20, False, True,
    )  # fmt: skip
    assert row.as_value() == Override(limit_minutes=20, closes_at=None)
    entry = AuditEntry.objects.get(action="override_given")
    assert (entry.actor, entry.reason) == (cast.carl, WHY["reason"])
    assert entry.changes == {"limit_minutes": [None, 20], "closes_at": [None, "unlimited"]}


def test_give_override_moves_the_open_sittings_of_those_concerned_at_once(cast, quiz, at, ana_sits, olga_sits):
    give_override(quiz, Override(limit_minutes=20), to=cast.ana, actor=cast.carl, at=at + MINUTE, **WHY)

    assert (minutes_of(ana_sits), minutes_of(olga_sits)) == (20, 15)


def test_give_override_leaves_other_quizzes_alone(cast, at, ana_sits):
    give_override(make_quiz("other"), Override(limit_minutes=20), to=cast.ana, actor=cast.carl, at=at, **WHY)

    assert minutes_of(ana_sits) == 15


def test_give_override_again_takes_the_place_of_the_one_before(cast, quiz, at):
    first = give_override(quiz, Override(limit_minutes=20), to=cast.ana, actor=cast.carl, at=at, **WHY)

    second = give_override(quiz, Override(attempts=3), to=cast.ana, actor=cast.mona, at=at + MINUTE, **WHY)

    first.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at) == (at + MINUTE, None)
    assert second.as_value() == Override(attempts=3)
    newest = AuditEntry.objects.filter(action="override_given").first()
    assert newest.changes == {"limit_minutes": [20, None], "attempts": [None, 3]}


def test_give_override_of_nothing(cast, quiz, at):
    with pytest.raises(EmptyOverride):
        give_override(quiz, Override(), to=cast.ana, actor=cast.carl, at=at, **WHY)


def test_give_override_that_somebody_else_has_just_given(cast, quiz, at, monkeypatch):
    """Without the lock both would find nothing to withdraw: the constraint lets one of them win, and leaves no trace
    of the other."""
    real = services.effects_of

    def overtaken(*args, **kwargs):
        effects = real(*args, **kwargs)
        WindowOverride.objects.create(
            quiz=quiz, person=cast.ana, limit_minutes=30, reason="First", given_by=cast.mona, given_at=at
        )
        return effects

    monkeypatch.setattr(services, "effects_of", overtaken)

    with pytest.raises(OverrideExists):
        give_override(quiz, Override(limit_minutes=20), to=cast.ana, actor=cast.carl, at=at, **WHY)

    assert not AuditEntry.objects.filter(action="override_given").exists()


def test_a_fault_elsewhere_is_not_taken_for_another_exception(cast, quiz, at):
    def fault(**_more):
        raise IntegrityError("something else")

    window_changed.connect(fault)
    try:
        with pytest.raises(IntegrityError, match="something else"):
            give_override(quiz, Override(limit_minutes=20), to=cast.ana, actor=cast.carl, at=at, **WHY)
    finally:
        window_changed.disconnect(fault)

    assert not WindowOverride.objects.exists()


def test_withdraw_override(cast, quiz, at, ana_sits):
    row = give_override(quiz, Override(limit_minutes=40), to=cast.ana, actor=cast.carl, at=at, **WHY)

    withdraw_override(row, actor=cast.mona, at=at + 5 * MINUTE)

    assert row.withdrawn_at == at + 5 * MINUTE
    assert minutes_of(ana_sits) == 15
    entry = AuditEntry.objects.get(action="override_withdrawn")
    assert (entry.actor, entry.changes) == (cast.mona, {"limit_minutes": [40, None]})


def test_withdraw_override_again_changes_nothing(cast, quiz, at):
    AssignmentFactory(person=cast.ana, quiz=quiz)
    row = give_override(quiz, Override(limit_minutes=40), to=cast.ana, actor=cast.carl, at=at, **WHY)
    same = WindowOverride.objects.get(pk=row.pk)

    withdraw_override(row, actor=cast.carl, at=at + MINUTE)
    withdraw_override(same, actor=cast.mona, at=at + 2 * MINUTE)

    assert same.withdrawn_at == at + MINUTE
    assert AuditEntry.objects.filter(action="override_withdrawn").count() == 1
    assert Notification.objects.count() == 2  # given, withdrawn


def test_withdrawing_a_longer_time_never_ends_a_sitting_in_the_past(cast, quiz, at, ana_sits):
    row = give_override(quiz, Override(limit_minutes=40), to=cast.ana, actor=cast.carl, at=at, **WHY)

    withdraw_override(row, actor=cast.carl, at=at + 30 * MINUTE)

    assert minutes_of(ana_sits) == 30


# --- who is told -----------------------------------------------------------------------------------------------


def told(recipient, language="en"):
    with translation.override(language):
        return [words(row.kind, row.params) for row in Notification.objects.filter(recipient=recipient).order_by("pk")]


def test_the_person_is_told_in_the_own_language(cast, quiz, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)

    give_override(quiz, Override(limit_minutes=20), to=cast.ana, actor=cast.carl, at=at, reason="Screen reader")

    assert told(cast.ana) == [
        ("Changed for you: Quiz crm-quiz", "You have 20 min (15 for others). Why: Screen reader"),
    ]
    assert Notification.objects.get().url == f"/quizzes/{assignment.pk}/"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        (Override(limit_minutes=None), "You have no time limit (others have one: 15 min)."),
        (Override(closes_at=MON_9 + timedelta(hours=2)), "It closes on March 2, 2026 11:00."),
        (Override(attempts=None), "You may sit it as often as you like."),
        (Override(attempts=1), "You may sit it 1 time."),
    ],
)
def test_what_is_different_is_said(cast, quiz, at, override, expected):
    AssignmentFactory(person=cast.ana, quiz=quiz)

    give_override(quiz, override, to=cast.ana, actor=cast.carl, at=at, reason="R")

    assert told(cast.ana)[0][1] == f"{expected} Why: R"


def test_withdrawing_is_told_too(cast, quiz, at):
    AssignmentFactory(person=cast.ana, quiz=quiz)
    row = give_override(quiz, Override(limit_minutes=20), to=cast.ana, actor=cast.carl, at=at, **WHY)

    withdraw_override(row, actor=cast.carl, at=at + MINUTE)

    assert told(cast.ana)[1][1] == "You have 15 min, like everybody."


def test_of_a_group_only_those_are_told_whose_window_is_another_one(cast, quiz, at):
    AssignmentFactory(person=cast.ana, quiz=quiz)
    AssignmentFactory(person=cast.ana, quiz=quiz)  # two of the same quiz: told once
    AssignmentFactory(person=cast.abel, quiz=quiz)
    AssignmentFactory(person=cast.olga, quiz=quiz, closed=True)
    AssignmentFactory(person=cast.tess, quiz=quiz, is_preview=True)
    give_override(quiz, Override(limit_minutes=30), to=cast.abel, actor=cast.carl, at=at, **WHY)
    Notification.objects.all().delete()

    give_override(quiz, Override(limit_minutes=20), to=cast.site_node, actor=cast.mona, at=at, **WHY)

    assert [row.recipient for row in Notification.objects.all()] == [cast.ana]


def test_give_override_to_a_group_costs_the_same_for_3_and_30_people(cast, quiz, at):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            give_override(quiz, Override(limit_minutes=20), to=cast.team_a, actor=cast.carl, at=at, **WHY)
        return len(queries)

    def more(n):
        for _n in range(n):
            person = UserFactory(email="")
            join(person, cast.team_a)
            start_attempt(AssignmentFactory(person=person, quiz=quiz), at=at)

    more(3)
    first = cost()
    WindowOverride.objects.all().delete()
    Attempt.objects.update(deadline_at=at + 15 * MINUTE)
    more(27)

    assert cost() == first


# --- permissions -----------------------------------------------------------------------------------------------


def test_can_give_override(cast):
    def names(to):
        return {name for name, who in cast.people.items() if can_give_override(who, to)}

    assert names(cast.ana) == {"carl", "quinn", "mona", "tess"}
    assert names(cast.team_a) == {"carl", "quinn", "mona", "tess"}
    assert names(cast.olga) == {"otto", "quinn", "mona", "tess"}
    assert names(cast.site_node) == {"quinn", "mona", "tess"}


def test_visible_to_shows_what_stands_above_too(cast, quiz, at):
    of = {
        name: give_override(quiz, Override(limit_minutes=20), to=to, actor=cast.mona, at=at, **WHY)
        for name, to in {"ana": cast.ana, "olga": cast.olga, "a": cast.team_a, "b": cast.team_b, "all": cast.site_node}.items()
    }  # fmt: skip

    def seen(viewer):
        return {name for name, row in of.items() if WindowOverride.objects.visible_to(viewer).filter(pk=row.pk)}

    assert seen(cast.carl) == {"ana", "a", "all"}
    assert seen(cast.otto) == {"olga", "b", "all"}
    assert seen(cast.quinn) == set(of)
    assert seen(cast.eva) == seen(cast.ana) == seen(cast.ada) == set()
