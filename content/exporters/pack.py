"""A pack made of what a site holds: as files in memory, the same content always as the same bytes."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from assessments.bank.models import QuestionMedia
from assessments.bank.rules import media_in
from content.exporters import bank, framework, standards, words
from content.exporters.keys import FileNames, SiteKeys
from content.exporters.pages import Pages
from content.exporters.present import Present
from content.format.kinds import BY_NAME, PACK, STEPS
from content.format.lessons import FRONT, LessonText, shape, write_lesson
from content.format.questions import bank_media, wording
from content.format.references import Place, references_of
from content.format.types import NO_TEXT, Text
from content.format.writing import to_yaml
from content.models import LoadedItem, LoadedPack
from courses.catalogue.models import CourseDocument, CourseImage, CourseMedia
from lms.kernel.bilingual import LANGUAGE_CODES

#: The first instant that a zip can tell: the same pack is the same bytes on every day.
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


class NoSuchPack(Exception):
    """Nothing of this pack was ever loaded here."""


@dataclass
class WrittenPack:
    """`files`: name → bytes; `notes`: what isn't in them, in words."""

    key: str
    files: dict[str, bytes] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def write_pack(*, today: date, pack: str = "") -> WrittenPack:
    """The pack as it stands on this site now, or all that the site holds. Raises NoSuchPack, UnknownBlock."""
    return _Export(today, pack).written()


def as_zip(files: Mapping[str, bytes]) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _ZIP_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return found.getvalue()


