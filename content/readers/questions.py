"""Questions and quizzes of a pack as the values that the rooms' services take. Touches no database.

Pictures and recordings lie in the pack's `media/` folder: a Markdown text shows one as `![words](media/name.png)`, and
`audio` names a clip. In the wording they carry the key that the bank will know them by.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from assessments.bank.rules import GapWords, OptionWords, Wording, placed_faults
from assessments.bank.rules.media import media_key
from assessments.bank.states import GAP_KINDS, MARKED_KINDS, QuestionKind, QuestionUse
from assessments.quizzes.rules import full_review
from assessments.quizzes.services import QuizRules, SectionPlan
from assessments.quizzes.states import Counting, Navigation, Overdue, QuizPurpose, ReviewPart, ReviewTime
from content.readers.words import Text, number, one_of, pair, rows, share, text, whole, yes

QUESTION_FIELDS = frozenset(
    [
        "key",
        "skill",
        "use",
        "kind",
        "tags",
        "difficulty",
        "stem",
        "options",
        "explanation",
        "partial_credit",
        "match_case",
        "unit",
        "gaps",
        "audio",
        "_where",
    ]
)
OPTION_FIELDS = frozenset(["text", "right", "feedback", "match", "credit", "points", "tolerance", "gap"])
GAP_FIELDS = frozenset(["number", "kind", "weight", "unit"])
QUIZ_FIELDS = frozenset(
    [
        "key",
        "title",
        "description",
        "purpose",
        "skill",
        "course",
        "pass_share",
        "time_limit_minutes",
        "attempts_allowed",
        "opens_at",
        "closes_at",
        "overdue",
        "grace_minutes",
        "wait_minutes",
        "counting",
        "per_page",
        "navigation",
        "review",
        "second_marker",
        "sections",
        "slots",
        "_where",
    ]
)
SLOT_FIELDS = frozenset(["question", "skill", "tag", "difficulty", "count", "section", "points", "must_pass"])
SECTION_FIELDS = frozenset(["title", "pass_share"])
_MEDIA = re.compile(r"\]\(media/(?P<name>[^\s)]+)")

Value = TypeVar("Value")


class Entry:
    """One mapping of a pack being read: takes values out of it and collects what is wrong with them."""

    def __init__(self, row: Mapping[str, Any], problem: Callable[[str], None], *, where: str = "") -> None:
        self.row, self.problem, self.where = row, problem, where

    def take(self, name: str, read: Callable[[Any], Value], default: Value) -> Value:
        """The value read, or the default where it is missing or wrong."""
        if self.row.get(name) is None:
            return default
        try:
            return read(self.row[name])
        except ValueError as error:
            self.wrong(f"{name}: {error}")
            return default

    def wrong(self, what: str) -> None:
        self.problem(f"{self.where}{what}")

    def knows_only(self, names: frozenset[str]) -> None:
        """A misspelt field would be passed over in silence."""
        for name in self.row:
            if name not in names:
                self.wrong(f"there is no field `{name}` (known: {', '.join(sorted(names - {'_where'}))})")

    def each(self, name: str, names: frozenset[str]) -> Iterator["Entry"]:
        """The mappings of a list, each with its number in what it reports."""
        for place, row in enumerate(self.take(name, rows, []), start=1):
            entry = Entry(row, self.problem, where=f"{self.where}{name} {place}: ")
            entry.knows_only(names)
            yield entry


def read_wording(row: Mapping[str, Any], media: Mapping[str, bytes], problem: Callable[[str], None]) -> Wording:
    """What the question says and its key. Everything that keeps it from being asked goes to `problem`."""
    entry = Entry(row, problem)
    entry.knows_only(QUESTION_FIELDS)
    kind = entry.take("kind", lambda value: one_of(value, QuestionKind.values), "")
    if not kind and not row.get("kind"):
        entry.wrong("`kind` is missing")
    reader = _Media(media, entry)
    wording = Wording(
        kind=kind,
        **pair("stem", reader.text(row.get("stem"))),
        **pair("explanation", reader.text(row.get("explanation"))),
        partial_credit=entry.take("partial_credit", yes, False),
        match_case=entry.take("match_case", yes, False),
        unit=str(row.get("unit") or ""),
        audio_zh=reader.clip("zh-hans"),
        audio_en=reader.clip("en"),
        gaps=tuple(_gap(gap) for gap in entry.each("gaps", GAP_FIELDS)),
        options=tuple(_option(option, kind, reader) for option in entry.each("options", OPTION_FIELDS)),
    )
    if kind:
        for fault in placed_faults(wording):
            at = "" if fault.line is None else f"options {fault.line + 1}: "
            entry.wrong(f"{at}{fault.words}")
    return wording


def _gap(entry: Entry) -> GapWords:
    return GapWords(
        number=entry.take("number", lambda value: whole(value, at_least=1), 0),
        kind=entry.take("kind", lambda value: one_of(value, sorted(GAP_KINDS)), QuestionKind.SHORT_TEXT.value),
        weight=entry.take("weight", number, Decimal(1)),
        unit=str(entry.row.get("unit") or ""),
    )


def _option(entry: Entry, kind: str, reader: "_Media") -> OptionWords:
    field = "points" if kind in MARKED_KINDS else "credit"
    if (other := {"points": "credit", "credit": "points"}[field]) in entry.row:
        entry.wrong(f"write `{field}` for this kind of question, not `{other}`")
    return OptionWords(
        **pair("text", reader.text(entry.row.get("text"))),
        **pair("match", reader.text(entry.row.get("match"))),
        **pair("feedback", reader.text(entry.row.get("feedback"))),
        is_right=entry.take("right", yes, False),
        credit=entry.take(field, number, None),
        tolerance=entry.take("tolerance", number, None),
        gap=entry.take("gap", lambda value: whole(value, at_least=1), 0),
    )


class _Media:
    """Puts the bank's keys in place of the names of files."""

    def __init__(self, media: Mapping[str, bytes], entry: Entry) -> None:
        self.media, self.entry = media, entry

    def text(self, value: Any) -> Text:
        found = text(value)
        return Text(
            *(_MEDIA.sub(lambda match: f"](media:{self.key(match['name'])}", words) for words in (found.zh, found.en))
        )

    def clip(self, language: str) -> str:
        """The key of the clip to listen to; `audio` is one name for both languages, or one for each."""
        value = self.entry.row.get("audio")
        name = value.get(language) if isinstance(value, dict) else value
        return self.key(str(name)) if name else ""

    def key(self, name: str) -> str:
        if name not in self.media:
            self.entry.wrong(f"there is no file `media/{name}`")
            return "missing"
        return media_key(self.media[name])


