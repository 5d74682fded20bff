"""Which window holds for whom, and what an exception would do."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.assignments.queries import effects_of, listed_overrides, window_of, windows_of
from assessments.assignments.rules import Override, Window
from assessments.assignments.services import give_override, unsaved_override, withdraw_override
from assessments.attempts.services import give_extra_time, start_attempt, submit_attempt
from assessments.quizzes.queries import published_version
from lms.people.models import Team
from lms.people.states import Role
from tests.factories.assignments import AssignmentFactory
from tests.factories.people import UserFactory, join, make_team
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def quiz(db):
    return make_quiz()  # 15 minutes, two attempts, no dates


@pytest.fixture
def exception(quiz, cast, at):
    """Give one on the quiz: `exception(to, limit_minutes=20)`."""

    def make(to, *, actor=cast.mona, **values):
        return give_override(quiz, Override(**values), to=to, reason="R", actor=actor, at=at)

    return make


def limit_of(person, quiz, at):
    assignment = AssignmentFactory(person=person, quiz=quiz)
    return window_of(assignment, published_version(quiz), at=at).limit_minutes


# --- the window --------------------------------------------------------------------------------------------------


def test_window_of_the_quiz_and_of_the_assignment(cast, at):
    quiz = make_quiz(closes_at=at + timedelta(days=3))
    version = published_version(quiz)
    plain = AssignmentFactory(person=cast.ana, quiz=quiz)
    other = AssignmentFactory(
        person=cast.ana, quiz=quiz, opens_at=at, closes_at=at + timedelta(days=1), attempts_allowed=1
    )

    windows = windows_of([(plain, version), (other, version)], at=at)

    assert windows[plain.pk] == Window(None, at + timedelta(days=3), 15, 2)
    assert windows[other.pk] == Window(at, at + timedelta(days=1), 15, 1)


def test_window_of_a_group_reaches_everybody_below_it(cast, quiz, at, exception):
    exception(cast.site_node, limit_minutes=20)

    assert [limit_of(who, quiz, at) for who in (cast.ana, cast.olga)] == [20, 20]


def test_window_of_a_team_reaches_nobody_beside_or_above(cast, quiz, at, exception):
    below = make_team("一组夜班", parent=Team.objects.get(pk=cast.team_a.pk))
    night = UserFactory()
    join(night, below)
    exception(below, limit_minutes=20)

    assert [limit_of(who, quiz, at) for who in (night, cast.ana, cast.olga)] == [20, 15, 15]


def test_window_counts_todays_teams(cast, quiz, at, exception):
    cast.ana.memberships.update(to_on=date(2026, 3, 2))  # until yesterday: the last day is exclusive
    join(cast.ana, cast.team_b, Role.AGENT, from_on=date(2026, 3, 2))
    exception(cast.team_a, limit_minutes=20)

    assert limit_of(cast.ana, quiz, at) == 15
    assert limit_of(cast.abel, quiz, at) == 20


def test_nobody_rules_on_the_own_exam_by_ruling_on_the_own_team(cast, quiz, at, exception):
    exception(cast.team_a, actor=cast.carl, limit_minutes=None)

    assert [limit_of(who, quiz, at) for who in (cast.carl, cast.lena)] == [15, None]


def test_window_without_withdrawn_exceptions_and_those_of_other_quizzes(cast, quiz, at, exception):
    withdraw_override(exception(cast.ana, limit_minutes=20), actor=cast.mona, at=at)
    give_override(make_quiz("other"), Override(limit_minutes=99), to=cast.ana, reason="R", actor=cast.mona, at=at)

    assert limit_of(cast.ana, quiz, at) == 15


def test_windows_cost_the_same_for_3_and_30(cast, quiz, at, exception):
    exception(cast.site_node, limit_minutes=20)
    exception(cast.ana, limit_minutes=30)
    version = published_version(quiz)

    def cost(n):
        pairs = [(AssignmentFactory(person=cast.ana, quiz=quiz), version) for _n in range(n)]
        with CaptureQueriesContext(connection) as queries:
            windows_of(pairs, at=at)
        return len(queries)

    assert cost(3) == cost(30) <= 3


# --- what an exception would do ------------------------------------------------------------------------------------


def would(quiz, to, cast, at, **values):
    row = unsaved_override(quiz, Override(**values), to=to, actor=cast.mona) if values else None
    return effects_of(quiz, to, row, at=at)


def test_effects_for_a_person(cast, quiz, at):
    assignment = AssignmentFactory(person=cast.ana, quiz=quiz)

    effects = would(quiz, cast.ana, cast, at, limit_minutes=20)

    (change,) = effects.changes
    assert (change.assignment, change.before.limit_minutes, change.after.limit_minutes) == (assignment, 15, 20)
    assert (effects.moved, effects.replaces, effects.people_told) == ([], None, 1)


def test_effects_are_what_giving_it_does(cast, quiz, at):
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)

    effects = would(quiz, cast.team_a, cast, at + MINUTE, limit_minutes=25)
    give_override(quiz, Override(limit_minutes=25), to=cast.team_a, reason="R", actor=cast.mona, at=at + MINUTE)

    (moved,) = effects.moved
    attempt.refresh_from_db()
    assert (moved.person, moved.old, moved.new) == (cast.ana, at + 15 * MINUTE, attempt.deadline_at)
    assert moved.new == at + 25 * MINUTE


def test_effects_know_extra_time_and_deadlines_that_have_passed(cast, quiz, at):
    start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)
    start_attempt(AssignmentFactory(person=cast.abel, quiz=quiz), at=at - 20 * MINUTE)
    give_extra_time(cast.team_a, minutes=3, reason="R", actor=cast.carl, at=at)

    effects = would(quiz, cast.team_a, cast, at, limit_minutes=16)

    assert [(row.person, row.new) for row in effects.moved] == [
        (cast.abel, at - MINUTE),  # later than it was, though past
        (cast.ana, at + 19 * MINUTE),
    ]


def test_effects_leave_ended_sittings_alone(cast, quiz, at):
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)
    submit_attempt(attempt, actor=cast.ana, at=at + MINUTE)

    assert would(quiz, cast.ana, cast, at + 2 * MINUTE, limit_minutes=20).moved == []


def test_effects_for_somebody_who_has_not_been_given_the_quiz(cast, quiz, at, exception):
    exception(cast.team_a, attempts=5)

    effects = would(quiz, cast.ana, cast, at, limit_minutes=20)

    assert (effects.changes, effects.people_told) == ([], 0)
    assert effects.expected == (Window(None, None, 15, 5), Window(None, None, 20, 5))


def test_effects_for_a_group_gather_the_same_change(cast, quiz, at, exception):
    for who in (cast.ana, cast.abel, cast.olga):
        AssignmentFactory(person=who, quiz=quiz)
    exception(cast.olga, limit_minutes=10)

    effects = would(quiz, cast.site_node, cast, at, limit_minutes=20)

    assert [(row.n, row.before.limit_minutes, row.after.limit_minutes) for row in effects.patterns] == [
        (2, 15, 20),
        (1, 10, 10),
    ]
    assert effects.people_told == 2


def test_effects_name_what_is_replaced(cast, quiz, at, exception):
    AssignmentFactory(person=cast.ana, quiz=quiz)
    before = exception(cast.ana, limit_minutes=30, attempts=4)

    effects = would(quiz, cast.ana, cast, at, limit_minutes=20)

    assert effects.replaces == before
    assert (effects.changes[0].before, effects.changes[0].after) == (
        Window(None, None, 30, 4),
        Window(None, None, 20, 2),
    )


def test_effects_of_withdrawing(cast, quiz, at, exception):
    AssignmentFactory(person=cast.ana, quiz=quiz)
    exception(cast.team_a, limit_minutes=25)
    exception(cast.ana, limit_minutes=30)

    effects = would(quiz, cast.ana, cast, at)

    assert [effects.changes[0].before.limit_minutes, effects.changes[0].after.limit_minutes] == [30, 25]


def test_effects_cost_the_same_for_3_and_30(cast, quiz, at, exception):
    exception(cast.site_node, limit_minutes=20)

    def cost(n):
        for _n in range(n):
            person = UserFactory()
            join(person, cast.team_a)
            start_attempt(AssignmentFactory(person=person, quiz=quiz), at=at)
        with CaptureQueriesContext(connection) as queries:
            assert would(quiz, cast.team_a, cast, at, limit_minutes=40).patterns
        return len(queries)

    assert cost(3) == cost(27) <= 10


# --- the list ------------------------------------------------------------------------------------------------------


def test_listed_overrides_say_who_may_change_them(cast, quiz, exception):
    rows = [exception(to, limit_minutes=20) for to in (cast.ana, cast.team_a, cast.site_node)]

    assert [row.may_change for row in listed_overrides(rows, cast.carl)] == [True, True, False]
    assert [row.may_change for row in listed_overrides(rows, cast.mona)] == [True, True, True]
    withdraw_override(rows[0], actor=cast.mona, at=rows[0].given_at)
    assert [row.may_change for row in listed_overrides(rows, cast.mona)] == [False, True, True]
