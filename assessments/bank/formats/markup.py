"""From the HTML and the plain texts of other systems to our Markdown."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from django.utils.translation import gettext_lazy as _
from markdownify import MarkdownConverter

from assessments.bank.formats.records import MOST_CHARACTERS, MediaFile, Unfit
from assessments.bank.rules.media import media_kind, media_type
from assessments.bank.states import MediaKind

_HTML = re.compile(r"<(?:/?[a-z][a-z0-9]*(?:\s[^<>]*)?/?|!--)|&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_SIGNS = re.compile(r"([\\`*]|~~|(?<!\w)_|_(?!\w)|&(?=#?\w{1,31};)|\[(?=[^\]\n]*\](?:\(|\[|:)))")
_LINE_STARTS = re.compile(r"(?m)^(\s{0,3})(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|[-=]{2,}\s*$)")
_NUMBERED = re.compile(r"(?m)^(\s{0,3}\d{1,9})([.)])(?=\s|$)")
_INDENT = re.compile(r"(?m)^(?: {4,}|\t[ \t]*)")
_DATA = re.compile(r"data:[\w.+-]{1,40}/[\w.+-]{1,80};base64,(.*)", re.DOTALL)
#: What brings other pages or programs with it.
_FOREIGN = ("iframe", "object", "embed", "video", "applet", "form", "input", "select", "textarea", "svg", "math")
#: A blank in a sentence where the gap of a question stood.
BLANK = r"\_\_\_\_\_"


def escaped(text: str, *, is_inline: bool = False) -> str:
    """Plain text as Markdown that shows just this text."""
    plain = _SIGNS.sub(r"\\\1", text)
    if is_inline:
        return plain
    plain = _INDENT.sub("", plain)
    plain = _LINE_STARTS.sub(r"\1\\\2", plain)
    return _NUMBERED.sub(r"\1\\\2", plain)


def of_plain(text: str) -> str:
    """Plain text with its line ends kept."""
    return re.sub(r"(?<!\n)\n(?!\n)", "\\\\\n", escaped(text.strip()))


def looks_like_html(text: str) -> bool:
    return _HTML.search(text) is not None


Finder = Callable[[str], MediaFile | None]


def no_media(_source: str) -> None:
    return None


class HtmlReader:
    """Turns the HTML of one question into Markdown, and collects its media (`files`) and what gets lost (`notes`)."""

    def __init__(self, find: Finder = no_media) -> None:
        self._find = find
        self.files: dict[str, MediaFile] = {}
        self.notes: dict[str, Any] = {}

    def markdown(self, html: str) -> str:
        """Raises Unfit for what no question can show."""
        if len(html) > MOST_CHARACTERS * 40:  # data: addresses are long
            raise Unfit(_("A text is too long."))
        try:
            soup = BeautifulSoup(html, "html.parser")
            self._prepare(soup)
            found = _Converter(self).convert_soup(soup)
        except RecursionError as error:
            raise Unfit(_("Its HTML is nested too deeply.")) from error
        return re.sub(r"\n{3,}", "\n\n", found.replace("\xa0", " ")).strip()

    def medium(self, source: str, words: str) -> str | None:
        """The Markdown of a picture or a recording that the file carries; None for one on another server."""
        content = _data_of(source)
        if content is not None:
            medium: MediaFile | None = MediaFile(words, content)
        elif source.startswith(("http://", "https://", "//")):
            return None
        else:
            medium = self._find(source)
        if medium is None:
            raise Unfit(_("The file doesn't carry “%(name)s”, which the question shows.") % {"name": source[:100]})
        return self.shown(medium, words)

    def shown(self, medium: MediaFile, words: str) -> str:
        fit(medium)
        self.files[medium.key] = medium
        return f"![{_label(words)}](media:{medium.key})"

    def _prepare(self, soup: BeautifulSoup) -> None:
        for tag in soup.find_all(["script", "style"]):
            tag.decompose()
            self.notes["script"] = _("A script or a style sheet in its text is left out.")
        foreign = soup.find(_FOREIGN)
        if isinstance(foreign, Tag):
            raise Unfit(_("Its text has <%(tag)s>, which questions can't show here.") % {"tag": foreign.name})


def fit(medium: MediaFile) -> str:
    """Whether it is a picture or a recording. Raises Unfit for a file that is neither."""
    found = media_type(medium.content)
    if found is None:
        raise Unfit(
            _("“%(name)s” is neither a PNG, JPEG, GIF or WebP picture nor an MP3, M4A, Ogg, WebM or WAV recording.")
            % {"name": medium.name[:100]}
        )
    return media_kind(found[0])


def is_audio(medium: MediaFile) -> bool:
    return fit(medium) == MediaKind.AUDIO


def _label(words: str) -> str:
    return re.sub(r"[\[\]\\]", "", " ".join(words.split()))


def _data_of(source: str) -> bytes | None:
    found = _DATA.fullmatch(source)
    if found is None:
        return None
    try:
        return base64.b64decode(unquote(found.group(1)), validate=False)
    except (binascii.Error, ValueError) as error:
        raise Unfit(_("A picture in its text can't be read.")) from error


class _Converter(MarkdownConverter):
    """Our Markdown: ATX headings, `-` lists, breaks by backslash, media by key."""

    def __init__(self, reader: HtmlReader) -> None:
        super().__init__(heading_style="atx", bullets="-", newline_style="backslash", strip=["span", "u", "font"])
        self._reader = reader

    def escape(self, text: str, parent_tags: Any) -> str:
        return escaped(text or "")

    def convert_img(self, el: Tag, text: str, parent_tags: Any) -> str:
        source, words = _attribute(el, "src"), _attribute(el, "alt")
        shown = self._reader.medium(source, words)
        if shown is None:
            self._reader.notes["elsewhere"] = _("A picture on another server became a link; add it to the bank.")
            return f"[{_label(words) or escaped(source)}](<{source}>)"
        return shown

    def convert_audio(self, el: Tag, text: str, parent_tags: Any) -> str:
        source = _attribute(el, "src")
        inner = el.find("source")
        if not source and isinstance(inner, Tag):
            source = _attribute(inner, "src")
        words = _attribute(el, "title") or _attribute(el, "aria-label")
        shown = self._reader.medium(source, words)
        if shown is None:
            raise Unfit(_("It plays a recording from another server; embed it in the file."))
        return shown

    def convert_a(self, el: Tag, text: str, parent_tags: Any) -> str:
        target = _attribute(el, "href")
        if target and not re.match(r"(?:https?:|mailto:|#|/)", target):
            return self._reader.medium(target, text) or text
        return super().convert_a(el, text, parent_tags)  # type: ignore[misc]


def _attribute(el: Tag, name: str) -> str:
    return str(el.get(name) or "").strip()


def in_folder(files: Mapping[str, MediaFile]) -> Finder:
    """Finds media by the names that addresses in HTML give them."""

    def find(source: str) -> MediaFile | None:
        return files.get(source) or files.get(unquote(source))

    return find
