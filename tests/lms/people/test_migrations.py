"""What a house that runs already goes through with the next version."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.migrations

BEFORE = "0001"
AFTER = "0002_team_names_by_department_and_imports_by_worker"


@pytest.fixture
def migrate(tmp_path):
    """Brings a database in a folder of its own to a state of `lms`, and returns its file."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"CALLWRIGHT_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "lms.settings.embedded"}

    def run(target: str) -> Path:
        command = [sys.executable, "manage.py", "migrate", "lms", target, "--skip-checks", "--verbosity", "0"]
        subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True, timeout=120)
        return tmp_path / "callwright.sqlite3"

    return run


def add_team(database: sqlite3.Connection, path: str, name: str, *, kind: str = "team", **more: str) -> None:
    fields = {"site_id": 1, "path": path, "depth": len(path) // 4, "numchild": 0, "kind": kind, "name": name} | more
    database.execute(
        f"INSERT INTO lms_team ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))})", list(fields.values())
    )


def test_teams_keep_their_names_and_two_departments_may_have_the_same_one(migrate):
    with closing(sqlite3.connect(migrate(BEFORE))) as database, database:
        database.execute("INSERT INTO lms_site (id, code, name, time_zone) VALUES (1, 'sh', '上海', 'Asia/Shanghai')")
        add_team(database, "0001", "上海", kind="site")
        add_team(database, "00010001", "投诉", kind="department")
        add_team(database, "00010002", "热线", kind="department")
        add_team(database, "000100020001", "一组")
        with pytest.raises(sqlite3.IntegrityError):
            add_team(database, "000100010001", "一组")

    with closing(sqlite3.connect(migrate(AFTER))) as database, database:
        kept = database.execute("SELECT path, name, shown_department FROM lms_team ORDER BY path").fetchall()
        add_team(database, "000100010001", "一组", shown_department="投诉")
        with pytest.raises(sqlite3.IntegrityError, match="one_node_per_parent_kind_and_name"):
            add_team(database, "000100010002", "一组", shown_department="投诉")

    assert kept == [
        ("0001", "上海", ""), ("00010001", "投诉", ""), ("00010002", "热线", ""), ("000100020001", "一组", "")
    ]  # fmt: skip


def test_names_that_are_kept_are_found_without_their_marks(migrate):
    with closing(sqlite3.connect(migrate("0003"))) as database, database:
        columns = {
            row[1]: "" if "char" in row[2] or row[2] == "text" else 0
            for row in database.execute("PRAGMA table_info(lms_user)")
            if row[3] and not row[5]  # must be there, and isn't the key
        }
        database.execute("INSERT INTO lms_site (id, code, name, time_zone) VALUES (1, 'sh', '上海', 'Asia/Shanghai')")
        for number, (pinyin, initials) in enumerate([("jürgen müller", "jm"), ("øyvind", "ø"), ("wang xiao", "wx")]):
            person = columns | {"employee_no": str(number), "pinyin": pinyin, "pinyin_initials": initials}
            database.execute(
                f"INSERT INTO lms_user ({', '.join(person)}) VALUES ({', '.join('?' * len(person))})",
                list(person.values()),
            )

    with closing(sqlite3.connect(migrate("0004"))) as database, database:
        kept = database.execute("SELECT pinyin, pinyin_initials FROM lms_user ORDER BY employee_no").fetchall()

    assert kept == [("jurgen muller", "jm"), ("oyvind", "o"), ("wang xiao", "wx")]
