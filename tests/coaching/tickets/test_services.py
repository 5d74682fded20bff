from datetime import date, timedelta
from decimal import Decimal

import pytest

from assessments.assignments.models import Assignment
from coaching import events
from coaching.effects.rules import NOTHING
from coaching.tickets.models import Ticket
from coaching.tickets.services import (
    NothingChosen,
    add_step,
    assign_remedies,
    close_ticket,
    dismiss_ticket,
    offer_retest,
    open_ticket,
    take_ticket,
)
from coaching.tickets.states import MOVES, Deed, Ground, Outcome, TicketState
from courses.enrolment.models import Enrolment
from courses.enrolment.services.lessons import assign_lesson
from courses.progress.services import complete_lesson
from lms.audit.models import AuditEntry
from lms.kernel.states import IllegalMove, StaleState
from tests.factories.attempts import sit
from tests.factories.catalogue import make_course, make_lesson
from tests.factories.coaching import TicketFactory, see
from tests.factories.quizzes import make_quiz
from tests.factories.skills import SkillFactory

DUE = date(2026, 3, 9)


@pytest.fixture
def skill(db):
    return SkillFactory(key="restates")


@pytest.fixture
def lessons(skill):
    """Two lessons that teach the skill, and one that doesn't."""
    course = make_course("phrasing", lessons=1)
    return [make_lesson(course, f"restating-{n}", skills=[skill]) for n in (1, 2)]


@pytest.fixture
def quiz(skill):
    return make_quiz("retest-restates", skill=skill, retest=True, questions=4, attempts_allowed=2)


def opened(cast, skill, at, **more):
    return open_ticket(cast.ana, skill, **{"ground": Ground.GROSS, "actor": None, "at": at, **more})


def assigned(cast, skill, lessons, at, *, keys=None):
    ticket = opened(cast, skill, at)
    keys = [lesson.translation_key for lesson in lessons] if keys is None else keys
    return assign_remedies(
        ticket, lesson_keys=keys, due_on=DUE, cause="rushes", goal="says it back", actor=cast.eva, at=at
    )


def learnt(cast, skill, lessons, at):
    """All lessons read: the re-test is due."""
    ticket = assigned(cast, skill, lessons, at)
    for lesson in lessons:
        complete_lesson(cast.ana, lesson, at=at + timedelta(hours=1))
    ticket.refresh_from_db()
    return ticket


def news_of(person):
    return list(person.notifications.order_by("pk").values_list("kind", flat=True))


# --- opening -------------------------------------------------------------------------------------------------


def test_opening_keeps_what_was_seen_before(cast, skill, at):
    see(cast.ana, skill, "0.2", "0.3", "0.4", at=at)
    see(cast.ana, skill, 1, at=at, days_ago=100)

    ticket = opened(cast, skill, at)

    assert (ticket.before_n, ticket.before_share) == (3, Decimal("0.30000"))
    assert ticket.before_low < ticket.before_share < ticket.before_high
    assert AuditEntry.objects.get(action="ticket_opened").subject_id == str(ticket.pk)


def test_opening_proposes_the_lessons_not_read_yet_first(cast, skill, lessons, at):
    complete_lesson(cast.ana, lessons[0], at=at - timedelta(days=30))

    ticket = opened(cast, skill, at)

    proposed = list(ticket.remedies.order_by("pk").values_list("lesson_key", "is_chosen"))
    assert proposed == [(lessons[1].translation_key, False), (lessons[0].translation_key, False)]


def test_there_is_one_live_ticket_per_agent_and_skill(cast, skill, at):
    first = opened(cast, skill, at)

    second = opened(cast, skill, at, note="again", seen_en="Item")

    assert second == first
    assert first.coaching_steps.get(kind=Deed.SEEN_AGAIN).note == "again"


def test_another_agent_or_skill_gets_its_own(cast, skill, at):
    opened(cast, skill, at)
    open_ticket(cast.abel, skill, ground=Ground.GROSS, actor=None, at=at)
    opened(cast, SkillFactory(key="solves"), at)

    assert Ticket.objects.count() == 3


