"""Does every reference of a pack lead somewhere, is every key there once, and do the languages say the same?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.conf import settings

from assessments.bank.rules.media import MOST_MEDIA_BYTES, media_kind, media_type
from assessments.bank.states import CHOICE_KINDS, QuestionUse
from assessments.quizzes.states import QuizPurpose
from assessments.scorecards.states import ItemKind
from content.format.kinds import FILES
from content.format.lessons import LessonText, shape
from content.format.nodes import Node
from content.format.reading import Reading, Reference
from content.format.types import media_names
from courses.catalogue.rules.media import UnfitMedia, checked_captions, recognise

if TYPE_CHECKING:
    from content.readers.pack import Entry, Pack


def check(pack: "Pack", to: Reading) -> None:
    """Tell every mistake that shows only with the whole pack before one's eyes."""
    _keys(pack, to)
    _references(pack, to)
    _media(pack, to)
    _cycles("skill", {entry.key: [entry.value["parent"]] for entry in pack.all("skill")}, pack.all("skill"), to)
    _tracks(pack.all("track"), to)
    for lesson in pack.lessons.values():
        _languages(list(lesson.values()), to)


def _keys(pack: "Pack", to: Reading) -> None:
    for kind in FILES:
        _once(kind.name, pack.all(kind.name), to)
    courses = {entry.key for entry in pack.all("course")}
    for track in pack.all("track"):
        if track.key in courses:
            to.wrong(track.node, f"key: a course is called `{track.key}` too; both have the same address")
    for entry in pack.all("notice")[1:]:
        to.wrong(entry.node, "there is one notice")


def _once(kind: str, entries: Iterable["Entry"], to: Reading) -> None:
    seen: dict[str, Node] = {}
    for entry in entries:
        if entry.key in seen:
            first = seen[entry.key]
            to.wrong(entry.node, f"the {kind} `{entry.key}` stands twice, first in {first.file}:{first.line}")
        seen.setdefault(entry.key, entry.node)


# --- references ------------------------------------------------------------------------------------------------


def _references(pack: "Pack", to: Reading) -> None:
    known: dict[str, Collection[str]] = {
        kind.name: {entry.key for entry in pack.all(kind.name)} for kind in FILES if kind.name != "media"
    }
    known["lesson"] = set(pack.lessons)
    known["course quiz"] = {entry.key for entry in pack.all("quiz") if entry.value["purpose"] == QuizPurpose.COURSE}
    uses = {entry.key: (entry.value["use"], entry.value["kind"]) for entry in pack.all("question")}
    media = {entry.key: entry.value["kind"] for entry in pack.all("media")}
    items = {
        entry.key: {item["key"]: item["kind"] for section in entry.value["sections"] for item in section["items"]}
        for entry in pack.all("scorecard")
    }
    for reference in to.references:
        if what := _misled(reference, known, uses, media, items):
            to.wrong(reference.node, what)


def _misled(
    reference: Reference,
    known: Mapping[str, Collection[str]],
    uses: Mapping[str, tuple[str, str]],
    media: Mapping[str, str],
    items: Mapping[str, Mapping[str, str]],
) -> str:
    kind, key = reference.kind, reference.key
    if kind == "practice question":
        if key not in uses:
            return f"there is no question `{key}`"
        use, answered = uses[key]
        if use != QuestionUse.PRACTICE:
            return f"the exam question `{key}` can't be a self-check"
        return "" if answered in CHOICE_KINDS else f"`{key}` isn't answered by choosing, so it can't be a self-check"
    if kind == "course quiz" and key in known["quiz"] and key not in known[kind]:
        return f"the quiz `{key}` is a re-test; a quiz with `purpose: course` is asked after a change"
    if kind == "question" and uses.get(key, ("",))[0] == QuestionUse.PRACTICE:
        return f"the practice question `{key}` can't be asked in a quiz"
    if kind.startswith("media:"):
        wanted = kind.removeprefix("media:")
        if key not in media:
            return f"`{key}` has no entry in media.yaml"
        return "" if media[key] == wanted else f"`{key}` is {_a(media[key])} in media.yaml, not {_a(wanted)}"
    if " of " in kind:
        return _misled_item(kind, key, items)
    return "" if key in known[kind] else f"there is no {kind.removeprefix('course ')} `{key}`"


