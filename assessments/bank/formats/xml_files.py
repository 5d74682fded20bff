"""XML that strangers hand in: no entities, no document types, no depth that overflows, no million elements."""

import io
import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.encodings import text_of
from assessments.bank.formats.records import UnreadableFile

MOST_ELEMENTS = 500_000
MOST_DEPTH = 60
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")


def read_xml(content: bytes) -> Element:
    """The root. Raises UnreadableFile."""
    text = _DECLARATION.sub("", text_of(content), count=1)
    depth = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(
            io.BytesIO(text.encode("utf-8", "surrogatepass")), events=("start", "end"), forbid_dtd=True
        ):
            depth += 1 if event == "start" else -1
            count += event == "start"
            root = element if root is None else root
            if depth > MOST_DEPTH or count > MOST_ELEMENTS:
                raise UnreadableFile(_("The file is nested too deeply or has too many parts."))
    except DefusedXmlException as error:
        raise UnreadableFile(
            _("The file declares a document type or entities, which are not read: save it without them.")
        ) from error
    except (ParseError, ValueError) as error:
        raise UnreadableFile(_("The file is not proper XML (%(fault)s).") % {"fault": error}) from error
    if root is None:
        raise UnreadableFile(_("The file is empty."))
    return root


def without_namespaces(root: Element) -> Element:
    """The same tree with plain names, attributes too (`xml:lang` is `lang`)."""
    for element in root.iter():
        element.tag = _plain(element.tag)
        if any(name.startswith("{") for name in element.attrib):
            attributes = {_plain(name): value for name, value in element.attrib.items()}
            element.attrib.clear()
            element.attrib.update(attributes)
    return root


def _plain(name: str) -> str:
    return name.rpartition("}")[2] if isinstance(name, str) else name
