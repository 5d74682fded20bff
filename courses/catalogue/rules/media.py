"""What a recording, a film or a caption file is, told by its bytes. No database, no clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from courses.catalogue.states import MediaKind

MOST_RECORDING_BYTES = 20 * 1024 * 1024
MOST_FILM_BYTES = 200 * 1024 * 1024
MOST_CAPTION_BYTES = 1024 * 1024

_HEAD = 64 * 1024  # enough for the list of tracks of a WebM or Ogg file
_MOST_MOOV = 16 * 1024 * 1024
_CONTAINERS = (b"moov", b"trak", b"mdia")
_FILM_CODECS = (b"V_VP8", b"V_VP9", b"V_AV1")
_SOUND_CODECS = (b"A_OPUS", b"A_VORBIS")
#: Layer III of MPEG 1 and 2, with and without a checksum.
_MP3_FRAMES = (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")


class UnfitMedia(ValueError):
    """The file can't be shown in a lesson; `words` says why, for the person who uploads it."""

    def __init__(self, words: Any) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True)
class Recognised:
    """What a file is. `ending` is the usual one, without a dot; `seconds` is None where the file doesn't tell."""

    kind: MediaKind
    ending: str
    seconds: int | None = None


def recognise(file: BinaryIO, size: int) -> Recognised:
    """What the file is by its content, not by its name; leaves the file at its beginning. `size` in bytes.

    Browsers play MP3, M4A, Ogg, WebM and WAV as sound, MP4 and WebM as film. Raises UnfitMedia for everything else and
    for what is too large.
    """
    file.seek(0)
    head = file.read(_HEAD)
    try:
        found = _recognised(file, head, size)
    finally:
        file.seek(0)
    if found is None:
        raise UnfitMedia(_("Only MP3, M4A, Ogg, WebM and WAV recordings and MP4 and WebM films can be played."))
    if found.kind == MediaKind.AUDIO and size > MOST_RECORDING_BYTES:
        raise UnfitMedia(_("A recording may have 20 MB at most."))
    if size > MOST_FILM_BYTES:
        raise UnfitMedia(_("A film may have 200 MB at most."))
    return found


def _recognised(file: BinaryIO, head: bytes, size: int) -> Recognised | None:
    if head[:3] == b"ID3" or head[:2] in _MP3_FRAMES:
        return Recognised(MediaKind.AUDIO, "mp3")
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Recognised(MediaKind.AUDIO, "wav", _wav_seconds(head, size))
    if head[:4] == b"OggS":
        return None if b"\x80theora" in head else Recognised(MediaKind.AUDIO, "ogg")
    if head[:4] == b"\x1aE\xdf\xa3":
        return _webm(head)
    if head[4:8] == b"ftyp":
        return _mp4(file, size)
    return None


def _wav_seconds(head: bytes, size: int) -> int | None:
    place = head.find(b"fmt ")
    bytes_per_second = int.from_bytes(head[place + 16 : place + 20], "little") if place > 0 else 0
    return round((size - 44) / bytes_per_second) if bytes_per_second and size > 44 else None


def _webm(head: bytes) -> Recognised | None:
    if any(codec in head for codec in _FILM_CODECS):
        return Recognised(MediaKind.VIDEO, "webm")
    return Recognised(MediaKind.AUDIO, "webm") if any(codec in head for codec in _SOUND_CODECS) else None


def _mp4(file: BinaryIO, size: int) -> Recognised | None:
    """A film has a track of pictures; a phone's photograph (HEIC, AVIF) begins alike and has no tracks at all."""
    moov = next((content for name, content in _top_boxes(file, size) if name == b"moov"), b"")
    tracks = {content[8:12] for name, content in _boxes(moov) if name == b"hdlr"}
    seconds = next((_mvhd_seconds(content) for name, content in _boxes(moov) if name == b"mvhd"), None)
    if b"vide" in tracks:
        return Recognised(MediaKind.VIDEO, "mp4", seconds)
    return Recognised(MediaKind.AUDIO, "m4a", seconds) if b"soun" in tracks else None


def _top_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """(name, content) of the boxes of an MP4 file; only that of `moov` is read, the others are empty here."""
    place = 0
    while place + 8 <= size:
        file.seek(place)
        header = file.read(16)
        length, begin = int.from_bytes(header[:4]), 8
        if length == 1:
            length, begin = int.from_bytes(header[8:16]), 16
        elif length == 0:
            length = size - place
        if length < begin:
            return
        file.seek(place + begin)
        yield header[4:8], file.read(min(length - begin, _MOST_MOOV)) if header[4:8] == b"moov" else b""
        place += length


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, content) of all boxes in `moov`, those in tracks included."""
    place = 0
    while place + 8 <= len(content):
        length, name = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        if length < 8:
            return
        inner = content[place + 8 : place + length]
        yield name, inner
        if name in _CONTAINERS:
            yield from _boxes(inner)
        place += length


def _mvhd_seconds(content: bytes) -> int | None:
    """Movie header, ISO/IEC 14496-12 §8.2.2: time scale and duration are 32 bits wide, in version 1 the duration 64."""
    at = 20 if content[:1] == b"\x01" else 12
    scale = int.from_bytes(content[at : at + 4])
    duration = int.from_bytes(content[at + 4 : at + (12 if content[:1] == b"\x01" else 8)])
    return round(duration / scale) if scale else None


# --- captions ------------------------------------------------------------------------------------------------

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?$")


def checked_captions(content: bytes) -> str:
    """The text of a WebVTT file (W3C WebVTT 1, §4) that has at least one cue. Raises UnfitMedia and names the line."""
    if len(content) > MOST_CAPTION_BYTES:
        raise UnfitMedia(_("Captions may have 1 MB at most."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnfitMedia(_("Save the captions as UTF-8.")) from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"^WEBVTT(?:[ \t]|$)", lines[0]):
        raise UnfitMedia(
            _("Captions begin with a line that says WEBVTT. Save a SubRip file (.srt) as WebVTT (.vtt) first.")
        )
    starts = [start for start in (_cue_start(number, block) for number, block in _blocks(lines)) if start is not None]
    if not starts:
        raise UnfitMedia(_("The captions hold no line that is shown."))
    return "\n".join(lines)


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, lines) of everything after the head, parted by empty lines."""
    block: list[str] = []
    in_head = True
    for number, line in enumerate([*lines, ""], 1):
        if line:
            block.append(line)
            continue
        if block and not in_head:
            yield number - len(block), block
        in_head, block = False, []


def _cue_start(number: int, block: list[str]) -> float | None:
    """When the cue begins, in seconds; None for a note, a style or a region."""
    if re.match(r"^(?:NOTE|STYLE|REGION)(?:[ \t]|$)", block[0]) and "-->" not in block[0]:
        return None
    skipped = 0 if "-->" in block[0] else 1
    times = _TIMES.match(block[skipped]) if len(block) > skipped else None
    if times is None:
        raise UnfitMedia(
            _("Line %(number)d of the captions isn't a time like 00:00:01.000 --> 00:00:04.000.")
            % {"number": number + skipped}
        )
    start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
    if end <= start:
        raise UnfitMedia(_("Line %(number)d of the captions ends before it begins.") % {"number": number + skipped})
    if len(block) == skipped + 1:
        raise UnfitMedia(_("Line %(number)d of the captions has a time and no words.") % {"number": number + skipped})
    return start


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
