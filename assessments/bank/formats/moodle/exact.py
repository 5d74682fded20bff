"""The wording word for word, beside what Moodle understands of it.

Where reading our own Moodle XML wouldn't give the same wording back, the question carries it in `<callwright>`, which
Moodle ignores. It is believed only as long as the rest of the question still says what we wrote: whoever edits the file
is heard.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.lines import CREDIT_STEP, TOLERANCE_STEP, decimal_of, within
from assessments.bank.formats.moodle.native import native_parts
from assessments.bank.formats.moodle.texts import INVALID, all_files
from assessments.bank.formats.records import MOST_CHARACTERS, MOST_GAPS, MediaFile, Unfit
from assessments.bank.rules import GapWords, OptionWords, Wording, media_in
from assessments.bank.states import GAP_KINDS, QuestionKind

TAG = "callwright"
#: Elements of a question that say nothing of its wording.
_BESIDE = {TAG, "name", "idnumber", "tags", "defaultgrade", "penalty", "hidden"}


def exact_element(wording: Wording) -> Element:
    element = Element(TAG, version="1")
    plain = json.dumps(asdict(wording), default=str, ensure_ascii=False)
    element.text = INVALID.sub(lambda sign: f"\\u{ord(sign.group(0)):04x}", plain)
    return element


def exact_wording(
    question: Element, read: Wording, files: Mapping[str, MediaFile]
) -> tuple[Wording, tuple[MediaFile, ...], Any]:
    """The wording that counts with its media, and a note where the exact one wasn't believed. `read` is what the rest
    of the element says."""
    element = question.find(TAG)
    if element is None:
        return read, tuple(files.values()), None
    try:
        exact = _of_json(element.text or "")
    except (ValueError, TypeError, KeyError, AttributeError, Unfit, RecursionError):
        exact = None
    if exact is None:
        return read, tuple(files.values()), _("What only Callwright knows of it was damaged and is left out.")
    named = all_files(question)
    names = {medium.key: name for name, medium in named.items()}
    if _canonical(question) != _canonical(_bare(exact, names, named)):
        return read, tuple(files.values()), _("It was edited outside: what only Callwright knows of it is left out.")
    keys = media_in(exact)
    return (
        exact,
        tuple(medium for medium in {each.key: each for each in named.values()}.values() if medium.key in keys),
        None,
    )


def _bare(wording: Wording, names: Mapping[str, str], named: Mapping[str, MediaFile]) -> Element:
    element = Element("question")
    kind, parts = native_parts(wording, names, {medium.key: medium for medium in named.values()})
    element.set("type", kind)
    element.extend(parts)
    return element


def _canonical(element: Element) -> Any:
    """What an element says, without files, blanks around texts and the order of attributes."""
    inner = [child for child in element if child.tag not in _BESIDE and child.tag != "file"]
    text = (element.text or "").strip() if not len(element) else ""
    return element.tag, sorted(element.attrib.items()), text, [_canonical(child) for child in inner]


def _of_json(text: str) -> Wording:
    """Raises ValueError, TypeError, KeyError, AttributeError or Unfit for anything that we don't write."""
    if len(text) > MOST_CHARACTERS * 20:
        raise ValueError("too long")
    plain = json.loads(text)
    options, gaps = plain.pop("options"), plain.pop("gaps")
    within(len(options))
    within(len(gaps), MOST_GAPS)
    wording = Wording(
        **_checked(Wording, plain),
        options=tuple(OptionWords(**_checked(OptionWords, option)) for option in options),
        gaps=tuple(GapWords(**_checked(GapWords, gap)) for gap in gaps),
    )
    if wording.kind not in QuestionKind.values or any(gap.kind not in GAP_KINDS for gap in wording.gaps):
        raise ValueError("no such kind")
    return wording


def _checked(shape: type, plain: dict[str, Any]) -> dict[str, Any]:
    known = {field.name: field.type for field in fields(shape)}
    if not set(plain) <= set(known):
        raise ValueError("unknown names")
    return {name: _value(name, str(known[name]), value) for name, value in plain.items()}


def _value(name: str, wanted: str, value: Any) -> Any:
    if "Decimal" in wanted:
        if value is None and "None" in wanted:
            return None
        number = decimal_of(str(value))
        return number.quantize(TOLERANCE_STEP if name == "tolerance" else CREDIT_STEP)
    kind = bool if "bool" in wanted else int if "int" in wanted else str
    if type(value) is not kind:
        raise ValueError(f"no {kind.__name__}")
    if isinstance(value, str) and (len(value) > MOST_CHARACTERS or "\x00" in value):
        raise ValueError("unfit text")
    if isinstance(value, int) and not 0 <= value <= MOST_GAPS:
        raise ValueError("no gap")
    return value
