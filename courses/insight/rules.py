"""Judgements about lessons from the figures of their readers. No database, no clock, no settings."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from assessments.statistics import Interval, mean_interval, proportion_interval
from courses.insight.states import Change, ConcernKind

#: The periods one can look at, in days, and the one that is looked at first.
PERIODS = (30, 90, 180, 365)
PERIOD = 90
#: Who hasn't been back for so many days has left the lesson; before, the person is still reading.
LEFT_AFTER_DAYS = 7
#: So many days of calls before and after a lesson are compared.
EFFECT_DAYS = 30
#: With fewer readers or answers a share is shown, but no lesson is called failing.
LEAST_READERS = 5
#: With fewer people who were heard both before and after, nothing is said about a change.
LEAST_PAIRS = 8
#: A question fails when surely fewer get it right at the first try, a lesson when surely fewer read it to the end.
RIGHT_BAR = 0.7
FINISHED_BAR = 0.8


@dataclass(frozen=True)
class Read:
    """One reader's standing in one lesson. `place` is the block last seen; empty at the beginning."""

    seconds: int
    place: str
    last_seen_at: datetime
    is_done: bool
    language: str

    def has_left(self, at: datetime) -> bool:
        return not self.is_done and at - self.last_seen_at > timedelta(days=LEFT_AFTER_DAYS)


@dataclass(frozen=True)
class Readers:
    """How far a lesson's readers got. The share that finished leaves out who is still reading."""

    finished: int = 0
    left: int = 0
    reading: int = 0
    median_minutes: float | None = None  # None: no reading time is known
    timed: int = 0

    @property
    def begun(self) -> int:
        return self.finished + self.left + self.reading

    @property
    def share(self) -> Interval | None:
        settled = self.finished + self.left
        return proportion_interval(self.finished, settled) if settled else None


def readers_of(reads: Iterable[Read], *, finished_unseen: int = 0, at: datetime) -> Readers:
    """`finished_unseen` finished the lesson without having been seen reading it: their time is unknown.

    The time is the median of those who finished, of the minutes in which they were active."""
    reads = list(reads)
    finished = [read for read in reads if read.is_done]
    left = sum(read.has_left(at) for read in reads)
    timed = [read.seconds / 60 for read in finished if read.seconds]
    return Readers(
        finished=len(finished) + finished_unseen,
        left=left,
        reading=len(reads) - len(finished) - left,
        median_minutes=median(timed) if timed else None,
        timed=len(timed),
    )


@dataclass(frozen=True)
class Stop:
    """Where readers who didn't finish were last seen: number of the block from 1; 0 is the beginning, None a part that
    is no longer there. `share` is of all who left the lesson in this language."""

    number: int | None
    n: int
    share: Interval


def stops(reads: Iterable[Read], bodies: Mapping[str, Sequence[str]], *, at: datetime) -> dict[str, list[Stop]]:
    """By language the blocks (`bodies`: their ids in order) at which readers left, in the order of the page.

    A place is looked for in the reader's own language first: pages that were copied share ids of blocks.
    """
    counts: defaultdict[str, Counter[int | None]] = defaultdict(Counter)
    for read in reads:
        if read.has_left(at):
            language = _language_of(read, bodies)
            ids = bodies.get(language, ())
            known = ids.index(read.place) + 1 if read.place in ids else None
            counts[language][known if read.place else 0] += 1
    return {
        language: [
            Stop(number, n, proportion_interval(n, found.total()))
            for number, n in sorted(found.items(), key=lambda pair: (pair[0] is None, pair[0] or 0))
        ]
        for language, found in counts.items()
    }


def _language_of(read: Read, bodies: Mapping[str, Sequence[str]]) -> str:
    if read.place in bodies.get(read.language, ()):
        return read.language
    others = (language for language, ids in bodies.items() if read.place in ids)
    return next(others, read.language if read.language in bodies else next(iter(bodies), read.language))


@dataclass(frozen=True)
class Answers:
    """The first tries at one question, each of another person."""

    question: str
    metric: str
    right: int
    n: int

    @property
    def share(self) -> Interval:
        return proportion_interval(self.right, self.n)

    @property
    def fails(self) -> bool:
        return self.n >= LEAST_READERS and self.share.high < RIGHT_BAR


