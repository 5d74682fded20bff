"""What a regrade of a quiz would change, and what a void question touches."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from itertools import batched
from typing import Any

from assessments.attempts.models import Answer, Attempt, AttemptQuestion, QuestionVoid
from assessments.attempts.rules import (
    GradedAnswer,
    Outcome,
    SavedAnswer,
    Standing,
    Verdict,
    counting,
    shares_by_skill,
    standing,
    verdict,
)
from assessments.bank.models import QuestionVersion
from assessments.bank.queries import AskedQuestion, asked_questions
from assessments.bank.rules import grade
from assessments.quizzes.models import Quiz, QuizSection, QuizVersion
from assessments.quizzes.states import Counting

#: Attempts of one read.
BATCH = 500
#: As the column keeps a share.
KEPT = Decimal("0.00001")


def live_voids(versions: Iterable[int]) -> dict[int, str]:
    """The mode by which each of the wordings (by id) is void now; those that count are left out."""
    rows = QuestionVoid.objects.filter(question_version__in=versions, withdrawn_at__isnull=True)
    return dict(rows.values_list("question_version", "mode"))


@dataclass(frozen=True)
class JudgedRow:
    """One drawn question whose share or void is another now."""

    pk: int
    share: Decimal | None  # None: void, and never marked
    void: str


@dataclass(frozen=True)
class JudgedAttempt:
    """A graded attempt of which something is another now: the questions, and what they come to."""

    attempt: Attempt
    rows: tuple[JudgedRow, ...]
    score: Decimal
    passed: bool
    shares: dict[int, Decimal]  # by skill

    @property
    def has_another_score(self) -> bool:
        return (self.score, self.passed) != (self.attempt.score, self.attempt.passed)


@dataclass(frozen=True)
class Change:
    """One score that changes. `counts`: the attempt is the one that counts by the quiz's rule, before or after."""

    attempt: Attempt
    score: tuple[Decimal, Decimal]
    passed: tuple[bool, bool]
    counts: bool

    @property
    def is_preview(self) -> bool:
        return self.attempt.assignment.is_preview

    @property
    def changes_pass(self) -> bool:
        return self.passed[0] != self.passed[1]


@dataclass(frozen=True)
class ResultChange:
    """What came of one assignment, before and after; `shown` is the attempt (by id) shown for it then."""

    before: Standing
    after: Standing
    shown: int

    @property
    def is_another(self) -> bool:
        return (self.before.score, self.before.passed) != (self.after.score, self.after.passed)


@dataclass(frozen=True)
class RegradePreview:
    """What regrading a quiz would do now. `n` graded attempts were looked at; `waiting` of them (ids) can't be judged,
    because an answer that was void once has never been marked: they keep their score until it is.

    `judged` holds all that would be written, also where the score stays; `fingerprint` names exactly that. `results` are
    those of the assignments (by id) with a score that changes.
    """

    quiz: Quiz
    n: int
    judged: tuple[JudgedAttempt, ...]
    changes: tuple[Change, ...]
    results: dict[int, ResultChange] = field(repr=False)
    waiting: tuple[int, ...] = ()
    fingerprint: str = ""

    @property
    def n_same_score(self) -> int:
        """Attempts of which only the way to their score changes."""
        return len(self.judged) - len(self.changes)

    @property
    def counted(self) -> list[Change]:
        return [change for change in self.changes if not change.is_preview]

    @property
    def previews(self) -> list[Change]:
        return [change for change in self.changes if change.is_preview]

    @property
    def n_pass(self) -> int:
        return sum(change.passed == (False, True) for change in self.counted)

    @property
    def n_fail(self) -> int:
        return sum(change.passed == (True, False) for change in self.counted)


def regrade_preview(quiz: Quiz, *, for_update: bool = False) -> RegradePreview:
    """Judge every graded attempt of the quiz (all its versions) anew, and compare; nothing is written.

    A handful of queries for each 500 attempts. `for_update` locks them, for whoever is about to write.
    """
    judge = _Judge(quiz, for_update=for_update)
    judged = list(judge.run())
    changes = [
        Change(
            attempt=row.attempt,
            score=(row.attempt.score or Decimal(0), row.score),
            passed=(bool(row.attempt.passed), row.passed),
            counts=not row.attempt.assignment.is_preview
            and _counts(row.attempt.pk, judge.lines[row.attempt.assignment_id]),
        )
        for row in judged
        if row.has_another_score
    ]
    # Who falls below the line first, then who rises above it, then the others; those that count first.
    changes.sort(
        key=lambda change: (
            not (change.passed[0] and change.changes_pass),
            not change.changes_pass,
            not change.counts,
            change.attempt.pk,
        )
    )
    return RegradePreview(
        quiz=quiz,
        n=judge.n,
        judged=tuple(judged),
        changes=tuple(changes),
        results={pk: _result(judge.lines[pk]) for pk in {change.attempt.assignment_id for change in changes}},
        waiting=tuple(judge.waiting),
        fingerprint=_fingerprint(judged),
    )


@dataclass(frozen=True)
class _Line:
    """One graded attempt of an assignment, as far as counting goes."""

    pk: int
    version: QuizVersion
    before: Outcome
    after: Outcome


def _standings(lines: Sequence[_Line]) -> tuple[Standing, Standing]:
    """By the rule of the newest attempt's version, as `queries.results_of` has it."""
    version = lines[-1].version
    rule = {"counting": version.counting, "pass_share": version.pass_share}
    return standing([line.before for line in lines], **rule), standing([line.after for line in lines], **rule)


