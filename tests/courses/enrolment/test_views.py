"""The learner's pages, as each of the cast and a stranger sees them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.services.lessons import assign_lesson
from courses.progress.models import LessonCompletion, LessonVisit
from courses.progress.services import complete_lesson, record_reading
from lms.people.models import User
from tests.factories.bank import QuestionFactory, right_ids, wrong_ids
from tests.factories.catalogue import in_english, make_course, make_lesson, make_track
from tests.factories.enrolment import enrol, lessons_of, read_course
from tests.factories.quizzes import make_quiz
from tests.factories.scenarios import make_scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course("crm", lessons=2)


@pytest.fixture
def ana(client, cast):
    cast.ana.language = "en"
    cast.ana.save()
    client.force_login(cast.ana)
    return client


def page(client, *door, language="en"):
    """The page behind a door, for the signed-in person reading in the language."""
    User.objects.filter(pk=client.session["_auth_user_id"]).exclude(language=language).update(language=language)
    return client.get(reverse(door[0], args=door[1:]))


def text(response) -> str:
    return " ".join(response.content.decode().split())


def doors(course, track) -> list[str]:
    return [
        reverse("courses:course-list"),
        reverse("courses:course-detail", args=[course.slug]),
        reverse("courses:lesson-detail", args=[course.slug, f"{course.slug}-1"]),
        reverse("courses:track-detail", args=[track.slug]),
    ]


def test_everybody_who_is_signed_in_may_read_and_a_stranger_signs_in_first(client, cast, course):
    track = make_track("onboarding", [course])
    for door in doors(course, track):
        assert client.get(door).status_code == 302
        assert client.get(door).url.startswith("/accounts/login/")
    for who in cast.people.values():
        client.force_login(who)
        assert [client.get(door).status_code for door in doors(course, track)] == [200] * 4


def test_reading_pages_take_no_post(ana, course):
    track = make_track("onboarding", [course])

    assert [ana.post(door).status_code for door in doors(course, track)] == [405] * 4


def test_opening_pages_writes_nothing(ana, course):
    for door in doors(course, make_track("onboarding", [course])):
        ana.get(door)

    assert not LessonVisit.objects.exists()
    assert not LessonCompletion.objects.exists()


@pytest.mark.parametrize("what", ["course", "lesson", "lesson of the course", "track"])
def test_what_is_not_published_is_404_for_learners(ana, what):
    course = make_course("crm", lessons=1, languages=["zh-hans"], live=what != "course")
    lesson = lessons_of(course)[0]
    track = make_track("onboarding", [course], languages=["zh-hans"], live=what != "track")
    if what == "lesson":
        lesson.unpublish()
    if what == "lesson of the course":
        course.unpublish()
    door = {
        "course": ("courses:course-detail", "crm"),
        "lesson": ("courses:lesson-detail", "crm", "crm-1"),
        "lesson of the course": ("courses:lesson-detail", "crm", "crm-1"),
        "track": ("courses:track-detail", track.slug),
    }[what]

    assert page(ana, *door).status_code == 404


def test_addresses_that_mean_nothing_are_404(ana, course):
    make_course("wfm", lessons=1)

    assert page(ana, "courses:course-detail", "nothing").status_code == 404
    assert page(ana, "courses:track-detail", "nothing").status_code == 404
    assert page(ana, "courses:lesson-detail", "crm", "wfm-1").status_code == 404
    assert page(ana, "courses:lesson-detail", "crm", "nothing").status_code == 404


def test_wagtails_own_addresses_are_not_served(ana, course):
    assert ana.get(course.url_path).status_code == 404
    assert ana.get("/crm/").status_code == 404


# --- the list ------------------------------------------------------------------------------------------------


def test_the_list_is_in_the_sessions_language_and_labels_what_is_only_in_the_other(ana, course):
    make_course("chinese-only", lessons=1, languages=["zh-hans"])

    english = text(page(ana, "courses:course-list"))
    chinese = text(page(ana, "courses:course-list", language="zh-hans"))

    assert "Course crm" in english
    assert "课程 crm" not in english
    assert "课程 chinese-only" in english
    assert english.count("shown in English") + english.count("shown in Chinese") == 1
    assert "课程 crm" in chinese
    assert "Course crm" not in chinese


def test_the_list_shows_the_next_step_my_tracks_and_every_course(ana, cast, course, at):
    other = make_course("wfm", lessons=1)
    enrol(cast.ana, make_track("onboarding", [course, make_quiz("crm-quiz")]))
    enrol(cast.abel, make_track("for-abel", [other]))
    complete_lesson(cast.ana, lessons_of(course)[0], at=at)

    response = page(ana, "courses:course-list")

    assert response.context["next"].title == "Lesson crm-2"
    assert [item.title for item in response.context["rest"]] == ["Quiz crm-quiz"]
    assert [card.title for card in response.context["tracks"]] == ["Track onboarding"]
    assert [row.course.title for row in response.context["courses"]] == ["Course crm", "Course wfm"]
    assert "1 done" in text(response)
    assert "Track for-abel" not in text(response)


def test_an_empty_list_says_what_will_stand_here(ana):
    assert "As soon as a training specialist publishes a course" in text(page(ana, "courses:course-list"))


def test_the_list_takes_the_same_queries_with_1_course_and_many(ana, cast):
    first = make_course("one", lessons=3)
    enrol(cast.ana, make_track("track-one", [first, make_quiz("one"), make_scenario().scenario]))
    page(ana, "courses:course-list")
    with CaptureQueriesContext(connection) as few:
        page(ana, "courses:course-list")

    for number in range(3):
        course = make_course(f"more-{number}", lessons=4)
        enrol(cast.ana, make_track(f"track-{number}", [course, make_quiz(f"more-{number}")]))
    page(ana, "courses:course-list")  # the middleware's stamp of activity, written every 15 seconds
    with CaptureQueriesContext(connection) as many:
        assert len(page(ana, "courses:course-list").context["courses"]) == 4

    assert len(many) == len(few)


# --- a course ------------------------------------------------------------------------------------------------


def test_a_course_shows_its_lessons_with_their_state(ana, cast, course, at):
    make_lesson(course, "crm-3", languages=["zh-hans"])
    complete_lesson(cast.ana, lessons_of(course)[0], at=at)

    response = page(ana, "courses:course-detail", "crm")

    assert [(row.lesson.title, row.reading.is_done) for row in response.context["rows"]] == [
        ("Lesson crm-1", True),
        ("Lesson crm-2", False),
        ("课时 crm-3", False),
    ]
    assert '<span>Lessons done</span><span class="num">1/3</span>' in text(response)
    assert "3 lessons · 15 min" in text(response)
    assert text(response).count("shown in Chinese") == 1
    assert 'href="/learn/courses/crm/crm-2/" data-key="n"' in text(response)


def test_a_course_of_my_track_leads_back_to_the_track(ana, cast, course):
    enrol(cast.ana, make_track("onboarding", [course]))

    assert page(ana, "courses:course-detail", "crm").context["crumbs"] == [
        {"label": "Track onboarding", "url": "/learn/tracks/onboarding/"},
        {"label": "Course crm"},
    ]


def test_authors_find_the_way_to_the_editor_and_learners_do_not(client, cast, course):
    for who, link in ((cast.tess, True), (cast.ana, False), (cast.carl, False)):
        client.force_login(who)
        assert (
            f"/admin/pages/{in_english(course).pk}/edit/" in text(page(client, "courses:course-detail", "crm"))
        ) is link


def test_a_course_takes_the_same_queries_with_3_lessons_and_60(ana, cast):
    small, big = make_course("small", lessons=3), make_course("big", lessons=60, languages=["zh-hans"])
    read_course(cast.ana, big)
    page(ana, "courses:course-detail", small.slug)
    with CaptureQueriesContext(connection) as few:
        page(ana, "courses:course-detail", small.slug)
    with CaptureQueriesContext(connection) as many:
        assert len(page(ana, "courses:course-detail", big.slug).context["rows"]) == 60

    assert len(many) == len(few)


# --- a lesson ------------------------------------------------------------------------------------------------

BODY = [
    {"type": "text", "value": "<p>Rich <b>text</b></p>", "id": "11111111-1111-4111-8111-111111111111"},
    {
        "type": "markdown",
        "value": {"text": "## A heading\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>"},
    },
    {"type": "callout", "value": {"tone": "warning", "title": "Mind", "text": "Hold is recorded"}},
    {
        "type": "steps",
        "value": {"title": "Do", "steps": [{"title": "First", "text": "this"}]},
    },
    {
        "type": "dialogue",
        "value": {
            "title": "Talk",
            "lines": [
                {"who": "agent", "text": "One moment?", "why": "It asks"},
                {"who": "customer", "text": "All right", "why": ""},
            ],
        },
    },
    {
        "type": "say_dont",
        "value": {
            "title": "Words",
            "pairs": [{"say": "May I?", "dont": "Wait", "why": "Consent"}],
        },
    },
    {
        "type": "metric",
        "value": {"name": "Hold", "definition": "Time on hold", "formula": "a ÷ b", "reference": "60 s"},
    },
    {"type": "check", "value": {"question": "practice-hold"}},
]


@pytest.fixture
def question():
    return QuestionFactory(key="practice-hold", practice=True)


@pytest.fixture
def full(course, question):
    return make_lesson(course, "full", body=BODY, minutes=8)


def test_a_lesson_shows_every_block(ana, full):
    shown = text(page(ana, "courses:lesson-detail", "crm", "full"))

    for piece in (
        "<p>Rich <b>text</b></p>", "<h2>A heading</h2>", '<div class="table-scroll" tabindex="0"><table>',
        "callout-warning", "Hold is recorded", "First", "bubble-agent", "One moment?", "It asks", "bubble-customer",
        "May I?", "Wait", "Consent", "a ÷ b", "60 s", "Stem practice-hold", "Option 3",
    ):  # fmt: skip
        assert piece in shown, piece
    assert "<script>alert(1)" not in shown
    assert "style=" not in shown


def test_a_lesson_says_where_i_am(ana, cast, course):
    enrol(cast.ana, make_track("onboarding", [course]))

    response = page(ana, "courses:lesson-detail", "crm", "crm-2")

    assert [crumb["label"] for crumb in response.context["crumbs"]] == [
        "Track onboarding",
        "Course crm",
        "Lesson 2 of 2",
    ]
    assert response.context["before"].slug == "crm-1"
    assert response.context["after"] is None
    assert 'href="/learn/courses/crm/crm-1/"' in text(response)
    assert "about 5 min left" in text(response)


def test_a_lesson_in_the_other_language_is_labelled_and_marked_as_such(ana, course):
    make_lesson(course, "only-chinese", languages=["zh-hans"])

    shown = text(page(ana, "courses:lesson-detail", "crm", "only-chinese"))

    assert "shown in Chinese" in shown
    assert '<article class="prose lesson" lang="zh-hans"' in shown


def test_the_language_of_the_session_picks_the_page_behind_one_address(ana, course):
    assert "Lesson crm-1" in text(page(ana, "courses:lesson-detail", "crm", "crm-1"))
    assert "课时 crm-1" in text(page(ana, "courses:lesson-detail", "crm", "crm-1", language="zh-hans"))


def test_a_lesson_goes_on_where_i_left_it(ana, cast, full, at):
    place = BODY[0]["id"]
    record_reading(cast.ana, full.translation_key, seconds=60, place=place, at=at)
    record_reading(cast.ana, full.translation_key, seconds=60, place=place, at=at + timedelta(minutes=2))

    shown = text(page(ana, "courses:lesson-detail", "crm", "full"))

    assert f'data-resume="block-{place}"' in shown
    assert f'<a href="#block-{place}">' in shown
    assert f'id="block-{place}"' in shown
    assert "about 6 min left" in shown


def test_a_finished_lesson_offers_the_next_one(ana, cast, course, at):
    complete_lesson(cast.ana, lessons_of(course)[0], at=at)

    shown = text(page(ana, "courses:lesson-detail", "crm", "crm-1"))

    assert "Next lesson" in shown
    assert "Mark as done" not in shown
    assert "data-resume" not in shown


def test_a_lesson_assigned_once_more_says_why_and_can_be_marked_again(ana, cast, course, at):
    lesson = lessons_of(course)[0]
    complete_lesson(cast.ana, lesson, at=at)
    assign_lesson(
        cast.ana,
        lesson.translation_key,
        due_on=date(2026, 3, 6),
        reason_zh="辅导单",
        reason_en="From your coaching ticket",
        actor=cast.eva,
        at=at,
    )

    shown = text(page(ana, "courses:lesson-detail", "crm", "crm-1"))

    assert "From your coaching ticket" in shown
    assert "it was assigned to you once more" in shown
    assert "Mark as done, next" in shown


def test_a_lesson_that_changed_asks_to_be_read_again(ana, cast, course, at):
    lesson = in_english(lessons_of(course)[0])
    complete_lesson(cast.ana, lesson, at=at)
    type(lesson).objects.filter(translation_key=lesson.translation_key).update(material_version=2)

    assert "This lesson has changed" in text(page(ana, "courses:lesson-detail", "crm", "crm-1"))


def test_a_lesson_page_is_light_on_the_database(ana, cast, full, course, at):
    enrol(cast.ana, make_track("onboarding", [course]))
    record_reading(cast.ana, full.translation_key, seconds=60, place="", at=at)
    url = reverse("courses:lesson-detail", args=["crm", "full"])
    ana.get(url)

    with CaptureQueriesContext(connection) as seen:
        ana.get(url)

    assert len(seen) <= 12, "\n".join(query["sql"][:160] for query in seen)


# --- self-checks ---------------------------------------------------------------------------------------------


def ask(client, full, chosen, *, htmx=False, key="practice-hold", **more):
    data = {"check": key, "answer": "1", "chosen": chosen, **more}
    headers = {"hx-request": "true"} if htmx else {}
    return client.get(reverse("courses:lesson-detail", args=["crm", "full"]), data, headers=headers)


def test_before_answering_a_check_gives_nothing_away(ana, full):
    shown = text(page(ana, "courses:lesson-detail", "crm", "full"))

    assert "Feedback" not in shown
    assert "Because." not in shown
    assert "tint-good" not in shown


def test_a_check_answers_at_once_without_javascript(ana, full, question):
    right, wrong = (pick(question.versions.get()) for pick in (right_ids, wrong_ids))

    good, bad = text(ask(ana, full, right)), text(ask(ana, full, wrong))

    assert "Right." in good
    assert "Feedback 0" in good
    assert "Because." in good
    assert "<title>" in good
    assert "Not yet." in bad
    assert "Feedback 1" in bad
    assert "Right." not in bad


def test_htmx_gets_the_check_alone_in_the_lessons_language(ana, full, question):
    part = ask(ana, full, right_ids(question.versions.get()), htmx=True)

    assert text(part).startswith('<section class="check panel" id="check-practice-hold"')
    assert "Right." in text(part)


def test_a_check_without_a_choice_asks_for_one(ana, full):
    assert "Choose an answer first." in text(ask(ana, full, []))
    assert "Choose an answer first." in text(ask(ana, full, ["nonsense"], htmx=True))


def test_try_again_shows_the_open_question(ana, full):
    url = reverse("courses:lesson-detail", args=["crm", "full"])

    part = ana.get(url, {"check": "practice-hold"}, headers={"hx-request": "true"})

    assert "Check my answer" in text(part)
    assert "Choose an answer first." not in text(part)


def test_a_check_is_of_the_lesson_and_a_practice_question(ana, course, full, question):
    QuestionFactory(key="exam-question")
    QuestionFactory(key="elsewhere", practice=True)
    make_lesson(course, "leaky", body=[{"type": "check", "value": {"question": "exam-question"}}])

    for key in ("exam-question", "elsewhere", "unknown"):
        assert ask(ana, full, ["1"], htmx=True, key=key).status_code == 404
    leaky = reverse("courses:lesson-detail", args=["crm", "leaky"])
    assert "Stem exam-question" not in text(ana.get(leaky))
    answered = {"check": "exam-question", "answer": "1", "chosen": "1"}
    assert ana.get(leaky, answered, headers={"hx-request": "true"}).status_code == 404


def test_checking_writes_nothing(ana, full, question):
    with CaptureQueriesContext(connection) as seen:
        ask(ana, full, right_ids(question.versions.get()))

    written = [query["sql"] for query in seen if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert [sql for sql in written if "session" not in sql] == []


# --- a track -------------------------------------------------------------------------------------------------


def test_my_track_shows_steps_due_days_and_what_is_missing_in_words(ana, cast, course, at):
    enrol(
        cast.ana, make_track("onboarding", [course, make_quiz("crm-quiz"), make_scenario().scenario]), at=timezone.now()
    )
    read_course(cast.ana, course, at=at)

    response = page(ana, "courses:track-detail", "onboarding")

    assert response.context["next"].title == "Quiz crm-quiz"
    shown = text(response)
    assert '<span>Steps done</span><span class="num">1/3</span>' in shown
    assert "Quiz crm-quiz: not taken yet<br>Mystery call: an analyst will call you" in shown
    assert shown.count("<time datetime=") == 4  # the track's, the next step's and two open steps'
    assert "valid for 12 months" in shown


def test_a_track_i_am_not_in_shows_what_it_asks_for(ana, cast, course):
    enrol(cast.abel, make_track("onboarding", [course, make_quiz("crm-quiz")]))

    shown = text(page(ana, "courses:track-detail", "onboarding"))

    assert "You aren't enrolled in this track" in shown or "You aren&#x27;t enrolled in this track" in shown
    assert "due 10 days after joining" in shown
    assert "/quizzes/" not in shown.replace('href="/quizzes/"', "")


def test_a_finished_track_says_so(ana, cast, course, at):
    enrol(cast.ana, make_track("onboarding", [course]))
    read_course(cast.ana, course, at=at)

    assert "Everything is done." in text(page(ana, "courses:track-detail", "onboarding"))


def test_a_track_takes_the_same_queries_with_3_steps_and_9(ana, cast):
    def track(slug: str, times: int):
        things = [make_course(f"{slug}-{number}", lessons=2) for number in range(times)]
        things += [make_quiz(f"{slug}-{number}") for number in range(times)]
        things += [make_scenario().scenario for _ in range(times)]
        return enrol(cast.ana, make_track(slug, things))

    track("short", 1)
    track("long", 3)
    page(ana, "courses:track-detail", "short")
    with CaptureQueriesContext(connection) as few:
        page(ana, "courses:track-detail", "short")
    with CaptureQueriesContext(connection) as many:
        assert len(page(ana, "courses:track-detail", "long").context["blocks"]) == 9

    assert len(many) == len(few)
