"""Deadlines: which answer is in time, how a deadline moves while somebody sits, and the sweep."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from assessments.assignments.models import WindowOverride
from assessments.assignments.rules import Override
from assessments.assignments.services import give_override, withdraw_override
from assessments.attempts.models import Answer, Attempt, ExtraTime
from assessments.attempts.rules import (
    TOLERANCE,
    SavedAnswer,
    counting,
    ending,
    is_in_time,
    is_synced_late,
    last_moment,
    made_at,
)
from assessments.attempts.services import (
    HandedIn,
    Save,
    TimeIsUp,
    close_overdue_attempts,
    give_extra_time,
    recompute_deadlines,
    save_answer,
    save_answers,
    start_attempt,
    submit_attempt,
)
from assessments.attempts.services import ending as ending_service
from assessments.attempts.services.timing import AlreadyGiven
from assessments.attempts.states import AttemptState
from assessments.evidence.models import Evidence
from assessments.tasks import close_overdue_attempts as sweep_task
from lms.audit.models import AuditEntry
from lms.events import membership_changed, people_imported
from lms.notifications.kinds import words
from lms.notifications.models import Notification
from lms.people.models import User
from lms.people.states import Role
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import AttemptFactory
from tests.factories.bank import right_ids
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
END = MON_9 + 15 * MINUTE
MILLISECONDS = st.integers(-30 * 60_000, 30 * 60_000)


def ms(number):
    return timedelta(milliseconds=number)


# --- which answer is in time (rules) -------------------------------------------------------------------------------


@given(made=MILLISECONDS, more=st.integers(0, 30 * 60_000))
def test_an_answer_counts_iff_it_was_made_by_the_deadline_and_received_within_the_tolerance(made, more):
    made, received = END + ms(made), END + ms(made + more)

    assert is_in_time(made, received, END) == (made <= END and received <= END + timedelta(seconds=60))


@given(acknowledged=st.integers(-15 * 60_000, 15 * 60_000), elapsed=MILLISECONDS, passed=st.integers(0, 30 * 60_000))
def test_whatever_a_browser_says_its_answer_was_made_between_the_last_exchange_and_the_receipt(
    acknowledged, elapsed, passed
):
    acknowledged_at = END + ms(acknowledged)
    received = acknowledged_at + ms(passed)

    found = made_at(acknowledged_at=acknowledged_at, elapsed=ms(elapsed), received_at=received)

    assert acknowledged_at <= found <= received


@given(acknowledged=st.integers(-15 * 60_000, 15 * 60_000), elapsed=MILLISECONDS, passed=st.integers(0, 30 * 60_000))
def test_no_clock_of_a_browser_brings_an_answer_in_that_came_after_the_tolerance(acknowledged, elapsed, passed):
    acknowledged_at = END + ms(acknowledged)
    received = acknowledged_at + ms(passed)

    made = made_at(acknowledged_at=acknowledged_at, elapsed=ms(elapsed), received_at=received)

    if received > END + TOLERANCE or acknowledged_at > END:
        assert not is_in_time(made, received, END)
    if received <= END:  # and none keeps one out that came before the deadline
        assert is_in_time(made, received, END)


@given(
    first=st.integers(0, 20 * 60_000),
    second=st.integers(0, 20 * 60_000),
    elapsed=st.tuples(st.integers(0, 20 * 60_000), st.integers(0, 20 * 60_000)),
)
def test_more_time_passed_in_the_browser_never_means_an_earlier_answer(first, second, elapsed):
    received = MON_9 + ms(max(first, second))
    less, more = sorted(elapsed)

    def made(passed):
        return made_at(acknowledged_at=MON_9 + ms(min(first, second)), elapsed=ms(passed), received_at=received)

    assert made(less) <= made(more)


SAVED = st.lists(
    st.tuples(st.integers(-120_000, 60_000), st.integers(0, 180_000)), max_size=8
).map(
    lambda rows: [
        SavedAnswer(number, number, END + ms(made), END + ms(made + more))
        for number, (made, more) in enumerate(rows, start=1)
    ]
)  # fmt: skip


@given(rows=SAVED)
def test_the_newest_answer_in_time_counts(rows):
    found = counting(rows, deadline_at=END)

    in_time = [row.sequence for row in rows if row.made_at <= END and row.received_at <= END + TOLERANCE]
    assert (found.sequence if found else None) == max(in_time, default=None)


@given(rows=SAVED, more=st.integers(0, 600))
def test_a_later_deadline_takes_no_answer_away(rows, more):
    before = counting(rows, deadline_at=END)
    after = counting(rows, deadline_at=END + more * SECOND)

    assert before is None or after.sequence >= before.sequence
    assert counting(rows, deadline_at=None) == (rows[-1] if rows else None)


@given(made=MILLISECONDS, more=st.integers(0, 30 * 60_000))
def test_only_what_came_after_the_deadline_is_synced_late(made, more):
    received = END + ms(made + more)

    assert is_synced_late(received, END) == (received > END)
    assert not is_synced_late(received, None)


# --- the end of a sitting (rules) ----------------------------------------------------------------------------------

OVERDUE = st.sampled_from(["autosubmit", "grace", "abandon"])


@given(overdue=OVERDUE, seconds=st.integers(-900, 3600), grace=st.integers(1, 30))
def test_the_sweep_waits_for_the_tolerance_and_records_the_due_instant(overdue, seconds, grace):
    at = END + seconds * SECOND

    found = ending(at=at, made=at, deadline_at=END, overdue=overdue, grace=grace * MINUTE, by_sweep=True)

    due = END + grace * MINUTE if overdue == "grace" else END
    if at <= due + TOLERANCE:
        assert found is None
    else:
        assert (found.at, found.is_handed_in) == (due, overdue == "autosubmit")


@given(overdue=OVERDUE, made=st.integers(-900, 3600), more=st.integers(0, 3600), grace=st.integers(1, 30))
def test_handing_in_is_recorded_when_it_was_done_and_never_after_the_last_moment(overdue, made, more, grace):
    made_then, at = END + made * SECOND, END + (made + more) * SECOND

    found = ending(at=at, made=made_then, deadline_at=END, overdue=overdue, grace=grace * MINUTE, by_sweep=False)

    end = last_moment(deadline_at=END, overdue=overdue, grace=grace * MINUTE)
    in_time = made_then <= end and at <= end + TOLERANCE
    assert found.is_handed_in == (in_time or overdue == "autosubmit")
    assert found.at == (made_then if in_time else end)


# --- fixtures of what follows --------------------------------------------------------------------------------------


@pytest.fixture
def quiz(db):
    return make_quiz()  # 15 minutes, autosubmit


@pytest.fixture
def attempt(cast, quiz, at):
    return start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)


@pytest.fixture
def exception(quiz, cast, at):
    def give(to, *, at=at, **values):
        return give_override(quiz, Override(**values), to=to, reason="R", actor=cast.mona, at=at)

    return give


def deadline_of(attempt):
    attempt.refresh_from_db()
    return attempt.deadline_at


def answer_first(attempt, *, sequence=1, at, made=None):
    drawn = attempt.questions.get(order=1)
    return save_answer(drawn, sequence=sequence, response=right_ids(drawn.question_version), at=at, made_at=made)


# --- a deadline moves while somebody sits --------------------------------------------------------------------------


def test_an_exception_given_and_withdrawn_moves_the_deadline_at_once(cast, at, attempt, exception):
    row = exception(cast.ana, at=at + MINUTE, limit_minutes=20)
    given = deadline_of(attempt)
    withdraw_override(row, actor=cast.mona, at=at + 2 * MINUTE)

    assert (given, deadline_of(attempt)) == (at + 20 * MINUTE, END)


def test_a_shorter_time_ends_now_at_the_earliest_and_keeps_what_was_answered(cast, at, attempt, exception):
    answer_first(attempt, at=at + 8 * MINUTE)

    exception(cast.ana, at=at + 10 * MINUTE, limit_minutes=5)

    assert deadline_of(attempt) == at + 10 * MINUTE
    submit_attempt(attempt, actor=cast.ana, at=at + 11 * MINUTE)
    assert attempt.questions.get(order=1).share == 1


def test_an_answer_that_came_while_time_was_being_shortened_stays_in_time(cast, at, attempt, exception):
    """The examiner's clock was read just before the answer was received, the row changed just after."""
    answer_first(attempt, at=at + 10 * MINUTE + ms(40))

    exception(cast.ana, at=at + 10 * MINUTE, limit_minutes=5)

    assert deadline_of(attempt) == at + 10 * MINUTE + ms(40)


