"""Aiken: single choice as plain text. https://docs.moodle.org/en/Aiken_format

A question stands on one line; options are "A. " or "A) " with capital letters; "ANSWER: A" ends it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats import lines as build
from assessments.bank.formats.encodings import text_of
from assessments.bank.formats.markup import of_plain
from assessments.bank.formats.records import (
    MOST_CHARACTERS,
    MOST_TEXT_BYTES,
    Filing,
    Read,
    ReadQuestion,
    RefusedQuestion,
    Unfit,
    too_large,
)
from assessments.bank.rules import Wording
from assessments.bank.states import QuestionKind

_OPTION = re.compile(r"([A-Z])[.)](?:\s+|$)(.*)")
_ANSWER = re.compile(r"ANSWER:\s*(.*)")


@dataclass
class _Question:
    line: int
    texts: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)


def read_aiken(content: bytes, *, language: str) -> Read:
    """Each question of the file. Raises UnreadableFile."""
    too_large(content, MOST_TEXT_BYTES)
    return _questions(text_of(content), language)


def _questions(text: str, language: str) -> Iterator[ReadQuestion | RefusedQuestion]:
    question: _Question | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        said = line.strip()
        if not said:
            continue
        answer, option = _ANSWER.match(said), _OPTION.match(said)
        if question is None or (question.options and not answer and not option):
            if question is not None:
                yield _refused(question, _("It ends without a line “ANSWER: ”."))
            question = _Question(number)
        if answer:
            yield _finished(question, answer.group(1).strip(), language)
            question = None
        elif option and question.texts:
            question.options.append((option.group(1), option.group(2).strip()))
        else:
            question.texts.append(said)
    if question is not None:
        yield _refused(question, _("It ends without a line “ANSWER: ”."))


def _refused(question: _Question, reason: object) -> RefusedQuestion:
    title = question.texts[0][:80] if question.texts else "–"
    return RefusedQuestion(_("line %(line)s (%(name)s)") % {"line": question.line, "name": title}, reason)


def _finished(question: _Question, answer: str, language: str) -> ReadQuestion | RefusedQuestion:
    try:
        wording = _wording(question, answer, language)
    except Unfit as problem:
        return _refused(question, problem.reason)
    where = _("line %(line)s (%(name)s)") % {"line": question.line, "name": question.texts[0][:80]}
    return ReadQuestion(where, wording, Filing())


def _wording(question: _Question, answer: str, language: str) -> Wording:
    letters = [letter for letter, _text in question.options]
    if not question.texts:
        raise Unfit(_("There is no question above its answer."))
    if len(question.texts) > 1:
        raise Unfit(_("The question has to stand on one line, and its options have to begin with “A.” or “A)”."))
    if letters != [chr(ord("A") + place) for place in range(len(letters))]:
        raise Unfit(_("Its options are not lettered A, B, C … in turn."))
    if len(letters) < 2:
        raise Unfit(_("A question needs at least two options."))
    if not re.fullmatch(r"[A-Z]", answer):
        raise Unfit(_("After “ANSWER: ” stands one capital letter and nothing else."))
    if answer not in letters:
        raise Unfit(_("There is no option %(letter)s.") % {"letter": answer})
    if any(len(text) > MOST_CHARACTERS for text in (*question.texts, *(text for _letter, text in question.options))):
        raise Unfit(_("A text is too long."))
    stem = build.same(of_plain(question.texts[0]), [language])
    return Wording(
        kind=QuestionKind.SINGLE,
        stem_zh=stem["zh"],
        stem_en=stem["en"],
        options=tuple(
            build.option(build.same(of_plain(text), [language]), is_right=letter == answer)
            for letter, text in question.options
        ),
    )