def _misled_item(kind: str, key: str, items: Mapping[str, Mapping[str, str]]) -> str:
    name, scorecard = kind.split(" of ")
    if scorecard not in items:  # told where the scorecard is named
        return ""
    found = items[scorecard].get(key)
    if found is None:
        return f"the scorecard `{scorecard}` has no item `{key}`"
    if name == "fatal item" and found != ItemKind.FATAL:
        return f"the point is fatal, but the item `{key}` of the scorecard isn't"
    return ""


def _a(kind: str) -> str:
    return {"audio": "a recording", "video": "a film", "image": "a picture", "document": "a document"}[kind]


def _cycles(kind: str, leads_to: Mapping[str, Iterable[str]], entries: Iterable["Entry"], to: Reading) -> None:
    """What stands above (or before) itself, by whatever way."""
    for entry in entries:
        seen: set[str] = set()
        ways = [key for key in leads_to.get(entry.key, ()) if key]
        while ways:
            key = ways.pop()
            if key == entry.key:
                to.wrong(entry.node, f"the {kind} `{entry.key}` comes back to itself")
                break
            if key not in seen:
                seen.add(key)
                ways += [more for more in leads_to.get(key, ()) if more]


def _tracks(tracks: Sequence["Entry"], to: Reading) -> None:
    """A track can be begun, and what renews a certificate isn't renewed itself."""
    before = {entry.key: entry.value["before"] for entry in tracks}
    refreshers = {entry.key: entry.value["refresher"] for entry in tracks}
    for entry in tracks:
        if way := _way_round(entry.key, before):
            to.wrong(entry.node.get("before") or entry.node, f"before: nobody could ever begin: {' → '.join(way)}")
        refresher, at = refreshers[entry.key], entry.node.get("refresher") or entry.node
        if refresher == entry.key:
            to.wrong(at, "refresher: leave this out where the track itself is taken again")
        elif refreshers.get(refresher):
            to.wrong(at, f"refresher: the track `{refresher}` has a refresher of its own")


def _way_round(start: str, leads_to: Mapping[str, Iterable[str]]) -> list[str]:
    """The shortest way from a track back to itself."""
    ways, seen = [[start]], set()
    while ways:
        way = ways.pop(0)
        for key in leads_to.get(way[-1], ()):
            if key == start:
                return [*way, key]
            if key not in seen:
                seen.add(key)
                ways.append([*way, key])
    return []


# --- media ---------------------------------------------------------------------------------------------------


def _media(pack: "Pack", to: Reading) -> None:
    described = {entry.key: entry for entry in pack.all("media")}
    captions = {
        name
        for entry in described.values()
        for name in (entry.value["captions"].zh, entry.value["captions"].en)
        if name
    }
    for entry in described.values():
        if entry.key in pack.media:
            _described(entry, pack.media, to)
    shown = dict(_shown_by_questions(pack))
    for name, content in pack.media.items():
        if name in described or name in captions:
            continue
        found = media_type(content)
        if found is None:
            to.wrong_at(
                f"media/{name}",
                "only PNG, JPEG, GIF and WebP pictures and MP3, M4A, Ogg, WebM and WAV recordings need no entry in media.yaml",
            )
        elif len(content) > MOST_MEDIA_BYTES:
            to.wrong_at(f"media/{name}", "a file of a question is at most 20 MB large")
        elif name not in shown:
            to.note_at(f"media/{name}", "nothing shows this file")
    for name, node in shown.items():
        if name in pack.media and media_type(pack.media[name]) is None:
            to.wrong(node, f"`{name}` is neither a picture nor a recording that questions show")
    for entry in pack.all("question"):
        clips = {entry.value["audio"].zh, entry.value["audio"].en} - {""}
        for name in sorted(clips & set(pack.media)):
            kind = media_type(pack.media[name])
            if kind and media_kind(kind[0]) != "audio":
                to.wrong(entry.node.get("audio") or entry.node, f"audio: `{name}` isn't a recording")


