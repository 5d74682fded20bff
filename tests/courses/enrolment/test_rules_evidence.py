"""What may be kept as evidence: told by the bytes, named by its owner."""

from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest

from courses.enrolment.rules.evidence import MOST_BYTES, UnfitEvidence, evidence_file


def office(*parts):
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("a.pdf", b"%PDF-1.4", "a.pdf"),
        ("photo.pdf", b"\x89PNG\r\n\x1a\n...", "photo.png"),
        ("IMG.JPEG", b"\xff\xd8\xff\xe0", "IMG.jpg"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp"),
        ("报告.docx", office("word/document.xml"), "报告.docx"),
        ("a.xlsx", office("xl/workbook.xml"), "a.xlsx"),
        ("a.pptx", office("ppt/presentation.xml"), "a.pptx"),
        ("C:\\scans\\a.pdf", b"%PDF-1.4", "a.pdf"),
        ("../../a.pdf", b"%PDF-1.4", "a.pdf"),
        (".pdf", b"%PDF-1.4", ".pdf.pdf"),
        ("", b"%PDF-1.4", "evidence.pdf"),
        ("x" * 300, b"%PDF-1.4", "x" * 196 + ".pdf"),
    ],
)
def test_the_content_decides_what_it_is(name, content, kept_as):
    file = evidence_file(name, content)

    assert (file.name, file.content) == (kept_as, content)
    assert file.digest == sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ an executable",
        b"<html></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04 no archive",
        office("readme.txt"),
        office("word/document.xml", "word/vbaProject.bin"),
        b"%PDF-1.4" + bytes(MOST_BYTES),
    ],
)
def test_everything_else_is_refused_in_words(content):
    with pytest.raises(UnfitEvidence) as error:
        evidence_file("a.pdf", content)

    assert str(error.value.words)
