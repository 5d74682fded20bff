"""Writing GIFT, and saying what it can't carry."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.gift.reader import read_gift
from assessments.bank.formats.gift.signs import escaped
from assessments.bank.formats.languages import joined_languages, spoken_in
from assessments.bank.formats.lines import FALSE, percent, shares_of
from assessments.bank.formats.masks import masked
from assessments.bank.formats.records import FiledQuestion, Omission, ReadQuestion, WrittenFile
from assessments.bank.formats.words import written_tags
from assessments.bank.rules import OptionWords, Wording, media_in, read_number
from assessments.bank.states import MARKED_KINDS, QuestionKind

_NO_GIFT = {
    QuestionKind.ORDERING: _("GIFT has no items to be put in order: left out."),
    QuestionKind.CLOZE: _("GIFT has no texts with gaps: left out."),
    QuestionKind.SPOKEN: _("GIFT has no spoken answers: left out."),
}


def write_gift(questions: Sequence[FiledQuestion]) -> WrittenFile:
    """The questions that GIFT can carry. What it can't is named question by question, also as comments on top."""
    blocks, omissions, category = [], [], ""
    for question in questions:
        key, kind = question.filing.key, QuestionKind(question.wording.kind)
        if kind in _NO_GIFT:
            omissions.append(Omission(key, _NO_GIFT[kind], is_whole=True))
            continue
        if question.filing.skill != category:
            category = question.filing.skill
            blocks.append(f"$CATEGORY: $course$/top/{' '.join((question.skill_name or category).split())}")
        block = "\n".join(_block(question))
        omissions += [Omission(key, what) for what in _lost(question, block)]
        blocks.append(block)
    head = [f"// {each.key}: {each.what}" for each in omissions]
    return WrittenFile("\n\n".join([*(["\n".join(head)] if head else []), *blocks, ""]).encode(), tuple(omissions))


def _block(question: FiledQuestion) -> Iterator[str]:
    wording = question.wording
    facts = [f"[id:{_in_brackets(question.filing.key)}]"]
    facts += [f"[tag:{_in_brackets(tag)}]" for tag in written_tags(question, with_unit=True, with_case=True)]
    yield "// " + " ".join(facts)
    writer = _Writer(wording)
    stem = escaped(joined_languages(masked(wording.stem_zh), masked(wording.stem_en)))
    yield f"::{escaped(question.filing.key)}::[markdown]{stem}{{"
    yield from _LINES[QuestionKind(wording.kind)](writer)
    if explanation := writer.text(wording.explanation_zh, wording.explanation_en):
        yield f"####{explanation}"
    yield "}"


def _in_brackets(text: str) -> str:
    return text.replace("]", "\\]")


class _Writer:
    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.languages = spoken_in(wording.stem_zh, wording.stem_en)

    def text(self, zh: str, en: str) -> str:
        return escaped(joined_languages(masked(zh), masked(en), languages=self.languages))

    def feedback(self, option: OptionWords) -> str:
        told = self.text(option.feedback_zh, option.feedback_en)
        return f"#{told}" if told else ""

    def weighed(self) -> Iterator[tuple[OptionWords, Decimal]]:
        shares = shares_of(self.wording.options, self.wording.kind)
        yield from zip(self.wording.options, shares, strict=True)


def _choice(writer: _Writer) -> Iterator[str]:
    takes_several = writer.wording.kind == QuestionKind.MULTIPLE
    for option, share in writer.weighed():
        text = writer.text(option.text_zh, option.text_en) + writer.feedback(option)
        if takes_several:
            yield f"~{_percent(share)}{text}"
        elif option.is_right and share == 1:
            yield f"={text}"
        else:
            yield f"~{_percent(share) if share else ''}{text}"


