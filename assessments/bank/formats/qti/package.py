"""The items of a QTI file: one item as XML, or a package (zip) with its pictures and recordings."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.records import MOST_FILE_BYTES, FileNote, MediaFile, RefusedQuestion, UnreadableFile
from assessments.bank.formats.xml_files import read_xml, without_namespaces

#: What a package may unpack to, and how many files it may have.
MOST_UNPACKED = 150 * 1024 * 1024
MOST_MEMBERS = 5_000
MANIFEST = "imsmanifest.xml"
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
_OTHER_VERSIONS = {
    "questestinterop": _("This is QTI 1.2. Export it as QTI 2.1 or 2.2."),
    "qti-assessment-item": _("This is QTI 3. Export it as QTI 2.1 or 2.2."),
}


@dataclass(frozen=True)
class Item:
    """One assessmentItem; `folder` is where addresses in it begin."""

    name: str
    root: Element
    folder: str = ""
    members: dict[str, bytes] = field(default_factory=dict)

    def find(self, source: str) -> MediaFile | None:
        path = posixpath.normpath(posixpath.join(self.folder, unquote(source)))
        content = self.members.get(path)
        return None if content is None else MediaFile(posixpath.basename(path), content)


def items(content: bytes) -> Iterator[Item | RefusedQuestion | FileNote]:
    """Raises UnreadableFile where there is no item at all."""
    if not content.startswith(b"PK\x03\x04"):
        root = without_namespaces(read_xml(content))
        fault = _fault(root)
        if fault is not None:
            raise UnreadableFile(fault)
        return iter([Item("", root)])
    members = _members(content)
    names = _item_names(members)
    if not names:
        raise UnreadableFile(_("The package has no QTI item: no assessmentItem of version 2.1 or 2.2."))
    return _of_package(members, names)


def _of_package(members: dict[str, bytes], names: list[str]) -> Iterator[Item | RefusedQuestion | FileNote]:
    for name in names:
        if name not in members:
            yield RefusedQuestion(name, _("The package doesn't have this file, though its list names it."))
            continue
        try:
            root = without_namespaces(read_xml(members[name]))
        except UnreadableFile as problem:
            yield RefusedQuestion(name, problem.reason)
            continue
        fault = _fault(root)
        if root.tag == "assessmentTest":
            yield FileNote(name, _("The structure of a test is not read; its questions are."))
        elif fault is not None:
            yield RefusedQuestion(name, fault)
        else:
            yield Item(name, root, posixpath.dirname(name), members)


def _fault(root: Element) -> object:
    if root.tag == "assessmentItem":
        return None
    if root.tag == "assessmentTest":
        return _("This is the structure of a test without its questions: hand in the whole package (zip).")
    return _OTHER_VERSIONS.get(root.tag, _("This XML is no QTI item: it doesn't begin with <assessmentItem>."))


def _members(content: bytes) -> dict[str, bytes]:
    """Everything in the package, read up to the limit whatever its list of contents says. Raises UnreadableFile."""
    left, members = MOST_UNPACKED, {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_MEMBERS:
                raise UnreadableFile(_("The package has too many files."))
            for member in archive.infolist():
                if member.is_dir():
                    continue
                with archive.open(member) as source:
                    unpacked = source.read(min(left, MOST_FILE_BYTES) + 1)
                left -= len(unpacked)
                if left < 0 or len(unpacked) > MOST_FILE_BYTES:
                    raise UnreadableFile(_("The package unpacks to too much."))
                members[posixpath.normpath(member.filename)] = unpacked
    except _BROKEN as error:
        raise UnreadableFile(_("The package can't be unpacked.")) from error
    return members


def _item_names(members: dict[str, bytes]) -> list[str]:
    """Those of the manifest; without one, every XML file that begins like an item."""
    if MANIFEST in members:
        manifest = without_namespaces(read_xml(members[MANIFEST]))
        names = [
            posixpath.normpath(unquote(resource.get("href") or ""))
            for resource in manifest.iter("resource")
            if (resource.get("type") or "").startswith(("imsqti_item", "imsqti_test", "imsqti_assessment"))
        ]
        return [name for name in dict.fromkeys(names) if name != "."]
    return sorted(name for name, content in members.items() if name.endswith(".xml") and b"assessmentItem" in content)
