"""Judgements about a quiz: can the bank fill its slots and with which questions, and what is shown when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.quizzes.states import ReviewPart, ReviewTime

#: How long after handing in a review counts as "right after"; then it is "later".
RIGHT_AFTER = timedelta(minutes=30)


def full_review() -> dict[str, list[str]]:
    """Nothing while answering, everything from the moment of handing in: what a new quiz shows."""
    everything = [part.value for part in ReviewPart]
    return {time.value: everything for time in ReviewTime if time != ReviewTime.DURING}


def review_time(*, at: datetime, submitted_at: datetime | None, closes_at: datetime | None) -> str:
    """Which column of the review policy holds at `at`, for a sitting handed in at `submitted_at` (None: still open)."""
    if submitted_at is None:
        return ReviewTime.DURING
    if closes_at is not None and at >= closes_at:
        return ReviewTime.AFTER_CLOSE
    return ReviewTime.RIGHT_AFTER if at < submitted_at + RIGHT_AFTER else ReviewTime.LATER


@dataclass(frozen=True)
class BankQuestion:
    """What a slot can ask of a question in the bank."""

    pk: int
    skill_id: int
    tags: frozenset[str]
    difficulty: int = 2


@dataclass(frozen=True)
class Demand:
    """One slot as a value: a fixed question, or `count` of those that fit skill, tag and difficulty (None or "" is any)."""

    count: int
    question_id: int | None = None
    skill_id: int | None = None
    tag: str = ""
    difficulty: int | None = None

    def fits(self, question: BankQuestion) -> bool:
        if self.question_id is not None:
            return question.pk == self.question_id
        return (
            (self.skill_id is None or question.skill_id == self.skill_id)
            and (not self.tag or self.tag in question.tags)
            and (self.difficulty is None or question.difficulty == self.difficulty)
        )


def fill_slots(demands: Sequence[Demand], questions: Sequence[BankQuestion]) -> list[list[int]]:
    """Ids of questions for each slot, none twice, the earlier in `questions` preferred.

    As many places as can be filled at all are filled: a question moves to another slot that it fits when its place is
    needed. Taking questions in order of preference and extending the matching whenever one can be added gives the
    most preferred of the largest matchings (a transversal matroid: Edmonds & Fulkerson, J. Res. NBS 69B (1965)
    147–153). A slot that comes back shorter than its count can't be filled.
    """
    fitting = {question.pk: [i for i, demand in enumerate(demands) if demand.fits(question)] for question in questions}
    filled: list[list[int]] = [[] for _demand in demands]
    places = sum(demand.count for demand in demands)
    for question in questions:
        if places == 0:
            break
        if _place(question.pk, demands, fitting, filled, tried=set()):
            places -= 1
    return filled


def _place(
    pk: int,
    demands: Sequence[Demand],
    fitting: Mapping[int, Collection[int]],
    filled: list[list[int]],
    *,
    tried: set[int],
) -> bool:
    """Seat the question, moving others on where needed. `tried` slots were found full without a way out."""
    for slot in fitting[pk]:
        if len(filled[slot]) < demands[slot].count:
            filled[slot].append(pk)
            return True
    for slot in fitting[pk]:
        if slot in tried:
            continue
        tried.add(slot)
        for other in filled[slot]:
            if _place(other, demands, fitting, filled, tried=tried):
                filled[slot].remove(other)
                filled[slot].append(pk)
                return True
    return False
