"""Our own spreadsheet (xlsx or CSV): a row with a type begins a question, each further row is one more line of it."""

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.lines import credit_of, decimal_of, tolerance_of, within
from assessments.bank.formats.records import (
    MOST_CHARACTERS,
    MOST_FILE_BYTES,
    MOST_GAPS,
    MOST_TEXT_BYTES,
    MOST_UNIT_CHARACTERS,
    FiledQuestion,
    FileNote,
    Filing,
    Omission,
    Read,
    ReadQuestion,
    RefusedQuestion,
    Unfit,
    UnreadableFile,
    WrittenFile,
    too_large,
)
from assessments.bank.formats.sheet_columns import COLUMNS, KINDS, LINE_KEYS, NO, STATUSES, USES, YES, lookup
from assessments.bank.formats.words import checked_tags
from assessments.bank.rules import GapWords, OptionWords, Wording, media_in
from assessments.bank.states import GAP_KINDS
from lms.kernel.tables import Row, UnreadableTable, read_table
from lms.kernel.workbooks import data_workbook

#: What a cell of a spreadsheet holds.
MOST_IN_CELL = 32_767
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TABLE_FAULTS = {
    "empty": _("The file is empty."),
    "encoding": _("The text can't be read: save the file as UTF-8."),
    "spreadsheet": _("The spreadsheet can't be read: save it again as xlsx."),
    "too_large": _("The spreadsheet is too large: split it."),
}
_KINDS, _USES, _STATUSES = lookup(KINDS), lookup(USES), lookup(STATUSES)
_TAG_SIGNS = re.compile(r"[,，、;；]")


# --- reading -------------------------------------------------------------------------------------------------


def read_sheet(content: bytes, *, language: str) -> Read:
    """Each question of the table; its columns say which language a text is in. Raises UnreadableFile."""
    if content.startswith(_OLE):
        raise UnreadableFile(_("Old Excel files (.xls) are not read: save it as xlsx."))
    too_large(content, MOST_FILE_BYTES if content.startswith(_ZIP) else MOST_TEXT_BYTES)
    try:
        table = read_table(content, is_header=lambda cells: "type" in _places(cells) and len(_places(cells)) > 2)
    except UnreadableTable as problem:
        raise UnreadableFile(_TABLE_FAULTS[problem.reason]) from problem
    places = _places(table.header)
    if "type" not in places or not {"question_zh", "question_en"} & places.keys():
        raise UnreadableFile(
            _("The first row has to name the columns; “type” (题型) and “question_zh” (题目) are needed.")
        )
    unknown = [head for place, head in enumerate(table.header) if head and place not in places.values()]
    return _questions(table.rows, places, unknown)


def _plain(head: str) -> str:
    return re.sub(r"[\s_\-*（）()【】\[\]:：.]", "", unicodedata.normalize("NFKC", head)).casefold()


_HEADS = {_plain(head): column.key for column in COLUMNS for head in (column.key, *column.headings)}


def _places(header: Sequence[str]) -> dict[str, int]:
    """{column: place}; the first of two columns with the same meaning counts."""
    places: dict[str, int] = {}
    for place, head in enumerate(header):
        key = _HEADS.get(_plain(head))
        if key:
            places.setdefault(key, place)
    return places