@dataclass(frozen=True)
class Heard:
    """What one call says about one of the lesson's skills (share 0–1)."""

    source: tuple[str, int]
    share: Decimal
    weight: Decimal
    at: datetime


def change_of(finished_at: datetime, heard: Iterable[Heard]) -> float | None:
    """The mean share on the person's calls in EFFECT_DAYS after the lesson less that before it, −1 to 1; each call counts
    once. None unless there are calls on both sides."""
    window = timedelta(days=EFFECT_DAYS)
    before: defaultdict[tuple[str, int], list[Heard]] = defaultdict(list)
    after: defaultdict[tuple[str, int], list[Heard]] = defaultdict(list)
    for each in heard:
        if finished_at - window <= each.at < finished_at:
            before[each.source].append(each)
        elif finished_at < each.at <= finished_at + window:
            after[each.source].append(each)
    return _mean(after) - _mean(before) if before and after else None


def _mean(calls: Mapping[tuple[str, int], Sequence[Heard]]) -> float:
    shares = [sum(row.share * row.weight for row in rows) / sum(row.weight for row in rows) for rows in calls.values()]
    return float(sum(shares) / len(shares))


@dataclass(frozen=True)
class Effect:
    """The mean change of a lesson's readers with its interval, paired by person. `interval` None: too few pairs."""

    n: int = 0
    interval: Interval | None = None

    @property
    def change(self) -> Change:
        if self.interval is None:
            return Change.TOO_FEW
        if self.interval.low > 0:
            return Change.BETTER
        return Change.WORSE if self.interval.high < 0 else Change.SAME

    @property
    def needed(self) -> int:
        return max(0, LEAST_PAIRS - self.n)


def effect_of(changes: Sequence[float]) -> Effect:
    enough = len(changes) >= LEAST_PAIRS
    return Effect(n=len(changes), interval=mean_interval(changes) if enough else None)


@dataclass(frozen=True)
class OpenComments:
    """What readers said and nobody answered; praise asks for nothing."""

    by_kind: Mapping[str, int] = field(default_factory=dict)
    oldest_at: datetime | None = None  # None: there is none

    @property
    def n(self) -> int:
        return sum(self.by_kind.values())


@dataclass(frozen=True)
class Figures:
    """What is known of one lesson in one period. `has_skills`: there is something that calls could show."""

    readers: Readers = field(default_factory=Readers)
    answers: tuple[Answers, ...] = ()
    helpful: Interval | None = None  # None: nobody rated it
    comments: OpenComments = field(default_factory=OpenComments)
    effect: Effect = field(default_factory=Effect)
    has_skills: bool = False

    @property
    def hardest(self) -> Answers | None:
        """The question that is surely missed most: of the least upper bound."""
        return min(self.answers, key=lambda answers: (answers.share.high, answers.question), default=None)


@dataclass(frozen=True)
class Concern:
    """One reason to look at a lesson; `badness` orders lessons of the same kind and means nothing else."""

    kind: ConcernKind
    badness: float


def concerns_of(figures: Figures) -> tuple[Concern, ...]:
    """Why the lesson needs its author, in the order of the kinds. Only what chance doesn't explain is a concern: the
    upper end of the range lies under the bar, with LEAST_READERS or more."""
    found = []
    failing = [answers.share.high for answers in figures.answers if answers.fails]
    if failing:
        found.append(Concern(ConcernKind.SELF_CHECK, 1 - min(failing)))
    finished = figures.readers.share
    if finished is not None and finished.n >= LEAST_READERS and finished.high < FINISHED_BAR:
        found.append(Concern(ConcernKind.DROP_OFF, 1 - finished.high))
    if figures.comments.n:
        found.append(Concern(ConcernKind.COMMENTS, figures.comments.n))
    interval = figures.effect.interval
    if interval is not None and interval.low <= 0:
        found.append(Concern(ConcernKind.NO_EFFECT, -interval.estimate))
    return tuple(found)


def failing_order(concerns: Sequence[Concern]) -> tuple[int, float]:
    """Sorts lessons: by the kind of their first concern, within a kind the worse one first; those without come last."""
    kinds = list(ConcernKind)
    if not concerns:
        return len(kinds), 0.0
    return kinds.index(concerns[0].kind), -concerns[0].badness
