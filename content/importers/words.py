"""Pictures, recordings, films and documents of lessons; phrases and terms."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.core.files.images import ImageFile
from django.db import transaction

from content.exporters import words
from content.exporters.present import Present
from content.format.types import Text, pair
from content.importers.stages import LeftToPeople, Load, Stage, Wanted
from courses.catalogue.models import CourseDocument, CourseImage, CourseMedia, Phrase, Term

_TABLES: Mapping[str, Any] = {
    "image": CourseImage, "document": CourseDocument, "audio": CourseMedia, "video": CourseMedia,
}  # fmt: skip


class Media(Stage):
    kind = "media"

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        self._fields: list[str] = []

    def in_site_words(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Files by their content, so that another file of the same name is a change."""
        content = self.load.pack.media
        is_spoken = value["kind"] in ("audio", "video")
        captions = [value["captions"].zh, value["captions"].en] if is_spoken else []
        return {
            **value,
            "captions": Text(),
            "content": sha256(content[value["file"]]).hexdigest(),
            "captions_content": [sha256(content[name]).hexdigest() if name else "" for name in captions],
        }

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return words.media(keys)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        if present and present.value["kind"] != value["kind"]:
            raise LeftToPeople(f"on this site the file is of another kind ({present.value['kind']})")
        table = _TABLES[value["kind"]]
        row = table.objects.get(key=wanted.key) if present else table(key=wanted.key)
        row.title, row.rights = value["title"], value["rights"]
        if present is None or present.value["content"] != value["content"]:
            self._replace(row, "file", wanted.key, self.load.pack.media[wanted.key])
        if value["kind"] == "image":
            _fill_image(row, value)
        elif value["kind"] == "document":
            row._set_document_file_metadata()
        else:
            row.kind, row.seconds = value["kind"], value["seconds"]
            row.transcript_zh, row.transcript_en = value["transcript"].zh, value["transcript"].en
            self._captions(row, wanted, present)
        row.save()
        self._note_saved(row)
        if value["kind"] in ("image", "document"):
            row.tags.set(value["tags"])
        if value["kind"] == "image" and present:
            row.renditions.all().delete()

    def _captions(self, row: Any, wanted: Wanted, present: Present | None) -> None:
        before = present.value["captions_content"] if present else ["", ""]
        names = self._caption_names(wanted.key)
        for place, field in enumerate(("captions_zh", "captions_en")):
            now = wanted.value["captions_content"][place]
            if now and now != before[place]:
                self._replace(row, field, names[place], self.load.pack.media[names[place]])
            elif not now and before[place]:
                setattr(row, field, "")

    def _caption_names(self, key: str) -> tuple[str, str]:
        (told,) = [entry.value["captions"] for entry in self.load.pack.all("media") if entry.key == key]
        return told.zh, told.en

    def _replace(self, row: Any, field: str, name: str, content: bytes) -> None:
        """The old file goes when the load is certain."""
        file = getattr(row, field)
        if file and file.name:
            storage, old = file.storage, file.name
            transaction.on_commit(lambda: storage.delete(old))
        setattr(row, field, (ImageFile if isinstance(row, CourseImage) else File)(BytesIO(content), name=name))
        self._fields.append(field)

    def _note_saved(self, row: Any) -> None:
        """What was written to the storage, in case all is taken back."""
        self.load.saved += [(getattr(row, field).storage, getattr(row, field).name) for field in self._fields]
        self._fields.clear()


def _fill_image(row: Any, value: Mapping[str, Any]) -> None:
    row.alt_zh, row.alt_en = value["alt"].zh, value["alt"].en
    row.description = value["description"]
    for name in ("x", "y", "width", "height"):
        setattr(row, f"focal_point_{name}", value["focus"][name] if value["focus"] else None)
    row._set_image_file_metadata()


class Phrases(Stage):
    kind = "phrase"

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return words.phrases(self.load.keys, keys)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        phrase, _is_new = Phrase.objects.update_or_create(
            key=wanted.key,
            defaults={
                "kind": value["kind"],
                **pair("text", value["text"]),
                **pair("note", value["note"]),
                **pair("instead", value["instead"]),
                "audio_zh_id": _audio(self.load, value["audio"].zh),
                "audio_en_id": _audio(self.load, value["audio"].en),
                "order": value["order"],
            },
        )
        phrase.skills.set(self.load.skills(value["skills"]))


def _audio(load: Load, name: str) -> int | None:
    return load.keys.pk("audio", name) if name else None


class Terms(Stage):
    kind = "term"

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return words.terms(keys)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        told = {
            field: part
            for name in ("name", "also", "definition")
            for field, part in pair(name, wanted.value[name]).items()
        }
        Term.objects.update_or_create(key=wanted.key, defaults=told)
