"""Rights, links, uses: what the reports find, who reads them, and what they cost."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image

from assessments.bank.models import Question
from courses.catalogue.models import CourseDocument, CourseImage, CourseMedia, Phrase
from courses.findings.queries.broken import links
from courses.findings.queries.rights import without_rights
from courses.findings.queries.uses import places_of, used_things
from courses.receivers import prepare_back_office
from lms.people.services.groups import sync_groups
from tests.factories.bank import QuestionFactory
from tests.factories.catalogue import make_course, make_lesson, make_track
from tests.factories.quizzes import QuizFactory, SlotFactory, make_quiz

pytestmark = pytest.mark.django_db

REPORTS = ["translations-report", "links-report", "rights-report", "uses-report"]


@pytest.fixture
def course():
    return make_course("crm", lessons=0)


@pytest.fixture
def tess(client, cast, course, at):
    prepare_back_office("default")
    for person in cast.people.values():
        sync_groups(person, at=at)
    client.force_login(cast.tess)
    return client


def picture(title, **fields):
    data = BytesIO()
    Image.new("RGB", (4, 3), "teal").save(data, "PNG")
    data.seek(0)
    return CourseImage.objects.create(title=title, file=ImageFile(data, name=f"{title}.png"), **fields)


def document(title, **fields):
    return CourseDocument.objects.create(title=title, file=ContentFile(b"x", name=f"{title}.pdf"), **fields)


def stream(*blocks):
    return [
        {"type": kind, "value": value, "id": f"b0000000-0000-4000-8000-{number:012d}"}
        for number, (kind, value) in enumerate(blocks)
    ]


def lesson_with(course, slug, *blocks, **more):
    return make_lesson(course, slug, languages=["zh-hans"], body=stream(*blocks), **more)


# --- rights ----------------------------------------------------------------------------------------------------


def test_files_without_a_word_about_rights_are_listed_what_is_used_first(course):
    picture("Own", rights="© Callwright")
    picture("Unused")
    used = picture("Used")
    document("Prices")
    CourseMedia.objects.create(kind="audio", title="Greeting", file=ContentFile(b"x", name="a.mp3"))
    lesson_with(course, "hold", ("picture", {"image": used.pk, "caption": ""}))

    rows = without_rights()

    assert rows[0].title == "Used"
    assert {row.title for row in rows} == {"Used", "Unused", "Prices", "Greeting"}
    assert [place.title for place in rows[0].places] == ["课时 hold"]


# --- links -----------------------------------------------------------------------------------------------------


def said(found):
    return [(problem.place.title, problem.what) for problem in found]


def test_links_to_pages_that_are_gone_or_unpublished_are_broken(course):
    good, closed = lesson_with(course, "good"), lesson_with(course, "closed")
    closed.unpublish()
    link = '<p><a linktype="page" id="{}">see</a></p>'
    lesson_with(
        course,
        "reader",
        ("text", link.format(good.pk)),
        ("text", link.format(closed.pk)),
        ("text", link.format(999999)),
    )

    broken = links().broken

    assert {title for title, _what in said(broken)} == {"课时 reader"}
    assert len(broken) == 2
    assert any("课时 closed" in problem.what for problem in broken)


def test_files_that_are_gone_are_broken(course):
    there, gone = picture("There"), picture("Gone")
    price = document("Prices")
    lesson_with(
        course,
        "hold",
        ("picture", {"image": there.pk, "caption": ""}),
        ("picture", {"image": gone.pk, "caption": ""}),
        ("text", f'<p><a linktype="document" id="{price.pk}">prices</a></p>'),
    )
    assert links().broken == []

    gone.delete()
    price.delete()

    assert len(links().broken) == 2


@pytest.mark.parametrize(
    ("fields", "is_broken"),
    [({"practice": True}, False), ({}, True), ({"practice": True, "status": "retired"}, True), (None, True)],
)
def test_self_checks_need_a_practice_question_that_is_ready(course, fields, is_broken):
    if fields is not None:
        QuestionFactory(key="ask", **fields)
    lesson_with(course, "hold", ("check", {"question": "ask"}))

    assert bool(links().broken) is is_broken


def test_quizzes_in_lessons_must_be_published(course):
    make_quiz("fine")
    draft = make_quiz("draft", published=False)
    lesson_with(course, "hold", ("quiz", {"quiz": "fine", "note": ""}), ("quiz", {"quiz": "draft", "note": ""}))

    assert len(links().broken) == 1
    assert titles(draft) == ["课时 hold"]


def test_addresses_of_our_own_must_lead_somewhere(course):
    lesson_with(course, "good")
    text = "[a](/learn/courses/crm/good/) [b](/learn/courses/crm/gone/) [c](/learn/courses/nowhere/) [d](/nothing/)"
    lesson_with(course, "reader", ("markdown", {"text": text}))

    assert len(links().broken) == 3


def test_addresses_elsewhere_are_listed_not_called(course):
    lesson_with(
        course,
        "reader",
        ("text", '<p><a href="https://example.com/a">a</a></p>'),
        ("markdown", {"text": "见 https://example.com/b。再见"}),
    )

    found = links()

    assert found.broken == []
    assert [problem.what for problem in found.external] == ["https://example.com/a", "https://example.com/b"]


def test_tracks_with_courses_or_quizzes_that_nobody_can_have_are_broken(course):
    closed = make_course("closed", lessons=0)
    make_track("onboarding", [course, closed, make_quiz("fine"), make_quiz("draft", published=False)])
    closed.unpublish()

    found = said(links().broken)

    assert len([title for title, _what in found if title == "路径 onboarding"]) == 2


def test_a_draft_is_looked_at_too(course):
    page = lesson_with(course, "hold")
    draft = page.get_latest_revision_as_object()
    draft.body = stream(("check", {"question": "nothing"}))
    draft.save_revision()

    [problem] = links().broken
    assert problem.place.is_draft


# --- uses ------------------------------------------------------------------------------------------------------


def titles(thing):
    return sorted(place.title for place in places_of(thing))


def test_where_things_are_used(course):
    image, question, quiz = picture("Wave"), QuestionFactory(key="ask", practice=True), make_quiz("crm-quiz")
    fixed = QuestionFactory(key="fixed")
    SlotFactory(version=quiz.versions.get(), question=fixed, count=1)
    media = CourseMedia.objects.create(kind="audio", title="Greeting", file=ContentFile(b"x", name="a.mp3"))
    Phrase.objects.create(key="hello", kind="greeting", text_zh="您好", text_en="Hello", audio_zh=media, audio_en=media)
    lesson = lesson_with(
        course, "hold", ("picture", {"image": image.pk, "caption": ""}), ("check", {"question": "ask"})
    )
    lesson.recheck_quiz = quiz
    lesson.save()
    lesson_with(course, "other", ("text", f'<p><a linktype="page" id="{lesson.pk}">see</a></p>'))
    make_track("onboarding", [course, quiz], languages=["zh-hans"])

    assert titles(image) == ["课时 hold"]
    assert titles(question) == ["课时 hold"]
    assert titles(fixed) == ["测验 crm-quiz"]
    [drawn] = places_of(Question.objects.get(key="crm-quiz-q0"))
    assert drawn.title == "测验 crm-quiz"
    assert titles(quiz) == ["课时 hold", "路径 onboarding"]
    assert titles(course) == ["路径 onboarding"]
    assert titles(lesson) == ["课时 other", "路径 onboarding"]
    assert len(titles(media)) == 1
    assert titles(QuizFactory(key="unused")) == []


def test_things_are_found_by_name_with_their_number_of_places(course):
    image = picture("Wave")
    picture("Other")
    lesson_with(course, "hold", ("picture", {"image": image.pk, "caption": ""}))

    assert [(used.title, used.places) for used in used_things(CourseImage, "WAV")] == [("Wave", 1)]
    assert len(used_things(CourseImage)) == 2


def test_before_a_page_is_deleted_its_author_is_told_where_it_is_used(tess, course):
    lesson = lesson_with(course, "hold")
    delete = reverse("wagtailadmin_pages:delete", args=[lesson.pk])
    used = reverse("where-used", args=["courses.lessonpage", lesson.pk])
    assert used not in tess.get(delete).content.decode()

    lesson_with(course, "other", ("text", f'<p><a linktype="page" id="{lesson.pk}">see</a></p>'))

    assert used in tess.get(delete).content.decode()


# --- pages and workbooks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_for_authors(tess, cast, name):
    opens = {}
    for who, person in cast.people.items():
        tess.force_login(person)
        opens[who] = tess.get(reverse(name)).status_code

    assert {who for who, status in opens.items() if status == 200} == {"tess", "quinn"}


def test_reports_are_in_the_menu(tess):
    menu = tess.get("/admin/").content.decode()

    for name in REPORTS:
        assert reverse(name) in menu


def test_a_report_comes_as_a_workbook(tess, course):
    picture("Wave")

    answer = tess.get(reverse("rights-report"), {"export": ""})

    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]][1] == "Wave"
    assert sheet.max_row == 2


def test_the_page_of_a_thing_names_its_places_and_leads_to_them(tess, course):
    image = picture("Wave")
    lesson = lesson_with(course, "hold", ("picture", {"image": image.pk, "caption": ""}))

    shown = tess.get(reverse("where-used", args=["courses.courseimage", image.pk])).content.decode()

    assert reverse("wagtailadmin_pages:edit", args=[lesson.pk]) in shown
    assert reverse("wagtailimages:edit", args=[image.pk]) in shown
    assert tess.get(reverse("where-used", args=["lms.user", 1])).status_code == 404
    assert tess.get(reverse("where-used", args=["courses.courseimage", 999])).status_code == 404
    assert tess.get(reverse("uses-report"), {"kind": "lms.user"}).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_reports_take_the_same_queries_however_many_lessons(course, django_assert_num_queries, n):
    QuestionFactory(key="ask")
    for number in range(n):
        image = picture(f"P{number}")
        lesson_with(
            course,
            f"l{number}",
            ("picture", {"image": image.pk, "caption": ""}),
            ("check", {"question": "ask"}),
            ("markdown", {"text": "[x](/learn/courses/gone/)"}),
            ("text", '<p><a linktype="page" id="999999">x</a></p>'),
        )

    with django_assert_num_queries(8):
        assert len(links().broken) == 3 * n
    with django_assert_num_queries(4):
        assert len(without_rights()) == n
    with django_assert_num_queries(2):
        assert [used.places for used in used_things(CourseImage)] == [1] * n
