"""Writing Moodle XML."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.moodle.exact import exact_element
from assessments.bank.formats.moodle.native import native_parts
from assessments.bank.formats.moodle.reader import read_question
from assessments.bank.formats.moodle.texts import FOLDER, file_element, valid
from assessments.bank.formats.records import FiledQuestion, MediaFile, Omission, Unfit, WrittenFile
from assessments.bank.formats.words import written_tags
from assessments.bank.rules import media_in
from assessments.bank.rules.media import media_type
from assessments.bank.states import QuestionKind


def write_moodle(questions: Sequence[FiledQuestion]) -> WrittenFile:
    """All of the questions, with their media. What Moodle itself can't show or grade is named."""
    root = Element("quiz")
    omissions: list[Omission] = []
    skill = ""
    for question in questions:
        if question.filing.skill != skill:
            skill = question.filing.skill
            root.append(_category(question))
        root.append(_element(question))
        omissions += [Omission(question.filing.key, what) for what in _unknown_to_moodle(question)]
    indent(root)
    # A carriage return would be read as a plain line end.
    content = tostring(root, encoding="utf-8", xml_declaration=True).replace(b"\r", b"&#13;")
    return WrittenFile(content, tuple(omissions))


def _category(question: FiledQuestion) -> Element:
    element = Element("question", type="category")
    path = "$course$/top/" + (question.skill_name or question.filing.skill).replace("/", "//")
    SubElement(SubElement(element, "category"), "text").text = valid(path)
    return element


def _element(question: FiledQuestion) -> Element:
    element = _native(question)
    read = read_question(element, "zh")
    if isinstance(read, Unfit) or read != question.wording:
        element.append(exact_element(question.wording))
    return element


def _native(question: FiledQuestion) -> Element:
    wording, media = question.wording, question.media or {}
    names = {key: f"{key}.{_ending(medium)}" for key, medium in media.items() if key in media_in(wording)}
    kind, parts = native_parts(wording, names, media)
    element = Element("question", type=kind)
    SubElement(SubElement(element, "name"), "text").text = valid(question.filing.key)
    element.extend(parts)
    if wording.kind in (QuestionKind.WRITTEN, QuestionKind.SPOKEN):
        SubElement(element, "defaultgrade").text = f"{sum(option.credit or 0 for option in wording.options) or 1:f}"
    elif wording.kind == QuestionKind.CLOZE:
        SubElement(element, "defaultgrade").text = f"{sum(gap.weight for gap in wording.gaps) or 1:f}"
    SubElement(element, "idnumber").text = question.filing.key
    tags = SubElement(element, "tags")
    with_case = wording.kind not in (QuestionKind.SHORT_TEXT, QuestionKind.CLOZE)
    for tag in written_tags(question, with_unit=wording.kind != QuestionKind.NUMERIC, with_case=with_case):
        SubElement(SubElement(tags, "tag"), "text").text = valid(tag)
    _add_files(element, names, media)
    return element


def _ending(medium: MediaFile) -> str:
    found = media_type(medium.content)
    return found[1] if found else "bin"


def _add_files(element: Element, names: Mapping[str, str], media: Mapping[str, MediaFile]) -> None:
    """Each file stands in the first element whose text shows it, as in Moodle's own exports of one text. What only
    `<callwright>` shows is with the question."""
    for key, name in names.items():
        shown = [each for each in element.iter() if f"{FOLDER}{name}" in (each.findtext("text") or "")]
        for place in shown or element.findall("questiontext"):
            place.append(file_element(name, media[key]))


def _unknown_to_moodle(question: FiledQuestion) -> list[Any]:
    """What the file carries for Callwright only."""
    wording = question.wording
    found: list[Any] = []
    if wording.kind == QuestionKind.SPOKEN:
        found.append(_("Moodle asks for an uploaded recording; the rubric is text for the marker."))
    elif wording.kind == QuestionKind.WRITTEN and len(wording.options) > 1:
        found.append(_("Moodle shows the rubric as text for the marker."))
    elif (
        wording.kind in (QuestionKind.MULTIPLE, QuestionKind.MATCHING, QuestionKind.CLOZE)
        and not wording.partial_credit
    ):
        found.append(_("Moodle gives part credit for it."))
    if wording.kind == QuestionKind.CLOZE and wording.stem_zh.strip() and wording.stem_en.strip():
        found.append(_("Moodle shows the text with gaps in Chinese only."))
    missing = media_in(wording) - set(question.media or {})
    if missing:
        found.append(
            _("Its pictures or recordings are missing in storage: %(keys)s.") % {"keys": ", ".join(sorted(missing))}
        )
    return found