def as_folder(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class _Export:
    def __init__(self, today: date, pack: str) -> None:
        self.today, self.wanted_pack = today, pack
        self.head = self._head(pack)
        self.names = FileNames()
        self.media_rows: dict[tuple[str, int], tuple[str, Any]] = {}
        self._name_media()
        names = {place: name for place, (name, _row) in self.media_rows.items()}
        self.keys = SiteKeys(self.head.key if self.head else "", media_names=names)
        self.pages = Pages(self.keys)
        self.bank_media: dict[str, QuestionMedia] = {}
        self.out = WrittenPack(self.head.key if self.head else "site")

    def _head(self, pack: str) -> LoadedPack | None:
        if pack:
            found = LoadedPack.objects.filter(key=pack).first()
            if found is None:
                raise NoSuchPack(f"no pack `{pack}` was loaded here")
            return found
        packs = list(LoadedPack.objects.all()[:2])
        return packs[0] if len(packs) == 1 else None

    def _name_media(self) -> None:
        """Files with a name in a pack keep it; those that were uploaded here get the one they came with."""
        rows = [row for model in (CourseImage, CourseDocument, CourseMedia) for row in model.objects.all()]
        for row in sorted(rows, key=lambda row: (row.key is None, row.key or "", PurePath(row.file.name).name, row.pk)):
            kind = {CourseImage: "image", CourseDocument: "document"}.get(type(row)) or row.kind
            content = words.content_key(row.file)
            if content:
                name = self.names.take(row.key or PurePath(row.file.name).name, content)
                self.media_rows[kind, row.pk] = (name, row)

    # --- what goes into it -------------------------------------------------------------------------------------

    def written(self) -> WrittenPack:
        values = self._values()
        if self.wanted_pack:
            values = self._of_the_pack(values)
        for place, course in enumerate(values["course"], start=1):
            course["order"] = place
        lessons = self._lessons({value["key"] for value in values["course"]})
        languages = _languages(values, lessons)
        values["question"] = [self._with_file_names(value) for value in values["question"]]
        values["media"] = self._media(values, lessons)
        self._write(values, lessons, languages)
        self.out.notes += dict.fromkeys(self.pages.notes)
        return self.out

    def _values(self) -> dict[str, list[dict[str, Any]]]:
        courses = {key: found for key in self.pages.courses if (found := self.pages.course(key))}
        for key, found in courses.items():
            found.value["lessons"] = self.pages.lesson_keys(key)
        tracks = [found for key in self.pages.tracks if (found := self.pages.track(key))]
        values = {
            "skill": _values(framework.skills()),
            "notice": _values(framework.notices())[:1],
            "question": _values(bank.questions()),
            "quiz": self._published("quiz", standards.quizzes()),
            "scorecard": _values(standards.scorecards(self.today)),
            "scenario": self._published("scenario", standards.scenarios()),
            "phrase": _values(words.phrases(self.keys)),
            "term": _values(words.terms()),
            "course": [found.value for found in courses.values()],
            "track": [found.value for found in tracks],
            "job role": _values(framework.job_roles(self.keys)),
        }
        self._cut_loose_ends(values)
        return values

    def _published(self, kind: str, found: Mapping[str, Present]) -> list[dict[str, Any]]:
        for key, present in found.items():
            if not present.is_published:
                self.out.notes.append(f"{kind} {key}: never published, left out")
        return [present.value for present in found.values() if present.is_published]

    def _cut_loose_ends(self, values: dict[str, list[dict[str, Any]]]) -> None:
        """Names of courses and tracks that nobody can read any more lead nowhere on another site."""
        keys = {kind: {value["key"] for value in values[kind]} for kind in ("course", "track", "quiz", "scenario")}
        keys["lesson"] = {key for course in values["course"] for key in course["lessons"]}
        for quiz in values["quiz"]:
            if quiz["course"] and quiz["course"] not in keys["course"]:
                self.out.notes.append(f"quiz {quiz['key']}: its course `{quiz['course']}` isn't published, left out")
                quiz["course"] = ""
        for role in values["job role"]:
            role["track"] = [key for key in role["track"] if key in keys["track"]]
        for track in values["track"]:
            kept = [step for step in track["steps"] if step["key"] in keys[STEPS[step["kind"]]]]
            if len(kept) < len(track["steps"]):
                self.out.notes.append(f"track {track['key']}: steps that aren't published are left out")
                track["steps"] = kept
            self._cut_loose_rules(track, values["track"])

    def _cut_loose_rules(self, track: dict[str, Any], tracks: list[dict[str, Any]]) -> None:
        """What a track says about tracks that aren't there, and groups that have lost their steps."""
        name, refreshers = track["key"], {each["key"]: each["refresher"] for each in tracks}
        if missing := [key for key in track["before"] if key not in refreshers]:
            self.out.notes.append(
                f"track {name}: to be completed before, but not published, left out: {', '.join(missing)}"
            )
            track["before"] = [key for key in track["before"] if key in refreshers]
        refresher = track["refresher"]
        if refresher and refresher not in refreshers:
            self.out.notes.append(f"track {name}: its refresher `{refresher}` isn't published, left out")
            track["refresher"] = ""
        elif refreshers.get(refresher):
            self.out.notes.append(f"track {name}: its refresher `{refresher}` has a refresher of its own, left out")
            track["refresher"] = ""
        chosen = [step["group"] for step in track["steps"]]
        track["groups"] = [
            {**group, "choose": min(group["choose"], chosen.count(group["key"]))}
            for group in track["groups"]
            if group["key"] in chosen
        ]

    def _of_the_pack(self, values: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
        """What was loaded from it and is still here, and what that refers to."""
        everything = {(kind, str(value[BY_NAME[kind].key])): value for kind, found in values.items() for value in found}
        course_of = {key: value["key"] for value in values["course"] for key in value["lessons"]}
        lessons = self._lessons(set(course_of.values()))
        todo = list(LoadedItem.objects.filter(pack=self.wanted_pack).values_list("kind", "key"))
        kept: set[Place] = set()
        while todo:
            kind, key = todo.pop()
            if kind == "lesson":
                kind, key = "course", course_of.get(key, "")
            if (kind, key) in kept or (kind, key) not in everything:
                continue
            kept.add((kind, key))
            todo += references_of(kind, everything[kind, key])
            for lesson in everything[kind, key]["lessons"] if kind == "course" else ():
                todo += [place for text in lessons[lesson].values() for place in _leads_to(text)]
        return {
            kind: [value for value in found if (kind, str(value[BY_NAME[kind].key])) in kept]
            for kind, found in values.items()
        }

    def _lessons(self, courses: set[str]) -> dict[str, dict[str, LessonText]]:
        found: dict[str, dict[str, LessonText]] = {}
        for key in self.pages.lessons:
            texts = {
                language: present.value
                for language in LANGUAGE_CODES
                if (present := self.pages.lesson(key, language)) and present.value["course"] in courses
            }
            if texts:
                found[self.keys.page_keys["lesson", key]] = _lesson_texts(texts)
        return found

    # --- media ---------------------------------------------------------------------------------------------------

    def _with_file_names(self, value: dict[str, Any]) -> dict[str, Any]:
        """The question with names of files in the place of the bank's keys."""
        wanted = media_in(wording(value))
        for row in QuestionMedia.objects.filter(key__in=wanted - set(self.bank_media)).order_by("name", "key"):
            self.bank_media[row.key] = row
        return bank_media(
            value, {key: self._bank_name(self.bank_media[key]) for key in wanted if key in self.bank_media}
        )

    def _bank_name(self, row: QuestionMedia) -> str:
        content = words.content_key(row.file)
        name = self.names.take(row.name, content)
        if f"media/{name}" not in self.out.files and content:
            with row.file.open("rb") as source:
                self.out.files[f"media/{name}"] = source.read()
        return name

    def _media(
        self, values: dict[str, list[dict[str, Any]]], lessons: Mapping[str, Mapping[str, LessonText]]
    ) -> list[dict[str, Any]]:
        """What lessons and phrases name, and what came with a pack."""
        named = {key for text in lessons.values() for one in text.values() for _kind, key in _leads_to(one)}
        named |= {name for phrase in values["phrase"] for name in (phrase["audio"].zh, phrase["audio"].en) if name}
        mine = set(LoadedItem.objects.filter(pack=self.wanted_pack, kind="media").values_list("key", flat=True))
        found = []
        for name, row in self.media_rows.values():
            is_kept = name in named or (name in mine if self.wanted_pack else row.key is not None)
            if not is_kept:
                continue
            with row.file.open("rb") as source:
                self.out.files[f"media/{name}"] = source.read()
            found.append(words.described(row) | {"file": name, "captions": self._captions(name, row)})
        return sorted(found, key=lambda value: str(value["file"]))

    def _captions(self, name: str, row: Any) -> Text:
        told = []
        for language, file in zip(LANGUAGE_CODES, words.captions_of(row), strict=False):
            caption = f"{PurePath(name).stem}.{language}.vtt" if file else ""
            if caption:
                with file.open("rb") as source:
                    self.out.files[f"media/{caption}"] = source.read()
            told.append(caption)
        return Text(*told) if told else NO_TEXT

    # --- files ---------------------------------------------------------------------------------------------------

    def _write(
        self,
        values: Mapping[str, list[dict[str, Any]]],
        lessons: Mapping[str, Mapping[str, LessonText]],
        languages: list[str],
    ) -> None:
        self._file("pack.yaml", PACK.write(self._pack(languages), languages))
        for kind, found in values.items():
            self.out.counts[kind] = len(found)
            row, written = BY_NAME[kind], [BY_NAME[kind].row.write(value, languages) for value in found]
            if kind == "question":
                for skill in sorted({value["skill"] for value in found}):
                    own = [text for text, value in zip(written, found, strict=True) if value["skill"] == skill]
                    self._file(f"questions/{skill}.yaml", {"questions": own})
            elif kind == "course":
                for text in written:
                    self._file(f"courses/{text['key']}/course.yaml", text)
            elif row.list_in:
                if written:
                    self._file(row.list_in, {row.list_name: written})
            else:
                for text in written:
                    self._file(row.alone_in or f"{row.each_in}/{text['key']}.yaml", text)
        self.out.counts["lesson"] = len(lessons)
        course_of = {key: value["key"] for value in values["course"] for key in value["lessons"]}
        for key, texts in lessons.items():
            for language, text in texts.items():
                name = f"courses/{course_of[key]}/{key}.{language}.md"
                front = text.front | {"untranslated": len(texts) < len(languages)}
                self.out.files[name] = write_lesson(LessonText(front, text.blocks), language).encode()
        self.out.files = dict(sorted(self.out.files.items()))

    def _file(self, name: str, value: Any) -> None:
        self.out.files[name] = to_yaml(value).encode()

    def _pack(self, languages: list[str]) -> dict[str, Any]:
        title = Text(self.head.title_zh, self.head.title_en) if self.head else NO_TEXT
        version = self.head.version if self.head else 1
        return {"key": self.out.key, "version": version, "languages": languages, "title": title}


def _values(found: Mapping[str, Present]) -> list[dict[str, Any]]:
    return [present.value for present in found.values()]


def _lesson_texts(values: Mapping[str, dict[str, Any]]) -> dict[str, LessonText]:
    """The texts of one lesson; one that is built otherwise than the first says so."""
    names = {each.name for each in FRONT.fields}
    found: dict[str, LessonText] = {}
    for language, value in values.items():
        front = {name: part for name, part in value.items() if name in names} | {
            "differs": False,
            "untranslated": False,
        }
        text = LessonText(front, value["blocks"])
        first = next(iter(found.values()), text)
        found[language] = LessonText(front | {"differs": shape(text) != shape(first)}, value["blocks"])
    return found


def _languages(
    values: Mapping[str, list[dict[str, Any]]], lessons: Mapping[str, Mapping[str, LessonText]]
) -> list[str]:
    """Those in which anything is written."""
    found = {language for texts in lessons.values() for language in texts}
    found |= {language for text in _texts(values) for language in LANGUAGE_CODES if text.of(language)}
    return [language for language in LANGUAGE_CODES if language in found] or list(LANGUAGE_CODES)


def _texts(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _leads_to(text: LessonText) -> list[Place]:
    return references_of("lesson", text.front | {"blocks": text.blocks})
