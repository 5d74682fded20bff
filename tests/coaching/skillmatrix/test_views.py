from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coaching.tickets.models import Ticket
from coaching.tickets.states import Ground
from lms.people.models import User
from lms.skills.models import Requirement, SkillLevel
from tests.factories.catalogue import make_course, make_lesson
from tests.factories.coaching import TicketFactory, see
from tests.factories.people import UserFactory, join
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.usefixtures("clock")
MATRIX, XLSX = "/skills/", "/skills/matrix.xlsx"


@pytest.fixture
def skill(db):
    return SkillFactory(key="crm", name_en="CRM")


@pytest.fixture
def lesson(skill):
    return make_lesson(make_course("crm-basics", lessons=1), "notes", skills=[skill])


def as_(client, person, language="en"):
    User.objects.filter(pk=person.pk).update(language=language)
    client.force_login(person)
    return client


def cell_of(person, skill):
    return reverse("coaching:skill-cell", args=[person.pk, skill.key])


def codes(client, cast, ask):
    return {name: ask(as_(client, person)).status_code for name, person in cast.people.items()}


# --- doors ---------------------------------------------------------------------------------------------------

SEES = {"ana", "lena", "carl", "eva", "quinn", "mona"}
ACTS = {"lena", "carl", "eva", "quinn"}


@pytest.mark.parametrize("address", [MATRIX, XLSX])
def test_who_opens_the_matrix(client, cast, skill, address):
    answers = codes(client, cast, lambda door: door.get(address))

    assert {name for name, code in answers.items() if code == 200} == {"lena", "carl", "eva", "otto", "quinn", "mona"}
    assert set(answers.values()) == {200, 403}


def test_who_sees_a_person(client, cast, skill):
    for address in (f"/skills/{cast.ana.pk}/", cell_of(cast.ana, skill)):
        answers = codes(client, cast, lambda door, address=address: door.get(address))

        assert {name for name, code in answers.items() if code == 200} == SEES
        assert set(answers.values()) == {200, 404}


@pytest.mark.parametrize("name", ["cell-lesson", "cell-ticket"])
def test_who_acts(client, cast, skill, name):
    address = reverse(f"coaching:{name}", args=[cast.ana.pk, skill.key])

    answers = codes(client, cast, lambda door: door.post(address))

    assert {who for who, code in answers.items() if code == 404} == set(answers) - SEES
    assert {who for who, code in answers.items() if code == 403} == SEES - ACTS
    assert as_(client, cast.eva).get(address).status_code == 405


def test_a_stranger_is_sent_to_sign_in(client, cast, skill):
    for address in (MATRIX, XLSX, f"/skills/{cast.ana.pk}/", cell_of(cast.ana, skill)):
        assert "/accounts/login/" in client.get(address).headers["Location"]


def test_a_skill_that_doesnt_exist(client, cast):
    assert as_(client, cast.eva).get(f"/skills/{cast.ana.pk}/no-such-skill/").status_code == 404


# --- the matrix ----------------------------------------------------------------------------------------------


def test_cells_say_in_words_what_their_signs_mean(client, cast, skill, at):
    Requirement.objects.create(job_role=cast.ana.job_role, skill=skill, level=3)
    see(cast.ana, skill, "0.2", "0.3", "0.4", at=at)
    see(cast.abel, skill, 1, at=at)

    page = as_(client, cast.eva).get(MATRIX).content.decode()

    assert "▽" in page
    assert "3 is required" in page
    assert "too few observations" in page
    assert cast.olga.full_name not in page
    assert "1 cell below the requirement" in page


def test_filters_reach_the_workbook(client, cast, skill):
    page = as_(client, cast.eva).get(MATRIX, {"kind": "knowledge"}).content.decode()

    assert f"{XLSX}?kind=knowledge" in page


def test_nobody_fits(client, cast, skill):
    page = as_(client, cast.eva).get(MATRIX, {"gaps": "on"}).content.decode()

    assert "Nobody fits these filters" in page


def test_a_team_one_doesnt_see_is_no_filter(client, cast, skill):
    page = as_(client, cast.eva).get(MATRIX, {"team": cast.team_b.pk}).content.decode()

    assert cast.olga.full_name not in page
    assert cast.ana.full_name in page


def test_the_workbook(client, cast, skill):
    response = as_(client, cast.eva).get(XLSX)

    assert response.content[:2] == b"PK"
    assert response.headers["Content-Disposition"] == 'attachment; filename="skills-2026-03-02.xlsx"'


def test_three_and_sixty_agents_take_the_same_queries(client, cast, skill, at):
    def add():
        agent = UserFactory(job_role=cast.ana.job_role)
        join(agent, cast.team_a)
        see(agent, skill, "0.5", "0.75", 1, at=at)
        TicketFactory(agent=agent, skill=skill)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(MATRIX)
        return len(queries)

    add()
    as_(client, cast.eva).get(MATRIX)
    few = count()
    for _ in range(57):
        add()

    assert count() == few


