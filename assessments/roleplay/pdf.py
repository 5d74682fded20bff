"""Draws the caller's sheet. Imported only where it is drawn: WeasyPrint takes seconds to load."""

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from lms.kernel.pdf import drawing, font_configuration, style

STYLE = Path(__file__).parent / "sheet.css"


def draw_sheet(context: dict[str, Any]) -> bytes:
    """The PDF's bytes. Nothing is fetched from anywhere: a picture in a text is left out."""
    html = render_to_string("assessments/scenario_sheet_pdf.html", context)
    with drawing:
        return HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"})).write_pdf(
            stylesheets=[style(STYLE, family="Sheet Sans")],
            font_config=font_configuration(),
            pdf_variant="pdf/ua-1",
        )
