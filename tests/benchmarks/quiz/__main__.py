"""`make bench-quiz`: what one finished attempt costs, and how it feels at 1 to 50 learners at once.

Bounded and by itself: own databases (dropped at the end), own port, a temporary folder, only 127.0.0.1.
"""

import argparse
import json
import queue
import statistics
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from tests.benchmarks.quiz import machine
from tests.benchmarks.quiz.learner import Learner, Wrong
from tests.benchmarks.quiz.seed import MINUTES, QUESTIONS

STEPS = (
    "sign-in page", "sign in", "course page", "quiz page", "start", "autosave", "save page 1", "save page 2", "finish",
)  # fmt: skip


def main() -> None:
    options = _options()
    servers = machine.Servers(options.postgresql, options.redis)
    with tempfile.TemporaryDirectory(prefix="callwright-bench-") as folder:
        var = Path(folder)
        print(f"PostgreSQL: {machine.settings_of(servers)}; {options.workers} web workers, 1 task worker", flush=True)
        try:
            machine.make_template(servers, var, learners=max(options.learners + 10, options.burst))
            if options.profile:
                _profile(servers, var)
                return
            for concurrency in options.concurrency:
                for signs_in, autosaves in ((True, True), (True, False), (False, True), (False, False)):
                    if options.quick and (signs_in, autosaves) != (True, True):
                        continue
                    _run(options, servers, var, concurrency, signs_in=signs_in, autosaves=autosaves)
            if options.burst:
                _burst(options, servers, var)
        finally:
            machine.drop(servers, machine.DATABASE, machine.TEMPLATE)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432")
    parser.add_argument("--redis", default="redis://127.0.0.1:6379/9")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--burst", type=int, default=600, help="learners who start within 5 s; 0 leaves it out")
    parser.add_argument("--concurrency", type=int, nargs="*", default=[1, 10, 25, 50])
    parser.add_argument("--quick", action="store_true", help="only with sign-in and autosaves")
    parser.add_argument("--profile", action="store_true", help="instead: where the time goes, in one process")
    return parser.parse_args()


def _profile(servers, var) -> None:
    machine.copy_template(servers)
    env = machine.environment(servers, var, port=0, database=machine.DATABASE)
    machine.manage(env, "-m", "tests.benchmarks.quiz.profile", "25", json.dumps(_assignments(servers)))


def _run(options, servers, var, concurrency: int, *, signs_in: bool, autosaves: bool) -> None:
    machine.copy_template(servers)
    env = machine.environment(servers, var, port=options.port, database=machine.DATABASE)
    assignments = _assignments(servers)
    with machine.serving(env, port=options.port, workers=options.workers) as server:
        learners = [
            Learner(number, options.port, knows=QUESTIONS - number % 8, with_autosaves=autosaves)
            for number in range(options.learners + 10)
        ]
        warm, measured = learners[options.learners :], learners[: options.learners]
        _all(warm, 2, lambda learner: (learner.sign_in(), learner.sit(assignments[learner.number])))
        if not signs_in:
            _all(measured, 4, lambda learner: learner.sign_in())
        for learner in measured:
            learner.times.clear()
            learner._here = ""
        before, begin = server.cpu_by_kind(), time.perf_counter()

        def work(learner: Learner) -> None:
            if signs_in:
                learner.sign_in()
            learner.sit(assignments[learner.number])

        errors = _all(measured, concurrency, work)
        seconds = time.perf_counter() - begin
        time.sleep(1.0)  # what waits in the queue is part of the work
        used = {name: value - before[name] for name, value in server.cpu_by_kind().items()}
        finished = options.learners - len(errors)
        print(
            f"\n{concurrency} at once, {'with' if signs_in else 'without'} sign-in, "
            f"{'with' if autosaves else 'without'} autosaves: {finished} attempts, {finished / seconds * 60:.0f} a minute, "
            f"{len(errors)} errors, {sum(used.values()) / max(1, finished):.3f} CPU s an attempt "
            f"({', '.join(f'{name} {value / max(1, finished):.3f}' for name, value in used.items())}), "
            f"{server.memory() / 2**20:.0f} MB",
            flush=True,
        )
        _print_steps(measured)
        for error in errors[:3]:
            print(f"  error: {error}", flush=True)


