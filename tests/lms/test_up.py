"""`make run`: what stops the start says so in one line, and nothing is left running."""

import os
import signal
import socket
import subprocess
import sys

import pytest
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from lms.management.commands import up


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.REDIS_URL = ""
    return tmp_path


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", ""])
def test_what_is_no_port_is_named(var, port):
    with pytest.raises(CommandError, match="is no port; choose one: CALLWRIGHT_PORT=8080 make run"):
        call_command("up", port=port)


def test_a_taken_port_is_named(var):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=f"port {port} is taken"):
            call_command("up", port=str(port))


def test_a_folder_that_is_a_file_is_named(var, settings):
    settings.VAR_DIR = var / "file"
    settings.VAR_DIR.touch()

    with pytest.raises(CommandError, match=r"the folder .*/file is not writable"):
        call_command("up")


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "nonsense"])
def test_redis_that_does_not_answer_stops_the_start(var, settings, url):
    settings.REDIS_URL = url

    with pytest.raises(CommandError, match="callwright: Redis doesn't answer: "):
        up._check_redis()


class FakeWorker:
    def __init__(self):
        self.log = started.append

    def start(self):
        self.log("started")

    def stop(self):
        self.log("stopped")


started: list[str] = []


@pytest.mark.parametrize(("number", "error"), [(signal.SIGTERM, SystemExit), (signal.SIGINT, KeyboardInterrupt)])
def test_a_stopped_server_stops_its_worker(monkeypatch, number, error):
    """uvicorn raises the signal again when it has finished; a plain SIGTERM would end the process at once."""
    started.clear()
    monkeypatch.setattr(up, "Worker", FakeWorker)
    monkeypatch.setattr(uvicorn, "run", lambda *args, **options: signal.raise_signal(number))
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(error):
            up.Command()._serve(8000)
    finally:
        signal.signal(signal.SIGTERM, before)

    assert started == ["started", "stopped"]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("DATABASE_URL", "nonsense", "callwright: DATABASE_URL must begin with postgresql:// or sqlite://"),
        ("CALLWRIGHT_PORT", "abc", "callwright: CALLWRIGHT_PORT=abc can't be read: "),
    ],
)
def test_a_wrong_variable_is_one_line(tmp_path, name, value, line):
    environment = {**os.environ, "CALLWRIGHT_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "lms.settings.embedded"}

    done = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=settings.BASE_DIR, env={**environment, name: value},
        capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
