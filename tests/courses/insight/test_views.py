"""The author's pages about lessons, as one sees them."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from courses.progress.services import record_try
from courses.reference.models import LessonComment
from courses.reference.services.comments import send_comment
from lms.notifications.models import Notification
from tests.factories.bank import QuestionFactory
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.kept import warm
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    QuestionFactory(key="practice-hold", practice=True)
    return make_course("crm", lessons=0)


def add(course, slug):
    body = [{"type": "check", "value": {"question": "practice-hold"}, "id": "ask"}]
    return in_english(make_lesson(course, slug, body=body))


@pytest.fixture
def lesson(course):
    return add(course, "hold")


@pytest.fixture
def tess(client, cast):
    cast.tess.language = "en"
    cast.tess.save()
    client.force_login(cast.tess)
    return client


@pytest.fixture
def comment(cast, lesson):
    return send_comment(cast.ana, lesson, kind="unclear", text="Which key?", block="", at=timezone.now())


def text(response):
    return " ".join(response.content.decode().split())


def fail(lesson):
    for person in UserFactory.create_batch(6):
        record_try(person, lesson, question="practice-hold", is_right=False, at=timezone.now())


def test_the_list_says_what_fails_with_n_and_range(tess, course, lesson):
    add(course, "fine")
    fail(lesson)

    shown = text(tess.get(reverse("courses:insight-list")))

    assert shown.index("Lesson hold") < shown.index("Lesson fine")
    assert "Self-check: at most 39.1% right at the first try (n = 6)" in shown
    assert "1 lesson needs its author" in shown
    assert "last 90 days" in shown


def test_the_list_can_be_put_in_another_order_and_narrowed(tess, course, lesson, comment):
    add(course, "fine")
    other = make_course("other", lessons=1)

    def slugs(query):
        return [row.lesson.slug for row in tess.get(reverse("courses:insight-list") + query).context["page"]]

    assert slugs("?sort=comments")[-1] == slugs("?sort=-comments")[0] == "hold"
    assert slugs("?course=other") == [f"{other.slug}-1"]
    assert len(slugs("?course=unknown&days=nonsense&sort=nonsense")) == 3


def test_the_workbook_has_the_same_lessons(tess, course, lesson):
    add(course, "fine")
    fail(lesson)

    response = tess.get(reverse("courses:insight-xlsx"))

    sheet = load_workbook(BytesIO(response.content)).worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    first, second = (dict(zip(titles[:15], values, strict=False)) for values in sheet.iter_rows(2, 3, values_only=True))
    assert (first["Lesson"], first["Hardest self-check"]) == ("Lesson hold", 0)
    assert (second["Lesson"], second["Hardest self-check"]) == ("Lesson fine", None)


def test_a_lesson_page_shows_its_questions_and_comments(tess, lesson, comment):
    fail(lesson)

    shown = text(tess.get(reverse("courses:insight-detail", args=[lesson.translation_key])))

    assert "Stem practice-hold" in shown
    assert "Which key?" in shown
    assert "Nobody left this lesson unfinished in this period." in shown
    assert tess.get("/learn/insight/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_lists_take_as_many_queries_for_three_rows(tess, cast, course, lesson):
    def count(name):
        warm()
        with CaptureQueriesContext(connection) as seen:
            tess.get(reverse(f"courses:{name}"))
        return len(seen)

    def say(page):
        send_comment(cast.ana, page, kind="unclear", text="", block="", at=timezone.now())

    say(lesson)
    count("insight-list")  # what is read once and kept
    one = [count("insight-list"), count("comment-work")]
    for slug in ("second", "third"):
        say(add(course, slug))

    assert [count("insight-list"), count("comment-work")] == one


# --- comments ----------------------------------------------------------------------------------------------------


def decide(client, comment, **data):
    return client.post(reverse("courses:comment-answer", args=[comment.pk]), data)


def state(comment):
    return LessonComment.objects.values_list("state", "answer").get(pk=comment.pk)


def test_comments_lead_to_the_part_and_to_the_editor(tess, lesson, comment):
    shown = text(tess.get(reverse("courses:comment-work")))

    assert 'href="/learn/courses/crm/hold/"' in shown
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[lesson.pk])}"' in shown
    assert "1 comment waits" in shown
    assert "Which key?" not in text(tess.get(reverse("courses:comment-work") + "?state=closed"))
    assert "Which key?" in text(tess.get(reverse("courses:comment-work") + "?state=all&kind=unclear"))


def test_an_answer_reaches_the_reader(tess, cast, comment):
    back = reverse("courses:comment-work") + "?kind=unclear"

    response = decide(tess, comment, verdict="answer", text="The red one.", next=back)

    assert response["Location"] == back
    assert state(comment) == ("answered", "The red one.")
    assert Notification.objects.get(recipient=cast.ana).kind == "comment_answered"


def test_closing_with_a_word_tells_it_and_without_tells_nobody(tess, cast, lesson, comment):
    second = send_comment(cast.ana, lesson, kind="mistake", text="x", block="", at=timezone.now())

    decide(tess, comment, verdict="close", text="Mended.")
    decide(tess, second, verdict="close")

    assert state(comment) == ("closed", "Mended.")
    assert state(second) == ("closed", "")
    assert Notification.objects.filter(recipient=cast.ana).count() == 1


def test_an_answer_has_words(tess, comment):
    response = decide(tess, comment, verdict="answer", text=" ", next="https://evil.example/")

    assert response["Location"] == reverse("courses:comment-work")
    assert state(comment) == ("open", "")


def test_what_somebody_else_closed_is_not_closed_again(tess, comment):
    decide(tess, comment, verdict="close")

    response = tess.post(reverse("courses:comment-answer", args=[comment.pk]), {"verdict": "close"}, follow=True)

    assert "Somebody else has answered or closed it meanwhile." in text(response)
