"""Questions of a pack and wordings of the bank: one is the other."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from assessments.bank.rules import GapWords, OptionWords, Wording, placed_faults
from assessments.bank.states import GAP_KINDS, MARKED_KINDS, QuestionKind, QuestionStatus, QuestionUse
from content.format.nodes import Node
from content.format.reading import Reading
from content.format.types import (
    Bilingual,
    Field,
    File,
    Key,
    ListOf,
    Number,
    OneOf,
    PerLanguage,
    Ref,
    Row,
    Text,
    Whole,
    Words,
    Yes,
    clean,
    pair,
    with_media,
)  # fmt: skip

_IN_THE_BANK = re.compile(r"\]\(media:(?P<key>[0-9a-z-]{1,64})(?=[\s)])")
SHOWN = Bilingual(shows_media=True)
CREDIT = Number(digits=8, places=5)


def _check(value: dict[str, Any], node: Node, to: Reading) -> None:
    """Everything that keeps a ready question from being asked, each at its line."""
    before = len(to.problems)
    options = node.get("options")
    field, other = ("points", "credit") if value["kind"] in MARKED_KINDS else ("credit", "points")
    for line in options.value if options else ():
        if line.is_mapping and other in line.value:
            to.wrong(line, f"options: write `{field}` for this kind of question, not `{other}`", line=line.lines[other])
    if value["status"] != QuestionStatus.READY or len(to.problems) > before:
        return
    for fault in placed_faults(wording(value)):
        at = node.get(fault.place) or node
        if fault.line is not None and options:
            at = options.value[fault.line]
        to.wrong(at, f"{fault.place}: {fault.words}")


OPTION = Row(
    Field("gap", Whole(1), default=0, says="The gap of a cloze that the line belongs to."),
    Field("text", SHOWN),
    Field("match", SHOWN, says="matching: the right side."),
    Field("right", Yes()),
    Field("credit", CREDIT, says="The share of the points it brings; left out: all if right, nothing if wrong."),
    Field("points", CREDIT, says="written, spoken: the points of the criterion."),
    Field("tolerance", Number(), says="numeric: either way."),
    Field("feedback", SHOWN, says="Shown to whoever chose or typed it."),
)
GAP = Row(
    Field("number", Whole(1, 99), required=True),
    Field("kind", OneOf(sorted(GAP_KINDS)), default=QuestionKind.SHORT_TEXT.value),
    Field("weight", Number(), default=GapWords(1, "").weight),
    Field("unit", Words(40)),
)
QUESTION = Row(
    Field("key", Key(), required=True),
    Field("skill", Ref(kind="skill"), required=True),
    Field("use", OneOf(QuestionUse.values), required=True, says="exam feeds quizzes, practice feeds check blocks."),
    Field("status", OneOf(QuestionStatus.values), default=QuestionStatus.READY.value),
    Field("kind", OneOf(QuestionKind.values), required=True),
    Field("tags", ListOf(Words(80, is_line=True))),
    Field("difficulty", Whole(1, 5), default=2, says="1 is easy, 5 is hard."),
    Field("partial_credit", Yes(), says="What is partly right counts partly."),
    Field("match_case", Yes(), says="Capital letters count."),
    Field("unit", Words(40), says="numeric: stands behind the field."),
    Field("audio", PerLanguage(File()), says="A clip to listen to first, one for all languages or one for each."),
    Field("stem", SHOWN, required=True, says="Markdown."),
    Field("gaps", ListOf(GAP), says="cloze: one for each [[1]] in the stem."),
    Field("options", ListOf(OPTION), says="Options, pairs, items, accepted answers or criteria, by the kind."),
    Field("explanation", SHOWN, says="Markdown, shown wherever the quiz's policy allows."),
    judge=_check,
)


def wording(value: dict[str, Any]) -> Wording:
    """What the question says, as the bank takes it."""
    return Wording(
        kind=value["kind"],
        **pair("stem", value["stem"]),
        **pair("explanation", value["explanation"]),
        partial_credit=value["partial_credit"],
        match_case=value["match_case"],
        unit=value["unit"],
        audio_zh=value["audio"].zh,
        audio_en=value["audio"].en,
        gaps=tuple(GapWords(gap["number"], gap["kind"], gap["weight"], gap["unit"]) for gap in value["gaps"]),
        options=tuple(
            OptionWords(
                **pair("text", line["text"]),
                **pair("match", line["match"]),
                **pair("feedback", line["feedback"]),
                is_right=line["right"],
                credit=line["points"] if value["kind"] in MARKED_KINDS else line["credit"],
                tolerance=line["tolerance"],
                gap=line["gap"],
            )
            for line in value["options"]
        ),
    )


def said(words: Wording) -> dict[str, Any]:
    """The part of the pack's entry that the wording is; the other way round."""
    worth = "points" if words.kind in MARKED_KINDS else "credit"
    return {
        "kind": words.kind,
        "stem": _text(words, "stem"),
        "explanation": _text(words, "explanation"),
        "partial_credit": words.partial_credit,
        "match_case": words.match_case,
        "unit": clean(words.unit),
        "audio": Text(words.audio_zh, words.audio_en),
        "gaps": [
            {"number": gap.number, "kind": gap.kind, "weight": gap.weight, "unit": clean(gap.unit)}
            for gap in words.gaps
        ],
        "options": [
            {
                "gap": line.gap,
                "text": _text(line, "text"),
                "match": _text(line, "match"),
                "right": line.is_right,
                "credit": None,
                "points": None,
                "tolerance": line.tolerance,
                "feedback": _text(line, "feedback"),
            }
            | {worth: line.credit}
            for line in words.options
        ],
    }


def _text(row: Any, name: str) -> Text:
    return Text(clean(getattr(row, f"{name}_zh")), clean(getattr(row, f"{name}_en")))


def renamed(words: Wording, name: Callable[[str], str]) -> Wording:
    """The wording with other names for its files: `media/…` of the pack as `media:KEY` of the bank."""

    def texts(row: Any, *fields: str) -> dict[str, str]:
        names = [f"{field}_{language}" for field in fields for language in ("zh", "en")]
        return {field: with_media(getattr(row, field), lambda found: f"media:{name(found)}") for field in names}

    return replace(
        words,
        **texts(words, "stem", "explanation"),
        audio_zh=name(words.audio_zh) if words.audio_zh else "",
        audio_en=name(words.audio_en) if words.audio_en else "",
        options=tuple(replace(line, **texts(line, "text", "match", "feedback")) for line in words.options),
    )


def bank_media(value: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A question of the bank with the names of its files, as a pack writes them."""

    def shown(text: Text) -> Text:
        def named(match: re.Match[str]) -> str:
            return f"](media/{names[match['key']]}" if match["key"] in names else match[0]

        return Text(_IN_THE_BANK.sub(named, text.zh), _IN_THE_BANK.sub(named, text.en))

    options = [line | {name: shown(line[name]) for name in ("text", "match", "feedback")} for line in value["options"]]
    return value | {
        "stem": shown(value["stem"]),
        "explanation": shown(value["explanation"]),
        "audio": Text(names.get(value["audio"].zh, ""), names.get(value["audio"].en, "")),
        "options": options,
    }
