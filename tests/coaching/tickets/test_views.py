from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coaching.tickets.models import Ticket
from coaching.tickets.services import assign_remedies, open_ticket, take_ticket
from coaching.tickets.states import Deed, Ground, Outcome, TicketState
from courses.progress.services import complete_lesson
from lms.people.models import User
from lms.skills.models import Skill
from tests.factories.attempts import sit
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.coaching import TicketFactory, see
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.usefixtures("clock")
VERBS = ("take", "assign", "retest", "note", "dismiss")


def main_of(page: str) -> str:
    """The page without its frame, whose dialogs have buttons of their own."""
    return page.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.fixture
def skill(db):
    return SkillFactory(key="restates", name_en="Restates", name_zh="复述")


@pytest.fixture
def lesson(skill):
    return make_lesson(make_course("phrasing", lessons=1), "restating", skills=[skill])


@pytest.fixture
def ticket(cast, skill, lesson, at):
    see(cast.ana, skill, "0.2", "0.3", "0.4", at=at)
    return open_ticket(
        cast.ana, skill, ground=Ground.GROSS, actor=None, at=at, seen_zh="复述问题", seen_en="Restates the problem"
    )


@pytest.fixture
def teaching(cast, ticket, lesson, at):
    return assign_remedies(
        ticket,
        lesson_keys=[lesson.translation_key],
        due_on=date(2026, 3, 9),
        cause="rushes ahead",
        goal="says it back",
        actor=cast.eva,
        at=at,
    )


def as_(client, person, language="en"):
    User.objects.filter(pk=person.pk).update(language=language)
    client.force_login(person)
    return client


def detail(ticket):
    return reverse("coaching:ticket-detail", args=[ticket.pk])


def verb(name, ticket):
    return reverse(f"coaching:ticket-{name}", args=[ticket.pk])


# --- doors ---------------------------------------------------------------------------------------------------

SEES = {"ana", "lena", "carl", "eva", "quinn", "mona"}
ACTS = {"lena", "carl", "eva", "quinn"}


def test_who_opens_a_ticket(client, cast, ticket):
    opens = {name for name, person in cast.people.items() if as_(client, person).get(detail(ticket)).status_code == 200}

    assert opens == SEES


@pytest.mark.parametrize("name", VERBS)
def test_who_acts(client, cast, ticket, name):
    answers = {who: as_(client, person).post(verb(name, ticket)).status_code for who, person in cast.people.items()}

    acts = ACTS | {"ana"} if name == "note" else ACTS
    assert {who for who, code in answers.items() if code == 404} == set(answers) - SEES
    assert {who for who, code in answers.items() if code == 403} == SEES - acts


@pytest.mark.parametrize("name", VERBS)
def test_looking_changes_nothing(client, cast, ticket, name):
    assert as_(client, cast.eva).get(verb(name, ticket)).status_code == 405


def test_a_stranger_is_sent_to_sign_in(client, ticket):
    for address in (reverse("coaching:ticket-board"), detail(ticket)):
        assert "/accounts/login/" in client.get(address).headers["Location"]
    for name in VERBS:
        assert "/accounts/login/" in client.post(verb(name, ticket)).headers["Location"]


# --- the story -----------------------------------------------------------------------------------------------


def test_the_story_for_a_coach(client, cast, ticket):
    page = as_(client, cast.eva).get(detail(ticket)).content.decode()

    assert "Restates the problem" in page
    assert "in 1 of 2 agents of this team, in 0 of 1 elsewhere" in page
    assert "n = 3 observations" in page
    assert "95% interval" in page
    assert "Lesson restating" in page
    assert main_of(page).count("btn-primary") == 1


def test_the_agent_reads_plain_words_and_no_counts_of_others(client, cast, ticket):
    page = as_(client, cast.ana).get(detail(ticket)).content.decode()

    assert "likely range" in page
    assert "95% interval" not in page
    assert "agents of this team" not in page
    assert verb("assign", ticket) not in page
    assert verb("dismiss", ticket) not in page


def test_one_observation_is_called_one(client, cast, at):
    skill = SkillFactory(key="solves")
    see(cast.ana, skill, "0.25", at=at)
    ticket = open_ticket(cast.ana, skill, ground=Ground.GROSS, actor=None, at=at)

    page = as_(client, cast.ana).get(detail(ticket)).content.decode()

    assert "one observation, so no range can be given" in page
    assert "a single observation, not a pattern" in page


def test_the_agents_next_lesson(client, cast, teaching, lesson):
    page = as_(client, cast.ana).get(detail(teaching)).content.decode()

    assert "Read the lesson" in page
    assert reverse("courses:lesson-detail", args=["phrasing", "restating"]) in page
    assert "rushes ahead" in page
    assert main_of(page).count("btn-primary") == 1