def check_place(row: Mapping[str, Any], problem: Callable[[str], None]) -> None:
    """Where the question stands in the bank."""
    entry = Entry(row, problem)
    entry.take("use", lambda value: one_of(value, QuestionUse.values), "")
    if not row.get("use"):
        entry.wrong("`use` is missing")
    difficulty = entry.take("difficulty", whole, 2)
    if not 1 <= difficulty <= 5:
        entry.wrong("difficulty: 1 is easy, 5 is hard")
    if not isinstance(row.get("tags", []), list):
        entry.wrong("tags: a list is expected")


# --- quizzes -------------------------------------------------------------------------------------------------


def read_rules(row: Mapping[str, Any], problem: Callable[[str], None]) -> QuizRules:
    """What a quiz lays down besides its slots; what isn't said is as in a new quiz of the back office."""
    entry = Entry(row, problem)
    entry.knows_only(QUIZ_FIELDS)
    entry.take("purpose", lambda value: one_of(value, QuizPurpose.values), "")
    if not row.get("purpose"):
        entry.wrong("`purpose` is missing")
    if "pass_share" not in row:
        entry.wrong("`pass_share` is missing")
    opens_at, closes_at = entry.take("opens_at", _instant, None), entry.take("closes_at", _instant, None)
    if opens_at and closes_at and closes_at <= opens_at:
        entry.wrong("closes_at: it closes before it opens")
    overdue = entry.take("overdue", lambda value: one_of(value, Overdue.values), Overdue.AUTOSUBMIT.value)
    grace_minutes = entry.take("grace_minutes", whole, 0)
    if overdue == Overdue.GRACE and not grace_minutes:
        entry.wrong("grace_minutes: how long can it still be handed in?")
    return QuizRules(
        pass_share=entry.take("pass_share", share, Decimal(1)),
        time_limit_minutes=entry.take("time_limit_minutes", lambda value: whole(value, at_least=1), None),
        attempts_allowed=_attempts(entry),
        opens_at=opens_at,
        closes_at=closes_at,
        overdue=overdue,
        grace_minutes=grace_minutes,
        wait_minutes=entry.take("wait_minutes", whole, 0),
        counting=entry.take("counting", lambda value: one_of(value, Counting.values), Counting.BEST.value),
        per_page=entry.take("per_page", whole, 1),
        navigation=entry.take("navigation", lambda value: one_of(value, Navigation.values), Navigation.FREE.value),
        review=entry.take("review", _review, full_review()),
        needs_second_marker=entry.take("second_marker", yes, False),
        sections=tuple(
            SectionPlan(
                **pair("title", _title(section)),
                pass_share=section.take("pass_share", share, None),
            )
            for section in entry.each("sections", SECTION_FIELDS)
        ),
    )