def test_an_exception_at_the_instant_of_the_start(cast, at, attempt, exception):
    exception(cast.ana, closes_at=at - MINUTE)

    assert at < deadline_of(attempt) < at + SECOND


def test_a_deadline_that_has_passed_is_only_followed_by_a_later_one(cast, at, attempt, exception):
    later = END + 30 * SECOND

    exception(cast.ana, at=later, limit_minutes=10)
    assert deadline_of(attempt) == END

    exception(cast.ana, at=later, limit_minutes=20)
    assert deadline_of(attempt) == at + 20 * MINUTE
    assert answer_first(attempt, at=at + 18 * MINUTE).status == "kept"


def test_a_sitting_that_has_ended_keeps_its_deadline(cast, at, attempt, exception):
    submit_attempt(attempt, actor=cast.ana, at=at + MINUTE)

    exception(cast.ana, at=at + 2 * MINUTE, limit_minutes=60)

    assert deadline_of(attempt) == END


def test_unlimited_time_and_back(cast, at, attempt, exception):
    row = exception(cast.ana, limit_minutes=None)
    assert deadline_of(attempt) is None
    withdraw_override(row, actor=cast.mona, at=at + 40 * MINUTE)

    assert deadline_of(attempt) == at + 40 * MINUTE


def test_moving_to_another_team_moves_the_deadline_at_once(cast, at, attempt, exception):
    exception(cast.team_b, limit_minutes=25)
    assert deadline_of(attempt) == END

    cast.ana.memberships.update(to_on=date(2026, 3, 2))
    join(cast.ana, cast.team_b, Role.AGENT, from_on=date(2026, 3, 2))
    membership_changed.send(sender=User, person=cast.ana, at=at + MINUTE)

    assert deadline_of(attempt) == at + 25 * MINUTE


