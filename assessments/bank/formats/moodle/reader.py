"""Reading Moodle XML."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats import lines as build
from assessments.bank.formats.languages import split_languages, spoken_in
from assessments.bank.formats.lines import Line, chosen_lines, decimal_of, percent_of, tolerance_of, typed_lines
from assessments.bank.formats.markup import HtmlReader
from assessments.bank.formats.moodle import cloze
from assessments.bank.formats.moodle.exact import exact_wording
from assessments.bank.formats.moodle.texts import TextReader, raw_text
from assessments.bank.formats.records import (
    MOST_FILE_BYTES,
    MOST_UNIT_CHARACTERS,
    Filing,
    Read,
    ReadQuestion,
    RefusedQuestion,
    Unfit,
    UnreadableFile,
    too_large,
)
from assessments.bank.formats.words import Tagged, read_tags
from assessments.bank.formats.xml_files import read_xml
from assessments.bank.rules import Wording
from assessments.bank.states import QuestionKind

#: What Moodle writes where the author wrote nothing.
_STOCK = (
    "your answer is correct", "your answer is partially correct", "your answer is incorrect", "回答正确", "部分正确",
    "答案部分正确", "回答错误", "你的回答正确", "你的回答部分正确", "你的回答错误",
)  # fmt: skip


def read_moodle(content: bytes, *, language: str) -> Read:
    """Each question of the file. `language` is that of texts without language marks. Raises UnreadableFile."""
    too_large(content, MOST_FILE_BYTES)
    root = read_xml(content)
    if root.tag != "quiz":
        raise UnreadableFile(_("This XML is no Moodle question bank: it doesn't begin with <quiz>."))
    return _questions(root, language)


def _questions(root: Element, language: str) -> Iterator[ReadQuestion | RefusedQuestion]:
    category: tuple[str, ...] = ()
    number = 0
    for element in root:
        if element.tag != "question":
            yield RefusedQuestion(_("element <%(tag)s>") % {"tag": str(element.tag)[:40]}, _("It is no question."))
            continue
        kind = element.get("type") or ""
        if kind == "category":
            category = _category(element)
            continue
        number += 1
        where = _where(element, number)
        try:
            yield _question(element, kind, where, language, category)
        except Unfit as problem:
            yield RefusedQuestion(where, problem.reason)


def _where(element: Element, number: int) -> Any:
    name = " ".join(raw_text(element.find("name")).split())[:80]
    return _("question %(number)s (%(name)s)") % {"number": number, "name": name or "–"}


def _category(element: Element) -> tuple[str, ...]:
    """The path below Moodle's own words: `$course$/top/Sales/Objections`. "//" is a slash in a name."""
    path = raw_text(element.find("category")).replace("//", "\x00").split("/")
    names = [" ".join(name.replace("\x00", "/").split()) for name in path]
    return tuple(name for name in names if name and name != "top" and not (name[0] == "$" == name[-1]))


def _question(element: Element, kind: str, where: Any, language: str, category: tuple[str, ...]) -> ReadQuestion:
    build_wording = _KINDS.get(kind)
    if build_wording is None:
        if kind == "description":
            raise Unfit(_("It is a text without a question."))
        raise Unfit(_("Questions of Moodle's type “%(kind)s” can't be taken over.") % {"kind": kind[:40]})
    tags = read_tags(raw_text(tag) for tag in element.findall("tags/tag"))
    reader = TextReader(element, (language,))
    notes: list[Any] = []
    if kind == "cloze":
        wording = _cloze(element, reader, tags, notes)
    else:
        stem = reader.read(element.find("questiontext"), is_stem=True)
        reader.languages = spoken_in(stem["zh"], stem["en"]) or reader.languages
        explanation = reader.read(element.find("generalfeedback"))
        parts = build_wording(element, reader, tags, notes)
        wording = _wording(stem, explanation, reader, parts)
    wording, files, exact_note = exact_wording(element, wording, reader.files)
    if exact_note:
        notes.append(exact_note)
    filing = Filing(
        key=raw_text(element.find("idnumber")).strip(),
        name=" ".join(raw_text(element.find("name")).split()),
        category=category,
        **tags.filing,
    )
    return ReadQuestion(where, wording, filing, files, (*notes, *_left(element, reader), *reader.notes.values()))