def _attempts(entry: Entry) -> int | None:
    """`null` is as many as wanted, which isn't the same as saying nothing."""
    if "attempts_allowed" in entry.row and entry.row["attempts_allowed"] is None:
        return None
    return entry.take("attempts_allowed", lambda value: whole(value, at_least=1), 2)


def _title(entry: Entry) -> Text:
    title = text(entry.row.get("title"))
    if not (title.zh and title.en):
        entry.wrong("title: both languages are needed")
    return title


def _instant(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{value} is not an instant with its time zone, such as 2026-03-02 09:00:00+08:00")
    return value


def _review(value: Any) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        raise ValueError("a mapping of times to what is shown is expected")
    for time, parts in value.items():
        one_of(time, ReviewTime.values)
        if not isinstance(parts, list):
            raise ValueError(f"{time}: a list is expected")
        for part in parts:
            one_of(part, ReviewPart.values)
    kept = {time.value: [part.value for part in ReviewPart if part in value.get(time, ())] for time in ReviewTime}
    return {time: parts for time, parts in kept.items() if parts}


def check_slots(row: Mapping[str, Any], problem: Callable[[str], None]) -> None:
    """Slots whose figures can be used; that their questions, skills and tags exist is checked with the whole pack."""
    entry = Entry(row, problem)
    sections = len(entry.row.get("sections") or ())
    slots = list(entry.each("slots", SLOT_FIELDS))
    if not slots:
        entry.wrong("slots: a quiz asks at least one thing")
    for slot in slots:
        if slot.row.get("question") and any(slot.row.get(name) for name in ("skill", "tag", "difficulty")):
            slot.wrong("a fixed question takes neither skill nor tag nor difficulty")
        if slot.take("count", lambda value: whole(value, at_least=1), 1) != 1 and slot.row.get("question"):
            slot.wrong("a fixed question counts as one question")
        if slot.take("section", whole, 0) > sections:
            slot.wrong(f"there is no section {slot.row['section']}")
        if slot.take("points", number, Decimal(1)) <= 0:
            slot.wrong("points: a slot is worth something")
        if not 1 <= slot.take("difficulty", whole, 1) <= 5:
            slot.wrong("difficulty: 1 is easy, 5 is hard")
        slot.take("must_pass", yes, False)