def _shown_by_questions(pack: "Pack") -> Iterable[tuple[str, Node]]:
    for entry in pack.all("question"):
        value: Mapping[str, Any] = entry.value
        texts = [value["stem"], value["explanation"]]
        texts += [line[name] for line in value["options"] for name in ("text", "match", "feedback")]
        names = [name for text in texts for words in (text.zh, text.en) for name in media_names(words)]
        for name in (*names, value["audio"].zh, value["audio"].en):
            if name:
                yield name, entry.node


def _is_fit(kind: str, name: str, content: bytes) -> Any:
    """True, or why not."""
    if kind == "document":
        return name.rsplit(".", 1)[-1].lower() in settings.WAGTAILDOCS_EXTENSIONS or ""
    if kind == "image":
        found = media_type(content)
        return (found is not None and media_kind(found[0]) == "image" and _is_picture(content)) or ""
    try:
        return recognise(BytesIO(content), len(content)).kind == kind or ""
    except UnfitMedia as error:
        return f": {error}"


def _is_picture(content: bytes) -> bool:
    """Can it be drawn, not only: does it begin like one?"""
    from PIL import Image

    try:
        with Image.open(BytesIO(content)) as picture:
            picture.verify()
    except Exception:
        return False
    return True


def _described(entry: "Entry", media: Mapping[str, bytes], to: Reading) -> None:
    kind, content = entry.value["kind"], media[entry.key]
    at = entry.node.get("file") or entry.node
    if (is_fit := _is_fit(kind, entry.key, content)) is not True:
        to.wrong(at, f"file: `{entry.key}` isn't {_a(kind)} that can be shown{is_fit}")
    for name in sorted({entry.value["captions"].zh, entry.value["captions"].en} & set(media)):
        try:
            checked_captions(media[name])
        except UnfitMedia as error:
            to.wrong(entry.node.get("captions") or at, f"captions: `{name}`: {error}")
    if kind == "audio" and not entry.value["transcript"]:
        to.note_at(
            entry.node.file, f"{entry.key}: without a transcript, who can't hear gets nothing", line=entry.node.line
        )
    if kind == "video" and not entry.value["captions"]:
        to.note_at(entry.node.file, f"{entry.key}: without captions, who can't hear gets little", line=entry.node.line)


# --- languages -------------------------------------------------------------------------------------------------


def _languages(lessons: list[LessonText], to: Reading) -> None:
    """Only the words differ from language to language, unless a file says that it `differs`."""
    if not lessons:
        return
    first, *others = lessons
    wanted = shape(first)
    for lesson in others:
        if first.front["differs"] or lesson.front["differs"]:
            continue
        found = shape(lesson)
        if [name for name, _same in found] != [name for name, _same in wanted]:
            place = next(
                (at for at, pair in enumerate(zip(found, wanted, strict=False)) if pair[0][0] != pair[1][0]),
                min(len(found), len(wanted)),
            )
            line = lesson.lines[place - 1] if place <= len(lesson.lines) and place else 0
            to.wrong_at(lesson.file, f"from here on the blocks differ from those of {first.file}", line=line)
            continue
        for place, ((name, same), (_name, other)) in enumerate(zip(found, wanted, strict=True)):
            if same != other:
                names = [key for key in same if same[key] != other.get(key)]
                line = lesson.lines[place - 1] if place else 1
                to.wrong_at(
                    lesson.file,
                    f"{name + ': ' if name else ''}{', '.join(names)}: not the same as in {first.file}",
                    line=line,
                )
