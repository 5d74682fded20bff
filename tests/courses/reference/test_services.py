"""Notes, bookmarks, ratings, comments and their answers."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from courses.reference.models import Bookmark, LessonComment, LessonRating, Note
from courses.reference.rules import BETWEEN_TWO
from courses.reference.services.comments import answer_comment, close_comment, rate_lesson, send_comment
from courses.reference.services.kept import keep_note, set_bookmark
from courses.reference.states import COMMENT_MOVES, CommentState
from lms.kernel.states import IllegalMove, StaleState
from lms.notifications.kinds import words
from lms.notifications.models import Notification
from tests.factories.catalogue import in_english, make_course
from tests.factories.enrolment import lessons_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson():
    [only] = lessons_of(make_course("crm", lessons=1))
    return only


@pytest.fixture
def block(lesson):
    return lesson.body[0].id


# --- notes -------------------------------------------------------------------------------------------------------


def note_by(person, lesson, text, at, *, block="", edition=0):
    return keep_note(person, lesson, block=block, text=text, edition=edition, at=at)


def test_a_note_keeps_what_it_is_about(cast, lesson, block, at):
    note = note_by(cast.ana, lesson, " 记住 \n", at, block=block)

    assert (note.text, note.quote, note.language, note.edition) == ("记住", "先说明原因，再静音。", "zh-hans", 1)
    assert (note.created_at, note.updated_at) == (at, at)


def test_writing_on_raises_the_edition(cast, lesson, at):
    first = note_by(cast.ana, lesson, "one", at)
    later = at + timedelta(minutes=1)

    second = note_by(cast.ana, lesson, "one two", later, edition=first.edition)

    assert (second.pk, second.text, second.edition) == (first.pk, "one two", 2)
    assert (second.created_at, second.updated_at) == (at, later)


def test_the_same_text_sent_twice_is_written_once(cast, lesson, at):
    note_by(cast.ana, lesson, "one", at)

    note = note_by(cast.ana, lesson, "one", at + timedelta(minutes=1), edition=1)

    assert (note.edition, note.updated_at) == (1, at)


def test_what_two_windows_write_is_kept_one_under_the_other(cast, lesson, at):
    note_by(cast.ana, lesson, "at the desk", at)

    note = note_by(cast.ana, lesson, "on the phone", at)

    assert note.text == f"at the desk{BETWEEN_TWO}on the phone"
    assert Note.objects.count() == 1


def test_an_emptied_note_is_deleted_unless_another_window_wrote(cast, lesson, at):
    note_by(cast.ana, lesson, "one", at)
    assert note_by(cast.ana, lesson, " ", at, edition=0).text == "one"

    assert note_by(cast.ana, lesson, "", at, edition=1) is None
    assert not Note.objects.exists()
    assert note_by(cast.ana, lesson, "", at) is None


def test_each_block_has_a_note_and_each_person_their_own(cast, lesson, block, at):
    note_by(cast.ana, lesson, "one", at)
    note_by(cast.ana, lesson, "two", at, block=block)
    note_by(cast.carl, lesson, "three", at)

    assert Note.objects.count() == 3
    assert [note.text for note in Note.objects.visible_to(cast.carl)] == ["three"]
    assert {note.text for note in Note.objects.visible_to(cast.ana)} == {"one", "two"}


# --- bookmarks ----------------------------------------------------------------------------------------------------


def test_a_bookmark_is_set_and_taken_away_however_often_it_is_asked(cast, lesson, block, at):
    for _twice in range(2):
        set_bookmark(cast.ana, lesson, block=block, is_wanted=True, at=at)
    set_bookmark(cast.carl, lesson, block=block, is_wanted=True, at=at)
    assert [(mark.block, mark.quote) for mark in Bookmark.objects.visible_to(cast.ana)] == [
        (block, "先说明原因，再静音。")
    ]

    for _twice in range(2):
        set_bookmark(cast.ana, lesson, block=block, is_wanted=False, at=at)
    assert [mark.person for mark in Bookmark.objects.all()] == [cast.carl]


# --- ratings ------------------------------------------------------------------------------------------------------


def test_a_rating_is_one_per_material_version_and_may_change(cast, lesson, at):
    rate_lesson(cast.ana, lesson, is_helpful=True, at=at)
    rate_lesson(cast.ana, in_english(lesson), is_helpful=False, at=at)
    assert [(row.is_helpful, row.language) for row in LessonRating.objects.all()] == [(False, "en")]

    lesson.material_version = 2
    rate_lesson(cast.ana, lesson, is_helpful=True, at=at)
    assert [row.is_helpful for row in LessonRating.objects.order_by("material_version")] == [False, True]


# --- comments -----------------------------------------------------------------------------------------------------


@pytest.fixture
def comment(cast, lesson, block, at):
    return send_comment(cast.ana, lesson, kind="question", text=" Why? ", block=block, at=at)


def test_a_comment_says_what_was_read(cast, lesson, comment, block, at):
    assert (comment.text, comment.block, comment.quote) == ("Why?", block, "先说明原因，再静音。")
    assert (comment.revision_id, comment.material_version, comment.language) == (lesson.live_revision_id, 1, "zh-hans")
    assert (comment.state, comment.created_at) == ("open", at)


def test_comments_are_seen_by_who_wrote_them_and_by_authors(cast, comment):
    seen_by = {name for name, who in cast.people.items() if comment in LessonComment.objects.visible_to(who)}

    assert seen_by == {"ana", "tess", "quinn"}


def test_an_answer_is_told_to_who_asked(cast, comment, at):
    answer_comment(comment, answer=" Because. ", actor=cast.tess, at=at)

    comment.refresh_from_db()
    assert (comment.state, comment.answer, comment.answered_by, comment.answered_at) == (
        "answered",
        "Because.",
        cast.tess,
        at,
    )
    [news] = Notification.objects.all()
    assert (news.recipient, news.url) == (cast.ana, f"/learn/comments/#comment-{comment.pk}")
    assert words(news.kind, news.params)[1] == "Because."


def test_an_answer_about_a_lesson_that_is_gone_is_still_told(cast, lesson, comment, at):
    lesson.unpublish()
    in_english(lesson).unpublish()

    answer_comment(comment, answer="Because.", actor=cast.tess, at=at)

    assert "Because." in words("comment_answered", Notification.objects.get().params)


def test_only_authors_answer_and_close(cast, comment, at):
    for name, person in cast.people.items():
        if name in ("tess", "quinn"):
            continue
        with pytest.raises(PermissionDenied):
            answer_comment(comment, answer="x", actor=person, at=at)
        with pytest.raises(PermissionDenied):
            close_comment(comment, actor=person, at=at)
    comment.refresh_from_db()
    assert comment.state == "open"


def test_an_answer_has_words(cast, comment, at):
    with pytest.raises(ValueError, match="words"):
        answer_comment(comment, answer="  ", actor=cast.tess, at=at)


def test_of_two_authors_one_answers(cast, comment, at):
    other = LessonComment.objects.get(pk=comment.pk)
    answer_comment(comment, answer="one", actor=cast.tess, at=at)

    with pytest.raises(StaleState):
        answer_comment(other, answer="two", actor=cast.quinn, at=at)
    assert Notification.objects.count() == 1


DOES = {
    CommentState.ANSWERED: lambda row, **who: answer_comment(row, answer="x", **who),
    CommentState.CLOSED: close_comment,
}


@pytest.mark.parametrize("state", CommentState)
@pytest.mark.parametrize("to", DOES)
def test_every_move_of_a_comment(cast, comment, at, state, to):
    if state != CommentState.OPEN:
        DOES[state](comment, actor=cast.tess, at=at)

    if to in COMMENT_MOVES[state]:
        DOES[to](comment, actor=cast.quinn, at=at)
        comment.refresh_from_db()
        assert comment.state == to
        assert (comment.closed_by is None) == (to != CommentState.CLOSED)
    else:
        with pytest.raises(IllegalMove):
            DOES[to](comment, actor=cast.quinn, at=at)


def test_the_database_refuses_an_answer_without_an_author(comment):
    with pytest.raises(IntegrityError), transaction.atomic():
        LessonComment.objects.filter(pk=comment.pk).update(answer="x")
