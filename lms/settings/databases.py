"""The database by `DATABASE_URL`: PostgreSQL with a pool, or SQLite tuned for several processes."""

from pathlib import Path
from typing import Any

import environ

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;",
}


def database(env: environ.Env, *, sqlite_file: Path, pool: bool = True) -> dict[str, Any]:
    """The `default` entry of DATABASES. Raises ImproperlyConfigured for an engine other than the two."""
    url = env.str("DATABASE_URL", default="")
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(sqlite_file), "OPTIONS": SQLITE_OPTIONS}
    if not url.startswith(("postgresql://", "postgres://", "sqlite://")):
        raise environ.ImproperlyConfigured("DATABASE_URL must begin with postgresql:// or sqlite://")
    config = env.db_url("DATABASE_URL")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        return {**config, "OPTIONS": SQLITE_OPTIONS}
    if pool:
        config["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 8, "timeout": 10}}
        config["CONN_MAX_AGE"] = 0
    return config


def caches(redis_url: str, *, folder: Path | None = None) -> dict[str, Any]:
    """What all processes share: Redis where there is one, else the folder; without both, the memory of one process."""
    if redis_url:
        return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    if folder is None:
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    files = {"LOCATION": str(folder), "OPTIONS": {"MAX_ENTRIES": 10_000}}
    return {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", **files}}
