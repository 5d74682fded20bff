"""The one-command edition: loopback only, all data in `var/`, the secret key made once. `make run` uses it."""

import secrets
import sys

from lms.settings.base import *
from lms.settings.base import LOGGING, REDIS_URL, VAR_DIR, env
from lms.settings.databases import caches, database

EDITION = "embedded"


def _secret_key() -> str:
    path = VAR_DIR / "secret.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


try:
    for _folder in ("", "queue/messages", "queue/control", "public", "private", "mail"):
        (VAR_DIR / _folder).mkdir(parents=True, exist_ok=True)
    _key = env.str("CALLWRIGHT_SECRET_KEY", default="") or _secret_key()
except OSError as error:
    sys.exit(f"callwright: the folder {VAR_DIR} is not writable ({error.strerror}); CALLWRIGHT_VAR names another one.")

SECRET_KEY = _key
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DATABASES = {"default": database(env, sqlite_file=VAR_DIR / "callwright.sqlite3")}
CACHES = caches(REDIS_URL, folder=VAR_DIR / "cache")
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db" if REDIS_URL else "django.contrib.sessions.backends.db"

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(VAR_DIR / "mail")},
    }
}

LOGGING["root"]["level"] = env.str("CALLWRIGHT_LOG_LEVEL", default="WARNING")