def test_the_agents_retest(client, cast, teaching, skill, lesson, at):
    make_quiz("retest", skill=skill, retest=True)
    complete_lesson(cast.ana, lesson, at=at)
    teaching.refresh_from_db()

    page = as_(client, cast.ana).get(detail(teaching)).content.decode()

    assert "Take the re-test" in page
    assert reverse("assessments:quiz-start", args=[teaching.retest_id]) in page


def test_before_and_after_stand_side_by_side(client, cast, teaching, skill, lesson, at):
    make_quiz("retest", skill=skill, retest=True, questions=8)
    complete_lesson(cast.ana, in_english(lesson), at=at)
    teaching.refresh_from_db()
    sit(teaching.retest, at=at)

    page = as_(client, cast.ana).get(detail(teaching)).content.decode()

    assert "Better beyond chance" in page
    assert "n = 8 questions" in page
    assert "30%" in page
    assert "btn-primary" not in main_of(page)


def test_a_failed_retest_is_told_with_its_n(client, cast, teaching, skill, lesson, at):
    make_quiz("retest", skill=skill, retest=True, questions=8, attempts_allowed=1)
    complete_lesson(cast.ana, lesson, at=at)
    teaching.refresh_from_db()
    sit(teaching.retest, at=at, right=2)

    page = as_(client, cast.eva).get(detail(teaching)).content.decode()

    assert "8 questions" in page
    assert "0 attempts left" in page
    assert "round 2" in page
    assert "Lessons of earlier rounds" in page


def test_in_chinese_nothing_english_of_the_data_shows(client, cast, teaching):
    page = as_(client, cast.ana, "zh-hans").get(detail(teaching)).content.decode()

    assert "复述问题" in page
    assert "Restates the problem" not in page


# --- verbs ---------------------------------------------------------------------------------------------------


def test_taking(client, cast, ticket):
    response = as_(client, cast.lena).post(verb("take", ticket), follow=True)

    ticket.refresh_from_db()
    assert ticket.coach == cast.lena
    assert "You coach this ticket now." in response.content.decode()


def form(lesson, **more):
    return {"cause": "c", "goal": "g", "lessons": [lesson.translation_key], "due_on": "2026-03-09", **more}


def test_assigning(client, cast, ticket, lesson):
    response = as_(client, cast.eva).post(verb("assign", ticket), form(lesson))

    ticket.refresh_from_db()
    assert response.status_code == 302
    assert (ticket.state, ticket.due_on) == (TicketState.TEACHING, date(2026, 3, 9))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"lessons": []}, "Choose at least one lesson."),
        ({"due_on": "2026-03-01"}, "Choose today or a later day."),
        ({"cause": ""}, "This field is required."),
        ({"lessons": ["6a8a1f6e-6a4d-4a5e-9a55-2f6b4b1f0001"]}, "is not one of the available choices"),
    ],
)
def test_what_was_typed_survives_a_mistake(client, cast, ticket, lesson, wrong, words):
    response = as_(client, cast.eva).post(verb("assign", ticket), form(lesson, goal="my own goal", **wrong))

    page = response.content.decode()
    ticket.refresh_from_db()
    assert response.status_code == 422
    assert words in page
    assert "my own goal" in page
    assert ticket.state == TicketState.OPEN


def test_assigning_what_was_assigned_meanwhile(client, cast, teaching, lesson):
    response = as_(client, cast.eva).post(verb("assign", teaching), form(lesson), follow=True)

    assert "moved on meanwhile" in response.content.decode()


def test_commenting(client, cast, ticket):
    as_(client, cast.ana).post(verb("note", ticket), {"note": "the line was bad"})

    assert ticket.coaching_steps.get(kind=Deed.COMMENT).by == cast.ana


def test_an_empty_note_is_no_note(client, cast, ticket):
    assert as_(client, cast.eva).post(verb("note", ticket), {"note": " "}).status_code == 422


def test_dismissing(client, cast, ticket):
    as_(client, cast.eva).post(verb("dismiss", ticket), {"reason": "bad line"})

    ticket.refresh_from_db()
    assert ticket.outcome == Outcome.DISMISSED


def test_giving_a_retest_that_doesnt_exist(client, cast, teaching, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)

    response = as_(client, cast.eva).post(verb("retest", teaching), follow=True)

    assert "No re-test quiz is published" in response.content.decode()


def test_giving_the_retest_late(client, cast, teaching, skill, lesson, at):
    complete_lesson(cast.ana, lesson, at=at)
    make_quiz("retest", skill=skill, retest=True)

    as_(client, cast.eva).post(verb("retest", teaching))

    teaching.refresh_from_db()
    assert teaching.retest is not None


# --- board and list ------------------------------------------------------------------------------------------


def test_the_board_shows_ones_own_teams(client, cast, ticket):
    TicketFactory(agent=cast.olga, skill=ticket.skill)

    page = as_(client, cast.eva).get(reverse("coaching:ticket-board")).content.decode()

    assert cast.ana.full_name in page
    assert cast.olga.full_name not in page
    assert "column-board" in page


