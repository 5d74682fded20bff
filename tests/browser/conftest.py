"""A real server with a real worker for each backend, and browser windows for each person.

The server on PostgreSQL always migrates a database of its own. The one on SQLite takes a copy of the file named by
CALLWRIGHT_TEST_MIGRATED where there is one: what the tests of the migrations have left there.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API keeps a loop in the test's thread

BASE_DIR = Path(settings.BASE_DIR)
ADMINISTRATOR, PASSWORD = "ADMIN", "a-long-first-password"
START_SECONDS = 420
DATABASE, REDIS_NUMBER = "callwright_story", 10


@dataclass(frozen=True)
class RunningServer:
    """A served edition: its address and what it runs on."""

    url: str
    backend: str


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ],
    }  # fmt: skip


@pytest.fixture(scope="session")
def django_db_setup():
    """The server has a database of its own; the test process touches none."""


class Servers:
    """Called with a backend's name: its server, started when it is first asked for."""

    def __init__(self, folder_of: Callable[[str], Path]) -> None:
        self._folder_of = folder_of
        self._started: dict[str, Started] = {}

    def __call__(self, backend: str) -> RunningServer:
        if backend not in self._started:
            self._started[backend] = _start(backend, self._folder_of(backend))
        return self._started[backend].server

    def crash(self, backend: str) -> None:
        """kill -9, the worker included: nobody has time to put anything away."""
        started = self._started[backend]
        _kill(started.process)

    def restart(self, backend: str) -> None:
        started = self._started[backend]
        started.process = _serve(started.environment, started.folder)
        _wait_until_healthy(started.server.url, started.process, started.folder / "server.log")

    def run(self, backend: str, *command: str) -> str:
        """What a Python process prints that works on the server's database."""
        environment = self._started[backend].environment
        done = subprocess.run([sys.executable, *command], cwd=BASE_DIR, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self) -> None:
        for backend, started in self._started.items():
            started.process.send_signal(signal.SIGINT)
            try:
                started.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                _kill(started.process)
            if backend == "postgresql":
                _database(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", started.environment)


@dataclass
class Started:
    server: RunningServer
    process: subprocess.Popen
    environment: dict[str, str]
    folder: Path


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """Starts a server per backend when it is first asked for; stops them all at the end."""
    started = Servers(tmp_path_factory.mktemp)
    yield started
    started.stop()


def _start(backend: str, folder: Path) -> Started:
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CALLWRIGHT_VAR"))},
        "DJANGO_SETTINGS_MODULE": "lms.settings.embedded",
        "CALLWRIGHT_VAR": str(folder / "var"),
        "CALLWRIGHT_PORT": str(port),
        "CALLWRIGHT_BASE_URL": f"http://127.0.0.1:{port}",
    }
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    if backend == "postgresql":
        _database(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", environment)
        _database(f"CREATE DATABASE {DATABASE}", environment)
        environment["DATABASE_URL"] = f"{_postgresql(environment)}/{DATABASE}"
        environment["REDIS_URL"] = (
            environment.get("CALLWRIGHT_TEST_REDIS", "redis://127.0.0.1:6379") + f"/{REDIS_NUMBER}"
        )
    elif migrated := environment.get("CALLWRIGHT_TEST_MIGRATED"):
        (folder / "var").mkdir()
        shutil.copy(migrated, folder / "var" / "callwright.sqlite3")
    process = _serve(environment, folder)
    url = f"http://127.0.0.1:{port}"
    _wait_until_healthy(url, process, folder / "server.log")
    subprocess.run(
        [
            sys.executable, "manage.py", "createsuperuser", "--noinput",
            "--employee_no", ADMINISTRATOR, "--full_name", "管理员",
        ],
        cwd=BASE_DIR, env={**environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}, check=True, capture_output=True,
    )  # fmt: skip
    return Started(RunningServer(url, backend), process, environment, folder)


def _serve(environment: dict[str, str], folder: Path) -> subprocess.Popen:
    with (folder / "server.log").open("a") as output:
        command = [sys.executable, "manage.py", "up", "--no-demo"]
        return subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=output, stderr=output)


def _kill(process: subprocess.Popen) -> None:
    """The server, and its worker with what that has started: it leads a session of its own."""
    workers = Path(f"/proc/{process.pid}/task").glob("*/children")
    leaders = [int(pid) for children in workers for pid in children.read_text().split()]
    process.kill()
    process.wait()
    for pid in leaders:
        os.killpg(pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(url: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    process.kill()
    pytest.fail(f"the server did not start:\n{log.read_text()[-3000:]}")


def _postgresql(environment: dict[str, str]) -> str:
    return environment.get("CALLWRIGHT_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")


def _database(statement: str, environment: dict[str, str]) -> None:
    import psycopg

    with psycopg.connect(_postgresql(environment) + "/postgres", autocommit=True) as connection:
        connection.execute(statement)
