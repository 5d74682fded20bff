"""Recordings and films of lessons: taken in, changed, given back what they replace."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import get_valid_filename

from courses.catalogue.models import CourseMedia
from courses.catalogue.rules.media import checked_captions, recognise
from lms.audit import services as audit
from lms.people.models import User

FILES = ("file", "captions_zh", "captions_en")
WORDS = ("title", "seconds", "transcript_zh", "transcript_en", "rights")


@transaction.atomic
def save_course_media(media: CourseMedia, *, actor: User | None, at: datetime) -> CourseMedia:
    """Keep a recording or a film with the files that were put on it. Its kind, and its length where nobody gave one,
    come from the file itself. Files that it replaces are deleted after the commit. Raises UnfitMedia."""
    before = CourseMedia.objects.filter(pk=media.pk).first() if media.pk else None
    if not media.file._committed:
        found = recognise(media.file.file, media.file.size)
        media.kind = found.kind
        if before is None or media.seconds == before.seconds:  # another file has another length
            media.seconds = found.seconds if before else media.seconds or found.seconds
        media.file.name = _named(media.file.name, found.ending)
    for name in ("captions_zh", "captions_en"):
        captions = getattr(media, name)
        if captions and not captions._committed:
            captions.file.seek(0)
            text = checked_captions(captions.file.read())
            setattr(media, name, ContentFile(text.encode(), name=_named(captions.name, "vtt")))
    media.save()
    _drop_replaced(before, media)
    changes = {
        name: (getattr(before, name), getattr(media, name))
        for name in (*WORDS, *FILES)
        if before and getattr(before, name) != getattr(media, name)
    }
    action = "course_media_changed" if before else "course_media_kept"
    audit.record(actor=actor, action=action, subject=media, at=at, changes=changes)
    return media


@transaction.atomic
def keep_course_media(
    key: str,
    content: bytes,
    *,
    captions: dict[str, bytes] | None = None,
    actor: User | None,
    at: datetime,
    **words: Any,
) -> CourseMedia:
    """The recording or film of a content pack, by its file name. Kept again, only what differs is written. `captions`
    by suffix (`zh`, `en`); `words` are fields of CourseMedia. Raises UnfitMedia."""
    media = CourseMedia.objects.filter(key=key).first() or CourseMedia(key=key)
    texts = {f"captions_{suffix}": checked_captions(each).encode() for suffix, each in (captions or {}).items()}
    differs = [name for name, value in words.items() if getattr(media, name) != value]
    for name in differs:
        setattr(media, name, words[name])
    for name, new in {"file": content, **texts}.items():
        if _content(getattr(media, name)) != new:
            setattr(media, name, ContentFile(new, name=key))
            differs.append(name)
    return save_course_media(media, actor=actor, at=at) if differs else media


def _content(stored: Any) -> bytes | None:
    if not stored:
        return None
    with stored.open("rb") as file:
        return file.read()


def _named(name: str, ending: str) -> str:
    stem = get_valid_filename(name.rpartition("/")[2]).rpartition(".")[0] or "media"
    return f"{stem[:80]}.{ending}"


def _drop_replaced(before: CourseMedia | None, media: CourseMedia) -> None:
    for name in FILES if before else ():
        old = getattr(before, name)
        if old and old.name != getattr(media, name).name:
            transaction.on_commit(lambda old=old: old.storage.delete(old.name))