def test_a_closed_ticket_doesnt_stop_a_new_one(cast, skill, at):
    dismiss_ticket(opened(cast, skill, at), reason="fine", actor=cast.eva, at=at)

    assert opened(cast, skill, at).state == TicketState.OPEN


# --- taking --------------------------------------------------------------------------------------------------


def test_taking(cast, skill, at):
    ticket = take_ticket(opened(cast, skill, at), actor=cast.eva, at=at)

    ticket.refresh_from_db()
    assert ticket.coach == cast.eva
    assert AuditEntry.objects.filter(action="ticket_taken", actor=cast.eva).count() == 1


def test_of_two_who_take_it_at_once_one_does(cast, skill, at):
    ticket = opened(cast, skill, at)
    stale = Ticket.objects.get(pk=ticket.pk)
    take_ticket(ticket, actor=cast.eva, at=at)

    with pytest.raises(StaleState):
        take_ticket(stale, actor=cast.lena, at=at)

    ticket.refresh_from_db()
    assert ticket.coach == cast.eva


def test_taking_over(cast, skill, at):
    ticket = take_ticket(opened(cast, skill, at), actor=cast.eva, at=at)

    take_ticket(ticket, actor=cast.lena, at=at)

    ticket.refresh_from_db()
    assert ticket.coach == cast.lena


def test_a_closed_ticket_cant_be_taken(cast, at):
    with pytest.raises(IllegalMove):
        take_ticket(TicketFactory(closed=True), actor=cast.eva, at=at)


# --- assigning -----------------------------------------------------------------------------------------------


def test_assigning(cast, skill, lessons, at):
    ticket = assigned(cast, skill, lessons, at)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.coach, ticket.due_on) == (TicketState.TEACHING, cast.eva, DUE)
    assert (ticket.cause, ticket.goal) == ("rushes", "says it back")
    assert set(cast.ana.enrolments.values_list("lesson_key", "due_on", "reason_en")) == {
        (lesson.translation_key, DUE, "Coaching ticket: Skill restates") for lesson in lessons
    }
    assert ticket.remedies.filter(is_chosen=True, enrolment__isnull=False).count() == 2
    assert "ticket_assigned" in news_of(cast.ana)


def test_what_wasnt_chosen_stays_a_proposal(cast, skill, lessons, at):
    ticket = assigned(cast, skill, lessons, at, keys=[lessons[1].translation_key])

    assert [remedy.lesson_key for remedy in ticket.remedies.filter(is_chosen=True)] == [lessons[1].translation_key]
    assert ticket.remedies.count() == 2


def test_a_lesson_that_wasnt_proposed_can_be_chosen(cast, skill, lessons, at):
    other = make_lesson(make_course("crm", lessons=0), "elsewhere")

    ticket = assigned(cast, skill, lessons, at, keys=[other.translation_key])

    assert ticket.remedies.get(is_chosen=True).lesson_key == other.translation_key


def test_nothing_chosen(cast, skill, at):
    with pytest.raises(NothingChosen):
        assigned(cast, skill, [], at)


def test_an_unpublished_lesson_assigns_nothing(cast, skill, lessons, at):
    hidden = make_lesson(make_course("hidden", lessons=0), "draft", live=False)

    with pytest.raises(ValueError, match="No published lesson"):
        assigned(cast, skill, lessons, at, keys=[lessons[0].translation_key, hidden.translation_key])

    assert Ticket.objects.get().state == TicketState.OPEN
    assert not cast.ana.enrolments.exists()


@pytest.mark.parametrize("traits", [{"retest_due": True}, {"closed": True}])
def test_lessons_are_chosen_when_it_is_time_only(cast, skill, lessons, at, traits):
    ticket = TicketFactory(agent=cast.ana, skill=skill, **traits)

    with pytest.raises(IllegalMove):
        assign_remedies(
            ticket, lesson_keys=[lessons[0].translation_key], due_on=DUE, cause="", goal="", actor=cast.eva, at=at
        )


