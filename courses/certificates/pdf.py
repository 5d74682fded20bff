"""Draws a certificate as PDF/A-3a, tagged, with a machine-readable copy attached. Imported only where it is drawn:
WeasyPrint takes seconds to load."""

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from weasyprint import HTML, Attachment
from weasyprint.urls import URLFetcher

from courses.certificates.models import Certificate
from courses.certificates.queries import missing_characters
from lms.kernel.pdf import drawing, font_configuration, style

STYLE = Path(__file__).parent / "certificate.css"

_UA = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of PDF/UA</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


class MissingGlyph(Exception):
    """The certificate's font lacks these characters; drawing would show boxes instead of a name."""

    def __init__(self, characters: str) -> None:
        super().__init__(characters)
        self.characters = characters


def draw(certificate: Certificate) -> bytes:
    """The PDF's bytes: the same for the same certificate. Raises MissingGlyph."""
    if missing := missing_characters(certificate.full_name + certificate.latin_name + certificate.employee_no):
        raise MissingGlyph(missing)
    address = verification_address(certificate)
    code = segno.make(address, error="m", micro=False)
    html = render_to_string(
        "courses/certificate_pdf.html",
        {
            "certificate": certificate,
            "address": address,
            "qr": _data_uri(code),
        },
    )
    attachment = Attachment(
        string=json.dumps(facts(certificate), ensure_ascii=False, indent=1),
        name="certificate.json",
        description="The facts of this certificate",
        relationship="Data",
        created=certificate.issued_at,
        modified=certificate.issued_at,
    )
    with drawing:
        document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)).render(
            stylesheets=[style(STYLE, family="Certificate Sans")],
            font_config=font_configuration(),
            pdf_variant="pdf/a-3a",
        )
        document.metadata.attachments = [attachment]
        _identify_as_ua(document.metadata)
        return document.write_pdf(pdf_variant="pdf/a-3a")


def facts(certificate: Certificate) -> dict[str, Any]:
    """What the certificate states, for machines."""
    return {
        "certificate": str(certificate.uuid),
        "verify": verification_address(certificate),
        "name": certificate.full_name,
        "latin_name": certificate.latin_name,
        "employee_number": certificate.employee_no,
        "track": {"zh-hans": certificate.title_zh, "en": certificate.title_en},
        "track_version": certificate.track_version.number,
        "refresher": {"zh-hans": certificate.refresher_zh, "en": certificate.refresher_en}
        if certificate.refresher_zh
        else None,
        "renews": str(certificate.renews.uuid) if certificate.renews else None,
        "score": None if certificate.score is None else str(certificate.score),
        "assessments": certificate.assessments,
        "issued_on": certificate.issued_on.isoformat(),
        "expires_on": certificate.expires_on.isoformat() if certificate.expires_on else None,
    }


def verification_address(certificate: Certificate) -> str:
    return settings.WAGTAILADMIN_BASE_URL + reverse("courses:certificate-verify", args=[certificate.uuid])


def _data_uri(code: segno.QRCode) -> str:
    drawing = BytesIO()
    code.save(drawing, kind="svg", scale=4, border=4, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.getvalue()).decode()


def _identify_as_ua(metadata: Any) -> None:
    plain = metadata.generate_rdf_metadata

    def with_ua(variant: str, version: int, conformance: str) -> bytes:
        head, tail = plain(variant, version, conformance).rsplit(b"</", 1)
        return head + _UA + b"</" + tail

    metadata.generate_rdf_metadata = with_ua