def test_leaving_a_team_with_more_time_ends_now_at_the_earliest(cast, at, attempt, exception):
    exception(cast.team_a, limit_minutes=60)

    cast.ana.memberships.update(to_on=date(2026, 3, 2))
    membership_changed.send(sender=User, person=cast.ana, at=at + 30 * MINUTE)

    assert deadline_of(attempt) == at + 30 * MINUTE


def test_an_import_moves_the_deadlines_of_all_it_moved_together(cast, quiz, at, attempt, exception):
    exception(cast.team_b, limit_minutes=25)
    other = start_attempt(AssignmentFactory(person=cast.abel, quiz=quiz), at=at)
    moved = [cast.ana, cast.abel]
    for person in moved:
        person.memberships.update(to_on=date(2026, 3, 2))
        join(person, cast.team_b, Role.AGENT, from_on=date(2026, 3, 2))

    for person in moved:
        membership_changed.send(sender=User, person=person, at=at + MINUTE, is_one_of_many=True)
    assert deadline_of(attempt) == END  # not one by one
    people_imported.send(sender=User, joined=[], moved=moved, given_jobs=[], at=at + MINUTE)

    assert [deadline_of(row) for row in (attempt, other)] == [at + 25 * MINUTE] * 2


def test_moving_deadlines_costs_the_same_for_3_and_30(cast, quiz, at, exception):
    def cost(n):
        for _n in range(n):
            person = UserFactory()
            join(person, cast.team_a)
            answer_first(start_attempt(AssignmentFactory(person=person, quiz=quiz), at=at), at=at + MINUTE)
        people = list(User.objects.filter(assignments__quiz=quiz))
        row = WindowOverride.objects.create(
            quiz=quiz, team=cast.team_a, limit_minutes=5, reason="R", given_by=cast.mona, given_at=at
        )
        with CaptureQueriesContext(connection) as queries:
            assert recompute_deadlines(Q(assignment__person__in=people), at=at + 2 * MINUTE) == len(people)
        assert set(Attempt.objects.values_list("deadline_at", flat=True)) == {at + 5 * MINUTE}
        row.delete()
        Attempt.objects.update(deadline_at=END)
        return len(queries)

    assert cost(3) == cost(27)


