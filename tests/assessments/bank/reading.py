"""Reading the samples and small files of one's own."""

from base64 import b64decode
from pathlib import Path

from assessments.bank.formats import FORMATS
from assessments.bank.formats.records import ReadQuestion, RefusedQuestion

SAMPLES = Path(__file__).parent / "samples"
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(40)


def sample(name):
    return (SAMPLES / name).read_bytes()


def read(name, content, language="en"):
    content = content.encode() if isinstance(content, str) else content
    return list(FORMATS[name].read(content, language=language))


def one(name, content, language="en"):
    """The only question of a file."""
    (item,) = read(name, content, language)
    assert isinstance(item, ReadQuestion), item.reason
    return item


def refusal(name, content, language="en"):
    (item,) = read(name, content, language)
    assert isinstance(item, RefusedQuestion)
    return str(item.reason)


def lines(wording, language="en"):
    """(text, right, credit) of each option."""
    return [(getattr(option, f"text_{language}"), option.is_right, option.credit) for option in wording.options]
