"""What a sitting is worth: the whole, its sections, each skill; which of several sittings counts; two markers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from assessments.attempts.states import VoidMode
from assessments.quizzes.states import Counting

ZERO = Decimal(0)
#: Shares are kept with five digits, rounded down: nobody passes by rounding.
STEP = Decimal("0.00001")
#: Shares are shown with one decimal of a percent, rounded down for the same reason.
SHOWN = Decimal("0.001")
#: Two markers whose shares lie further apart than this need a third, whose word is final.
FARTHEST = Decimal("0.15")


@dataclass(frozen=True)
class GradedAnswer:
    """What one drawn question brought: a share between 0 and 1 of its points.

    `section` is 0 where the quiz has none. `void` is the word of a void question: full marks, or as if never asked.
    """

    skill_id: int
    share: Decimal
    points: Decimal = Decimal(1)
    section: int = 0
    is_must_pass: bool = False
    void: str = ""


@dataclass(frozen=True)
class SectionResult:
    """`pass_share` None: the section has none of its own, it can't fail."""

    number: int
    score: Decimal
    n: int
    pass_share: Decimal | None
    passed: bool


@dataclass(frozen=True)
class Verdict:
    """The result of one sitting: its share, whether that passes, how many of how many questions were right."""

    score: Decimal
    passed: bool
    right: int
    n: int
    sections: tuple[SectionResult, ...] = ()
    failed_must_pass: int = 0


def verdict(
    answers: Sequence[GradedAnswer], *, pass_share: Decimal, sections: Mapping[int, Decimal | None] | None = None
) -> Verdict:
    """A quiz is passed on its total, on each section that has a pass share of its own, and on every must-pass question;
    a question left blank counts as zero, not as absent.

    `sections` maps the number of a section to its pass share. A void question has full marks or isn't counted; where
    nothing else is left it has full marks. Raises ValueError for a sitting without questions.
    """
    if not answers:
        raise ValueError("a sitting without questions has no result")
    counted = counted_answers(answers)
    found = tuple(
        _section(number, share, [answer for answer in counted if answer.section == number])
        for number, share in sorted((sections or {}).items())
        if any(answer.section == number for answer in counted)
    )
    # Compared as sums: no rounding decides over somebody's result.
    failed = sum(answer.is_must_pass and answer.share < 1 for answer in counted)
    passed = _won(counted) >= pass_share * _out_of(counted) and all(row.passed for row in found) and not failed
    right = sum(answer.share == 1 for answer in counted)
    return Verdict(_score(counted), passed, right, len(counted), found, failed)


def counted_answers(answers: Sequence[GradedAnswer]) -> list[GradedAnswer]:
    """The answers after voids: with full marks where the word is so, without those that were dropped."""
    kept = [answer for answer in answers if answer.void != VoidMode.DROPPED] or list(answers)
    return [
        GradedAnswer(answer.skill_id, Decimal(1), answer.points, answer.section, answer.is_must_pass)
        if answer.void
        else answer
        for answer in kept
    ]


def _section(number: int, pass_share: Decimal | None, answers: Sequence[GradedAnswer]) -> SectionResult:
    passed = pass_share is None or _won(answers) >= pass_share * _out_of(answers)
    return SectionResult(number, _score(answers), len(answers), pass_share, passed)


def _won(answers: Iterable[GradedAnswer]) -> Decimal:
    return sum((answer.share * answer.points for answer in answers), ZERO)


def _out_of(answers: Iterable[GradedAnswer]) -> Decimal:
    return sum((answer.points for answer in answers), ZERO)


def _score(answers: Sequence[GradedAnswer]) -> Decimal:
    return (_won(answers) / _out_of(answers)).quantize(STEP, ROUND_DOWN)


def shares_by_skill(answers: Sequence[GradedAnswer]) -> dict[int, Decimal]:
    """The share of the points of each skill that was asked about; a skill left blank is there with zero."""
    by_skill: dict[int, list[GradedAnswer]] = defaultdict(list)
    for answer in counted_answers(answers):
        by_skill[answer.skill_id].append(answer)
    return {skill_id: _score(rows) for skill_id, rows in sorted(by_skill.items())}


@dataclass(frozen=True)
class Outcome:
    """One graded sitting as far as counting goes, the earlier first."""

    score: Decimal
    passed: bool


@dataclass(frozen=True)
class Standing:
    """What several sittings come to. `place` is the sitting shown for it; None score: nothing is graded yet."""

    score: Decimal | None
    passed: bool
    place: int | None


def standing(outcomes: Sequence[Outcome], *, counting: str, pass_share: Decimal) -> Standing:
    """Which of the graded sittings counts, in the order they were taken.

    The average is passed when it reaches the pass share; for the best, a sitting that passed beats any that didn't
    (a must-pass question can fail a high score).
    """
    if not outcomes:
        return Standing(None, False, None)
    if counting == Counting.AVERAGE:
        mean = sum((row.score for row in outcomes), ZERO) / len(outcomes)
        return Standing(mean.quantize(STEP, ROUND_DOWN), mean >= pass_share, len(outcomes) - 1)
    if counting == Counting.FIRST:
        place = 0
    elif counting == Counting.LAST:
        place = len(outcomes) - 1
    else:
        place = max(range(len(outcomes)), key=lambda index: (outcomes[index].passed, outcomes[index].score))
    return Standing(outcomes[place].score, outcomes[place].passed, place)


@dataclass(frozen=True)
class Agreement:
    """What the markers' shares come to: a share, or None with what is still needed."""

    share: Decimal | None
    needs_second: bool = False
    needs_third: bool = False


def agreed_share(shares: Sequence[Decimal], *, needs_second: bool) -> Agreement:
    """One marker's share; of two the mean, unless they lie further apart than FARTHEST; a third one's word is final.

    `shares` in the order in which they were given.
    """
    if not shares:
        return Agreement(None, needs_second=False)
    if len(shares) >= 3:
        return Agreement(shares[2])
    if len(shares) == 1:
        return Agreement(None, needs_second=True) if needs_second else Agreement(shares[0])
    if abs(shares[0] - shares[1]) > FARTHEST:
        return Agreement(None, needs_third=True)
    return Agreement(((shares[0] + shares[1]) / 2).quantize(STEP, ROUND_DOWN))


def right_needed(*, n: int, pass_share: Decimal) -> int:
    """How many of n questions must be right to pass."""
    needed = n * pass_share
    return int(needed) + (needed != int(needed))


def shown_share(share: Decimal) -> Decimal:
    """The share as it is shown: one decimal of a percent, rounded down, so that 79.96 % never reads 80 %."""
    return share.quantize(SHOWN, ROUND_DOWN)


def percent(share: Decimal) -> str:
    """The shown share as text: "80%", "66.6%"."""
    return f"{(shown_share(share) * 100).normalize():f}%"
