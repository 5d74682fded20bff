"""Pictures, recordings, films, documents, phrases and terms of lessons, files with real bytes."""

import struct
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image

from courses.catalogue.models import CourseDocument, CourseImage, CourseMedia, Phrase, Term

WEBVTT = "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.500\nOne moment, please.\n"


def wav(seconds: int = 2, rate: int = 8000) -> bytes:
    """A mono 8-bit WAV of silence."""
    data = bytes([128]) * (rate * seconds)
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8)
    return head + struct.pack("<4sI", b"data", len(data)) + data


def box(name: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I4s", 8 + len(inner), name) + inner


def mp4(*handlers: bytes, seconds: int = 3, moov_last: bool = True) -> bytes:
    """An MP4 file with a track per handler (`vide`, `soun`) and nothing in them."""
    header = box(b"mvhd", bytes(12), struct.pack(">II", 1000, seconds * 1000), bytes(80))
    tracks = [box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), each, bytes(13)))) for each in handlers]
    moov, data = box(b"moov", header, *tracks), box(b"mdat", bytes(100))
    return box(b"ftyp", b"isom", bytes(4), b"isommp42") + (data + moov if moov_last else moov + data)


def make_picture(*, size: tuple[int, int] = (40, 30), **fields) -> CourseImage:
    data = BytesIO()
    Image.new("RGB", size, "teal").save(data, "PNG")
    data.seek(0)
    words = {"title": "Wave", "alt_zh": "波形图", "alt_en": "A wave form"} | fields
    return CourseImage.objects.create(file=ImageFile(data, name="wave.png"), **words)


def make_recording(**fields) -> CourseMedia:
    words = {"kind": "audio", "title": "A hold", "transcript_zh": "请稍等。", "transcript_en": "One moment."} | fields
    return CourseMedia.objects.create(file=ContentFile(wav(), name="hold.wav"), **words)


def make_film(*, captions: tuple[str, ...] = ("zh",), **fields) -> CourseMedia:
    files = {f"captions_{suffix}": ContentFile(WEBVTT.encode(), name=f"{suffix}.vtt") for suffix in captions}
    words = {"kind": "video", "title": "The CRM"} | fields
    return CourseMedia.objects.create(file=ContentFile(mp4(b"vide", b"soun"), name="crm.mp4"), **files, **words)


def make_term(**words):
    return Term.objects.create(
        **{
            "key": f"term-{Term.objects.count()}", "name_zh": "话后处理", "name_en": "After-call work",
            "also_en": "ACW\nwrap-up", "definition_zh": "挂断之后的工作。", "definition_en": "Work after hanging up.",
        } | words
    )  # fmt: skip


def make_phrase(**words):
    return Phrase.objects.create(
        **{
            "key": f"phrase-{Phrase.objects.count()}", "kind": "taboo", "text_zh": "不归我管。", "text_en": "Not my job.",
            "instead_zh": "我帮您转。", "instead_en": "I'll pass you on.", "note_en": "Nobody cares.",
        } | words
    )  # fmt: skip


def make_document(**words):
    return CourseDocument.objects.create(
        **{"title": "Checklist", "file": ContentFile(b"%PDF-1.7", name="list.pdf"), "file_size": 2048} | words
    )
