"""Ratings, and what readers and authors say to each other about a lesson."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from courses.catalogue.models import LessonPage
from courses.catalogue.queries import lessons
from courses.reference.models import LessonComment, LessonRating
from courses.reference.permissions import can_answer
from courses.reference.queries.passages import quote_of
from courses.reference.states import COMMENT_MOVES, CommentState
from lms.kernel.permissions import require
from lms.kernel.states import move
from lms.notifications.services import notify
from lms.people.models import User


def rate_lesson(person: User, page: LessonPage, *, is_helpful: bool, at: datetime) -> LessonRating:
    """Keep whether the lesson as it is now helped; a second word replaces the first."""
    rating, _made = LessonRating.objects.update_or_create(
        person=person,
        lesson_key=page.translation_key,
        material_version=page.material_version,
        defaults={"is_helpful": is_helpful, "language": page.locale.language_code, "rated_at": at},
    )
    return rating


def send_comment(person: User, page: LessonPage, *, kind: str, text: str, block: str, at: datetime) -> LessonComment:
    """Tell the authors; with the revision that was read and how the block began."""
    return LessonComment.objects.create(
        person=person,
        lesson_key=page.translation_key,
        language=page.locale.language_code,
        revision_id=page.live_revision_id,
        material_version=page.material_version,
        block=block,
        quote=quote_of(page, block),
        kind=kind,
        text=text.strip(),
        created_at=at,
    )


@transaction.atomic
def answer_comment(comment: LessonComment, *, answer: str, actor: User, at: datetime) -> LessonComment:
    """Answer in words and tell whoever asked. Raises PermissionDenied for who isn't an author, ValueError without words,
    IllegalMove when it was answered already."""
    require(can_answer(actor, comment))
    if not answer.strip():
        raise ValueError("An answer has words")
    move(
        comment,
        COMMENT_MOVES,
        CommentState.ANSWERED,
        answer=answer.strip(),
        answered_by=actor,
        answered_at=at,
        closed_by=None,
        closed_at=None,
    )
    lesson = lessons(comment.person.language, [comment.lesson_key]).get(comment.lesson_key)
    notify(
        comment.person,
        kind="comment_answered",
        at=at,
        url=f"{reverse('courses:comment-list')}#comment-{comment.pk}",
        params={"lesson": lesson.title if lesson else "", "answer": comment.answer},
    )
    return comment


@transaction.atomic
def close_comment(comment: LessonComment, *, actor: User, at: datetime) -> LessonComment:
    """Put it away: what it was about is mended, or there is nothing to do. Nobody is told. Raises as `answer_comment`."""
    require(can_answer(actor, comment))
    return move(comment, COMMENT_MOVES, CommentState.CLOSED, closed_by=actor, closed_at=at)
