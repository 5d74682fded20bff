from datetime import timedelta

import pytest

from assessments.evaluations.services import release_evaluation
from assessments.roleplay.states import MysteryCallState
from coaching.tickets.models import CoachingStep, Ticket
from coaching.tickets.services import dismiss_ticket
from coaching.tickets.states import Deed, Ground, TicketState
from tests.factories.calls import CallFactory
from tests.factories.catalogue import make_course, make_lesson
from tests.factories.coaching import see
from tests.factories.evaluations import EvaluationFactory, mark_all
from tests.factories.roleplay import make_call
from tests.factories.scorecards import make_scorecard
from tests.factories.skills import SkillFactory


def release(cast, at, **points):
    """Release an evaluation of Ana's by Eva with these points."""
    card = getattr(cast, "card", None) or make_scorecard()
    cast.card = card
    evaluation = EvaluationFactory(
        scorecard_version=card, agent=cast.ana, call=CallFactory(agent=cast.ana, started_at=at), evaluator=cast.eva
    )
    mark_all(evaluation, **points)
    return release_evaluation(evaluation, actor=cast.eva, at=at)


def test_a_clear_miss_opens_a_ticket(cast, at):
    evaluation = release(cast, at, restates=1)

    (ticket,) = Ticket.objects.all()
    assert (ticket.agent, ticket.skill.key, ticket.ground) == (cast.ana, "restates", Ground.GROSS)
    assert (ticket.source_kind, ticket.source_id) == ("evaluation", evaluation.pk)
    assert (ticket.seen_zh, ticket.seen_en) == ("评分项 restates", "Item restates")
    assert (ticket.before_n, ticket.before_share, ticket.before_low) == (1, pytest.approx(0.25), None)


def test_good_marks_open_nothing(cast, at):
    release(cast, at)

    assert not Ticket.objects.exists()


def test_a_warning_opens_nothing(cast, at):
    release(cast, at, filler_words=0)

    assert not Ticket.objects.exists()


def test_a_failed_fatal_item_opens_a_ticket(cast, at):
    release(cast, at, accuracy=0)

    assert [(ticket.skill.key, ticket.ground) for ticket in Ticket.objects.all()] == [("accuracy", Ground.FATAL)]


def test_a_pattern_opens_a_ticket_although_this_call_was_fair(cast, at):
    see(cast.ana, SkillFactory(key="restates"), "0.5", "0.5", "0.5", at=at)

    release(cast, at, restates=2)

    (ticket,) = Ticket.objects.all()
    assert (ticket.ground, ticket.before_n) == (Ground.PROVEN, 4)


def test_a_second_miss_is_noted_on_the_live_ticket(cast, at):
    release(cast, at, restates=1)
    again = release(cast, at + timedelta(days=1), restates=0)

    (ticket,) = Ticket.objects.all()
    step = ticket.coaching_steps.get(kind=Deed.SEEN_AGAIN)
    assert (step.facts["source_id"], step.facts["en"]) == (again.pk, "Item restates")
    assert step.at == at + timedelta(days=1)


def test_what_was_seen_before_a_closed_ticket_makes_no_new_pattern(cast, at):
    see(cast.ana, SkillFactory(key="restates"), "0.5", "0.5", "0.5", at=at)
    release(cast, at, restates=2)
    dismiss_ticket(Ticket.objects.get(), reason="known", actor=cast.eva, at=at + timedelta(hours=1))

    release(cast, at + timedelta(days=1), restates=2)

    assert not Ticket.objects.live().exists()


def test_lessons_of_the_skill_are_proposed(cast, at):
    lesson = make_lesson(make_course(lessons=1), "restating", skills=[SkillFactory(key="restates")])

    release(cast, at, restates=0)

    (remedy,) = Ticket.objects.get().remedies.all()
    assert (remedy.lesson_key, remedy.is_chosen) == (lesson.translation_key, False)


def test_a_settled_mystery_call_opens_a_ticket(cast):
    call = make_call(
        cast.ana, cast.eva, MysteryCallState.SETTLED, outcomes={"greets": "not_met", "restates": "not_met"}
    )

    ticket = Ticket.objects.get(skill__key="restates")
    assert (ticket.source_kind, ticket.source_id, ticket.ground) == ("mystery_call", call.pk, Ground.GROSS)


def test_a_debriefed_mystery_call_counts_only_when_settled(cast):
    make_call(cast.ana, cast.eva, MysteryCallState.DEBRIEFED, outcomes={"greets": "not_met", "restates": "not_met"})

    assert not Ticket.objects.exists()


def test_a_forfeit_opens_nothing(cast):
    make_call(cast.ana, cast.eva, MysteryCallState.FORFEITED)

    assert not Ticket.objects.exists()


def test_opening_is_one_transaction_with_the_release(cast, at, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("coaching.triage.services.open_ticket", fails)

    with pytest.raises(RuntimeError):
        release(cast, at, restates=0)

    assert not Ticket.objects.exists()
    assert not CoachingStep.objects.exists()
    assert cast.ana.evaluations.get().state == "draft"


def test_the_ticket_is_open_and_nobodys(cast, at):
    release(cast, at, restates=0)

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.coach, ticket.opened_by) == (TicketState.OPEN, None, None)