def test_assigning_twice(cast, skill, lessons, at):
    ticket = opened(cast, skill, at)
    stale = Ticket.objects.get(pk=ticket.pk)
    words = {"due_on": DUE, "cause": "c", "goal": "g", "actor": cast.eva, "at": at}
    assign_remedies(ticket, lesson_keys=[lessons[0].translation_key], **words)

    with pytest.raises(StaleState):
        assign_remedies(stale, lesson_keys=[lessons[1].translation_key], **words)
    with pytest.raises(IllegalMove):
        assign_remedies(ticket, lesson_keys=[lessons[1].translation_key], **words)


# --- learning ------------------------------------------------------------------------------------------------


def test_reading_one_of_two_lessons(cast, skill, lessons, quiz, at):
    ticket = assigned(cast, skill, lessons, at)

    complete_lesson(cast.ana, lessons[0], at=at)

    ticket.refresh_from_db()
    assert ticket.state == TicketState.TEACHING
    assert ticket.remedies.get(lesson_key=lessons[0].translation_key).done_at == at
    assert ticket.remedies.get(lesson_key=lessons[1].translation_key).done_at is None


def test_reading_the_last_lesson_gives_the_retest(cast, skill, lessons, quiz, at):
    ticket = learnt(cast, skill, lessons, at)

    assert (ticket.state, ticket.due_on) == (TicketState.RETEST_DUE, DUE)
    retest = ticket.retest
    assert (retest.person, retest.quiz, retest.due_on, retest.given_by) == (cast.ana, quiz, DUE, cast.eva)
    assert (retest.reason_zh, retest.reason_en) == (
        "辅导单复测：技能 restates",
        "Re-test of your coaching ticket: Skill restates",
    )
    assert "quiz_assigned" in news_of(cast.ana)


def test_a_lesson_read_long_ago_must_be_read_again(cast, skill, lessons, quiz, at):
    for lesson in lessons:
        complete_lesson(cast.ana, lesson, at=at - timedelta(days=60))

    ticket = assigned(cast, skill, lessons, at)
    assert ticket.state == TicketState.TEACHING
    for lesson in lessons:
        complete_lesson(cast.ana, lesson, at=at + timedelta(hours=2))

    ticket.refresh_from_db()
    assert ticket.state == TicketState.RETEST_DUE
    assert not cast.ana.enrolments.live().exists()
    assert set(ticket.remedies.values_list("done_at", flat=True)) == {at + timedelta(hours=2)}


def test_a_proposal_that_is_read_counts_nothing(cast, skill, lessons, at):
    ticket = assigned(cast, skill, lessons, at, keys=[lessons[0].translation_key])

    complete_lesson(cast.ana, lessons[1], at=at)

    ticket.refresh_from_db()
    assert ticket.state == TicketState.TEACHING
    assert not ticket.remedies.filter(done_at__isnull=False).exists()


def test_somebody_elses_reading_counts_nothing(cast, skill, lessons, at):
    ticket = assigned(cast, skill, lessons, at)

    complete_lesson(cast.abel, lessons[0], at=at)

    assert not ticket.remedies.filter(done_at__isnull=False).exists()


def test_one_lesson_serves_two_tickets(cast, skill, lessons, quiz, at):
    other = SkillFactory(key="solves")
    both = make_lesson(make_course("both", lessons=0), "both", skills=[skill, other])
    tickets = [open_ticket(cast.ana, one, ground=Ground.GROSS, actor=None, at=at) for one in (skill, other)]
    for ticket in tickets:
        assign_remedies(
            ticket, lesson_keys=[both.translation_key], due_on=DUE, cause="c", goal="g", actor=cast.eva, at=at
        )

    complete_lesson(cast.ana, both, at=at)

    assert {ticket.state for ticket in Ticket.objects.all()} == {TicketState.RETEST_DUE}
    assert Enrolment.objects.filter(person=cast.ana).count() == 1


def test_without_a_retest_quiz_the_coach_is_told(cast, skill, lessons, at):
    ticket = learnt(cast, skill, lessons, at)

    assert (ticket.state, ticket.retest, ticket.due_on) == (TicketState.RETEST_DUE, None, None)
    assert "ticket_retest_missing" in news_of(cast.eva)


