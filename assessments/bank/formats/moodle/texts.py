"""The texts of Moodle XML: an element with `format`, a `<text>` and the files that it shows."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape, unescape
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.languages import split_languages
from assessments.bank.formats.markup import HtmlReader, looks_like_html, of_plain
from assessments.bank.formats.masks import masked, unmasked
from assessments.bank.formats.records import MOST_CHARACTERS, MediaFile, Unfit

FOLDER = "@@PLUGINFILE@@/"
_IN_FOLDER = re.compile(r"\]\(@@PLUGINFILE@@/([^\s()<>]{1,300})(?=[\s)])")
_AUDIO = re.compile(
    r"<audio\b([^<>]{0,600})>\s*(?:<source\b([^<>]{0,600})>\s*)?(?:[^<]{0,200})</audio\s*>", re.IGNORECASE
)
_SRC = re.compile(r"""\bsrc\s*=\s*["'](?:@@PLUGINFILE@@/)?([^"'<>]{1,300})["']""", re.IGNORECASE)
_TITLE = re.compile(r"""\btitle\s*=\s*["']([^"'<>]{0,300})["']""", re.IGNORECASE)
_LISTENING = re.compile(r"""\bclass\s*=\s*["'][^"']*\blistening\b""", re.IGNORECASE)
_MEDIA = re.compile(r"(!?)\[([^\]\[\\]*)\]\(media:([0-9a-z-]{1,64})(?=([\s)]))")

#: Signs that XML can't carry.
INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def valid(text: str) -> str:
    """Without the signs that XML can't carry."""
    return INVALID.sub("", text)


# --- reading -------------------------------------------------------------------------------------------------


class TextReader:
    """Reads the texts of one question; collects media and what isn't taken over. `languages` are those that a text
    without language marks is in: the importer's choice, then those of the question."""

    def __init__(self, question: Element, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        self._files = all_files(question)
        self._html = HtmlReader(self._find)
        self.clips = {"zh": "", "en": ""}

    @property
    def files(self) -> Mapping[str, MediaFile]:
        return self._html.files

    @property
    def notes(self) -> dict[str, Any]:
        return self._html.notes

    def read(self, element: Element | None, *, is_stem: bool = False) -> dict[str, str]:
        """Markdown per language of an element with a `<text>`. Raises Unfit."""
        if element is None:
            return {"zh": "", "en": ""}
        return self.convert(raw_text(element), element.get("format") or "html", is_stem=is_stem)

    def convert(self, raw: str, kind: str, *, is_stem: bool = False) -> dict[str, str]:
        return {
            name: self.convert_one(name, text, kind, is_stem=is_stem)
            for name, text in split_languages(raw, self.languages).items()
        }

    def convert_one(self, language: str, text: str, kind: str, *, is_stem: bool = False) -> str:
        """Markdown of a text in one language. Raises Unfit."""
        if not text.strip():
            return ""
        if kind == "markdown":
            found = self._of_markdown(language, text, is_stem=is_stem)
        elif kind == "plain_text" or not looks_like_html(text):
            found = of_plain(text)
        else:
            found = self._html.markdown(_with_breaks(text) if kind == "moodle_auto_format" else text)
        if len(found) > MOST_CHARACTERS:
            raise Unfit(_("A text is too long."))
        return found

    def _of_markdown(self, language: str, text: str, *, is_stem: bool) -> str:
        def player(found: re.Match[str]) -> str:
            attributes = found.group(1) + " " + (found.group(2) or "")
            source, title = _SRC.search(attributes), _TITLE.search(attributes)
            if source is None:
                return ""
            medium = self._known(unescape(source.group(1)))
            if is_stem and _LISTENING.search(attributes) and not self.clips[language]:
                self._html.shown(medium, "")
                self.clips[language] = medium.key
                return ""
            return self._html.shown(medium, unescape(title.group(1)) if title else "")

        def named(found: re.Match[str]) -> str:
            medium = self._known(found.group(1))
            self._html.shown(medium, "")
            return f"](media:{medium.key}"

        found = _IN_FOLDER.sub(named, _AUDIO.sub(player, text))
        return unmasked(found).strip()

    def _known(self, name: str) -> MediaFile:
        medium = self._find(name)
        if medium is None:
            raise Unfit(_("The file doesn't carry “%(name)s”, which the question shows.") % {"name": name[:100]})
        return medium

    def _find(self, source: str) -> MediaFile | None:
        name = unquote(source.removeprefix(FOLDER)).lstrip("/")
        return self._files.get(name) or self._files.get(PurePath(name).name)


def raw_text(element: Element | None) -> str:
    """What `<text>` holds, or the element itself where it has none."""
    if element is None:
        return ""
    inner = element.find("text")
    return "".join((element if inner is None else inner).itertext())


def all_files(question: Element) -> dict[str, MediaFile]:
    """The files that a question carries, by their path. Raises Unfit."""
    found = {}
    for element in question.iter("file"):
        name = (element.get("path") or "/").strip("/") + "/" + (element.get("name") or "")
        try:
            content = base64.b64decode(element.text or "", validate=False)
        except (binascii.Error, ValueError) as error:
            raise Unfit(_("The file “%(name)s” in it can't be read.") % {"name": name.strip("/")[:100]}) from error
        found[name.strip("/")] = MediaFile(PurePath(name).name, content)
    return found


def _with_breaks(text: str) -> str:
    return text if re.search(r"<(?:p|br|div|ul|ol|table)\b", text, re.IGNORECASE) else text.replace("\n", "<br>")


# --- writing -------------------------------------------------------------------------------------------------


def markdown_out(text: str, files: Mapping[str, str], audio: Iterable[str]) -> str:
    """Our Markdown for Moodle. `files` are the names of media by key; `audio` the keys that are to be played."""

    def named(found: re.Match[str]) -> str:
        sign, words, key, after = found.groups()
        if key not in files:
            return found.group(0)
        if sign and key in audio and after == ")" and '"' not in words:
            return f"\x00{key}\x01{words}\x02"
        return f"{sign}[{words}]({FOLDER}{files[key]}"

    found = _MEDIA.sub(named, masked(text.replace("\x00", "")))
    return re.sub(
        r"\x00([0-9a-z-]+)\x01([^\x02]*)\x02\)",
        lambda each: player_of(files[each.group(1)], title=each.group(2)),
        found,
    )


def player_of(file_name: str, *, title: str = "", is_listening: bool = False) -> str:
    mark = ' class="listening"' if is_listening else ""
    words = f' title="{escape(title)}"' if title else ""
    return f'<audio controls{mark}{words} src="{FOLDER}{file_name}"></audio>'


def file_element(name: str, medium: MediaFile) -> Element:
    element = Element("file", name=name, path="/", encoding="base64")
    element.text = base64.b64encode(medium.content).decode("ascii")
    return element
