"""How long an item analysis takes: `make bench-itemanalysis`, or `bench_itemanalysis.py --learners 10000 --questions 60`.

Makes up first sittings, times the calculation (the best and the median of --runs), checks it, and fails above --limit
seconds. With --database it also writes the sittings to a database of its own (SQLite in a throw-away folder) and times reading them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OPTIONS = 4


def main() -> int:
    options = _options()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="callwright-bench-") as folder:
        os.environ.pop("DATABASE_URL", None)
        os.environ["CALLWRIGHT_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.embedded"
        import django

        django.setup()
        marks, chosen = made_up(options.learners, options.questions)
        print(f"{options.learners:,} learners × {options.questions} questions, {OPTIONS} options each")
        began = time.process_time()
        seconds = _calculate(marks, chosen, runs=options.runs)
        cpu = (time.process_time() - began) / options.runs
        print(
            f"  calculated: best {min(seconds):.2f} s, median {median(seconds):.2f} s of {options.runs}, CPU {cpu:.2f} s each"
        )
        if options.database:
            _read(marks, chosen)
    if median(seconds) > options.limit:
        print(f"Slower than {options.limit} s.", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=2.0, help="seconds that the median may take")
    parser.add_argument("--database", action="store_true", help="also write the sittings to a database and read them")
    return parser.parse_args()


def made_up(learners: int, questions: int) -> tuple[Any, Any]:
    """(Marks, chosen options), both learners × questions: who knows more is right more often; option 0 is right."""
    chance = np.random.default_rng(7)
    knows, hard = chance.normal(size=(learners, 1)), chance.normal(scale=0.8, size=(1, questions))
    marks = (knows - hard + chance.logistic(size=(learners, questions)) > 0).astype(float)
    return marks, np.where(marks == 1, 0, chance.integers(1, OPTIONS, size=marks.shape))


def _calculate(marks: Any, chosen: Any, *, runs: int) -> list[float]:
    from assessments.itemanalysis.rules import Picks, Sittings, analyse

    n, k = marks.shape
    scores = marks.mean(axis=1)
    sittings = Sittings(
        scores=scores,
        passed=scores >= 0.6,
        shares=marks,
        points=np.ones((n, k)),
        places=np.tile(np.arange(1.0, k + 1), (n, 1)),
        seconds=np.random.default_rng(8).integers(5, 90, size=(n, k)).astype(float),
        chance=np.full(k, 1 / OPTIONS),
        is_void=np.zeros(k, np.bool_),
    )
    picks = Picks(
        sittings=np.repeat(np.arange(n), k),
        options=(np.arange(k) * OPTIONS + chosen).ravel(),
        of_question=np.repeat(np.arange(k), OPTIONS),
        is_right=np.tile(np.arange(OPTIONS) == 0, k),
    )
    seconds = []
    for _run in range(runs):
        began = time.perf_counter()
        found = analyse(sittings, picks)
        seconds.append(time.perf_counter() - began)
    if found.summary.n != n or len(found.questions) != k or found.summary.alpha is None:
        raise RuntimeError("not everything was analysed")
    if [row.facility.estimate for row in found.questions if row.facility] != marks.mean(axis=0).tolist():
        raise RuntimeError("the facility is not the mean of the marks")
    return seconds


def _read(marks: Any, chosen: Any) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from assessments.itemanalysis.queries import quiz_figures, readings

    call_command("migrate", interactive=False, verbosity=0)
    version = _write(marks, chosen)
    with CaptureQueriesContext(connection) as captured:
        began = time.perf_counter()
        readings(version)
        read = time.perf_counter() - began
    began, began_cpu = time.perf_counter(), time.process_time()
    found = quiz_figures(version)
    whole, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    if found.analysis.summary.n != len(marks):
        raise RuntimeError("not every sitting was read")
    if sum(option.figures.n for row in found.questions for option in row.options) != marks.size:
        raise RuntimeError("not every answer was read")
    print(
        f"  {connection.vendor}: read in {read:.2f} s with {len(captured)} queries; read and calculated in {whole:.2f} s (CPU {cpu:.2f} s)"
    )
    connection.close()


def _write(marks: Any, chosen: Any) -> Any:
    """The sittings as rows, straight into the tables."""
    from django.db import connection

    from assessments.assignments.models import Assignment
    from assessments.attempts.models import Answer, Attempt, AttemptQuestion
    from assessments.attempts.states import AttemptState
    from assessments.bank.models import Option, Question, QuestionVersion
    from assessments.bank.states import QuestionKind, QuestionStatus
    from assessments.quizzes.models import Quiz, QuizVersion
    from assessments.quizzes.states import VersionState
    from lms.people.models import User
    from lms.skills.models import Skill

    n, k = marks.shape
    skill = Skill.objects.create(key="bench", name_zh="测试", name_en="Bench", kind=Skill.Kind.values[0])
    quiz = Quiz.objects.create(key="bench", title_zh="测试", title_en="Bench")
    version = QuizVersion.objects.create(
        quiz=quiz, number=1, state=VersionState.PUBLISHED, published_at=AT, pass_share="0.6", created_at=AT
    )
    wordings, right = [], []
    for number in range(k):
        question = Question.objects.create(key=f"bench-{number}", skill=skill, status=QuestionStatus.READY)
        wording = QuestionVersion.objects.create(
            question=question,
            number=1,
            kind=QuestionKind.SINGLE,
            stem_en=f"Question {number}",
            created_at=AT,
            used_at=AT,
        )
        wordings.append(wording)
        rows = [Option.objects.create(version=wording, order=place, is_right=place == 0) for place in range(OPTIONS)]
        right.append([row.pk for row in rows])
    people = User.objects.bulk_create(User(employee_no=f"B{number}", full_name=f"B{number}") for number in range(n))
    assignments = Assignment.objects.bulk_create(
        Assignment(person=person, quiz=quiz, created_at=AT) for person in people
    )
    scores = marks.mean(axis=1)
    attempts = Attempt.objects.bulk_create(
        Attempt(
            assignment=assignment, quiz_version=version, number=1, state=AttemptState.GRADED, started_at=AT,
            deadline_at=AT + timedelta(hours=2), submitted_at=AT + timedelta(hours=1), score=round(float(score), 5),
            passed=bool(score >= 0.6),
        )
        for assignment, score in zip(assignments, scores, strict=True)
    )  # fmt: skip
    drawn = AttemptQuestion.objects.order_by("pk")
    _insert(
        AttemptQuestion,
        ["attempt_id", "order", "page", "section", "points", "is_must_pass", "question_version_id", "option_order",
         "is_flagged", "share", "void", "seconds"],
        (
            [attempts[i].pk, j + 1, 1, 0, 1, False, wordings[j].pk, json.dumps(right[j]), False, marks[i, j], "", 30]
            for i in range(n) for j in range(k)
        ),
    )  # fmt: skip
    picked = (json.dumps([right[j][chosen[i, j]]]) for i in range(n) for j in range(k))
    at = connection.ops.adapt_datetimefield_value(AT)
    _insert(
        Answer,
        ["attempt_question_id", "sequence", "response", "made_at", "received_at", "is_synced_late"],
        (
            [pk, 1, response, at, at, False]
            for pk, response in zip(list(drawn.values_list("pk", flat=True)), picked, strict=True)
        ),
    )
    return version


def _insert(model: Any, columns: list[str], rows: Any) -> None:
    """Without the time that model instances take."""
    from django.db import connection

    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', rows)


if __name__ == "__main__":
    sys.exit(main())
