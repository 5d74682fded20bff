"""How long a file of new people takes: `make bench-people`, or `people_import.py --people 600 --profile`.

Builds a database of its own in a throw-away folder (or, with --postgresql, one on that server), loads the starter
curriculum, uploads a made-up file, times the preview and the confirmation, checks what was written, and clears up. Stops
by itself after --limit seconds, with an error.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
#: Monday, 9:00 in Shanghai.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HEADER = "工号,姓名,职场,部门,班组,岗位,现场主管,入职日期,状态,座席号,邮箱"
SITES = ("上海", "成都")
DEPARTMENTS = ("热线", "在线", "投诉", "回访")
AGENTS_OF_A_TEAM = 20


def main() -> int:
    options = _options()
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(options.limit)
    with tempfile.TemporaryDirectory(prefix="callwright-bench-") as folder, _database(options.postgresql):
        os.environ["CALLWRIGHT_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.embedded"
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        return _measure(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--limit", type=int, default=900, help="seconds after which it gives up")
    parser.add_argument("--postgresql", default="", help="postgresql://user@host:port – a server to make a database on")
    parser.add_argument("--profile", action="store_true", help="also print what the confirmation spends its time on")
    return parser.parse_args()


def _too_long(*_args: Any) -> None:
    raise TimeoutError("The benchmark took longer than --limit.")


@contextmanager
def _database(server: str) -> Iterator[None]:
    os.environ.pop("DATABASE_URL", None)
    if not server:
        yield
        return
    import psycopg

    name = f"callwright_bench_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = f"{server}/{name}"
        try:
            yield
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def people_file(count: int) -> bytes:
    """`count` lines: for each team of twenty agents a supervisor, the teams spread over sites and departments. Half of
    the people have an e-mail address."""
    chance = random.Random(7)
    lines = [HEADER]
    for number in range(count):
        team = number // (AGENTS_OF_A_TEAM + 1)
        site, department = SITES[team % 2], DEPARTMENTS[team // 2 % 4]
        name = "".join(chance.choices("王李张刘陈杨黄赵周吴")) + "".join(chance.choices("伟芳娜敏静丽强磊军洋", k=2))
        mail = f"p{number}@example.org" if number % 2 else ""
        first = number % (AGENTS_OF_A_TEAM + 1) == 0
        job = "floor-supervisor" if first else "voice-agent"
        leader = "" if first else f"N{team * (AGENTS_OF_A_TEAM + 1):05}"
        lines.append(
            f"N{number:05},{name},{site},{department},{team + 1}组,{job},{leader},2026-02-02,试用,{50000 + number},{mail}"
        )
    return "\n".join(lines).encode()


def _measure(options: argparse.Namespace) -> int:
    from django.core.files.base import ContentFile
    from django.core.management import call_command
    from django.db import connection

    from lms.audit.models import AuditEntry
    from lms.notifications.models import Notification
    from lms.people.models import User
    from lms.people.services.imports import confirm_import, planned_import, upload_import
    from lms.people.states import ImportKind, Role

    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_pack", str(ROOT / "content" / "packs" / "starter"), verbosity=0)
    ada = User.objects.create_user("ADA", full_name="艾达", is_administrator=True)
    lines = people_file(options.people)
    print(f"{connection.vendor}, {options.people} new people")

    with timed("upload"):
        batch = upload_import(ImportKind.PEOPLE, ContentFile(lines, name="people.csv"), actor=ada, at=AT)
    with timed("preview"):
        plan = planned_import(batch, at=AT).plan
    with timed("confirm"), profiled(options.profile):
        confirm_import(batch, actor=ada, at=AT, seen=plan.digest)
    with timed("the same file again"):
        again = upload_import(ImportKind.PEOPLE, ContentFile(lines, name="people.csv"), actor=ada, at=AT)
        repeated = planned_import(again, at=AT).plan

    new = User.objects.exclude(pk=ada.pk)
    agents = new.filter(memberships__role=Role.AGENT)
    found = {
        "people": new.count(),
        "people in the group of their role": new.filter(groups__isnull=False).distinct().count(),
        "agents": agents.count(),
        "agents enrolled": agents.filter(enrolments__isnull=False).distinct().count(),
        "audited": AuditEntry.objects.filter(action="person_added").count(),
        "written by the same file again": repeated.writes,
    }
    supervisors = -(-options.people // (AGENTS_OF_A_TEAM + 1))
    expected = {
        "people": options.people,
        "people in the group of their role": options.people,
        "agents": options.people - supervisors,
        "agents enrolled": options.people - supervisors,
        "audited": options.people,
        "written by the same file again": False,
    }
    print(f"  {AuditEntry.objects.count()} audit entries, {Notification.objects.count()} notifications")
    connection.close()
    if found != expected:
        print(f"Not what was expected: {found}, not {expected}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"  {what}: {time.perf_counter() - began:.1f} s", flush=True)


@contextmanager
def profiled(is_wanted: bool) -> Iterator[None]:
    if not is_wanted:
        yield
        return
    import cProfile
    import pstats

    with cProfile.Profile() as profile:
        yield
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    sys.exit(main())