def read_question(element: Element, language: str) -> Wording | Unfit:
    """What one element says, for a writer who wants to know whether it is understood."""
    try:
        return _question(element, element.get("type") or "", "", language, ()).wording
    except Unfit as problem:
        return problem


def _wording(stem: build.Texts, explanation: build.Texts, reader: TextReader, parts: dict[str, Any]) -> Wording:
    return Wording(
        stem_zh=stem["zh"],
        stem_en=stem["en"],
        explanation_zh=explanation["zh"],
        explanation_en=explanation["en"],
        audio_zh=reader.clips["zh"],
        audio_en=reader.clips["en"],
        **{**parts, "options": tuple(parts["options"])},
    )


def _left(element: Element, reader: TextReader) -> Iterator[Any]:
    """What Moodle's question has and ours hasn't."""
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        told = {text.strip(" .。!！").casefold() for text in reader.read(element.find(name)).values()}
        if told - {"", *_STOCK}:
            yield _("The feedback for the whole answer (right, partly right, wrong) is left out.")
            break
    if any(raw_text(hint).strip() for hint in element.findall("hint")):
        yield _("The hints for further tries are left out.")
    if raw_text(element.find("responsetemplate")).strip():
        yield _("The template for the answer is left out.")


def _lines(element: Element, reader: TextReader, *, is_typed: bool = False) -> list[Line]:
    answers = element.findall("answer")
    build.within(len(answers))
    return [_line(answer, reader, is_typed=is_typed) for answer in answers]


def _line(answer: Element, reader: TextReader, *, is_typed: bool) -> Line:
    texts = build.same(raw_text(answer).strip(), reader.languages) if is_typed else reader.read(answer)
    width = raw_text(answer.find("tolerance")).strip()
    return Line(
        texts,
        percent_of(answer.get("fraction") or "0"),
        reader.read(answer.find("feedback")),
        tolerance_of(decimal_of(width)) if width else None,
    )


def _is(element: Element, name: str) -> bool:
    return raw_text(element.find(name)).strip().lower() in ("true", "1")


Parts = dict[str, Any]


