"""What a picture or a recording is, told by its bytes."""

from hashlib import sha256

from assessments.bank.states import MediaKind

#: What may be uploaded: the beginning of the file tells, not its name.
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", "png"),
    (b"\xff\xd8\xff", 0, "image/jpeg", "jpg"),
    (b"GIF8", 0, "image/gif", "gif"),
    (b"WEBP", 8, "image/webp", "webp"),
    (b"ID3", 0, "audio/mpeg", "mp3"),
    (b"\xff\xfb", 0, "audio/mpeg", "mp3"),
    (b"\xff\xf3", 0, "audio/mpeg", "mp3"),
    (b"WAVE", 8, "audio/wav", "wav"),
    (b"OggS", 0, "audio/ogg", "ogg"),
    (b"\x1aE\xdf\xa3", 0, "audio/webm", "webm"),
    (b"ftyp", 4, "audio/mp4", "m4a"),
)
#: What "ftyp" files are sound; phone pictures (HEIC, AVIF) and films begin the same way.
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"iso5", b"iso6", b"dash")
MOST_MEDIA_BYTES = 20 * 1024 * 1024


def media_key(content: bytes) -> str:
    """What the Markdown of questions names the file by: the beginning of its SHA-256."""
    return sha256(content).hexdigest()[:20]


def media_type(content: bytes) -> tuple[str, str] | None:
    """(content type, usual ending) of a picture or a recording that browsers show; None for anything else, SVG among
    it, which can carry scripts."""
    for sign, offset, content_type, ending in _SIGNS:
        if content[offset : offset + len(sign)] == sign:
            is_film = content_type == "audio/mp4" and content[8:12] not in _SOUND_BRANDS
            return None if is_film else (content_type, ending)
    return None


def media_kind(content_type: str) -> str:
    return MediaKind.IMAGE if content_type.startswith("image/") else MediaKind.AUDIO
