"""For the test suite: a cheap hasher, files in a throw-away folder, tasks run where they are called."""

import os
import re
from pathlib import Path

from lms.settings.environment import folder_for_tests

os.environ["CALLWRIGHT_VAR"] = folder_for_tests(os.environ)

from lms.settings.base import *
from lms.settings.base import LOGGING, REDIS_URL, VAR_DIR, WAGTAILSEARCH_BACKENDS, env
from lms.settings.databases import caches, database

EDITION = "test"

# Each parallel worker has its own database (pytest-django's suffix) and its own Redis number.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
if REDIS_URL:
    REDIS_URL = re.sub(r"/\d+$", f"/{_worker}", REDIS_URL)

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES = {"default": database(env, sqlite_file=Path(":memory:"), pool=False)}
if "postgresql" in DATABASES["default"]["ENGINE"]:
    # What a test commits need not outlive a power cut.
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
CACHES = caches(REDIS_URL)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {
        "BACKEND": "lms.kernel.storage.PrivateFileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "private")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
LOGGING["root"]["level"] = "WARNING"
LOGGING["loggers"]["kombu"] = {"level": "ERROR"}

# Nobody searches pages in a test: a quarter of the time that saving one takes. A test that does sets this back.
WAGTAILSEARCH_BACKENDS = {"default": WAGTAILSEARCH_BACKENDS["default"] | {"AUTO_UPDATE": False}}
