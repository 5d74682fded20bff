from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import translation

from assessments.assignments.models import Assignment
from assessments.assignments.permissions import can_sit
from assessments.assignments.services import assign_mystery_call, assign_quiz, close_assignment
from assessments.scenarios.models import Scenario
from lms.audit.models import AuditEntry
from lms.notifications.kinds import words
from lms.notifications.models import Notification
from tests.factories.assignments import AssignmentFactory
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