# --- a cell --------------------------------------------------------------------------------------------------


def test_the_cell_as_a_page_and_beside_the_matrix(client, cast, skill, at):
    see(cast.ana, skill, *[1] * 4, at=at)
    SkillLevel.objects.create(skill=skill, level=4, behaviour_zh="写全", behaviour_en="Writes complete notes")

    page = as_(client, cast.eva).get(cell_of(cast.ana, skill)).content.decode()
    part = as_(client, cast.eva).get(cell_of(cast.ana, skill), headers={"HX-Request": "true"}).content.decode()

    for shown in (page, part):
        assert "Writes complete notes" in shown
        assert "n = 4" in shown
        assert shown.count("weight 1") == 4
    assert "<html" in page
    assert "<html" not in part


def test_the_agent_gets_no_forms(client, cast, skill, lesson):
    page = as_(client, cast.ana).get(cell_of(cast.ana, skill)).content.decode()

    assert "Assign a lesson" not in page
    assert "Open a ticket" not in page


def test_assigning_a_lesson(client, cast, skill, lesson):
    address = reverse("coaching:cell-lesson", args=[cast.ana.pk, skill.key])

    as_(client, cast.carl).post(address, {"lesson": lesson.translation_key, "due_on": "2026-03-09"})

    enrolment = cast.ana.enrolments.get()
    assert (enrolment.lesson_key, enrolment.due_on, enrolment.given_by, enrolment.reason_en) == (
        lesson.translation_key,
        date(2026, 3, 9),
        cast.carl,
        "Skill: CRM",
    )


def test_a_lesson_of_another_skill_isnt_offered(client, cast, skill, lesson):
    other = make_lesson(make_course("other", lessons=0), "other")
    address = reverse("coaching:cell-lesson", args=[cast.ana.pk, skill.key])

    response = as_(client, cast.carl).post(address, {"lesson": other.translation_key, "due_on": "2026-03-09"})

    assert response.status_code == 422
    assert not cast.ana.enrolments.exists()


def test_opening_a_ticket_by_hand(client, cast, skill):
    address = reverse("coaching:cell-ticket", args=[cast.ana.pk, skill.key])

    response = as_(client, cast.carl).post(address, {"reason": "notes were empty"})

    ticket = Ticket.objects.get()
    assert (ticket.ground, ticket.opened_by, ticket.agent) == (Ground.BY_HAND, cast.carl, cast.ana)
    assert response.headers["Location"] == f"/coaching/{ticket.pk}/"
    assert ticket.coaching_steps.get().note == "notes were empty"


def test_a_ticket_needs_a_reason(client, cast, skill):
    address = reverse("coaching:cell-ticket", args=[cast.ana.pk, skill.key])

    assert as_(client, cast.carl).post(address, {"reason": ""}).status_code == 422
    assert not Ticket.objects.exists()


def test_where_a_ticket_is_open_the_words_go_there(client, cast, skill):
    ticket = TicketFactory(agent=cast.ana, skill=skill)
    address = reverse("coaching:cell-ticket", args=[cast.ana.pk, skill.key])

    response = as_(client, cast.carl).post(address, {"reason": "again"}, follow=True)

    assert Ticket.objects.get() == ticket
    assert "your words were added to it" in response.content.decode()


# --- a profile -----------------------------------------------------------------------------------------------


def test_my_skills(client, cast, skill, at):
    see(cast.ana, skill, "0.5", "0.75", 1, at=at)
    ticket = TicketFactory(agent=cast.ana, skill=skill)

    page = as_(client, cast.ana).get(f"/skills/{cast.ana.pk}/").content.decode()

    assert "My skills" in page
    assert "n = 3" in page
    assert "likely range" in page
    assert f"/coaching/{ticket.pk}/" in page
    assert MATRIX + '"' not in page


def test_a_leader_reads_the_name(client, cast, skill):
    page = as_(client, cast.carl).get(f"/skills/{cast.ana.pk}/").content.decode()

    assert f"Skills of {cast.ana.full_name}" in page
    assert "My skills" not in page


def test_one_and_many_skills_take_the_same_queries(client, cast, skill, at):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/skills/{cast.ana.pk}/")
        return len(queries)

    as_(client, cast.ana).get(f"/skills/{cast.ana.pk}/")
    few = count()
    for n in range(12):
        other = SkillFactory(key=f"skill-{n}")
        see(cast.ana, other, "0.5", 1, 1, at=at)
        TicketFactory(agent=cast.ana, skill=other)

    assert count() == few