def test_the_retest_is_given_later(cast, skill, lessons, at):
    ticket = learnt(cast, skill, lessons, at)
    quiz = make_quiz("late-retest", skill=skill, retest=True)

    offer_retest(ticket, actor=cast.eva, at=at)

    ticket.refresh_from_db()
    assert ticket.retest.quiz == quiz


def test_a_retest_isnt_given_twice(cast, skill, lessons, quiz, at):
    ticket = learnt(cast, skill, lessons, at)

    with pytest.raises(IllegalMove):
        offer_retest(ticket, actor=cast.eva, at=at)

    assert Assignment.objects.filter(person=cast.ana).count() == 1


def test_a_retest_isnt_given_before_the_lessons_are_read(cast, skill, lessons, quiz, at):
    with pytest.raises(IllegalMove):
        offer_retest(assigned(cast, skill, lessons, at), actor=cast.eva, at=at)


def test_a_retest_of_an_open_ticket_is_no_move(cast, skill, quiz, at):
    with pytest.raises(IllegalMove):
        offer_retest(opened(cast, skill, at), actor=cast.eva, at=at)


# --- the re-test ---------------------------------------------------------------------------------------------


@pytest.fixture
def told():
    """The tickets that were announced as closed."""
    heard = []

    def listen(ticket, **kwargs):
        heard.append(ticket.pk)

    events.ticket_closed.connect(listen)
    yield heard
    events.ticket_closed.disconnect(listen)


def test_passing_closes_the_ticket(cast, skill, lessons, quiz, at, told):
    ticket = learnt(cast, skill, lessons, at)

    sit(ticket.retest, at=at + timedelta(days=1))

    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome, ticket.after_n, ticket.after_share) == (
        TicketState.CLOSED,
        Outcome.PASSED,
        4,
        1,
    )
    assert ticket.after_low == pytest.approx(Decimal("0.5101"), abs=Decimal("0.0001"))  # Wilson, 4 of 4
    assert ticket.retest.closed_at is not None
    assert told == [ticket.pk]
    assert "ticket_passed" in news_of(cast.ana)
    assert "ticket_passed_coach" in news_of(cast.eva)
    assert AuditEntry.objects.filter(action="ticket_closed").count() == 1


def test_failing_with_an_attempt_left_changes_nothing(cast, skill, lessons, quiz, at):
    ticket = learnt(cast, skill, lessons, at)

    sit(ticket.retest, at=at + timedelta(days=1), right=1)

    ticket.refresh_from_db()
    step = ticket.coaching_steps.get(kind=Deed.RETEST_FAILED)
    assert (ticket.state, ticket.round) == (TicketState.RETEST_DUE, 1)
    assert (step.facts["share"], step.facts["n"], step.facts["left"]) == ("0.25000", 4, 1)


def test_failing_for_good_begins_the_next_round(cast, skill, lessons, quiz, at):
    ticket = learnt(cast, skill, lessons, at)
    first = ticket.retest

    sit(first, at=at + timedelta(days=1), right=1)
    sit(first, at=at + timedelta(days=2), right=2)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.round, ticket.retest, ticket.due_on) == (TicketState.TEACHING, 2, None, None)
    assert ticket.remedies.filter(round=2, is_chosen=False).count() == 2
    assert news_of(cast.eva) == ["ticket_next_round"]
    first.refresh_from_db()
    assert first.closed_at is not None


def test_the_second_round_goes_the_same_way(cast, skill, lessons, quiz, at, told):
    ticket = learnt(cast, skill, lessons, at)
    for day in (1, 2):
        sit(ticket.retest, at=at + timedelta(days=day), right=0)
    ticket.refresh_from_db()

    assign_remedies(
        ticket, lesson_keys=[lessons[1].translation_key], due_on=DUE, cause="c", goal="g", actor=cast.eva, at=at
    )
    complete_lesson(cast.ana, lessons[1], at=at + timedelta(days=3))
    ticket.refresh_from_db()
    sit(ticket.retest, at=at + timedelta(days=4))

    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome, ticket.round) == (TicketState.CLOSED, Outcome.PASSED, 2)
    assert told == [ticket.pk]


