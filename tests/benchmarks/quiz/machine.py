"""The machine under load: its databases, its processes, and the CPU time and memory they take."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psutil
import psycopg
import redis

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE, DATABASE = "callwright_bench_template", "callwright_bench"


@dataclass(frozen=True)
class Servers:
    """Where PostgreSQL and Redis are, on this machine: their CPU time is counted."""

    postgresql: str  # without a database name
    redis: str

    def database(self, name: str) -> str:
        parts = urlsplit(self.postgresql)
        return urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))


def environment(servers: Servers, var: Path, *, port: int, database: str) -> dict[str, str]:
    """Production settings, as a proxy in front would see them, but for the redirect to https."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lms.settings.production",
        "DATABASE_URL": servers.database(database),
        "REDIS_URL": servers.redis,
        "CALLWRIGHT_VAR": str(var),
        "CALLWRIGHT_SECRET_KEY": "bench-" + "k" * 60,
        "CALLWRIGHT_HOSTS": "127.0.0.1",
        "CALLWRIGHT_SSL_REDIRECT": "false",
        "CALLWRIGHT_SMTP_HOST": "127.0.0.1",
        "CALLWRIGHT_PORT": str(port),
    }


def manage(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, check=True)


def make_template(servers: Servers, var: Path, *, learners: int) -> None:
    """A migrated database with the bench's own rows, to be copied for each run."""
    _recreate(servers, TEMPLATE)
    env = environment(servers, var, port=0, database=TEMPLATE)
    manage(env, "manage.py", "compile_texts")
    manage(env, "manage.py", "migrate", "--verbosity", "0")
    manage(env, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    manage(env, "-m", "tests.benchmarks.quiz.seed", str(learners))


def copy_template(servers: Servers) -> None:
    _recreate(servers, DATABASE, template=TEMPLATE)
    with psycopg.connect(servers.database(DATABASE), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    redis.Redis.from_url(
        servers.redis
    ).flushdb()  # a number of its own: sessions and counted sign-ins of the run before


def drop(servers: Servers, *names: str) -> None:
    with psycopg.connect(servers.database("postgres"), autocommit=True) as connection:
        for name in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _recreate(servers: Servers, name: str, *, template: str = "template1") -> None:
    drop(servers, name)
    with psycopg.connect(servers.database("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def settings_of(servers: Servers) -> str:
    """What of PostgreSQL's settings makes a figure comparable."""
    names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
    with psycopg.connect(servers.database("postgres"), autocommit=True) as connection:
        values = [(name, connection.execute(f"SHOW {name}").fetchone()[0]) for name in names]
    return ", ".join(f"{name} {value}" for name, value in values)


class Server:
    """The web server of `docs/operating.md` and one Celery worker. `cpu()` is in seconds, of all processes that serve:
    web, worker, PostgreSQL, Redis; those that ended meanwhile included."""

    def __init__(self, env: dict[str, str], *, port: int, workers: int) -> None:
        self.port = port
        python = sys.executable
        self._own = [
            subprocess.Popen(
                [python, "-m", "uvicorn", "lms.asgi:application", "--lifespan", "off", "--host", "127.0.0.1",
                 "--port", str(port), "--workers", str(workers), "--no-access-log", "--log-level", "warning",
                 "--backlog", "2048"],
                cwd=ROOT, env=env, start_new_session=True,
            ),
            subprocess.Popen(
                [python, "-W", "ignore::UserWarning", "-m", "celery", "-A", "lms", "--quiet", "worker",
                 "--concurrency", "1"],
                cwd=ROOT, env=env, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ),
        ]  # fmt: skip
        self._roots = [
            *(psutil.Process(process.pid) for process in self._own),
            *_roots("postgres"),
            *_roots("redis-server"),
        ]

    def wait(self, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).read()
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("bench-quiz: the server didn't answer within 90 s")

    def cpu(self) -> float:
        return sum(_cpu_of(root) for root in self._roots)

    def cpu_by_kind(self) -> dict[str, float]:
        names = ["web", "worker", *(root.name() for root in self._roots[2:])]
        found: dict[str, float] = {}
        for name, root in zip(names, self._roots, strict=True):
            found[name] = found.get(name, 0.0) + _cpu_of(root)
        return found

    def memory(self) -> int:
        """Bytes: the proportional set size of web server and worker."""
        total = 0
        for root in self._roots[:2]:
            for process in [root, *root.children(recursive=True)]:
                total += process.memory_full_info().pss
        return total

    def stop(self) -> None:
        for process in self._own:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self._own:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def serving(env: dict[str, str], *, port: int, workers: int):
    server = Server(env, port=port, workers=workers)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def _roots(name: str) -> list[psutil.Process]:
    """The oldest processes of that name: those whose parent is another program."""
    named = [process for process in psutil.process_iter(["name"]) if process.info["name"] == name]
    roots = [process for process in named if process.parent() is None or process.parent().name() != name]
    if not roots:
        raise SystemExit(f"bench-quiz: {name} doesn't run on this machine; its CPU time can't be counted")
    return roots


def _cpu_of(root: psutil.Process) -> float:
    """Own time, that of living descendants, and that of children that were waited for."""
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total
