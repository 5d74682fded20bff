"""A new hire finishes a track with electives and a prerequisite, from the first day to the certificate."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from assessments.assignments.models import Assignment
from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment
from courses.progress.services import record_reading
from lms.events import person_joined
from lms.notifications.models import Notification
from lms.people.models import User
from tests.conftest import MON_9
from tests.factories.attempts import sit
from tests.factories.catalogue import make_course, make_lesson, make_track
from tests.factories.enrolment import lessons_of
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(monkeypatch):
    """Sets the day: so many after Monday, at nine."""

    def on(days: int, minutes: int = 0):
        at = MON_9 + timedelta(days=days, minutes=minutes)
        monkeypatch.setattr("django.utils.timezone.now", lambda: at)
        return at

    on(0)
    return on


def test_a_new_hire_finishes_a_track_with_electives_and_a_prerequisite(client, cast, today):
    rules, crm = make_course("rules", lessons=1), make_course("crm", lessons=1)
    slow = make_lesson(make_course("hotline", lessons=0), "slow", minimum_minutes=1)
    books = [make_course(f"book-{number}", lessons=1) for number in range(3)]
    quiz, elective_quiz = make_quiz("final"), make_quiz("extra")
    for_new = [{"job_role": cast.ana.job_role, "hired_from": date(2026, 3, 1)}]
    first = make_track("first-days", [rules], audience=for_new, validity_months=None)
    make_track(
        "onboarding",
        [crm, slow, *((book, "A") for book in books), (elective_quiz, "A"), quiz],
        groups={"A": 2},
        is_ordered=True,
        before=[first],
        audience=for_new,
    )

    # Monday: Nora joins and is asked for both tracks; the second waits for the first.
    nora = UserFactory(latin_name="Nora", job_role=cast.ana.job_role, hired_on=date(2026, 3, 2), language="en")
    join(nora, cast.team_a)
    person_joined.send(sender=User, person=nora, at=today(0))

    def morning(days):
        """Nora signs in on another day; overnight her session has ended."""
        at = today(days)
        client.force_login(nora)
        return at

    morning(0)
    asked = Enrolment.objects.filter(person=nora)
    assert set(asked.values_list("track_version__slug", flat=True)) == {"first-days", "onboarding"}
    assert not Enrolment.objects.filter(person=cast.ana).exists()  # hired in January
    page = client.get("/learn/tracks/onboarding/").content.decode()
    assert "To be completed first" in page
    assert 'href="/learn/tracks/first-days/"' in page
    assert [item.title for item in _items(client)] == ["Lesson rules-1"]

    # Tuesday: the first track is done, the second opens with its first step only.
    morning(1)
    _finish(client, lessons_of(rules)[0])
    assert Certificate.objects.get().title_en == "Track first-days"
    assert Notification.objects.filter(recipient=nora, kind="track_opened").count() == 1
    assert [item.title for item in _items(client)] == ["Lesson crm-1"]
    assert not Assignment.objects.filter(person=nora).exists()

    # Wednesday: a lesson with a minimum time, then the electives open.
    at = morning(2)
    _finish(client, lessons_of(crm)[0])
    assert _finish(client, slow).url == "/learn/courses/hotline/slow/"  # too soon
    record_reading(nora, slow.translation_key, seconds=60, place="", at=at)
    assert _finish(client, slow).url == "/learn/courses/hotline/"
    assert [(item.kind, item.title) for item in _items(client)] == [("electives", "Electives A: choose 2")]
    page = client.get("/learn/tracks/onboarding/").content.decode()
    assert "Choose 2 of these 4" in page
    assert "opens when “Electives A” is done" in page
    assert not Assignment.objects.filter(person=nora, quiz=quiz).exists()

    # Thursday: two are chosen; the elective quiz is let go of, the last quiz opens.
    morning(3)
    _finish(client, lessons_of(books[0])[0])
    _finish(client, lessons_of(books[2])[0])
    assert Assignment.objects.get(person=nora, quiz=elective_quiz).closed_at is not None
    assert [item.title for item in _items(client)] == ["Quiz final"]

    # Friday: passed, certified, nothing left to do.
    at = morning(4)
    sit(Assignment.objects.get(person=nora, quiz=quiz), at=at)
    onboarding = Enrolment.objects.get(person=nora, track_version__slug="onboarding")
    assert onboarding.completed_at is not None
    assert set(Certificate.objects.values_list("title_en", flat=True)) == {"Track first-days", "Track onboarding"}
    assert _items(client) == []
    assert "Everything is done." in client.get("/learn/tracks/onboarding/").content.decode()


def _finish(client, lesson):
    return client.post(reverse("courses:lesson-complete", args=[lesson.pk]))


def _items(client):
    context = client.get("/learn/").context
    return [item for item in [context["next"], *context["rest"]] if item]
