"""The file formats of the question bank: which there are, and which one a file is in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.aiken import read_aiken
from assessments.bank.formats.encodings import text_of
from assessments.bank.formats.gift.reader import read_gift
from assessments.bank.formats.gift.writer import write_gift
from assessments.bank.formats.moodle.reader import read_moodle
from assessments.bank.formats.moodle.writer import write_moodle
from assessments.bank.formats.qti.reader import read_qti
from assessments.bank.formats.records import FiledQuestion, Read, UnreadableFile, WrittenFile, counted
from assessments.bank.formats.sheet import read_sheet, write_sheet
from lms.kernel.workbooks import XLSX

_SAMPLE = 200_000


@dataclass(frozen=True)
class Format:
    """One format; `write` is None for those that are only read."""

    name: str
    label: Any
    ending: str
    content_type: str
    _read: Callable[..., Read]
    write: Callable[[Sequence[FiledQuestion]], WrittenFile] | None = None

    def read(self, content: bytes, *, language: str) -> Read:
        """Raises UnreadableFile, now or at the first question."""
        return counted(self._read(content, language=language))


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("gift", _("GIFT (text)"), "gift.txt", "text/plain; charset=utf-8", read_gift, write_gift),
            Format("moodlexml", "Moodle XML", "xml", "application/xml", read_moodle, write_moodle),
            Format("aiken", _("Aiken (text)"), "txt", "text/plain; charset=utf-8", read_aiken),
            Format("qti", "QTI 2.1 / 2.2", "zip", "application/zip", read_qti),
            Format("xlsx", _("Spreadsheet (xlsx or CSV)"), "xlsx", XLSX, read_sheet, write_sheet),
        )
    }
)


def guess_format(name: str, content: bytes) -> str | None:
    """The format of a file by its content, where that leaves a doubt by its name; None where nothing fits."""
    name = name.lower()
    if content.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/workbook.xml" in content or name.endswith(".xlsx") else "qti"
    if name.endswith((".csv", ".tsv")):
        return "xlsx"
    try:
        text = text_of(content[:_SAMPLE] if len(content) % 2 == 0 else content[: _SAMPLE + 1])
    except UnreadableFile:
        text = content[:_SAMPLE].decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        return "moodlexml" if re.search(r"<quiz\b", text) else "qti"
    if name.endswith(".gift"):
        return "gift"
    if re.search(r"(?m)^\s*ANSWER:\s*[A-Z]", text) and "{" not in text:
        return "aiken"
    return "gift" if "{" in text else "xlsx" if re.search(r"[,;\t]", text.partition("\n")[0]) else None
