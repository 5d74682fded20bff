"""What may be kept as evidence for a waiver, told by its bytes. No database, no clock."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext_lazy as _

MOST_BYTES = 10 * 1024 * 1024
MOST_NAME = 200

_SIGNS = (
    (b"%PDF-", 0, "pdf"),
    (b"\x89PNG\r\n\x1a\n", 0, "png"),
    (b"\xff\xd8\xff", 0, "jpg"),
    (b"WEBP", 8, "webp"),
)
#: The main part of an Office file that carries no macros.
_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_MACROS = "vbaproject.bin"


class UnfitEvidence(ValueError):
    """The file can't be kept as evidence; `words` says why, for the person who uploads it."""

    def __init__(self, words: Any) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True)
class EvidenceFile:
    """A file that was looked at. `name` is as its owner called it, with the ending of what it is."""

    name: str
    ending: str
    content: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hexadecimal."""
        return sha256(self.content).hexdigest()


def evidence_file(name: str, content: bytes) -> EvidenceFile:
    """The file as it may be kept: a PDF, a picture, or a Word, Excel or PowerPoint file without macros, 10 MB at most.
    Its content decides, not its name. Raises UnfitEvidence."""
    if len(content) > MOST_BYTES:
        raise UnfitEvidence(_("The file is larger than 10 MB."))
    ending = _ending_of(content)
    if ending is None:
        raise UnfitEvidence(
            _("Only PDF, pictures (PNG, JPEG, WebP) and Word, Excel and PowerPoint files without macros can be kept.")
        )
    stem = PurePath(name.replace("\\", "/")).stem[: MOST_NAME - len(ending) - 1]
    return EvidenceFile(f"{stem or 'evidence'}.{ending}", ending, content)


def _ending_of(content: bytes) -> str | None:
    for sign, offset, ending in _SIGNS:
        if content[offset : offset + len(sign)] == sign:
            return ending
    if not content.startswith(b"PK"):
        return None
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.namelist()
    except (BadZipFile, ValueError, NotImplementedError):
        return None
    if any(part.lower().endswith(_MACROS) for part in parts):
        return None
    return next((ending for part, ending in _OFFICE.items() if part in parts), None)
