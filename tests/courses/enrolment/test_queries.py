"""How far people are, and what comes next."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from courses.catalogue.queries import courses
from courses.enrolment.models import Enrolment
from courses.enrolment.queries.progress import learning_of, progress_of, to_learn
from courses.enrolment.queries.readers import standings
from courses.enrolment.queries.tracks import planned_steps, track_cards
from courses.enrolment.services.lessons import assign_lesson
from courses.progress.services import complete_lesson, record_reading
from tests.factories.attempts import AttemptFactory, sit
from tests.factories.catalogue import in_english, make_course, make_lesson, make_track
from tests.factories.enrolment import enrol, lessons_of, read_course, version_of
from tests.factories.kept import warm
from tests.factories.people import UserFactory
from tests.factories.quizzes import make_quiz
from tests.factories.scenarios import make_scenario

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def course():
    return make_course("crm", lessons=2)


def progress(enrolment, at):
    return progress_of([enrolment], at=at)[enrolment.pk]


def test_progress_counts_steps_and_says_what_is_missing(cast, course, at):
    track = make_track("onboarding", [course, make_quiz("crm-quiz"), make_scenario().scenario])
    enrolment = enrol(cast.ana, track)
    complete_lesson(cast.ana, lessons_of(course)[0], at=at)

    found = progress(enrolment, at)

    assert (found.done, found.total, found.is_complete) == (0, 3, False)
    assert [step.kind for step in found.steps] == ["course", "quiz", "mystery_call"]
    assert [step.detail for step in found.steps] == [
        "1 lesson of 2 left",
        "not taken yet",
        "an analyst will call you",
    ]
    assert found.steps[0].url == "/learn/courses/crm/"
    assert found.steps[1].url == f"/quizzes/{enrolment.steps.get(step__kind='quiz').assignment_id}/"
    assert found.missing.splitlines()[0] == "Course crm: 1 lesson of 2 left"
    assert found.next_step == found.steps[0]


def test_a_course_is_done_in_any_language_and_a_new_lesson_opens_it_again(cast, course, at):
    enrolment = enrol(cast.ana, make_track("onboarding", [course, make_quiz("crm-quiz")]))
    for lesson in lessons_of(in_english(course)):
        complete_lesson(cast.ana, lesson, at=at)
    assert progress(enrolment, at).steps[0].done

    make_lesson(course, "crm-3", languages=["zh-hans"])

    assert progress(enrolment, at).steps[0].detail == "1 lesson of 3 left"


def test_a_quiz_step_tells_its_best_result_and_what_is_left(cast, at):
    enrolment = enrol(cast.ana, make_track("onboarding", [make_quiz("crm-quiz", questions=5)]))
    assignment = enrolment.steps.get().assignment

    sit(assignment, right=2, at=at)
    assert progress(enrolment, at).steps[0].detail == "not passed, best 40%, 1 attempt left"

    sit(assignment, at=at + timedelta(hours=1))
    step = progress(enrolment, at).steps[0]
    assert (step.done, step.detail) == (True, "passed with 100%")


def test_scores_in_words_are_rounded_down(cast, at):
    enrolment = enrol(cast.ana, make_track("onboarding", [make_quiz("crm-quiz")]))
    AttemptFactory(assignment=enrolment.steps.get().assignment, graded=True, score=Decimal("0.79999"))

    assert "best 79.9%" in progress(enrolment, at).steps[0].detail


@pytest.mark.parametrize(
    ("days", "overdue", "soon"), [(7, False, False), (8, False, True), (10, False, True), (11, True, False)]
)
def test_a_step_is_overdue_from_the_next_midnight_at_the_persons_site(cast, course, at, days, overdue, soon):
    enrolment = enrol(cast.ana, make_track("onboarding", [course]))  # due on 12 March
    # 01:00 UTC is nine in the morning in Shanghai, still the evening before in New York
    step = progress(enrolment, at + timedelta(days=days)).steps[0]

    assert (step.overdue, step.soon) == (overdue, soon)


def test_the_day_is_the_one_at_the_site(cast, course, at):
    cast.ana.site.time_zone = "America/New_York"
    cast.ana.site.save()
    enrolment = enrol(cast.ana, make_track("onboarding", [course]))
    enrolment.steps.update(due_on=date(2026, 3, 1))

    assert not progress(Enrolment.objects.get(pk=enrolment.pk), at).steps[0].overdue


def test_what_is_done_is_not_overdue(cast, course, at):
    enrolment = enrol(cast.ana, make_track("onboarding", [course, make_quiz("crm-quiz")]))
    read_course(cast.ana, course, at=at)

    step = progress(enrolment, at + timedelta(days=300)).steps[0]

    assert (step.done, step.overdue, step.detail) == (True, False, "every lesson done")


def test_a_course_that_is_no_longer_published_stays_in_the_track_without_a_link(cast, course, at):
    enrolment = enrol(cast.ana, make_track("onboarding", [course]))
    course.unpublish()
    in_english(course).unpublish()

    step = progress(enrolment, at).steps[0]

    assert (step.title, step.url, step.done) == ("A course that is no longer published", "", False)


def test_progress_of_a_single_lesson(cast, course, at):
    asked = assign_lesson(
        cast.ana,
        lessons_of(course)[0].translation_key,
        due_on=date(2026, 3, 1),
        reason_zh="辅导",
        reason_en="Coaching",
        actor=cast.eva,
        at=at,
    )

    found = progress(asked, at)

    assert (found.done, found.total) == (0, 1)
    assert (found.steps[0].kind, found.steps[0].overdue, found.steps[0].detail) == ("lesson", True, "not read yet")


def test_progress_takes_the_same_queries_for_one_and_many_enrolments(cast, at, django_assert_num_queries):
    def everything(number: int) -> list[Enrolment]:
        course = make_course(f"course-{number}", lessons=3)
        quiz, scenario = make_quiz(f"quiz-{number}"), make_scenario().scenario
        track = make_track(f"track-{number}", [course, quiz, scenario])
        people = [UserFactory() for _ in range(3)]
        rows = [enrol(person, track) for person in people]
        for person in people:
            complete_lesson(person, lessons_of(course)[0], at=at)
        lesson = lessons_of(course)[1]
        words = {"due_on": None, "reason_zh": "辅导", "reason_en": "Coaching", "actor": None, "at": at}
        return [*rows, *(assign_lesson(person, lesson.translation_key, **words) for person in people)]

    first = {row.pk for row in everything(1)}
    warm()
    with django_assert_num_queries(8) as few:
        progress_of(Enrolment.objects.filter(pk__in=first), at=at)
    for number in (2, 3):
        everything(number)

    warm()
    with django_assert_num_queries(len(few)):
        assert len(progress_of(Enrolment.objects.all(), at=at)) == 18


# --- what to do next -----------------------------------------------------------------------------------------


def test_to_learn_lists_open_lessons_quizzes_and_calls_by_due_day(cast, course, at):
    track = make_track("onboarding", [course, make_quiz("crm-quiz", time_limit_minutes=15), make_scenario().scenario])
    enrol(cast.ana, track)
    other = make_course("phrasing", lessons=1)
    assign_lesson(
        cast.ana,
        lessons_of(other)[0].translation_key,
        due_on=date(2026, 3, 1),
        reason_zh="辅导单",
        reason_en="Coaching ticket",
        actor=cast.eva,
        at=at,
    )
    complete_lesson(cast.ana, lessons_of(course)[0], at=at)

    items = to_learn(cast.ana, at=at)

    assert [(item.kind, item.title, item.minutes) for item in items] == [
        ("lesson", "Lesson phrasing-1", 5),
        ("lesson", "Lesson crm-2", 5),
        ("quiz", "Quiz crm-quiz", 15),
        ("mystery_call", "Mystery call", 0),
    ]
    assert [item.is_overdue for item in items] == [True, False, False, False]
    assert [item.reason for item in items] == [
        "Coaching ticket",
        "Track onboarding",
        "Track onboarding",
        "Track onboarding",
    ]
    assert [item.due_on for item in items[1:]] == [date(2026, 3, 12), date(2026, 3, 22), date(2026, 4, 1)]
    assert items[3].url == "/calls/"


def test_to_learn_leaves_out_other_people_done_things_and_quizzes_without_attempts(cast, course, at):
    enrol(cast.abel, make_track("for-abel", [course]))
    enrolment = enrol(cast.ana, make_track("onboarding", [make_quiz("crm-quiz")]))
    assignment = enrolment.steps.get().assignment

    sit(assignment, right=0, at=at)
    assert [item.kind for item in to_learn(cast.ana, at=at)] == ["quiz"]
    sit(assignment, right=0, at=at + timedelta(hours=1))
    assert to_learn(cast.ana, at=at) == []


def test_to_learn_shows_a_lesson_in_the_other_language_where_mine_is_missing(cast, at):
    course = make_course("crm", lessons=1, languages=["zh-hans"])
    enrol(cast.ana, make_track("onboarding", [course]))

    [item] = to_learn(cast.ana, at=at)

    assert (item.title, item.language) == ("课时 crm-1", "zh-hans")


def test_to_learn_takes_the_same_queries_for_3_and_60_lessons(cast, at, django_assert_num_queries):
    track = make_track("onboarding", [make_course("crm", lessons=3), make_quiz("crm-quiz"), make_scenario().scenario])
    enrol(cast.ana, track)
    warm()
    with django_assert_num_queries(6) as few:
        assert len(to_learn(cast.ana, at=at)) == 5

    for number in range(3):
        course = make_course(f"long-{number}", lessons=19, languages=["zh-hans"])
        enrol(cast.ana, make_track(f"track-{number}", [course]))

    warm()
    with django_assert_num_queries(len(few)):
        assert len(to_learn(cast.ana, at=at)) == 62


def test_learning_of_gives_items_and_tracks_the_finished_ones_last(cast, course, at):
    done = make_course("done", lessons=1)
    read_course(cast.ana, done, at=at)
    enrol(cast.ana, make_track("finished", [done]))
    enrol(cast.ana, make_track("onboarding", [course]))

    learning = learning_of(cast.ana, at=at)
    cards = track_cards(learning.tracks, "en", at=at)

    assert [item.title for item in learning.items] == ["Lesson crm-1", "Lesson crm-2"]
    assert [(card.title, card.url, card.completed_at is not None) for card in cards] == [
        ("Track onboarding", "/learn/tracks/onboarding/", False),
        ("Track finished", "/learn/tracks/finished/", True),
    ]


def test_a_track_whose_page_is_unpublished_has_no_link(cast, course, at):
    track = make_track("onboarding", [course])
    enrol(cast.ana, track)
    track.unpublish()
    in_english(track).unpublish()

    [card] = track_cards(learning_of(cast.ana, at=at).tracks, "en", at=at)

    assert (card.title, card.url) == ("Track onboarding", "")


def test_planned_steps_are_those_of_the_version(course):
    track = make_track("onboarding", [course, make_quiz("crm-quiz")])

    steps = planned_steps(version_of(track))

    assert [(step.kind, step.title, step.url, step.due_days) for step in steps] == [
        ("course", "Course crm", "/learn/courses/crm/", 10),
        ("quiz", "Quiz crm-quiz", "", 20),
    ]


def test_standings_tell_what_is_done_begun_and_next(cast, course, at, django_assert_num_queries):
    make_course("other", lessons=1)
    one, two = lessons_of(course)
    complete_lesson(cast.ana, one, at=at)
    record_reading(cast.ana, two.translation_key, seconds=30, place="b", at=at)
    rows = courses("en").values()

    with django_assert_num_queries(2):
        mine, other = standings(cast.ana, rows)

    assert (mine.done, mine.total, mine.is_done, mine.is_begun) == (1, 2, False, True)
    assert mine.next_lesson.slug == "crm-2"
    assert (mine.rows[1].reading.is_begun, mine.rows[1].reading.place) == (True, "b")
    assert (other.done, other.is_begun) == (0, False)