def _choice(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Parts:
    single = element.find("single")
    takes_several = single is not None and not _is(element, "single")
    _gives, options = chosen_lines(_lines(element, reader), takes_several=takes_several)
    kind = QuestionKind.MULTIPLE if takes_several else QuestionKind.SINGLE
    shuffles = raw_text(element.find("shuffleanswers")).strip().lower()
    if shuffles in ("false", "0"):
        notes.append(_("Its options stand in a fixed order in Moodle; here each attempt draws their order."))
    return {"kind": kind, "options": options, **tags.grading_of(kind)}


def _choice_set(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Parts:
    """The plugin “all-or-nothing multiple choice”: an option is right or wrong."""
    options = [line.words(is_right=line.share > 0) for line in _lines(element, reader)]
    grading = tags.grading_of(QuestionKind.MULTIPLE) | {"partial_credit": False}
    return {"kind": QuestionKind.MULTIPLE, "options": options, **grading}


def _true_false(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Parts:
    options = []
    for answer in element.findall("answer"):
        line = _line(answer, reader, is_typed=True)
        said = raw_text(answer).strip().lower()
        if said not in ("true", "false"):
            raise Unfit(_("A true-or-false question has the answers “true” and “false” only."))
        texts = build.spread(build.TRUE if said == "true" else build.FALSE, reader.languages)
        options.append(build.option(texts, line.feedback, **build.graded(line.share)))
    return {"kind": QuestionKind.TRUE_FALSE, "options": options, **tags.grading_of(QuestionKind.TRUE_FALSE)}


def _short_text(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Parts:
    options = typed_lines(_lines(element, reader, is_typed=True))
    grading = tags.grading_of(QuestionKind.SHORT_TEXT) | {"match_case": _is(element, "usecase")}
    return {"kind": QuestionKind.SHORT_TEXT, "options": options, **grading}


def _numeric(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Parts:
    units = [
        (raw_text(unit.find("unit_name")).strip(), decimal_of(raw_text(unit.find("multiplier")).strip() or "1"))
        for unit in element.findall("units/unit")
    ]
    unit = next((name for name, factor in units if factor == 1), "")
    if len(unit) > MOST_UNIT_CHARACTERS:
        raise Unfit(_("Its unit is too long."))
    if len(units) > (1 if unit else 0):
        notes.append(_("Only one unit can be asked for; the others are left out."))
    options = typed_lines(_lines(element, reader, is_typed=True))
    grading = tags.grading_of(QuestionKind.NUMERIC) | {"unit": unit or tags.unit}
    return {"kind": QuestionKind.NUMERIC, "options": options, **grading}


def _matching(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Parts:
    pairs = element.findall("subquestion")
    build.within(len(pairs))
    options = []
    for pair in pairs:
        left, right = reader.read(pair), _right_side(pair, reader)
        options.append(build.option(left, match_zh=right["zh"], match_en=right["en"]))
    return {"kind": QuestionKind.MATCHING, "options": options, **tags.grading_of(QuestionKind.MATCHING)}


def _right_side(pair: Element, reader: TextReader) -> build.Texts:
    """Moodle's right sides are plain; ours say their format."""
    answer = pair.find("answer")
    return reader.convert(raw_text(answer), (answer.get("format") if answer is not None else None) or "plain_text")


def _ordering(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Parts:
    answers = element.findall("answer")
    build.within(len(answers))
    answers.sort(key=lambda answer: decimal_of(answer.get("fraction") or "0"))
    grading = raw_text(element.find("gradingtype")).strip().upper()
    parts = tags.grading_of(QuestionKind.ORDERING)
    if grading in ("ALL_OR_NOTHING", "-1"):
        parts["partial_credit"] = False
    elif grading not in ("", "ABSOLUTE_POSITION", "0"):
        notes.append(_("Moodle counts neighbours; here an item counts when it is at its place."))
    if raw_text(element.find("selecttype")).strip().upper() in ("RANDOM", "CONTIGUOUS", "1", "2"):
        notes.append(_("Moodle asks for some of the items; here all are asked for."))
    options = [build.option(reader.read(answer)) for answer in answers]
    return {"kind": QuestionKind.ORDERING, "options": options, **parts}


def _written(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Parts:
    told = reader.read(element.find("graderinfo"))
    points = raw_text(element.find("defaultgrade")).strip()
    texts = {name: told[name] or (build.OVERALL[name] if name in reader.languages else "") for name in ("zh", "en")}
    options = build.rubric(texts, decimal_of(points) if points else Decimal(1))
    if decimal_of(raw_text(element.find("attachmentsrequired")).strip() or "0") > 0:
        notes.append(_("Moodle asks for a file as well; here the answer is a text."))
    return {"kind": QuestionKind.WRITTEN, "options": options, **tags.grading_of(QuestionKind.WRITTEN)}


def _cloze(element: Element, reader: TextReader, tags: Tagged, notes: list[Any]) -> Wording:
    question = element.find("questiontext")
    kind = (question.get("format") if question is not None else None) or "html"
    stems, gaps = {"zh": "", "en": ""}, {}
    for name, raw in split_languages(raw_text(question), reader.languages).items():
        if raw.strip():
            text, gaps[name] = cloze.cut(raw)
            stems[name] = cloze.with_gaps(reader.convert_one(name, text, kind))
    if not any(gaps.values()):
        raise Unfit(_("There is no gap in its text."))
    reader.languages = spoken_in(stems["zh"], stems["en"]) or reader.languages
    words, options, is_exact, found = cloze.gap_words(gaps, HtmlReader())
    notes += found
    explanation = reader.read(element.find("generalfeedback"))
    grading = tags.grading_of(QuestionKind.CLOZE)
    grading["match_case"] = grading["match_case"] or is_exact
    return _wording(
        stems, explanation, reader, {"kind": QuestionKind.CLOZE, "options": options, "gaps": words, **grading}
    )


_KINDS: dict[str, Callable[[Element, TextReader, Tagged, list[Any]], Any]] = {
    "multichoice": _choice,
    "multichoiceset": _choice_set,
    "truefalse": _true_false,
    "shortanswer": _short_text,
    "numerical": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "essay": _written,
    "cloze": _cloze,
}