@dataclass
class _Block:
    """The rows of one question."""

    line: int
    cells: dict[str, str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    has_surplus: bool = False


def _questions(rows: Sequence[Row], places: dict[str, int], unknown: Sequence[str]) -> Read:
    if unknown:
        heads = ", ".join(head[:40] for head in unknown[:20])
        yield FileNote(_("first row"), _("These columns mean nothing here: %(heads)s.") % {"heads": heads})
    block: _Block | None = None
    for row in rows:
        cells = {key: row.cells[place] for key, place in places.items()}
        if cells["type"]:
            if block is not None:
                yield _question(block)
            block = _Block(row.line, cells)
        elif block is None:
            yield RefusedQuestion(_where(row.line, ""), _("It stands above the first row with a type."))
            continue
        elif stray := [key for key, cell in cells.items() if cell and key not in LINE_KEYS]:
            yield RefusedQuestion(
                _where(row.line, ""),
                _("It has no type, so it belongs to the question above, but fills “%(columns)s”.")
                % {"columns": ", ".join(stray)},
            )
            continue
        block.has_surplus = block.has_surplus or bool(row.surplus)
        block.rows.append((row.line, cells))
    if block is not None:
        yield _question(block)


def _where(line: int, name: str) -> Any:
    return _("row %(line)s (%(name)s)") % {"line": line, "name": name or "–"}


def _question(block: _Block) -> ReadQuestion | RefusedQuestion:
    cells = block.cells
    name = cells.get("key") or " ".join((cells.get("question_zh") or cells.get("question_en") or "").split())[:60]
    where = _where(block.line, name)
    try:
        if block.has_surplus:
            raise Unfit(_("It has more cells than there are columns: a comma in a text without quotation marks?"))
        return ReadQuestion(where, _wording(block), _filing(cells))
    except Unfit as problem:
        return RefusedQuestion(where, problem.reason)


def _filing(cells: dict[str, str]) -> Filing:
    key, difficulty = cells.get("key", ""), cells.get("difficulty", "")
    if key and (not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", key)):
        raise Unfit(_("Its key “%(key)s” has other signs than Latin letters, digits and hyphens.") % {"key": key[:80]})
    if difficulty and difficulty not in ("1", "2", "3", "4", "5"):
        raise Unfit(_("Its difficulty is not a number from 1 to 5."))
    tags = None
    if "tags" in cells:
        tags = checked_tags(each for tag in _TAG_SIGNS.split(cells["tags"]) if (each := " ".join(tag.split())))
    return Filing(
        key=key,
        skill=cells.get("skill", ""),
        use=_word(_USES, cells.get("use", "")),
        status=_word(_STATUSES, cells.get("status", "")),
        difficulty=int(difficulty) if difficulty else None,
        tags=tags,
    )


def _wording(block: _Block) -> Wording:
    cells = block.cells
    kind = _word(_KINDS, cells["type"])
    texts = {
        "stem_zh": "question_zh", "stem_en": "question_en", "audio_zh": "audio_zh", "audio_en": "audio_en",
        "explanation_zh": "explanation_zh", "explanation_en": "explanation_en",
    }  # fmt: skip
    options, gaps = _lines(block.rows)
    unit = cells.get("unit", "")
    if len(unit) > MOST_UNIT_CHARACTERS:
        raise Unfit(_("Its unit is too long."))
    return Wording(
        kind=kind,
        **{name: _text(cells.get(column, "")) for name, column in texts.items()},
        options=tuple(options),
        partial_credit=_yes(cells.get("part_credit", "")),
        match_case=_yes(cells.get("match_case", "")),
        unit=unit,
        gaps=tuple(gaps),
    )


def _lines(rows: Sequence[tuple[int, dict[str, str]]]) -> tuple[list[OptionWords], list[GapWords]]:
    within(len(rows))
    options: list[OptionWords] = []
    gaps: dict[int, GapWords] = {}
    for _line, cells in rows:
        gap = cells.get("gap", "")
        if gap and (not gap.isdecimal() or not 0 < int(gap) <= MOST_GAPS):
            raise Unfit(_("“%(gap)s” is not the number of a gap.") % {"gap": gap[:20]})
        number = int(gap or 0)
        if cells.get("gap_type"):
            if number in gaps or not number:
                raise Unfit(_("A gap is described twice, or has no number."))
            gaps[number] = _gap(number, cells)
        if any(cell for key, cell in cells.items() if key in LINE_KEYS and not key.startswith("gap")):
            options.append(_option(number, cells))
    return options, list(gaps.values())


def _gap(number: int, cells: dict[str, str]) -> GapWords:
    kind = _word(_KINDS, cells["gap_type"])
    if kind not in GAP_KINDS:
        raise Unfit(_("A gap can be single, multiple, numeric or short_text only."))
    weight = decimal_of(cells.get("gap_weight") or "1")
    return GapWords(number, kind, credit_of(weight), cells.get("gap_unit", "")[:MOST_UNIT_CHARACTERS])


def _option(gap: int, cells: dict[str, str]) -> OptionWords:
    credit, tolerance = cells.get("credit", ""), cells.get("tolerance", "")
    texts = {
        "text_zh": "option_zh", "text_en": "option_en", "match_zh": "match_zh", "match_en": "match_en",
        "feedback_zh": "feedback_zh", "feedback_en": "feedback_en",
    }  # fmt: skip
    return OptionWords(
        **{name: _text(cells.get(column, "")) for name, column in texts.items()},
        is_right=_yes(cells.get("right", "")),
        credit=credit_of(decimal_of(credit)) if credit else None,
        tolerance=(tolerance_of(decimal_of(tolerance)) or Decimal(0)) if tolerance else None,
        gap=gap,
    )


def _text(cell: str) -> str:
    if len(cell) > MOST_CHARACTERS:
        raise Unfit(_("A text is too long."))
    if "\x00" in cell:
        raise Unfit(_("A text has signs that can't be read."))
    return cell


def _word(known: dict[str, str], cell: str) -> str:
    word = known.get(" ".join(cell.split()).casefold()) if cell else ""
    if word is None:
        raise Unfit(_("“%(word)s” is none of the words for its column.") % {"word": cell[:40]})
    return word


def _yes(cell: str) -> bool:
    word = cell.strip().casefold()
    if word in YES:
        return True
    if word and word not in NO:
        raise Unfit(_("“%(word)s” is neither yes nor no.") % {"word": cell[:40]})
    return False


# --- writing -------------------------------------------------------------------------------------------------


def write_sheet(questions: Sequence[FiledQuestion]) -> WrittenFile:
    """The questions as our template, in the words of the active language. Every cell is text: nothing is a formula."""
    omissions, rows = [], []
    language = "en" if (get_language() or "").startswith("en") else "zh"
    for question in questions:
        found = [_in_words(row, language) for row in _rows(question)]
        key = question.filing.key
        if any(len(cell) > MOST_IN_CELL for row in found for cell in row.values()):
            what = _("A text of it is longer than a cell of a spreadsheet: left out.")
            omissions.append(Omission(key, what, is_whole=True))
            continue
        rows += found
        omissions += [Omission(key, what) for what in _lost(question)]
    heads = [column.key if language == "en" else column.headings[0] for column in COLUMNS]
    return WrittenFile(_spreadsheet(heads, rows, language), tuple(omissions))


def _rows(question: FiledQuestion) -> list[dict[str, str]]:
    wording, filing = question.wording, question.filing
    first = {
        "key": filing.key,
        "skill": filing.skill,
        "type": str(wording.kind),
        "use": filing.use,
        "status": filing.status,
        "difficulty": str(filing.difficulty or ""),
        "tags": ", ".join(filing.tags or ()),
        "question_zh": wording.stem_zh,
        "question_en": wording.stem_en,
        "audio_zh": wording.audio_zh,
        "audio_en": wording.audio_en,
        "part_credit": "yes" if wording.partial_credit else "no",
        "match_case": "yes" if wording.match_case else "no",
        "unit": wording.unit,
        "explanation_zh": wording.explanation_zh,
        "explanation_en": wording.explanation_en,
    }
    gaps = {gap.number: _gap_cells(gap) for gap in wording.gaps}
    lines: list[dict[str, str]] = []
    if list(gaps) != list(dict.fromkeys(option.gap for option in wording.options if option.gap in gaps)):
        lines, gaps = list(gaps.values()), {}
    for option in wording.options:
        lines.append(gaps.pop(option.gap, {}) | _line_cells(option))
    rows = lines or [{}]
    rows[0] = first | rows[0]
    return rows


def _gap_cells(gap: GapWords) -> dict[str, str]:
    return {
        "gap": str(gap.number),
        "gap_type": str(gap.kind),
        "gap_weight": f"{gap.weight.normalize():f}",
        "gap_unit": gap.unit,
    }


def _line_cells(option: OptionWords) -> dict[str, str]:
    return {
        "gap": str(option.gap or ""),
        "option_zh": option.text_zh,
        "option_en": option.text_en,
        "right": "yes" if option.is_right else "no",
        "credit": "" if option.credit is None else f"{option.credit.normalize():f}",
        "match_zh": option.match_zh,
        "match_en": option.match_en,
        "tolerance": "" if option.tolerance is None else f"{option.tolerance.normalize():f}",
        "feedback_zh": option.feedback_zh,
        "feedback_en": option.feedback_en,
    }


def _in_words(row: dict[str, str], language: str) -> dict[str, str]:
    """The fixed words of a row in the language of the sheet."""
    if language == "en":
        return row
    words = {"type": KINDS, "gap_type": KINDS, "use": USES, "status": STATUSES}
    chinese = {
        key: known[row[key]][0]  # type: ignore[index]
        for key, known in words.items()
        if row.get(key)
    }
    truths = {"yes": "是", "no": "否"}
    truths_here = {key: truths[row[key]] for key in ("part_credit", "match_case", "right") if key in row}
    return row | chinese | truths_here


def _lost(question: FiledQuestion) -> Iterator[Any]:
    if media_in(question.wording):
        yield _(
            "The spreadsheet names its pictures and recordings by key; it can be imported where they are in the bank."
        )
    places = {column.key: place for place, column in enumerate(COLUMNS)}
    rows = [Row(number, _cells(cells)) for number, cells in enumerate(_rows(question), start=2)]
    read = next(_questions(rows, places, ()))
    same = isinstance(read, ReadQuestion) and read.wording == question.wording
    if not same:
        yield _("A part of it is not carried exactly.")
    elif isinstance(read, ReadQuestion) and read.filing.tags != question.filing.tags:
        yield _("A tag with a comma or a semicolon becomes two.")


def _cells(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row.get(column.key, "").strip() for column in COLUMNS)


def _spreadsheet(heads: Sequence[str], rows: Sequence[dict[str, str]], language: str) -> bytes:
    memory = io.BytesIO()
    book = data_workbook(memory)
    sheet = book.add_worksheet("题目" if language == "zh" else "Questions")
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for place, (column, head) in enumerate(zip(COLUMNS, heads, strict=True)):
        sheet.set_column(place, place, column.width, text)
        sheet.write_string(0, place, head, bold)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(_cells(row)):
            if cell:
                sheet.write_string(number, place, cell)
    sheet.freeze_panes(1, 1)
    guide = book.add_worksheet("说明" if language == "zh" else "Guide")
    guide.set_column(0, 0, 20)
    guide.set_column(1, 1, 100)
    for number, (column, head) in enumerate(zip(COLUMNS, heads, strict=True)):
        guide.write_string(number, 0, head, bold)
        guide.write_string(number, 1, str(column.hint))
    book.close()
    return memory.getvalue()
