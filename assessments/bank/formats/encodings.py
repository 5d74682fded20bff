"""The text of a file: which encoding it is in, told by its bytes."""

import codecs
import re

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.records import UnreadableFile

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: Without a mark, the blanks and signs of such a text are zero bytes on one side.
_SAMPLE = 2_000


def text_of(content: bytes) -> str:
    """The text with plain line ends: UTF-8 or UTF-16 (also without byte order mark), else GB18030, or what an XML
    declaration names. Raises UnreadableFile where no encoding fits, and for an empty file."""
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableFile(_("The file is empty."))
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\x00" in text:
            break
        return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableFile(_("The text can't be read: save the file as UTF-8."))


def _candidates(content: bytes) -> list[str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return [encoding]
    sample = content[:_SAMPLE]
    low, high = sample[1::2].count(0), sample[::2].count(0)
    if max(low, high) > max(3, len(sample) // 50) and max(low, high) > 3 * min(low, high):
        return ["utf-16-le" if low > high else "utf-16-be"]
    declared = _DECLARED.match(sample)
    if declared:
        name = declared.group(1).decode("ascii").lower()
        return ["gb18030" if name in ("gb2312", "gbk") else name]
    return ["utf-8", "gb18030"]
