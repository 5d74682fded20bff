"""The figures of lessons, counted from what readers did; as many queries for three lessons as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from assessments.evidence.models import SourceKind
from courses.insight.queries.comments import comments_to_work_on, comments_waiting, work_rows
from courses.insight.queries.lessons import insights, lesson_insight
from courses.insight.rules import EFFECT_DAYS, LEAST_PAIRS
from courses.insight.states import Change, ConcernKind
from courses.progress.models import LessonCompletion, LessonVisit
from courses.progress.services import record_try
from courses.reference.models import LessonRating
from courses.reference.services.comments import answer_comment, send_comment
from tests.conftest import MON_9
from tests.factories.bank import QuestionFactory
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.coaching import see
from tests.factories.kept import warm
from tests.factories.people import UserFactory
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db


def body():
    return [
        {"type": "markdown", "value": {"text": "First **words**."}, "id": "one"},
        {"type": "check", "value": {"question": "practice-hold"}, "id": "two"},
    ]


@pytest.fixture
def skill():
    return SkillFactory(key="hold")


@pytest.fixture
def course():
    QuestionFactory(key="practice-hold", practice=True)
    return make_course("crm", lessons=0)


@pytest.fixture
def lesson(course, skill):
    return in_english(make_lesson(course, "hold", body=body(), skills=[skill], minutes=6))


def visit(lesson, person=None, *, days_ago=20, seconds=120, place=""):
    then = MON_9 - timedelta(days=days_ago)
    person = person or UserFactory(language="en")
    LessonVisit.objects.create(
        person=person, lesson_key=lesson.translation_key, first_opened_at=then, last_seen_at=then, seconds=seconds,
        place=place,
    )  # fmt: skip
    return person


def finish(lesson, person, *, days_ago=20, round=1):
    LessonCompletion.objects.create(
        person=person, lesson_key=lesson.translation_key, language="en", material_version=1, round=round,
        completed_at=MON_9 - timedelta(days=days_ago),
    )  # fmt: skip
    return person


def only(**more):
    [row] = insights("en", at=MON_9, **more)
    return row


def test_readers_of_the_period_are_counted(lesson, course):
    finish(lesson, visit(lesson, seconds=240))
    visit(lesson)
    visit(lesson, days_ago=2)
    finish(lesson, UserFactory())  # nobody saw the reading
    finish(lesson, visit(lesson, days_ago=91, seconds=9000))  # before the period
    other = make_lesson(course, "other")
    visit(other)

    rows = {row.lesson.slug: row.figures.readers for row in insights("en", at=MON_9)}

    hold = rows["hold"]
    assert (hold.finished, hold.left, hold.reading) == (2, 1, 1)
    assert (hold.share.n, hold.median_minutes, hold.timed) == (3, 4, 1)
    assert rows["other"].left == 1
    wider = {row.lesson.slug: row.figures.readers for row in insights("en", at=MON_9, days=180)}
    assert wider["hold"].finished == 3


def test_only_first_tries_at_what_the_lesson_still_asks_count(lesson):
    people = UserFactory.create_batch(3)
    for person, is_right in zip(people, (True, False, False), strict=True):
        record_try(person, lesson, question="practice-hold", is_right=is_right, at=MON_9)
    record_try(people[1], lesson, question="practice-hold", is_right=True, at=MON_9)
    record_try(people[1], lesson, question="taken-away", is_right=False, at=MON_9)
    record_try(people[2], lesson, question="practice-hold", is_right=False, at=MON_9 - timedelta(days=100))

    [answers] = only().figures.answers

    assert (answers.question, answers.right, answers.n) == ("practice-hold", 1, 3)


def test_a_question_that_fails_puts_the_lesson_first(lesson, course):
    make_lesson(course, "fine")
    for person in UserFactory.create_batch(6):
        record_try(person, lesson, question="practice-hold", is_right=False, at=MON_9)

    first, second = insights("en", at=MON_9)

    assert (first.lesson.slug, [concern.kind for concern in first.concerns]) == ("hold", [ConcernKind.SELF_CHECK])
    with translation.override("en"):
        assert first.reasons == ["Self-check: at most 39.1% right at the first try (n = 6)"]
    assert (second.lesson.slug, second.reasons) == ("fine", [])


def test_ratings_and_open_comments_stand_with_their_lesson(lesson, cast):
    for number, is_helpful in enumerate((True, True, False)):
        LessonRating.objects.create(
            person=UserFactory(), lesson_key=lesson.translation_key, material_version=1, language="en",
            is_helpful=is_helpful, rated_at=MON_9 - timedelta(days=number),
        )  # fmt: skip
    say = {"block": "one", "text": "Why?"}
    send_comment(cast.ana, lesson, kind="unclear", at=MON_9 - timedelta(days=200), **say)
    send_comment(cast.ana, lesson, kind="praise", at=MON_9, **say)
    answered = send_comment(cast.ana, lesson, kind="mistake", at=MON_9, **say)
    answer_comment(answered, answer="Mended.", actor=cast.tess, at=MON_9)

    row = only()

    assert (row.figures.helpful.n, round(row.figures.helpful.estimate, 2)) == (3, 0.67)
    assert row.figures.comments.by_kind == {"unclear": 1}
    with translation.override("en"):
        assert row.reasons == ["1 open comment, the oldest 200 days old"]
        waiting = comments_waiting(cast.tess, at=MON_9)
        assert (waiting.n, waiting.oldest_days, waiting.by_kind) == (1, 200, [("unclear", "Unclear", 1)])


@pytest.mark.parametrize(
    ("before", "after", "said"), [(0.4, 0.9, Change.BETTER), (0.9, 0.4, Change.WORSE), (0.5, 0.5, Change.SAME)]
)
def test_linked_items_are_compared_by_person(lesson, skill, before, after, said):
    for number in range(LEAST_PAIRS):
        person = finish(lesson, UserFactory(), days_ago=40)
        see(person, skill, before + (-1) ** number / 10, at=MON_9, days_ago=45)
        see(person, skill, after, at=MON_9, days_ago=35)

    effect = only().figures.effect

    assert (effect.n, effect.change) == (LEAST_PAIRS, said)


def test_only_calls_on_the_skills_of_the_lesson_count(lesson, skill):
    person = finish(lesson, UserFactory(), days_ago=40)
    see(person, skill, 0.5, at=MON_9, days_ago=45)
    see(person, SkillFactory(key="other"), 0.5, at=MON_9, days_ago=35)
    see(person, skill, 0.5, at=MON_9, days_ago=35, source_kind=SourceKind.ATTEMPT)
    see(person, skill, 0.5, at=MON_9, days_ago=40 - EFFECT_DAYS - 1)

    assert only().figures.effect.n == 0
    assert only().figures.has_skills
    see(person, skill, 0.5, at=MON_9, days_ago=35, source_kind=SourceKind.MYSTERY_CALL)
    effect = only().figures.effect
    assert (effect.n, effect.change, effect.needed) == (1, Change.TOO_FEW, LEAST_PAIRS - 1)


def test_one_lesson_shows_where_readers_left_and_what_it_asks(lesson):
    visit(lesson, place="two")
    visit(lesson, place="one")
    visit(lesson, place="two")
    visit(lesson, place="vanished")
    record_try(UserFactory(), lesson, question="practice-hold", is_right=True, at=MON_9)

    with translation.override("en"):
        found = lesson_insight(lesson.translation_key, "en", days=90, at=MON_9)
        labels = [(row.stop.number, str(row.label), row.stop.n) for row in found.stops["en"]]

    assert labels == [
        (1, "First words.", 1),
        (2, "Self-check", 2),
        (None, "In a part that is no longer there", 1),
    ]
    assert found.stops["en"][0].url == "/learn/courses/crm/hold/#block-one"
    [question] = found.questions
    assert (question.title, question.answers.n) == ("Stem practice-hold", 1)


def test_a_lesson_that_is_not_published_has_no_page(course):
    draft = make_lesson(course, "draft", live=False)

    assert lesson_insight(draft.translation_key, "en", days=90, at=MON_9) is None


def test_comments_to_work_on_are_filtered_and_the_oldest_first(lesson, course, cast):
    elsewhere = make_lesson(make_course("elsewhere", lessons=0), "lost")
    new = send_comment(cast.ana, lesson, kind="unclear", text="", block="", at=MON_9)
    old = send_comment(cast.ana, lesson, kind="mistake", text="x", block="one", at=MON_9 - timedelta(days=3))
    third = send_comment(cast.olga, elsewhere, kind="unclear", text="", block="", at=MON_9 - timedelta(days=1))

    def found(viewer=cast.tess, **chosen):
        return list(comments_to_work_on(viewer, chosen))

    assert found(state="open") == [old, third, new]
    assert found(kind="unclear") == [third, new]
    assert found(course="crm") == [old, new]
    assert found(course="unknown") == []
    assert found(cast.olga) == [third]
    [row] = work_rows([old], "en")
    assert (row.edit_pk, row.was_changed, row.kept.url) == (lesson.pk, False, "/learn/courses/crm/hold/#block-one")


def test_three_lessons_take_as_many_queries_as_one(lesson, course, skill, cast):
    def fill(page):
        for _number in range(2):
            person = finish(page, visit(page))
            see(person, skill, 0.5, 0.7)
            record_try(person, page, question="practice-hold", is_right=True, at=MON_9)
        send_comment(cast.ana, page, kind="unclear", text="", block="", at=MON_9)

    def count():
        warm()
        with CaptureQueriesContext(connection) as seen:
            insights("en", at=MON_9)
        return len(seen)

    fill(lesson)
    one = count()
    for slug in ("second", "third"):
        fill(in_english(make_lesson(course, slug, body=body(), skills=[skill])))

    assert count() == one == 9