# --- extra time for a group ----------------------------------------------------------------------------------------


def test_extra_time_reaches_the_group_and_those_below_it(cast, quiz, at, attempt):
    olga = start_attempt(AssignmentFactory(person=cast.olga, quiz=quiz), at=at)

    row = give_extra_time(cast.site_node, minutes=10, reason="Outage", actor=cast.mona, at=at + MINUTE)

    assert {deadline_of(attempt), deadline_of(olga)} == {at + 25 * MINUTE}
    assert set(row.attempts.all()) == {attempt, olga}
    (entry,) = AuditEntry.objects.filter(action="extra_time_given")
    assert (entry.actor, entry.reason, entry.changes) == (
        cast.mona, "Outage", {"minutes": [None, 10], "attempts": [None, 2]},
    )  # fmt: skip


def test_extra_time_leaves_out_others_the_ended_those_without_a_deadline_trials_and_the_givers_own(cast, quiz, at):
    def sits(person, **more):
        return start_attempt(AssignmentFactory(person=person, quiz=quiz, **more), at=at)

    other, ended, trial, own = sits(cast.olga), sits(cast.abel), sits(cast.lena, is_preview=True), sits(cast.carl)
    submit_attempt(ended, actor=cast.abel, at=at + MINUTE)
    free = sits(cast.ana)
    Attempt.objects.filter(pk=free.pk).update(deadline_at=None)

    row = give_extra_time(cast.team_a, minutes=10, reason="Outage", actor=cast.carl, at=at + MINUTE)

    assert list(row.attempts.all()) == []
    assert [deadline_of(one) for one in (other, ended, trial, own)] == [END] * 4
    assert deadline_of(free) is None


def test_extra_time_is_told(cast, at, attempt):
    give_extra_time(cast.team_a, minutes=10, reason="Back to the phones", actor=cast.carl, at=at + MINUTE)

    news = Notification.objects.get()
    assert (news.recipient, news.url) == (cast.ana, f"/quizzes/attempts/{attempt.pk}/")
    with translation.override("en"):
        assert words(news.kind, news.params) == (
            "10 more minutes: Quiz crm-quiz",
            "You have until 09:25 now; the clock on the page follows. Why: Back to the phones",
        )


def test_extra_time_opens_again_what_has_run_out_and_was_not_closed_yet(cast, at, attempt):
    give_extra_time(cast.team_a, minutes=10, reason="Outage", actor=cast.carl, at=END + 30 * SECOND)

    assert answer_first(attempt, at=END + 5 * MINUTE).status == "kept"


def test_extra_time_stays_when_the_window_changes(cast, at, attempt, exception):
    give_extra_time(cast.team_a, minutes=10, reason="Outage", actor=cast.carl, at=at + MINUTE)

    exception(cast.ana, at=at + 2 * MINUTE, limit_minutes=20)

    assert deadline_of(attempt) == at + 30 * MINUTE


def test_extra_time_adds_up(cast, at, attempt):
    for minutes in (10, 5):
        give_extra_time(cast.team_a, minutes=minutes, reason="Outage", actor=cast.carl, at=at + MINUTE)

    assert deadline_of(attempt) == at + 30 * MINUTE
    assert attempt.extra_seconds == 15 * 60


def test_extra_time_is_not_given_twice_by_pressing_twice(cast, at, attempt):
    gift = {"minutes": 10, "reason": "Outage", "actor": cast.carl, "at": at + MINUTE, "seen": 0}
    first = give_extra_time(cast.team_a, **gift)

    with pytest.raises(AlreadyGiven) as refusal:
        give_extra_time(cast.team_a, **gift)
    with pytest.raises(AlreadyGiven):  # nor by somebody who gives it to everybody
        give_extra_time(cast.site_node, **gift | {"actor": cast.mona})

    assert refusal.value.given == first
    assert deadline_of(attempt) == at + 25 * MINUTE
    give_extra_time(cast.team_b, **gift | {"actor": cast.otto})  # another group's doesn't matter
    give_extra_time(cast.team_a, **gift | {"seen": first.pk})
    assert deadline_of(attempt) == at + 35 * MINUTE


