"""The reader's pages, as one sees them."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.catalogue.states import PhraseKind
from courses.reference.models import Bookmark, LessonComment, LessonRating, Note
from courses.reference.services.comments import answer_comment, send_comment
from courses.reference.services.kept import keep_note, set_bookmark
from tests.factories.catalogue import in_english, make_course, make_lesson
from tests.factories.words import PhraseFactory, TermFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def course():
    return make_course("crm", lessons=0)


@pytest.fixture
def lesson(course):
    body = [{"type": "markdown", "value": {"text": "先问候 <b>，再退款。"}, "id": "first"}]
    return make_lesson(course, "refunds", body=body)


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def text(response) -> str:
    return " ".join(response.content.decode().split())


def get(client, name, query="", **headers):
    return client.get(reverse(f"courses:{name}") + query, headers=headers)


def post(client, name, lesson, headers=None, **data):
    return client.post(reverse(f"courses:{name}", args=[lesson.pk]), data, headers=headers)


# --- search --------------------------------------------------------------------------------------------------------


def test_search_marks_what_it_found_and_escapes_the_rest(ana, lesson):
    found = text(get(ana, "search", "?q=退款"))

    assert "先问候 &lt;b&gt;，再<mark>退款</mark>。" in found
    assert 'href="/learn/courses/crm/refunds/#block-first"' in found


def test_what_was_typed_comes_back_escaped(ana):
    found = text(get(ana, "search", '?q="><script>alert(1)</script>'))

    assert "<script>alert" not in found
    assert "&lt;script&gt;" in found


@pytest.mark.parametrize("name", ["search", "find", "phrase-list", "term-list", "note-list"])
def test_as_one_types_only_the_results_come(ana, lesson, name):
    part = text(get(ana, name, "?q=退款", **HTMX))

    assert part.startswith('<div id="results"')
    assert "<html" not in part


def test_the_box_of_every_page_finds_as_one_types(ana, lesson):
    PhraseFactory(text_zh="退款三天到账")

    part = text(get(ana, "search", "?quick=1&q=退款", **HTMX))

    assert part.startswith('<div class="quick-list">')
    assert "<mark>退款</mark>三天到账" in part
    assert "/learn/courses/crm/refunds/#block-first" in part
    assert "?q=%E9%80%80%E6%AC%BE" in part
    assert text(get(ana, "search", "?quick=1&q=", **HTMX)) == ""


def test_one_kind_is_turned_over_page_by_page(ana, course):
    for number in range(22):
        PhraseFactory(text_zh=f"退款 {number:02}")

    first = text(get(ana, "search", "?q=退款&kind=phrase"))
    second = text(get(ana, "search", "?q=退款&kind=phrase&page=2"))

    assert (first.count('<li class="saying"'), second.count('<li class="saying"')) == (20, 2)
    assert text(get(ana, "search", "?q=退款&kind=nothing&page=x")).count('<li class="saying"') == 5


def test_nothing_found_says_what_to_do(ana):
    assert "没有找到" in text(get(ana, "search", "?q=退款")) or "Nothing found" in text(get(ana, "search", "?q=退款"))
    assert reverse("courses:phrase-list") in text(get(ana, "find", "?q=退款"))


def test_the_finder_shows_phrases_first_then_terms_then_lessons(ana, lesson):
    PhraseFactory(text_zh="退款")
    TermFactory(name_zh="退款")

    found = text(get(ana, "find", "?q=退款"))

    places = [found.index(f'id="hits-{kind}"') for kind in ("phrases", "terms", "lessons")]
    assert places == sorted(places)


def test_pages_take_the_same_queries_for_one_and_three(ana, course):
    def one(number):
        make_lesson(course, f"n-{number}", body=[{"type": "markdown", "value": {"text": "退款"}, "id": "a"}])
        PhraseFactory(text_zh="退款")
        TermFactory(name_zh="退款")

    def count(name, query):
        with CaptureQueriesContext(connection) as queries:
            get(ana, name, query)
        return len(queries)

    doors = [
        ("search", "?q=退款"), ("find", "?q=退款"), ("phrase-list", ""), ("phrase-list", "?q=退款"), ("term-list", ""),
        ("search", "?q=退款&kind=lesson"),
    ]  # fmt: skip
    one(1)
    [count(*door) for door in doors]  # what is remembered between requests
    before = [count(*door) for door in doors]
    one(2)
    one(3)

    assert [count(*door) for door in doors] == before


# --- phrase book and glossary ---------------------------------------------------------------------------------------


def test_the_phrase_book_shows_both_languages_by_class(ana):
    PhraseFactory(kind=PhraseKind.GREETING, text_zh="您好", text_en="Good morning")
    PhraseFactory(taboo=True)

    found = text(get(ana, "phrase-list"))

    assert found.index("您好") < found.index("Good morning") < found.index("这不归我管。")
    assert 'data-copy="您好"' in found
    # What must not be said is not copied; what is said instead is.
    assert 'data-copy="这不归我管。"' not in found
    assert 'data-copy="我帮您转给负责的同事。"' in found
    assert "这不归我管。" not in text(get(ana, "phrase-list", "?kind=greeting"))
    assert 'data-show="en"' in text(get(ana, "phrase-list", "?show=en"))


def test_the_glossary_stands_under_initials_of_the_readers_language(ana, cast):
    TermFactory()

    assert 'id="letter-P"' in text(get(ana, "term-list"))
    cast.ana.language = "en"
    cast.ana.save()
    english = text(get(ana, "term-list"))
    assert 'id="letter-A"' in english
    assert "AHT" in english


# --- beside a lesson ------------------------------------------------------------------------------------------------


def lesson_page(client, query=""):
    return text(client.get(reverse("courses:lesson-detail", args=["crm", "refunds"]) + query))


def test_the_page_of_the_other_language_is_to_be_had(ana, lesson):
    assert "课时 refunds" in lesson_page(ana)
    assert "Lesson refunds" in lesson_page(ana, "?in=en")
    assert "课时 refunds" in lesson_page(ana, "?in=klingon")


def test_a_note_is_saved_as_one_types(ana, cast, lesson):
    first = post(ana, "note-save", lesson, JSON, block="first", text="记住", edition="")
    second = post(ana, "note-save", lesson, JSON, block="first", text="记住了", edition=first.json()["edition"])

    assert {key: second.json()[key] for key in ("edition", "text")} == {"edition": 2, "text": "记住了"}
    assert len(second.json()["time"]) == 5
    assert Note.objects.get().person == cast.ana
    page = lesson_page(ana)
    assert "记住了" in page
    assert 'data-block="first"' in page
    emptied = post(ana, "note-save", lesson, JSON, block="first", text="", edition=2)
    assert emptied.json()["edition"] == 0


def test_a_note_without_scripts_leads_back_to_its_block(ana, lesson):
    response = post(ana, "note-save", in_english(lesson), block="first", text="Remember")

    assert response.url == "/learn/courses/crm/refunds/?in=en#block-first"


@pytest.mark.parametrize("data", [{"block": "a b"}, {"block": "x" * 40}, {"text": "x" * 20_001}])
def test_a_note_that_is_no_note_is_refused(ana, lesson, data):
    assert post(ana, "note-save", lesson, JSON, **{"text": "x", "edition": 0} | data).status_code == 400
    assert not Note.objects.exists()


@pytest.mark.parametrize("name", ["note-save", "bookmark-set", "lesson-rate", "comment-send"])
def test_what_may_not_be_read_is_not_written_about(ana, lesson, name):
    lesson.unpublish()

    assert post(ana, name, lesson, kind="praise", is_wanted="1", is_helpful="1").status_code == 404


def test_a_bookmark_is_set_and_taken_away(ana, lesson):
    assert post(ana, "bookmark-set", lesson, JSON, block="first", is_wanted="1").json() == {"is_bookmarked": True}
    assert Bookmark.objects.get().block == "first"
    assert 'data-bookmarked="first ' in lesson_page(ana)
    assert post(ana, "bookmark-set", lesson, JSON, block="first", is_wanted="0").json() == {"is_bookmarked": False}
    assert not Bookmark.objects.exists()

    part = text(post(ana, "bookmark-set", lesson, HTMX, is_wanted="1"))
    assert part.startswith("<form")
    assert 'name="is_wanted" value="0"' in part
    assert post(ana, "bookmark-set", lesson, is_wanted="0").url == "/learn/courses/crm/refunds/"
    assert post(ana, "bookmark-set", lesson, is_wanted="perhaps").status_code == 400


def test_a_lesson_is_rated(ana, lesson):
    part = text(post(ana, "lesson-rate", lesson, HTMX, is_helpful="0"))

    assert part.startswith("<form")
    assert LessonRating.objects.get().is_helpful is False
    assert post(ana, "lesson-rate", lesson, is_helpful="1").url == "/learn/courses/crm/refunds/#rating"
    assert LessonRating.objects.get().is_helpful is True
    assert post(ana, "lesson-rate", lesson, is_helpful="5").status_code == 400


def test_the_author_is_told(ana, lesson):
    response = post(ana, "comment-send", lesson, HTMX, kind="mistake", text="三天，不是五天", block="first")

    assert response["HX-Trigger"] == "commentsent"
    assert 'id="own-comments"' in text(response)
    assert "三天，不是五天" in text(response)
    assert LessonComment.objects.get().quote == "先问候 <b>，再退款。"
    assert "三天，不是五天" in lesson_page(ana)
    assert post(ana, "comment-send", lesson, kind="unclear").url == "/learn/courses/crm/refunds/#own-comments"


def test_a_question_without_words_comes_back_as_it_was(ana, lesson):
    for headers, is_whole in ((HTMX, False), (None, True)):
        response = post(ana, "comment-send", lesson, headers, kind="question", text=" ", block="first")

        assert response.status_code == 422
        assert ("<html" in text(response)) is is_whole
        assert 'value="first" selected' in text(response)
        assert 'value="question" checked' in text(response)
    assert not LessonComment.objects.exists()


def test_own_comments_are_shown_with_the_answer(ana, cast, lesson, at):
    mine = send_comment(cast.ana, lesson, kind="question", text="为什么？", block="", at=at)
    send_comment(cast.carl, lesson, kind="question", text="SECRET", block="", at=at)
    answer_comment(mine, answer="因为<b>规定</b>。", actor=cast.tess, at=at)

    for found in (text(get(ana, "comment-list")), lesson_page(ana)):
        assert "因为&lt;b&gt;规定&lt;/b&gt;。" in found
        assert cast.tess.full_name in found
        assert "SECRET" not in found
    assert f'id="comment-{mine.pk}"' in text(get(ana, "comment-list"))


def test_an_authors_own_list_is_the_own_one(client, cast, lesson, at):
    send_comment(cast.ana, lesson, kind="praise", text="SECRET", block="", at=at)
    client.force_login(cast.tess)

    assert "SECRET" not in text(get(client, "comment-list"))


def test_notes_and_bookmarks_stand_on_a_page_of_their_own_and_on_learning(ana, cast, lesson, at):
    keep_note(cast.ana, lesson, block="first", text="记住三天", edition=0, at=at)
    set_bookmark(cast.ana, lesson, block="", is_wanted=True, at=at)
    keep_note(cast.carl, lesson, block="first", text="SECRET", edition=0, at=at)

    for found in (text(get(ana, "note-list")), text(get(ana, "course-list"))):
        assert "记住三天" in found
        assert "/learn/courses/crm/refunds/#block-first" in found
        assert "SECRET" not in found
    assert "记住三天" in text(get(ana, "note-list", "?q=三天"))
    assert "记住三天" not in text(get(ana, "note-list", "?q=五天"))


def test_notes_are_downloaded(ana, cast, lesson, at):
    keep_note(cast.ana, lesson, block="first", text="记住三天", edition=0, at=at)
    keep_note(cast.carl, lesson, block="", text="SECRET", edition=0, at=at)

    response = get(ana, "note-download")

    assert response["Content-Type"].startswith("text/markdown")
    assert response["Content-Disposition"].endswith('.md"')
    body = response.content.decode()
    assert "## 课时 refunds\n\n> 先问候 <b>，再退款。\n\n记住三天\n" in body
    assert "SECRET" not in body


def test_lists_of_what_is_kept_take_the_same_queries_for_one_and_three(ana, cast, course, at):
    def one(number):
        lesson = make_lesson(course, f"n-{number}")
        keep_note(cast.ana, lesson, block="", text="记住", edition=0, at=at)
        set_bookmark(cast.ana, lesson, block="", is_wanted=True, at=at)
        comment = send_comment(cast.ana, lesson, kind="question", text="?", block="", at=at)
        answer_comment(comment, answer="!", actor=cast.tess, at=at)

    def count(name):
        with CaptureQueriesContext(connection) as queries:
            get(ana, name)
        return len(queries)

    doors = ["note-list", "note-download", "comment-list"]
    one(1)
    [count(door) for door in doors]
    before = [count(door) for door in doors]
    one(2)
    one(3)

    assert [count(door) for door in doors] == before


def test_a_lesson_takes_the_same_queries_for_one_and_three_of_everything(ana, cast, lesson, at):
    def one(number):
        keep_note(cast.ana, lesson, block=f"b{number}", text="记住", edition=0, at=at)
        set_bookmark(cast.ana, lesson, block=f"b{number}", is_wanted=True, at=at)
        comment = send_comment(cast.ana, lesson, kind="question", text="?", block="", at=at)
        answer_comment(comment, answer="!", actor=cast.tess, at=at)

    def count():
        with CaptureQueriesContext(connection) as queries:
            lesson_page(ana)
        return len(queries)

    one(1)
    count()
    before = count()
    one(2)
    one(3)

    assert count() == before


def test_without_scripts_notes_and_words_to_the_author_stand_in_the_page(ana, lesson):
    assert '<dialog class="side-panel" id="lesson-notes"' in lesson_page(ana)
    assert '<section class="panel mt-4" id="lesson-notes"' in lesson_page(ana, "?desk=notes")
    assert '<section class="panel mt-4" id="lesson-comment"' in lesson_page(ana, "?desk=comment")


def test_errors_of_a_note_are_told_to_the_script(ana, lesson):
    response = post(ana, "note-save", lesson, JSON, block="a b", text="x")

    assert list(json.loads(response.content)["errors"]) == ["block"]