def test_another_quiz_of_the_agent_changes_nothing(cast, skill, lessons, quiz, at):
    ticket = learnt(cast, skill, lessons, at)
    other = Assignment.objects.create(person=cast.ana, quiz=quiz, reason_zh="x", reason_en="x", created_at=at)

    sit(other, at=at)

    ticket.refresh_from_db()
    assert ticket.state == TicketState.RETEST_DUE


def test_a_sitting_that_outlives_the_ticket_changes_nothing(cast, skill, lessons, quiz, at):
    ticket = learnt(cast, skill, lessons, at)
    attempt = sit(ticket.retest, at=at, submit=False)
    dismiss_ticket(ticket, reason="no need", actor=cast.eva, at=at)

    from assessments.attempts.services import submit_attempt

    submit_attempt(attempt, actor=cast.ana, at=at + timedelta(minutes=5))

    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.DISMISSED)


# --- dismissing ----------------------------------------------------------------------------------------------


def test_dismissing_an_open_ticket(cast, skill, at, told):
    ticket = dismiss_ticket(opened(cast, skill, at), reason="bad line", actor=cast.eva, at=at)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome, ticket.closed_at) == (TicketState.CLOSED, Outcome.DISMISSED, at)
    assert ticket.coaching_steps.get(kind=Deed.DISMISSED).note == "bad line"
    assert AuditEntry.objects.get(action="ticket_dismissed").reason == "bad line"
    assert told == [ticket.pk]
    assert news_of(cast.ana) == []


def test_dismissing_withdraws_what_was_asked_for(cast, skill, lessons, at):
    assign_lesson(cast.ana, lessons[0].translation_key, due_on=DUE, reason_zh="入职", reason_en="x", actor=None, at=at)
    ticket = assigned(cast, skill, lessons, at)

    dismiss_ticket(ticket, reason="no need", actor=cast.eva, at=at)

    asked = list(cast.ana.enrolments.live().values_list("lesson_key", flat=True))
    assert asked == [lessons[0].translation_key]  # for another reason, before
    assert "ticket_dismissed" in news_of(cast.ana)


def test_dismissing_closes_the_retest(cast, skill, lessons, quiz, at):
    ticket = dismiss_ticket(learnt(cast, skill, lessons, at), reason="no need", actor=cast.eva, at=at)

    ticket.retest.refresh_from_db()
    assert ticket.retest.closed_at == at


def test_a_closed_ticket_is_final(cast, at):
    ticket = TicketFactory(closed=True)

    with pytest.raises(IllegalMove):
        dismiss_ticket(ticket, reason="x", actor=cast.eva, at=at)
    with pytest.raises(IllegalMove):
        close_ticket(ticket, outcome=Outcome.PASSED, after=NOTHING, actor=None, at=at)


# --- words ---------------------------------------------------------------------------------------------------


def test_a_note_of_the_coach(cast, skill, lessons, at):
    ticket = assigned(cast, skill, lessons, at)

    step = add_step(ticket, note="listened together", actor=cast.eva, at=at)

    assert (step.kind, step.by, step.note) == (Deed.NOTE, cast.eva, "listened together")
    assert "ticket_noted" in news_of(cast.ana)


def test_a_comment_of_the_agent(cast, skill, lessons, at):
    ticket = assigned(cast, skill, lessons, at)

    step = add_step(ticket, note="the line was bad", actor=cast.ana, at=at)

    assert step.kind == Deed.COMMENT
    assert news_of(cast.eva) == ["ticket_commented"]


# --- moves ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", list(TicketState))
@pytest.mark.parametrize("end", list(TicketState))
def test_moves(begin, end):
    allowed = {
        ("open", "teaching"), ("open", "closed"),
        ("teaching", "retest_due"), ("teaching", "closed"),
        ("retest_due", "teaching"), ("retest_due", "closed"),
    }  # fmt: skip

    assert (end in MOVES[begin]) == ((begin.value, end.value) in allowed)