def _true_false(writer: _Writer) -> Iterator[str]:
    """The option with our word for “false”, or else the second one, is the false one."""
    true, false = (*writer.wording.options, None, None)[:2]
    if true is not None and false is not None and (true.text_zh, true.text_en) == (FALSE["zh"], FALSE["en"]):
        true, false = false, true
    is_true = true is not None and true.is_right
    right, wrong = (true, false) if is_true else (false, true)
    yield "TRUE" if is_true else "FALSE"
    for option in (wrong, right):
        told = writer.text(option.feedback_zh, option.feedback_en) if option is not None else ""
        yield f"#{told}"


def _short_text(writer: _Writer) -> Iterator[str]:
    for option, share in writer.weighed():
        for text in dict.fromkeys(each for each in (option.text_zh, option.text_en) if each.strip()):
            yield f"={_percent(share) if share != 1 else ''}{escaped(text)}{writer.feedback(option)}"


def _numeric(writer: _Writer) -> Iterator[str]:
    yield "#"
    for option, share in writer.weighed():
        number = read_number(option.text_zh or option.text_en, unit=writer.wording.unit)
        text = "*" if number is None else f"{number:f}:{(option.tolerance or Decimal(0)).normalize():f}"
        yield f"={_percent(share) if share != 1 else ''}{text}{writer.feedback(option)}"


def _matching(writer: _Writer) -> Iterator[str]:
    for option in writer.wording.options:
        left = writer.text(option.text_zh, option.text_en)
        yield f"={left} -> {writer.text(option.match_zh, option.match_en)}"


def _written(writer: _Writer) -> Iterator[str]:
    return iter(())


def _percent(share: Decimal) -> str:
    return f"%{percent(share)}%"


_LINES: dict[QuestionKind, Callable[[_Writer], Iterator[str]]] = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.TRUE_FALSE: _true_false,
    QuestionKind.SHORT_TEXT: _short_text,
    QuestionKind.NUMERIC: _numeric,
    QuestionKind.MATCHING: _matching,
    QuestionKind.WRITTEN: _written,
}


# --- what is lost --------------------------------------------------------------------------------------------


def _lost(question: FiledQuestion, block: str) -> Iterator[Any]:
    """By reading the block back: whatever isn't the same."""
    wording = question.wording
    if wording.audio_zh or wording.audio_en:
        yield _("The recording to listen to is left out.")
    if media_in(replace(wording, audio_zh="", audio_en="")):
        yield _("Its pictures and recordings are left out; their places in the text stay.")
    if wording.kind in MARKED_KINDS:
        yield _("The rubric is left out.")
    read = next(iter(read_gift(block.encode(), language="zh")), None)
    if not isinstance(read, ReadQuestion):
        yield _("GIFT can't say this question so that it could be read back.")
        return
    wanted = replace(wording, audio_zh="", audio_en="")
    if wording.kind in MARKED_KINDS:
        wanted = replace(wanted, options=read.wording.options)
    yield from _differences(wanted, read.wording)
    if (read.filing.key, read.filing.tags) != (question.filing.key, question.filing.tags):
        yield _("Its key or a tag is not carried exactly.")


def _differences(wanted: Wording, read: Wording) -> Iterator[Any]:
    if wanted.kind != read.kind:
        yield _("It is read back as another type of question.")
    if (wanted.stem_zh, wanted.stem_en) != (read.stem_zh, read.stem_en):
        yield _("The text of the question is not carried exactly.")
    if (wanted.explanation_zh, wanted.explanation_en) != (read.explanation_zh, read.explanation_en):
        yield _("The explanation is not carried exactly.")
    if wanted.options != read.options:
        yield _OPTIONS.get(QuestionKind(wanted.kind), _("Its options are not carried exactly."))
    grading = [(each.partial_credit, each.match_case, each.unit) for each in (wanted, read)]
    if grading[0] != grading[1]:
        yield _("How it is graded is not carried exactly.")


_OPTIONS = {
    QuestionKind.TRUE_FALSE: _("GIFT knows only “true” and “false”: other words for the two options are left out."),
    QuestionKind.SHORT_TEXT: _("Accepted answers are listed one by one, without saying which language they are in."),
    QuestionKind.NUMERIC: _("Accepted numbers are written as plain numbers."),
}