def test_a_supervisor_starts_with_the_list(client, cast, ticket):
    page = as_(client, cast.carl).get(reverse("coaching:ticket-board")).content.decode()

    assert "column-board" not in page
    assert cast.ana.full_name in page


@pytest.mark.parametrize(("view", "seen"), [("board", True), ("list", False)])
def test_the_view_is_in_the_address(client, cast, ticket, view, seen):
    page = as_(client, cast.carl).get(reverse("coaching:ticket-board"), {"view": view}).content.decode()

    assert ("column-board" in page) is seen


@pytest.fixture
def several(cast, at):
    today = at.date()
    crm = SkillFactory(key="crm")
    return {
        "late": TicketFactory(agent=cast.ana, skill=crm, teaching=True, due_on=today - timedelta(days=1)),
        "open": TicketFactory(agent=cast.abel, skill=crm),
        "other": TicketFactory(agent=cast.abel, skill=SkillFactory(key="product"), retest_due=True),
        "old": TicketFactory(agent=cast.ana, skill=crm, closed=True, closed_at=at - timedelta(days=31)),
        "closed": TicketFactory(agent=cast.abel, skill=crm, closed=True),
        "foreign": TicketFactory(agent=cast.olga, skill=crm),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"view": "board"}, {"late", "open", "other", "closed"}),
        ({"view": "list"}, {"late", "open", "other"}),
        ({"view": "list", "state": "late"}, {"late"}),
        ({"view": "board", "state": "late"}, {"late"}),
        ({"view": "list", "state": "closed"}, {"old", "closed"}),
        ({"view": "list", "skill": "crm"}, {"late", "open"}),
        ({"view": "list", "skill": "no-such-skill"}, {"late", "open", "other"}),
        ({"view": "list", "team": "999999"}, {"late", "open", "other"}),
    ],
)
def test_filters(client, cast, several, query, expected):
    page = as_(client, cast.eva).get(reverse("coaching:ticket-board"), query).content.decode()

    assert {name for name, ticket in several.items() if f'href="{detail(ticket)}"' in page} == expected


def test_a_team_one_doesnt_see_is_no_filter(client, cast, several):
    query = {"view": "list", "team": cast.team_b.pk}

    page = as_(client, cast.eva).get(reverse("coaching:ticket-board"), query).content.decode()

    assert detail(several["foreign"]) not in page
    assert detail(several["open"]) in page


def test_the_team_filter(client, cast, several):
    query = {"view": "list", "team": cast.team_b.pk}

    page = as_(client, cast.quinn).get(reverse("coaching:ticket-board"), query).content.decode()

    assert detail(several["foreign"]) in page
    assert detail(several["open"]) not in page


def test_an_agent_sees_the_own_tickets(client, cast, several):
    page = as_(client, cast.ana).get(reverse("coaching:ticket-board")).content.decode()

    assert {name for name, ticket in several.items() if detail(ticket) in page} == {"late", "old"}


def test_an_empty_board(client, cast):
    assert "No ticket is open" in as_(client, cast.carl).get(reverse("coaching:ticket-board")).content.decode()
    assert "No ticket is open" in as_(client, cast.ana).get(reverse("coaching:ticket-board")).content.decode()


@pytest.mark.parametrize(("who", "view"), [("eva", "board"), ("eva", "list"), ("ana", "")])
def test_one_and_many_rows_take_the_same_queries(client, cast, who, view):
    address, person = reverse("coaching:ticket-board"), cast.people[who]
    skills = [SkillFactory(key=f"skill-{n}") for n in range(12)]

    def add(n):
        agent = cast.ana if who == "ana" else UserFactory()
        if agent != cast.ana:
            join(agent, cast.team_a)
        state = {"coach": cast.eva, "teaching": True} if n % 2 else {}
        TicketFactory(agent=agent, skill=skills[n], due_on=date(2026, 3, 9), **state)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, {"view": view}).status_code == 200
        return len(queries)

    add(0)
    as_(client, person).get(address)
    few = count()
    for n in range(1, 12):
        add(n)

    assert count() == few


def test_a_long_log_takes_the_same_queries(client, cast, teaching):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(detail(teaching))
        return len(queries)

    as_(client, cast.eva).get(detail(teaching))
    few = count()
    for person in (cast.lena, cast.quinn, cast.eva, cast.lena):
        take_ticket(Ticket.objects.get(), actor=person, at=teaching.opened_at)

    assert count() <= few + 1  # the coach is somebody else now, which takes the "take over" button


def test_columns_are_cut_and_say_so(client, cast, at):
    skills = Skill.objects.bulk_create(
        Skill(key=f"s{n}", kind="knowledge", name_zh="x", name_en="x") for n in range(33)
    )
    for skill in skills:
        TicketFactory(agent=cast.ana, skill=skill)

    page = as_(client, cast.eva).get(reverse("coaching:ticket-board")).content.decode()

    assert "3 more in the list" in page
