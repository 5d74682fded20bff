"""Everybody's first screen, and the places in the rail."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from courses.progress.services import complete_lesson
from courses.reference.services.comments import send_comment
from courses.reviews.services import prepare_reviews
from courses.translations.states import Standing
from lms.dashboards.queries import agent_day
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.catalogue import make_course, make_lesson, make_track
from tests.factories.enrolment import enrol
from tests.factories.evaluations import EvaluationFactory
from tests.factories.kept import warm
from tests.factories.quizzes import make_quiz
from tests.factories.world import NOW, make_world


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return make_world()


def start_page(client, person):
    client.force_login(person)
    return client.get("/")


def places(response):
    return {str(place.url) for place in response.context["navigation"]}


def test_an_agent_sees_one_next_step_and_how_far_the_track_is(client, world):
    response = start_page(client, world.cast.ana)

    day = response.context["day"]
    assert day.next_step is not None
    assert [enrolment.person for enrolment, _progress in day.tracks] == [world.cast.ana]
    assert all(0 < progress.total == enrolment.steps.count() for enrolment, progress in day.tracks)


def test_a_sitting_that_is_open_comes_before_everything_but_a_call(client, world):
    day = start_page(client, world.cast.ana).context["day"]

    urls = [day.next_step.url, *(step.url for step in day.others)]
    attempt = reverse("assessments:attempt", args=[world.ana.open_attempt.pk])
    lessons = [place for place, url in enumerate(urls) if url.startswith("/learn/")]
    assert attempt in urls
    assert all(urls.index(attempt) < place for place in lessons)


def test_the_analyst_sees_drafts_calls_and_figures_of_the_own_team_only(client, world):
    day = start_page(client, world.cast.eva).context["day"]

    assert {draft.agent for draft in day.drafts} == {world.cast.ana}
    assert [row.team for row in day.figures] == [world.cast.team_a]
    assert {ticket.agent for ticket in day.tickets} == {world.cast.ana}


def test_team_figures_carry_n_and_interval(client, world):
    (row,) = start_page(client, world.cast.carl).context["day"].figures

    assert row.agents == 2
    assert row.fatal_accuracy.n == 1
    assert row.fatal_accuracy.low < row.fatal_accuracy.estimate


def test_the_author_sees_what_fails_and_what_lacks_a_language(client, world):
    make_lesson(world.course, "only-chinese", languages=["zh-hans"])

    response = start_page(client, world.cast.tess)

    day = response.context["day"]
    assert day.needs
    assert [(row.title, row.language, row.standing) for row in day.translations] == [
        ("课时 only-chinese", "en", Standing.MISSING)
    ]
    assert day.next_step.url == reverse("courses:insight-detail", args=[world.lesson.translation_key])
    assert [row.lesson.key for row in day.failing] == [world.lesson.translation_key]
    assert (day.waiting.n, day.more_failing) == (1, 0)
    with translation.override("en"):
        [reason] = day.failing[0].reasons
    assert reason.startswith("1 open comment, the oldest ")
    assert reason in " ".join(response.content.decode().split())


def test_a_page_that_waits_for_the_authors_approval_comes_first(client, world):
    draft = world.lesson.get_latest_revision_as_object()
    draft.title = "改过的标题"
    draft.save_revision(user=world.cast.quinn)
    page = type(world.lesson).objects.get(pk=world.lesson.pk)
    prepare_reviews().start(page, world.cast.quinn)

    day = start_page(client, world.cast.tess).context["day"]

    assert [(row.title, row.author) for row in day.reviews] == [("改过的标题", world.cast.quinn)]
    assert day.next_step.url == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert day.n_reviews == 1


def test_the_author_sees_who_has_still_to_read_a_change(client, world):
    world.cast.ana.language = "zh-hans"
    world.cast.ana.save()
    complete_lesson(world.cast.ana, world.lesson, at=MON_9)
    draft = world.lesson.get_latest_revision_as_object()
    draft.material_version += 1
    draft.save_revision().publish()

    [row] = start_page(client, world.cast.tess).context["day"].rereading

    assert (row.lesson.key, row.asked, row.done) == (world.lesson.translation_key, 1, 0)


def test_the_authors_page_costs_the_same_for_more_lessons(client, world):
    def count():
        warm()
        with CaptureQueriesContext(connection) as seen:
            start_page(client, world.cast.tess)
        return len(seen)

    count()  # what is asked once in a session
    one = count()
    for slug in ("second", "third"):
        page = make_lesson(world.course, slug, languages=["zh-hans"])
        send_comment(world.cast.ana, page, kind="unclear", text="", block="", at=MON_9)

    assert count() == one


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        (
            "ana",
            {"/learn/", "/quizzes/", "/certificates/"},
            {"/quality/calls/", "/skills/", "/people/", "/audit/", "/admin/"},
        ),
        ("eva", {"/quality/calls/", "/skills/", "/coaching/"}, {"/quizzes/", "/audit/", "/people/imports/"}),
        ("carl", {"/skills/", "/people/", "/coaching/"}, {"/quality/calls/", "/admin/", "/audit/"}),
        ("tess", {"/admin/", "/learn/"}, {"/skills/", "/people/", "/quality/evaluations/"}),
        ("wes", {"/people/imports/", "/quality/calls/import/"}, {"/skills/", "/coaching/", "/audit/"}),
        ("ada", {"/people/", "/people/imports/", "/audit/"}, {"/skills/", "/coaching/", "/quality/evaluations/"}),
    ],
)
def test_the_rail_shows_each_role_its_places(client, cast, name, has, lacks):
    shown = places(start_page(client, getattr(cast, name)))

    assert has <= shown
    assert not lacks & shown


@pytest.mark.parametrize(
    ("name", "page", "place"),
    [
        ("ana", "/learn/terms/", "/learn/find/"),
        ("ana", "/learn/notes/", "/learn/find/"),
        ("ana", "/learn/comments/", "/learn/find/"),
        ("ana", "/learn/search/", "/learn/find/"),
        ("ana", "/learn/phrases/", "/learn/phrases/"),
        ("ana", "/learn/", "/learn/"),
        ("tess", "/learn/comments/waiting/", "/learn/insight/"),
        ("tess", "/learn/insight/rereading/", "/learn/insight/"),
    ],
)
def test_the_rail_marks_the_place_to_which_a_page_belongs(client, cast, name, page, place):
    client.force_login(getattr(cast, name))

    assert [str(each.url) for each in client.get(page).context["navigation"] if each.is_current] == [place]


def test_every_place_of_the_rail_opens(client, world):
    for person in world.cast.people.values():
        for url in places(start_page(client, person)):
            assert client.get(url, follow=True).status_code == 200, (person, url)


def test_a_long_track_pushes_nothing_off_the_page(cast, monkeypatch):
    """A re-test that is due sooner comes first, and an evaluation to read stays."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: MON_9)
    course, quiz = make_course("long", lessons=12), make_quiz("track-quiz")
    enrolment = enrol(cast.ana, make_track("onboarding", [course, quiz]))
    step = enrolment.steps.get(assignment__isnull=False)
    attempt = sit(step.assignment, submit=False)
    retest = AssignmentFactory(person=cast.ana, quiz=make_quiz("retest"), due_on=MON_9.date())
    evaluation = EvaluationFactory(call__agent=cast.ana, agent=cast.ana, released=True)

    day = agent_day(cast.ana, at=MON_9)

    urls = [day.next_step.url, *(step.url for step in day.others)]
    assert len(urls) == 8
    assert urls[:2] == [
        reverse("assessments:attempt", args=[attempt.pk]),
        reverse("assessments:quiz-start", args=[retest.pk]),
    ]
    assert all(url.startswith("/learn/") for url in urls[2:-1])
    assert urls[-1] == reverse("assessments:evaluation-detail", args=[evaluation.pk])


def test_a_quiz_that_is_being_sat_is_offered_once(cast, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: MON_9)
    enrolment = enrol(cast.ana, make_track("onboarding", [make_quiz("track-quiz")]))
    attempt = sit(enrolment.steps.get().assignment, submit=False)

    day = agent_day(cast.ana, at=MON_9)

    assert (day.next_step.url, day.others) == (reverse("assessments:attempt", args=[attempt.pk]), [])