def _burst(options, servers, var) -> None:
    """Everybody presses start within the same five seconds."""
    machine.copy_template(servers)
    env = machine.environment(servers, var, port=options.port, database=machine.DATABASE)
    assignments = _assignments(servers)
    with machine.serving(env, port=options.port, workers=options.workers) as server:
        learners = [Learner(number, options.port, knows=QUESTIONS) for number in range(options.burst)]
        if refused := _all(learners, 4, lambda learner: learner.sign_in()):
            raise SystemExit(f"bench-quiz: {len(refused)} could not sign in: {refused[0]}")
        gate = time.perf_counter() + 1

        def work(learner: Learner) -> None:
            time.sleep(max(0.0, gate + learner.number / options.burst * 5 - time.perf_counter()))
            learner.start(assignments[learner.number])

        for learner in learners:
            learner.times.clear()
            learner._here = ""
        errors = _all(learners, options.burst, work)
        seconds = time.perf_counter() - gate
        began, wrong = _deadlines(servers)
        print(
            f"\n{options.burst} start within 5 s: {began} began, {len(errors)} errors, {wrong} wrong deadlines; all had their first page after {seconds:.1f} s, {server.memory() / 2**20:.0f} MB",
            flush=True,
        )
        _print_steps(learners)
        for error in errors[:3]:
            print(f"  error: {error}", flush=True)


def _assignments(servers) -> dict[int, str]:
    """The address of each learner's assignment, by the learner's number."""
    with psycopg.connect(servers.database(machine.DATABASE)) as connection:
        rows = connection.execute(
            "SELECT person.employee_no, given.id FROM assessments_assignment given "
            "JOIN lms_user person ON person.id = given.person_id JOIN assessments_quiz quiz ON quiz.id = given.quiz_id "
            "WHERE quiz.key = 'bench-quiz'"
        )
        return {int(number[1:]): f"/quizzes/{pk}/" for number, pk in rows}


def _deadlines(servers) -> tuple[int, int]:
    """(sittings there are, how many of them have another deadline than their start and the limit)."""
    limit = timedelta(minutes=MINUTES)
    with psycopg.connect(servers.database(machine.DATABASE)) as connection:
        rows: list[tuple[datetime, datetime]] = connection.execute(
            "SELECT started_at, deadline_at FROM assessments_attempt"
        ).fetchall()
    return len(rows), sum(deadline != started + limit for started, deadline in rows)


def _all(learners, concurrency: int, work) -> list[Exception]:
    """Do the work with so many learners at a time; returns what went wrong."""
    waiting: queue.SimpleQueue[Learner] = queue.SimpleQueue()
    for learner in learners:
        waiting.put(learner)
    errors: list[Exception] = []

    def one_after_the_other() -> None:
        while True:
            try:
                learner = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                work(learner)
            except (Wrong, OSError, ValueError, KeyError, IndexError) as error:
                errors.append(error)
            except Exception as error:  # an HTTP library's own
                errors.append(error)

    threads = [threading.Thread(target=one_after_the_other) for _number in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def _print_steps(learners) -> None:
    rows: dict[str, list[float]] = {}
    for learner in learners:
        for step, seconds in learner.times:
            rows.setdefault(step, []).append(seconds * 1000)
    for step in STEPS:
        if len(rows.get(step, ())) > 1:
            cuts = statistics.quantiles(rows[step], n=100, method="inclusive")
            print(
                f"  {step:<14} p50 {cuts[49]:7.0f} ms  p95 {cuts[94]:7.0f} ms  p99 {cuts[98]:7.0f} ms  n {len(rows[step])}"
            )


if __name__ == "__main__":
    main()
