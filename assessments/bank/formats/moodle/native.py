"""One wording as Moodle understands it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement

from assessments.bank.formats.languages import joined_languages, spoken_in
from assessments.bank.formats.lines import FALSE, percent, shares_of
from assessments.bank.formats.markup import is_audio
from assessments.bank.formats.moodle.cloze import embedded
from assessments.bank.formats.moodle.texts import markdown_out, player_of, valid
from assessments.bank.formats.records import MediaFile
from assessments.bank.rules import OptionWords, Wording, read_number
from assessments.bank.states import QuestionKind

_GAP = re.compile(r"\[\[(\d{1,2})\]\]")
TYPES = {
    QuestionKind.SINGLE: "multichoice",
    QuestionKind.MULTIPLE: "multichoice",
    QuestionKind.TRUE_FALSE: "truefalse",
    QuestionKind.MATCHING: "matching",
    QuestionKind.ORDERING: "ordering",
    QuestionKind.NUMERIC: "numerical",
    QuestionKind.SHORT_TEXT: "shortanswer",
    QuestionKind.CLOZE: "cloze",
    QuestionKind.WRITTEN: "essay",
    QuestionKind.SPOKEN: "essay",
}


def native_parts(
    wording: Wording, names: Mapping[str, str], media: Mapping[str, MediaFile]
) -> tuple[str, list[Element]]:
    """(Moodle's type, the elements that say the wording). `names` are the names of media files by key."""
    writer = _Writer(wording, names, {key for key in names if key in media and is_audio(media[key])})
    kind = QuestionKind(wording.kind)
    if kind == QuestionKind.CLOZE:
        return TYPES[kind], list(_cloze_parts(writer))
    return TYPES[kind], [*writer.frame(), *_PARTS[kind](writer)]


class _Writer:
    def __init__(self, wording: Wording, names: Mapping[str, str], audio: set[str]) -> None:
        self.wording = wording
        self.languages = spoken_in(wording.stem_zh, wording.stem_en)
        self._names, self._audio = names, audio

    def text(self, tag: str, zh: str, en: str, **attributes: str) -> Element:
        """An element with a Markdown text in both languages."""
        texts = [markdown_out(each, self._names, self._audio) for each in (zh, en)]
        return self.raw(tag, joined_languages(*texts, languages=self.languages), format="markdown", **attributes)

    def raw(self, tag: str, text: str, **attributes: str) -> Element:
        element = Element(tag, attributes)
        SubElement(element, "text").text = valid(text)
        return element

    def frame(self) -> Iterator[Element]:
        """The question itself and its explanation."""
        wording = self.wording
        stems = [self.shown_stem(wording.stem_zh, wording.audio_zh), self.shown_stem(wording.stem_en, wording.audio_en)]
        yield self.raw("questiontext", joined_languages(*stems), format="markdown")
        yield self.text("generalfeedback", wording.explanation_zh, wording.explanation_en)

    def shown_stem(self, text: str, clip: str) -> str:
        shown = markdown_out(text, self._names, self._audio)
        return f"{player_of(self._names[clip], is_listening=True)}\n\n{shown}" if clip in self._names else shown

    def answer(self, option: OptionWords, share: Decimal, *, text: str | None = None) -> Element:
        fraction = percent(share)
        if text is None:
            element = self.text("answer", option.text_zh, option.text_en, fraction=fraction)
        else:
            element = self.raw("answer", text, fraction=fraction, format="moodle_auto_format")
        element.append(self.text("feedback", option.feedback_zh, option.feedback_en))
        return element

    def answers(self, texts: Sequence[str] | None = None) -> Iterable[Element]:
        options = self.wording.options
        shares = shares_of(options, self.wording.kind)
        for place, (option, share) in enumerate(zip(options, shares, strict=True)):
            yield self.answer(option, share, text=texts[place] if texts else None)


def _plain(tag: str, text: str) -> Element:
    element = Element(tag)
    element.text = valid(text)
    return element


def _choice(writer: _Writer) -> Iterable[Element]:
    yield _plain("single", "false" if writer.wording.kind == QuestionKind.MULTIPLE else "true")
    yield _plain("shuffleanswers", "true")
    yield from writer.answers()


def _true_false(writer: _Writer) -> Iterable[Element]:
    """The first option is Moodle's “true”, unless it says our word for the other."""
    options = writer.wording.options
    is_turned = bool(options) and bool({options[0].text_zh, options[0].text_en} & set(FALSE.values()))
    said = ["false", "true"] if is_turned else ["true", "false"]
    yield from writer.answers([said[place % 2] for place in range(len(options))])


def _short_text(writer: _Writer) -> Iterable[Element]:
    yield _plain("usecase", "1" if writer.wording.match_case else "0")
    for option, share in zip(writer.wording.options, shares_of(writer.wording.options, ""), strict=True):
        for text in dict.fromkeys(each for each in (option.text_zh, option.text_en) if each.strip()):
            yield writer.answer(option, share, text=text)


def _numeric(writer: _Writer) -> Iterable[Element]:
    wording = writer.wording
    for option, share in zip(wording.options, shares_of(wording.options, ""), strict=True):
        number = read_number(option.text_zh or option.text_en, unit=wording.unit)
        answer = writer.answer(option, share, text="*" if number is None else f"{number:f}")
        answer.insert(1, _plain("tolerance", f"{(option.tolerance or Decimal(0)).normalize():f}"))
        yield answer
    if wording.unit:
        units = Element("units")
        unit = SubElement(units, "unit")
        unit.append(_plain("multiplier", "1"))
        unit.append(_plain("unit_name", wording.unit))
        yield units
        yield _plain("unitgradingtype", "0")


def _matching(writer: _Writer) -> Iterable[Element]:
    yield _plain("shuffleanswers", "true")
    for option in writer.wording.options:
        pair = writer.text("subquestion", option.text_zh, option.text_en)
        pair.append(writer.text("answer", option.match_zh, option.match_en))
        yield pair


def _ordering(writer: _Writer) -> Iterable[Element]:
    yield _plain("layouttype", "VERTICAL")
    yield _plain("selecttype", "ALL")
    yield _plain("gradingtype", "ABSOLUTE_POSITION" if writer.wording.partial_credit else "ALL_OR_NOTHING")
    for place, option in enumerate(writer.wording.options, start=1):
        yield writer.text("answer", option.text_zh, option.text_en, fraction=str(place))


def _cloze_parts(writer: _Writer) -> Iterable[Element]:
    """Moodle counts every gap that it finds, so the text stands in one language only."""
    wording = writer.wording
    language = (writer.languages or ("zh",))[0]
    gaps = {gap.number: gap for gap in wording.gaps}

    def gap_text(found: re.Match[str]) -> str:
        number = int(found.group(1))
        if number not in gaps:
            return found.group(0)
        lines = [option for option in wording.options if option.gap == number]
        return embedded(gaps[number], lines, language, match_case=wording.match_case)

    clip = getattr(wording, f"audio_{language}")
    stem = _GAP.sub(gap_text, writer.shown_stem(getattr(wording, f"stem_{language}"), clip))
    yield writer.raw("questiontext", stem, format="markdown")
    yield writer.text("generalfeedback", wording.explanation_zh, wording.explanation_en)


def _essay(writer: _Writer) -> Iterable[Element]:
    wording = writer.wording
    is_spoken = wording.kind == QuestionKind.SPOKEN
    yield _plain("responseformat", "noinline" if is_spoken else "editor")
    yield _plain("responserequired", "0" if is_spoken else "1")
    yield _plain("attachments", "1" if is_spoken else "0")
    yield _plain("attachmentsrequired", "1" if is_spoken else "0")
    if len(wording.options) == 1:
        yield writer.text("graderinfo", wording.options[0].text_zh, wording.options[0].text_en)
    else:
        lists = [
            "\n".join(f"- {text} ({points})" for text, points in _criteria(wording, name)) for name in ("zh", "en")
        ]
        yield writer.text("graderinfo", *lists)


def _criteria(wording: Wording, language: str) -> Iterable[tuple[str, str]]:
    for option in wording.options:
        if text := getattr(option, f"text_{language}").strip():
            yield text, f"{(option.credit or Decimal(0)).normalize():f}"


_PARTS: dict[QuestionKind, Callable[[_Writer], Iterable[Element]]] = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.TRUE_FALSE: _true_false,
    QuestionKind.MATCHING: _matching,
    QuestionKind.ORDERING: _ordering,
    QuestionKind.NUMERIC: _numeric,
    QuestionKind.SHORT_TEXT: _short_text,
    QuestionKind.WRITTEN: _essay,
    QuestionKind.SPOKEN: _essay,
}