def test_extra_time_is_time(cast, at, attempt):
    with pytest.raises(IntegrityError, match="extra_time_is_time"):
        give_extra_time(cast.team_a, minutes=0, reason="R", actor=cast.carl, at=at)


def test_extra_time_visible_to(cast, at):
    gifts = {
        name: give_extra_time(team, minutes=5, reason="R", actor=cast.mona, at=at)
        for name, team in {"a": cast.team_a, "b": cast.team_b, "all": cast.site_node}.items()
    }

    def seen(viewer):
        return {name for name, row in gifts.items() if ExtraTime.objects.visible_to(viewer).filter(pk=row.pk)}

    assert (seen(cast.carl), seen(cast.mona), seen(cast.eva)) == ({"a", "all"}, {"a", "b", "all"}, set())


# --- late answers --------------------------------------------------------------------------------------------------


def test_an_answer_made_in_time_that_comes_within_the_tolerance_is_kept_and_marked(attempt):
    saved = answer_first(attempt, at=END + 59 * SECOND, made=END - SECOND)

    assert saved.status == "kept"
    assert Answer.objects.get().is_synced_late
    submit_attempt(attempt, actor=attempt.assignment.person, at=END + 60 * SECOND)
    assert attempt.questions.get(order=1).share == 1


def test_the_deadline_itself_is_in_time_and_not_late(attempt):
    answer_first(attempt, at=END)

    assert not Answer.objects.get().is_synced_late


@pytest.mark.parametrize(("received", "made"), [(61, -1), (1, 1), (60, 1)])
def test_what_was_made_or_came_too_late_is_not_kept(attempt, received, made):
    with pytest.raises(TimeIsUp):
        answer_first(attempt, at=END + received * SECOND, made=END + made * SECOND)

    assert not Answer.objects.exists()


def test_no_answer_is_made_after_it_was_received(attempt, at):
    answer_first(attempt, at=at + MINUTE, made=at + 5 * MINUTE)

    assert Answer.objects.get().made_at == at + MINUTE


# --- no deadline ---------------------------------------------------------------------------------------------------


def test_a_sitting_without_a_deadline_is_left_alone_and_can_be_finished_at_any_time(cast, at):
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=make_quiz(time_limit_minutes=None)), at=at)
    much_later = at + timedelta(days=200)

    assert attempt.deadline_at is None
    assert close_overdue_attempts(at=much_later) == 0
    assert answer_first(attempt, at=much_later).status == "kept"
    submit_attempt(attempt, actor=cast.ana, at=much_later)
    assert (attempt.state, attempt.submitted_at) == (AttemptState.GRADED, much_later)


# --- the sweep -----------------------------------------------------------------------------------------------------


def swept(person, at, *, overdue, seconds, **fields):
    """The attempt after a sweep so many seconds after its deadline."""
    quiz = make_quiz(f"{overdue}-{seconds}", overdue=overdue, **fields)
    attempt = start_attempt(AssignmentFactory(person=person, quiz=quiz), at=at)
    close_overdue_attempts(at=END + seconds * SECOND)
    attempt.refresh_from_db()
    return attempt


@pytest.mark.parametrize(
    ("overdue", "seconds", "state", "ended"),
    [
        ("autosubmit", 60, "in_progress", None),
        ("autosubmit", 61, "graded", 0),
        ("abandon", 60, "in_progress", None),
        ("abandon", 61, "abandoned", 0),
        ("grace", 61, "in_progress", None),
        ("grace", 300 + 60, "in_progress", None),
        ("grace", 300 + 61, "abandoned", 300),
    ],
)
def test_sweep(cast, at, overdue, seconds, state, ended):
    attempt = swept(cast.ana, at, overdue=overdue, seconds=seconds, grace_minutes=5 if overdue == "grace" else 0)

    assert attempt.state == state
    assert attempt.submitted_at == (None if ended is None else END + ended * SECOND)
    assert attempt.handed_in_by_sweep == (ended is not None)


def test_sweep_counts_what_was_saved_by_the_deadline(cast, attempt, at):
    answer_first(attempt, at=at + MINUTE)

    assert close_overdue_attempts(at=END + 2 * MINUTE) == 1

    attempt.refresh_from_db()
    assert attempt.score == Decimal("0.2")
    assert Notification.objects.get().kind == "attempt_handed_in"


