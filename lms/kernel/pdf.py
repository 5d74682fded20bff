"""What all PDFs share. Imported only where one is drawn: WeasyPrint takes seconds to load."""

from functools import cache
from pathlib import Path
from threading import Lock

from weasyprint import CSS
from weasyprint.text.fonts import FontConfiguration

from lms.kernel.fonts import FACES

#: One shared font configuration keeps the memory flat; Pango's isn't made for two threads at once.
drawing = Lock()


@cache
def font_configuration() -> FontConfiguration:
    return FontConfiguration()


@cache
def style(file: Path, *, family: str) -> CSS:
    """The stylesheet of one kind of document, with the faces under the family's name."""
    faces = "".join(
        f"@font-face {{ font-family: '{family}'; font-weight: {weight}; src: url('{face.as_uri()}') }}\n"
        for weight, face in FACES.items()
    )
    return CSS(string=faces + file.read_text(encoding="utf-8"), font_config=font_configuration())
