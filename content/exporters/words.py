"""Pictures, recordings, films and documents of lessons; phrases and terms."""

from collections.abc import Collection, Iterator
from hashlib import sha256
from typing import Any

from django.core.files.base import File

from content.exporters.keys import SiteKeys
from content.exporters.present import Present
from content.format.types import Text, clean, text_in
from courses.catalogue.models import CourseDocument, CourseImage, CourseMedia, Phrase, Term

_CHUNK = 1024 * 1024


def content_key(file: File) -> str:
    """SHA-256 of the file; "" where the storage has lost it."""
    found = sha256()
    try:
        with file.open("rb") as source:
            while chunk := source.read(_CHUNK):
                found.update(chunk)
    except OSError:
        return ""
    return found.hexdigest()


def media(only: Collection[str] | None = None) -> dict[str, Present]:
    """What has a name in a pack. `content` and `captions_content` tell one file from another of the same name."""
    found = {}
    for row in rows_with_keys(only):
        value = described(row) | {"file": row.key, "content": content_key(row.file)}
        value["captions"] = Text()
        value["captions_content"] = [content_key(file) if file else "" for file in captions_of(row)]
        found[str(row.key)] = Present(value)
    return found


def rows_with_keys(only: Collection[str] | None = None) -> Iterator[Any]:
    for model in (CourseImage, CourseDocument, CourseMedia):
        rows = model.objects.exclude(key=None).order_by("key")
        if model is not CourseMedia:
            rows = rows.prefetch_related("tags")
        yield from rows if only is None else rows.filter(key__in=only)


def described(row: Any) -> dict[str, Any]:
    """The entry of media.yaml but for the names of files."""
    value: dict[str, Any] = {
        "title": clean(row.title), "alt": Text(), "description": "", "focus": None, "seconds": None, "transcript": Text(),
        "rights": clean(row.rights), "tags": [],
    }  # fmt: skip
    if isinstance(row, CourseMedia):
        return value | {"kind": row.kind, "seconds": row.seconds, "transcript": text_in(row, "transcript")}
    value["tags"] = sorted(tag.name for tag in row.tags.all())
    if isinstance(row, CourseDocument):
        return value | {"kind": "document"}
    value |= {"kind": "image", "alt": text_in(row, "alt"), "description": clean(row.description)}
    if row.focal_point_x is not None:
        value["focus"] = {
            "x": row.focal_point_x, "y": row.focal_point_y, "width": row.focal_point_width or 0,
            "height": row.focal_point_height or 0,
        }  # fmt: skip
    return value


def captions_of(row: Any) -> list[Any]:
    return [row.captions_zh, row.captions_en] if isinstance(row, CourseMedia) else []


def phrases(keys: SiteKeys, only: Collection[str] | None = None) -> dict[str, Present]:
    rows = Phrase.objects.prefetch_related("skills")
    return {
        phrase.key: Present(
            {
                "key": phrase.key,
                "kind": phrase.kind,
                "text": text_in(phrase, "text"),
                "note": text_in(phrase, "note"),
                "instead": text_in(phrase, "instead"),
                "audio": Text(
                    keys.key("audio", phrase.audio_zh_id) if phrase.audio_zh_id else "",
                    keys.key("audio", phrase.audio_en_id) if phrase.audio_en_id else "",
                ),
                "skills": sorted(skill.key for skill in phrase.skills.all()),
                "order": phrase.order,
            }
        )
        for phrase in (rows if only is None else rows.filter(key__in=only))
    }


def terms(only: Collection[str] | None = None) -> dict[str, Present]:
    rows = Term.objects.order_by("key")
    return {
        term.key: Present(
            {
                "key": term.key,
                "name": text_in(term, "name"),
                "also": text_in(term, "also"),
                "definition": text_in(term, "definition"),
            }
        )
        for term in (rows if only is None else rows.filter(key__in=only))
    }
