"""What a reader's browser reports."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from courses.progress.forms import opened_sign
from courses.progress.models import LessonCompletion, LessonVisit
from tests.conftest import MON_9
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.enrolment import lessons_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course("crm", lessons=2)


@pytest.fixture
def lesson(course):
    return lessons_of(course)[0]


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def complete(client, lesson):
    return client.post(reverse("courses:lesson-complete", args=[lesson.pk]))


def beat(client, lesson, **data):
    return client.post(reverse("courses:lesson-heartbeat", args=[lesson.pk]), data, headers={"x-background": "1"})


def test_marking_as_done_goes_on_to_the_next_lesson(ana, cast, lesson):
    response = complete(ana, lesson)

    assert response.url == "/learn/courses/crm/crm-2/"
    assert LessonCompletion.objects.get().person == cast.ana


def test_after_the_last_lesson_the_course_is_shown(ana, course):
    response = complete(ana, lessons_of(course)[1])

    assert response.url == "/learn/courses/crm/"
    assert "课时 crm-2" in str(*get_messages(response.wsgi_request))


def test_marking_twice_is_marking_once(ana, lesson):
    complete(ana, lesson)

    assert complete(ana, lesson).status_code == 302
    assert LessonCompletion.objects.count() == 1


def test_the_language_that_was_read_is_kept(ana, lesson):
    complete(ana, in_english(lesson))

    assert LessonCompletion.objects.get().language == "en"


def test_a_lesson_that_is_only_in_the_other_language_is_finished_there(ana, course):
    lesson = make_lesson(course, "only-chinese", languages=["zh-hans"])

    assert complete(ana, lesson).url == "/learn/courses/crm/"
    assert LessonCompletion.objects.get().language == "zh-hans"


def test_beats_add_reading_time_and_keep_the_place(ana, cast, lesson):
    assert beat(ana, lesson, active_seconds=20, place="0a8a1f6e-6a4d-4a5e-9a55-2f6b4b1f0001").status_code == 204

    visit = LessonVisit.objects.get()
    assert (visit.person, visit.lesson_key) == (cast.ana, lesson.translation_key)
    assert (visit.seconds, visit.place) == (20, "0a8a1f6e-6a4d-4a5e-9a55-2f6b4b1f0001")


def test_a_second_beat_at_once_changes_nothing(ana, lesson):
    beat(ana, lesson, active_seconds=20)

    assert beat(ana, lesson, active_seconds=20).status_code == 204
    assert LessonVisit.objects.get().seconds == 20


@pytest.mark.parametrize(
    "data", [{}, {"active_seconds": "-1"}, {"active_seconds": "x"}, {"active_seconds": 5, "place": "<b>"}]
)
def test_a_beat_of_the_wrong_shape_is_refused(ana, lesson, data):
    assert beat(ana, lesson, **data).status_code == 400
    assert not LessonVisit.objects.exists()


@pytest.mark.parametrize("door", ["courses:lesson-complete", "courses:lesson-heartbeat"])
def test_doors_are_for_posts_of_people_who_are_signed_in(client, cast, lesson, door):
    url = reverse(door, args=[lesson.pk])

    assert client.post(url).url.startswith("/accounts/login/")
    client.force_login(cast.ana)
    assert client.get(url).status_code == 405
    assert not LessonCompletion.objects.exists()


@pytest.mark.parametrize("door", ["courses:lesson-complete", "courses:lesson-heartbeat"])
def test_a_lesson_that_is_not_published_takes_no_reports(ana, course, lesson, door):
    draft = make_lesson(course, "draft", live=False)
    for url in (reverse(door, args=[draft.pk]), reverse(door, args=[course.pk]), reverse(door, args=[999_999])):
        assert ana.post(url, {"active_seconds": 1}).status_code == 404
    course.unpublish()
    assert ana.post(reverse(door, args=[lesson.pk]), {"active_seconds": 1}).status_code == 404


# --- the minimum time ----------------------------------------------------------------------------------------


@pytest.fixture
def slow(course):
    """A lesson that has to be read for three minutes; its source says so for every language."""
    return make_lesson(course, "slow", minimum_minutes=3)


def at_minute(monkeypatch, minutes: float) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MON_9 + timedelta(minutes=minutes))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_lesson_is_not_done_before_its_minimum_time(ana, cast, slow, monkeypatch, language):
    lesson = slow if language == "zh-hans" else in_english(slow)
    at_minute(monkeypatch, 0)
    beat(ana, lesson, active_seconds=20)
    at_minute(monkeypatch, 1)

    refused = ana.post(reverse("courses:lesson-complete", args=[lesson.pk]), {"active_seconds": 30})

    assert refused.url == "/learn/courses/crm/slow/"
    assert [message.level_tag for message in get_messages(refused.wsgi_request)] == ["warning"]
    assert not LessonCompletion.objects.exists()
    assert LessonVisit.objects.get().seconds == 50  # what was spent is kept

    at_minute(monkeypatch, 2)
    assert beat(ana, lesson, active_seconds=60).headers["X-Seconds-Left"] == "70"
    at_minute(monkeypatch, 3)
    assert beat(ana, lesson, active_seconds=60).headers["X-Seconds-Left"] == "10"
    at_minute(monkeypatch, 3.25)
    ana.post(reverse("courses:lesson-complete", args=[lesson.pk]), {"active_seconds": 12})

    assert LessonCompletion.objects.get().seconds == 182


def test_more_than_has_passed_is_not_believed(ana, slow, monkeypatch):
    at_minute(monkeypatch, 0)
    beat(ana, slow, active_seconds=20)
    at_minute(monkeypatch, 0.5)

    ana.post(reverse("courses:lesson-complete", args=[slow.pk]), {"active_seconds": 3600})

    assert LessonVisit.objects.get().seconds == 50
    assert not LessonCompletion.objects.exists()


def test_a_browser_that_counts_nothing_is_believed_the_time_since_the_page_was_opened(ana, cast, slow, monkeypatch):
    at_minute(monkeypatch, 0)
    opened = ana.get("/learn/courses/crm/slow/").context["opened"]
    door = reverse("courses:lesson-complete", args=[slow.pk])

    at_minute(monkeypatch, 2)
    assert ana.post(door, {"opened": opened}).url == "/learn/courses/crm/slow/"
    at_minute(monkeypatch, 2.5)
    for forged in ("", "forged", opened_sign(cast.abel.pk, slow.pk, at=MON_9), opened_sign(cast.ana.pk, 1, at=MON_9)):
        ana.post(door, {"opened": forged})
    assert not LessonCompletion.objects.exists()
    at_minute(monkeypatch, 3)
    ana.post(door, {"opened": opened})

    assert LessonCompletion.objects.get().seconds == 180  # the time before the refused try isn't counted twice


def test_the_player_says_how_long_is_left_and_lets_go_when_it_is_over(ana, slow, monkeypatch):
    at_minute(monkeypatch, 0)
    shown = ana.get("/learn/courses/crm/slow/").content.decode()
    assert 'data-minimum-time="180"' in shown

    for minute in range(1, 5):
        beat(ana, slow, active_seconds=60)
        at_minute(monkeypatch, minute)

    assert "data-minimum-time" not in ana.get("/learn/courses/crm/slow/").content.decode()


def test_a_lesson_without_a_minimum_tells_that_nothing_is_left(ana, lesson):
    assert beat(ana, lesson, active_seconds=5).headers["X-Seconds-Left"] == "0"
