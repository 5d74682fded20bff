"""The drawn certificate: embedded fonts, real glyphs, tags, attachment, the same bytes each time."""

import io
import json
from hashlib import sha256

import pytest

from courses.certificates.queries import missing_characters
from courses.certificates.services import render_certificate
from tests.factories.certificates import CertificateFactory
from tests.factories.people import UserFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def draw(certificate):
    from courses.certificates.pdf import draw

    return draw(certificate)


def test_pdf_is_archivable_tagged_and_carries_its_facts():
    pikepdf = pytest.importorskip("pikepdf")
    certificate = CertificateFactory(person=UserFactory(full_name="王晓雯·喆堃", latin_name="Wang Xiaowen"))

    with pikepdf.open(io.BytesIO(draw(certificate))) as pdf:
        metadata = pdf.Root.Metadata.read_bytes()
        assert b'pdfaid:part="3"' in metadata
        assert b'pdfuaid:part="1"' in metadata
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "zh-Hans"
        attached = json.loads(pdf.attachments["certificate.json"].get_file().read_bytes())
        assert attached["name"] == "王晓雯·喆堃"
        assert str(certificate.uuid) in attached["verify"]
        fonts = [font.DescendantFonts[0].FontDescriptor for page in pdf.pages for font in page.Resources.Font.values()]
        assert len(pdf.pages) == 1
        assert fonts
        assert all("/FontFile2" in font and "Certificate-Sans" in str(font.FontName) for font in fonts)


def test_same_certificate_gives_the_same_bytes():
    certificate = CertificateFactory()

    assert sha256(draw(certificate)).hexdigest() == sha256(draw(certificate)).hexdigest()


def test_name_that_the_font_lacks_is_refused_not_drawn_as_a_box():
    from courses.certificates.pdf import MissingGlyph

    certificate = CertificateFactory(person=UserFactory(full_name="𠮷田"))

    with pytest.raises(MissingGlyph) as refused:
        draw(certificate)
    assert refused.value.characters == "𠮷"
    assert missing_characters("王晓雯·Ana") == ""


def test_rendering_keeps_the_hash_of_what_was_stored_and_happens_once(at):
    certificate = render_certificate(CertificateFactory(), at=at)

    with certificate.pdf.open() as stored:
        assert sha256(stored.read()).hexdigest() == certificate.pdf_sha256
    name = certificate.pdf.name
    assert render_certificate(certificate, at=at).pdf.name == name
