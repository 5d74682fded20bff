"""Reading GIFT."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats import lines as build
from assessments.bank.formats.encodings import text_of
from assessments.bank.formats.gift.chunks import Chunk, chunks
from assessments.bank.formats.gift.signs import unmasked
from assessments.bank.formats.languages import split_languages, spoken_in
from assessments.bank.formats.lines import (
    Line,
    chosen_lines,
    decimal_of,
    percent_of,
    tolerance_of,
    typed_lines,
    within,
)
from assessments.bank.formats.markup import BLANK, HtmlReader, looks_like_html, of_plain
from assessments.bank.formats.masks import unmasked as without_masks
from assessments.bank.formats.records import (
    MOST_CHARACTERS,
    MOST_GAPS,
    MOST_TEXT_BYTES,
    Filing,
    Read,
    ReadQuestion,
    RefusedQuestion,
    Unfit,
    too_large,
)
from assessments.bank.formats.words import read_tags
from assessments.bank.rules import GapWords, OptionWords, Wording
from assessments.bank.states import GAP_KINDS, QuestionKind

_NAME = re.compile(r"\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?[0-9]{1,3}(?:\.[0-9]{1,8})?)%")
_RANGE = re.compile(r"(.+?)\.\.(.+)", re.DOTALL)
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}


def read_gift(content: bytes, *, language: str) -> Read:
    """Each question of the file. `language` is that of texts without language marks. Raises UnreadableFile."""
    too_large(content, MOST_TEXT_BYTES)
    return _questions(text_of(content), language)


def _questions(text: str, language: str) -> Iterator[ReadQuestion | RefusedQuestion]:
    for chunk in chunks(text):
        name = _NAME.match(chunk.text)
        where = _("line %(line)s (%(name)s)") % {"line": chunk.line, "name": _title(chunk, name)}
        try:
            yield _Question(chunk, name, language).read(where)
        except Unfit as problem:
            yield RefusedQuestion(where, problem.reason)


def _title(chunk: Chunk, name: re.Match[str] | None) -> str:
    said = unmasked(name.group(1) if name else chunk.text)
    return " ".join(said.split())[:80] or "–"


@dataclass
class _Answer:
    """What stands between two braces: the kind of question, its lines, and what is said at the end."""

    kind: str
    options: Sequence[OptionWords]
    explanation: build.Texts


class _Question:
    """Reads one chunk. Texts are in the format that the question says, and in its languages."""

    def __init__(self, chunk: Chunk, name: re.Match[str] | None, language: str) -> None:
        self._chunk = chunk
        self._name = " ".join(unmasked(name.group(1)).split()) if name else ""
        self._rest = chunk.text[name.end() :] if name else chunk.text
        self._languages: tuple[str, ...] = (language,)
        self._format = "moodle"
        self._html = HtmlReader()
        self._notes: list[Any] = []

    def read(self, where: Any) -> ReadQuestion:
        """Raises Unfit."""
        said = _FORMAT.match(self._rest)
        if said:
            self._format = said.group(1).lower()
            self._rest = self._rest[said.end() :]
        pieces = _braces(self._rest)
        if len(pieces) == 1:
            raise Unfit(_("It is a text without a question: it has no answer in braces."))
        tags = read_tags(self._chunk.tags)
        parts = self._cloze(pieces) if len(pieces) > 3 else self._single(pieces)
        wording = Wording(**parts, **tags.grading_of(parts["kind"]))
        filing = Filing(key=self._chunk.key, name=self._name, category=self._chunk.category, **tags.filing)
        notes = (*self._notes, *self._html.notes.values())
        return ReadQuestion(where, wording, filing, tuple(self._html.files.values()), notes)

    def _single(self, pieces: Sequence[str]) -> dict[str, Any]:
        before, answer, after = pieces
        stem = self._stem(before if not after.strip() else f"{before.rstrip()} \ufddf {after.strip()}")
        stem = {name: text.replace("\ufddf", BLANK) for name, text in stem.items()}
        found = self._answer(answer)
        return {
            "kind": found.kind,
            "options": tuple(found.options),
            **_both("stem", stem),
            **_both("explanation", found.explanation),
        }

    def _cloze(self, pieces: Sequence[str]) -> dict[str, Any]:
        """Several answers in one text: each is a gap."""
        answers = pieces[1::2]
        within(len(answers), MOST_GAPS)
        marks = [f"[[{number}]]" for number in range(1, len(answers) + 1)]
        raw = "".join(text + (marks[place] if place < len(marks) else "") for place, text in enumerate(pieces[::2]))
        stem = self._stem(raw)
        gaps, options, explanations = [], [], []
        for number, answer in enumerate(answers, start=1):
            found = self._answer(answer)
            if found.kind not in GAP_KINDS:
                raise Unfit(
                    _(
                        "It has several pairs of braces, and not all of them can be gaps: a brace that belongs to the "
                        "text is written with a backslash."
                    )
                )
            gaps.append(GapWords(number, found.kind))
            options += [_in_gap(option, number) for option in found.options]
            explanations.append(found.explanation)
        told = next((each for each in explanations if any(each.values())), build.NOTHING)
        return {
            "kind": QuestionKind.CLOZE,
            "options": tuple(options),
            "gaps": tuple(gaps),
            **_both("stem", stem),
            **_both("explanation", told),
        }

    def _stem(self, raw: str) -> build.Texts:
        stem = self._texts(raw)
        self._languages = spoken_in(stem["zh"], stem["en"]) or self._languages
        return stem

    def _texts(self, raw: str) -> build.Texts:
        """Markdown per language of a text, which may begin with its own format."""
        said = _FORMAT.match(raw)
        form = said.group(1).lower() if said else self._format
        text = unmasked(raw[said.end() :] if said else raw).strip()
        if len(text) > MOST_CHARACTERS:
            raise Unfit(_("A text is too long."))
        return {name: self._markdown(each, form) for name, each in split_languages(text, self._languages).items()}

    def _markdown(self, text: str, form: str) -> str:
        if form == "markdown":
            return without_masks(text).strip()
        if form == "plain" or not looks_like_html(text):
            return of_plain(text)
        return self._html.markdown(text if form == "html" else text.replace("\n", "<br>"))

    def _answer(self, raw: str) -> _Answer:
        body, *general = raw.split("####", maxsplit=1)
        explanation = self._texts(general[0]) if general else build.NOTHING
        body = body.strip()
        kind, options = self._lines(body)
        return _Answer(kind, options, explanation)

    def _lines(self, body: str) -> tuple[str, Sequence[OptionWords]]:
        """In the order in which Moodle tells the kinds apart."""
        if not body:
            overall = build.spread(build.OVERALL, self._languages)
            return QuestionKind.WRITTEN, build.rubric(overall, Decimal(1))
        if body.startswith("#"):
            return QuestionKind.NUMERIC, typed_lines(self._numbers(body[1:]))
        if "~" in body:
            return self._choice(body)
        if "=" in body and "->" in body:
            return QuestionKind.MATCHING, self._pairs(body)
        first, *told = body.split("#")
        if first.strip().upper() in _TRUTHS:
            return QuestionKind.TRUE_FALSE, self._truth(_TRUTHS[first.strip().upper()], told)
        return QuestionKind.SHORT_TEXT, typed_lines([self._typed(piece) for piece in _pieces(body, "=")])

    def _choice(self, body: str) -> tuple[str, Sequence[OptionWords]]:
        within(body.count("~") + body.count("="))
        pieces = [piece for piece in re.split(r"(?=[~=])", body) if piece.strip()]
        if pieces[0][0] not in "~=":
            raise Unfit(_("There is a text before its first option."))
        lines = []
        for piece in pieces:
            share, text, told = _weighed(piece[1:], Decimal(piece[0] == "="))
            lines.append(Line(self._texts(text), share, self._texts(told)))
        takes_several = not any(piece[0] == "=" for piece in pieces)
        kind = QuestionKind.MULTIPLE if takes_several else QuestionKind.SINGLE
        return kind, chosen_lines(lines, takes_several=takes_several)[1]

    def _typed(self, piece: str) -> Line:
        share, text, told = _weighed(piece, Decimal(1))
        return Line(build.same(unmasked(text).strip(), self._languages), share, self._texts(told))

    def _numbers(self, body: str) -> Sequence[Line]:
        """`3:2`, `1..5`, or several of them, each after `=`."""
        pieces = _pieces(body, "=") if "=" in body else [body]
        lines = []
        for piece in pieces:
            share, text, told = _weighed(piece, Decimal(1))
            number, tolerance = _number(unmasked(text).strip())
            lines.append(Line(build.same(number, self._languages), share, self._texts(told), tolerance))
        return lines

    def _pairs(self, body: str) -> Sequence[OptionWords]:
        pieces = _pieces(body, "=")
        options = []
        for piece in pieces:
            left, arrow, right = piece.partition("->")
            if not arrow:
                raise Unfit(_("A pair has no “->” between its sides."))
            right, *_told = right.split("#", maxsplit=1)
            sides = self._texts(right)
            options.append(build.option(self._texts(left), match_zh=sides["zh"], match_en=sides["en"]))
        return options

    def _truth(self, is_true: bool, told: Sequence[str]) -> Sequence[OptionWords]:
        """The first feedback is for the wrong answer, the second for the right one."""
        wrong = self._texts(told[0]) if told else build.NOTHING
        right = self._texts(told[1]) if len(told) > 1 else build.NOTHING
        true, false = (build.spread(words, self._languages) for words in (build.TRUE, build.FALSE))
        return (
            build.option(true, right if is_true else wrong, is_right=is_true),
            build.option(false, wrong if is_true else right, is_right=not is_true),
        )


def _braces(text: str) -> list[str]:
    """The text before, in and after each pair of braces, in turn. Raises Unfit."""
    pieces, place, wanted = [], 0, "{"
    for brace in re.finditer(r"[{}]", text):
        if brace.group(0) != wanted:
            raise Unfit(_("Its braces don't pair: a brace that belongs to the text is written with a backslash."))
        pieces.append(text[place : brace.start()])
        place, wanted = brace.end(), "}" if wanted == "{" else "{"
        within(len(pieces) // 2, MOST_GAPS)
    if wanted == "}":
        raise Unfit(_("The brace of its answer is not closed; a blank line ends a question."))
    return [*pieces, text[place:]]


def _pieces(body: str, sign: str) -> list[str]:
    within(body.count(sign))
    return [piece for piece in body.split(sign) if piece.strip()]


def _weighed(piece: str, share: Decimal) -> tuple[Decimal, str, str]:
    """(share of the points, text, feedback) of one answer."""
    weight = _WEIGHT.match(piece)
    if weight:
        share = percent_of(weight.group(1))
        piece = piece[weight.end() :]
    text, *told = piece.split("#", maxsplit=1)
    return share, text, told[0] if told else ""


def _number(text: str) -> tuple[str, Decimal | None]:
    """(number, tolerance). Raises Unfit."""
    if text == "*":
        return text, None
    if found := _RANGE.fullmatch(text):
        low, high = sorted(decimal_of(each) for each in found.groups())
        return f"{((low + high) / 2).normalize():f}", tolerance_of((high - low) / 2)
    number, colon, width = text.partition(":")
    decimal_of(number)
    return number.strip(), tolerance_of(decimal_of(width)) if colon and width.strip() else None


def _in_gap(option: OptionWords, number: int) -> OptionWords:
    return OptionWords(**{**vars(option), "gap": number})


def _both(name: str, texts: build.Texts) -> dict[str, str]:
    return {f"{name}_zh": texts["zh"], f"{name}_en": texts["en"]}
