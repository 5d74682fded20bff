"""Our own facts as tags that other systems keep: `skill:phrasing`, `difficulty:3`, `use:practice`, `status:ready`,
`grading:all` and `grading:part` (part credit or none), `case:exact` (capital letters count), `unit:s`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.records import (
    MOST_TAG_CHARACTERS,
    MOST_TAGS,
    MOST_UNIT_CHARACTERS,
    FiledQuestion,
    Unfit,
)
from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse

ALL_OR_NOTHING, PART_CREDIT, EXACT_CASE = "grading:all", "grading:part", "case:exact"
#: Kinds with several things to get right: other systems always give part credit for them.
CREDITED = {QuestionKind.MULTIPLE, QuestionKind.MATCHING, QuestionKind.ORDERING, QuestionKind.CLOZE}


@dataclass(frozen=True)
class Tagged:
    """What tags say: where the question stands, and how it is graded (None: nothing)."""

    filing: dict[str, Any]
    gives_part_credit: bool | None = None
    match_case: bool = False
    unit: str = ""

    def grading_of(self, kind: str) -> dict[str, Any]:
        """The part of a wording that tags decide, for a format that knows neither case nor unit."""
        return {"partial_credit": self.part_credit_of(kind), "match_case": self.match_case, "unit": self.unit}

    def part_credit_of(self, kind: str) -> bool:
        return kind in CREDITED if self.gives_part_credit is None else self.gives_part_credit


def read_tags(tags: Iterable[str]) -> Tagged:
    """Raises Unfit for too many or too long ones."""
    filing: dict[str, Any] = {}
    kept: list[str] = []
    unit, flags = "", set()
    for tag in (" ".join(each.split()) for each in tags):
        name, _colon, value = tag.partition(":")
        if tag in (ALL_OR_NOTHING, PART_CREDIT, EXACT_CASE):
            flags.add(tag)
        elif name == "unit" and 0 < len(value) <= MOST_UNIT_CHARACTERS:
            unit = value
        elif name == "skill" and value:
            filing["skill"] = value
        elif name == "difficulty" and value in ("1", "2", "3", "4", "5"):
            filing["difficulty"] = int(value)
        elif (name == "use" and value in QuestionUse.values) or (name == "status" and value in QuestionStatus.values):
            filing[name] = value
        elif tag:
            kept.append(tag)
    filing["tags"] = checked_tags(kept)
    part_credit = None if not flags & {ALL_OR_NOTHING, PART_CREDIT} else PART_CREDIT in flags
    return Tagged(filing, part_credit, EXACT_CASE in flags, unit)


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Without doublets. Raises Unfit."""
    found = tuple(dict.fromkeys(tags))
    if len(found) > MOST_TAGS or any(len(tag) > MOST_TAG_CHARACTERS for tag in found):
        raise Unfit(_("It has too many tags, or one that is too long."))
    return found


def written_tags(question: FiledQuestion, *, with_unit: bool, with_case: bool) -> list[str]:
    """`with_unit`, `with_case`: the format has no other place for them."""
    filing, wording = question.filing, question.wording
    facts = [("skill", filing.skill), ("difficulty", filing.difficulty), ("use", filing.use), ("status", filing.status)]
    tags = [f"{name}:{value}" for name, value in facts if value]
    if wording.partial_credit != (wording.kind in CREDITED):
        tags.append(PART_CREDIT if wording.partial_credit else ALL_OR_NOTHING)
    if with_case and wording.match_case:
        tags.append(EXACT_CASE)
    if with_unit and wording.unit:
        tags.append(f"unit:{wording.unit}")
    return [*tags, *(filing.tags or ())]
