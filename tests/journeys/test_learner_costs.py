"""The learner's pages make at most twelve queries, also for somebody who has everything. (One more is the test's session,
which is kept in the cache where there is Redis.)"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.assignments.models import WindowOverride
from assessments.evaluations.services import release_evaluation, start_evaluation
from courses.progress.services import complete_lesson, record_reading
from courses.reference.services.comments import send_comment
from courses.reference.services.kept import keep_note, set_bookmark
from lms.people.models import RosterShift
from lms.people.states import Activity
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import AttemptFactory
from tests.factories.bank import QuestionFactory
from tests.factories.calls import CallFactory
from tests.factories.catalogue import make_course, make_lesson, make_track
from tests.factories.enrolment import enrol, lessons_of
from tests.factories.evaluations import mark_all
from tests.factories.kept import warm
from tests.factories.media import make_picture, make_recording, make_term
from tests.factories.notices import NotificationFactory
from tests.factories.quizzes import make_quiz
from tests.factories.scenarios import make_scenario

pytestmark = pytest.mark.django_db

MOST, SESSION = 12, 1


def body(quiz):
    """Everything for which a block reads something."""
    values = {
        "markdown": {"text": "先说明原因。"},
        "term": {"term": make_term().pk},
        "picture": {"image": make_picture().pk, "caption": "", "alt": "x", "is_decorative": False},
        "audio": {"recording": make_recording().pk, "title": "", "caption": ""},
        "check": {"question": QuestionFactory(key="practice-hold", practice=True).key},
        "quiz": {"quiz": quiz.key, "note": ""},
    }
    return [
        {"type": kind, "value": value, "id": f"0000000{number}-0000-4000-8000-000000000000"}
        for number, (kind, value) in enumerate(values.items())
    ]


@pytest.fixture
def everything(cast):
    """Ana's track with a prerequisite, electives, a quiz and a mystery call; exceptions for her team; notes and so on."""
    at, ana = timezone.now(), cast.ana
    quiz, retest = make_quiz("crm-quiz"), make_quiz("retest")
    course, elective = make_course("crm", lessons=2), make_course("elective", lessons=2)
    lesson = make_lesson(course, "full", body=body(quiz))
    first = make_track("first", [make_course("before", lessons=1)])
    enrol(ana, first, at=at)
    for number in range(2):
        steps = [course, quiz, make_scenario().scenario, (elective, "A"), (make_course(f"other-{number}"), "A")]
        enrol(ana, make_track(f"track-{number}", steps, groups={"A": 1}), at=at)
    enrol(ana, make_track("later", [course], before=[first]), at=at)
    complete_lesson(ana, lessons_of(course)[0], at=at)
    record_reading(ana, lesson.translation_key, seconds=30, place="", at=at)
    AttemptFactory(assignment=AssignmentFactory(person=ana, quiz=retest), graded=True)
    AssignmentFactory(person=ana, quiz=make_quiz("another"))
    for each in (quiz, retest):
        WindowOverride.objects.create(
            quiz=each, team=cast.team_a, attempts_allowed=5, reason="x", given_by=cast.carl, given_at=at
        )
    keep_note(ana, lesson, block="", text="记住", edition=0, at=at)
    set_bookmark(ana, lesson, block="", is_wanted=True, at=at)
    send_comment(ana, lesson, kind="unclear", text="", block="", at=at)
    evaluation = start_evaluation(CallFactory(agent=ana), actor=cast.eva, at=at)
    mark_all(evaluation)
    release_evaluation(evaluation, actor=cast.eva, at=at)
    NotificationFactory(recipient=ana, created_at=at)
    RosterShift.objects.create(
        person=ana,
        on=timezone.localdate(),
        starts_at=at + timedelta(hours=1),
        ends_at=at + timedelta(hours=2),
        activity=Activity.TRAINING,
    )
    return lesson


@pytest.mark.parametrize("url", ["/", "/learn/", "/learn/courses/crm/full/"])
def test_a_learners_page_takes_at_most_twelve_queries(client, cast, everything, url):
    client.force_login(cast.ana)
    client.get(url)
    warm()

    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)

    assert response.status_code == 200
    assert len(queries) <= MOST + SESSION, "\n".join(query["sql"][:200] for query in queries)
