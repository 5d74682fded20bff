"""`make run`: bring the embedded edition up – database, texts, static files, demonstration company – and serve it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

WORKER = (
    "-W", "ignore::UserWarning", "-m", "celery", "-A", "lms", "--quiet", "worker", "--beat", "--schedule", "{beat}", "--concurrency", "1",
    "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
)  # fmt: skip


class Command(BaseCommand):
    help = "Set up what is missing, print the sign-in names, and serve on 127.0.0.1 with one task worker."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", default=os.environ.get("CALLWRIGHT_PORT", "8000"))
        parser.add_argument("--no-demo", action="store_true", help="don't load the demonstration company")

    def handle(self, *args, port: str, no_demo: bool, **options) -> None:
        _check_writable(settings.VAR_DIR)
        number = _free_port(port)
        _check_database()
        _check_redis()
        call_command("compile_texts", verbosity=0)
        self._migrate()
        self._collect_static()
        self._load(demo=not no_demo)
        self._print_names(number)
        self._serve(number)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", interactive=False, verbosity=0)

    def _collect_static(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        state = _static_state()
        if not stamp.exists() or stamp.read_text() != state:
            self.stdout.write("Collecting the interface's files …")
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            stamp.write_text(state)

    def _load(self, *, demo: bool) -> None:
        from lms.people.models import User

        if User.objects.exists():
            return
        self.stdout.write("Loading the starter curriculum …")
        call_command("load_pack", str(Path(settings.BASE_DIR) / "content" / "packs" / "starter"), verbosity=0)
        if demo:
            self.stdout.write("Loading the demonstration company …")
            call_command("load_demo", verbosity=0)

    def _print_names(self, port: int) -> None:
        company = import_module("content.demo.company")
        self.stdout.write(f"\nCallwright 呼匠 is at http://127.0.0.1:{port}/\n")
        names = company.sign_in_names()
        if not names:
            return
        self.stdout.write(f"\nSign in with an employee number; every password is {company.PASSWORD}\n\n")
        for role, employee_no, name in names:
            self.stdout.write(f"  {employee_no:<10}{role:<24}{name}")
        self.stdout.write("\nCtrl+C stops it; nothing is lost.\n")

    def _serve(self, port: int) -> None:
        import uvicorn

        # WhiteNoise hands small static files out as plain iterators; there is nothing to gain from async ones.
        warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
        # uvicorn sends itself again the signal that stopped it; unheeded, SIGTERM would leave the worker running alone.
        signal.signal(signal.SIGTERM, _leave)
        worker = Worker()
        worker.start()
        try:
            uvicorn.run(
                "lms.asgi:application", host="127.0.0.1", port=port, lifespan="off", log_config=None, access_log=False,
                timeout_graceful_shutdown=5,
            )  # fmt: skip
        finally:
            worker.stop()


class Worker:
    """One Celery worker with its beat beside the web server; started again if it dies."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _watch(self) -> None:
        beat = settings.CELERY_BEAT_SCHEDULE_FILENAME
        command = [sys.executable, *(part.format(beat=beat) for part in WORKER)]
        while not self._stopping.is_set():
            # In a session of its own: Ctrl+C reaches the web server only, which then stops the worker.
            self._process = subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)
            self._process.wait()
            if not self._stopping.is_set():
                time.sleep(2)


def _check_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CommandError(f"callwright: the folder {folder} is not writable ({error.strerror}).") from error


def _leave(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


def _free_port(port: str) -> int:
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise CommandError(f"callwright: “{port}” is no port; choose one: CALLWRIGHT_PORT=8080 make run")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            raise CommandError(
                f"callwright: port {port} is taken or not allowed ({error.strerror}); choose another: CALLWRIGHT_PORT=8080 make run"
            ) from error
    return int(port)


def _check_database() -> None:
    try:
        if connection.vendor == "postgresql":
            _ask_postgresql()
        else:
            connection.ensure_connection()
    except Exception as error:  # each driver has its own; all of them mean the same here
        first_line = (str(error).strip().splitlines() or ["no answer"])[0]
        raise CommandError(f"callwright: the database doesn't answer: {first_line}") from error
    finally:
        connection.close()


def _ask_postgresql() -> None:
    """Connect once beside the pool, which would hide the reason behind a time-out."""
    import psycopg

    database = connection.settings_dict
    psycopg.connect(
        host=database["HOST"] or None, port=database["PORT"] or None, user=database["USER"] or None,
        password=database["PASSWORD"] or None, dbname=database["NAME"], connect_timeout=5,
    ).close()  # fmt: skip


def _check_redis() -> None:
    if not settings.REDIS_URL:
        return
    import redis

    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:  # ValueError: the address itself can't be read
        raise CommandError(f"callwright: Redis doesn't answer: {error}") from error


def _static_state() -> str:
    """Changes when any static file of ours or the set of installed packages does."""
    digest = sha256((Path(settings.BASE_DIR) / "requirements.lock").read_bytes())
    for app in ("lms", "courses", "assessments", "coaching"):
        for path in sorted((Path(settings.BASE_DIR) / app / "static").rglob("*")):
            if path.is_file():
                digest.update(f"{path}{path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()
