"""`make bench-learn`: how long my day, a lesson, the course list and a team's progress take in a large company.

PostgreSQL, production settings, in one process: what is measured is the server's own time from request to response, with
every middleware, without the network. Its own database (dropped at the end), a temporary folder, only 127.0.0.1.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.quiz import machine

MOST_QUERIES, MOST_MS, MOST_TEAM_MS = 12, 60, 300


def main() -> None:
    options = _options()
    servers = machine.Servers(options.postgresql, options.redis)
    with tempfile.TemporaryDirectory(prefix="callwright-bench-") as folder:
        env = machine.environment(servers, Path(folder), port=0, database=machine.DATABASE)
        print(f"PostgreSQL: {machine.settings_of(servers)}", flush=True)
        try:
            machine._recreate(servers, machine.DATABASE)
            machine.manage(env, "manage.py", "compile_texts")
            machine.manage(env, "manage.py", "migrate", "--verbosity", "0")
            machine.manage(env, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
            size = [options.people, options.tracks, options.lessons, options.completions]
            began = time.perf_counter()
            machine.manage(env, "-m", "tests.benchmarks.learn.seed", *map(str, size))
            print(f"seeded in {time.perf_counter() - began:.0f} s", flush=True)
            machine.manage(env, "-m", "tests.benchmarks.learn", "--measure", "--readers", str(options.readers))
        finally:
            machine.drop(servers, machine.DATABASE)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432")
    parser.add_argument("--redis", default="redis://127.0.0.1:6379/9")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--tracks", type=int, default=50)
    parser.add_argument("--lessons", type=int, default=2_000)
    parser.add_argument("--completions", type=int, default=1_000_000)
    parser.add_argument("--readers", type=int, default=200, help="people who open each page once")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(readers: int) -> int:
    """Open each page once as many different people, after a few to warm up; print the figures and what missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.production")
    import django

    django.setup()
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.urls import reverse

    from courses.catalogue.models import CoursePage, LessonPage, TrackPage
    from courses.enrolment.models import Enrolment
    from courses.progress.models import LessonCompletion
    from courses.reference.models import Note
    from lms.asgi import keep_imports_from_collector
    from lms.people.models import Membership, User

    team = Membership.objects.values("team").annotate(n=Count("pk")).order_by("-n").first()["team"]
    print(
        f"{User.objects.count()} people, {TrackPage.objects.values('translation_key').distinct().count()} tracks, "
        f"{LessonPage.objects.values('translation_key').distinct().count()} lessons, "
        f"{LessonCompletion.objects.count()} completions, {Enrolment.objects.count()} enrolments",
        flush=True,
    )
    everybody = list(
        User.objects.filter(employee_no__startswith="B").order_by("employee_no").values_list("pk", flat=True)
    )
    chosen = everybody[:: max(1, len(everybody) // (readers + 5))][: readers + 5]
    agents = list(User.objects.filter(pk__in=chosen).order_by("employee_no"))
    pages = LessonPage.objects.filter(slug__startswith="bench-", locale__language_code="en")
    page_of = {key: (path, slug) for key, path, slug in pages.values_list("translation_key", "path", "slug")}
    noted = dict(Note.objects.filter(person__in=chosen).values_list("person", "lesson_key"))
    courses = dict(CoursePage.objects.values_list("path", "slug"))
    leader = User.objects.get(employee_no="LEAD")
    doors = {
        "my day": lambda reader: reverse("home"),
        "a lesson": lambda reader: _lesson_url(*page_of[noted[reader.pk]], courses),
        "course list": lambda reader: reverse("courses:course-list"),
    }
    missed = 0
    for door in doors.values():  # what a server does with the first page of each kind
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(agents[0])
        client.get(door(agents[0]))
    keep_imports_from_collector()
    print(f"{'page':<16}{'queries':>8}{'p50 ms':>9}{'p95 ms':>9}{'kB':>7}")
    for name, door in doors.items():
        times, queries, size = [], 0, 0
        for number, person in enumerate(agents):
            client = Client(headers={"host": "127.0.0.1"})
            client.force_login(person)
            url = door(person)
            client.get(url)  # the session's first page confirms what is asked once
            with counted(connection) as seen:
                client.get(url)
            began = time.perf_counter()
            response = client.get(url)
            taken = (time.perf_counter() - began) * 1000
            assert response.status_code == 200, (name, url, response.status_code, response.headers.get("Location"))
            if number >= 5:
                times.append(taken)
                queries, size = max(queries, seen["n"]), max(size, len(response.content))
        missed += _print(name, queries, times, size, MOST_QUERIES, MOST_MS)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(leader)
    times, url = [], reverse("courses:following") + f"?team={team}"
    for number in range(25):
        with counted(connection) as seen:
            client.get(url)
        began = time.perf_counter()
        response = client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        if number >= 5:
            times.append((time.perf_counter() - began) * 1000)
    missed += _print("team of 500", seen["n"], times, len(response.content), None, MOST_TEAM_MS)
    return missed


def _lesson_url(path: str, slug: str, courses: dict[str, str]) -> str:
    from django.urls import reverse

    return reverse("courses:lesson-detail", args=[courses[path[:-4]], slug])


@contextmanager
def counted(connection: Any) -> Iterator[dict[str, int]]:
    """How many statements the block sends; a log would be emptied with every connection that goes back to the pool."""
    seen = {"n": 0}

    def count(execute: Any, *arguments: Any) -> Any:
        seen["n"] += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        yield seen


def _print(name: str, queries: int, times: list[float], size: int, most_queries: int | None, most_ms: int) -> int:
    p95 = statistics.quantiles(times, n=20)[-1]
    wrong = p95 > most_ms or (most_queries is not None and queries > most_queries)
    print(
        f"{name:<16}{queries:>8}{statistics.median(times):>9.1f}{p95:>9.1f}{size / 1000:>7.0f}"
        f"{'  MISSED' if wrong else ''}",
        flush=True,
    )
    return wrong


if __name__ == "__main__":
    if "--measure" in sys.argv:
        sys.exit(measure(_options().readers))
    main()
