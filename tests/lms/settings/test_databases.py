"""The database and the cache by environment; a wrong value stops the start."""

from pathlib import Path

import environ
import pytest

from lms.settings.databases import caches, database

FILE = Path("/data/callwright.sqlite3")


def chosen(monkeypatch, url, **more):
    if url is None:
        monkeypatch.delenv("DATABASE_URL", raising=False)
    else:
        monkeypatch.setenv("DATABASE_URL", url)
    return database(environ.Env(), sqlite_file=FILE, **more)


@pytest.mark.parametrize("url", [None, ""])
def test_no_url_is_sqlite_that_several_processes_can_write(monkeypatch, url):
    config = chosen(monkeypatch, url)

    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", str(FILE))
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in config["OPTIONS"]["init_command"]


def test_postgresql_gets_a_pool(monkeypatch):
    config = chosen(monkeypatch, "postgresql://me:secret@db:5433/callwright")

    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert (config["HOST"], config["PORT"], config["NAME"]) == ("db", 5433, "callwright")
    assert config["OPTIONS"]["pool"]["max_size"] == 8
    assert config["CONN_MAX_AGE"] == 0


def test_postgresql_of_the_tests_has_no_pool(monkeypatch):
    assert "pool" not in chosen(monkeypatch, "postgresql://me@db/callwright", pool=False).get("OPTIONS", {})


def test_other_database_stops_the_start(monkeypatch):
    with pytest.raises(environ.ImproperlyConfigured, match="postgresql://"):
        chosen(monkeypatch, "mysql://me@db/callwright")


def test_cache_is_redis_where_there_is_one():
    assert caches("redis://cache:6379/0")["default"]["LOCATION"] == "redis://cache:6379/0"
    assert "locmem" in caches("")["default"]["BACKEND"]
