"""A page's SQL doesn't grow with the company: the same number of queries with 3 agents and with 60."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.calls.models import Call
from assessments.evaluations.services import release_evaluation, start_evaluation
from coaching.tickets.services import open_ticket
from coaching.tickets.states import Ground
from lms.people.models import Membership
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import AttemptFactory
from tests.factories.calls import CallFactory
from tests.factories.certificates import CertificateFactory
from tests.factories.enrolment import enrol
from tests.factories.evaluations import mark_all
from tests.factories.notices import NotificationFactory
from tests.factories.people import UserFactory, join
from tests.factories.world import NOW, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Who opens which page of the story.
PAGES = [
    ("eva", "home", ()), ("carl", "home", ()), ("mona", "home", ()), ("tess", "home", ()), ("ana", "home", ()),
    ("eva", "assessments:call-list", ()), ("eva", "assessments:evaluation-list", ()), ("carl", "assessments:evaluation-list", ()),
    ("eva", "assessments:mystery-call-list", ()), ("eva", "assessments:mystery-call-plan", ()), ("eva", "assessments:scenario-list", ()),
    ("eva", "coaching:ticket-board", ()), ("carl", "coaching:ticket-board", ()),
    ("carl", "coaching:skill-matrix", ()), ("mona", "coaching:skill-matrix", ()), ("carl", "coaching:skill-matrix-xlsx", ()),
    ("quinn", "courses:certificate-list", ()), ("carl", "people:directory", ()), ("ada", "people:directory", ()),
    ("ada", "people:import-list", ()), ("ada", "audit-log", ()), ("ana", "courses:course-list", ()),
    ("ana", "assessments:attempt-list", ()), ("ana", "notifications:list", ()), ("ana", "courses:certificate-list", ()),
]  # fmt: skip


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return make_world()


def grow(world, agents: int) -> None:
    """More colleagues for Ana, each with something on every list."""
    for _number in range(agents):
        person = UserFactory(job_role=world.cast.ana.job_role)
        join(person, world.cast.team_a)
        call = CallFactory(agent=person)
        evaluation = start_evaluation(call, actor=world.cast.eva, at=MON_9)
        mark_all(evaluation)
        release_evaluation(evaluation, actor=world.cast.eva, at=MON_9)
        CallFactory(agent=person)
        AttemptFactory(assignment=AssignmentFactory(person=person, quiz=world.quiz), graded=True)
        AssignmentFactory(person=person, quiz=None, scenario=world.script.scenario)
        open_ticket(person, world.skill, ground=Ground.BY_HAND, actor=world.cast.eva, at=MON_9)
        enrol(person, world.track)
        CertificateFactory(person=person)
        NotificationFactory(recipient=world.cast.ana, created_at=MON_9 - timedelta(minutes=1))


def cost(client, world) -> dict[tuple[str, str], int]:
    counts = {}
    for name, page, args in PAGES:
        client.force_login(getattr(world.cast, name))
        url = reverse(page, args=args)
        client.get(url)  # what is asked once per process
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200, (name, page)
        counts[name, page] = len(queries)
    return counts


def test_no_page_of_the_story_costs_more_with_sixty_agents_than_with_three(client, world):
    grow(world, 1)
    agents = Membership.objects.of_agents().filter(team=world.cast.team_a)
    assert agents.count() == 3
    few = cost(client, world)

    grow(world, 57)
    assert agents.count() == 60
    assert Call.objects.count() > 100
    many = cost(client, world)

    assert {page: n for page, n in many.items() if n > few[page]} == {}
