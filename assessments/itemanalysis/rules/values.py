"""What goes into an item analysis and what comes out, and how many learners it takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessments.itemanalysis.states import Flag
from assessments.statistics import Interval

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]
type Bools = NDArray[np.bool_]

#: With fewer learners nothing but their number is shown: the figures could tell whose they are.
LEAST_LEARNERS = 5
#: With fewer learners a correlation says next to nothing (at 10, r = 0 comes with ±0.63), so there is none.
LEAST_FOR_CORRELATIONS = 10
#: With fewer learners nothing is flagged: chance would point at good questions.
LEAST_FOR_FLAGS = 20
TOO_EASY = 0.95
#: Or what guessing brings, where that is more.
TOO_HARD = 0.20
DEAD = 0.05
#: Nearer to zero a discrimination is none rather than a negative one, unless its interval lies below zero.
NEGATIVE = -0.1
#: So many of the answers that were typed are told one by one.
MOST_ANSWERS = 5
#: Bars of the histogram, of equal width from 0 to 1.
BARS = 20
#: Arithmetic leaves dust in the last digits; without it, equal scores are equal.
DIGITS = 12


@dataclass(frozen=True, eq=False)
class Sittings:
    """n sittings of k questions. NaN in `shares` and `points`: not asked, or void.

    `scores` (n): the score as it counted, 0–1. `passed` (n). `shares` (n × k): of the points, 0–1. `points` (n × k):
    what the question was worth in that sitting. `places` (n × k): where it stood, from 1; NaN: not asked. `seconds`
    (n × k): spent on it; NaN: unknown. `chance` (k): the share that guessing brings. `is_void` (k).
    """

    scores: Floats
    passed: Bools
    shares: Floats
    points: Floats
    places: Floats
    seconds: Floats
    chance: Floats
    is_void: Bools

    @property
    def n(self) -> int:
        return int(self.scores.size)

    @property
    def has_fixed_places(self) -> bool:
        """Every question stood at the same place for everybody who was asked it."""
        places = self.places
        return bool(((places == np.fmax.reduce(places, axis=0, initial=0.0)) | np.isnan(places)).all())


@dataclass(frozen=True, eq=False)
class Picks:
    """Who chose which option: the i-th pick is `options[i]` by the sitting `sittings[i]`.

    `of_question` and `is_right` (one entry an option): to which of the k questions it belongs, and whether it is right.
    The options of a question stand together, in the order of the wording.
    """

    sittings: Ints
    options: Ints
    of_question: Ints
    is_right: Bools


NO_PICKS = Picks(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))


@dataclass(frozen=True, eq=False)
class Given:
    """What was typed: the i-th answer is `answers[i]` by the sitting `sittings[i]`; who left it blank has none.

    `of_question` (one entry an answer): to which of the k questions it was given. `questions`: those that are answered by
    typing, also where nobody has.
    """

    sittings: Ints
    answers: Ints
    of_question: Ints
    questions: Ints


@dataclass(frozen=True, eq=False)
class Parts:
    """What was answered line by line or gap by gap: the i-th entry says that the sitting `sittings[i]` has filled in the
    part `parts[i]`, and what that was worth (`worth[i]`, 0–1).

    `of_question` (one entry a part): to which of the k questions it belongs. The parts of a question stand together.
    """

    sittings: Ints
    parts: Ints
    worth: Floats
    of_question: Ints


_NONE = np.zeros(0, np.int64)
NO_GIVEN = Given(_NONE, _NONE, _NONE, _NONE)
NO_PARTS = Parts(_NONE, _NONE, np.zeros(0), _NONE)


@dataclass(frozen=True)
class Bar:
    """How many scores lie from `low` to below `high`; the last bar takes 1 in."""

    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Summary:
    """The quiz as a whole; None: can't be told yet. `alpha_n` learners and `alpha_parts` parts stand behind alpha, the
    standard error and the error ratio; `is_by_place`: the parts are places, because questions were drawn."""

    n: int
    mean: Interval | None = None
    median: float | None = None
    sd: float | None = None
    skewness: float | None = None
    kurtosis: float | None = None
    passed: Interval | None = None
    alpha: Interval | None = None
    alpha_parts: int = 0
    is_by_place: bool = False
    error_ratio: float | None = None  # 100 · standard error / SD
    standard_error: float | None = None
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class OptionFigures:
    """One option of a question: how many chose it, the mean share of the rest they got, its point-biserial correlation
    with the rest, and the shares of the upper and the lower third that chose it. None: can't be told."""

    is_right: bool
    share: Interval | None
    n: int
    rest_mean: float | None
    point_biserial: Interval | None
    upper: float | None
    lower: float | None


@dataclass(frozen=True)
class AnswerFigures:
    """How many gave an answer, and the mean share of the rest they got. `answer`: which one (its place in `Given`); None:
    several together, or none. `distinct`: how many different answers these are; 0: left blank."""

    n: int
    share: Interval
    rest_mean: float | None  # None: can't be told
    answer: int | None = None
    distinct: int = 1


@dataclass(frozen=True)
class TypedFigures:
    """What was typed: the most frequent answers, the others together (None: there are none), and who left it blank."""

    top: tuple[AnswerFigures, ...]
    others: AnswerFigures | None
    blank: AnswerFigures


@dataclass(frozen=True)
class PartFigures:
    """One line or gap: the mean share of its worth over all who were asked, and how many left it blank."""

    share: Interval | None  # None: can't be told
    blank: int


@dataclass(frozen=True)
class Finding:
    """One flag with the places (from 0) of the options it is about. Not `is_sure`: may still be chance."""

    flag: Flag
    options: tuple[int, ...] = ()
    is_sure: bool = True


@dataclass(frozen=True)
class QuestionFigures:
    """One question over the `n` learners who were asked it; None: can't be told.

    Weights are shares of the whole. `upper_n` and `lower_n` are the sizes of the thirds by what was got in the rest of
    the quiz; 0 where the scores don't set thirds apart.
    """

    n: int
    is_void: bool
    place: float
    facility: Interval | None = None
    sd: float | None = None
    intended_weight: float | None = None
    effective_weight: float | None = None
    discrimination: Interval | None = None
    efficiency: float | None = None
    median_seconds: float | None = None
    timed: int = 0
    blank: int | None = None  # None: is marked by a person
    upper_n: int = 0
    lower_n: int = 0
    options: tuple[OptionFigures, ...] = ()
    typed: TypedFigures | None = None  # None: isn't answered by typing
    parts: tuple[PartFigures, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def needed_for_correlations(self) -> int:
        """How many more learners it takes until there is a discrimination."""
        return 0 if self.is_void else max(0, LEAST_FOR_CORRELATIONS - self.n)

    @property
    def needed_for_flags(self) -> int:
        """How many more learners it takes until it can be flagged."""
        return 0 if self.is_void else max(0, LEAST_FOR_FLAGS - self.n)


@dataclass(frozen=True)
class Analysis:
    summary: Summary
    questions: tuple[QuestionFigures, ...]

    @property
    def needed(self) -> int:
        """How many more learners it takes until anything is shown."""
        return max(0, LEAST_LEARNERS - self.summary.n)
