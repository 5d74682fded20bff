"""Electives, fixed order, tracks that come before others: what opens, what is let go of, and in which words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from assessments.assignments.models import Assignment
from assessments.attempts.services import submit_attempt
from courses.certificates.models import Certificate
from courses.certificates.services import revoke_certificate
from courses.enrolment.models import EnrolmentStep, TrackStep, TrackVersion
from courses.enrolment.queries.progress import progress_of, to_learn
from courses.enrolment.queries.tracks import comes_before, planned_blocks
from courses.enrolment.services.completing import refresh_enrolments, refresh_ordered_enrolments
from courses.enrolment.services.enrolling import Wish, enrol_all
from courses.enrolment.services.tracks import PrerequisiteCycle
from courses.progress.services import complete_lesson, record_reading
from lms.notifications.models import Notification
from tests.factories.attempts import sit
from tests.factories.catalogue import make_course, make_lesson, make_track
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
    return make_course("crm", lessons=1)


def progress(enrolment, at):
    enrolment.refresh_from_db()
    return progress_of([enrolment], at=at)[enrolment.pk]


# --- lessons and frozen rules --------------------------------------------------------------------------------


def test_publishing_freezes_groups_order_lessons_and_what_comes_before(course):
    lesson = lessons_of(make_course("phrasing", lessons=1))[0]
    first = make_track("first", [course])

    track = make_track(
        "second", [(course, "A"), (lesson, "A"), lesson], groups={"A": 1}, is_ordered=True, before=[first]
    )

    version = version_of(track)
    assert version.is_ordered
    assert [(group.key, group.choose, group.title) for group in version.groups.all()] == [("A", 1, "Electives A")]
    assert [row.track_key for row in version.prerequisites.all()] == [first.translation_key]
    assert list(version.steps.values_list("kind", "course_key", "lesson_key", "group_key")) == [
        ("course", course.translation_key, None, "A"),
        ("lesson", None, lesson.translation_key, "A"),
        ("lesson", None, lesson.translation_key, ""),
    ]


@pytest.mark.parametrize("change", ["nothing", "name of the group", "choose", "order", "before"])
def test_the_same_rules_are_the_same_version_and_names_are_words(course, change):
    other = make_track("first", [course])
    track = make_track("second", [(course, "A"), (lessons_of(course)[0], "A")], groups={"A": 1})

    group = track.groups.get()
    if change == "name of the group":
        group.title_en = "Deepening"
    elif change == "choose":
        group.choose = 2
    elif change == "order":
        track.is_ordered = True
    elif change == "before":
        track.prerequisites.create(track=other)
    track.groups = [group]
    track.save_revision().publish()

    is_new = change in ("choose", "order", "before")
    assert TrackVersion.objects.filter(track_key=track.translation_key).count() == (2 if is_new else 1)
    if change == "name of the group":
        assert version_of(track).groups.get().title == "Deepening"


def test_a_cycle_is_not_frozen_and_says_the_way_round(course):
    first = make_track("first", [course])
    make_track("second", [course], before=[first])
    first.prerequisites.create(
        track=make_track("third", [course], before=[type(first).objects.get(slug="second", locale=first.locale)])
    )

    with pytest.raises(PrerequisiteCycle, match="路径 first → 路径 third → 路径 second → 路径 first"):
        first.save_revision().publish()

    assert not version_of(first).prerequisites.exists()


def test_a_single_lesson_is_a_step(cast, course, at):
    lesson = lessons_of(course)[0]
    enrolment = enrol(cast.ana, make_track("reading", [lesson]))

    step = progress(enrolment, at).steps[0]
    assert (step.kind, step.title, step.url, step.done) == (
        "lesson",
        "Lesson crm-1",
        "/learn/courses/crm/crm-1/",
        False,
    )
    assert [(item.kind, item.title) for item in to_learn(cast.ana, at=at)] == [("lesson", "Lesson crm-1")]

    complete_lesson(cast.ana, lesson, at=at)

    enrolment.refresh_from_db()
    assert enrolment.completed_at == at
    assert progress(enrolment, at).steps[0].detail == "read"


# --- electives -----------------------------------------------------------------------------------------------


def test_a_group_counts_as_what_is_chosen_of_it(cast, at):
    books = [make_course(f"book-{number}", lessons=2) for number in range(3)]
    enrolment = enrol(cast.ana, make_track("t", [make_quiz("q"), *((book, "A") for book in books)], groups={"A": 2}))

    found = progress(enrolment, at)
    assert (found.done, found.total) == (0, 3)
    assert found.blocks[1].group.what == "Choose 2 of these 3"
    assert found.missing.splitlines() == ["Quiz q: not taken yet", "Electives A: 2 of 3 electives: 2 still to choose"]

    read_course(cast.ana, books[2], at=at)
    record_reading(cast.ana, lessons_of(books[0])[0].translation_key, seconds=20, place="", at=at)
    found = progress(enrolment, at)
    assert (found.done, found.total) == (1, 3)
    assert found.blocks[1].group.detail == "2 of 3 electives: 1 done, 1 begun"

    read_course(cast.ana, books[0], at=at)
    found = progress(enrolment, at)
    assert found.blocks[1].group.detail == "2 of 3 electives: all done"
    spare = found.steps[2]
    assert (spare.is_needed, spare.detail) == (False, "not needed any more: enough others are done")


def test_my_day_offers_electives_after_what_is_required_and_as_one_choice(cast, course, at):
    books = [make_course(f"book-{number}", lessons=1) for number in range(3)]
    # The electives stand first and are due on the same day as the course.
    enrolment = enrol(cast.ana, make_track("t", [*((book, "A") for book in books), course], groups={"A": 2}))
    enrolment.steps.update(due_on="2026-03-12")

    assert [(item.kind, item.title, item.url) for item in to_learn(cast.ana, at=at)] == [
        ("lesson", "Lesson crm-1", "/learn/courses/crm/crm-1/"),
        ("electives", "Electives A: choose 2", "/learn/tracks/t/#group-A"),
    ]

    record_reading(cast.ana, lessons_of(books[1])[0].translation_key, seconds=20, place="", at=at)
    assert [item.title for item in to_learn(cast.ana, at=at)] == [
        "Lesson crm-1",
        "Lesson book-1-1",
        "Electives A: choose 1 more",
    ]

    read_course(cast.ana, books[0], at=at)
    read_course(cast.ana, books[1], at=at)
    assert [item.title for item in to_learn(cast.ana, at=at)] == ["Lesson crm-1"]


def test_an_elective_quiz_is_let_go_of_when_its_group_is_met(cast, course, at):
    one, two = make_quiz("one"), make_quiz("two")
    enrolment = enrol(cast.ana, make_track("t", [(one, "A"), (two, "A"), course], groups={"A": 1}))
    assert list(Assignment.objects.values_list("is_required", flat=True)) == [False, False]

    sit(Assignment.objects.get(quiz=one), at=at)

    kept, spare = Assignment.objects.get(quiz=one), Assignment.objects.get(quiz=two)
    assert kept.closed_at is None
    assert spare.closed_at is not None
    assert EnrolmentStep.objects.get(assignment=spare).released_at == spare.closed_at
    assert progress(enrolment, at).done == 1


def test_a_sitting_of_a_spare_elective_is_not_cut_short(cast, at):
    one, two = make_quiz("one"), make_quiz("two")
    enrol(cast.ana, make_track("t", [(one, "A"), (two, "A")], groups={"A": 1}))
    running = sit(Assignment.objects.get(quiz=two), at=at, right=0, submit=False)

    sit(Assignment.objects.get(quiz=one), at=at)
    assert Assignment.objects.get(quiz=two).closed_at is None

    submit_attempt(running, actor=cast.ana, at=at + timedelta(minutes=5))
    assert Assignment.objects.get(quiz=two).closed_at is not None  # the track is complete, and asks for it no more


def test_what_was_let_go_of_is_given_anew_when_it_is_needed_after_all(cast, course, at):
    one, two = make_quiz("one"), make_quiz("two")
    enrolment = enrol(cast.ana, make_track("t", [(one, "A"), (two, "A"), course], groups={"A": 1}))
    attempt = sit(Assignment.objects.get(quiz=one), at=at)

    attempt.passed, attempt.score = False, 0
    attempt.save()
    refresh_enrolments(cast.ana, at=at + timedelta(days=1))

    given = enrolment.steps.get(step__quiz=two)
    assert given.released_at is None
    assert given.assignment.closed_at is None
    assert Assignment.objects.filter(quiz=two).count() == 2


def test_of_a_group_no_more_is_overdue_than_is_missing(cast, at):
    books = [make_course(f"book-{number}", lessons=1) for number in range(3)]
    enrolment = enrol(cast.ana, make_track("t", [(book, "A") for book in books], groups={"A": 2}))
    read_course(cast.ana, books[0], at=at)

    assert progress(enrolment, at + timedelta(days=100)).overdue == 1


# --- fixed order ---------------------------------------------------------------------------------------------


def test_in_fixed_order_a_step_opens_when_those_before_it_are_done(cast, course, at):
    quiz, scenario = make_quiz("q"), make_scenario().scenario
    enrolment = enrol(cast.ana, make_track("t", [course, quiz, scenario], is_ordered=True))

    found = progress(enrolment, at)
    assert not Assignment.objects.exists()  # no assignment, no start
    assert [step.is_open for step in found.steps] == [True, False, False]
    assert found.steps[1].detail == "opens when “Course crm” is done"
    assert found.steps[2].detail == "opens when “Quiz q” is done"
    assert [item.title for item in to_learn(cast.ana, at=at)] == ["Lesson crm-1"]

    read_course(cast.ana, course, at=at)
    assignment = Assignment.objects.get()
    assert (assignment.quiz, assignment.due_on) == (quiz, enrolment.steps.get(step__quiz=quiz).due_on)
    assert [item.url for item in to_learn(cast.ana, at=at)] == [f"/quizzes/{assignment.pk}/"]

    sit(assignment, at=at)
    assert Assignment.objects.filter(scenario=scenario).count() == 1
    assert [item.kind for item in to_learn(cast.ana, at=at)] == ["mystery_call"]


def test_reading_ahead_counts_but_is_not_the_next_step(cast, course, at):
    later = make_course("later", lessons=1)
    enrolment = enrol(cast.ana, make_track("t", [course, later], is_ordered=True))

    read_course(cast.ana, later, at=at)

    found = progress(enrolment, at)
    assert [(step.done, step.is_open) for step in found.steps] == [(False, True), (True, True)]
    assert [item.title for item in to_learn(cast.ana, at=at)] == ["Lesson crm-1"]


def test_a_door_that_was_open_is_not_shut_again(cast, course, at):
    enrolment = enrol(cast.ana, make_track("t", [course, make_quiz("q")], is_ordered=True))
    read_course(cast.ana, course, at=at)

    course.refresh_from_db()
    make_lesson(course, "crm-new")

    assert [step.is_open for step in progress(enrolment, at).steps] == [True, True]


def test_what_opens_without_news_is_opened_by_the_sweep(cast, at):
    course = make_course("crm", lessons=2, languages=["zh-hans"])
    enrol(cast.ana, make_track("t", [course, make_quiz("q")], is_ordered=True))
    read, dropped = lessons_of(course)
    complete_lesson(cast.ana, read, at=at)
    dropped.unpublish()
    assert not Assignment.objects.exists()

    refresh_ordered_enrolments(at=at)
    refresh_ordered_enrolments(at=at)

    assert Assignment.objects.get().person == cast.ana


def test_many_in_an_ordered_track_cost_as_many_queries_as_few(cast, course, at):
    version = version_of(make_track("t", [make_quiz("q"), course, make_quiz("r")], is_ordered=True))

    def cost(count: int) -> int:
        people = [UserFactory() for _number in range(count)]
        with CaptureQueriesContext(connection) as caught:
            enrol_all([Wish(person, version, "入职", "New here") for person in people], actor=None, at=at)
        assert all(person.assignments.count() == 1 for person in people)
        return len(caught)

    cost(1)
    assert cost(2) == cost(20)


# --- tracks that come before ---------------------------------------------------------------------------------


def test_a_track_waits_for_the_one_before_it_and_opens_when_that_is_completed(cast, course, at):
    first = make_track("first", [course])
    second = make_track("second", [make_quiz("q")], before=[first])
    waiting = enrol(cast.ana, second)

    found = progress(waiting, at)
    assert [(before.title, before.url, before.detail) for before in found.waits_for] == [
        ("Track first", "/learn/tracks/first/", "you aren’t enrolled in it; your supervisor can do that")
    ]
    assert found.steps[0].detail == "opens when “Track first” is done"
    assert not Assignment.objects.exists()
    assert to_learn(cast.ana, at=at) == []

    enrol(cast.ana, first)
    assert progress(waiting, at).waits_for[0].detail == "not completed yet"
    later = at + timedelta(days=1)
    read_course(cast.ana, course, at=later)

    waiting.refresh_from_db()
    assert waiting.opened_at == later
    assert Assignment.objects.get().quiz.key == "q"
    news = Notification.objects.get(recipient=cast.ana, kind="track_opened")
    assert (news.params, news.url) == ({"track": "路径 second"}, "/learn/tracks/second/")


def test_what_was_read_ahead_completes_a_waiting_track_only_when_it_opens(cast, course, at):
    other = make_course("other", lessons=1)
    first = make_track("first", [course])
    waiting = enrol(cast.ana, make_track("second", [other], before=[first]))
    enrol(cast.ana, first)

    read_course(cast.ana, other, at=at)
    waiting.refresh_from_db()
    assert waiting.completed_at is None

    read_course(cast.ana, course, at=at)
    waiting.refresh_from_db()
    assert waiting.completed_at == at


def test_a_revoked_certificate_opens_nothing_and_shuts_nothing(cast, course, at):
    first = make_track("first", [course])
    enrol(cast.ana, first)
    read_course(cast.ana, course, at=at)
    begun = enrol(cast.ana, make_track("second", [make_course("b", lessons=1)], before=[first]))

    revoke_certificate(Certificate.objects.get(), actor=cast.quinn, reason="Sat for somebody else", at=at)
    late = enrol(cast.ana, make_track("third", [make_course("c", lessons=1)], before=[first]))

    assert progress(begun, at).waits_for == []
    assert progress(late, at).waits_for[0].detail == "completed, but the certificate is no longer valid"


def test_progress_of_waiting_people_takes_the_same_queries_for_1_and_3(cast, course, at):
    first = make_track("first", [course])
    second = make_track("second", [(course, "A"), (make_quiz("q"), "A")], groups={"A": 1}, before=[first])

    def cost(people) -> int:
        rows = [enrol(person, second) for person in people]
        warm()
        with CaptureQueriesContext(connection) as caught:
            assert all(found.waits_for for found in progress_of(rows, at=at).values())
        return len(caught)

    assert cost([cast.ana]) == cost([cast.abel, cast.olga, cast.lena])


def test_who_is_not_enrolled_sees_the_groups_and_what_comes_before(course):
    first = make_track("first", [course])
    track = make_track(
        "second", [(course, "A"), make_quiz("q"), (lessons_of(course)[0], "A")], groups={"A": 1}, before=[first]
    )

    blocks = planned_blocks(version_of(track))

    assert [(block.title, block.choose, [step.title for step in block.steps]) for block in blocks] == [
        ("Electives A", 1, ["Course crm", "Lesson crm-1"]),
        ("", 1, ["Quiz q"]),
    ]
    assert comes_before(version_of(track), "en") == [{"title": "Track first", "url": "/learn/tracks/first/"}]
    assert TrackStep.objects.filter(version=version_of(track)).count() == 3