@pytest.mark.parametrize("overdue", ["autosubmit", "abandon"])
def test_sweep_twice_changes_each_sitting_once(cast, quiz, at, overdue):
    quiz.versions.update(overdue=overdue)
    attempts = [start_attempt(AssignmentFactory(person=who, quiz=quiz), at=at) for who in (cast.ana, cast.olga)]

    assert [close_overdue_attempts(at=END + n * MINUTE) for n in (2, 3, 60)] == [2, 0, 0]

    for attempt in attempts:
        attempt.refresh_from_db()
        assert attempt.submitted_at == END
    assert Notification.objects.count() == 2
    assert Evidence.objects.count() == (2 if overdue == "autosubmit" else 0)


def test_handing_in_during_the_grace_period(cast, at):
    quiz = make_quiz(overdue="grace", grace_minutes=5)
    attempt = start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=at)
    answer_first(attempt, at=at + MINUTE)

    with pytest.raises(TimeIsUp):  # nothing is answered any more
        answer_first(attempt, sequence=2, at=END + 2 * MINUTE)
    submit_attempt(attempt, actor=cast.ana, at=END + 2 * MINUTE)

    assert (attempt.state, attempt.submitted_at) == (AttemptState.GRADED, END + 2 * MINUTE)
    assert attempt.questions.get(order=1).share == 1


@pytest.mark.parametrize("overdue", ["autosubmit", "abandon"])
def test_sweep_lets_go_of_what_was_given_more_time_meanwhile(cast, quiz, at, attempt, monkeypatch, overdue):
    """The sweep has read the list; before it ends this one, somebody gives the group more time."""
    quiz.versions.update(overdue=overdue)
    name = "_abandon" if overdue == "abandon" else "_hand_in"
    real, calls = getattr(ending_service, name), []

    def overtaken(row, end, **kwargs):
        if not calls:
            calls.append(row.pk)
            give_extra_time(cast.team_a, minutes=10, reason="Outage", actor=cast.carl, at=END + 2 * MINUTE)
        return real(row, end, **kwargs)

    monkeypatch.setattr(ending_service, name, overtaken)

    assert close_overdue_attempts(at=END + 2 * MINUTE) == 0

    attempt.refresh_from_db()
    assert (calls, attempt.state, attempt.deadline_at) == ([attempt.pk], AttemptState.IN_PROGRESS, END + 10 * MINUTE)


def test_handing_in_goes_by_the_deadline_that_holds(cast, quiz, at, attempt):
    """The page was read before the time was up, somebody gave more time, then the button came through."""
    quiz.versions.update(overdue="abandon")
    stale = Attempt.objects.select_related("quiz_version").get(pk=attempt.pk)
    give_extra_time(cast.team_a, minutes=10, reason="Outage", actor=cast.carl, at=END)

    submit_attempt(stale, actor=cast.ana, at=END + 5 * MINUTE)

    assert (stale.state, stale.submitted_at) == (AttemptState.GRADED, END + 5 * MINUTE)


def test_sweep_goes_on_after_one_that_fails(cast, quiz, at, caplog):
    broken = AttemptFactory(assignment=AssignmentFactory(person=cast.ana, quiz=quiz))  # without any question
    good = start_attempt(AssignmentFactory(person=cast.abel, quiz=quiz), at=at)

    assert close_overdue_attempts(at=at + timedelta(hours=1)) == 1

    good.refresh_from_db()
    assert good.state == AttemptState.GRADED
    assert f"attempt {broken.pk} could not be ended" in caplog.text


def test_after_the_sweep_nothing_is_kept(attempt):
    close_overdue_attempts(at=END + 2 * MINUTE)

    with pytest.raises(HandedIn):
        save_answers(attempt, [Save(1, 1, right_ids(attempt.questions.get(order=1).question_version), END)], at=END)


def test_sweep_is_on_the_clock():
    entry = settings.CELERY_BEAT_SCHEDULE["close-overdue-attempts"]

    assert (entry["task"], entry["schedule"]) == (sweep_task.name, 30.0)


@pytest.mark.django_db
def test_sweep_task_without_anything_to_do():
    assert sweep_task() == 0
