"""Embedded answers: `{1:SHORTANSWER:=Peking~%50%Beijing#nearly}` in a text is a gap.

https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.lines import (
    Line,
    Texts,
    chosen_lines,
    decimal_of,
    percent,
    percent_of,
    shares_of,
    tolerance_of,
    typed_lines,
    within,
)
from assessments.bank.formats.markup import HtmlReader, looks_like_html, of_plain
from assessments.bank.formats.records import MOST_GAPS, Unfit
from assessments.bank.rules import GapWords, OptionWords, read_number
from assessments.bank.states import QuestionKind

_EMBEDDED = re.compile(r"\{([0-9]{0,4}):([A-Z_]{2,20}):((?:\\.|[^\\}])*)\}", re.DOTALL)
_KINDS = {
    **dict.fromkeys(["SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"], QuestionKind.SHORT_TEXT),
    **dict.fromkeys(["NUMERICAL", "NM"], QuestionKind.NUMERIC),
    **dict.fromkeys(
        [name + ending for name in ("MULTICHOICE", "MC") for ending in ("", "_V", "_H", "_S", "_VS", "_HS")]
        + ["MCV", "MCH", "MCS", "MCVS", "MCHS"],
        QuestionKind.SINGLE,
    ),
    **dict.fromkeys(
        [name + ending for name in ("MULTIRESPONSE", "MR") for ending in ("", "_V", "_H", "_S", "_VS", "_HS")]
        + ["MRV", "MRH", "MRS", "MRVS", "MRHS"],
        QuestionKind.MULTIPLE,
    ),
}
_EXACT = {"SHORTANSWER_C", "SAC", "MWC"}
_NAMES = {
    QuestionKind.SHORT_TEXT: "SHORTANSWER",
    QuestionKind.NUMERIC: "NUMERICAL",
    QuestionKind.SINGLE: "MULTICHOICE",
    QuestionKind.MULTIPLE: "MULTIRESPONSE",
}
_ESCAPES = re.compile(r'\\([\\}{~=#"/])')
#: What stands in the text for a gap while its HTML is turned into Markdown.
_PLACE = "GAPXQ{number}QXGAP"
_PLACES = re.compile(r"GAPXQ(\d{1,2})QXGAP")


@dataclass(frozen=True)
class Embedded:
    """One gap as it is written."""

    kind: str
    weight: int
    is_exact: bool
    lines: tuple[Line, ...]  # texts as they are written, under "zh"


def cut(raw: str) -> tuple[str, list[Embedded]]:
    """The text with places for its gaps, and the gaps in order. Raises Unfit."""
    found: list[Embedded] = []

    def place(match: re.Match[str]) -> str:
        name = match.group(2)
        if name not in _KINDS:
            raise Unfit(_("A gap is of a kind that can't be read: %(kind)s.") % {"kind": name})
        within(len(found) + 1, MOST_GAPS)
        found.append(Embedded(_KINDS[name], int(match.group(1) or 1), name in _EXACT, _lines(match.group(3), name)))
        return _PLACE.format(number=len(found))

    return _EMBEDDED.sub(place, raw), found


def with_gaps(markdown: str) -> str:
    return _PLACES.sub(r"[[\1]]", markdown)


def _lines(body: str, name: str) -> tuple[Line, ...]:
    pieces = re.split(r"(?<!\\)~", body)
    within(len(pieces))
    return tuple(_line(piece, is_number=_KINDS[name] == QuestionKind.NUMERIC) for piece in pieces if piece.strip())


def _line(piece: str, *, is_number: bool) -> Line:
    piece = piece.strip()
    share = Decimal(0)
    if weighted := re.match(r"%(-?[0-9.]{1,12})%", piece):
        share = percent_of(weighted.group(1))
        piece = piece[weighted.end() :]
    elif piece.startswith("="):
        share = Decimal(1)
        piece = piece[1:]
    answer, *feedback = re.split(r"(?<!\\)#", piece, maxsplit=1)
    answer, told = (_ESCAPES.sub(r"\1", text).strip() for text in (answer, feedback[0] if feedback else ""))
    tolerance = None
    if is_number and ":" in answer:
        answer, _colon, width = answer.partition(":")
        tolerance = tolerance_of(decimal_of(width))
    return Line({"zh": answer.strip(), "en": ""}, share, {"zh": told, "en": ""}, tolerance)


def gap_words(
    gaps: Mapping[str, Sequence[Embedded]], html: HtmlReader
) -> tuple[tuple[GapWords, ...], tuple[OptionWords, ...], bool, list[Any]]:
    """Gaps, their lines, whether capital letters count, notes: of the same gaps in one or two languages."""
    languages = list(gaps)
    first = gaps[languages[0]]
    if any(_shape(other) != _shape(first) for other in gaps.values()):
        raise Unfit(_("Its two languages don't have the same gaps in the same order."))
    words, options, notes = [], [], []
    for number, gap in enumerate(first, start=1):
        same = [gaps[language][number - 1] for language in languages]
        lines = [
            Line(
                _texts(languages, [each.lines[place].texts["zh"] for each in same], gap.kind, html),
                line.share,
                _texts(languages, [each.lines[place].feedback["zh"] for each in same], QuestionKind.SINGLE, html),
                line.tolerance,
            )
            for place, line in enumerate(gap.lines)
        ]
        words.append(GapWords(number, gap.kind, Decimal(gap.weight)))
        if gap.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
            options += chosen_lines(lines, takes_several=gap.kind == QuestionKind.MULTIPLE, gap=number)[1]
        else:
            options += typed_lines(lines, gap=number)
    typed = {gap.is_exact for gap in first if gap.kind == QuestionKind.SHORT_TEXT}
    if len(typed) == 2:
        notes.append(_("Capital letters count in some gaps only; here they count in none."))
    return tuple(words), tuple(options), typed == {True}, notes


def _shape(gaps: Sequence[Embedded]) -> list[Any]:
    return [(gap.kind, gap.weight, [line.share for line in gap.lines]) for gap in gaps]


def _texts(languages: Sequence[str], texts: Sequence[str], kind: str, html: HtmlReader) -> Texts:
    found = {"zh": "", "en": ""}
    for language, text in zip(languages, texts, strict=True):
        if kind in (QuestionKind.SHORT_TEXT, QuestionKind.NUMERIC):
            found[language] = unescape(text)
        else:
            found[language] = html.markdown(text) if looks_like_html(text) else of_plain(text)
    return found


# --- writing -------------------------------------------------------------------------------------------------


def embedded(gap: GapWords, options: Sequence[OptionWords], language: str, *, match_case: bool) -> str:
    """The gap as Moodle writes it, in one language; options as plain as they can be."""
    name = _NAMES[QuestionKind(gap.kind)]
    if match_case and gap.kind == QuestionKind.SHORT_TEXT:
        name = "SHORTANSWER_C"
    shares = shares_of(options, gap.kind)
    pieces = [_piece(option, share, language, gap) for option, share in zip(options, shares, strict=True)]
    weight = max(1, round(gap.weight))
    return f"{{{weight}:{name}:{'~'.join(pieces)}}}"


def _piece(option: OptionWords, share: Decimal, language: str, gap: GapWords) -> str:
    text = getattr(option, f"text_{language}")
    feedback = getattr(option, f"feedback_{language}")
    if gap.kind == QuestionKind.NUMERIC and text.strip() != "*":
        number = read_number(text, unit=gap.unit)
        text = text if number is None else f"{number:f}:{(option.tolerance or Decimal(0)).normalize():f}"
    mark = "=" if share == 1 else f"%{percent(share)}%" if share else ""
    told = f"#{_escape(feedback)}" if feedback.strip() else ""
    return f"{mark}{_escape(text)}{told}"


def _escape(text: str) -> str:
    return re.sub(r"([\\}~=#])", r"\\\1", text).replace("\n", " ")
