"""Notes and bookmarks."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from courses.catalogue.models import LessonPage
from courses.reference.models import Bookmark, Note
from courses.reference.queries.passages import quote_of
from courses.reference.rules import both_texts
from lms.people.models import User


@transaction.atomic
def keep_note(person: User, page: LessonPage, *, block: str, text: str, edition: int, at: datetime) -> Note | None:
    """Write the person's note beside a block (or the lesson, where `block` is empty); None when it was emptied.

    `edition` is the one the writer saw, 0 for none. Where another window has written meanwhile, both texts are kept, one
    under the other: nothing typed is lost."""
    own = {"person": person, "lesson_key": page.translation_key, "block": block}
    text = text.strip()
    note = Note.objects.select_for_update().filter(**own).first()
    if note is None:
        if not text:
            return None
        note, made = Note.objects.get_or_create(
            **own,
            defaults={
                "language": page.locale.language_code,
                "quote": quote_of(page, block),
                "text": text,
                "created_at": at,
                "updated_at": at,
            },
        )
        if made:
            return note
    if note.edition != edition:
        text = both_texts(note.text, text)
    if note.text == text:
        return note
    if not text:
        note.delete()
        return None
    Note.objects.filter(pk=note.pk).update(text=text, edition=F("edition") + 1, updated_at=at)
    note.refresh_from_db()
    return note


@transaction.atomic
def set_bookmark(person: User, page: LessonPage, *, block: str, is_wanted: bool, at: datetime) -> None:
    """Set or take away; either may be asked for twice."""
    own = {"person": person, "lesson_key": page.translation_key, "block": block}
    if is_wanted:
        Bookmark.objects.get_or_create(
            **own,
            defaults={
                "language": page.locale.language_code,
                "quote": quote_of(page, block),
                "created_at": at,
            },
        )
    else:
        Bookmark.objects.filter(**own).delete()