def _result(lines: Sequence[_Line]) -> ResultChange:
    before, after = _standings(lines)
    return ResultChange(before, after, shown=lines[after.place or 0].pk)


def _counts(pk: int, lines: Sequence[_Line]) -> bool:
    if lines[-1].version.counting == Counting.AVERAGE:
        return True
    return pk in {lines[found.place or 0].pk for found in _standings(lines)}


def _fingerprint(judged: Sequence[JudgedAttempt]) -> str:
    """The same for the same writes, and only then."""
    told = [
        [
            row.attempt.pk,
            [str(row.attempt.score), row.attempt.passed],
            [str(row.score), row.passed],
            [[each.pk, str(each.share), each.void] for each in row.rows],
            sorted((skill, str(share)) for skill, share in row.shares.items()),
        ]
        for row in sorted(judged, key=lambda row: row.attempt.pk)
    ]
    return sha256(json.dumps(told).encode()).hexdigest()


#: pk, attempt, question version, skill, points, section, must pass, share, void
_DRAWN = (
    "pk", "attempt", "question_version", "question_version__question__skill", "points", "section", "is_must_pass",
    "share", "void",
)  # fmt: skip


class _Judge:
    """One pass over the graded attempts of a quiz. What it needs of wordings and versions it asks for once."""

    def __init__(self, quiz: Quiz, *, for_update: bool) -> None:
        self.quiz = quiz
        self.for_update = for_update
        self.n = 0
        self.waiting: list[int] = []
        self.lines: dict[int, list[_Line]] = defaultdict(list)
        self._keys: dict[int, AskedQuestion] = {}
        self._sections = _sections_of(quiz)
        self._versions = {version.pk: version for version in quiz.versions.all()}
        for version in self._versions.values():
            version.quiz = quiz
        drawn = AttemptQuestion.objects.filter(attempt__quiz_version__quiz=quiz)
        self._voids = live_voids(drawn.order_by().values("question_version").distinct())

    def run(self) -> Iterator[JudgedAttempt]:
        graded = Attempt.objects.graded().filter(quiz_version__quiz=self.quiz)
        ordered = list(graded.order_by("assignment", "number").values_list("pk", flat=True))
        for some in batched(ordered, BATCH):
            yield from self._judge(some)

    def _judge(self, pks: Sequence[int]) -> Iterator[JudgedAttempt]:
        attempts = Attempt.objects.graded().filter(pk__in=pks).order_by("assignment", "number")
        if self.for_update:
            attempts = attempts.select_for_update(of=("self",))
        found = list(attempts.select_related("assignment__person"))
        drawn: dict[int, list[Any]] = defaultdict(list)
        for row in AttemptQuestion.objects.filter(attempt__in=pks).order_by("order").values_list(*_DRAWN):
            drawn[row[1]].append(row)
        self._learn({row[2] for rows in drawn.values() for row in rows})
        saved: dict[int, list[SavedAnswer]] = defaultdict(list)
        answers = Answer.objects.filter(attempt_question__attempt__in=pks).order_by()
        for pk, *values in answers.values_list("attempt_question", "sequence", "response", "made_at", "received_at"):
            saved[pk].append(SavedAnswer(*values))
        for attempt in found:
            attempt.quiz_version = self._versions[attempt.quiz_version_id]
            self.n += 1
            judged = self._judge_one(attempt, drawn[attempt.pk], saved)
            before = Outcome(attempt.score or Decimal(0), bool(attempt.passed))
            after = Outcome(judged.score, judged.passed) if judged else before
            self.lines[attempt.assignment_id].append(_Line(attempt.pk, attempt.quiz_version, before, after))
            if judged is not None and (judged.rows or judged.has_another_score):
                yield judged

    def _learn(self, version_ids: set[int]) -> None:
        missing = version_ids - self._keys.keys()
        if missing:
            self._keys |= asked_questions(list(QuestionVersion.objects.filter(pk__in=missing)))

    def _judge_one(
        self, attempt: Attempt, drawn: Sequence[Any], saved: dict[int, list[SavedAnswer]]
    ) -> JudgedAttempt | None:
        """None: an answer waits for a mark, the attempt can't be judged."""
        graded, rows = [], []
        for pk, _attempt, version, skill, points, section, is_must_pass, share, void in drawn:
            answer = counting(saved.get(pk, ()), deadline_at=attempt.deadline_at)
            by_key = grade(self._keys[version].key, answer.response if answer else None)
            now, new_void = share if by_key is None else by_key, self._voids.get(version, "")
            if now is None and not new_void:
                self.waiting.append(attempt.pk)
                return None
            worth = Decimal(0) if now is None else now
            graded.append(GradedAnswer(skill, worth, points, section, is_must_pass, new_void))
            if void != new_void or (now is not None and now.quantize(KEPT) != share):
                rows.append(JudgedRow(pk, None if now is None else now.quantize(KEPT), new_void))
        result: Verdict = verdict(
            graded,
            pass_share=attempt.quiz_version.pass_share,
            sections=self._sections.get(attempt.quiz_version_id, {}),
        )
        return JudgedAttempt(attempt, tuple(rows), result.score, result.passed, shares_by_skill(graded))


def _sections_of(quiz: Quiz) -> dict[int, dict[int, Decimal | None]]:
    """The pass share of each section by its number (the first one 1), for each version."""
    found: dict[int, dict[int, Decimal | None]] = defaultdict(dict)
    rows = QuizSection.objects.filter(version__quiz=quiz).order_by("order", "pk").values_list("version", "pass_share")
    for version_id, pass_share in rows:
        found[version_id][len(found[version_id]) + 1] = pass_share
    return found
